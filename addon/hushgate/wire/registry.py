"""Formats by the names that endpoint rules use."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from hushgate.wire.anthropic import AnthropicMessages
from hushgate.wire.base import Dialect
from hushgate.wire.bedrock import BedrockConverse, BedrockOther
from hushgate.wire.bedrock_invoke import BedrockInvoke
from hushgate.wire.cohere import Cohere, CohereV1
from hushgate.wire.completions import OpenAICompletions
from hushgate.wire.generic import Generic
from hushgate.wire.google import GoogleGenerate, GoogleStream
from hushgate.wire.google_live import GoogleLive
from hushgate.wire.interactions import GoogleInteractions
from hushgate.wire.mcp import MCP
from hushgate.wire.mistral import MistralConversations
from hushgate.wire.ollama import Ollama
from hushgate.wire.openai import OpenAIChat
from hushgate.wire.realtime import OpenAIRealtime
from hushgate.wire.resources import OpenAIResources
from hushgate.wire.responses import OpenAIResponses

_DIALECTS: Final = MappingProxyType[str, Dialect](
    {
        "openai-chat": OpenAIChat(),
        "openai-completions": OpenAICompletions(),
        "openai-responses": OpenAIResponses(),
        "openai-realtime": OpenAIRealtime(),
        "openai": OpenAIResources(),
        "anthropic-messages": AnthropicMessages(),
        "google-generate": GoogleGenerate(),
        "google-stream": GoogleStream(),
        "google-live": GoogleLive(),
        "google-interactions": GoogleInteractions(),
        "cohere": Cohere(),
        "cohere-v1": CohereV1(),
        "mistral-conversations": MistralConversations(),
        "ollama": Ollama(),
        "bedrock-converse": BedrockConverse(),
        "bedrock-invoke": BedrockInvoke(),
        "bedrock": BedrockOther(),
        "mcp": MCP(),
        "generic": Generic(),
    }
)
FORMATS: Final = frozenset(_DIALECTS)
"""Every format an endpoint may name."""


ANSWERED: Final = frozenset({"openai-responses", "openai-realtime"})
"""Formats whose frame of a refusal answers one message of a WebSocket, which goes on; of others it is closed."""

ONLY_SOCKETS: Final = frozenset({"openai-realtime", "google-live"})
"""Formats that are spoken over WebSockets alone."""

SOCKETS: Final = ANSWERED | ONLY_SOCKETS
"""Formats that are spoken over WebSockets."""


def dialect(format: str) -> Dialect:
    """The dialect of a format; KeyError for a name that is not in `FORMATS`."""
    return _DIALECTS[format]
