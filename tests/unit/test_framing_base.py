"""Every framing keeps the protocol."""

from __future__ import annotations

import pytest

from hushgate.framing.base import Framed, Framing
from hushgate.framing.registry import open_framing

ONE = {"sse": b"data: 1\n\n", "ndjson": b"1\n", "json-array": b"1,"}


@pytest.mark.parametrize("name", sorted(ONE))
def test_a_frame_carries_other_data(name: str) -> None:
    framing: Framing = open_framing(name)
    frames: list[Framed] = [*framing.feed(b"[" + ONE[name] if name == "json-array" else ONE[name])]
    (frame,) = [frame for frame in frames if frame.data is not None]
    assert (frame.data, frame.beside, frame.closes) == ("1", "", False)
    assert frame.with_data("2") == frame.raw.replace(b"1", b"2")
