"""Streams: masked, restored, cut anywhere, ended properly."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hushgate.values import Area, Kind, Location, Role
from hushgate.wire.base import Delta, Frame
from hushgate.wire.openai import OpenAIChat
from tests.gate_cases import (
    CARD,
    DONE,
    EMAIL,
    OTHER_EMAIL,
    STREAM,
    Book,
    called,
    channels,
    chunk,
    documents,
    made_policy,
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


def named(name: str, call: int = 0, arguments: str = "") -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return chunk({"tool_calls": [{"index": call, "id": f"call_{call}", "type": "function", "function": function}]})


async def limited(folder: Path, restore: str, body: Callable[[str], bytes], step: int = 0, **changes: Any) -> bytes:
    """A stream under a rule that says where values come back."""
    gate = pipeline(rules=made_policy(folder, f"rules: [{{id: m, then: mask, restore: {restore}}}]"), **changes)
    done = await passage(f"write to {EMAIL}", gate)
    whole = body(done.restorable[0].token)
    answer = gate.screen_reply(done, STREAM)
    if not answer.streams:
        out = await answer.whole(whole)
        assert isinstance(out, bytes)
        return out
    return streamed(answer, whole, range(0, len(whole), step) if step else ())


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("step", [0, 3])
async def test_only_named_tools_get_values_in_interleaved_calls(tmp_path: Path, step: int, strict: bool) -> None:
    def body(token: str) -> bytes:
        spelled = ['{"to": "', *token, '"}']
        calls = [called(piece, call) for piece in spelled for call in range(4)]
        return sse(
            said(f"To {token}."),
            named("send_mail", 0), named("upload", 1), named("send_mail", 2), named("send_all", 3),
            *calls, chunk({}, finish="tool_calls"), DONE,
        )  # fmt: skip

    found = channels(await limited(tmp_path, '{tools: ["send_m*"]}', body, step, strict_replies=strict))
    assert found[0, "content"] == f"To {EMAIL}."
    to = [json.loads(found[0, "tool", call])["to"] for call in range(4)]
    assert [to[0], to[2]] == [EMAIL, EMAIL]
    assert to[1] == to[3] != EMAIL
    assert to[1].startswith("<EMAIL_ADDRESS_")


async def test_text_alone_gets_values_back(tmp_path: Path) -> None:
    found = channels(
        await limited(
            tmp_path, "text", lambda token: sse(said(token), named("send", 0, '{"to": "' + token + '"}'), DONE)
        )
    )
    assert found[0, "content"] == EMAIL
    assert json.loads(found[0, "tool", 0])["to"].startswith("<EMAIL_ADDRESS_")


async def test_a_tool_without_a_name_gets_what_any_tool_may_have(tmp_path: Path) -> None:
    def body(token: str) -> bytes:
        return sse(called('{"to": "' + token + '"}'), named("send"), DONE)

    assert EMAIL not in channels(await limited(tmp_path, "{tools: [send]}", body))[0, "tool", 0]
    assert EMAIL in channels(await limited(tmp_path, "true", body))[0, "tool", 0]


async def test_a_name_in_two_pieces_is_none_that_is_known(tmp_path: Path) -> None:
    def body(token: str) -> bytes:
        return sse(named("send"), named("_all"), called('{"to": "' + token + '"}'), DONE)

    assert EMAIL not in channels(await limited(tmp_path, "{tools: [send]}", body))[0, "tool", 0]


async def test_a_tool_that_is_named_anew_behind_its_arguments_ends_the_stream(tmp_path: Path) -> None:
    def body(token: str) -> bytes:
        return sse(named("send"), called('{"to": "' + token), named("_all"), called('"}'), DONE)

    assert b"unreadable_reply" in await limited(tmp_path, "{tools: [send]}", body)
    assert b"unreadable_reply" not in await limited(tmp_path, "true", body)


async def test_a_call_takes_no_name_from_one_that_has_ended(tmp_path: Path) -> None:
    def body(token: str) -> bytes:
        return sse(named("send"), chunk({}, finish="tool_calls"), called('{"to": "' + token + '"}'), DONE)

    assert EMAIL not in channels(await limited(tmp_path, "{tools: [send]}", body))[0, "tool", 0]


@pytest.mark.parametrize("line", [": {}", "event: {}", "id: {}", "note: {}", "{}"])
async def test_a_value_beside_the_data_ends_the_stream(line: str) -> None:
    body = sse(said("hi ")) + line.format(OTHER_EMAIL).encode() + b"\n" + sse(said("there"), DONE)
    out = await reply("hello", body)
    assert OTHER_EMAIL.encode() not in out
    assert b"there" not in out
    assert b"unreadable_reply" in out


@pytest.mark.parametrize("strict", [False, True])
async def test_structural_strings_are_read_once_and_go_on_record(strict: bool) -> None:
    book = Book()
    gate = pipeline(book, strict_replies=strict)
    pieces = [chunk({"content": c}, system_fingerprint=OTHER_EMAIL) for c in "hello there"]
    body = sse(*pieces, named(f"mail_{EMAIL}"), chunk({}, finish="tool_calls"), DONE)
    answer = gate.screen_reply(await passage("hi", gate), STREAM)
    out = await answer.whole(body) if strict else streamed(answer, body)
    assert isinstance(out, bytes)
    assert out.count(OTHER_EMAIL.encode()) == len(pieces)  # the provider's own structure stays
    await answer.close()
    closed = book.last("closed")
    assert [(f["where"], f["verdict"]) for f in closed["findings"]] == [
        ("frame:/system_fingerprint", "keep"),
        ("frame:/choices/0/delta/tool_calls/0/function/name", "keep"),
    ]
    assert closed["coverage"]["scanned"] == len(pieces)
    assert closed["coverage"]["opaque"] == len({"c1", "gpt-x", OTHER_EMAIL, "call_0", f"mail_{EMAIL}"})


async def test_numbers_in_structural_strings_are_no_findings() -> None:
    book = Book()
    gate = pipeline(book)
    answer = gate.screen_reply(await passage("hi", gate), STREAM)
    streamed(answer, sse({**said("hello"), "id": "call (030) 901820"}, DONE))
    await answer.close()
    assert book.last("closed")["findings"] == []


async def test_a_masked_transcript_holds_no_structural_value_either() -> None:
    book = Book()
    gate = pipeline(book, transcripts="masked")
    answer = gate.screen_reply(await passage("hi", gate), STREAM)
    streamed(answer, sse({**said("hello"), "system_fingerprint": OTHER_EMAIL}, DONE))
    await answer.close()
    (kept,) = [transcript for kind, _, transcript in book.events if kind == "closed"]
    assert kept is not None
    assert OTHER_EMAIL.encode() not in kept
    assert b"hello" in kept


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


class Telling(OpenAIChat):
    """Chunks that tell a choice's text once more, in full, under `whole`."""

    def read_frame(self, doc: object) -> Frame:
        assert isinstance(doc, dict)
        again = doc.pop("whole", None)
        frame = super().read_frame(doc)
        if again is None:
            return frame
        doc["whole"] = again
        at = Location(Area.FRAME, None, ("whole",))
        repeat = Delta(("choice", 0, "content"), at, again, Role.ASSISTANT, Kind.TEXT)
        return replace(frame, ends=(("choice", 0),), repeats=(repeat,))


