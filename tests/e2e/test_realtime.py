"""What LLM providers speak over WebSockets, through the gate: Realtime, Responses, Live."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI
from websockets.exceptions import ConnectionClosed

from tests.doubles.provider import Provider
from tests.doubles.socket import Socket
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate
from tests.e2e.test_websocket import opened

EMAIL = "canary.person" + "@example.com"
OTHER = "kim.canary" + "@example.org"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEfakefake" * 20 + "\n-----END RSA PRIVATE " + "KEY-----"
SOUND = base64.b64encode(b"RIFF" * 100).decode()


def sdk() -> AsyncOpenAI:
    return AsyncOpenAI(api_key="sk-" + "fake-for-tests")


def through(gate: Gate) -> Any:
    return {"proxy": gate.proxy, "ssl": ssl.create_default_context(cafile=gate.ca)}


def said(text: str) -> Any:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


async def realtime(socket: Socket) -> None:
    """Answers `response.create` with the last text that was said, as text in small pieces and with all repeats."""
    await socket.accept()
    last, number = "", 0
    await socket.say({"type": "session.created", "event_id": "e0", "session": {"type": "realtime", "id": "sess_1"}})
    async for message in socket.messages():
        event = json.loads(message)
        if event["type"] == "conversation.item.create":
            last = event["item"]["content"][0]["text"]
        elif event["type"] == "input_audio_buffer.append":
            ids = {"response_id": "resp_a", "item_id": "item_a", "output_index": 0, "content_index": 0}
            await socket.say({"type": "response.output_audio.delta", "event_id": "e1", "delta": SOUND, **ids})
        elif event["type"] == "response.create":
            number += 1
            await socket.say(*answer(f"{last} and ask {OTHER}", number))


def answer(text: str, number: int) -> list[dict[str, Any]]:
    stem = "response.output_text"
    ids = {"response_id": f"resp_{number}", "item_id": f"item_{number}", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "text": text}
    item = {"id": ids["item_id"], "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    pieces = [text[at : at + 3] for at in range(0, len(text), 3)]
    return [
        *({"type": f"{stem}.delta", "event_id": f"e{n}", "delta": piece, **ids} for n, piece in enumerate(pieces)),
        {"type": f"{stem}.done", "event_id": "e", "text": text, **ids},
        {"type": "response.content_part.done", "event_id": "e", "part": {**part, "type": "text"}, **ids},
        {"type": "response.output_item.done", "event_id": "e", "item": item, **ids},
        {"type": "response.done", "event_id": "e", "response": {"id": ids["response_id"], "output": [item]}},
    ]


async def test_the_sdk_talks_realtime(gate: Gate, provider: Provider) -> None:
    provider.socket = realtime
    async with sdk().realtime.connect(model="gpt-realtime", websocket_connection_options=through(gate)) as socket:
        await socket.session.update(session={"type": "realtime", "instructions": f"You serve {EMAIL}."})
        await socket.conversation.item.create(item=said(f"I am {EMAIL}"))
        await socket.response.create()
        spoken, told = "", list[str]()
        async with asyncio.timeout(20):
            async for event in socket:
                if event.type == "response.output_text.delta":
                    spoken += event.delta
                elif event.type == "response.output_text.done":
                    told.append(event.text)
                elif event.type == "response.content_part.done":
                    told.append(event.part.text or "")
                elif event.type == "response.output_item.done":
                    told.append(event.item.content[0].text)  # type: ignore[union-attr]
                elif event.type == "response.done":
                    told.append(event.response.output[0].content[0].text)  # type: ignore[index,union-attr]
                    break
    assert spoken.startswith(f"I am {EMAIL} and ask <EMAIL_ADDRESS_")
    assert told == [spoken] * 4, "what is told again says the same"
    assert provider.journal.find(EMAIL) is None
    assert provider.journal.last.target == "/v1/realtime?model=gpt-realtime"
    await gate.settled()
    sent = [x for x in gate._exchanges() if x["model"] == "gpt-realtime"]
    assert sent, "the model is that of the socket's address"


async def test_a_refused_realtime_event_is_answered_and_the_session_goes_on(gate: Gate, provider: Provider) -> None:
    provider.socket = realtime
    async with sdk().realtime.connect(model="gpt-realtime", websocket_connection_options=through(gate)) as socket:
        await socket.conversation.item.create(item=said(PEM))
        async with asyncio.timeout(20):
            while (event := await socket.recv()).type != "error":
                assert event.type == "session.created"
        assert event.error.code == "policy_violation"
        assert "PRIVATE_KEY" in event.error.message
        await socket.conversation.item.create(item=said("hello"))
        await socket.response.create()
        async with asyncio.timeout(20):
            while (event := await socket.recv()).type != "response.done":
                pass
    assert "MIIEfakefake" not in str(provider.journal.messages)
    assert len(provider.journal.messages) == 2


async def test_sound_is_refused_with_a_way_out_and_passes_where_policy_lets_it(
    gate: Gate, start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    provider.socket = realtime
    async with sdk().realtime.connect(model="gpt-realtime", websocket_connection_options=through(gate)) as socket:
        await socket.input_audio_buffer.append(audio=SOUND)
        async with asyncio.timeout(20):
            while (event := await socket.recv()).type != "error":
                pass
    assert "audio" in event.error.message
    assert "`unread: {audio: allow}`" in event.error.message
    assert provider.journal.messages == []

    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "version: 1\nunread: {audio: allow}\nrules:\n  - {id: masks, when: {level: '>=confidential'}, then: mask}\n"
    )
    listening = await start_gate(policy=str(policy))
    async with sdk().realtime.connect(model="m", websocket_connection_options=through(listening)) as socket:
        for _ in range(20):
            await socket.input_audio_buffer.append(audio=SOUND)
        heard = 0
        async with asyncio.timeout(20):
            while heard < 20:
                heard += (await socket.recv()).type == "response.output_audio.delta"
    assert len(provider.journal.messages) == 20
    await listening.settled()
    _, first = sorted(listening._exchanges(), key=lambda x: x["at"])
    shown = listening.shown(first["id"])
    assert shown is not None
    assert [u["reason"] for u in shown["coverage"]["unread"]] == ["audio"], "twenty pieces are one sound"
    assert len(shown["reply"]["coverage"]["unread"]) == 1
    assert listening.stop() == 0


async def responses(socket: Socket) -> None:
    """Responses over a WebSocket, as Codex asks for them."""
    await socket.accept()
    async for message in socket.messages():
        asked = json.loads(message)
        text = asked["input"][0]["content"][0]["text"]
        await socket.say(*answered(text, len(socket.journal.messages)))


def answered(text: str, number: int) -> list[dict[str, Any]]:
    ids = {"item_id": f"msg_{number}", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": ids["item_id"], "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    response = {"id": f"resp_{number}", "object": "response", "created_at": 1, "status": "completed", "model": "m",
                "output": [item], "tools": [], "tool_choice": "auto", "parallel_tool_calls": True}  # fmt: skip
    stem = "response.output_text"
    pieces = [text[at : at + 2] for at in range(0, len(text), 2)]
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
        *({"type": f"{stem}.delta", "delta": piece, "logprobs": [], **ids} for piece in pieces),
        {"type": f"{stem}.done", "text": text, "logprobs": [], **ids},
        {"type": "response.content_part.done", "part": part, **ids},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": response},
    ]
    return [{**event, "sequence_number": n} for n, event in enumerate(events)]


async def test_the_sdk_talks_responses(gate: Gate, provider: Provider) -> None:
    provider.socket = responses
    async with sdk().responses.connect(websocket_connection_options=through(gate)) as socket:
        for number, text in enumerate((f"I am {EMAIL}", PEM, f"and still {EMAIL}")):
            await socket.response.create(model="m", input=[said(text)])
            spoken, last = "", None
            async with asyncio.timeout(20):
                while last is None:
                    event = await socket.recv()
                    if event.type == "response.output_text.delta":
                        spoken += event.delta
                    elif event.type in ("response.completed", "response.failed"):
                        last = event
            if number == 1:
                assert last.type == "response.failed"
                assert last.response.error is not None
                assert last.response.error.code == "invalid_prompt"
                assert "PRIVATE_KEY" in last.response.error.message
            else:
                assert spoken == text
                assert last.response.output_text == text
    assert provider.journal.find(EMAIL) is None
    assert len(provider.journal.messages) == 2


async def test_a_reply_that_policy_stops_ends_the_socket(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "version: 1\nrules:\n  - {id: no-mail, when: {direction: reply, entity: EMAIL_ADDRESS}, then: block}\n"
    )
    gate = await start_gate(policy=str(policy))

    async def tell(socket: Socket) -> None:
        await socket.accept()
        async for _ in socket.messages():
            await socket.say(*answered(f"ask {OTHER} now", 1))

    provider.socket = tell
    got = []
    async with sdk().responses.connect(websocket_connection_options=through(gate)) as socket:
        await socket.response.create(model="m", input=[said("who?")])
        with pytest.raises(ConnectionClosed):
            while True:
                got.append(await socket.recv_bytes())
    assert not any(OTHER.encode() in message for message in got)
    assert json.loads(got[-1])["type"] == "response.failed"
    assert "no-mail" in json.loads(got[-1])["response"]["error"]["message"]
    assert gate.stop() == 0


LIVE = "generativelanguage.googleapis.com"
BIDI = f"wss://{LIVE}/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=fake"


async def live(socket: Socket) -> None:
    """Google's Live API: JSON in binary messages, as Google sends it."""
    await socket.accept()
    async for message in socket.messages():
        said = json.loads(message)
        if "setup" in said:
            await socket.say(b'{"setupComplete": {}}')
            continue
        text = said["clientContent"]["turns"][0]["parts"][0]["text"] + f" and ask {OTHER}"
        for at in range(0, len(text), 4):
            turn = {"modelTurn": {"parts": [{"text": text[at : at + 4]}]}}
            await socket.say(json.dumps({"serverContent": turn}).encode())
        await socket.say(b'{"serverContent": {"turnComplete": true}}')


