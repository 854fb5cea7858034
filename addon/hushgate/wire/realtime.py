"""The OpenAI Realtime dialect (`openai-realtime`), over WebSockets: also Azure's and compatible servers'."""

from __future__ import annotations

from hushgate.wire import realtime_events, responses_reply
from hushgate.wire.base import Channel, Frame, Reading, Refusal
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

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        """As in Responses, with what Realtime's clients look for in every event, from the event behind it."""
        frame = responses_reply.delta_frame(template, channel, text)
        known = template if isinstance(template, dict) else {}
        for name in ("event_id", "call_id"):
            if name in known and (name == "event_id" or known.get("output_index") == frame.get("output_index")):
                frame[name] = known[name]
        frame.pop("logprobs", None)
        return frame

    def refusal_frame(self, refusal: Refusal) -> object:
        """What the API says itself to an event that it does not take; the session goes on."""
        return {
            "type": "error",
            "event_id": f"event_{refusal.decision_id}",
            "error": {**error_said(refusal), "event_id": None},
        }
