"""Names before values: JSON and what looks like it.

JSON is read by its keys alone, wherever they stand and whether or not the rest of it is whole: records, lines of JSON,
Python's dicts, documents that were cut off, JSON inside strings (`\\"key\\"`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from hushgate.detect.tables.group import Cell, Group

_KEY: Final = re.compile(r"[\w .:/#()%$@&+-]{1,80}")
_BEHIND: Final = re.compile(r"""["']\s{0,20}:\s{0,200}""")
_STRING: Final = re.compile(r"""(\\*)(["'])""")
_BARE: Final = re.compile(
    r"""[-+]?\d[\w.:+-]*|(?:true|false|null|none|nan|undefined|na)\b|[a-z_][\w.]{0,60}\([-\d.,'"+: TZa-z/=]{0,200}\)""",
    re.IGNORECASE,
)
"""A number, a word that stands for one, a date as Python shows it; other words are variables of code."""
_SCHEMA: Final = re.compile(
    r"""\{[^{}]{0,400}?\\*["'](?:type\\*["']\s*:\s*\\*["'](?:string|number|integer|boolean|array|object|null)|\$ref|anyOf)\\*["']"""
)
_COLON: Final = re.compile(r"\s*:")
_GAP: Final = 2000
"""Code points between keys of one record at most: a longer value parts records."""
_LONGEST: Final = 8192
"""Code points of a string, or of a list or an object that a name stands before."""


def json_groups(text: str) -> Iterator[Group]:
    """The records of JSON in a text, those that stand together as one group."""
    keys: list[tuple[str, int]] = []
    for found in _BEHIND.finditer(text):
        key = _key(text, found.start())
        if key is None:
            continue
        if keys and found.start() - keys[-1][1] > _GAP:
            yield _records(text, keys)
            keys = []
        keys.append((key, found.end()))
    if keys:
        yield _records(text, keys)


def _key(text: str, at: int) -> str | None:
    """The key that the quote at a place ends, in a string inside as many strings as where it begins."""
    escapes = _slashes(text, at, 0)
    start = text.rfind(text[at], max(0, at - 90), at - escapes)
    key = _KEY.fullmatch(text, start + 1, at - escapes) if start >= 0 else None
    return key[0].strip() if key and _slashes(text, start, 0) == escapes else None


def _records(text: str, keys: Sequence[tuple[str, int]]) -> Group:
    names = list(dict.fromkeys(key for key, _ in keys))
    numbers = {key: n for n, key in enumerate(names)}
    return Group(names, partial(_values, text, [(numbers[key], at) for key, at in keys]), keys[-1][1])


def _values(text: str, keys: Sequence[tuple[int, int]], group: Group) -> Iterator[Cell]:
    done = 0
    for n, at in keys:
        if n in group.wanted and at >= done:
            for low, high in _value(text, at):
                done = high
                if low < high:
                    yield n, low, high


def _value(text: str, at: int) -> Iterator[tuple[int, int]]:
    """What a key stands before: a string, a bare word or number, or all leaves of a list or an object.

    Spans without anything in them say how far was read.
    """
    opening = text[at : at + 1]
    if opening == "{" and _SCHEMA.match(text, at, at + 600):  # what a value has to be, and no value
        return
    if opening not in ("[", "{"):
        span = _leaf(text, at, min(len(text), at + _LONGEST))
        if span:
            yield span[:2]
        return
    depth, last = 0, min(len(text), at + _LONGEST)
    while at < last:
        sign = text[at]
        depth += (sign in "[{") - (sign in "]}")
        if depth <= 0:
            yield at, at
            return
        if sign in "[]{},: \t\r\n":
            at += 1
            continue
        leaf = _leaf(text, at, last)
        if leaf is None:
            at += 1
            continue
        low, high, at = leaf
        yield (at, at) if _COLON.match(text, at, last) else (low, high)  # no key of an object
    yield at, at


def _leaf(text: str, at: int, last: int) -> tuple[int, int, int] | None:
    """Where a string's inside, or a bare word, begins and ends, and where to go on."""
    quote = _STRING.match(text, at, last)
    if quote is None:
        bare = _BARE.match(text, at, last)
        return (bare.start(), bare.end(), bare.end()) if bare else None
    start, escapes = quote.end(), len(quote[1])
    at = text.find(quote[2], start, last)
    while at >= 0 and _slashes(text, at, start) % (2 * escapes + 2) != escapes:
        at = text.find(quote[2], at + 1, last)
    if at < 0:
        line = text.find("\n", start, last)
        end = line if line >= 0 else last
        return start, end, end
    return start, at - escapes, at + 1


def _slashes(text: str, at: int, start: int) -> int:
    """Backslashes right before a place, down to `start`: twice as many and one more with each string round a string."""
    if text[at - 1 : at] != "\\":
        return 0
    before = text[max(start, at - 64) : at]
    return len(before) - len(before.rstrip("\\"))
