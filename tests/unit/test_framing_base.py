"""The framings keep the protocol."""

from __future__ import annotations

from hushgate.framing.base import Decoder
from hushgate.framing.sse import SSEDecoder, SSEEvent


def test_sse_is_a_framing() -> None:
    decoder: Decoder[SSEEvent] = SSEDecoder()
    (frame,) = decoder.feed(b"data: a\n\n")
    assert (frame.raw, frame.data, frame.with_data("b"), decoder.flush()) == (b"data: a\n\n", "a", b"data: b\n\n", [])
