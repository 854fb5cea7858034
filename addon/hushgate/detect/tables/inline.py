"""Names right before values, many in a line: SQL's `SET` and `WHERE`, logfmt, forms and query strings, attributes, and
objects as languages print them (`Customer(full_name='Bo')`, `{fullName: 'Bo'}`, `:full_name=>"Bo"`, `{FullName:Bo}`).

A value in quotes and a number are values. A bare word may be a variable as well: it counts between `&`, between blanks
where each name has its value (logfmt), and where another value of the same run is none that a program could have.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import Final

from hushgate.detect.tables.group import Cell, Group
from hushgate.detect.tables.program import is_program

_SIGN: Final = re.compile(
    r"(?:=>|->>?|:=|==?|<>|[!<>]=|[:<>]|(?i:(?:not[ \t]+)?(?:i?like|in|between)\b(?=[ \t]*[('\d])))(?![=:])[ \t]{0,9}"
)
_KEY: Final = re.compile(r"""[ \t]{0,9}(?:ton[ \t]+)?["'`\])]{0,2}([\w-]+(?:[ .][\w$%-]+){0,2})""", re.IGNORECASE)
"""A name, and at most two words before it, from its end to its beginning."""
_MARK: Final = re.compile(r"[^\W_][ _][^\W_]|[a-z][A-Z]")
_WORDS: Final = re.compile(rb"[ \t](?:not[ \t]+)?(?:i?like[ \t]|in[ \t]*\(|between[ \t])")
_SIGNS: Final = (b" in (", b" in(", b"like '", b'like "', b" between ")
_FLAT: Final = bytes(
    sign
    if chr(sign).isalnum() or sign > 127
    else 61
    if chr(sign) in ":=<>"
    else 95
    if chr(sign) in "_-"
    else 10
    if sign == 10
    else 32
    for sign in range(256)
)
"""What stands before a value becomes `=`, what is of no name a blank."""
_NO_NAME: Final = frozenset((b"", b"\n", *(b"%d" % n for n in range(10))))
_QUERIES: Final = (b"where", b" set", b"\nset", b"key update")
_WRAPPED: Final = re.compile(r"(?:new )?[A-Za-z_]\w{0,40}\(")
_QUOTED: Final = re.compile(
    r"""[bBeEnNuUrR]?(?:"((?:[^"\\\n]|\\.){1,2000})"|'((?:[^'\\\n]|\\.|''){1,2000})'|`([^`\n]{1,2000})`)"""
)
_NUMBER: Final = re.compile(r"[-+]?\d[\w.:+-]*(?:,\d{3}(?=[,.\s)])(?:\.\d+)?)*(?=[\s,;)\]}&|\"'#<]|\Z)")
_BARE: Final = re.compile(
    r"""[^\n,;(){}\[\]<>"'`|&=]{1,120}?"""
    r"""(?=[ \t]*(?:[,;]?[ \t]+["']?[\w.-]{1,40}["']?[ \t]?(?:=>|[:=])|[,;|)}\]]|\n|\Z))"""
)
_WORD: Final = re.compile(r"(?![$<%])[^\s,;&(){}\[\]<>\"'`]+(?=\s|\Z)")
_GOES_ON: Final = re.compile(r"[ \t]*(?:[\w.-]+=|\n|\r|\Z)")
_FIELD: Final = re.compile(r"[^\s&\"'<>#]{1,2000}")
_EXPRESSION: Final = re.compile(
    r"[A-Za-z_][\w.]*\??|.*(?:[$@{}?*\\]|[^\s\w][=>]"
    r"| (?:[-+/%:?]|if|or|and|not|in|is|as|for|of|from|null|nil|none) ).*",
    re.DOTALL | re.IGNORECASE,
)
"""What may be said by a program: a name, an attribute, an operation."""
_CONDITION: Final = re.compile(
    rb"[ \n]?(?:where|set|key update)[\s(]+[\w.\"`\[\]]+\s*(?:[=<>!]|i?like\b|in\b|between\b|not\b)"
)
_VERBS: Final = (b"from", b"update", b"insert", b"join")
_TABLE: Final = re.compile(r"""(?i)\b(?:from|update|into|join)\s+([\w."`\[\]]{1,100})""")
_NEAR: Final = 300
"""Code points between two pairs of a run at most."""
_STATEMENT: Final = 1000


