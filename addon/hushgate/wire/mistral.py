"""Mistral's conversations (`mistral-conversations`). Its chat is `openai-chat`."""

from __future__ import annotations

from collections.abc import Iterable

from hushgate.values import Location
from hushgate.wire import mistral_reply, mistral_request
from hushgate.wire.base import Answer, Channel, Frame, Reading, Refusal, usual_framing
from hushgate.wire.document import dump_json


class MistralConversations:
    """Dialect of POST /v1/conversations and /v1/agents."""

    name = "mistral-conversations"
    says = "Mistral's conversations and agents: entries, tools and streamed events are known; its chat is `openai-chat`"
    sentinel: str | None = "[DONE]"

    def framing(self, media_type: str) -> str | None:
        return usual_framing(media_type)

    def read_request(self, doc: object) -> Reading:
        return mistral_request.read_request(doc)

    def read_reply(self, doc: object) -> Reading:
        return mistral_reply.read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        return mistral_reply.read_frame(doc)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        return mistral_reply.delta_frame(template, channel, text)

    def event_name(self, document: object) -> str | None:
        kind = document.get("type") if isinstance(document, dict) else None
        return kind if isinstance(kind, str) else None

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        """Nothing in a conversation is told twice."""
        return doc

    def refusal(self, refusal: Refusal) -> Answer:
        """The SDK raises with the whole body."""
        said = {"object": "error", "message": refusal.message, "type": refusal.type, "param": None}
        return Answer.json(dump_json({**said, "code": refusal.code}))

    def refusal_frame(self, refusal: Refusal) -> object:
        return {"type": "conversation.response.error", "message": refusal.message, "code": refusal.status}
