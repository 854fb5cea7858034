"""From a rule's pattern, literals of which every match holds one, and how far the match reaches round it.

So a rule is run only in windows round its literals. The pattern is read with
the standard library's parser; where it says nothing useful the whole text is
searched. Literals are ASCII and in lower case, to be looked for in text whose
ASCII letters are in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any, Final

from hushgate.detect.shape import digits_only, parsed
from hushgate.detect.widths import flattened, optional, settling, total, width

DIGIT: Final = b"\x80"
"""In place of a literal: any ASCII digit."""
FOREIGN: Final = b"\x81"
"""In place of a literal: any character that is not ASCII."""
MOST: Final = 160
"""Literals of one rule; a pattern that needs more has none."""
_MOST_SHORT: Final = 6
_MOST_SPREAD: Final = 16
_SIGNS: Final = 14
_FIRST: Final = 64
"""Bytes within which the first round of an endless repeat has its sign, if one round is no longer."""

_RANKS: Final = {DIGIT: 1, FOREIGN: 2}

# One character may stand alone only if ordinary text has few of it.
_RARE: Final = frozenset(b"@$#%^~`\\{}|<")


@dataclass(frozen=True, slots=True)
class Literal:
    """A match holds `text`, begins at most `before` bytes in front of it and could end `after` behind its start.

    None: there is no bound. A match may go on where its pattern ends in a repeat. One of `signs`, if there are any,
    stands within `reach` bytes from its start. `text` may also be `DIGIT` or `FOREIGN`.
    """

    text: bytes
    before: int | None
    after: int | None
    signs: bytes = b""
    reach: int = 0


def required(pattern: str) -> tuple[Literal, ...]:
    """Literals one of which stands in every match of an RE2 pattern; none where that cannot be said."""
    tree = parsed(pattern)
    if tree is None:
        return ()
    found = _needed(list(tree), bool(tree.state.flags & re.IGNORECASE), True) or ()
    return tuple(dict.fromkeys(replace(x, text=DIGIT) if _few_digits(x.text) else x for x in found))


def _few_digits(text: bytes) -> bool:
    """Digits that stand in most numbers: no better than any digit, and more of them."""
    return text.isdigit() and len(text) < 4


def _needed(items: Sequence[Any], fold: bool, last: bool) -> tuple[Literal, ...] | None:
    """The best set of literals that a sequence cannot match without. `last`: a match may end with it."""
    parts = [(fold, item) for item in items]
    flat = flattened(parts)
    widths = [width(code, arg, folds) for folds, (code, arg) in flat]
    behind = settling(flat) if last else widths
    end_of_needed = max((n for n, each in enumerate(flat) if not optional(each[1])), default=-1) if last else -1
    best: tuple[Literal, ...] | None = None
    at = 0
    while at < len(flat):
        end = at
        while end < len(flat) and _letter(flat[end][1]) is not None:
            end += 1
        if end > at:
            text = _letters(flat[at:end])
            inner: tuple[Literal, ...] | None = (Literal(text, 0, total(behind[at:end])),)
            spread = _spread(flat, end)
            if spread:
                tails, stop = spread
                before, after, within = total(widths[:at]), total(behind[stop:]), total(behind[at:stop])
                best = _better(best, tuple(_placed(Literal(text + x, 0, within), before, after, b"", 0) for x in tails))
        else:
            folds, (code, arg) = flat[at]
            inner, end = _inside(code, arg, folds, at == end_of_needed), at + 1
        if inner:
            before, after = total(widths[:at]), total(behind[end:])
            signs, apart = _sign_behind(flat[end:], widths[end:])
            best = _better(best, tuple(_placed(x, before, after, signs, apart) for x in inner))
        at = end
    return best


def _letters(items: Sequence[tuple[bool, Any]]) -> bytes:
    return bytes(_letter(item) or 0 for _, item in items).lower()


def _spread(flat: Sequence[tuple[bool, Any]], at: int) -> tuple[tuple[bytes, ...], int] | None:
    """What may follow a run of letters where a few characters or branches come next, and where that ends.

    The parser takes what all branches begin with out of them: `ghp_|gho_` is `gh`, one of `po`, and `_`.
    """
    if at >= len(flat):
        return None
    code, arg = flat[at][1]
    tails: list[bytes] = []
    end = at + 1
    if code is op.IN and len(arg) <= _MOST_SPREAD and all(kind is op.LITERAL and what < 0x80 for kind, what in arg):
        while end < len(flat) and _letter(flat[end][1]) is not None:
            end += 1
        rest = _letters(flat[at + 1 : end])
        tails = [bytes([what]).lower() + rest for _, what in arg]
    elif code is op.BRANCH and len(arg[1]) <= _MOST_SPREAD:
        for branch in arg[1]:
            parts = [x for x in flattened([(False, item) for item in branch]) if x[1][0] is not op.AT]
            run = next((n for n, (_, item) in enumerate(parts) if _letter(item) is None), len(parts))
            tails.append(_letters(parts[:run]))
    return (tuple(dict.fromkeys(tails)), end) if tails and all(tails) else None


def _placed(inner: Literal, before: int | None, after: int | None, signs: bytes, apart: int) -> Literal:
    """A literal of one item, seen from the sequence that the item is in."""
    reach = inner.reach
    if not inner.signs and signs and inner.after is not None:
        reach = inner.after + apart
    else:
        signs = inner.signs
    return Literal(inner.text, _sum(inner.before, before), _sum(inner.after, after), signs, reach)


def _sign_behind(flat: Sequence[tuple[bool, Any]], widths: Sequence[int | None]) -> tuple[bytes, int]:
    """Signs one of which must come next but for a bounded number of bytes, and that number; b"" for none."""
    apart = 0
    for (_, item), size in zip(flat, widths, strict=True):
        signs = _signs(*item)
        if size is None and item[0] not in (op.MAX_REPEAT, op.MIN_REPEAT):
            break
        if signs:
            return signs, apart + (_FIRST if size is None else size)
        if size is None:
            break
        apart += size
    return b"", 0


def _signs(code: Any, arg: Any) -> bytes:
    """Characters one of which the item must match: neither letters nor white space, and few; b"" for none."""
    found = b""
    if code is op.LITERAL and _is_sign(arg):
        found = bytes([arg])
    elif code is op.IN and all(kind is op.LITERAL and _is_sign(what) for kind, what in arg):
        found = bytes(what for _, what in arg)
    elif code is op.IN and digits_only(arg):
        found = b"0123456789"
    elif code in (op.MAX_REPEAT, op.MIN_REPEAT) and arg[0] and _short(arg[2]):
        found = _any_sign(list(arg[2]))
    elif code is op.BRANCH:
        each = [_any_sign(list(branch)) for branch in arg[1]]
        found = b"".join(each) if all(each) else b""
    return bytes(sorted(set(found))) if len(set(found)) <= _SIGNS else b""


def _any_sign(items: Sequence[Any]) -> bytes:
    """Signs of the first item of a sequence that has some."""
    return next(filter(None, (_signs(*item) for _, item in flattened([(False, item) for item in items]))), b"")


def _short(items: Any) -> bool:
    once = total([width(code, arg, True) for code, arg in items])
    return once is not None and once <= _FIRST


def _is_sign(point: int) -> bool:
    return 0x20 < point < 0x7F and not chr(point).isalpha()


def _inside(code: Any, arg: Any, fold: bool, last: bool) -> tuple[Literal, ...] | None:
    """Literals inside one item that is no letter. `last`: all behind it may be missing."""
    if code is op.LITERAL and arg > 0x7F:
        return (Literal(FOREIGN, 0, 4),)
    if code is op.IN and digits_only(arg):
        return (Literal(DIGIT, 0, 1),)
    if code is op.BRANCH:
        found: list[Literal] = []
        for branch in arg[1]:
            inner = _needed(list(branch), fold, last)
            if not inner:
                return None
            found += inner
        return tuple(dict.fromkeys(found))
    if code in (op.MAX_REPEAT, op.MIN_REPEAT) and arg[0]:
        inner = _needed(list(arg[2]), fold, last and arg[0] == 1)
        if inner is None:
            return None
        once = total([width(c, a, fold) for c, a in arg[2]])
        rounds = arg[0] if last else None if arg[1] is op.MAXREPEAT else arg[1]
        more = 0 if rounds == 1 else None if rounds is None or once is None else once * (rounds - 1)
        return tuple(replace(x, after=_sum(x.after, more)) for x in inner)
    return None


def _letter(item: Any) -> int | None:
    """The character that the item is, in lower case; None for anything else."""
    code, arg = item
    if code is op.LITERAL and arg < 0x80:
        return int(arg) | 0x20 if 0x41 <= arg <= 0x5A else int(arg)
    if code is op.IN and len(arg) == 2 and all(kind is op.LITERAL for kind, _ in arg):
        first, second = sorted(what for _, what in arg)
        if 0x41 <= first <= 0x5A and second == first | 0x20:
            return int(second)
    return None


def _better(one: tuple[Literal, ...] | None, other: tuple[Literal, ...]) -> tuple[Literal, ...] | None:
    """The set that fewer texts hold: long literals, few of them, close to the match's edges."""
    if any(len(x.text) == 1 and x.text[0] not in _RARE and x.text not in (DIGIT, FOREIGN) for x in other):
        return one
    if len(other) > MOST or sum(len(x.text) == 2 for x in other) > _MOST_SHORT:
        return one
    return other if one is None or _worth(other) > _worth(one) else one


def _worth(found: tuple[Literal, ...]) -> tuple[int, bool, int]:
    rank = min(_RANKS.get(x.text) or min(len(x.text) + 3 * (len(x.text) == 1), 6) for x in found)
    return (rank, all(x.before is not None and x.after is not None for x in found), -len(found))


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
