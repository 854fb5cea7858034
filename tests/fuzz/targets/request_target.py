"""wire.target: every name and value of a query is read as a form reader reads it, and edits change their own alone."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl

from hushgate.errors import Malformed
from hushgate.values import Area, Kind, Location
from hushgate.wire.target import read_target, write_target
from tests.fuzz.draw import Draw
from tests.fuzz.node import node
from tests.fuzz.spelled import opens
from tests.fuzz.target import Target

CREDENTIAL: Final = re.compile(
    "key|token|sig|signature|api[-_]?key|x-(amz|goog)-.*|(access|auth)[-_]?token|subscription-key", re.IGNORECASE
)
HEADERS: Final = ("x-note", "X-Team", "authorization", "content-type", "x-goog-api-key", "referer")


def check(data: bytes) -> str:
    draw = Draw(data)
    headers = tuple((draw.pick(HEADERS), draw.text(20)) for _ in range(draw.below(4)))
    target = draw.rest().decode("utf-8", "surrogateescape")
    try:
        reading = read_target(target, headers)
    except Malformed as refused:
        assert refused.__context__ is None, "an error that may hold the target"
        return "refused"
    path, _, query = target.partition("?")
    read = {segment.location: segment.text for segment in reading.segments}
    assert read.get(Location(Area.PATH), "") == path, "the path is not read"
    known = set(read.values())
    pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=None)
    javascript = node()
    if javascript is not None and query.isascii():  # of other characters Node 20 keeps the last eight bits
        seen = [tuple(pair) for pair in javascript.ask("query", b"&" + query.encode())]
        assert list(filter(any, seen)) == list(filter(any, pairs)), "Node reads the query otherwise"
    for name, value in pairs:
        if not CREDENTIAL.fullmatch(name):
            for text in (name, value):
                assert text in known or opens(text) or not text, "a part of the query is not read"
    for index, (name, value) in enumerate(headers):
        if name in ("x-note", "X-Team", "referer") and value and not opens(value):
            assert read[Location(Area.HEADER, None, (index, name.lower()))] == value, "a header is not read"
    _edited(target, headers, {s.location: s.text for s in reading.segments if s.kind is Kind.TEXT}, draw)
    return "read"


def _edited(target: str, headers: tuple[tuple[str, str], ...], read: dict[Location, str], draw: Draw) -> None:
    """Edit every second text; what is read then is that, and the others."""
    edits = {at: "<PERSON_aaaaaaaaaa>" for n, at in enumerate(read) if n % 2 and not at.is_key}
    written, after = write_target(target, headers, edits)
    again = {segment.location: segment.text for segment in read_target(written, after).segments}
    again = {at: text for at, text in again.items() if at in read}
    if len(again) == len(read) and not any("json" in map(str, at.path) for at in read):
        assert again == {**read, **edits}, "what was written is not read back"
    assert written.partition("?")[0] == target.partition("?")[0], "the path changed"
    pieces, was = written.partition("?")[2].split("&"), target.partition("?")[2].split("&")
    touched = {at.path[0] for at in edits if at.area is Area.QUERY}
    assert all(new == old for n, (new, old) in enumerate(zip(pieces, was, strict=True)) if n not in touched)


SEEDS: Final = (
    b"\0/v1/models?name=Erika%20M&note=a+b%2Bc&x=&y",
    b"\2\0\x05hello\1\x05world/v1/chat?api-version=2024-10-21&key=abc&a=1&a=2&=v&&q=%7B%22a%22%3A%22b%22%7D",
    b"\1\0\x0aa\nb/v1",
    b"\0/v1?q=%ff",
    b"\0/v1/%00?a",
    b"\0/a%2Fb/../c?x=%E6%BC%A2;y=2&%6Eame=%65",
    b"\0?%=%&%4=%zz&+=+#frag",
    b"\1\0\x04\xfe\xff\x80a/v1",
)
WORDS: Final = (b"?", b"&", b"=", b"+", b"%", b"%2", b"%26", b"%3D", b"%3f", b"%00", b"%ff", b"%c3%a9", b"%ED%A0%80",
    b";", b"#",
                b"key", b"sig", b"%7B%22a%22:1%7D", b"{\"a\":1}")  # fmt: skip

TARGET: Final = Target(check, SEEDS, WORDS, short=800)
