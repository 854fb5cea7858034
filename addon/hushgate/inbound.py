"""A request as the proxy hands it over, how it is read, and how edits are put back.

Reading and writing are two ends of one thing: what `Reader.read` gave out as
segments is what `Reader.write` edits, by location, in the document that was
parsed. A body that needs no edit leaves as the bytes that were parsed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final

from hushgate.errors import Malformed
from hushgate.values import Actor, Area, Exchange, Location, Role, Route, Segment
from hushgate.wire import opaque, target
from hushgate.wire.base import Dialect, Reading
from hushgate.wire.document import dump_json, parse_json
from hushgate.wire.edit import apply
from hushgate.wire.encoding import decode_body
from hushgate.wire.registry import dialect

SEGMENTS: Final = 200_000
"""Texts that one request may hold unless it is said otherwise."""

type Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Inbound:
    """One request. `target` is path and query as sent; `body` is raw, still content-encoded."""

    id: str
    route: Route
    actor: Actor
    session: str | None
    target: str = field(repr=False)
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """The value of a header, several joined by commas; None where there is none."""
        found = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(found) if found else None

    def unread_exchange(self) -> Exchange:
        """The exchange of a request that could not be read at all."""
        route = replace(self.route, model=None)  # Nobody has scanned it.
        return Exchange(self.id, route, self.actor, self.session or self.actor.name, ())


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A request that was read. `document` is the parsed body, None where it is not JSON.

    `plain_body` is set where the body was content-encoded and leaves decoded.
    """

    inbound: Inbound
    exchange: Exchange
    dialect: Dialect
    document: object = field(repr=False)
    plain_body: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """What goes out in place of what came in; None where it leaves as it came."""

    body: bytes | None = field(default=None, repr=False)
    target: str | None = field(default=None, repr=False)
    headers: Headers | None = field(default=None, repr=False)


AsItCame: Final = Written()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads requests into exchanges. `conversation_key` keys the name of a session that nobody named."""

    conversation_key: bytes = field(repr=False)
    decoded_limit: int
    segments_limit: int = SEGMENTS

    def read(self, inbound: Inbound) -> ReadRequest:
        """Read all of a request; Malformed where it has no one reading."""
        encoding = inbound.header("content-encoding")
        encoded = bool(encoding and inbound.body)
        plain = decode_body(inbound.body, encoding, self.decoded_limit) if encoded else inbound.body
        spoken = dialect(inbound.route.format)
        document, body = _read_body(spoken, plain, inbound.header("content-type"))
        outside = target.read_target(inbound.target, inbound.headers)

        route = replace(inbound.route, model=body.model or inbound.route.model)
        segments = (*outside.segments, *body.segments)
        if len(segments) > self.segments_limit:
            raise Malformed(
                f"it holds {len(segments)} texts, and limits.segments lets {self.segments_limit} through",
                hint="send it in several requests, or raise limits.segments in hushgate.yaml",
            )
        session = inbound.session or self._conversation(inbound.actor, body.segments)
        exchange = Exchange(inbound.id, route, inbound.actor, session, segments, (*outside.unread, *body.unread))
        return ReadRequest(inbound, exchange, spoken, document, plain if encoded else None)

    def write(self, read: ReadRequest, edits: Mapping[Location, str]) -> Written:
        """Put edits back where their segments were read; Malformed where two edits clash."""
        inside = {at: text for at, text in edits.items() if at.area is Area.BODY}
        outside = {at: text for at, text in edits.items() if at.area is not Area.BODY}
        body = read.plain_body
        if inside:
            body = _write_body(read.document, inside)
        if not outside:
            return Written(body)
        edited_target, headers = target.write_target(read.inbound.target, read.inbound.headers, outside)
        return Written(body, edited_target, headers)

    def _conversation(self, actor: Actor, segments: tuple[Segment, ...]) -> str:
        """Name a conversation by what stays the same in it: its system text and first user text."""
        system = "".join(s.text for s in segments if s.role in {Role.SYSTEM, Role.DEVELOPER})
        first = next((s.text for s in segments if s.role is Role.USER), "")
        digest = blake2b(key=self.conversation_key, digest_size=6)
        for part in (actor.name, system, first):
            raw = part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(8, "big") + raw)
        return f"{actor.name}-{digest.hexdigest()}"


def _read_body(spoken: Dialect, plain: bytes, content_type: str | None) -> tuple[object, Reading]:
    if not plain:
        return None, Reading((), (), None, False)
    if opaque.is_json(content_type, plain):
        opaque.refuse_other_charset(content_type, plain)
        document = parse_json(plain)
        return document, spoken.read_request(document)
    return opaque.read(plain, content_type)


def _write_body(document: object, edits: Mapping[Location, str]) -> bytes:
    if isinstance(document, opaque.Text):
        return document.write(edits)
    return dump_json(apply(document, edits))
