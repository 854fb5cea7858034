"""All groups of a text that may hold a known name. What holds none costs a look at each line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from typing import Final

from hushgate.detect.tables import delimited, fixed, inline, lines, lists, markup, pairs, series, statements
from hushgate.detect.tables.group import LINE, Group, trimmed

_DROPPED: Final = b" _-\"'*`\r"
_SIGNS: Final = (b"|", b"\t", b";", b",", b"^", b"\x1f")
_BOXES: Final = tuple(sign.encode() for sign in "┬┆│┃║")
_DRAWN: Final = "─".encode()
_SHORT: Final = rb"[^=\[\]{}<>\n|,;^\x1f\t]{0,72}+"
"""Bytes of a cell of a head, without what no name holds. Prose mostly goes on for longer."""
_HEAD: Final = re.compile(rb"\n" + _SHORT + rb"[|,;^\x1f\t](?:" + _SHORT + rb"[|,;^\x1f\t])*+" + _SHORT + rb"(?=\n)")
_BOXED: Final = re.compile("\n[^=\\[\\]{}<>\n]*(?:│|┃|┬|┆|║)[^=\\[\\]{}<>\n]*(?=\n)".encode())
_GAP: Final = re.compile(rb"\n *+(?:\S++ (?! ))*+\S++ {2,}\S[^\n]*+")
_INDENTED: Final = re.compile(rb"\n {2,}\S[^\n]*+(?=\n[^\s|+])")
_OVER_A_RULER: Final = re.compile(rb"\n[^\n]++(?=\n[ \t]*+(?:--|==))")
_KEYED: Final = re.compile(
    rb"""\n[ \t>]*+(?:(?:[-*$#](?:[ \t]\[[ x]\])?|\d{1,3}[.)]|export|\#{2,6})[ \t]++"""
    rb"""|(?:\||\xe2\x94\x82|\xe2\x95\x91)[ \t]*+)?"""
    rb"""["'`*\[(:]*+"""
    rb"""([a-z_\x80-\xff](?:[\w()/#\x80-\xe1\xe3-\xff]++|-(?=\w)|[ .](?![ .-]))*+)["'`*\])]*+"""
    rb"""(?:[ \t]*+(?:<\w{1,12}>[ \t])?[ \t]*+(?:[:=|\n\xe2]|->|\.\.\.|-[ ]|(?<=['"] )|(?<=  )|(?<=\t)))"""
)
"""All of them begin with a line's end: whatever stands between two is passed over at once."""
_LONE: Final = re.compile(rb"\n([a-z]\w{0,60}_\w{1,60})\r?(?=\n[^\n])")
_ALONE: Final = re.compile(r"\w+_\w+\r?")
_PROGRAM: Final = re.compile(r"[=(){}\[\]<>;:]|\A[\s#/*-]|\A\w+_\w+\Z")
_WHITE: Final = bytes(sign for sign in range(128) if chr(sign).isspace())
_SELDOM: Final = 200
"""Bytes of a text for each place with blanks, at least, for those places to be looked at one by one."""
_INTO: Final = re.compile(rb"(?:insert|replace)\s+(?:\w+\s+){0,3}(?:into|overwrite)\b")
_STATEMENTS: Final = (
    (b"insert", _INTO),
    (b"replace", _INTO),
    (b"stdin", re.compile(rb"(?:(?<=from\s)|(?<=\s\s))stdin\b")),
    (b"values", re.compile(rb"(?<![.\w])values\s*\((?!\s*\))")),
)
"""Words of a statement with rows, and what follows them there."""
_LITERAL: Final = re.compile(rb"['\d]\s+as\s")


def form(name: str | bytes) -> bytes:
    """The one form in which names are compared: `Customer_E-Mail` is `customeremail`."""
    raw = name if isinstance(name, bytes) else name.encode("utf-8", "replace")
    return raw.lower().removesuffix(b"__c").translate(None, _DROPPED)


def groups(text: str, known: Set[bytes]) -> Iterator[Group]:
    """The groups in which one of the known names, in their one form, may stand."""
    low = text.encode("utf-8", "replace").lower()
    if b":" in low and _may_have_keys(low):
        yield from pairs.json_groups(text)
    if b"<td" in low or b"<dd" in low:
        yield from markup.groups(text)
    if b"</" in low or b'; name="' in low:
        yield from markup.elements(text)
    if any(_stands(low, word, pattern) for word, pattern in _STATEMENTS):
        yield from statements.groups(text)
    if b"select" in low and _LITERAL.search(low):
        yield from statements.literals(text)
    if b"name: " in low or b"series: " in low:
        yield from series.groups(text)
    if b"]" in low or b")" in low:
        yield from lists.groups(text, known, form)
    if near := inline.near(text, low, known):
        yield from inline.groups(text, near, sql=inline.is_query(low))
    heads, keyed = _near(low, known)
    if heads or keyed:
        ends = _lines(text)
        named: set[int] = set()
        yield from lines.line_groups(text, ends, keyed, lambda said: form(said) in known, named)
        yield from _tables(text, ends, [n for n in heads if n not in named])


def _near(low: bytes, known: Set[bytes]) -> tuple[list[int], list[int]]:
    """The numbers of the lines that may be heads, and of those that may begin with a key."""
    low = b"\n" + low + b"\n"
    heads: set[int] = set()
    flat = low.translate(None, _DROPPED)
    boxes = () if low.isascii() else [sign for sign in _BOXES if sign in low]
    for pattern, signs in ((_HEAD, _SIGNS), (_BOXED, boxes)):
        for n, line in _numbered(flat, pattern) if signs else ():
            sign = next(sign for sign in signs if sign in line)
            bare = line[1:].replace(_DRAWN, b"") if sign == _BOXES[0] else line[1:]
            if len(line) <= LINE and not known.isdisjoint(bare.split(sign)):
                heads.add(n)
    spaced: list[Iterator[tuple[int, bytes]]] = []
    if b"  " in low:
        few = low.count(b"  ") * _SELDOM < len(low)
        spaced = [_apart(low, b"  ", _GAP) if few else _numbered(low, _GAP), _numbered(low, _INDENTED)]
    if b"--" in low or b"==" in low:
        spaced.append(_numbered(low, _OVER_A_RULER))
    for found in spaced:
        heads.update(n for n, line in found if len(line) <= LINE and _named(line, known))
    if b"_" in low:
        heads.update(n for n, line in _numbered(low, _LONE) if form(line) in known)
    keyed = [n for n, line in _numbered(low, _KEYED) if form(line) in known]
    return sorted(heads), keyed


def _numbered(low: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines in which a pattern finds something, and what it finds of them; the last group, if it has one."""
    n = at = 0
    for found in pattern.finditer(low):
        n += low.count(b"\n", at, found.start())
        at = found.start()
        yield n, found[found.re.groups]


def _stands(low: bytes, word: bytes, pattern: re.Pattern[bytes]) -> bool:
    """Whether a pattern that begins with a word is found."""
    at = low.find(word)
    while at >= 0 and not pattern.match(low, at):
        at = low.find(word, at + 1)
    return at >= 0


def _apart(low: bytes, sign: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[int, bytes]]:
    """What `_numbered` finds of a pattern that matches whole lines with a sign in them, where few have it."""
    n = counted = 0
    at = low.find(sign)
    while at >= 0:
        start = low.rfind(b"\n", 0, at)
        if found := pattern.match(low, start):
            n += low.count(b"\n", counted, start)
            counted = start
            yield n, found[0]
        end = low.find(b"\n", at)
        at = low.find(sign, end) if end >= 0 else -1


def _may_have_keys(low: bytes) -> bool:
    """Whether a colon stands behind a quote somewhere."""
    if b'"' not in low and b"'" not in low:
        return False
    close = low.translate(None, _WHITE)
    return b'":' in close or b"':" in close or not low.isascii()  # white space of other scripts may stand between


def _named(line: bytes, known: Set[bytes]) -> bool:
    """Whether a name stands in a line whose columns are kept apart by blanks."""
    if not known.isdisjoint([word.translate(None, _DROPPED) for word in line.split()]):
        return True
    return not known.isdisjoint([part.translate(None, _DROPPED) for part in line.split(b"  ")])


def _lines(text: str) -> list[tuple[int, int]]:
    """Where each line begins and ends."""
    found: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        found.append((at, at + len(line)))
        at += len(line) + 1
    return found


def _tables(text: str, ends: Sequence[tuple[int, int]], heads: Sequence[int]) -> Iterator[Group]:
    done = -1
    for n in heads:
        start, end = ends[n]
        if start < done:
            continue
        group = delimited.table_at(text, start, end) or fixed.table_at(text, start, end) or _column(text, ends, n)
        if group is not None:
            yield group
            done = group.end


def _column(text: str, ends: Sequence[tuple[int, int]], n: int) -> Group | None:
    """A name alone on its line, with a value on each line below it down to an empty one."""
    below: list[tuple[int, int]] = []
    for start, end in ends[n + 1 :]:
        line = text[start:end].strip()
        if not line:
            break
        if len(line) > 100 or _PROGRAM.search(line):
            return None
        below.append((start, end))
    if len(below) < 2 or not _ALONE.fullmatch(text, *ends[n]):
        return None
    cells = [(0, *trimmed(text, *line)) for line in below]
    return Group([text[slice(*ends[n])].strip()], lambda _: iter(cells), below[-1][1])
