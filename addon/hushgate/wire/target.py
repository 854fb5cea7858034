"""What a request says outside its body: path, query and headers.

The path is one opaque segment, as sent, and so are, together, the headers
that HTTP and the SDKs need as they are. Headers that authenticate to the
provider are left out by name, with what is checked elsewhere; a value in any
other header is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, cast

from hushgate.errors import Malformed
from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire.base import Reading
from hushgate.wire.edit import apply
from hushgate.wire.query import edit_query, percent_decoded, read_query
from hushgate.wire.walk import Walk

_LEFT_OUT: Final = frozenset(
    "authorization cookie x-api-key api-key apikey x-auth-token x-goog-api-key x-goog-iam-authorization-token"
    " ocp-apim-subscription-key x-amz-security-token"
    " host :authority content-length transfer-encoding".split()
)
_OF_A_SIGNATURE: Final = re.compile(
    "x-amz-date:[0-9]{8}T[0-9]{6}Z|x-amz-content-sha256:(?:[0-9a-f]{64}|UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]{1,60})"
)
"""What belongs to an AWS signature, and can be nothing else."""
_AS_THEY_ARE: Final = re.compile(
    ":.*|content-(?:type|encoding|disposition|language|md5)|accept(?:-.*)?|connection|"
    "keep-alive|te|trailer|upgrade(?:-insecure-requests)?|expect|date|via|priority|cache-control|"
    "pragma|dnt|origin|sec-.*|if-.*|range|x-stainless-.*|openai-.*|anthropic-.*|amz-sdk-.*|x-amz-(?:date|content-sha256)|x-goog-api-client|"
    "x-goog-user-project|traceparent|idempotency-key|x-request-id|x-client-request-id"
)
_HELD: Final = re.compile(r"/(responses|interactions|conversations|threads|batches)/(?=[^/]*[0-9])([^/]+)")
"""What a path names of what a provider keeps of earlier exchanges: an id has a digit."""
_KEY_PROTOCOL: Final = re.compile(r"(?:openai-insecure-api-key|xai-client-secret)\.[^\s,]*")
"""A browser's WebSocket has no other way to authenticate."""
TOGETHER: Final = Location(Area.HEADER, None, ("fixed",))
"""Where the headers that stay as they are stand, one name or value a line."""
_UNSENDABLE: Final = re.compile(r"[\r\n\0]")


def read_target(target: str, headers: Sequence[tuple[str, str]]) -> Reading:
    """Path, query and headers; Malformed for what is not UTF-8, or holds a NUL or a line end.

    `target` is path and query as sent, `headers` the pairs in their order: a
    header stands at `(index, name in lower case)`.
    """
    path, mark, query = target.partition("?")
    percent_decoded(path)
    outside = Walk(Direction.REQUEST, Area.PATH)
    outside.leaf((), path, Role.NONE, Kind.OPAQUE)
    asked = Walk(Direction.REQUEST, Area.QUERY)
    if mark:
        read_query(asked, query)
    written = Walk(Direction.REQUEST, Area.HEADER)
    fixed: list[str] = []
    for index, (name, value) in enumerate(headers):
        if _UNSENDABLE.search(name) or _UNSENDABLE.search(value) or not _encodable(name + value):
            raise Malformed("a header is not UTF-8, or holds a NUL or a line end")
        key = name.lower()
        if key in _LEFT_OUT or _OF_A_SIGNATURE.fullmatch(f"{key}:{value}"):
            continue
        if _AS_THEY_ARE.fullmatch(key):
            fixed += (key, _KEY_PROTOCOL.sub("", value) if key == "sec-websocket-protocol" else value)
        else:
            written.key((index, key), Role.NONE, Kind.OPAQUE)
            written.value((index, key), value, Role.NONE, Kind.TEXT)
    written.leaf(TOGETHER.path, "\n".join(fixed), Role.NONE, Kind.OPAQUE)
    walks = (outside, asked, written)
    held = dict(_HELD.findall(path))
    follows = tuple(held.pop(kind) for kind in ("responses", "interactions") if kind in held)
    return Reading(
        tuple(segment for walk in walks for segment in walk.segments),
        tuple(unread for walk in walks for unread in walk.unread),
        follows=follows,
        kept=tuple(held.values()),
    )


def write_target(
    target: str, headers: Sequence[tuple[str, str]], edits: Mapping[Location, str]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Target and headers, edited; LookupError for an edit of anything else, the path included."""
    asked = {at: text for at, text in edits.items() if at.area is Area.QUERY}
    if asked:
        path, _, query = target.partition("?")
        target = f"{path}?{edit_query(query, asked)}"
    return target, edit_headers(headers, {at: text for at, text in edits.items() if at.area is not Area.QUERY})


def edit_headers(headers: Sequence[tuple[str, str]], edits: Mapping[Location, str]) -> tuple[tuple[str, str], ...]:
    """Headers with values edited; Malformed for a value that no header can carry."""
    if any(at.is_key for at in edits):
        raise LookupError("an edit of a header's name")
    if any(_UNSENDABLE.search(text) for text in edits.values()):
        raise Malformed("a header cannot carry its masked value")
    pairs = [{name.lower(): value} for name, value in headers]
    edited = cast("list[dict[str, str]]", apply(pairs, edits, areas=(Area.HEADER,)))
    return tuple((name, pair[name.lower()]) for (name, _), pair in zip(headers, edited, strict=True))


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
