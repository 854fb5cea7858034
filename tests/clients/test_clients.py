"""Each client, unmodified, through the gate: what it says, what the provider got, what is on record."""

from __future__ import annotations

import re

import pytest

from tests.clients.catalogue import AWS, CLIENTS, Case, Client
from tests.clients.conftest import TEXT, Try
from tests.doubles import sigv4

PLACEHOLDER = re.compile(rb"<[A-Z][A-Z0-9_]+_[a-z2-7]{10,26}>")
STREAM_SECONDS = (
    0.05  # aimock writes a piece every 45 ms, so that a stream that is buffered shows on a busy machine, too
)

CASES = [(client, case) for client in CLIENTS for case in client.cases]
each_case = pytest.mark.parametrize(
    ("client", "case"), [pytest.param(*both, id=f"{both[0].name}: {both[1].name}") for both in CASES]
)
each_client = pytest.mark.parametrize("client", [pytest.param(c, id=c.name) for c in CLIENTS])


@each_case
async def test_values_come_back(tried: Try, client: Client, case: Case) -> None:
    told = (await tried(client)).told[case.name]
    assert told["text"] == case.says.format(text=TEXT), told.get("failed")
    if case.streamed:
        assert told["pieces"] > 3
        assert told["seconds"] > STREAM_SECONDS, "it came in one go"


@each_case
async def test_a_refusal_shows(tried: Try, client: Client, case: Case) -> None:
    refusal = (await tried(client)).told[case.name]["refusal"]
    assert refusal["type"] in client.raises.split(), refusal
    assert "PRIVATE_KEY" in refusal["says"]
    if case.closes:
        assert "`hushgate show " in refusal["says"]
    else:
        assert "hushgate blocked this request" in refusal["says"]
        assert "hint:" in refusal["says"]


@each_client
async def test_the_provider_gets_no_value(tried: Try, client: Client) -> None:
    outcome = await tried(client)
    assert not any(outcome.leaks.values()), outcome.leaks
    asked = [r.body for r in outcome.received if r.path not in client.beside and r.method == "POST"]
    asked += [message.encode() for message in outcome.messages]
    clean = sum(case.clean for case in client.cases)
    assert len(asked) == sum(case.requests for case in client.cases) + clean
    found = [len(set(PLACEHOLDER.findall(body))) for body in asked]
    assert sorted(found) == [0, 0] * clean + [2] * (len(asked) - 2 * clean), "both prompts ask what holds nothing"


@pytest.mark.parametrize("client", [one for one in CLIENTS if "AWS_ACCESS_KEY_ID" in one.environment], ids=str)
async def test_a_signature_that_arrives_holds(tried: Try, client: Client) -> None:
    key, secret = AWS["AWS_ACCESS_KEY_ID"], AWS["AWS_SECRET_ACCESS_KEY"]
    for got in (await tried(client)).received:
        assert sigv4.check(got.method, got.target, got.headers, got.body, {key: secret}) == key


@each_client
async def test_what_is_refused_is_sent_once(tried: Try, client: Client) -> None:
    outcome = await tried(client)
    exchanges = [x for x in outcome.exchanges if x["path"] not in client.beside and x["method"] != "GET"]
    refused = [one["path"] for one in exchanges if one["gate"] == "block"]
    assert len(refused) == len(client.cases), refused
    assert len(exchanges) == len(refused) + sum(case.exchanges for case in client.cases)
    assert not any(one["coverage"]["unread"] or one["faults"] for one in exchanges)
    assert {one["format"] for one in exchanges} == set(client.formats.split())
