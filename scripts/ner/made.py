"""Texts with names, made of `patterns.txt` and the name lists: seeded, without end."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Final

from scripts.ner.lists import Lists

type Labelled = tuple[str, list[tuple[int, int, str]]]
"""A text and its spans: start, end, label."""

_FIELD: Final = re.compile(r"\{(\w+)\}")
_TITLES: Final = "Mr.|Mrs.|Ms.|Dr.|Prof.|Mr|Mrs|Ms|Dr|Herr|Frau|Señor|Madame|Signora|Sir|Miss|Doctor|Judge|Sgt.".split(
    "|"
)
_VERBS: Final = "said did wrote asked fixed saw sent needs wants knows likes broke called signed recommended".split()
_KIN: Final = (
    "wife husband son daughter brother sister mother father boss friend colleague neighbour aunt uncle".split()
)
_ROLES: Final = "Associate|Manager|Analyst|VP Sales|Legal|Engineer|Director|Assistant|CEO|Consultant".split("|")
_SENTENCES: Final = (
    """
The build is green again.|Please have a look at the attached file.|I do not find the contract.|Can you check this?
Let me know if you have any questions.|It works now.|See you on Monday.|The meeting moved to Tuesday.|Great place!
We ordered twice and it was cold.|Here is what the customer wrote.|The food was great and the staff friendly.
I need a summary by noon.|Rewrite this politely.|This is urgent.|Could you send me the numbers for March?
I will be out of the office next week.|Nobody answered the phone.|What do you think?|The price is fair.
Explain it to me step by step.|Attached please find the draft.|Thank you very much for your help.
The tests fail on Windows only.|He said that they would call back.|I have been going there for years.
Everyone was very helpful.|Do not reply to this message.|The rest can wait.|Who is in charge of the release?
Yesterday the server crashed again.|Highly recommended.|My order has not arrived yet.|Why is it so slow?
Mark it as done.|Bill the customer first.|Will it rain tomorrow?|May I ask you something?|Grant access to it.
Frank talk helps.|Grace period ends soon.|Rich text is lost.|Chase the unpaid invoice.|Pat the surface dry.|Will you?
Drew a blank there.|Chuck the old files.|Max length is 20.|Art and music.|Rob the bank in the game.|Sue them if needed.
Jack of all trades.|Hope this helps.|Guy at the desk was rude.|Summer is coming.|Mark all as read.|Bob up and down.
We talked about the new contract.|Best service in town.|The Americans and the French disagreed.|Any news?
""".strip()
    .replace("\n", "|")
    .split("|")
)
_NO_PERSON: Final = (
    """
May|Will|Mark|Grace|Hope|Art|Bill|Rose|March|April|June|August|Monday|Friday|Christmas|Easter|Java|Ruby|Julia|Python
Jenkins|Travis|Jest|Claude|Alexa|Siri|Cassandra|Crystal|Rich|Clay|Ada|Watson|Gemini|Jenkins|Travis|Ruby|Julia
Django|Redis|Postgres|Kafka|Docker|Kubernetes|Windows|Linux|Android|Chrome|Safari|Excel|Word|Mercury
Order|Customer|Service|Factory|Handler|Manager|Buffer|Queue|Table|Index|Error|Warning|Note|Status|Summary|Total|Version
React|Redux|TypeScript|Node|Rust|Swift|Kotlin|Scala|Perl|Apache|Tomcat|Spring|Hibernate|Maven|Gradle|Pod|Ingress|Helm
Americans|Germans|Norwegians|Muslims|Christians|Arabs|Europeans|Texans|Parisians|Londoners|Buddhists|Jews|Catholics
English|French|German|Chinese|Russian|Japanese|Spanish|Kenyan|Peruvian|Indian|Turkish|Polish|Dutch|Greek|Roman|Catholic
Bayes|Gauss|Fourier|Markov|Turing|Hamming|Levenshtein|Unicode|Boolean|Gaussian|Bayesian|Newtonian|Freudian|Victorian
Internet|Bluetooth|God|Labrador|Siamese|Parrots|Tomatoes|Espresso|Chocolate|Pizza|Thai|Judo|Yoga|Zumba
Enter|Delete|Save|Cancel|Settings|Profile|Contact|About|Home|Search|Login|Submit|Help|Payment|Invoice|Shipping|Refund
Muslim|Christian|Jewish|Hindu|Buddhist|Sunni|Shiite|Islamic|Arab|Kurdish|Sikh|Mormon|Methodist|Baptist|Lutheran
Saturn|Jupiter|Venus|Pluto|Orion|Aries|Virgo|Leo|Taurus|Pisces|Halloween|Thanksgiving|Ramadan|Diwali|Hanukkah|Oscar
ALWAYS|NEVER|VERY|GREAT|BEST|WARNING|NOTE|TODO|FIXME|HTTP|JSON|SQL|API|GET|POST|NULL|TRUE|FALSE|READ|WRITE|STOP
""".strip()
    .replace("\n", "|")
    .split("|")
)
_BRANDS: Final = (
    """
