"""Repeats without an end, given one by the page: a run of blanks, or of other characters, is no longer than the page's.

`\\s+` may go on for ever, and so has no window that it must end in; but hardly any page has a run of 160 blanks, or a
word of 512 bytes. On those that have none a rule is looked for as if its pattern said so.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

from hushgate.detect.shape import parsed

BLANKS: Final = 160
"""Bytes of a run of blanks, at most, on a page that fits."""
WORD: Final = 512
"""Bytes of a run without blanks, at most, on a page that fits."""
OF_BLANKS: Final = 1
OF_WORDS: Final = 2
_BLANK: Final = b" \t\n\r\f"  # what RE2 takes for \\s
_MARKS: Final = bytes(32 if c in _BLANK else 97 for c in range(256))
_REPEATS: Final = (op.MAX_REPEAT, op.MIN_REPEAT)


class Stretch(int):
    """In place of the count of a repeat without an end: the bytes that all of its rounds have together, at most."""

    __slots__ = ()


def exceeded(data: bytes) -> int:
    """Which stretches a page does not fit: `OF_BLANKS`, `OF_WORDS`, both added, or 0."""
    marks = data.translate(_MARKS)
    return OF_BLANKS * (b" " * (BLANKS + 1) in marks) + OF_WORDS * (b"a" * (WORD + 1) in marks)


@lru_cache(maxsize=16)
def stretched(pattern: str) -> tuple[Any, int]:
    """The tree of a pattern, in which repeats of blanks alone, and those without blanks, end; and which of them it has.

    None as for `parsed`.
    """
    tree = parsed(pattern)
    return (None, 0) if tree is None else _stretched(tree)


def _stretched(tree: Any) -> tuple[Any, int]:
    """A tree with stretches, and their kinds; the same tree where it has none."""
    items = list(tree.data)
    kinds = 0
    for n, (code, arg) in enumerate(items):
        found = 0
        if code is op.SUBPATTERN:
            inner, found = _stretched(arg[3])
            arg = (*arg[:3], inner)
        elif code is op.BRANCH:
            branches = [_stretched(branch) for branch in arg[1]]
            arg = (arg[0], [branch for branch, _ in branches])
            for _, each in branches:
                found |= each
        elif code in _REPEATS:
            blank, other = _holds(arg[2]) if arg[1] is op.MAXREPEAT else (True, True)
            if blank and other:
                inner, found = _stretched(arg[2])
                arg = (*arg[:2], inner)
            else:
                arg = (arg[0], Stretch(BLANKS if blank else WORD), arg[2])
                found = OF_BLANKS if blank else OF_WORDS
        if found:
            items[n] = (code, arg)
            kinds |= found
    return (parser.SubPattern(tree.state, items), kinds) if kinds else (tree, 0)


def _holds(items: Iterable[Any]) -> tuple[bool, bool]:
    """Whether items may match blanks, and whether anything else."""
    blank = other = False
    for code, arg in items:
        if code is op.LITERAL:
            found = (_is_blank(arg), not _is_blank(arg))
        elif code is op.IN:
            found = _in_set(arg)
        elif code is op.SUBPATTERN:
            found = _holds(arg[3])
        elif code is op.BRANCH:
            each = [_holds(branch) for branch in arg[1]]
            found = (any(x for x, _ in each), any(x for _, x in each))
        elif code in _REPEATS:
            found = _holds(arg[2])
        else:
            found = (code is not op.AT, code is not op.AT)
        blank, other = blank or found[0], other or found[1]
    return blank, other


def _in_set(items: Iterable[Any]) -> tuple[bool, bool]:
    kinds = list(items)
    if kinds and kinds[0][0] is op.NEGATE:
        return not _every_blank(kinds[1:]), True
    blank = other = False
    for kind, what in kinds:
        if kind is op.LITERAL:
            blank, other = blank or _is_blank(what), other or not _is_blank(what)
        elif kind is op.CATEGORY and what is op.CATEGORY_SPACE:
            blank = True
        elif kind is op.CATEGORY and what in (op.CATEGORY_DIGIT, op.CATEGORY_WORD, op.CATEGORY_NOT_SPACE):
            other = True
        elif kind is op.RANGE:
            blank, other = blank or any(what[0] <= x <= what[1] for x in _BLANK), True
        else:
            return True, True
    return blank, other


def _every_blank(items: Iterable[Any]) -> bool:
    """Whether a set holds all blanks that RE2 knows as such (and `\\v`, which it does not)."""
    left = set(_BLANK)
    for kind, what in items:
        if kind is op.LITERAL:
            left.discard(what)
        elif kind is op.RANGE:
            left -= set(range(what[0], min(what[1], 32) + 1))
        elif kind is op.CATEGORY and what is op.CATEGORY_SPACE:
            left.clear()
    return not left


def _is_blank(point: int) -> bool:
    return point < 128 and point in _BLANK
