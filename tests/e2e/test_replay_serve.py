"""A recorded session in the provider's place: the same answers, another machine, no network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.doubles.chat import Reply
from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat

EMAIL = "erika.mustermann" + "@example.com"
CARD = "4111 1111 " + "1111 1111"
OTHER = "someone.else" + "@example.org"
PROMPT = f"Write to {EMAIL}, charge card {CARD}."
TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}
URL = "https://api.openai.com/v1/chat/completions"


async def conversation(gate: Gate) -> list[Any]:
    """A whole reply, a stream, a tool call with its result, a streamed tool call, and one question asked twice."""
    said: list[Any] = []
    async with gate.openai(default_headers={"x-double-chunk": "3"}) as client:

        async def ask(text: str, model: str = "double:echo", **more: Any) -> Any:
            turn = {"role": "user", "content": text}
            return await client.chat.completions.create(model=model, messages=[turn, *more.pop("then", ())], **more)

        said.append((await ask(PROMPT)).choices[0].message.content)
        said.append("".join([c.choices[0].delta.content or "" async for c in await ask(PROMPT, stream=True)]))
        called = (await ask(f"find {EMAIL}", "double:tool:look_up", tools=[TOOL])).choices[0].message
        said.append(called.tool_calls[0].function.arguments)
        result = {"role": "tool", "tool_call_id": called.tool_calls[0].id, "content": f"found, pays with {CARD}"}
        turns = [called.model_dump(exclude_none=True), result]
        told = await ask(f"find {EMAIL}", "double:tool:look_up", tools=[TOOL], then=turns)
        said.append(told.choices[0].message.content)
        pieces = [
            call.function.arguments or ""
            async for c in await ask(f"find {CARD}", "double:tool:look_up", tools=[TOOL], stream=True)
            for call in c.choices[0].delta.tool_calls or ()
        ]
        said.append("".join(pieces))
        said += [(await ask(f"who is {EMAIL}?", "gpt-4o")).choices[0].message.content for _ in range(2)]
    return said


async def test_a_session_is_played_on_another_machine(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    provider.script = lambda asked: Reply(text=f"{asked.number}: ask {OTHER}") if b"who is" in asked.body else None
    first = await start_gate(transcripts="masked")
    answers = await conversation(first)
    assert EMAIL in answers[0]
    assert CARD in answers[1]
    assert EMAIL in answers[2]
    assert CARD in answers[3]
    assert CARD in answers[4]
    first.stop()
    recorded = tmp_path / "folder"
    recorded.mkdir()
    sessions = {s["id"] for s in first.json("sessions")}
    files = []
    for n, session in enumerate(sorted(sessions)):
        files.append(recorded / f"{n}.mitm")
        assert first.run("replay", session, "--out", str(files[-1])).returncode == 0
    whole = tmp_path / "all.mitm"
    whole.write_bytes(b"".join(f.read_bytes() for f in files))
    assert EMAIL.encode() not in whole.read_bytes()

    before, connections = provider.journal.count, provider.journal.connections
    second = await start_gate(verb=("replay", str(whole), "--serve", "--listen", "127.0.0.1:0"))
    again = await conversation(second)
    assert again[:5] == answers[:5]
    assert again[5] != again[6], "asked twice, answered in order"
    for text, said in zip(again[5:], answers[5:], strict=True):
        assert text.partition("<")[0] == said.partition("<")[0]
        assert ": ask <EMAIL_ADDRESS_" in text

    async with second.openai() as client:
        with pytest.raises(openai.ConflictError) as unknown:
            await client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": f"new {EMAIL}"}])
    assert unknown.value.code == "not_recorded"
    assert "hint:" in str(unknown.value)
    shown = second.json("show", unknown.value.response.headers["x-hushgate-decision"])
    assert shown["outcome"] == "not_recorded"
    assert shown["session"] == "replay"

    async with second.client() as client:
        assert (await client.post(URL, json=chat("never asked", stream=True))).status_code == 409
        with pytest.raises(Exception, match="403"):
            await client.get("https://example.com/")
    done = subprocess.run(
        [sys.executable, "-m", "hushgate", "run", "--proxy", second.proxy, "--quiet",
         "--config", str(second.config), "--state", str(second.state), "--",
         sys.executable, "-c", ASK, PROMPT],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == answers[0]
    assert provider.journal.count == before
    assert provider.journal.connections == connections
    assert second.stop() == 0
    assert not (second.state / "ready.json").exists()


ASK = """
import sys, openai
turn = {"role": "user", "content": sys.argv[1]}
client = openai.OpenAI(api_key="sk-" + "fake-for-tests", max_retries=0)
print(client.chat.completions.create(model="double:echo", messages=[turn]).choices[0].message.content)
"""


async def test_what_cannot_be_played_is_not_served(start_gate: Start, tmp_path: Path) -> None:
    gate = await start_gate()
    async with gate.client() as client:
        assert (await client.post(URL, json=chat(PROMPT))).status_code == 200
    gate.stop()
    [session] = [s["id"] for s in gate.json("sessions")]
    done = gate.run("replay", session, "--serve")
    assert done.returncode == 3
    assert "transcripts: masked" in done.stderr
    assert gate.run("replay", session, "--listen", "127.0.0.1:0").returncode == 2
