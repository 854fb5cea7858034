"""What a pattern's form says of everything it can match: read from the standard library's parse of it."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

_WORD: Final = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_RUN: Final = _WORD | frozenset(b"+/-")
# What Python reads otherwise than RE2: `{,3}` as a count, `[[:alpha:]]` as two sets.
_READ_OTHERWISE: Final = re.compile(r"\{,|\[:\^?[a-z]+:\]")
# A character of a class by its Unicode property, `\p{Lu}` or `\pL`: Python knows none. And what may hold one.
_PROPERTY: Final = re.compile(r"\\([pP])(?:\{\^?\w+\}|[A-Z])")
_SET_OR_ESCAPE: Final = re.compile(r"\\[pP](?:\{\^?\w+\}|[A-Z])|\\.|\[(\^?)(\]?(?:\\.|[^\]\\])*)\]", re.S)
_ANY: Final = "\\x00-\U0010ffff"
# RE2's `\x{e9}`, which Python spells otherwise.
_BRACED: Final = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")


@lru_cache(maxsize=16)  # A rule's pattern is asked about several times in a row.
def parsed(pattern: str) -> Any:
    """The tree of an RE2 pattern; None for one that Python does not read, or reads otherwise.

    Where it has a Unicode property (`\\pL`), the tree has any character: it matches what the pattern does, and more.
    """
    if _READ_OTHERWISE.search(pattern):
        return None
    if _PROPERTY.search(pattern):
        pattern = _SET_OR_ESCAPE.sub(_widened, pattern)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parser.parse(_BRACED.sub(lambda match: f"\\U{int(match.group(1), 16):08x}", pattern))
    except (re.error, RecursionError, OverflowError):
        return None


def _widened(found: re.Match[str]) -> str:
    """A set, or an escape, with any character in place of properties; a set of all but these with none of them."""
    if not _PROPERTY.search(found[0]):
        return found[0]
    if found[2] is None:
        return f"[{_ANY}]"
    rest = _PROPERTY.sub("", found[2])
    if found[1]:
        return f"[^{rest}]" if rest else f"[{_ANY}]"
    return f"[{_ANY}]"


def value_group(pattern: str) -> int | None:
    """The group that holds the value: the one named `secret`, else the first, else the whole match.

    None for a pattern that cannot be read.
    """
    tree = parsed(pattern)
    if tree is None:
        return None
    return int(tree.state.groupdict.get("secret", 1 if tree.state.groups > 1 else 0))


@dataclass(frozen=True, slots=True)
class Shape:
    """What a pattern's form says of its matches.

    `value_first`: the match begins where the value does. `wordy`: it begins
    with an ASCII letter, digit or underscore. `digits`: at least so many.
    `run`: at least so many of `A-Za-z0-9+/_-` stand together.
    """

    value_first: bool
    wordy: bool
    digits: int
    run: int


def shape(pattern: str, group: int) -> Shape:
    """A pattern's shape; for one that cannot be read, what always holds."""
    tree = parsed(pattern)
    if tree is None:
        return Shape(group == 0, False, 0, 0)
    items = list(tree)
    first = not group or bool(items and items[0][0] is op.SUBPATTERN and items[0][1][0] == group)
    return Shape(first, _wordy(items), _digits(items), _run(items))


def _digits(items: list[Any]) -> int:
    total = 0
    for code, arg in items:
        if code is op.LITERAL:
            total += chr(arg) in "0123456789"
        elif code is op.IN:
            total += digits_only(arg)
        elif code is op.BRANCH:
            total += min(_digits(list(branch)) for branch in arg[1])
        elif code is op.SUBPATTERN:
            total += _digits(list(arg[3]))
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT):
            total += arg[0] * _digits(list(arg[2]))
    return total


def digits_only(items: Any) -> bool:
    """Whether a set of characters holds nothing but ASCII digits."""
    return all(
        (kind is op.LITERAL and 48 <= what <= 57)
        or (kind is op.RANGE and what[0] >= 48 and what[1] <= 57)
        or (kind is op.CATEGORY and what is op.CATEGORY_DIGIT)
        for kind, what in items
    )


def _run(items: list[Any]) -> int:
    best = current = 0
    for code, arg in items:
        size = _run_of(code, arg)
        if size is None:
            best, current = max(best, current, _inner_run(code, arg)), 0
        else:
            current += size
    return max(best, current)


def _run_of(code: Any, arg: Any) -> int | None:
    """How many run characters the item has at least; None where it may have others."""
    if code is op.LITERAL:
        return 1 if arg in _RUN else None
    if code is op.IN:
        return 1 if _within(arg, _RUN) else None
    if code is op.SUBPATTERN:
        sizes = [_run_of(*item) for item in arg[3]]
        return None if None in sizes else sum(size for size in sizes if size)
    if code is op.BRANCH:
        branches = [[_run_of(*item) for item in branch] for branch in arg[1]]
        if any(None in sizes for sizes in branches):
            return None
        return min(sum(size for size in sizes if size) for sizes in branches)
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        sizes = [_run_of(*item) for item in arg[2]]
        return None if None in sizes else arg[0] * sum(size for size in sizes if size)
    return None


def _inner_run(code: Any, arg: Any) -> int:
    if code is op.SUBPATTERN:
        return _run(list(arg[3]))
    if code is op.BRANCH:
        return min(_run(list(branch)) for branch in arg[1])
    if code in (op.MAX_REPEAT, op.MIN_REPEAT) and arg[0]:
        return _run(list(arg[2]))
    return 0


def _within(items: Any, allowed: frozenset[int]) -> bool:
    return all(
        (kind is op.LITERAL and what in allowed)
        or (kind is op.RANGE and what[1] < 0x80 and all(c in allowed for c in range(what[0], what[1] + 1)))
        or (kind is op.CATEGORY and what in (op.CATEGORY_DIGIT, op.CATEGORY_WORD))
        for kind, what in items
    )


def _wordy(items: list[Any]) -> bool:
    for code, arg in items:
        if code is op.AT:
            continue
        if code is op.LITERAL:
            return arg in _WORD
        if code is op.IN:
            return _within(arg, _WORD)
        if code is op.BRANCH:
            return all(_wordy(list(branch)) for branch in arg[1])
        if code is op.SUBPATTERN:
            return _wordy(list(arg[3]))
        if code in (op.MAX_REPEAT, op.MIN_REPEAT):
            if not _wordy(list(arg[2])):
                return False
            if arg[0]:
                return True
            continue
        return False
    return False
