"""Values go out as placeholders and come back as themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.doubles import canary
from tests.doubles.chat import Reply
from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat

EMAIL = "erika.mustermann" + "@example.com"
CARD = "4111 1111 " + "1111 1111"
TOKEN = "ghp_" + "a1B2c3D4e5" * 3 + "F6g7H8"
PROMPT = f"Write to {EMAIL}, charge card {CARD} and use token {TOKEN}, please."
URL = "https://api.openai.com/v1/chat/completions"


async def test_the_openai_sdk_gets_its_values_back(gate: Gate, provider: Provider) -> None:
    async with gate.openai() as client:
        done = await client.chat.completions.create(
            model="double:echo", messages=[{"role": "user", "content": PROMPT}], user=EMAIL
        )
    for value in (EMAIL, CARD, TOKEN):
        assert provider.journal.find(value) is None
        assert value in done.choices[0].message.content
    assert "<EMAIL_ADDRESS_" in provider.journal.last.body.decode()


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 50])
async def test_a_stream_gets_its_values_back(gate: Gate, provider: Provider, chunk: int) -> None:
    async with gate.openai(default_headers={"x-double-chunk": str(chunk)}) as client:
        stream = await client.chat.completions.create(
            model="double:echo", messages=[{"role": "user", "content": PROMPT}], stream=True
        )
        text = "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])
    for value in (EMAIL, CARD, TOKEN):
        assert provider.journal.find(value) is None
        assert value in text
    assert "<EMAIL_ADDRESS_" not in text


async def test_values_come_back_in_the_tools_that_policy_names(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\nrules:\n  - {id: m, then: mask, restore: {tools: [send_mail]}}\n")
    gate = await start_gate(policy=str(policy))
    async with gate.openai(default_headers={"x-double-chunk": "3"}) as client:
        for name, expected in (("send_mail", EMAIL), ("upload", "<EMAIL_ADDRESS_")):
            asked: dict[str, Any] = {"model": f"double:tool:{name}", "messages": [{"role": "user", "content": EMAIL}]}
            whole = await client.chat.completions.create(**asked)
            arguments = whole.choices[0].message.tool_calls[0].function.arguments
            assert json.loads(arguments)["text"].startswith(expected)
            stream = await client.chat.completions.create(**asked, stream=True)
            calls = [c.choices[0].delta.tool_calls or [] async for c in stream if c.choices]
            arguments = "".join(call.function.arguments for some in calls for call in some)
            assert json.loads(arguments)["text"].startswith(expected)
        said = await client.chat.completions.create(
            model="double:echo", messages=[{"role": "user", "content": f"I am {EMAIL}"}]
        )
        assert EMAIL in said.choices[0].message.content
    assert provider.journal.find(EMAIL) is None


async def test_a_private_key_is_blocked_and_the_reason_is_told(gate: Gate, provider: Provider) -> None:
    import openai

    key = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEfakefake" * 20 + "\n-----END RSA PRIVATE " + "KEY-----"
    async with gate.openai() as client:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.chat.completions.create(model="double:echo", messages=[{"role": "user", "content": key}])
    assert refused.value.code == "policy_violation"
    assert "hint:" in str(refused.value)
    assert "fakefake" not in str(refused.value)
    assert refused.value.response.headers["x-hushgate-decision"]
    assert refused.value.response.headers["x-should-retry"] == "false"
    assert provider.journal.count == 0


async def test_a_value_has_one_placeholder_across_turns_and_restarts(start_gate: Start, provider: Provider) -> None:
    state = None
    for turns in (2, 1):
        gate = await start_gate(state=state)
        state = gate.state
        async with gate.client() as client:
            for _ in range(turns):
                answer = await client.post(URL, json=chat(f"I am at {EMAIL}"))
                assert answer.json()["choices"][0]["message"]["content"].count(EMAIL) == 1
        assert gate.stop() == 0
    assert len({json.loads(r.body)["messages"][0]["content"] for r in provider.journal.requests}) == 1
    assert provider.journal.count == 3


async def test_a_reply_does_not_tell_what_the_client_did_not_send(gate: Gate, provider: Provider) -> None:
    other = "someone.else" + "@example.org"
    provider.reply = Reply(text=f"ask {other} now", chunk=3)
    async with gate.client() as client:
        for stream in (False, True):
            answer = await client.post(URL, json=chat("hello", model="gpt-4o", stream=stream))
            assert answer.status_code == 200
            assert canary.find(answer.content, other) is None
            assert "someone.else" not in answer.text


async def test_the_head_of_a_reply_tells_nothing_either(gate: Gate, provider: Provider) -> None:
    other = "someone.else" + "@example.org"
    leaks = {"location": f"/who?is={other}", "set-cookie": f"who={other}", "x-account": other, "x-plain": "stays"}
    provider.reply = Reply(text="hello", headers=leaks)
    async with gate.client() as client:
        for stream in (False, True):
            answer = await client.post(URL, json=chat("hello", model="gpt-4o", stream=stream))
            assert answer.status_code == 200
            assert "someone.else" not in str(answer.headers)
            assert "location" not in answer.headers
            assert "set-cookie" not in answer.headers
            assert answer.headers["x-account"].startswith("<EMAIL_ADDRESS_")
            assert answer.headers["x-plain"] == "stays"
            shown = gate.json("show", answer.headers["x-hushgate-decision"])
            assert {f["where"].rpartition("/")[2] for f in shown["findings"]} == {"location", "set-cookie", "x-account"}


async def test_a_value_where_nothing_can_be_masked_is_blocked(gate: Gate, provider: Provider) -> None:
    async with gate.client() as client:
        for body in (chat("hi", model=f"gpt-4o {EMAIL}"), {**chat("hi"), "prompt_cache_key": TOKEN}):
            answer = await client.post(URL, json=body)
            assert answer.status_code == 400
            assert answer.json()["error"]["code"] == "policy_violation"
            assert EMAIL not in answer.text
    assert provider.journal.count == 0


async def test_a_value_in_a_header_is_masked_or_blocked(gate: Gate, provider: Provider) -> None:
    async with gate.client() as client:
        for name in ("user-agent", "x-title", "x-hushgate-note"):
            answer = await client.post(URL, json=chat("hi"), headers={name: f"tool/1.0 ({EMAIL})"})
            assert answer.status_code == 200
            assert "<EMAIL_ADDRESS_" in (provider.journal.last.header(name) or "")
        for name in ("x-stainless-note", "idempotency-key", "accept-language", "origin"):
            answer = await client.post(URL, json=chat("hi"), headers={name: EMAIL})
            assert answer.json()["error"]["code"] == "policy_violation"
    assert provider.journal.count == 3
    assert provider.journal.find(EMAIL) is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"model":"x","messages":[],"messages":[]}', "duplicate"),
        (b'\xef\xbb\xbf{"model":"x","messages":[]}', "byte order mark"),
        ('{"model":"x","messages":[]}'.encode("utf-16"), "UTF"),
        (b'{"model":"x","messages":[],"n":NaN}', "NaN"),
        (b'{"model":"x","messages":[]} {}', "trailing"),
        (b'{"model":"x","messages":[]', "JSON"),
        (b"[" * 100_000, "deep"),
        (b'{"model":"\xff\xfe"}', "UTF-8"),
    ],
)
async def test_a_body_without_one_reading_is_refused(gate: Gate, provider: Provider, body: bytes, why: str) -> None:
    async with gate.client() as client:
        answer = await client.post(URL, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "malformed_request"
    assert provider.journal.count == 0


async def test_the_journey_is_on_record(gate: Gate) -> None:
    async with gate.client() as client:
        answer = await client.post(URL, json=chat(PROMPT))
    decision = answer.headers["x-hushgate-decision"]
    shown = gate.json("show", decision)
    assert shown["gate"] == "allow"
    assert {f["entity"] for f in shown["findings"]} >= {"EMAIL_ADDRESS", "CREDIT_CARD"}
    journeys = gate.json("where", "-", stdin=EMAIL)
    assert [j["exchange"] for j in journeys if j["direction"] == "request"][-1] == decision
    assert gate.json("sessions")
    assert gate.run("verify").returncode == 0


async def test_a_name_in_clear_context_is_masked_too(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate(detect={"ner": "builtin"})
    name = "Erika " + "Mustermann"
    async with gate.client(timeout=60) as client:  # At once: the first request waits for the workers.
        answer = await client.post(URL, json=chat(f"Hello, my name is {name} and I need help."))
    assert answer.status_code == 200
    assert provider.journal.find(name) is None
    assert name in answer.json()["choices"][0]["message"]["content"]
