"""Ollama's own dialect (`ollama`): chat, generate and embed, in lines of JSON unless asked not to stream."""

from __future__ import annotations

from collections.abc import Iterable

from hushgate.values import Location
from hushgate.wire import ollama_reply, ollama_request
from hushgate.wire.base import Answer, Channel, Frame, Reading, Refusal, usual_framing
from hushgate.wire.document import dump_json


class Ollama:
    """Dialect of POST /api/chat and its neighbours."""

    name = "ollama"
    says = "Ollama's own chat, generate and embed: roles, tools and streams of lines are known"
    sentinel: str | None = None

    def framing(self, media_type: str) -> str | None:
        return usual_framing(media_type)

    def read_request(self, doc: object) -> Reading:
        return ollama_request.read_request(doc)

    def read_reply(self, doc: object) -> Reading:
        return ollama_reply.read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        return ollama_reply.read_frame(doc)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        return ollama_reply.delta_frame(template, channel, text)

    def event_name(self, document: object) -> None:
        return None

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return ollama_reply.drop_echoes(doc, changed)

    def refusal(self, refusal: Refusal) -> Answer:
        return Answer.json(dump_json(self.refusal_frame(refusal)))

    def refusal_frame(self, refusal: Refusal) -> object:
        """The clients raise on a line that has `error`, with its message."""
        return {"error": refusal.message}