@dataclass(frozen=True, slots=True)
class Pair:
    """A name, where it begins, the sign behind it, and where its value would begin."""

    name: str
    start: int
    sign: str
    end: int


def near(text: str, low: bytes, known: Set[bytes]) -> list[tuple[int, int]]:
    """The signs before which a known name may stand: where each is, in code points, and how many words the name has.

    Names of one word count in SQL, and near one of several words.
    """
    flat = low.replace(b'":', b"  ").replace(b"':", b"  ")  # names in quotes are JSON's
    sql = is_query(low)
    if sql and any(words in low for words in _SIGNS):
        flat = _WORDS.sub(lambda found: b"=" + b" " * (len(found[0]) - 1), flat)
    chunks = flat.translate(_FLAT).split(b"=")
    chunks.pop()
    found: list[tuple[int, int]] = []
    weak: list[bool] = []
    at = counted = points = 0
    for chunk in chunks:
        at += len(chunk) + 1
        if chunk[-1:] in _NO_NAME:
            continue
        words = chunk[-80:].rsplit(None, 3)[-3:]
        if not words:
            continue
        last = words[-1]
        name, n = b"", -1
        for more, word in enumerate(reversed(words)):  # the longest name
            bare = word.replace(b"_", b"")
            name = bare + name
            if name in known and bare:
                n = more
        if n < 0:
            continue
        points += len(low[counted : at - 1].decode("utf-8", "replace"))
        counted = at - 1
        found.append((points, n + 1))
        weak.append(not (sql or n or b"_" in last or _capitals(text, points, len(last))))
    if not any(weak):
        return found
    sure = [at for (at, _), doubtful in zip(found, weak, strict=True) if not doubtful]
    return [one for one, doubtful in zip(found, weak, strict=True) if not doubtful or _close_by(one[0], sure)]


def _close_by(at: int, places: Sequence[int]) -> bool:
    n = bisect_left(places, at)
    return any(abs(place - at) <= _NEAR for place in places[max(0, n - 1) : n + 1])


def is_query(low: bytes) -> bool:
    """Whether a statement of SQL sets a column, or has a condition on one."""
    for word in _QUERIES:
        at = low.find(word)
        while at >= 0:
            if _CONDITION.match(low, at) and any(low.find(verb, max(0, at - _STATEMENT), at) >= 0 for verb in _VERBS):
                return True
            at = low.find(word, at + 1)
    return False


def _capitals(text: str, end: int, size: int) -> bool:
    """Whether a name is of two words, as `fullName` is."""
    said = text[max(0, end - size - 4) : end]
    return said != said.lower()


def groups(text: str, signs: Sequence[tuple[int, int]], *, sql: bool) -> Iterator[Group]:
    """The runs of pairs whose names are known; `sql` says whether a statement may be among them."""
    run: list[Pair] = []
    program: bool | None = None
    for pair in [*_pairs(text, signs), None]:
        if run and (pair is None or pair.start - run[-1].end > _NEAR or "\n\n" in text[run[-1].end : pair.start]):
            table = _TABLE.search(text, max(0, run[0].start - _STATEMENT), run[-1].start) if sql else None
            names = list(dict.fromkeys(one.name for one in run))
            if not table and any(_MARK.search(name) for name in names) and program is None:
                program = is_program(text)
            said = table[1].strip('"`[]') if table else ""
            reading = partial(_values, text, run, not table)
            loose = not said and sum(1 for name in names if _MARK.search(name)) < 2
            yield Group(names, reading, run[-1].end, said, loose=loose, alone=bool(said) or not program)
            run = []
        if pair is not None:
            run.append(pair)


