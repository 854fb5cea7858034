"""Whatever key a machine has, a recorded session answers it in its own placeholders."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from hushgate.proxy.player import Player, Recorded, canonical
from hushgate.transform.placeholders import Placeholders

VALUES = ["jane@example.com", "Jane", "4111111111111111", "Zürich"]
ONE, OTHER = Placeholders(b"1" * 32), Placeholders(b"2" * 32)

plain = st.text(alphabet='ab <>_\\"é', max_size=8)
pieces = st.lists(st.one_of(plain, st.sampled_from(range(len(VALUES)))), max_size=6)
documents = st.recursive(
    pieces,
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3), st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=6,
)


def masked(value: object, make: Placeholders) -> object:
    if isinstance(value, list):
        return "".join(p if isinstance(p, str) else make.token("s", "PERSON", VALUES[p]) for p in value)
    if isinstance(value, tuple):
        return [masked(item, make) for item in value]
    assert isinstance(value, dict)
    return {key: masked(item, make) for key, item in value.items()}


def body(value: object, make: Placeholders) -> bytes:
    return json.dumps(masked(value, make)).encode()


@given(documents)
def test_a_request_reads_alike_under_any_key(request: object) -> None:
    assert canonical("POST", "/", body(request, ONE))[0] == canonical("POST", "/", body(request, OTHER))[0]


@given(documents, st.lists(st.integers(0, 3), max_size=4), plain)
def test_the_reply_speaks_of_the_same_values(request: object, used: list[int], between: str) -> None:
    everything = {"q": request, "all": tuple([n] for n in range(len(VALUES)))}
    reply = [piece for n in used for piece in (n, between)]
    recorded = Recorded("POST", "/", body(everything, ONE), 200, "application/json", body(reply, ONE))
    played = Player([recorded]).reply_for(body(everything, OTHER), method="POST", path="/")
    assert played is not None
    assert json.loads(played.body) == masked(reply, OTHER)


@given(st.lists(st.integers(0, 3), max_size=3), st.lists(st.integers(0, 90), max_size=6), plain)
def test_a_stream_may_be_cut_anywhere(used: list[int], cuts: list[int], between: str) -> None:
    everything = tuple([n] for n in range(len(VALUES)))
    reply = [piece for n in used for piece in (n, between)]
    text = str(masked(reply, ONE))
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    frames = [json.dumps({"d": text[a:b]}) for a, b in zip(places, places[1:], strict=False)]
    stream = "".join(f"data: {frame}\n\n" for frame in frames).encode()
    recorded = Recorded("POST", "/", body(everything, ONE), 200, "text/event-stream", stream)
    played = Player([recorded]).reply_for(body(everything, OTHER), method="POST", path="/")
    assert played is not None
    lines = [line for line in played.body.decode().split("\n") if line]
    assert len(lines) == len(frames)
    assert "".join(json.loads(line.removeprefix("data: "))["d"] for line in lines) == masked(reply, OTHER)
