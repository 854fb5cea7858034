"""The stream bench: every framing is one that its dialect reads, and waiting is counted as it is."""

from __future__ import annotations

import pytest

from bench import stream
from bench.stream import Held
from bench.streams import MARK, STREAMS, Stream, pieces
from hushgate.endpoints import load_endpoints
from hushgate.framing.registry import open_framing
from hushgate.wire.document import parse_json
from hushgate.wire.registry import dialect
from tests.gate_cases import RULES

BUILTIN = load_endpoints([RULES / "endpoints" / "builtin.yaml"])


@pytest.mark.parametrize("one", STREAMS, ids=lambda one: one.name)
def test_a_stream_is_what_its_route_reads(one: Stream) -> None:
    endpoint = BUILTIN.find(one.host)
    assert endpoint is not None
    format = endpoint.format_of("POST", one.path)
    assert format == stream._format(one)
    spoken, said = dialect(format), pieces(1, 20)
    assert spoken.framing(one.media_type) == one.framing
    frames = open_framing(one.framing)
    read = [frame.data for frame in frames.feed(b"".join(one.frames(said))) if frame.data and frame.data[0] == "{"]
    deltas = [delta.text for data in read for delta in spoken.read_frame(parse_json(data.encode())).deltas]
    assert "".join(deltas) == "".join(said)


def test_pieces_are_fresh_and_begin_with_a_word_that_ends() -> None:
    assert pieces(1) != pieces(2)
    assert pieces(1, 5)[0] == MARK
    assert all(piece[0] == " " for piece in pieces(1, 5)[1:2])


def test_most_pieces_of_clean_text_leave_at_once_and_nothing_old_waits() -> None:
    (chat,) = [one for one in STREAMS if one.name == "openai-chat"]
    held = stream.held_back(chat, range(1))
    assert held[0] == Held(0, 0)
    assert max(one.all for one in held) > 0
    assert sum(one.all == 0 for one in held) > len(held) / 2
    assert sorted(one.older for one in held)[len(held) // 2] == 0
