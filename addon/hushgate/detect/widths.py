"""How many bytes a pattern can match: whole, and at the fewest that settle that it matches at a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any, Final

from hushgate.detect.shape import parsed
from hushgate.detect.stretch import Stretch, stretched

type Item = tuple[bool, Any]
"""Whether letters of either case match, and an item of a parsed pattern."""

_REPEATS: Final = (op.MAX_REPEAT, op.MIN_REPEAT)


def settled(pattern: str) -> int | None:
    """Bytes within which any match has begun and could have ended, with stretches; None where there is no bound.

    So where a match begins is known from a window of that size, and how far it goes from a second look.
    """
    return total(settling(_items(stretched(pattern)[0]))) or None


def widest(pattern: str) -> int | None:
    """The most bytes of UTF-8 that an RE2 pattern can match; None where that cannot be said."""
    return total([width(code, arg, fold) for fold, (code, arg) in _items(parsed(pattern))])


def goes_on(pattern: str) -> bool:
    """Whether a match may be longer than what settles that it is there."""
    return _goes_on(_items(parsed(pattern)))


def _goes_on(flat: Sequence[Item]) -> bool:
    if not flat:
        return False
    fold, (code, arg) = flat[-1]
    if code is op.BRANCH:
        return any(_goes_on(flattened([(fold, x) for x in branch])) for branch in arg[1])
    if code in _REPEATS:
        return arg[0] != arg[1] or _goes_on(flattened([(fold, x) for x in arg[2]]))
    return bool(code is op.FAILURE)


def _items(tree: Any) -> list[Item]:
    """The items of a tree in a row; for a pattern that is not read, an item without bounds."""
    if tree is None:
        return [(False, (op.FAILURE, None))]
    return flattened([(bool(tree.state.flags & re.IGNORECASE), item) for item in tree])


def settling(flat: Sequence[Item]) -> list[int | None]:
    """The width of each item, as short as a match can be at its end: `x{3,}` is three characters there."""
    widths = [width(code, arg, fold) for fold, (code, arg) in flat]
    at = len(flat) - 1
    while at >= 0 and optional(flat[at][1]):
        widths[at] = 0
        at -= 1
    if at >= 0:
        widths[at] = _settling(*flat[at])
    return widths


def optional(item: Any) -> bool:
    """Whether a match may do without the item."""
    return item[0] in _REPEATS and not item[1][0]


def _settling(fold: bool, item: Any) -> int | None:
    code, arg = item
    if code is op.BRANCH:
        return most(total(settling(flattened([(fold, x) for x in branch]))) for branch in arg[1])
    if code in _REPEATS:
        inner = flattened([(fold, x) for x in arg[2]])
        once = total([width(c, a, f) for f, (c, a) in inner])
        last = total(settling(inner))
        return None if once is None or last is None else once * (arg[0] - 1) + last
    return width(code, arg, fold)


def flattened(parts: Sequence[Item]) -> list[Item]:
    """Groups opened: what stands in them stands in a row."""
    flat: list[Item] = []
    for fold, (code, arg) in parts:
        if code is op.SUBPATTERN:
            inner = bool(arg[1] & re.IGNORECASE) or (fold and not arg[2] & re.IGNORECASE)
            flat += flattened([(inner, item) for item in arg[3]])
        else:
            flat.append((fold, (code, arg)))
    return flat


def most(widths: Iterable[int | None]) -> int | None:
    """The largest; None if one has no bound."""
    largest = 0
    for each in widths:
        if each is None:
            return None
        largest = max(largest, each)
    return largest


def total(widths: Sequence[int | None]) -> int | None:
    """The sum; None if one has no bound."""
    size = 0
    for each in widths:
        if each is None:
            return None
        size += each
    return size


def width(code: Any, arg: Any, fold: bool) -> int | None:
    """The most bytes of UTF-8 that an item can match; None where there is no bound."""
    if code is op.LITERAL:
        return _size(arg, fold)
    if code in (op.NOT_LITERAL, op.ANY):
        return 4
    if code is op.IN:
        return max(_set_width(kind, what, fold) for kind, what in arg)
    if code is op.BRANCH:
        return most(total([width(c, a, fold) for c, a in branch]) for branch in arg[1])
    if code is op.SUBPATTERN:
        inner = bool(arg[1] & re.IGNORECASE) or (fold and not arg[2] & re.IGNORECASE)
        return total([width(c, a, inner) for c, a in arg[3]])
    if code in _REPEATS:
        if arg[1] is op.MAXREPEAT:
            return None
        if isinstance(arg[1], Stretch):
            return int(arg[1])
        once = total([width(c, a, fold) for c, a in arg[2]])
        return None if once is None else once * int(arg[1])
    return 0 if code is op.AT else None


def _set_width(kind: Any, what: Any, fold: bool) -> int:
    if kind is op.LITERAL:
        return _size(what, fold)
    if kind is op.RANGE:
        low, high = what
        signs = fold and any(low <= ord(c) <= high for c in "KSks")
        return 4 if high > 0x7F else (3 if signs else 1)
    if kind is op.CATEGORY and what in (op.CATEGORY_DIGIT, op.CATEGORY_SPACE, op.CATEGORY_WORD):
        return 1  # ASCII only in RE2
    return 4


def _size(point: int, fold: bool) -> int:
    """UTF-8 bytes; a folded k or s may be a sign of three."""
    if fold and point < 0x80:
        return 3 if chr(point).lower() in "ks" else 1
    return 1 if point < 0x80 else 4
