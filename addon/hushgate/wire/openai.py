"""The OpenAI chat completions dialect (`openai-chat`): also Azure's and every compatible server's."""

from __future__ import annotations

from collections.abc import Iterable

from hushgate.values import Location
from hushgate.wire import openai_reply, openai_request
from hushgate.wire.base import Answer, Channel, Frame, Reading, Refusal, usual_framing
from hushgate.wire.document import dump_json


class OpenAIChat:
    """Dialect of POST /v1/chat/completions."""

    name = "openai-chat"
    says = "OpenAI's chat completions, also Azure's and every compatible server's: roles, tools and streams are known"
    sentinel = "[DONE]"

    def framing(self, media_type: str) -> str | None:
        return usual_framing(media_type)

    def read_request(self, doc: object) -> Reading:
        return openai_request.read_request(doc)

    def read_reply(self, doc: object) -> Reading:
        return openai_reply.read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        return openai_reply.read_frame(doc)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        return openai_reply.delta_frame(template, channel, text)

    def event_name(self, document: object) -> str | None:
        return None

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return openai_reply.drop_echoes(doc, changed)

    def refusal(self, refusal: Refusal) -> Answer:
        return error_answer(refusal)

    def refusal_frame(self, refusal: Refusal) -> object:
        """The SDKs raise on a chunk that has `error`, with its message; Mistral's with the last 25 characters."""
        return {"error": {**error_said(refusal), "decision": refusal.decision_id}}


def error_answer(refusal: Refusal) -> Answer:
    """A refusal in OpenAI's shape."""
    return Answer.json(dump_json({"error": error_said(refusal)}))


def error_said(refusal: Refusal) -> dict[str, object]:
    """What an error says in OpenAI's shape."""
    return {"message": refusal.message, "type": refusal.type, "param": None, "code": refusal.code}