async def test_gemini_live(start_gate: Start, provider: Provider) -> None:
    async with Provider(hosts=(LIVE,), http2=False, authority=provider.authority) as google:
        google.socket = live
        gate = await start_gate(egress={"resolve": {LIVE: f"127.0.0.1:{google.port}"}})
        async with opened(gate, BIDI) as socket:
            setup = {"model": "models/m", "systemInstruction": {"parts": [{"text": f"You serve {EMAIL}"}]}}
            await socket.send(json.dumps({"setup": setup}))
            assert json.loads(await socket.recv()) == {"setupComplete": {}}
            turns = [{"role": "user", "parts": [{"text": f"I am {EMAIL}"}]}]
            await socket.send(json.dumps({"clientContent": {"turns": turns, "turnComplete": True}}))
            spoken = ""
            while "turnComplete" not in (content := json.loads(await socket.recv())["serverContent"]):
                spoken += "".join(part["text"] for part in content["modelTurn"]["parts"])
            assert spoken.startswith(f"I am {EMAIL} and ask <EMAIL_ADDRESS_")
            await socket.send(json.dumps({"clientContent": {"turns": [{"parts": [{"text": PEM}]}]}}))
            with pytest.raises(ConnectionClosed):
                await socket.recv()
        assert socket.close_code == 1008
        assert "policy_violation" in (socket.close_reason or "")
        assert google.journal.find(EMAIL) is None
        assert len(google.journal.messages) == 2
        await gate.settled()
        assert {x["model"] for x in gate._exchanges()} == {None, "models/m"}
        assert gate.stop() == 0
