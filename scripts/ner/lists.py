"""Word lists: names and places of Faker, the US census and `names.txt`, everyday words; and their classes."""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from hushgate.detect.wordclasses import SEEN, WordClasses

COMMON: Final = Path(__file__).with_name("common.txt.gz")
"""Everyday words and in how many files each was read; `python -m scripts.ner.common` makes it."""
OWN: Final = Path(__file__).with_name("names.txt")
TOLD: Final = 30_000
WORD: Final = re.compile(r"[^\W\d_][^\W\d_'’-]*")
_PLACES: Final = (
    "cities", "city_names", "city_name", "states", "countries", "municipal", "provinces", "counties", "departments",
    "districts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lists:
    """Names by locale: `{"de_DE": {"Anna", ...}}`; those of `names.txt` by origin, in small letters.

    `filler`: words that mean nothing, of several languages. `born`, `called`: given names and surnames of the US
    census and what share of a thousand people bears each; surnames go as far as TOLD.
    """

    given: Mapping[str, frozenset[str]]
    family: Mapping[str, frozenset[str]]
    places: Mapping[str, frozenset[str]]
    filler: frozenset[str]
    born: Mapping[str, float] = field(default_factory=dict)
    called: Mapping[str, float] = field(default_factory=dict)


def read() -> Lists:
    """What the installed Faker and names hold, and `names.txt`."""
    import faker.providers.address as address
    import faker.providers.lorem as lorem
    import faker.providers.person as person

    filler = _read(lorem, ("word_list",))
    own = {
        "given": _read(person, ("first_name", "first_romanized")),
        "family": _read(person, ("last_name", "last_rom")),
    }
    for line in OWN.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            origin, kind, *names = line.split()
            own[kind][origin] = frozenset(names)
    born = _census("first:female", 9999)
    for name, share in _census("first:male", 9999).items():
        born[name] = max(share, born.get(name, 0.0))
    return Lists(
        own["given"],
        own["family"],
        _read(address, _PLACES),
        frozenset(word for words in filler.values() for phrase in words for word in phrase.lower().split()),
        born,
        _census("last", TOLD),
    )


def _census(what: str, most: int) -> dict[str, float]:
    """The commonest names; lines are a name, percent, percent up to here, rank."""
    import names

    with Path(names.FILES[what]).open("r", encoding="utf-8") as lines:
        rows = [line.split() for line in lines][:most]
    return {row[0].lower(): float(row[1]) * 10 for row in rows}


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
    words = {*given, *family, *places, *everyday, *lists.filler, *seen, *lists.born, *lists.called}
    return WordClasses({
        word: f"{max(_step(given[word], 1, 3, 8), _step(lists.born.get(word, 0.0), 1e-9, 0.1, 1.0))}"
              f"{max(_step(family[word], 1, 3, 8), _step(lists.called.get(word, 0.0), 1e-9, 0.02, 0.1))}"
              f"{_step(places[word], 1, 2, 5)}"
              f"{max(_step(everyday.get(word, 0), 3, 20, 200), int(word in lists.filler))}"
              f"{SEEN.index(seen.get(word, SEEN[0]))}"
        for word in words
    })  # fmt: skip


def _locales(table: Mapping[str, Iterable[str]]) -> Counter[str]:
    """How many lists hold a word; one of `names.txt`, which was chosen by hand, counts as three."""
    counts: Counter[str] = Counter()
    for origin, names in table.items():
        weight = 3 if origin.isalpha() and len(origin) > 4 and origin != "short" else 1
        counts.update(dict.fromkeys({word for name in names for word in name.lower().split()}, weight))
    return counts


def _step(count: float, *steps: float) -> int:
    return sum(count >= step for step in steps)