Lexus|Toyota|Honda|Mercedes|Volvo|Chevrolet|Hyatt|Hilton|Marriott|Sheraton|Wendy's|McDonald's|Burger King|Taco Bell
Walmart|Safeway|Sears|Macy's|Lidl|Aldi|Ikea|Valero|Exxon|Chevron|Shell|Xinhua|Reuters|Bloomberg|Al-Qaeda|Al-Jazeera
Hamas|Hezbollah|Taliban|Siemens|Bosch|Philips|Nestlé|Danone|Santander|Fiat|Ferrari|Barclays|Lloyds|Deloitte|Boeing
Wells Fargo|Goldman Sachs|JP Morgan|Morgan Stanley|Johnson & Johnson|Ben & Jerry's|Harley-Davidson|Levi's|Tiffany's
Trader Joe's|Papa John's|Wendy 's|Denny's|Applebee's|Jack Daniel's|Uncle Ben's|Victoria's Secret|Mary Kay|Estée Lauder
""".strip()
    .replace("\n", "|")
    .split("|")
)
_COMPANY: Final = (
    """
{last} Inc|{last} & Sons|{last} and {last}|{last}'s|{first}'s|{first} 's|{last} Group|{last} University|{last} Motors
{last} GmbH|{last} LLC|{last} Bank|{first}'s Pizza|{first} 's Pizza|{last} Foundation|{last} Hotel|University of {place}
{place} Grill|Bank of {place}|{place} Times|{last} Auto|{last} Holdings|{last} Partners|{last}, {last} & {last} LLP
{last}|Office of {full}|{place} Police Department|{place} University|{last} Insurance
{first} {last} Consulting|{last} Brothers
""".strip()
    .replace("\n", "|")
    .split("|")
)
_AREA: Final = (
    """
{place}|{place}|{place}|{place}|{place}|{place}|{place}|North {place}|South {place}|{last} County|Lake {last}
{last} Street|{last} Road|{last} Park|{last}'s|Mount {last}|{place} Valley|{last} Avenue|{last} Bridge
downtown {place}|St. {first}
""".strip()
    .replace("\n", "|")
    .split("|")
)
_NOBODY: Final = (
    "Hurricane {first}|Tropical Storm {first}|{last} syndrome|the {last} method|the {last} Act|{last} rifle".split("|")
)
_WEIGHTED: Final = frozenset(
    "de_DE fr_FR es_ES it_IT nl_NL pl_PL pt_BR tr_TR sv_SE arabic persian southasian chinese japanese korean"
    " vietnamese slavic hebrew african greek seasian".split()
)
_MODEL: Final = "claude gpt gemini llama mistral qwen sonnet opus haiku phi gemma deepseek command grok nova".split()


class Maker:
    """Makes texts; the same lists and seed give the same texts."""

    def __init__(self, lists: Lists, seed: int, patterns: str | None = None) -> None:
        self._random = random.Random(seed)
        source = Path(__file__).with_name("patterns.txt").read_text("utf-8") if patterns is None else patterns
        lines = [line.replace("\\n", "\n").replace("\\t", "\t") for line in source.splitlines()]
        self._patterns = [line for line in lines if line and not line.startswith("# ")]
        both = sorted(set(lists.given) & set(lists.family))
        self._locales = both
        self._weights = [8 if name.startswith("en_") or name in _WEIGHTED else 1 for name in both]
        # A third of all names is as frequent as in the US census: the commonest names, and much of the rest.
        self._census = [sorted(table) for table in (lists.born, lists.called) if table]
        self._sums = [
            [*accumulate(table[name] ** 0.6 for name in sorted(table))] for table in (lists.born, lists.called)
        ]
        if self._census:
            self._locales, self._weights = [*both, ""], [*self._weights, sum(self._weights) // 2]
        self._given = {name: sorted(lists.given[name]) for name in both}
        self._family = {name: sorted(lists.family[name]) for name in both}
        self._places = {name: sorted(values) for name, values in lists.places.items()}
        self._anywhere = self._places.get("en_US") or next(iter(self._places.values()))
        self._locale = both[0]
        self._fields: Mapping[str, Callable[[], str]] = {
            "first": self._first, "last": self._last, "full": self._full,
            "reversed": lambda: f"{self._last()}, {self._first()}", "place": lambda: self._of(_AREA),
            "org": self._company, "title": lambda: self._pick(_TITLES),
            "titleup": lambda: self._pick(("MR", "MRS", "MS")), "pron": lambda: self._pick(("his", "her", "their")),
            "verb": lambda: self._pick(_VERBS), "kin": lambda: self._pick(_KIN), "role": lambda: self._pick(_ROLES),
            "small": lambda: self._full().lower(), "smallfirst": lambda: self._first().lower(),
            "large": lambda: self._full().upper(), "model": lambda: f"{self._pick(_MODEL)}-{self._random.randrange(9)}",
            "user": lambda: re.sub(r"\W", "", (self._first()[0] + self._last()).lower()) or "user",
            "lead": self._sentences, "tail": self._sentences,
            "none": lambda: self._of(_NOBODY) if self._random.random() < 0.15 else self._pick(_NO_PERSON),
            "last_street": lambda: f"{self._last()} {self._pick(('Street', 'Road', 'Lane', 'Ave', 'Drive'))}",
        }  # fmt: skip
        self._labels: Final = {
            **dict.fromkeys(("first", "last", "full", "reversed", "small", "smallfirst", "large"), "PERSON"),
            **dict.fromkeys(("place", "last_street"), "LOCATION"), "org": "ORGANIZATION",
        }  # fmt: skip

    def texts(self, count: int) -> Iterator[Labelled]:
        for _ in range(count):
            self._locale = self._random.choices(self._locales, self._weights)[0]
            yield self._filled(self._pick(self._patterns))

    def person(self, size: int) -> list[str]:
        """The words of another person's name: a given name, or a given name and surnames."""
        self._locale = self._random.choices(self._locales, self._weights)[0]
        if size == 1:
            return [self._first() if self._random.random() < 0.5 else self._last()]
        return [self._first(), *(self._last() for _ in range(size - 1))]

    def _filled(self, pattern: str) -> Labelled:
        text, at = "", 0
        spans: list[tuple[int, int, str]] = []
        pattern = pattern.replace("{{", "\0").replace("}}", "\1")
        for match in _FIELD.finditer(pattern):
            text += pattern[at : match.start()]
            at = match.end()
            value = self._fields[match[1]]()
            if match[1] in self._labels:
                label = self._labels[match[1]]
                if spans and spans[-1][2] == label and text[spans[-1][1] :] == " ":
                    spans[-1] = (spans[-1][0], len(text) + len(value), label)  # a given name and a surname
                else:
                    spans.append((len(text), len(text) + len(value), label))
            text += value
        return (text + pattern[at:]).replace("\0", "{").replace("\1", "}"), spans

    def _pick(self, values: Sequence[str]) -> str:
        return values[int(self._random.random() * len(values))]

    def _first(self) -> str:
        return self._name(self._given, 0)

    def _last(self) -> str:
        return self._name(self._family, 1)

    def _name(self, table: Mapping[str, Sequence[str]], which: int) -> str:
        """One of the lists; one in ten is made of the ends of two, a name that no list has."""
        first, second = self._listed(table, which), self._listed(table, which)
        if self._random.random() < 0.1 and first.isalpha() and second.isalpha() and first.isascii():
            first = first[: max(2, len(first) // 2)] + second[max(1, len(second) // 2) :].lower()
        return first

    def _listed(self, table: Mapping[str, Sequence[str]], which: int) -> str:
        if not self._locale:
            return _written(self._random.choices(self._census[which], cum_weights=self._sums[which])[0])
        name = self._pick(table[self._locale])
        return name if self._locale[2:3] == "_" else _written(name)

    def _full(self) -> str:
        first, last = self._first(), self._last()
        return self._pick([f"{first} {last}"] * 7 + [
            f"{first} {self._pick('ABCDEFGHJKLMNPRSTW')}. {last}", f"{first[0]}. {last}",
            f"{first} {last}-{self._last()}",
        ])  # fmt: skip

    def _company(self) -> str:
        return self._pick(_BRANDS) if self._random.random() < 0.2 else self._of(_COMPANY)

    def _sentences(self) -> str:
        return " ".join(self._pick(_SENTENCES) for _ in range(1 + (self._random.random() < 0.3)))

    def _of(self, forms: Sequence[str]) -> str:
        where = self._places.get(self._locale) or self._anywhere
        form = self._pick(forms)
        return _FIELD.sub(lambda m: self._pick(where) if m[1] == "place" else self._fields[m[1]](), form)


def _written(name: str) -> str:
    """A name of a list in small letters, as it is written: O'Neill, Al-Masri, el-Sisi."""
    parts = re.split(r"([-'])", name)
    return "".join(part if part in ("al", "el", "un", "il") else part.capitalize() for part in parts)
