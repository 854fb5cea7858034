"""A made-up organisation: customers, the texts in which they are spoken of, and texts that only look so."""

from __future__ import annotations

import gzip
import random
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from bench.prose import Prose

COLUMNS: Final = ("name", "account", "iban", "email", "phone", "street", "born")
ENTITIES: Final = ("PERSON", "ACCOUNT", "IBAN_CODE", "EMAIL_ADDRESS", "PHONE_NUMBER", "STREET_ADDRESS", "BIRTH_DATE")
_LISTS: Final = Path(__file__).parents[1] / "addon/hushgate/detect/names_model/words.gz"
_OFTEN: Final = ("2", "3")
_PARTICLES: Final = ("van den", "de", "von", "al", "di")


@lru_cache(maxsize=1)
def people() -> tuple[list[str], list[str]]:
    """Given names and surnames, as the tagger's lists have them: common words among them."""
    given: set[str] = set()
    surnames: set[str] = set()
    for line in gzip.decompress(_LISTS.read_bytes()).decode().split("\n"):
        kind, *words = line.split(" ")
        named = [word for word in words if len(word) > 2 and word.isalpha()]
        if kind[:1] in _OFTEN:
            given.update(named)
        if kind[1:2] in _OFTEN:
            surnames.update(named)
    return sorted(given), sorted(surnames)


class Organisation:
    """Seeded. Two with other seeds share nothing but the forms of their values, and what chance gives both."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._given, self._surnames = people()

    def records(self, count: int) -> Iterator[tuple[str, ...]]:
        """Rows of `COLUMNS`."""
        for _ in range(count):
            yield self.record()

    def record(self) -> tuple[str, ...]:
        pick = self._draw
        first, last = pick.choice(self._given), pick.choice(self._surnames)
        middle = f" {pick.choice(_PARTICLES)}" if pick.random() < 0.1 else ""
        return (
            f"{first.title()}{middle} {last.title()}",
            f"{pick.randrange(10**10):010d}",
            f"DE{pick.randrange(10**20):020d}",
            f"{_plain(first)}.{_plain(last)}{pick.randrange(100)}@mail{pick.randrange(40)}.example",
            f"+49 {pick.randrange(30, 999)} {pick.randrange(10**6, 10**8)}",
            f"{pick.choice(self._surnames).title()}strasse {pick.randrange(1, 300)}",
            str(date(1940, 1, 1) + timedelta(days=pick.randrange(24000))),
        )


def _plain(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if c.isascii())


def _grouped(value: str, sign: str, size: int = 4) -> str:
    return sign.join(value[n : n + size] for n in range(0, len(value), size))


def _day(value: str) -> tuple[str, ...]:
    day = date.fromisoformat(value)
    return (value, f"{day:%d.%m.%Y}", f"{day:%m/%d/%Y}", f"{day.day} {day:%B %Y}", f"{day:%B} {day.day}, {day.year}")


SPELT: Final[dict[str, Callable[[str], tuple[str, ...]]]] = {
    "name": lambda v: (v, v.upper(), v.lower(), v.replace(" ", "  "), v.replace(" ", "_"), _plain(v)),
    "account": lambda v: (v, _grouped(v, " "), _grouped(v, "-"), _grouped(v, ".", 3)),
    "iban": lambda v: (v, _grouped(v, " "), v.lower(), _grouped(v, "-")),
    "email": lambda v: (v, v.upper(), v.title()),
    "phone": lambda v: (
        v,
        v.replace("+", "00"),
        v.replace("+49 ", "0"),
        v.replace("+49 ", "+49 (0)"),
        v.replace(" ", "-"),
    ),
    "street": lambda v: (v, v.upper(), v.replace("strasse ", "straße "), v.replace(" ", ", ")),
    "born": _day,
}


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and where in it what column's values stand."""

    text: str
    values: tuple[tuple[str, int, int], ...]


def spoken(records: list[tuple[str, ...]], seed: int, count: int) -> Iterator[Said]:
    """Prose in which one to three values of records stand, each in some spelling."""
    draw, prose = random.Random(seed), Prose(seed)
    for _ in range(count):
        text, values = prose.text(300), []
        record = draw.choice(records)
        for column in draw.sample(COLUMNS, draw.randrange(1, 4)):
            value = draw.choice(SPELT[column](record[COLUMNS.index(column)]))
            lead = f"{text} {draw.choice(('the', 'it is', 'see:', 'of', '('))} "
            values.append((column, len(lead), len(lead) + len(value)))
            text = f"{lead}{value}{draw.choice(('.', ',', ')', ''))} {prose.text(120)}"
        yield Said(text, tuple(values))


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages in which two values stand, each in one of its own; whether they are `of_one` record."""

    messages: tuple[str, ...]
    columns: tuple[str, str]
    of_one: bool


def prompts(records: list[tuple[str, ...]], pairs: list[tuple[str, str]], seed: int, count: int) -> Iterator[Prompt]:
    """Two to six messages each, in any order; as many values of one record as of two."""
    draw, prose = random.Random(seed), Prose(seed)
    # Who has the first value may have the second one as well: that is of one record, whoever was drawn.
    having: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for record in records:
        for one, other in pairs:
            having[record[COLUMNS.index(one)], other].add(record[COLUMNS.index(other)])
    for n in range(count):
        columns = draw.choice(pairs)
        first, second = draw.choice(records), draw.choice(records)
        values = first[COLUMNS.index(columns[0])], (second if n % 2 else first)[COLUMNS.index(columns[1])]
        said = [
            f"{prose.text(100)} {draw.choice(SPELT[c](v))}. {prose.text(60)}"
            for c, v in zip(columns, values, strict=True)
        ]
        messages = [*said, *(prose.text(200) for _ in range(draw.randrange(5)))]
        draw.shuffle(messages)
        yield Prompt(tuple(messages), columns, values[1] in having[values[0], columns[1]])
