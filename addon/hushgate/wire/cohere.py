"""Cohere's dialects: `cohere` for v2 and everything that does not stream, `cohere-v1` for v1 chat and generate."""

from __future__ import annotations

from collections.abc import Iterable

from hushgate.values import Location
from hushgate.wire import cohere_reply, cohere_request
from hushgate.wire.base import Answer, Channel, Frame, Reading, Refusal, usual_framing
from hushgate.wire.document import dump_json


class Cohere:
    """Dialect of POST /v2/chat, and of embed, rerank, classify and summarize in both versions."""

    name = "cohere"
    says = "Cohere's chat v2, embed, rerank, classify, summarize: roles, tools, documents and streams are known"
    sentinel: str | None = None

    def framing(self, media_type: str) -> str | None:
        """v1 names its lines of JSON in its own way."""
        return "ndjson" if media_type == "application/stream+json" else usual_framing(media_type)

    def read_request(self, doc: object) -> Reading:
        return cohere_request.read_request(doc)

    def read_reply(self, doc: object) -> Reading:
        return cohere_reply.read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        return cohere_reply.read_frame(doc)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        return cohere_reply.delta_frame(template, channel, text)

    def event_name(self, document: object) -> str | None:
        kind = document.get("type") if isinstance(document, dict) else None
        return kind if isinstance(kind, str) else None

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return cohere_reply.drop_echoes(doc, changed)

    def refusal(self, refusal: Refusal) -> Answer:
        """The SDK raises with the whole body, `message` first."""
        body = {"message": refusal.message, "type": refusal.type, "code": refusal.code, "id": refusal.decision_id}
        return Answer.json(dump_json(body))

    def refusal_frame(self, refusal: Refusal) -> object:
        """The end of a stream that failed."""
        return {"type": "message-end", "delta": {"error": refusal.message, "finish_reason": "ERROR"}}


class CohereV1(Cohere):
    """Dialect of POST /v1/chat and /v1/generate."""

    name = "cohere-v1"
    says = "Cohere's chat and generate v1: the same, streamed as lines of JSON that end with the whole text"

    def refusal_frame(self, refusal: Refusal) -> object:
        """As v1 ends a stream that failed; the message is where the SDK has a place for warnings."""
        meta = {"warnings": [refusal.message]}
        return {
            "is_finished": True,
            "event_type": "stream-end",
            "finish_reason": "ERROR",
            "error": refusal.message,
            "response": {"text": "", "generation_id": "", "finish_reason": "ERROR", "meta": meta},
        }