@pytest.mark.parametrize("step", [1, 5, 1000])
async def test_what_is_told_again_is_what_was_given(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hushgate.replies.reply.dialect", lambda _: Telling())
    placed = await token(EMAIL)
    text = f"Dear {placed}, ask {OTHER_EMAIL}"
    body = sse(*[said(c) for c in text], {"whole": text}, {"whole": f"not {OTHER_EMAIL}"})
    out = await reply(f"write to {EMAIL}", body, range(0, len(body), step))
    given = channels(out)[0, "content"]
    assert given.startswith(f"Dear {EMAIL}, ask <EMAIL_ADDRESS_")
    again, other = [d["whole"] for d in documents(out) if "whole" in d]
    assert again == given
    assert other == "not " + given.rpartition(" ")[2]


async def test_a_call_that_is_told_only_as_a_whole_knows_its_tool(tmp_path: Path) -> None:
    gate = pipeline(rules=made_policy(tmp_path, "rules: [{id: m, then: mask, restore: {tools: [send]}}]"))
    done = await passage(f"write to {EMAIL}", gate)
    route = replace(done.exchange.route, format="openai-responses")
    answer = gate.screen_reply(replace(done, exchange=replace(done.exchange, route=route)), STREAM)
    arguments = json.dumps({"to": done.restorable[0].token})

    def item(name: str) -> dict[str, Any]:
        told = {"type": "function_call", "name": name, "arguments": arguments}
        return {"type": "response.output_item.done", "output_index": 0, "item": told}

    frames = documents(streamed(answer, sse(item("send"), item("upload"), item("send"))))
    assert [json.loads(frame["item"]["arguments"])["to"] == EMAIL for frame in frames] == [True, False, True]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("last", ["send", "upload"])
async def test_arguments_that_are_told_again_as_those_of_another_tool_are_judged_anew(
    tmp_path: Path, last: str, strict: bool
) -> None:
    policy = made_policy(tmp_path, "rules: [{id: m, then: mask, restore: {tools: [send]}}]")
    gate = pipeline(rules=policy, strict_replies=strict)
    done = await passage(f"write to {EMAIL}", gate)
    route = replace(done.exchange.route, format="openai-responses")
    answer = gate.screen_reply(replace(done, exchange=replace(done.exchange, route=route)), STREAM)
    arguments = json.dumps({"to": done.restorable[0].token})

    def item(event: str, name: str, told: str) -> dict[str, Any]:
        return {
            "type": f"response.output_item.{event}",
            "output_index": 0,
            "item": {"type": "function_call", "name": name, "arguments": told},
        }

    told = {"type": "response.function_call_arguments", "output_index": 0}
    events = [
        item("added", "send", ""),
        *({**told, "type": told["type"] + ".delta", "delta": piece} for piece in arguments),  # type: ignore[operator]
        {**told, "type": told["type"] + ".done", "arguments": arguments},  # type: ignore[operator]
        item("done", last, arguments),
        {"type": "response.completed", "response": {"output": [item("done", last, arguments)["item"]]}},
    ]
    out = await answer.whole(sse(*events)) if strict else streamed(answer, sse(*events))
    assert isinstance(out, bytes)
    *_, first, item_done, completed = documents(out)
    assert json.loads(first["arguments"])["to"] == EMAIL
    for again in (item_done["item"], completed["response"]["output"][0]):
        assert (json.loads(again["arguments"])["to"] == EMAIL) is (last == "send")


async def test_a_text_that_several_frames_tell_is_judged_once() -> None:
    gate = pipeline()
    done = await passage(f"write to {EMAIL}", gate)
    route = replace(done.exchange.route, format="openai-responses")
    answer = gate.screen_reply(replace(done, exchange=replace(done.exchange, route=route)), STREAM)
    said_again = f"Ask {OTHER_EMAIL}, or {done.restorable[0].token}."
    events = [
        {"type": name, "response": {"instructions": said_again}} for name in ("response.created", "response.queued")
    ]
    told = [frame["response"]["instructions"] for frame in documents(streamed(answer, sse(*events)))]
    assert told[0] == told[1]
    assert EMAIL in told[0] and OTHER_EMAIL not in told[0]
    assert len(answer.verdicts_given) == 1
