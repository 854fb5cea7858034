"""The dialect of everything else of OpenAI's (`openai`): embeddings, moderations, images, speech, files, batches,
assistants and threads, vector stores, fine-tuning, evaluations, as JSON.
"""

from __future__ import annotations

from dataclasses import replace

from hushgate.values import Direction, Role
from hushgate.wire import responses_reply, threads
from hushgate.wire.base import Channel, Frame, Reading, Refusal
from hushgate.wire.openai import error_said
from hushgate.wire.resource_tables import CONSTANTS, KEYS, resource
from hushgate.wire.responses import OpenAIResponses
from hushgate.wire.walk import Walk


class OpenAIResources(OpenAIResponses):
    """Dialect of OpenAI's other paths. Streams are assistants' runs, or events built like those of Responses."""

    name = "openai"
    says = "the JSON of OpenAI's other paths: embeddings, images, speech, files, assistants and runs are known"
    sentinel = "[DONE]"

    def read_request(self, doc: object) -> Reading:
        return _read(Direction.REQUEST, doc)

    def read_reply(self, doc: object) -> Reading:
        return replace(_read(Direction.REPLY, doc), kept=_kept(doc))

    def read_frame(self, doc: object) -> Frame:
        if _is_of_a_run(doc):
            return replace(threads.read_frame(doc), kept=_kept(doc))
        return responses_reply.read_frame(doc)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        if channel[:1] in (("message",), ("step",)):
            return threads.delta_frame(channel, text)
        return responses_reply.delta_frame(template, channel, text)

    def event_name(self, document: object) -> str | None:
        """Assistants' events are named by their line alone."""
        if _is_of_a_run(document) and isinstance(document, dict):
            return str(document["object"])
        return "error" if isinstance(document, dict) and "error" in document else super().event_name(document)

    def refusal_frame(self, refusal: Refusal) -> object:
        """The SDKs raise on a document that has `error`, with its message."""
        return {"error": error_said(refusal)}


def _is_of_a_run(doc: object) -> bool:
    named = doc.get("object") if isinstance(doc, dict) else None
    return isinstance(named, str) and named.startswith("thread.")


def _kept(doc: object) -> tuple[str, ...]:
    """The thread that a resource is, or belongs to."""
    if not isinstance(doc, dict):
        return ()
    named = doc.get("id") if doc.get("object") == "thread" else doc.get("thread_id")
    return (named,) if isinstance(named, str) else ()


def _read(direction: Direction, doc: object) -> Reading:
    walk = Walk(direction, vocabulary=KEYS, constants=CONSTANTS)
    resource(walk, (), doc, Role.NONE)
    fields = doc if isinstance(doc, dict) else {}
    model = fields.get("model")
    return walk.reading(model=model if isinstance(model, str) else None, stream=fields.get("stream") is True)
