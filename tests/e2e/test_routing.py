"""A request that policy sends to a model of one's own, through a real gate: what each of two providers gets."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, chat, start
from tests.e2e.test_masking import CARD, EMAIL, URL

HOME = "llama.acme.example"
ENDPOINTS = f"""
version: 1
endpoints:
  - {{id: own-llama, hosts: [{HOME}], self_hosted: true, scheme: http, token: "env:OWN_TOKEN", openai: [/v1]}}
"""
POLICY = """
version: 1
rules:
  - {id: stay-home, when: {entity: CREDIT_CARD, self_hosted: false}, then: {route: own-llama, model: "double:echo"}}
  - {id: hide, when: {level: ">=confidential", self_hosted: false}, then: mask}
  - {id: home, when: {self_hosted: true, level: ">=confidential", entity: CREDIT_CARD}, then: allow}
  - {id: hide-at-home, when: {self_hosted: true, level: ">=confidential", entity: EMAIL_ADDRESS}, then: mask}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def first() -> AsyncIterator[Provider]:
    async with Provider() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own() -> AsyncIterator[Provider]:
    async with Provider(tls=False, http2=False) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gate(first: Provider, own: Provider, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gate]:
    folder = tmp_path_factory.mktemp("routing")
    (folder / "policy.yaml").write_text(POLICY)
    (folder / "own.yaml").write_text(ENDPOINTS)
    resolve = {"api.openai.com": f"127.0.0.1:{first.port}", HOME: f"127.0.0.1:{own.port}"}
    running = await start(
        folder, first.port, first.ca, policy="./policy.yaml", endpoints=["builtin", "./own.yaml"],
        detect={"ner": "off"}, egress={"resolve": resolve}, env={"OWN_TOKEN": "own-" + "token"},
    )  # fmt: skip
    yield running
    assert running.stop() == 0, running.said


async def ask(gate: Gate, text: str, *, url: str = URL, http2: bool = False, **more: object) -> httpx.Response:
    key = {"authorization": "Bearer first-" + "key", "openai-organization": "org-first"}
    async with gate.client(http2=http2) as client:
        return await client.post(url, json=chat(text) | {"model": "gpt-large", **more}, headers=key)


@pytest.mark.parametrize("http2", [False, True])
async def test_it_is_answered_at_home(gate: Gate, first: Provider, own: Provider, http2: bool) -> None:
    before = first.journal.count
    told = await ask(gate, f"{EMAIL} pays with {CARD}", http2=http2)
    assert told.status_code == 200 and EMAIL in told.text and CARD in told.text
    assert first.journal.count == before, "the first provider gets nothing"
    got = own.journal.last
    assert (got.method, got.target, got.header("host")) == ("POST", "/v1/chat/completions", HOME)
    assert got.header("authorization") == "Bearer own-token"
    assert b"first" not in got.raw
    assert got.json["model"] == "double:echo"
    assert CARD in got.body.decode() and EMAIL not in got.body.decode()

    shown = await gate.closed(told.headers["x-hushgate-decision"])
    assert (shown["route"], shown["routed_from"], shown["host"]) == ("own-llama", "openai", HOME)
    assert shown["self_hosted"] and shown["outcome"] == "answered"
    assert [reason["rule"] for reason in shown["reasons"]][0] == "stay-home"
    assert "in place of" in gate.run("show", shown["id"]).stdout


async def test_a_stream_comes_from_home_too(gate: Gate, own: Provider) -> None:
    told = await ask(gate, f"it is {CARD}", stream=True)
    assert told.headers["content-type"].startswith("text/event-stream")
    assert own.journal.last.json["stream"] is True and "data: [DONE]" in told.text


async def test_all_else_goes_where_it_was_going(gate: Gate, first: Provider, own: Provider) -> None:
    at_home = own.journal.count
    told = await ask(gate, f"write to {EMAIL}")
    assert own.journal.count == at_home
    got = first.journal.last
    assert got.header("authorization") == "Bearer first-key" and got.json["model"] == "gpt-large"
    assert EMAIL not in got.body.decode()
    assert (await gate.closed(told.headers["x-hushgate-decision"]))["routed_from"] is None


async def test_what_home_would_not_understand_goes_nowhere(gate: Gate, first: Provider, own: Provider) -> None:
    before = (first.journal.count, own.journal.count)
    told = await ask(gate, f"it is {CARD}", url="https://api.openai.com/v2/unheard-of")
    assert told.status_code == 400
    assert "cannot be sent to own-llama" in told.json()["error"]["message"]
    follows = {"model": "gpt-large", "input": CARD, "previous_response_id": "resp_0123456789"}
    async with gate.client() as client:
        told = await client.post("https://api.openai.com/v1/responses", json=follows)
    assert told.status_code == 400 and "goes on from" in told.json()["error"]["message"]
    assert (first.journal.count, own.journal.count) == before


async def test_home_is_not_there(gate: Gate, first: Provider, own: Provider) -> None:
    before = first.journal.count
    await own.__aexit__(None, None, None)
    told = await ask(gate, f"it is {CARD}")
    assert told.status_code in (502, 503)
    assert first.journal.count == before, "it does not fall back to the first provider"
