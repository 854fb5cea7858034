"""However a provider cuts its texts over messages, and whatever a client says in between, the client gets the same."""

from __future__ import annotations

import asyncio
import json
import re
from itertools import count, pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hushgate.framing.messages import Message, Messages, packed, unpacked
from hushgate.replies.dialogue import Dialogue
from hushgate.replies.head import ReplyHead
from hushgate.values import Route
from tests.gate_cases import EMAIL, OTHER_EMAIL, PLACEHOLDERS, inbound, pipeline

REALTIME = Route("openai", "openai", "api.openai.com", "/v1/realtime", "openai-realtime", method="GET")
TOKEN = PLACEHOLDERS.token("alice", "EMAIL_ADDRESS", EMAIL)
WORDS = st.sampled_from(
    ["ask ", OTHER_EMAIL, " and ", TOKEN, "<EMAIL_ADDRESS_", "ü", "4111 1111 1111 1111", "\n", EMAIL]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map("".join)
ADDRESS = re.compile(re.escape(OTHER_EMAIL) + r"(?![0-9_])")
"""With a digit behind it, it is a version's number as well, and none."""
CUTS = st.lists(st.integers(0, 120), max_size=8)


def said(text: str) -> Message:
    part = {"type": "input_text", "text": text}
    item = {"type": "message", "role": "user", "content": [part]}
    return Message(json.dumps({"type": "conversation.item.create", "item": item}).encode())


def told(kind: str, stem: str, **fields: object) -> Message:
    ids = {"event_id": "e", "response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
    return Message(json.dumps({"type": f"response.{stem}.{kind}", **ids, **fields}, ensure_ascii=False).encode())


def pieces(text: str, cuts: list[int]) -> list[str]:
    places = [0, *sorted({min(cut, len(text)) for cut in cuts}), len(text)]
    return [text[a:b] for a, b in pairwise(places)]


async def heard(texts: dict[str, str], cuts: dict[str, list[int]], asides: set[int]) -> dict[str, Any]:
    """What a client puts together of two texts that come side by side, and what it is told at their end."""
    gate = pipeline()
    opening = await gate.screen_request(_opening())
    ids = count(1)
    reply = gate.screen_socket(opening, ReplyHead(101, None, None, "messages"))
    dialogue = Dialogue(gate, opening, reply, lambda: f"ex{next(ids)}", lambda _: None)
    assert (await dialogue.said(said(f"I am {EMAIL}"))).to_provider
    coming = [(stem, piece) for stem, text in texts.items() for piece in pieces(text, cuts[stem])]
    out: dict[str, Any] = dict.fromkeys(texts, "")
    for number, (stem, piece) in enumerate(coming):
        if number in asides:
            assert (await dialogue.said(said("go on"))).to_provider
        _put(out, dialogue.heard(told("delta", stem, delta=piece)).to_client)
    for stem, text in texts.items():
        name = "text" if stem == "output_text" else "transcript"
        _put(out, dialogue.heard(told("done", stem, **{name: text})).to_client)
    return out


def _opening() -> Any:
    return inbound(b"", route=REALTIME, headers=(), target="/v1/realtime", session="s")


def _put(out: dict[str, Any], messages: tuple[Message, ...]) -> None:
    for message in messages:
        event = json.loads(message.payload)
        _, stem, kind = event["type"].split(".")
        if kind == "delta":
            out[stem] += event["delta"]
        else:
            out[stem, "done"] = event.get("text", event.get("transcript"))


@given(TEXTS, TEXTS, CUTS, CUTS, st.sets(st.integers(0, 10), max_size=3))
def test_any_cut_gives_the_client_the_same(
    one: str, other: str, cuts: list[int], more: list[int], asides: set[int]
) -> None:
    texts = {"output_text": one, "output_audio_transcript": other}
    whole = asyncio.run(heard(texts, {"output_text": [], "output_audio_transcript": []}, set()))
    cut = asyncio.run(heard(texts, {"output_text": cuts, "output_audio_transcript": more}, asides))
    assert cut == whole
    for stem in texts:
        assert not ADDRESS.search(whole[stem])
        assert TOKEN not in whole[stem], "what was masked comes back"
        assert whole[stem, "done"] == whole[stem], "what is told again is the same"


@given(st.lists(st.builds(Message, st.binary(max_size=9), st.booleans()), max_size=5), st.integers(1, 7))
def test_messages_come_out_of_a_stream_as_they_went_in(messages: list[Message], size: int) -> None:
    stream = packed(messages)
    assert list(unpacked(stream)) == messages
    decoder = Messages()
    found = [one for at in range(0, len(stream), size) for one in decoder.feed(stream[at : at + size])]
    assert b"".join(one.raw for one in found) == stream
    assert [one.binary for one in found] == [one.binary for one in messages]