def _pairs(text: str, signs: Sequence[tuple[int, int]]) -> Iterator[Pair]:
    for at, count in signs:
        while at < len(text) and text[at] in " \t":
            at += 1
        sign = _SIGN.match(text, at)
        key = _KEY.match(text[max(0, at - 90) : at].rstrip("!-:")[::-1]) if sign else None
        if (
            sign and key and not (sign[0][0] == ":" and text[max(0, at - 20) : at].rstrip()[-1:] in ('"', "'"))
        ):  # JSON's
            end = at - key.start(1) - (text[max(0, at - 90) : at][-1:] in "!-:")
            said = text[end - len(key[1]) : end]
            words = re.split(r"[ .]", said)[-count:]
            low = end - len(" ".join(words))
            yield Pair(text[low:end], low, sign[0], sign.end())


def _values(text: str, run: Sequence[Pair], words: bool, group: Group) -> Iterator[Cell]:  # noqa: FBT001
    """The values of a run; bare words where that is asked for."""
    cells: list[Cell] = []
    bare: list[Cell] = []
    for pair in run:
        n = group.names.index(pair.name)
        if n not in group.wanted:
            continue
        sign = pair.sign.strip().lower()
        if spans := list(_literals(text, pair.end, sign)):
            cells += ((n, *span) for span in spans)
        elif sign in ("=", ":", "=>") and text[pair.start - 1 : pair.start] != "`":  # what is said of a name
            low, high, sure = _unquoted(text, pair)
            if low < high:
                (cells if sure else bare).append((n, low, high))
    if words and any(not _EXPRESSION.fullmatch(text, low, high) for _, low, high in bare):
        cells += bare
    yield from sorted(cells, key=lambda cell: cell[1])


def _literals(text: str, at: int, sign: str) -> Iterator[tuple[int, int]]:
    """The strings and numbers that follow: one, both of BETWEEN, all of a list."""
    wrapped = _WRAPPED.match(text, at)
    listed = text[at : at + 1] in ("(", "[") and at + 1
    at = wrapped.end() if wrapped else listed or at
    last = min(len(text), at + 8000)
    while at < last:
        if (found := _QUOTED.match(text, at, last)) and not text[found.end() : found.end() + 1].isalnum():
            span = found.span(found.lastindex or 0)
        elif found := _NUMBER.match(text, at, last):
            span = found.span()
        else:
            return
        yield span
        at = found.end()
        if sign.endswith("between"):
            if (more := re.compile(r"\s+and\s+", re.IGNORECASE).match(text, at, last)) is None:
                return
            at = more.end()
        elif listed and (more := re.compile(r"\s*,\s*").match(text, at, last)) is not None:
            at = more.end()
        else:
            return


def _unquoted(text: str, pair: Pair) -> tuple[int, int, bool]:
    """A bare value, and whether it is sure to be one."""
    at, before, tight = pair.end, text[pair.start - 1 : pair.start], pair.sign == "="
    if tight and before in ("&", "?") or tight and (field := _FIELD.match(text, at)) and text[field.end() :][:1] == "&":
        field = _FIELD.match(text, at)
        return (*field.span(), True) if field else (at, at, False)
    if (
        tight
        and before in ("", " ", "\t", "\n")
        and (word := _WORD.match(text, at))
        and _GOES_ON.match(text, word.end())
    ):
        line = text[max(text.rfind("\n", 0, at) + 1, at - _NEAR) : word.end() + _NEAR].split("\n", 1)[0]
        if len(re.findall(r"(?:\A|[ \t])[\w.-]+=[^\s,;()]", line)) > 1:
            return (*word.span(), True)
    if found := _BARE.match(text, at):
        low, high = found.span()
        return low, low + len(text[low:high].rstrip()), False
    return at, at, False
