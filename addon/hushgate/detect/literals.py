"""From a rule's pattern, literals of which every match holds one, and how far the match reaches round it.

So a rule is run only in windows round its literals. The pattern is read with
the standard library's parser; where it says nothing useful the whole text is
searched. Literals are ASCII and in lower case, to be looked for in text whose
ASCII letters are in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any, Final

from hushgate.detect.shape import digits_only
from hushgate.detect.stretch import Stretch, stretched
from hushgate.detect.widths import Item, flattened, optional, settling, total, width

DIGIT: Final = b"\x80"
"""In place of a literal: any ASCII digit."""
FOREIGN: Final = b"\x81"
"""In place of a literal: any character that is not ASCII."""
MOST: Final = 160
"""Literals of one rule; a pattern that needs more has none."""
_MOST_SHORT: Final = 6
_MOST_SPREAD: Final = 16
_SIGNS: Final = 14
_LONG: Final = 8
"""Bytes of a literal above which another one is no better."""
_ODD_CASES: Final = frozenset("ÅåßµŸÿİıŉſĸВДОСТЪвдостъ")
"""Letters that have more than two cases, or others than Python says."""
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
    """Literals one of which stands in every match of an RE2 pattern, with stretches; none where that cannot be said."""
    tree, _ = stretched(pattern)
    if tree is None:
        return ()
    found = _needed(list(tree), bool(tree.state.flags & re.IGNORECASE), True)
    return tuple(dict.fromkeys(replace(x, text=DIGIT) if _few_digits(x.text) else x for x in found))


def _few_digits(text: bytes) -> bool:
    """Digits that stand in most numbers: no better than any digit, and more of them."""
    return text.isdigit() and len(text) < 4


def _needed(items: Sequence[Any], fold: bool, last: bool) -> tuple[Literal, ...]:
    """The best set of literals that a sequence cannot match without, if any. `last`: a match may end with it."""
    flat = flattened([(fold, item) for item in items])
    widths = [width(code, arg, folds) for folds, (code, arg) in flat]
    behind = settling(flat) if last else widths
    end_of_needed = max((n for n, each in enumerate(flat) if not optional(each[1])), default=-1) if last else -1
    best: tuple[Literal, ...] = ()
    item: tuple[Literal, ...] = ()  # The same, as they stand in their item.
    behind_it = tried = covered = 0
    for at, (folds, (code, arg)) in enumerate(flat):
        before = total(widths[:at])
        each: list[tuple[tuple[Literal, ...], int]] = []
        for texts, end, whole in _texts(flat, at) if at >= tried else ():
            within = total(behind[at:end])
            each.append((tuple(Literal(text, 0, size if whole else within) for text, size in texts), end))
            tried = end  # What begins later is part of these.
            covered = end if whole else covered
        inner = _inside(code, arg, folds, at == end_of_needed) if at >= covered else None
        if inner:
            each.append((inner, at + 1))
        for found, end in each:
            after = total(behind[end:])
            placed = tuple(replace(x, before=_sum(x.before, before), after=_sum(x.after, after)) for x in found)
            if _better(placed, best):
                best, item, behind_it = placed, found, end
    signs, apart = _sign_behind(flat[behind_it:], widths[behind_it:]) if best else (b"", 0)
    return tuple(
        replace(x, signs=signs, reach=y.after + apart) if signs and not x.signs and y.after is not None else x
        for x, y in zip(best, item, strict=True)
    )


def _texts(flat: Sequence[Item], at: int) -> Iterator[tuple[list[tuple[bytes, int]], int, bool]]:
    """Texts one of which stands where the items from one on match, in lower case.

    With the size of what each text stands for, the end of those items, and whether they match no more than the texts.

    Longer and longer ones: `[ab]_?x` has a and b; then a_, a, b_, b; then a_x, ax, b_x, bx.
    """
    texts: tuple[bytes, ...] = (b"",)
    for end in range(at, len(flat)):
        fold, item = flat[end]
        choices = _choices(fold, item)
        if (choices is None or len(choices) > 1) and all(texts):
            yield _shortest(texts), end, True
        if choices is None and item[0] is op.BRANCH:  # what the branches begin with
            begun = [_beginnings(flattened([(fold, x) for x in branch])) for branch in item[1][1]]
            longer = tuple(text + x for text in texts for x in chain(*begun))
            if all(begun) and all(longer) and len(longer) <= MOST:
                yield _shortest(longer), end + 1, False
            return
        if choices is None or len(choices) * len(texts) > MOST:
            return
        texts = _joined(texts, choices)
    if all(texts):
        yield _shortest(texts), len(flat), True


def _beginnings(flat: Sequence[Item]) -> tuple[bytes, ...]:
    """The longest texts that items in a row begin with; none where that cannot be said."""
    texts: tuple[bytes, ...] = ()
    for found, _, _ in _texts(flat, 0):
        texts = tuple(text for text, _ in found)
    return texts


def _shortest(texts: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Without those that begin with another of them, which stands for them; with the size of the longest of these."""
    found: list[tuple[bytes, int]] = []
    for text in sorted(texts):
        if found and text.startswith(found[-1][0]):
            found[-1] = (found[-1][0], max(found[-1][1], len(text)))
        else:
            found.append((text, len(text)))
    return found


