"""The OpenAI Responses dialect (`openai-responses`), of conversations, too, and of every compatible server."""

from __future__ import annotations

from collections.abc import Iterable

from hushgate.values import Location
from hushgate.wire import responses_reply, responses_request
from hushgate.wire.base import Answer, Channel, Frame, Reading, Refusal, usual_framing
from hushgate.wire.openai import error_answer, error_said


class OpenAIResponses:
    """Dialect of POST /v1/responses and what belongs to it."""

    name = "openai-responses"
    says = "OpenAI's Responses and conversations, also Codex's: items, tools and all events of a stream are known"
    sentinel = "[DONE]"  # of some compatible servers; OpenAI's streams end with their last event

    def framing(self, media_type: str) -> str | None:
        return usual_framing(media_type)

    def read_request(self, doc: object) -> Reading:
        return responses_request.read_request(doc)

    def read_reply(self, doc: object) -> Reading:
        return responses_reply.read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        return responses_reply.read_frame(doc)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        return responses_reply.delta_frame(template, channel, text)

    def event_name(self, document: object) -> str | None:
        name = document.get("type") if isinstance(document, dict) else None
        return name if isinstance(name, str) else None

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return responses_reply.drop_echoes(doc, changed)

    def refusal(self, refusal: Refusal) -> Answer:
        return error_answer(refusal)

    def refusal_frame(self, refusal: Refusal) -> object:
        """The last event of a stream, told twice: the SDKs raise on a document that has `error`, with its message;
        clients that read events themselves look into the failed response. Codex does not try again on this code.
        """
        code = "server_error" if refusal.status >= 500 else "invalid_prompt"
        failed: dict[str, object] = {
            "id": f"resp_{refusal.decision_id}",
            "object": "response",
            "status": "failed",
            "error": {"code": code, "message": refusal.message},
            "incomplete_details": None,
            "output": [],
            "usage": None,
        }
        return {"type": "response.failed", "response": failed, "error": error_said(refusal)}
