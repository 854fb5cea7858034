"""`hushgate run -- CMD`: real clients, with nothing but the environment that it sets."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, chat, hushgate

URL = "https://api.openai.com/v1/chat/completions"
EMAIL = "erika.mustermann" + "@example.com"
CARD = "4111 1111 " + "1111 1111"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEfakefake" * 20 + "\n-----END RSA PRIVATE " + "KEY-----"
TEXT = f"write to {EMAIL}, charge {CARD}"
CURL = ("curl", "--silent", "--show-error", "--max-time", "30", URL, "--json")

curl = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")


async def run(gate: Gate, *command: str, own: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A command behind the gate that runs, or behind one of its `own` with that state."""
    places = ("--config", str(gate.config), "--state", str(own or gate.state))
    return await asyncio.to_thread(hushgate, "run", *places, "--", *command)


def frames(stream: str) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: {")]


@curl
@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
async def test_curl_gets_its_values_back(gate: Gate, provider: Provider, version: str) -> None:
    done = await run(gate, *CURL, json.dumps(chat(TEXT)), version)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["choices"][0]["message"]["content"] == TEXT
    done = await run(gate, *CURL, json.dumps(chat(TEXT, stream=True)), version, "--no-buffer", "--compressed")
    assert done.returncode == 0, done.stderr
    assert "".join(c["delta"].get("content") or "" for f in frames(done.stdout) for c in f["choices"]) == TEXT
    assert provider.journal.count == 2
    for value in (EMAIL, CARD):
        assert provider.journal.find(value) is None


@curl
async def test_exit_codes_are_the_commands_own(gate: Gate, provider: Provider, tmp_path: Path) -> None:
    blocked = await run(gate, *CURL, json.dumps(chat(PEM)), "--fail-with-body")
    assert blocked.returncode == 22
    assert json.loads(blocked.stdout)["error"]["code"] == "policy_violation"
    assert provider.journal.count == 0
    own = await run(gate, "sh", "-c", f"curl -sS '{URL}' --json '{json.dumps(chat(TEXT))}'; exit 7", own=tmp_path)
    assert own.returncode == 7, own.stderr
    assert json.loads(own.stdout)["choices"][0]["message"]["content"] == TEXT
    assert "1 exchange, 2 values masked, 0 requests stopped" in own.stderr
    assert provider.journal.count == 1
    assert provider.journal.find(EMAIL) is None
    assert not (tmp_path / "ready.json").exists(), "its own gate has ended"


SDK = """
import json, sys
from openai import OpenAI
text, tools = sys.argv[1], [{"type": "function", "function": {"name": "send", "parameters": {"type": "object"}}}]
client, turn, out = OpenAI(api_key="none", max_retries=0), {"role": "user", "content": text}, {}
ask = client.chat.completions.create
out["whole"] = ask(model="double:echo", messages=[turn]).choices[0].message.content
choices = ask(model="double:echo", messages=[turn], n=3, extra_headers={"x-double-choices": "3"}).choices
out["choices"] = [c.message.content for c in choices]
called = ask(model="double:tool:send", messages=[turn], tools=tools).choices[0].message
out["arguments"] = called.tool_calls[0].function.arguments
result = {"role": "tool", "tool_call_id": called.tool_calls[0].id, "content": "sent " + text}
told = ask(model="double:tool:send", messages=[turn, called.model_dump(exclude_none=True), result], tools=tools)
out["told"] = told.choices[0].message.content
texts, arguments, usage = ["", "", ""], ["", "", ""], None
few = {"x-double-choices": "3", "x-double-chunk": "3"}
options = {"include_usage": True}
for e in ask(model="double:echo", messages=[turn], stream=True, n=3, stream_options=options, extra_headers=few):
    usage = e.usage or usage
    for c in e.choices:
        texts[c.index] += c.delta.content or ""
for e in ask(model="double:tool:send", messages=[turn], tools=tools, stream=True, n=3, extra_headers=few):
    for c in e.choices:
        for call in c.delta.tool_calls or ():
            arguments[c.index] += call.function.arguments or ""
with ask(model="double:echo", messages=[turn], stream=True) as left_early:
    next(iter(left_early))
out |= {"texts": texts, "streamed": arguments, "usage": usage is not None}
json.dump(out, sys.stdout)
"""


async def test_the_openai_sdk_with_tools_choices_and_streams(gate: Gate, provider: Provider) -> None:
    text = f'say "hi" to {EMAIL}\n\tand pay with {CARD} \U0001f600'
    done = await run(gate, sys.executable, "-c", SDK, text)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["whole"] == text
    assert said["choices"] == [text] * 3
    assert json.loads(said["arguments"]) == {"text": text}
    assert said["told"] == f"The tool said: sent {text}"
    assert said["texts"] == [text] * 3
    assert [json.loads(each) for each in said["streamed"]] == [{"text": text}] * 3
    assert said["usage"] is True
    assert provider.journal.count == 7
    for value in (EMAIL, CARD):
        assert provider.journal.find(value) is None
