"""Names: in clear context by spaCy's matcher, and in prose by a tagger.

Only worker processes import this. The matcher reads short windows round a cue word, so cost does not grow with the text
around it. Nothing is downloaded: its spaCy pipeline is a blank tokenizer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final

from spacy.matcher import Matcher
from spacy.tokens import Doc, Span

from hushgate.detect import shipped
from hushgate.detect.cues import CUES, FIELD, named_by, places, tells_names_alone
from hushgate.detect.hit import Hit
from hushgate.detect.languages import LANGUAGES
from hushgate.detect.merge import merged
from hushgate.detect.namelines import in_lines, is_name
from hushgate.detect.nametokens import NAME, token_patterns
from hushgate.detect.namewords import NEVER, PARTICLES, SURNAMES
from hushgate.detect.tagged import Tagged
from hushgate.detect.tagger import BuiltIn, other, tokenizing
from hushgate.values import Level

_REMARK: Final = re.compile(r"\s*(?:#|\*|/\*|//|--|;|%)")
_QUOTED_KEY: Final = re.compile(r"""["']\s*:""")
_NEAR: Final = 40
"""Code points behind a cue within which a name begins."""
_LEVELS: Final = {"PERSON": Level.CONFIDENTIAL, "LOCATION": Level.INTERNAL}


class Names:
    """Names in texts. Loads in about a second; not for the event loop.

    `ner`: `builtin`, or the package or folder of another tagger; `languages`: those that the built-in one tells from
    English. Raises what loading that raises.
    """

    def __init__(
        self, fingerprint: Callable[[str], str], ner: str = "builtin", languages: Collection[str] = LANGUAGES
    ) -> None:
        self._fingerprint = fingerprint
        self._nlp = tokenizing()
        self._words = shipped.read().words
        self._tag: Callable[[Sequence[str]], Iterator[list[Tagged]]]
        self._tag = BuiltIn(self._nlp, languages) if ner == "builtin" else other(ner)
        self._matcher = Matcher(self._nlp.vocab)
        self._scores: dict[str, float] = {}
        for rule_id, (sure, patterns) in token_patterns().items():
            self._matcher.add(rule_id, patterns, greedy="LONGEST")
            self._scores[rule_id] = sure
        self._name = re.compile(NAME)

    def find(self, texts: Sequence[str], keys: Sequence[str | None]) -> list[tuple[Hit, ...]]:
        """The hits of each text; `keys` are the nearest object keys."""
        with self._nlp.memory_zone():
            return [
                merged([*self._in_text(text, key), *(self._named(text, one) for one in tagged)])
                for text, key, tagged in zip(texts, keys, self._tag(texts), strict=True)
            ]

    def _named(self, text: str, one: Tagged) -> Hit:
        rule_id = f"name-{one.label.lower()}"
        return self._hit(text, one.start, one.end, one.label, _LEVELS[one.label], round(one.score, 2), rule_id)

    def _in_text(self, text: str, key: str | None) -> Iterator[Hit]:
        if self._keyed(key, text):
            yield self._person(text, 0, len(text), "name-key", 0.85)
            return
        for field in FIELD.finditer(text) if _QUOTED_KEY.search(text) else ():
            if self._keyed(field["key"], field["value"]):
                yield self._person(text, *field.span("value"), "name-key", 0.85)
        for low, high, rule_id, sure in in_lines(text, self._words):
            yield self._person(text, low, high, rule_id, sure)
        for start, end in _windows(text, CUES, 16, 80):
            doc = self._nlp.make_doc(text[start:end])
            for match, first, last in self._matcher(doc):
                rule_id = self._nlp.vocab.strings[match]
                span = self._span(doc, first, last, rule_id)
                if span is not None and not self._unsure(rule_id, doc[first:last], text, start + span[0]):
                    low, high = start + span[0], start + span[1]
                    # A name that touches the window's end may go on behind it: its own cue's window has it whole.
                    yield self._person(text, low, high, rule_id, self._scores[rule_id])

    def _span(self, doc: Doc, first: int, last: int, rule_id: str) -> tuple[int, int] | None:
        """Characters of the name tokens at the end of a match."""
        titled = SURNAMES if rule_id == "name-titled" else frozenset[str]()

        def like(word: str) -> bool:
            return word.lower() in titled or self._name_like(word)

        tokens = [token for token in doc[first:last] if not token.is_space]
        while tokens and not like(tokens[-1].text):
            tokens.pop()
        begin = len(tokens)
        while begin and (
            like(tokens[begin - 1].text) or tokens[begin - 1].lower_ in PARTICLES or _initial(tokens[begin - 1].text)
        ):
            begin -= 1
        tokens = tokens[begin:]
        while tokens and not like(tokens[0].text):
            tokens.pop(0)
        if not tokens:
            return None
        return tokens[0].idx, tokens[-1].idx + len(tokens[-1])

    def _unsure(self, rule_id: str, match: Span, text: str, at: int) -> bool:
        """Does the cue say too little of these words: `contact Customer Care`, `named Python`, a file's author?"""
        words = [token.text for token in match]
        if rule_id == "name-told":
            known = self._words(words[-1])
            return known[3] > known[0] and "my" not in words[0].lower()
        if rule_id != "name-labelled":
            return False
        if words[0].lower() == "name" and len(words) == 3 and max(self._words(words[-1])[:2]) == "0":
            return True  # `name: Module`
        if words[0].lower() == "author" and _REMARK.match(text, text.rfind("\n", 0, at) + 1):
            return True
        return not {":", "=", "is"} & set(words) and not any(self._words(word)[0] > "0" for word in words[1:])

    def _name_like(self, word: str) -> bool:
        return word.lower() not in NEVER and self._name.match(word) is not None

    def _keyed(self, key: str | None, value: str) -> bool:
        """Is the value a name, by its key? One named `name` may be anything's: there the lists have to know it."""
        if not key or not is_name(value):
            return False
        if named_by(key):
            return tells_names_alone(key) or is_name(value, self._name_like)
        words = [self._words(word) for word in value.split()]
        return (
            key.lower() in ("name", "user", "username", "displayname")
            and 1 < len(words) < 4
            and is_name(value, self._name_like)
            and words[0][0] > "0"
            and not any(word[3] > "1" for word in words)
        )

    def _person(self, text: str, start: int, end: int, rule_id: str, sure: float) -> Hit:
        return self._hit(text, start, end, "PERSON", Level.CONFIDENTIAL, sure, rule_id)

    def _hit(self, text: str, start: int, end: int, entity: str, level: Level, score: float, rule_id: str) -> Hit:
        return Hit(start, end, entity, "pii", level, score, rule_id, "", self._fingerprint(text[start:end]))


def _initial(word: str) -> bool:
    return len(word.rstrip(".")) == 1 and word[0].isupper()


def _windows(text: str, cues: Any, before: int, behind: int) -> list[tuple[int, int]]:
    """Stretches round the cues with a capital behind them, cut at white space, joined where they touch."""
    out: list[tuple[int, int]] = []
    for start, end in places(cues, text):
        if (near := text[end : end + _NEAR]) == near.lower():
            continue
        low, high = max(0, start - before), min(len(text), end + behind)
        while low and not text[low - 1].isspace() and start - low < 2 * before:
            low -= 1
        while high < len(text) and not text[high].isspace() and high - end < 2 * behind:
            high += 1
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out
