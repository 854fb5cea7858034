"""Any JSON that no other dialect knows: every leaf and key is text, nobody's and of no fixed meaning.

So any of it may be a tool's arguments, of a tool that cannot be named.
"""

from __future__ import annotations

from collections.abc import Iterable

from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire.base import Answer, Channel, Frame, Reading, Refusal, usual_framing
from hushgate.wire.document import dump_json
from hushgate.wire.walk import Walk


class Generic:
    """Dialect of every other JSON body on a governed host."""

    name = "generic"
    says = "any other JSON, leaf by leaf; its frames are read one by one, so a value cut over two is not seen"
    sentinel = None

    def framing(self, media_type: str) -> str | None:
        return usual_framing(media_type)

    def read_request(self, doc: object) -> Reading:
        walk = Walk(Direction.REQUEST)
        walk.value((), doc, Role.NONE, Kind.TEXT)
        fields = doc if isinstance(doc, dict) else {}
        model = fields.get("model")
        return walk.reading(model=model if isinstance(model, str) else None, stream=fields.get("stream") is True)

    def read_reply(self, doc: object) -> Reading:
        walk = Walk(Direction.REPLY, tool="")
        walk.value((), doc, Role.NONE, Kind.TEXT)
        model = doc.get("model") if isinstance(doc, dict) else None
        return walk.reading(model=model if isinstance(model, str) else None)

    def read_frame(self, doc: object) -> Frame:
        """Leaves only: nothing is known to continue in the next frame."""
        walk = Walk(Direction.REPLY, Area.FRAME, tool="")
        walk.value((), doc, Role.NONE, Kind.TEXT)
        return Frame(segments=walk.segments, unread=walk.unread)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        raise ValueError("generic frames have no channels")

    def event_name(self, document: object) -> str | None:
        return None

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return doc

    def refusal(self, refusal: Refusal) -> Answer:
        """One body that the SDKs of nearly all providers show."""
        return Answer.json(dump_json(self.refusal_frame(refusal)))

    def refusal_frame(self, refusal: Refusal) -> object:
        return {
            "type": "error",
            "error": {
                "message": refusal.message,
                "type": refusal.type,
                "code": refusal.code,
                "param": None,
                "status": _status_word(refusal),
            },
            "message": refusal.message,
            "request_id": refusal.request_id or refusal.decision_id,
        }


def _status_word(refusal: Refusal) -> str:
    """Google's word for the status (google.rpc.Code)."""
    if refusal.status >= 500:
        return "UNAVAILABLE"
    return "INVALID_ARGUMENT" if refusal.code == "malformed_request" else "PERMISSION_DENIED"
