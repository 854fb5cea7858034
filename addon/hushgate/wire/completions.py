"""The legacy completions dialect (`openai-completions`), and its relative that fills in the middle.

Source: the API reference of POST /v1/completions, with the fields of compatible
servers, and of Mistral's POST /v1/fim/completions, which answers like chat.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Reading
from hushgate.wire.openai import OpenAIChat
from hushgate.wire.openai_request import REQUEST
from hushgate.wire.openai_tokens import written
from hushgate.wire.openai_words import CONSTANTS, KEYS
from hushgate.wire.walk import Reader, Walk

_REQUEST: Final[Mapping[str, Reader]] = {**REQUEST, "prompt": written, "suffix": written}


class OpenAICompletions(OpenAIChat):
    """Dialect of POST /v1/completions; replies are read as chat's are."""

    name = "openai-completions"
    says = "legacy completions and fill-in-the-middle: prompts, suffixes and streams are known; token ids are not read"

    def read_request(self, doc: object) -> Reading:
        walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
        walk.fields((), doc, _REQUEST, Role.NONE, Kind.TEXT)
        fields = doc if isinstance(doc, dict) else {}
        model = fields.get("model")
        return walk.reading(model=model if isinstance(model, str) else None, stream=fields.get("stream") is True)
