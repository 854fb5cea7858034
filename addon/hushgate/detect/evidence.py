"""How likely a group of words names a person: what the tagger says of it, the word lists, and the words beside it.

Each feature of a proposal has a weight, found by logistic regression on texts that the tagger was not trained on
(`scripts/train_ner`). The score is the share of right ones among proposals with such features.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from hushgate.detect.namewords import GREETINGS, NEVER, PARTICLES, PRODUCTS, SIGN_OFFS, TITLES
from hushgate.detect.wordclasses import SEEN, WordClasses

# Letters, with apostrophes and dashes between them, and a dot behind; no camelCase but McDonald and the like.
_WORD: Final = re.compile(
    r"^(?!(?!(?:Mc|Mac|De|Del|La|Le|Di|Du|Van|Fitz)[A-Z])[A-Z][a-z]+[A-Z])[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*\.?$"
)
_FIELDS: Final = frozenset(
    "name names customer patient client employee contact author from to cc assignee reporter user attendees member"
    " signed manager firstname lastname surname owner recipient sender nom vorname nachname nombre name=".split()
)
_KIN: Final = frozenset(
    "wife husband son daughter brother sister mother father mom dad friend boss colleague uncle aunt"
    " president minister senator secretary chairman director ceo cfo manager captain king queen saint pope coach"
    " actor singer".split()
)
_OBJECTS: Final = frozenset("the a an it this that these those all my your our them i you we they he she as".split())
_SAYS: Final = frozenset(
    "said says told wrote asked writes added replied explained thinks wants likes knows who whose has was is".split()
)
_PLACES: Final = frozenset(
    "street st road rd avenue ave lane drive park county valley lake river hills beach city bridge square university"
    " college school hospital hotel grill cafe restaurant pizza bank inc inc. ltd llc corp corporation co company group"
    " gmbh ag foundation institute motors airlines times post airport station center centre museum"
    " theatre award cup".split()
)
_BEFORE_PLACE: Final = frozenset("in at near to hurricane storm lake mount north south east west downtown".split())
_TELLING: Final = frozenset(("title", "greeting", "sign-off", "kin", "from", "verb", "genitive", "address"))
"""What beside a word says more where the tagger agrees with it."""
_TRAVEL: Final = frozenset(
    "move moved moving live lives lived living travel travelled traveling fly flew flying born visit visited visiting"
    " drive drove trip based located stay stayed city town village district province arrived went going headed north"
    " south east west downtown near outside".split()
)
_DEMONYM: Final = re.compile(r"(?:ians?|eans?|[^m]ans|ese|ish|ists?|i[sz]m|ites?|ims|ocks|ards)$")
_PEOPLES: Final = frozenset(
    "iraqi israeli saudi pakistani afghani kuwaiti yemeni omani qatari emirati bahraini bangladeshi punjabi nepali"
    " somali azerbaijani kashmiri bengali gujarati kazakh uzbek turkmen tajik french dutch welsh greek czech thai swiss"
    " filipino filipina philippine african-american".split()
)
_PAPERS: Final = frozenset("post press times journal herald tribune gazette news telegraph chronicle".split())


@dataclass(frozen=True, slots=True)
class Proposal:
    """Tokens `first` to `last` (half-open) of a window. `said`: the tagger's label, "" where it has none."""

    first: int
    last: int
    said: str


