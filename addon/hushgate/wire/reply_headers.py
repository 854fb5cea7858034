"""What the head of a reply says beside its body.

Most headers of a reply say the same each time: together they are one text,
whose verdict is remembered. Times, counts and request ids change with every
reply; they are not read where they look like nothing else. Any other header
is a text of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from hushgate.values import Area, Direction, Kind, Location, Role, Segment, Step
from hushgate.wire.target import TOGETHER

type Headers = tuple[tuple[str, str], ...]

_LEFT_OUT: Final = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})
_AS_THEY_ARE: Final = re.compile(
    ":.*|content-.*|server(?:-timing)?|via|vary|date|age|expires|last-modified|etag|cache-control|pragma|alt-svc|"
    "accept-.*|strict-transport-security|report-to|nel|reporting-endpoints|www-authenticate|retry-after(?:-ms)?|"
    "access-control-.*|cross-origin-.*|referrer-policy|permissions-policy|x-(?:content-type-options|frame-options|"
    "xss-protection|powered-by|request-id|ratelimit-.*|envoy-.*|amzn-.*|amz-.*|goog-.*|ms-.*|stainless-.*)|"
    "(?:x-)?ratelimit.*|request-id|apim-request-id|cf-.*|openai-.*|anthropic-.*|set-cookie|link|upgrade|sec-websocket-.*"
)
_URLS: Final = frozenset({"location", "content-location", "refresh"})
"""Read as text: a URL tells what a request said. Like the others above they cannot hold a placeholder."""
_EACH: Final = frozenset({"set-cookie", "link", "etag", "server-timing"})
"""Ever new, so that together with others they would make those new too."""
_DAY: Final = r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
_PASSING: Final = re.compile(
    rf"{_DAY}|[0-9]{{1,8}}|(?:[0-9]{{1,4}}(?:\.[0-9]{{1,3}})?(?:ms|[smhd])){{1,4}}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
    r"|req_(?![0-9]{9})[A-Za-z0-9]{24}|(?:req_)?(?=[0-9-]*[a-f])(?:[0-9a-f]{32}|[0-9a-f]{16}-[A-Z]{3}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
"""A time, a count, a span of time, an id in hexadecimal digits: nothing else."""
_ACCEPT: Final = re.compile(r"[A-Za-z0-9+/]{27}=")
"""A digest of what the client chose at random (RFC 6455, 4.2.2): the client makes sure that it is that."""
_NETWORK_COOKIE: Final = re.compile(
    r"(?:__cf_bm|_cfuvid|__cflb)=[A-Za-z0-9._%+/=-]*(?:; ?(?:path=/|HttpOnly|Secure|Partitioned|SameSite=[A-Za-z]+|"
    r"expires=[A-Za-z0-9:, -]{20,32}|max-age=[0-9]{1,8}|domain=[a-z.-]{1,64}))*",
    re.IGNORECASE,
)
"""Made by the network in front of many providers, at random and anew with each reply."""


@dataclass(frozen=True, slots=True)
class HeaderReading:
    """The headers and what is to be read of them.

    `lines` are start, end and header of each line of the text at `TOGETHER`;
    `fixed` the headers in which nothing can be masked.
    """

    headers: Headers = field(repr=False)
    segments: tuple[Segment, ...]
    lines: tuple[tuple[int, int, int], ...] = field(repr=False)
    fixed: frozenset[int]


def read_reply_headers(headers: Sequence[tuple[str, str]]) -> HeaderReading:
    """A header stands at `(index, name in lower case)`. Bytes that are not UTF-8 are read as Latin-1."""
    segments: list[Segment] = []
    together: list[str] = []
    lines: list[tuple[int, int, int]] = []
    fixed: set[int] = set()
    at = 0
    for index, (name, value) in enumerate(headers):
        key = _readable(name).lower()
        text = _readable(value)
        if key in _LEFT_OUT:
            continue
        usual = _AS_THEY_ARE.fullmatch(key) is not None
        if usual or key in _URLS or text != value or key != name.lower():
            fixed.add(index)
        if usual and (_PASSING.fullmatch(text) or (key == "set-cookie" and _NETWORK_COOKIE.fullmatch(text))):
            continue
        if key == "sec-websocket-accept" and _ACCEPT.fullmatch(text):
            continue
        alone = not usual or key in _EACH
        line = _readable(name) if alone else f"{key}\n{text}"
        together.append(line)
        lines.append((at, at + len(line), index))
        at += len(line) + 1
        if alone and text:
            kind = Kind.OPAQUE if usual else Kind.TEXT
            segments.append(_segment((index, key), kind, text))
    if together:
        segments.append(_segment(TOGETHER.path, Kind.OPAQUE, "\n".join(together)))
    return HeaderReading(tuple(headers), tuple(segments), tuple(lines), frozenset(fixed))


def _segment(path: tuple[Step, ...], kind: Kind, text: str) -> Segment:
    return Segment(Location(Area.HEADER, None, path), Direction.REPLY, Role.NONE, kind, text)


def _readable(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("latin-1")
    return text
