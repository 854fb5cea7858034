"""Query strings and urlencoded forms (WHATWG URL, section 5): pairs to segments, and edits back.

A pair stands at `(index, name)`. Parameters of a query that carry credentials
for the provider are left out by name: they are the client's way in, not its text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, cast
from urllib.parse import quote, unquote_to_bytes

from hushgate.errors import Malformed
from hushgate.values import Area, Kind, Location, Role
from hushgate.wire.edit import apply
from hushgate.wire.walk import Walk

_CREDENTIAL: Final = re.compile(
    r"(?:key|api[-_]?key|access[-_]?token|auth[-_]?token|token|sig|signature|subscription-key|"
    r"x-amz-(?:algorithm|credential|date|expires|security-token|signature|signedheaders)|"
    r"x-goog-(?:algorithm|credential|date|expires|signature|signedheaders))",
    re.IGNORECASE,
)


def read_query(walk: Walk, query: str, *, form: bool = False) -> None:
    """Names and values of `query`, or all of a form; Malformed where they are not UTF-8 or hold a NUL."""
    for index, pair in enumerate(_pairs(query)):
        for name, value in pair.items():
            if form or not _CREDENTIAL.fullmatch(name):
                walk.key((index, name), Role.NONE, Kind.TEXT)
                walk.value((index, name), value, Role.NONE, Kind.TEXT)


def edit_query(query: str, edits: Mapping[Location, str], area: Area = Area.QUERY) -> str:
    """`query` with its pairs edited; the others stay as they were written. Errors as `apply`."""
    before = _pairs(query)
    after = cast("list[dict[str, str]]", apply(before, edits, areas=(area,)))
    pieces = query.split("&")
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        if new != old:
            pieces[index] = "=".join(quote(part, safe="", errors="replace") for pair in new.items() for part in pair)
    return "&".join(pieces)


def percent_decoded(text: str) -> str:
    """`text` decoded once; Malformed for what is not UTF-8, or holds a NUL."""
    try:
        decoded: str | None = unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:
        decoded = None
    if decoded is None or "\0" in decoded:
        raise Malformed("the request's target is not UTF-8 or holds a NUL")
    return decoded


def _pairs(query: str) -> list[dict[str, str]]:
    pairs = []
    for piece in query.split("&"):
        name, _, value = piece.replace("+", " ").partition("=")
        pairs.append({percent_decoded(name): percent_decoded(value)})
    return pairs
