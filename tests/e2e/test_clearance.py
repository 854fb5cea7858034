"""What a group may be told (`max_level`), through a real gate: three people hear the same model."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.doubles.chat import Reply, ToolCall
from tests.doubles.provider import Provider
from tests.doubles.socket import Socket
from tests.e2e.gate import Gate, chat, hushgate, start, write_config
from tests.e2e.test_masking import CARD, EMAIL, URL
from tests.e2e.test_websocket import opened, said

POLICY = """
version: 1
max_level: {juniors: internal, board: regulated, "*": public}
rules:
  - {id: low, when: {level: "<=internal"}, then: allow}
  - {id: hide, when: {direction: request, level: ">=confidential"}, then: mask}
  - {id: told, when: {direction: reply, level: ">=confidential"}, then: allow}
"""
PEOPLE = {"ann": "board", "bob": "juniors", "eve": "nobody"}
BOTH = f"It was {EMAIL}, who pays with {CARD}, from 10.20.30.40."
ARGUMENTS = json.dumps({"to": EMAIL, "nested": json.dumps({"card": CARD})})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(
    standing_provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Gate, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("clearance")
    (folder / "policy.yaml").write_text(POLICY)
    options: dict[str, Any] = {"policy": "./policy.yaml", "detect": {"ner": "off"}}
    config = write_config(folder, standing_provider.port, standing_provider.ca, **options)
    tokens = {}
    for name, group in PEOPLE.items():
        places = ("--config", str(config), "--state", str(folder / "state"), "--group", group)
        tokens[name] = hushgate("users", "add", name, *places).stdout.split()[-1]
    gate = await start(folder, standing_provider.port, standing_provider.ca, **options)
    yield gate, {name: gate.proxy.replace("://", f"://{name}:{token}@") for name, token in tokens.items()}
    assert gate.stop() == 0, gate.said


async def asked(gate: Gate, proxy: str, *turns: str, **more: object) -> httpx.Response:
    messages = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(turns)]
    async with gate.client(proxy=proxy) as client:
        return await client.post(URL, json=chat("") | {"model": "gpt-x", "messages": messages, **more})


def words(told: httpx.Response) -> str:
    """What was said and what tools were called with, put together."""
    assert told.status_code == 200, told.text
    if not told.headers["content-type"].startswith("text/event-stream"):
        return told.text
    out = ""
    for line in told.text.splitlines():
        if line.startswith("data: {"):
            delta = json.loads(line[6:])["choices"][0]["delta"]
            out += (delta.get("content") or "") + (delta.get("reasoning_content") or "")
            out += "".join(call["function"].get("arguments", "") for call in delta.get("tool_calls") or ())
    return out


def reasoning() -> list[bytes]:
    pieces = [BOTH[at : at + 5] for at in range(0, len(BOTH), 5)]
    deltas = [{"choices": [{"index": 0, "delta": {"reasoning_content": piece}}]} for piece in pieces]
    return [*(b"data: " + json.dumps(delta).encode() + b"\n\n" for delta in deltas), b"data: [DONE]\n\n"]


SPOKEN = {
    "whole": (Reply(text=BOTH), {}),
    "streamed": (Reply(text=BOTH, chunk=3), {"stream": True}),
    "a whole call": (Reply(tool_calls=[ToolCall("mail", ARGUMENTS)]), {}),
    "a streamed call": (Reply(tool_calls=[ToolCall("mail", ARGUMENTS)], chunk=2), {"stream": True}),
    "thinking": (Reply(frames=reasoning()), {"stream": True}),
    "several": (Reply(text=BOTH, chunk=1, choices=2), {"stream": True, "n": 2}),
}


@pytest.mark.parametrize("way", SPOKEN)
async def test_each_hears_what_he_may(house: tuple[Gate, dict[str, str]], provider: Provider, way: str) -> None:
    gate, proxies = house
    provider.reply, more = SPOKEN[way]
    for name, hears in (("ann", True), ("bob", False), ("eve", False)):
        told = words(await asked(gate, proxies[name], "who was it?", **more))
        for value in (EMAIL, CARD):
            assert (value in told) is hears, f"{name}, {way}"
        if "call" not in way:
            assert ("10.20.30.40" in told) is (name != "eve")


async def test_what_one_sent_he_hears_again_and_nothing_else(
    house: tuple[Gate, dict[str, str]], provider: Provider
) -> None:
    gate, proxies = house
    provider.reply = Reply(text=BOTH, chunk=4)
    for more in ({}, {"stream": True}):
        told = words(await asked(gate, proxies["bob"], f"is it {EMAIL}?", **more))
        assert EMAIL in told and CARD not in told
        again = words(await asked(gate, proxies["bob"], "who was it?", told, "and the card?", **more))
        assert CARD not in again, "the stand-in that he was given tells him nothing later"


async def test_a_stand_in_that_is_said_back_stays_one(house: tuple[Gate, dict[str, str]], provider: Provider) -> None:
    gate, proxies = house
    provider.reply = Reply(text=BOTH)
    token = next(word for word in words(await asked(gate, proxies["bob"], "who?")).split() if "<CREDIT_CARD_" in word)
    provider.reply = Reply(text=f"It is {token} then.")
    for who in ("bob", "ann"):
        told = words(await asked(gate, proxies[who], f"what is {token}", "it is a card", "say it"))
        assert CARD not in told


async def test_over_a_websocket(house: tuple[Gate, dict[str, str]], provider: Provider) -> None:
    async def tell(socket: Socket) -> None:
        await socket.accept()
        async for _ in socket.messages():
            await socket.say(said(BOTH))

    gate, proxies = house
    provider.socket = tell
    for name, hears in (("ann", True), ("bob", False)):
        whose = replace(gate, proxy=proxies[name])
        async with opened(whose) as socket:
            await socket.send(said("who was it?"))
            told = str(await socket.recv())
            assert (EMAIL in told, CARD in told) == (hears, hears)
            await socket.send(said(f"is it {EMAIL}?"))
            told = str(await socket.recv())
            assert (EMAIL in told, CARD in told) == (True, hears)


async def test_it_is_on_record(house: tuple[Gate, dict[str, str]], provider: Provider) -> None:
    gate, proxies = house
    provider.reply = Reply(text=BOTH)
    told = await asked(gate, proxies["bob"], "who was it?")
    shown = await gate.closed(told.headers["x-hushgate-decision"])
    verdicts = {f["entity"]: (f["verdict"], f["reasons"]) for f in shown["findings"] if f["direction"] == "reply"}
    assert verdicts["CREDIT_CARD"] == ("mask", ["max-level", "told"])
    assert verdicts["IP_ADDRESS"] == ("keep", ["low"])
