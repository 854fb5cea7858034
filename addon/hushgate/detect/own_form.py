"""Values that are told by their own form, of which a common word at the front says next to nothing.

Only rules of such may lose a word that a stream let go (`early`).
"""

from __future__ import annotations

from re import _constants as op  # type: ignore[attr-defined]
from typing import Any, Final

from hushgate.detect.partial import Beginnings, in_class, is_letter
from hushgate.detect.rules import Rule

_SECRET: Final = 24
"""Characters that a secret has at least, if it may lose a word at its front."""
_LONG: Final = 12
"""The same of values that need nothing but letters."""
_FREE: Final = 3
"""Characters that a rule leaves open, at least, where it spells how its values begin: less is a list of words."""


def by_itself(rule: Rule, begun: Beginnings) -> bool:
    """Whether the rule's values are told by their own form, of which a common word at the front says next to nothing.

    Nothing leads to them, they are no list of words, and they hold something else than letters (`theo@acme.example`,
    `in1234567`) or at least a dozen in one run. A secret has two dozen characters.
    """
    least = _least(begun.items)
    if begun.led > 1 or (rule.category == "secret" and least < _SECRET):
        return False
    if not _open(begun.items) and _least(begun.items, fixed=0) < _FREE:
        return False
    return _others(begun.items) > 0 or (least >= _LONG and not _has_space(begun.items))


def _open(items: Any) -> bool:
    """May a value begin with any character of a set?"""
    for code, arg in items:
        if code is op.IN or (code is op.BRANCH and any(map(_open, arg[1]))):
            return True
        inside = arg[3] if code is op.SUBPATTERN else arg[2] if code in (op.MAX_REPEAT, op.MIN_REPEAT) else ()
        if _open(inside):
            return True
        if _least([(code, arg)]):
            return False
    return False


def _least(items: Any, fixed: int = 1) -> int:
    """Characters of the shortest match; one that the pattern spells counts as `fixed`."""
    total = 0
    for code, arg in items:
        if code is op.BRANCH:
            total += min(_least(branch, fixed) for branch in arg[1])
        elif code is op.SUBPATTERN:
            total += _least(arg[3], fixed)
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT):
            total += arg[0] * _least(arg[2], fixed)
        elif code is not op.AT:
            total += fixed if code is op.LITERAL and not in_class(arg) else 1
    return total


def _others(items: Any) -> int:
    """How many characters of every match are neither letters nor white space, at least."""
    total = 0
    for code, arg in items:
        if code is op.LITERAL:
            total += _other(arg)
        elif code is op.IN:
            total += all(
                (kind is op.LITERAL and _other(what))
                or (kind is op.RANGE and what[1] < 0x80 and all(map(_other, range(what[0], what[1] + 1))))
                or (kind is op.CATEGORY and what is op.CATEGORY_DIGIT)
                for kind, what in arg
            )
        elif code is op.BRANCH:
            total += min(map(_others, arg[1]))
        elif code is op.SUBPATTERN:
            total += _others(arg[3])
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT):
            total += arg[0] * _others(arg[2])
    return total


def _other(point: int) -> bool:
    return not is_letter(point) and not chr(point).isspace()


def _has_space(items: Any) -> bool:
    for code, arg in items:
        if code in (op.ANY, op.NOT_LITERAL) or (code is op.LITERAL and chr(arg).isspace()):
            return True
        if code is op.IN and (arg[0][0] is op.NEGATE or any(_spaced(kind, what) for kind, what in arg)):
            return True
        inside = arg[1] if code is op.BRANCH else [arg[3]] if code is op.SUBPATTERN else ()
        if code in (op.MAX_REPEAT, op.MIN_REPEAT):
            inside = [arg[2]]
        if any(map(_has_space, inside)):
            return True
    return False


def _spaced(kind: Any, what: Any) -> bool:
    if kind is op.LITERAL:
        return chr(what).isspace()
    if kind is op.RANGE:
        return bool(what[0] <= 32 <= what[1])
    return what not in (op.CATEGORY_DIGIT, op.CATEGORY_WORD)
