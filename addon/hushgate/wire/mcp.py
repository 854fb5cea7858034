"""The dialect of MCP over HTTP (`mcp`): JSON-RPC messages, alone, in batches, or as the events of a stream.

Source: the transports of the Model Context Protocol, Streamable HTTP and the
older one of two endpoints, and JSON-RPC 2.0. Each event of a stream is a
message of its own, so nothing continues in the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from hushgate.values import Area, Direction, Location
from hushgate.wire.base import Answer, Channel, Frame, Reading, Refusal, usual_framing
from hushgate.wire.document import dump_json
from hushgate.wire.mcp_messages import read_messages
from hushgate.wire.mcp_words import CONSTANTS, KEYS
from hushgate.wire.walk import Walk

REFUSED: Final = -32050
"""JSON-RPC leaves -32000 to -32099 to servers; the protocol and its SDKs use other codes of these."""


class MCP:
    """Dialect of an MCP server's endpoint."""

    name = "mcp"
    says = "MCP over HTTP, for servers that you name: tools, results, resources, prompts, in JSON-RPC and its streams"
    sentinel = None

    def framing(self, media_type: str) -> str | None:
        return usual_framing(media_type)

    def read_request(self, doc: object) -> Reading:
        walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
        read_messages(walk, doc)
        asked = doc.get("id") if isinstance(doc, dict) and "method" in doc else None
        whole = isinstance(asked, str | int) and not isinstance(asked, bool)
        return replace(walk.reading(), asked=asked if whole else None)

    def read_reply(self, doc: object) -> Reading:
        walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS)
        read_messages(walk, doc)
        return walk.reading()

    def read_frame(self, doc: object) -> Frame:
        walk = Walk(Direction.REPLY, Area.FRAME, vocabulary=KEYS, constants=CONSTANTS)
        read_messages(walk, doc)
        return Frame(segments=walk.segments, unread=walk.unread)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        raise ValueError("MCP messages have no channels")

    def event_name(self, document: object) -> str | None:
        """Events without a name are messages in either transport."""
        return None

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return doc

    def refusal(self, refusal: Refusal) -> Answer:
        """An error that answers a call is an answer: clients end the whole session over a 400.

        Without an id to answer it is a 400, whose body may be such an error by the specification.
        """
        status = None if refusal.request_id is None else 200
        return Answer.json(dump_json(self.refusal_frame(refusal)), status=status)

    def refusal_frame(self, refusal: Refusal) -> object:
        data = {"type": refusal.type, "code": refusal.code, "decision": refusal.decision_id}
        error = {"code": REFUSED, "message": refusal.message, "data": data}
        return {"jsonrpc": "2.0", "id": refusal.request_id, "error": error}
