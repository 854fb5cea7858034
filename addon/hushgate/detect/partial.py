"""From a rule's pattern, a pattern for its beginnings: could a match still be under way at a text's end?

Only values that may hold white space, or letters of a script that is written
without, matter: a stream holds back the run of other characters at its end
anyway, but for a word of everyday text (see `early`), which asks about all
values. The pattern is read with the standard library's parser and written back
as RE2 syntax.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any, Final

from hushgate.detect.shape import parsed

_CATEGORIES: Final = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
_EDGES: Final = {
    op.AT_BEGINNING: "(?m:^)",
    op.AT_END: "(?m:$)",
    op.AT_BOUNDARY: r"\b",
    op.AT_NON_BOUNDARY: r"\B",
}
_MANY_WORDS: Final = 4
_COUNTED: Final = 8
"""Repetitions that are counted."""
_SPACES: Final = (9, 10, 13, 32)
_ENDS: Final = (*_SPACES, 0xA0, 0x4E00)
"""White space, to RE2 and to Unicode, and a letter of a script without spaces: behind each a stream may let go."""


_NEVER: Final = r"[^\x00-\x{10FFFF}]"


class _Unknown(Exception):
    """A construct that is not written back."""


@dataclass(frozen=True, slots=True)
class Beginnings:
    """A rule's matches while they come. `value`: beginnings of the value; `reached`: of matches that have reached it.

    Each of the latter begins with a whole match of `before`. `items` is the value as it was parsed, `led` the most
    characters that stand before it in a match.
    """

    value: str
    reached: str
    before: str
    items: Any
    led: int


def beginnings(pattern: str, group: int | None = None) -> Beginnings | None:
    """Patterns, to be anchored at a text's end, for all beginnings; None for a pattern that cannot be read so.

    `group`: that of the value, as a rule numbers it.
    """
    tree = _read(pattern)
    if tree is None or (group == 0 and tree.state.groups > 2):
        return None
    number, flags = max(group, 0) if group else _group(tree), tree.state.flags
    value = _find(tree, number) if number else tree
    if value is None:
        return None
    try:
        begun = _flagged_whole(flags, _begun(list(value), exact=True))
        if not number:
            return Beginnings(begun, begun, "", value, 0)
        reached = _flagged_whole(flags, _reached(list(tree), number, exact=True))
        before = _flagged_whole(flags, _before(list(tree), number))
    except _Unknown:
        return None
    at = next((i for i, (code, arg) in enumerate(tree) if code is op.SUBPATTERN and arg[0] == number), None)
    led = tree[:at].getwidth()[1] if at is not None else op.MAXREPEAT
    return Beginnings(begun, reached, before, value, int(led))


def under_way(pattern: str) -> str | None:
    """A pattern, to be anchored at the end of a text, for matches that have reached the value and are not over.

    Where the value is a group, captures begin where it does. None where the
    value holds nothing that a stream lets go behind, and for a pattern that cannot be read so: its
    value is held as far as its last run of other characters.
    """
    tree = _read(pattern)
    if tree is None:
        return None
    number, flags = _group(tree), tree.state.flags
    try:
        value = _find(tree, number) if number else tree
        if value is None or not _spacious(value, bool(flags & re.DOTALL)):
            return None
        return _flagged_whole(flags, _reached(list(tree), number) if number else _begun(list(tree)))
    except _Unknown:
        return None


def _group(tree: Any) -> int:
    return int(tree.state.groupdict.get("secret", 1 if tree.state.groups > 1 else 0))


def _flagged_whole(flags: int, body: str) -> str:
    letters = ("i" if flags & re.IGNORECASE else "") + ("s" if flags & re.DOTALL else "")
    return f"(?{letters}:{body})" if letters else f"(?:{body})"


# Classes of Unicode that the standard library does not read stand for themselves as characters that nobody uses.
_CLASS: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\p(?:\{(L[ult]?|N|M)\}|([LNM]))")
_STANDS_FOR: Final = {0xF8E00 + number: name for number, name in enumerate(("L", "Lu", "Ll", "Lt", "N", "M"))}
_STANDS: Final = {name: chr(point) for point, name in _STANDS_FOR.items()}


def _read(pattern: str) -> Any:
    """The pattern's tree; None where it cannot be read."""
    return parsed(_CLASS.sub(lambda found: found[1] + _STANDS[found[2] or found[3]], pattern))