class Heard:
    """What the tagger called the words of a text, to ask what it called them elsewhere."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    def add(self, group: Sequence[str], label: str) -> None:
        for word, what in self._each(group, label):
            self._counts.setdefault(word, Counter())[what] += 1

    def elsewhere(self, group: Sequence[str], label: str) -> list[str]:
        """The commonest labels of the words, this group itself not counted."""
        found = set()
        own = dict(self._each(group, label))
        for word in {word.lower() for word in group} & self._counts.keys():
            counts = Counter(self._counts[word])
            if word in own:
                counts[own[word]] -= 1
            for what, count in counts.most_common(1):
                if count > 0:
                    found.add(what)
        return sorted(found)

    @staticmethod
    def _each(group: Sequence[str], label: str) -> Iterator[tuple[str, str]]:
        what = f"{label} in full" if len(group) > 1 and label == "PERSON" else label
        return ((word.lower(), what) for word in dict.fromkeys(group) if len(word) > 2 and label)


def proposals(words: Sequence[str], tagged: Sequence[Proposal], classes: WordClasses, label: str) -> list[Proposal]:
    """What the tagger gave the label; for persons, groups of words with capitals that a list knows a name in, too."""
    found = [_untitled(words, each) for each in tagged if each.said == label]
    found = [each for each in found if any(map(_is_word, words[each.first : each.last]))]
    if label != "PERSON":
        return [each for each in found if not _of_a_people(words[each.first : each.last], classes)]
    taken = {n for each in found for n in range(each.first, each.last)}
    for first, last in _groups(words, classes):
        if taken.isdisjoint(range(first, last)) and _may_be(words[first:last], first, words, classes):
            said = next((each.said for each in tagged if each.first < last and first < each.last), "")
            found.append(Proposal(first, last, said))
    return found


def _of_a_people(group: Sequence[str], classes: WordClasses) -> bool:
    """Is it a word for a people and what is its (`Iraqi`, `Canadian`) or a newspaper: places to the tagger?"""
    last = group[-1].lower()
    if len(group) > 1:
        return last in _PAPERS
    return last in _PEOPLES or (_DEMONYM.search(last) is not None and classes(last)[2] == "0")


def _untitled(words: Sequence[str], one: Proposal) -> Proposal:
    """Without titles before it, and white space at its ends."""
    first, last = one.first, one.last
    while first < last and (
        words[first].lower().rstrip(".") in TITLES or words[first] == "." or words[first].isspace()
    ):
        first += 1
    if first and words[first - 1].lower() == "ich" and words[first].lower() == "bin":
        first += 1  # no particle of an Arabic name
    while last > first and words[last - 1].isspace():
        last -= 1
    return Proposal(first, last, one.said)


def _is_word(word: str) -> bool:
    return len(word.rstrip(".")) > 1 and _WORD.match(word) is not None


def _groups(words: Sequence[str], classes: WordClasses) -> Iterator[tuple[int, int]]:
    """Words with capitals that stand together, without those that begin a mail or end one; each name of a row alone."""
    n = 0
    while n < len(words):
        first = n
        while n < len(words) and words[n][0].isupper() and _WORD.match(words[n]) and words[n].lower() not in NEVER:
            if n - first > 1 and classes(words[n])[0] > "0":
                break
            n += 1
        if n > first:
            yield first, n
        n += n == first


def _may_be(group: Sequence[str], at: int, words: Sequence[str], classes: WordClasses) -> bool:
    if len(group) > 4 or not any(map(_is_word, group)):
        return False
    return any(classes(word)[3] < "2" for word in group) or _before(words, at)[0] in TITLES | GREETINGS


def _before(words: Sequence[str], at: int) -> tuple[str, str]:
    """The two words before, without a title's dot; a line's end is a word."""
    left = [word.lower() if not word.isspace() else "\n" for word in words[max(0, at - 3) : at]][::-1]
    if left and left[0] == "." and len(left) > 1 and left[1] in TITLES:
        left = left[1:]
    return (*left, "", "")[0], (*left, "", "")[1]


def features(words: Sequence[str], one: Proposal, classes: WordClasses, heard: Heard) -> list[str]:
    """The features that hold; `heard`: what the tagger called each word elsewhere in the text."""
    group = [word for word in words[one.first : one.last] if _WORD.match(word)]
    names = [word for word in group if word.lower() not in PARTICLES and len(word.rstrip(".")) > 1] or group
    known = [classes(word.rstrip(".")) for word in names]
    size = min(3, len(group))
    (before, before2), (after, after2) = _before(words, one.first), _after(words, one.last)
    first, last = known[0], known[-1]
    common = max(each[3] for each in known)
    found = [f"said {one.said or 'nothing'}", f"size {size}", f"said {one.said or 'nothing'}, size {size}"]
    if size == 1:
        found += [
            f"one: given {first[0]}",
            f"one: family {first[1]}",
            f"one: common {common}",
            f"one: place {first[2]}",
        ]
        found.append(f"one: {'named' if max(first[:2]) > '0' else 'unnamed'}, {'common' if common > '0' else 'rare'}")
    else:
        found += [
            f"given {first[0]}",
            f"family {last[1]}",
            f"common {common}",
            f"common least {min(e[3] for e in known)}",
        ]
        found.append(f"place {max(each[2] for each in known)}")
    found.append(f"{_case(names)}, {one.said or 'nothing'}")
    found.append(f"{one.said or 'nothing'}, {'one' if size == 1 else 'more'}, given {first[0]}, common {common > '1'}")
    if one.last < len(words) and words[one.last][:1].isupper():
        found.append("after a capital")
    found += sorted({f"seen as {SEEN[int(each[4])]}, {one.said or 'nothing'}" for each in known})
    if all(map(_WORD.match, words[one.first : one.last])) and any(len(word.rstrip(".")) == 1 for word in group):
        found.append("initial")
    starts = before in ("", "\n", ".", "!", "?", ":", '"', "-", "*", "•", ">")
    if starts:
        found.append(f"begins a sentence, size {min(2, size)}, common {common}")
    found += [f"before {what}" for what in _beside(before, before2)]
    found += [f"after {what}" for what in _following(after, after2)]
    found += [f"before {what}, {one.said or 'nothing'}" for what in _beside(before, before2) if what in _TELLING]
    found += [f"after {what}, {one.said or 'nothing'}" for what in _following(after, after2) if what in _TELLING]
    if starts and after in ("", "\n"):
        found.append(f"alone, {'named' if max(first[:2]) > '0' else 'unnamed'}")
    if _TRAVEL.intersection(word.lower() for word in words[max(0, one.first - 4) : one.first]):
        found.append(f"travel, {one.said or 'nothing'}")
    if size == 1 and names[0].lower() in PRODUCTS:
        found.append("a product's name")
    if size == 1 and after in _OBJECTS:
        found.append(f"after an object, {'begins' if starts else 'inside'}, common {min(common, '2')}")
    if _DEMONYM.search(names[-1].lower()) and size == 1:
        found.append("demonym")
    if any(word.lower() in _PLACES for word in group):
        found.append("a place's word")
    return found + [f"elsewhere {what}" for what in heard.elsewhere(words[one.first : one.last], one.said)]


def _case(names: Sequence[str]) -> str:
    if all(word.isupper() and len(word) > 1 for word in names):
        return "capitals"
    return "written as a name" if all(word[0].isupper() for word in names) else "small"


def _after(words: Sequence[str], at: int) -> tuple[str, str]:
    right = [word.lower() if not word.isspace() else "\n" for word in words[at : at + 2]]
    return (*right, "", "")[0], (*right, "", "")[1]


def _beside(before: str, before2: str) -> Iterator[str]:
    if before in TITLES:
        yield "title"
    elif before in GREETINGS:
        yield "greeting"
    elif before in SIGN_OFFS or (before in (",", "\n", ".", "!", "-") and before2 in SIGN_OFFS):
        yield "sign-off"
    elif before in _FIELDS or (before in ':="' and before and before2.strip('"') in _FIELDS):
        yield "field"
    elif before in _KIN or (before == "," and before2 in _KIN):
        yield "kin"
    elif before in _BEFORE_PLACE:
        yield "place"
    elif before in ("the", "a", "an", "this", "our", "my", "your", "some", "any", "these", "those"):
        yield "article"
    elif before in ("by", "with", "and", "for", "@", ",", "of", "from"):
        yield before


def _following(after: str, after2: str) -> Iterator[str]:
    if after2[:1].isdigit() and after in (":", "#", "=", "-", "/"):
        yield "number"
    elif after in ("'s", "’s") or (after in "'’" and after and after2 == "s"):
        yield "genitive"
    elif after in _SAYS:
        yield "verb"
    elif after in _PLACES or after in ("&", "county"):
        yield "place"
    elif after == "<" or "@" in after or (after == '"' and after2 == "<"):
        yield "address"
    elif after in (",", "\n", ":", "", ".", "-", ")", "/"):
        yield after or "end"
    elif after.isalpha():
        yield "word"


def score(found: Sequence[str], weights: Mapping[str, float]) -> float:
    """From 0 to 1; the weight of `` (nothing) always counts."""
    total = sum(map(weights.get, found, repeat(0.0)), weights.get("", 0.0))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
