"""HTTP/2 clients are held to the same as any: read, masked, restored, streamed, refused, on record."""

from __future__ import annotations

import asyncio
import json
import time

import h2.errors
import h2.events
import pytest

from tests.doubles.chat import Reply
from tests.doubles.provider import Provider
from tests.e2e.conftest import OLD_HOST
from tests.e2e.gate import Gate, chat
from tests.e2e.wire import HOST, Http2

URL = "https://api.openai.com/v1/chat/completions"
EMAIL = "erika.mustermann" + "@example.com"
TOKEN = "ghp_" + "a1B2c3D4e5" * 3 + "F6g7H8"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEfakefake" * 20 + "\n-----END RSA PRIVATE " + "KEY-----"
BODY = json.dumps(chat(f"write to {EMAIL}")).encode()


async def test_values_leave_masked_and_come_back(gate: Gate, provider: Provider) -> None:
    async with gate.client(http2=True) as client:
        answer = await client.post(URL, json=chat(f"write to {EMAIL} with {TOKEN}"))
    assert answer.http_version == "HTTP/2"
    assert answer.status_code == 200
    for value in (EMAIL, TOKEN):
        assert provider.journal.find(value) is None
        assert value in answer.json()["choices"][0]["message"]["content"]
    shown = await gate.closed(answer.headers["x-hushgate-decision"])
    assert {f["entity"] for f in shown["findings"]} >= {"EMAIL_ADDRESS", "GITHUB_TOKEN"}
    assert shown["outcome"] == "answered"


async def test_many_streams_of_one_connection_do_not_mix(gate: Gate, provider: Provider) -> None:
    async with gate.client(http2=True) as client:

        async def talk(number: int) -> None:
            value = f"person.{number}" + "@example.com"
            stream = bool(number % 2)
            answer = await client.post(
                URL, json=chat(f"write to {value}", stream=stream), headers={"x-double-chunk": "3"}
            )
            assert answer.http_version == "HTTP/2"
            if stream:
                lines = [json.loads(x[6:]) for x in answer.text.splitlines() if x.startswith("data: {")]
                said = "".join(c["delta"].get("content") or "" for x in lines for c in x["choices"])
            else:
                said = answer.json()["choices"][0]["message"]["content"]
            assert said == f"write to {value}"

        await asyncio.gather(*(talk(number) for number in range(24)))
    assert provider.journal.count == 24
    assert provider.journal.find("@example.com") is None


async def test_a_stream_comes_token_by_token(gate: Gate, provider: Provider) -> None:
    came: list[float] = []
    async with (
        gate.client(http2=True) as client,
        client.stream(
            "POST", URL, json=chat("one two three four five six", stream=True), headers={"x-double-delay": "0.1"}
        ) as answer,
    ):
        async for line in answer.aiter_lines():
            if '"content":"' in line:
                came.append(time.monotonic())
    assert came[-1] - came[0] > 0.15, "the first one came before the last was sent"


async def test_a_refusal_is_in_the_providers_shape(gate: Gate, provider: Provider) -> None:
    async with gate.client(http2=True) as client:
        answer = await client.post(URL, json=chat(PEM))
    assert answer.http_version == "HTTP/2"
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "policy_violation"
    assert provider.journal.count == 0


@pytest.mark.parametrize(
    ("authority", "fields"),
    [
        ("example.com", []),
        ("api.anthropic.com", []),
        (HOST, [("host", "example.com")]),
        ("example.com", [("host", HOST)]),
        ("", [("host", HOST)]),
        ("", []),
        (f"user@{HOST}", []),
        (f"{HOST}:8443@example.com", []),
    ],
)
async def test_a_misdirected_request_is_not_forwarded(
    gate: Gate, provider: Provider, authority: str, fields: list[tuple[str, str]]
) -> None:
    async with await Http2.open(gate) as client:
        status, _ = await client.whole(client.ask(BODY, *fields, authority=authority))
    assert status in (0, 400, 421)
    assert provider.journal.count == 0


