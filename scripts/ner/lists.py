"""Word lists: names and places from Faker's providers, everyday words from text; and the classes made of them."""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from hushgate.detect.wordclasses import SEEN, WordClasses

COMMON: Final = Path(__file__).with_name("common.txt.gz")
"""Everyday words and in how many files each was read; `python -m scripts.ner.common` makes it."""
WORD: Final = re.compile(r"[^\W\d_][^\W\d_'’-]*")
_PLACES: Final = (
    "cities", "city_names", "city_name", "states", "countries", "municipal", "provinces", "counties", "departments",
    "districts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lists:
    """Names by locale: `{"de_DE": {"Anna", ...}}`. `filler`: words that mean nothing, of several languages."""

    given: Mapping[str, frozenset[str]]
    family: Mapping[str, frozenset[str]]
    places: Mapping[str, frozenset[str]]
    filler: frozenset[str]


def read() -> Lists:
    """What the installed Faker holds."""
    import faker.providers.address as address
    import faker.providers.lorem as lorem
    import faker.providers.person as person

    filler = _read(lorem, ("word_list",))
    return Lists(
        _read(person, ("first_name",)),
        _read(person, ("last_name",)),
        _read(address, _PLACES),
        frozenset(word for words in filler.values() for phrase in words for word in phrase.lower().split()),
    )


def _read(package: ModuleType, wanted: tuple[str, ...]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for module in pkgutil.iter_modules(package.__path__):
        provider: Any = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        values = frozenset(
            value
            for name in dir(provider)
            if name.startswith(wanted) and not callable(getattr(provider, name))
            for value in _strings(getattr(provider, name))
        )
        if values:
            found[module.name] = values
    return found


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (key for key in value if isinstance(key, str))
    elif isinstance(value, Iterable):
        for each in value:
            yield from _strings(each)


def common() -> Counter[str]:
    """The counts of COMMON."""
    with gzip.open(COMMON, "rt", encoding="utf-8") as lines:
        rows = [line.split() for line in lines]
    return Counter({word: int(count) for count, *words in rows for word in words})


def classes(lists: Lists, everyday: Mapping[str, int], seen: Mapping[str, str]) -> WordClasses:
    """A class for each word of the lists, of the counts of everyday words, and of `seen`: see sets.seen_as."""
    given, family, places = (_locales(table) for table in (lists.given, lists.family, lists.places))
    words = {*given, *family, *places, *everyday, *lists.filler, *seen}
    return WordClasses({
        word: f"{_step(given[word], 1, 3, 8)}{_step(family[word], 1, 3, 8)}{_step(places[word], 1, 2, 5)}"
              f"{max(_step(everyday.get(word, 0), 3, 20, 200), int(word in lists.filler))}"
              f"{SEEN.index(seen.get(word, SEEN[0]))}"
        for word in words
    })  # fmt: skip


def _locales(table: Mapping[str, Iterable[str]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for names in table.values():
        counts.update({word for name in names for word in name.lower().split()})
    return counts


def _step(count: int, *steps: int) -> int:
    return sum(count >= step for step in steps)
