"""Streams: masked, restored, cut anywhere, ended properly."""

from __future__ import annotations

import pytest

from tests.gate_cases import (
    CARD,
    DONE,
    EMAIL,
    OTHER_EMAIL,
    STREAM,
    called,
    channels,
    chunk,
    passage,
    pipeline,
    said,
    sse,
    streamed,
)


async def reply(text: str, body: bytes, cuts: range = range(0)) -> bytes:
    gate = pipeline()
    return streamed(gate.screen_reply(await passage(text, gate), STREAM), body, cuts)


async def token(value: str) -> str:
    gate = pipeline()
    done = await passage(f"write to {value}", gate)
    return done.restorable[0].token


@pytest.mark.parametrize("step", [1, 2, 7, 1000])
async def test_a_placeholder_comes_back_however_it_is_cut(step: int) -> None:
    placed = await token(EMAIL)
    pieces = [said(c) for c in f"Dear {placed}, hello."]
    body = sse(*pieces, chunk({}, finish="stop"), DONE)
    out = await reply(f"write to {EMAIL}", body, range(0, len(body), step))
    assert channels(out)[0, "content"] == f"Dear {EMAIL}, hello."
    assert out.endswith(DONE)


async def test_what_the_client_had_not_sent_is_masked() -> None:
    body = sse(*[said(c) for c in f"ask {OTHER_EMAIL} now"], DONE)
    text = channels(await reply("hi there", body))[0, "content"]
    assert text.startswith("ask <EMAIL_ADDRESS_")
    assert text.endswith("> now")


async def test_channels_do_not_mix() -> None:
    placed = await token(EMAIL)
    half = len(placed) // 2
    body = sse(
        said(placed[:half], 0), said("one ", 1), called('{"to": "' + placed[:half]), said(placed[half:], 0),
        called(placed[half:] + '"}'), said("two", 1), chunk({}, 0, "tool_calls"), chunk({}, 1, "stop"), DONE,
    )  # fmt: skip
    found = channels(await reply(f"write to {EMAIL}", body))
    assert found[0, "content"] == EMAIL
    assert found[1, "content"] == "one two"
    assert found[0, "tool", 0] == '{"to": "' + EMAIL + '"}'


@pytest.mark.parametrize("line", [": {}", "event: {}", "id: {}", "note: {}", "{}"])
async def test_a_value_beside_the_data_ends_the_stream(line: str) -> None:
    body = sse(said("hi ")) + line.format(OTHER_EMAIL).encode() + b"\n" + sse(said("there"), DONE)
    out = await reply("hello", body)
    assert OTHER_EMAIL.encode() not in out
    assert b"there" not in out
    assert b"unreadable_reply" in out


async def test_usage_comments_and_unknown_events_pass() -> None:
    usage = {"id": "c1", "choices": [], "usage": {"total_tokens": 3}}
    body = b": ping\n\n" + sse(said("hi "), usage) + b"event: other\ndata: {}\n\n" + DONE
    out = await reply("hello", body)
    assert out.startswith(b": ping\n\n")
    assert b'"total_tokens"' in out
    assert b"event: other\ndata: {}\n\n" in out


async def test_a_frame_that_is_not_json_ends_the_stream_in_an_error() -> None:
    out = await reply("hello", sse(said("hi ")) + b'data: {"a":1,"a":2}\n\n' + sse(said(CARD)))
    assert b'"unreadable_reply"' in out
    assert CARD.encode() not in out


@pytest.mark.parametrize("step", [1, 7, 10_000])
async def test_frames_before_a_broken_one_come_out_however_they_are_cut(step: int) -> None:
    body = sse(said("one "), said("two "), b'data: {"a":1,"a":2}\n\n', said("three "), DONE)
    out = await reply("hi there", body, range(0, len(body), step))
    assert channels(out)[0, "content"] == "one two "
    assert out.count(b'"error"') == 1
