"""Google's interactions (`google-interactions`): steps in, steps out, streamed as events."""

from __future__ import annotations

from collections.abc import Iterable

from hushgate.values import Location
from hushgate.wire import interactions_reply, interactions_request
from hushgate.wire.base import Channel, Frame, Reading, Refusal
from hushgate.wire.google import GoogleGenerate


class GoogleInteractions(GoogleGenerate):
    """Dialect of POST /v1beta/interactions; it refuses as all of Google's API does."""

    name = "google-interactions"
    says = "Google's interactions: steps, tools, results and streamed events are known"

    def read_request(self, doc: object) -> Reading:
        return interactions_request.read_request(doc)

    def read_reply(self, doc: object) -> Reading:
        return interactions_reply.read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        return interactions_reply.read_frame(doc)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        return interactions_reply.delta_frame(template, channel, text)

    def event_name(self, document: object) -> str | None:
        kind = document.get("event_type") if isinstance(document, dict) else None
        return kind if isinstance(kind, str) else None

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        """No log-probabilities are told here."""
        return doc

    def refusal_frame(self, refusal: Refusal) -> object:
        return {"event_type": "error", "error": {"code": refusal.code, "message": refusal.message}}