def in_class(point: int) -> bool:
    """Of a literal in a tree: does it stand for a class of Unicode?"""
    return point in _STANDS_FOR


def is_letter(point: int) -> bool:
    """Of a literal in a tree: is it a letter, or a class of such?"""
    return _STANDS_FOR[point] not in "N" if point in _STANDS_FOR else chr(point).isalpha()


def _children(code: Any, arg: Any) -> Iterable[Any]:
    if code is op.SUBPATTERN:
        return (arg[3],)
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        return (arg[2],)
    if code is op.BRANCH:
        return tuple(arg[1])
    return ()


def _find(tree: Any, number: int) -> Any:
    for code, arg in tree:
        if code is op.SUBPATTERN and arg[0] == number:
            return arg[3]
        for child in _children(code, arg):
            found = _find(child, number)
            if found is not None:
                return found
    return None


def _spacious(tree: Any, dot_all: bool) -> bool:
    for code, arg in tree:
        if code is op.LITERAL and any(_holds(code, arg, end) for end in _ENDS):
            return True
        if code is op.NOT_LITERAL or code is op.ANY:
            return True
        if code is op.IN and _set_has_space(arg):
            return True
        if any(_spacious(child, dot_all) for child in _children(code, arg)):
            return True
    return False


def _set_has_space(items: Any) -> bool:
    negated = bool(items) and items[0][0] is op.NEGATE
    held = {end for end in _ENDS if any(_holds(code, arg, end) for code, arg in items)}
    return len(held) < len(_ENDS) if negated else bool(held)


def _holds(code: Any, arg: Any, end: int) -> bool:
    if code is op.LITERAL:
        return bool(arg == end) or (end == 0x4E00 and _STANDS_FOR.get(arg) == "L")
    if code is op.RANGE:
        return bool(arg[0] <= end <= arg[1])
    if code is op.CATEGORY:  # in RE2 these are ASCII's
        return arg in (op.CATEGORY_NOT_WORD, op.CATEGORY_NOT_DIGIT) or (
            arg is (op.CATEGORY_SPACE if end in _SPACES else op.CATEGORY_NOT_SPACE)
        )
    return False


def _full(items: list[Any]) -> str:
    return "".join(_written(code, arg, _full) for code, arg in items)


def _written(code: Any, arg: Any, inner: Callable[[list[Any]], str]) -> str:
    if code is op.LITERAL:
        return _char(arg)
    if code is op.NOT_LITERAL:
        return f"[^{_char(arg)}]"
    if code is op.ANY:
        return "."
    if code is op.IN:
        return _set(arg)
    if code is op.AT and arg in _EDGES:
        return _EDGES[arg]
    if code is op.BRANCH:
        return f"(?:{'|'.join(inner(list(branch)) for branch in arg[1])})"
    if code is op.SUBPATTERN:
        return _flagged(arg, inner(list(arg[3])))
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        low, high, sub = arg
        return f"(?:{_full(list(sub))}){_times(low, _most(high, sub))}"
    raise _Unknown


def _any_word(branches: Any) -> str:
    """The beginnings of a list of words, as anything their characters could spell; "" where it is no such list.

    A far smaller automaton, and what it holds too much is the last run of letters, which is held anyway.
    """
    if len(branches) < _MANY_WORDS:
        return ""
    chars: list[str] = []
    longest = 0
    for branch in branches:
        most = 0
        for code, arg in branch:
            high = 1
            if code in (op.MAX_REPEAT, op.MIN_REPEAT) and len(arg[2]) == 1:
                high, ((code, arg),) = arg[1], arg[2]
            if code is op.LITERAL and arg not in _SPACES:
                chars.append(_char(arg))
            elif code is op.IN and arg[0][0] is not op.NEGATE and not _set_has_space(arg):
                chars.append(_set(arg)[1:-1])
            else:
                return ""
            if high is op.MAXREPEAT:
                return ""
            most += high
        longest = max(longest, most)
    return f"[{''.join(dict.fromkeys(chars))}]{{1,{longest}}}"


