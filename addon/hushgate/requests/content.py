"""What a request says, as one digest: equal for a retry, another for anything else that is sent.

JSON counts as it was parsed, so white space and escapes do not matter; a form by its parts, since its boundary is
made anew each time. Left out are fields and headers that clients change from one try to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

from hushgate.requests.inbound import ReadRequest
from hushgate.values import Area, Segment
from hushgate.wire.document import dump_json
from hushgate.wire.multipart import Multipart

VOLATILE: Final = frozenset(
    {"client_request_id", "event_id", "idempotency_key", "request_id", "requestId", "stream", "stream_options"}
)
"""Keys at the top of a JSON body; left out where what stands there is a flag or an id, in which no text has room."""
VOLATILE_HEADERS: Final = frozenset(
    {"user-agent", "tracestate", "baggage", "sentry-trace", "x-request-id", "x-amzn-trace-id", "x-cloud-trace-context"}
)
"""Beside those that HTTP and the SDKs need as they are. None of them makes a prompt."""
STEADY_HEADERS: Final = frozenset(
    {
        "anthropic-beta",
        "anthropic-version",
        "openai-beta",
        "openai-organization",
        "openai-project",
        "x-goog-user-project",
    }
)
"""Of those that the SDKs need, what says whose account it is for, and what is switched on there."""
_ID: Final = re.compile(r"[A-Za-z0-9._:/+=-]{0,64}\Z")
_FLAG: Final = re.compile(r"[A-Za-z_]{1,32}\Z")


def content(read: ReadRequest) -> bytes:
    """32 bytes, without a key: to be kept in memory alone."""
    digest = blake2b(digest_size=32, person=b"hushgate-content")
    for part in _parts(read):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _parts(read: ReadRequest) -> Iterator[bytes]:
    document = read.document
    if isinstance(document, dict):
        yield b"json"
        yield dump_json({key: value for key, value in document.items() if key not in VOLATILE or _says_more(value)})
    elif isinstance(document, Multipart):
        yield f"{document.kind} of {len(document.parts)}".encode()
        for part in document.parts:
            named = (part.name, repr(part.filename), part.media_type, part.id)
            yield from (word.encode("utf-8", "surrogatepass") for word in named)
            yield part.data
    else:
        yield b"as it came"
        yield read.inbound.body if read.plain_body is None else read.plain_body
    for segment in read.exchange.segments:
        if segment.location.area in (Area.PATH, Area.QUERY) or _counts(segment):
            path = segment.location.path
            yield str(path[1:] if segment.location.area is Area.HEADER else path).encode("utf-8", "surrogatepass")
            yield segment.text.encode("utf-8", "surrogatepass")
    for name, value in read.inbound.headers:
        if name.lower() in STEADY_HEADERS:
            yield f"{name.lower()}: {value}".encode("utf-8", "surrogatepass")


def _says_more(value: object) -> bool:
    """Whether a volatile field holds more than a flag, a few of them by name, or an id."""
    if isinstance(value, dict):
        return len(value) > 4 or not all(_FLAG.match(key) and isinstance(on, bool) for key, on in value.items())
    if isinstance(value, str):
        return _ID.match(value) is None
    return not (value is None or isinstance(value, bool) or (isinstance(value, int) and 0 <= value < 1 << 64))


def _counts(segment: Segment) -> bool:
    """Whether a header is a part of what is said."""
    at = segment.location
    if at.area is not Area.HEADER or at.is_key or len(at.path) < 2:
        return False
    return str(at.path[1]) not in VOLATILE_HEADERS
