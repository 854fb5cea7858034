"""The OpenAI Realtime dialect (`openai-realtime`), over WebSockets: also Azure's and compatible servers'."""

from __future__ import annotations

from hushgate.wire import realtime_events
from hushgate.wire.base import Frame, Reading, Refusal
from hushgate.wire.openai import error_said
from hushgate.wire.responses import OpenAIResponses


class OpenAIRealtime(OpenAIResponses):
    """Dialect of /v1/realtime. What it answers in plain HTTP is read as Responses are."""

    name = "openai-realtime"
    says = (
        "OpenAI's Realtime API over WebSockets, also Azure's: events both ways, transcripts as they come; "
        "sound is unread"
    )

    def read_request(self, doc: object) -> Reading:
        return realtime_events.read_request(doc)

    def read_frame(self, doc: object) -> Frame:
        return realtime_events.read_frame(doc)

    def refusal_frame(self, refusal: Refusal) -> object:
        """What the API says itself to an event that it does not take; the session goes on."""
        return {
            "type": "error",
            "event_id": f"event_{refusal.decision_id}",
            "error": {**error_said(refusal), "event_id": None},
        }