def _flagged(arg: Any, body: str) -> str:
    on = ("i" if arg[1] & re.IGNORECASE else "") + ("s" if arg[1] & re.DOTALL else "")
    off = ("i" if arg[2] & re.IGNORECASE else "") + ("s" if arg[2] & re.DOTALL else "")
    return f"(?{on}{'-' + off if off else ''}:{body})"


def _most(high: Any, sub: Any) -> Any:
    """No end to a longer run of one kind of sign without space: the automaton is smaller by as many copies of it.

    What it holds too much are longer runs, and these are held anyway while they last.
    """
    if high is op.MAXREPEAT or high <= _COUNTED or len(sub) != 1:
        return high
    code, arg = sub[0]
    plain = code is op.IN and arg[0][0] is not op.NEGATE and not _set_has_space(arg)
    return op.MAXREPEAT if plain else high


def _times(low: int, high: int) -> str:
    if high is op.MAXREPEAT:
        return f"{{{low},}}" if low > 1 else ("+" if low else "*")
    return f"{{{low},{high}}}"


def _char(point: int) -> str:
    return f"\\p{{{_STANDS_FOR[point]}}}" if point in _STANDS_FOR else f"\\x{{{point:x}}}"


def _set(items: Any) -> str:
    parts = []
    for code, arg in items:
        if code is op.NEGATE:
            parts.append("^")
        elif code is op.LITERAL:
            parts.append(_char(arg))
        elif code is op.RANGE:
            parts.append(f"{_char(arg[0])}-{_char(arg[1])}")
        elif code is op.CATEGORY and arg in _CATEGORIES:
            parts.append(_CATEGORIES[arg])
        else:
            raise _Unknown
    return f"[{''.join(parts)}]"


def _begun(items: list[Any], exact: bool = False) -> str:
    """Every beginning of the sequence but the empty one, the whole included; `exact`: nothing else."""
    (code, arg), rest = items[0], items[1:]
    begun = _item_begun(code, arg, exact)
    if not rest:
        return begun
    return f"(?:{_written(code, arg, _full)}{_begun(rest, exact)}|{begun})"


def _item_begun(code: Any, arg: Any, exact: bool) -> str:
    if code is op.AT:
        return _NEVER
    if code is op.SUBPATTERN:
        return _flagged(arg, _begun(list(arg[3]), exact) if len(arg[3]) else _NEVER)
    if code is op.BRANCH:
        each = "|".join(_begun(list(one), exact) if len(one) else _NEVER for one in arg[1])
        return ("" if exact else _any_word(arg[1])) or f"(?:{each})"
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        _, high, sub = arg
        high = high if exact else _most(high, sub)
        most = "*" if high is op.MAXREPEAT else f"{{0,{max(high - 1, 0)}}}"
        return f"(?:{_full(list(sub))}){most}{_begun(list(sub), exact)}"
    return _written(code, arg, _full)


def _reached(items: list[Any], number: int, exact: bool = False) -> str:
    """Beginnings that reach into the group, which is captured."""
    for i, (code, arg) in enumerate(items):
        if code is op.SUBPATTERN and arg[0] == number:
            value, rest = list(arg[3]), items[i + 1 :]
            after = f"{_full(value)}{_begun(rest, exact)}|" if rest else ""
            return f"{_full(items[:i])}({after}{_begun(value, exact)})"
        if any(_find(child, number) is not None for child in _children(code, arg)):
            if code is op.SUBPATTERN:
                inner = _flagged(arg, _reached(list(arg[3]), number, exact))
                rest = items[i + 1 :]
                more = f"|({_written(code, arg, _full)}{_begun(rest, exact)})" if rest else ""
                return f"{_full(items[:i])}(?:{inner}{more})"
            break
    return f"({_begun(items, exact)})"


def _before(items: list[Any], number: int) -> str:
    """What all of `_reached` begins with."""
    for i, (code, arg) in enumerate(items):
        if code is op.SUBPATTERN:
            if arg[0] == number:
                return _full(items[:i])
            if _find(arg[3], number) is not None:
                return _full(items[:i]) + _flagged(arg, _before(list(arg[3]), number))
    return ""
