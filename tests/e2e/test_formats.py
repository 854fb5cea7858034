"""Formats and framings of other providers than OpenAI through a gate, one of them a model over plain HTTP."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from hushgate.values import PLACEHOLDER_PATTERN
from tests.doubles.chat import Reply
from tests.doubles.journal import Received
from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, start

GEMINI, COHERE = "generativelanguage.googleapis.com", "api.cohere.com"
EMAIL = "erika.mustermann" + "@example.com"
OTHER = "jonas.becker" + "@example.org"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEfakefake" * 20 + "\n-----END RSA PRIVATE " + "KEY-----"
PAUSE = 0.15
OWN = """version: 1
endpoints:
  - id: own-ollama
    hosts: [127.0.0.1]
    self_hosted: true
    scheme: http
    routes: [{path: /api/chat, format: ollama}]
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cloud() -> AsyncIterator[Provider]:
    async with Provider(hosts=(GEMINI, COHERE)) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own() -> AsyncIterator[Provider]:
    async with Provider(tls=False, http2=False) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gate(cloud: Provider, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gate]:
    folder = tmp_path_factory.mktemp("formats")
    (folder / "own.yaml").write_text(OWN)
    here = f"127.0.0.1:{cloud.port}"
    running = await start(
        folder, cloud.port, cloud.ca, endpoints=["builtin", "./own.yaml"],
        egress={"resolve": {GEMINI: here, COHERE: here}},
    )  # fmt: skip
    yield running
    assert running.stop() == 0, running.said


def _gemini(text: str) -> Any:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}]}


def _told(text: str) -> dict[str, Any]:
    return {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}]}


def _line(text: str) -> dict[str, Any]:
    return {"model": "llama", "message": {"role": "assistant", "content": text}, "done": False}


def _event(text: str) -> dict[str, Any]:
    return {"is_finished": False, "event_type": "text-generation", "text": text}


def _json(document: Any) -> bytes:
    return json.dumps(document).encode()


def _array(pieces: list[str]) -> list[bytes]:
    first, *others = [_json(_told(piece)) for piece in pieces]
    return [b"[" + first, *(b",\r\n" + one for one in others), b"\n]\n"]


def _of_array(body: bytes) -> list[str]:
    return [one["candidates"][0]["content"]["parts"][0]["text"] for one in json.loads(body)]


def _lines(pieces: list[str]) -> list[bytes]:
    return [_json(_line(piece)) + b"\n" for piece in pieces] + [_json({**_line(""), "done": True}) + b"\n"]


def _of_lines(body: bytes) -> list[str]:
    return [json.loads(line)["message"]["content"] for line in body.splitlines()]


def _events(pieces: list[str]) -> list[bytes]:
    end = {"is_finished": True, "event_type": "stream-end", "response": {"text": "".join(pieces)}}
    return [_json(_event(piece)) + b"\n" for piece in pieces] + [_json(end) + b"\n"]


def _of_events(body: bytes) -> list[str]:
    *told, end = [json.loads(line) for line in body.splitlines()]
    assert end["response"]["text"] == "".join(one["text"] for one in told)
    return [one["text"] for one in told]


def _chat(text: str) -> Any:
    return {"model": "llama", "messages": [{"role": "user", "content": text}]}


def _message(text: str) -> Any:
    return {"message": text, "stream": True}


ARRAY = f"https://{GEMINI}/v1beta/models/m:streamGenerateContent"
STREAMS = {
    "array": (ARRAY, _gemini, "application/json", _array, _of_array),
    "ollama": ("http://127.0.0.1:{port}/api/chat", _chat, "application/x-ndjson", _lines, _of_lines),
    "cohere": (f"https://{COHERE}/v1/chat", _message, "application/stream+json", _events, _of_events),
}
"""Where, what is asked, and how the reply comes."""


@pytest.mark.parametrize("name", STREAMS)
async def test_a_stream_is_masked_restored_and_comes_as_it_is_told(
    gate: Gate, cloud: Provider, own: Provider, name: str
) -> None:
    url, asked, media_type, packed, opened = STREAMS[name]
    provider = own if name == "ollama" else cloud
    provider.journal.clear()

    def script(request: Received) -> Reply:
        found = re.search(PLACEHOLDER_PATTERN, request.body.decode())
        assert found is not None
        token = found[0]
        pieces = ["Dear reader. " * 40, "ask ", token[:9], token[9:], f" or {OTHER}."]
        return Reply(frames=packed(pieces), headers={"content-type": media_type}, delay=PAUSE)

    provider.script = script
    came: list[tuple[float, bytes]] = []
    async with (
        gate.client() as client,
        client.stream("POST", url.format(port=own.port), json=asked(f"write to {EMAIL}")) as reply,
    ):
        assert reply.status_code == 200
        async for piece in reply.aiter_raw():
            came.append((time.monotonic(), piece))
    body = b"".join(piece for _, piece in came)
    text = "".join(opened(body))
    assert text.startswith("Dear reader. ")
    assert f"ask {EMAIL} or <EMAIL_ADDRESS_" in text
    assert OTHER not in text
    assert provider.journal.find(EMAIL) is None
    assert came[-1][0] - came[0][0] > 2 * PAUSE, "the first piece waited for the last"


@pytest.mark.parametrize("name", STREAMS)
async def test_a_refusal_is_told_in_the_providers_shape(gate: Gate, cloud: Provider, own: Provider, name: str) -> None:
    url, asked, *_ = STREAMS[name]
    provider = own if name == "ollama" else cloud
    provider.journal.clear()
    async with gate.client() as client:
        reply = await client.post(url.format(port=own.port), json=asked(f"what is wrong with {PEM}"))
    assert (reply.status_code, provider.journal.count) == (400, 0)
    said = reply.json()
    message = said["error"]["message"] if name == "array" else said["error"] if name == "ollama" else said["message"]
    assert "private-keys-stay-home" in message
    assert "hint:" in message