@pytest.mark.parametrize("authority", [HOST, HOST.upper(), f"{HOST}:443", f"{HOST}."])
async def test_another_spelling_of_the_name_is_scanned(gate: Gate, provider: Provider, authority: str) -> None:
    async with await Http2.open(gate) as client:
        status, body = await client.whole(client.ask(BODY, authority=authority))
    assert status == 200, body
    assert provider.journal.count == 1
    assert provider.journal.find(EMAIL) is None
    assert json.loads(body)["choices"][0]["message"]["content"] == f"write to {EMAIL}"


async def test_a_websocket_over_http2_is_refused(gate: Gate, provider: Provider) -> None:
    async with await Http2.open(gate) as client:
        stream = client.ask(None, ("sec-websocket-version", "13"), method="CONNECT", protocol="websocket")
        status, _ = await client.whole(stream)
    assert status >= 400 or status == 0
    assert provider.journal.connections == 0


async def test_trailers_are_not_forwarded(gate: Gate, provider: Provider) -> None:
    async with await Http2.open(gate) as client:
        stream = client.ask(None, ("te", "trailers"))
        client.http.send_data(stream, BODY)
        client.http.send_headers(stream, [("x-note", EMAIL)], end_stream=True)
        client.flush()
        status, _ = await client.whole(stream)
    assert status == 200
    assert provider.journal.find(EMAIL) is None
    assert provider.journal.last.header("x-note") is None


async def test_an_old_provider_gets_one_request_for_each(gate: Gate, old_provider: Provider) -> None:
    """HTTP/2 need not say how long a body is; HTTP/1.1 takes what it was not told of for the next request."""
    hidden = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {OLD_HOST}\r\nContent-Length: 2\r\n\r\n{{}}"
    bodies = [json.dumps(chat(text)) for text in ("nothing to mask", f"write to {EMAIL}", hidden)]
    async with await Http2.open(gate, OLD_HOST) as client:
        for body in (*bodies, hidden):
            kind = "application/json" if body in bodies else "text/plain"
            status, _ = await client.whole(client.ask(body.encode(), ("content-type", kind), authority=OLD_HOST))
            assert status == 200
    assert old_provider.journal.count == 4
    assert all(len(r.body) > 30 for r in old_provider.journal.requests)
    assert old_provider.journal.find(EMAIL) is None


async def test_a_stream_that_the_client_resets_is_on_record(gate: Gate, provider: Provider) -> None:
    provider.reply = Reply(delay=0.1)
    body = json.dumps(chat("many words " * 40, stream=True)).encode()
    async with await Http2.open(gate) as client:
        stream = client.ask(body)
        head = await client.until(stream, h2.events.ResponseReceived)
        await client.until(stream, h2.events.DataReceived)
        client.http.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        client.flush()
        shown = await gate.closed(dict(head.headers)["x-hushgate-decision"])
        assert shown["outcome"] == "client_left"
        status, _ = await client.whole(client.ask(BODY))
        assert status == 200, "the connection's other streams go on"


async def test_a_request_that_is_reset_before_its_end_is_not_forwarded(gate: Gate, provider: Provider) -> None:
    before = gate.events("refused")
    async with await Http2.open(gate) as client:
        stream = client.ask(None)
        client.http.send_data(stream, BODY)
        client.flush()
        await asyncio.sleep(0.2)
        client.http.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        client.flush()
        refused = await gate.more_events("refused", len(before))
    assert refused[-1]["outcome"] == "client_left"
    assert provider.journal.count == 0


async def test_a_provider_that_breaks_off_mid_stream_is_on_record(gate: Gate, provider: Provider) -> None:
    provider.reply = Reply(cut=3)
    body = json.dumps(chat("many words " * 10, stream=True)).encode()
    async with await Http2.open(gate) as client:
        stream = client.ask(body)
        head = await client.until(stream, h2.events.ResponseReceived)
        assert await client.until(stream, h2.events.StreamReset), "not a clean end: the client can tell"
    shown = await gate.closed(dict(head.headers)["x-hushgate-decision"])
    assert shown["outcome"] == "upstream_error"
