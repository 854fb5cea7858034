"""Compressed bodies are read like plain ones; what cannot be undone with certainty does not pass."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import zlib
from typing import Any

import pytest

from tests.doubles import canary
from tests.doubles.chat import Reply, last_user_text
from tests.doubles.journal import Received
from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, chat

URL = "https://api.openai.com/v1/chat/completions"
EMAIL = "erika.mustermann" + "@example.com"
OTHER = "someone.else" + "@example.org"
TEXT = f"one two three, write to {EMAIL}, four five six seven eight nine ten"
CODINGS = ("gzip", "deflate", "br", "zstd")


def said(lines: list[str]) -> str:
    """The text of a stream's frames."""
    frames = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    return "".join(c["delta"].get("content") or "" for frame in frames for c in frame.get("choices", ()))


@pytest.mark.parametrize("http2", [False, True])
@pytest.mark.parametrize("coding", CODINGS)
async def test_a_compressed_stream_comes_token_by_token(
    gate: Gate, provider: Provider, coding: str, http2: bool
) -> None:
    provider.reply = Reply(encoding=coding, delay=0.03, chunk=5)
    lines: list[str] = []
    came: list[float] = []
    async with gate.client(http2=http2) as client, client.stream("POST", URL, json=chat(TEXT, stream=True)) as answer:
        assert answer.headers.get("content-encoding") is None
        async for line in answer.aiter_lines():
            lines.append(line)
            if '"content":"' in line:
                came.append(time.monotonic())
    assert said(lines) == TEXT
    assert provider.journal.find(EMAIL) is None
    assert came[-1] - came[0] > 0.2, "the first one came before the last was sent"


@pytest.mark.parametrize("write", [None, 1])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("coding", CODINGS)
async def test_values_come_back_and_others_do_not(
    gate: Gate, provider: Provider, coding: str, stream: bool, write: int | None
) -> None:
    def script(request: Received) -> Reply:
        return Reply(text=f"{last_user_text(request.json)} and {OTHER}", encoding=coding, write=write)

    provider.script = script
    async with gate.client() as client:
        answer = await client.post(URL, json=chat(TEXT, model="gpt-4o", stream=stream))
    assert answer.status_code == 200
    text = said(answer.text.splitlines()) if stream else answer.json()["choices"][0]["message"]["content"]
    assert text.startswith(TEXT)
    assert OTHER not in text
    assert provider.journal.find(EMAIL) is None


def coded(body: bytes, header: str) -> Reply:
    return Reply(body=body, headers={"content-encoding": header})


def broken(reply: Reply) -> dict[str, tuple[Reply, bool]]:
    """Replies by what is wrong with them, and whether they may pass all the same."""
    plain = reply.body or b""
    packed = gzip.compress(plain)
    return {
        "gzip twice": (coded(gzip.compress(packed), "gzip, gzip"), True),
        "br in gzip": (coded(gzip.compress(canary.packed(plain, "br")), "br, gzip"), True),
        "identity": (coded(plain, "identity"), True),
        "unknown": (coded(plain, "compress"), False),
        "made up": (coded(plain, "x-mine"), False),
        "three times": (coded(gzip.compress(gzip.compress(packed)), "gzip, gzip, gzip"), False),
        "not what it says": (coded(plain, "gzip"), False),
        "other than it says": (coded(zlib.compress(plain), "br"), False),
        "cut short": (coded(packed[:-9], "gzip"), False),
        "followed by more": (coded(packed + plain, "gzip"), False),
        "two members": (coded(packed + gzip.compress(plain), "gzip"), False),
        "a bad checksum": (coded(packed[:-8] + b"\0" * 8, "gzip"), False),
    }


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("what", list(broken(Reply(body=b""))))
async def test_a_reply_that_cannot_be_undone_is_stopped(
    gate: Gate, provider: Provider, what: str, stream: bool
) -> None:
    chunk: dict[str, Any] = {"index": 0, "delta": {"content": f"ask {OTHER} now"}, "finish_reason": "stop"}
    frame = f"data: {json.dumps({'id': '1', 'object': 'chat.completion.chunk', 'choices': [chunk]})}\n\n"
    body = (frame + "data: [DONE]\n\n").encode() if stream else f"ask {OTHER} now".encode()
    reply, passes = broken(Reply(body=body))[what]
    kind = "text/event-stream" if stream else "text/plain"
    provider.reply = Reply(body=reply.body, headers={**reply.headers, "content-type": kind})
    async with gate.client() as client:
        answer = await client.post(URL, json=chat("hello", model="gpt-4o", stream=stream))
    assert canary.find(answer.content, OTHER) is None
    assert answer.headers.get("content-encoding") is None
    shown = await gate.closed(answer.headers["x-hushgate-decision"])
    if passes:
        assert "now" in answer.text
        assert shown["outcome"] == "answered"
        return
    assert shown["outcome"] == "cut"
    assert "unreadable_reply" in answer.text
    assert "hint:" in answer.text
    unknown = what in {"unknown", "made up", "three times"}
    assert answer.status_code == (503 if unknown or not stream else 200)


@pytest.mark.parametrize("coding", CODINGS)
async def test_a_compressed_request_leaves_as_it_was_read(gate: Gate, provider: Provider, coding: str) -> None:
    async with gate.client() as client:
        for text in (TEXT, "nothing to mask"):
            body = canary.packed(json.dumps(chat(text)).encode(), coding)
            headers = {"content-encoding": coding, "content-type": "application/json"}
            answer = await client.post(URL, content=body, headers=headers)
            assert answer.status_code == 200, answer.text
            assert answer.json()["choices"][0]["message"]["content"] == text
            assert provider.journal.last.header("content-encoding") is None
    assert provider.journal.find(EMAIL) is None
    assert provider.journal.last.json["messages"][0]["content"] == "nothing to mask"


@pytest.mark.parametrize("what", list(broken(Reply(body=b""))))
async def test_a_request_that_cannot_be_undone_is_refused(gate: Gate, provider: Provider, what: str) -> None:
    reply, passes = broken(Reply(body=json.dumps(chat(TEXT)).encode()))[what]
    headers = {**reply.headers, "content-type": "application/json"}
    async with gate.client() as client:
        answer = await client.post(URL, content=reply.body, headers=headers)
    if passes:
        assert answer.json()["choices"][0]["message"]["content"] == TEXT
        assert provider.journal.find(EMAIL) is None
        return
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "malformed_request"
    assert provider.journal.count == 0


@pytest.mark.parametrize("coding", CODINGS)
async def test_bombs_hold_nobody_up(gate: Gate, provider: Provider, coding: str) -> None:
    bomb = canary.packed(b'{"model": "' + b"a" * (66 << 20) + b'"}', coding)
    assert len(bomb) < 1 << 20
    headers = {"content-encoding": coding, "content-type": "application/json"}
    provider.script = lambda asked: Reply(body=bomb, headers=headers) if asked.path == "/v1/bomb" else None
    waits: list[float] = []
    async with gate.client() as client, gate.client() as other:
        await other.post(URL, json=chat("first"))
        bombs = [asyncio.create_task(client.post(URL, content=bomb, headers=headers)) for _ in range(2)]
        bombs.append(asyncio.create_task(client.get("https://api.openai.com/v1/bomb")))
        while not all(one.done() for one in bombs):
            started = time.monotonic()
            assert (await other.post(URL, json=chat("meanwhile"))).status_code == 200
            waits.append(time.monotonic() - started)
    assert [one.result().status_code for one in bombs] == [400, 400, 503]
    assert len(waits) > 1, "served in between"
    assert max(waits) < 2.0, waits  # a machine under load may take that long for anything
