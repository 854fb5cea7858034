"""The Gemini API's dialects: `google-generate` for a whole reply, `google-stream` for streamGenerateContent.

Where a stream is not asked for as server-sent events (`alt=sse`), it comes as
one JSON array, under the same content type as a whole reply: so the path says
which it is, and there are two formats.
"""

from __future__ import annotations

from collections.abc import Iterable

from hushgate.values import Location
from hushgate.wire import google_reply, google_request
from hushgate.wire.base import Answer, Channel, Frame, Reading, Refusal, usual_framing
from hushgate.wire.document import dump_json


class GoogleGenerate:
    """Dialect of models.generateContent and its neighbours."""

    name = "google-generate"
    says = "Google's generateContent, countTokens, embedContent, batches, caches: roles, tools and results are known"
    sentinel: str | None = None

    def framing(self, media_type: str) -> str | None:
        return usual_framing(media_type)

    def read_request(self, doc: object) -> Reading:
        return google_request.read_request(doc)

    def read_reply(self, doc: object) -> Reading:
        return google_reply.read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        return google_reply.read_frame(doc)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        return google_reply.delta_frame(template, channel, text)

    def event_name(self, document: object) -> str | None:
        return None

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return google_reply.drop_echoes(doc, changed)

    def refusal(self, refusal: Refusal) -> Answer:
        return Answer.json(dump_json(_status(refusal)))

    def refusal_frame(self, refusal: Refusal) -> object:
        return _status(refusal)


class GoogleStream(GoogleGenerate):
    """Dialect of models.streamGenerateContent."""

    name = "google-stream"
    says = "Google's streamGenerateContent: the same, as server-sent events or as a growing JSON array"

    def framing(self, media_type: str) -> str | None:
        return "json-array" if media_type == "application/json" else usual_framing(media_type)

    def read_request(self, doc: object) -> Reading:
        return google_request.read_request(doc, stream=True)


def status_word(refusal: Refusal) -> str:
    """The name of a status in google.rpc.Code: both of a 400's are not retried."""
    if refusal.status >= 500:
        return "UNAVAILABLE"
    return "INVALID_ARGUMENT" if refusal.code == "malformed_request" else "FAILED_PRECONDITION"


def _status(refusal: Refusal) -> object:
    """A google.rpc.Status, which Google's SDKs raise on; `error` stands first, since one of them looks for that."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": refusal.code,
        "domain": "hushgate",
        "metadata": {"type": refusal.type, "decision": refusal.decision_id},
    }
    said = {"code": refusal.status, "message": refusal.message, "status": status_word(refusal), "details": [detail]}
    return {"error": said}
