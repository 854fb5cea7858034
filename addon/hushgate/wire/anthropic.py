"""The Anthropic messages dialect (`anthropic-messages`): also what Bedrock's invoke and Vertex AI carry for Claude."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hushgate.values import Location
from hushgate.wire import anthropic_reply, anthropic_request
from hushgate.wire.base import Answer, Channel, Frame, Reading, Refusal, usual_framing
from hushgate.wire.document import dump_json

_LINES: Final = "application/x-jsonl"
"""What the results of a batch call themselves."""


class AnthropicMessages:
    """Dialect of POST /v1/messages, its batches and token counts, and POST /v1/complete."""

    name = "anthropic-messages"
    says = "Anthropic's messages, batches of them, token counts and text completions, on Vertex AI, too"
    sentinel = None

    def framing(self, media_type: str) -> str | None:
        return "ndjson" if media_type == _LINES else usual_framing(media_type)

    def read_request(self, doc: object) -> Reading:
        return anthropic_request.read_request(doc)

    def read_reply(self, doc: object) -> Reading:
        return anthropic_reply.read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        return anthropic_reply.read_frame(doc)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        return anthropic_reply.delta_frame(template, channel, text)

    def event_name(self, document: object) -> str | None:
        """Clients pass over an event without a name."""
        word = document.get("type") if isinstance(document, dict) else None
        return word if isinstance(word, str) else None

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return doc

    def refusal(self, refusal: Refusal) -> Answer:
        return Answer.json(dump_json(self.refusal_frame(refusal)))

    def refusal_frame(self, refusal: Refusal) -> object:
        """The event with which a stream ends in an error: the same document."""
        return {
            "type": "error",
            "error": {
                "type": refusal.type,
                "message": refusal.message,
                "code": refusal.code,
                "details": {"error_code": refusal.code},
            },
            "request_id": refusal.request_id or refusal.decision_id,
        }