def _choices(fold: bool, item: Any) -> tuple[bytes, ...] | None:
    """All texts that an item matches, in lower case; None where they are many, or cannot be said."""
    code, arg = item
    if code is op.AT:
        return (b"",)
    if code is op.LITERAL:
        return _cases(arg, fold)
    if code is op.IN and len(arg) <= _MOST_SPREAD and all(kind is op.LITERAL for kind, _ in arg):
        return _union(_cases(what, fold) for _, what in arg)
    if code is op.BRANCH and len(arg[1]) <= MOST:
        return _union(_all_of(flattened([(fold, x) for x in branch])) for branch in arg[1])
    if code in (op.MAX_REPEAT, op.MIN_REPEAT) and arg[1] == 1:
        inner = _all_of(flattened([(fold, x) for x in arg[2]]))
        return None if inner is None else inner if arg[0] else tuple(dict.fromkeys((b"", *inner)))
    return None


def _all_of(flat: Sequence[Item]) -> tuple[bytes, ...] | None:
    """All texts that items in a row match."""
    texts: tuple[bytes, ...] = (b"",)
    for fold, item in flat:
        choices = _choices(fold, item)
        if choices is None or len(choices) * len(texts) > MOST:
            return None
        texts = _joined(texts, choices)
    return texts


def _joined(texts: tuple[bytes, ...], choices: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Each text with each choice behind it, once."""
    if len(choices) == 1:
        return tuple([text + choices[0] for text in texts])
    return tuple(dict.fromkeys([text + x for text in texts for x in choices]))


def _union(each: Iterable[tuple[bytes, ...] | None]) -> tuple[bytes, ...] | None:
    found: dict[bytes, None] = {}
    for one in each:
        if one is None:
            return None
        found.update(dict.fromkeys(one))
    return tuple(found) if len(found) <= MOST else None


def _cases(point: int, fold: bool) -> tuple[bytes, ...] | None:
    """A character in UTF-8, as a page whose ASCII letters are small may hold it; None where its cases are not sure."""
    char = chr(point)
    if point < 0x80:
        return (char.lower().encode(),)
    if not fold or char.lower() == char.upper():
        return (char.encode(),)
    if char in _ODD_CASES or not (point < 0x180 or 0x410 <= point < 0x450):
        return None
    return tuple(dict.fromkeys(x.encode() for x in (char, char.lower(), char.upper())))


def _sign_behind(flat: Sequence[tuple[bool, Any]], widths: Sequence[int | None]) -> tuple[bytes, int]:
    """Signs one of which must come next but for a bounded number of bytes, and that number; b"" for none."""
    apart = 0
    for (_, item), size in zip(flat, widths, strict=True):
        signs = _signs(*item)
        if size is None and item[0] not in (op.MAX_REPEAT, op.MIN_REPEAT):
            break
        if signs:
            endless = size is None or (item[0] in (op.MAX_REPEAT, op.MIN_REPEAT) and isinstance(item[1][1], Stretch))
            return signs, apart + (_FIRST if endless or size is None else size)
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
        if not inner:
            return None
        once = total([width(c, a, fold) for c, a in arg[2]])
        if isinstance(arg[1], Stretch) and not last:
            return tuple(replace(x, after=_sum(x.after, arg[1])) for x in inner)
        rounds = arg[0] if last else None if arg[1] is op.MAXREPEAT else arg[1]
        more = 0 if rounds == 1 else None if rounds is None or once is None else once * (rounds - 1)
        return tuple(replace(x, after=_sum(x.after, more)) for x in inner)
    return None


def _better(one: tuple[Literal, ...], other: tuple[Literal, ...]) -> bool:
    """Whether fewer texts hold one of the set: long literals, few of them, close to the match's edges."""
    if any(len(x.text) == 1 and x.text[0] not in _RARE and x.text not in (DIGIT, FOREIGN) for x in one):
        return False
    if len(one) > MOST or sum(len(x.text) == 2 for x in one) > _MOST_SHORT:
        return False
    return not other or _worth(one) > _worth(other)


def _worth(found: tuple[Literal, ...]) -> tuple[int, bool, int]:
    rank = min(_RANKS.get(x.text) or min(len(x.text) + 3 * (len(x.text) == 1), _LONG) for x in found)
    return (rank, all(x.before is not None and x.after is not None for x in found), -len(found))


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
