"""Framings by the names that dialects use."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from hushgate.framing.aws_event_stream import AwsEventStream
from hushgate.framing.base import Framing
from hushgate.framing.json_array import JSONArray
from hushgate.framing.messages import Messages
from hushgate.framing.ndjson import NDJSON
from hushgate.framing.sse import SSEDecoder

_FRAMINGS: Final = MappingProxyType[str, Callable[[], Framing]](
    {
        "aws-event-stream": AwsEventStream,
        "sse": SSEDecoder,
        "ndjson": NDJSON,
        "json-array": JSONArray,
        "messages": Messages,
    }
)
FRAMINGS: Final = frozenset(_FRAMINGS)
"""Every framing that a dialect may name."""


def open_framing(name: str) -> Framing:
    """A stream's framing; KeyError for a name that is not in `FRAMINGS`."""
    return _FRAMINGS[name]()
