"""Who may open a tunnel, and what stays of one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http
from mitmproxy.test import tflow, tutils

from hushgate.proxy.arrivals import MOST_TOLD
from hushgate.proxy.guesses import MOST_TRIES, SECONDS, TRIES, Guesses
from hushgate.values import Scope
from tests.gate_cases import prompt
from tests.unit.test_proxy_addon import OPENAI, Users, World, asking, basic, client_of, connect, screened, world


def test_a_tunnel_to_a_governed_host_is_opened_and_looked_into() -> None:
    here, client = world(), client_of()
    assert connect(here.gate, client, credentials=basic("bob;session=nightly:x")).response is None
    assert here.gate.arrivals.traffic_of(client.id) is None
    known = here.gate.arrivals.clients[client.id]
    assert (known.identity.actor.name, known.identity.session, known.endpoint) == ("bob", "nightly", OPENAI)


def test_a_tunnel_to_another_host_is_counted_and_recorded_at_its_end() -> None:
    here, client = world(), client_of("docs.llm.example")
    connect(here.gate, client, "docs.llm.example")
    traffic = here.gate.arrivals.traffic_of(client.id)
    assert traffic is not None
    traffic.sent, traffic.received = 7, 11
    here.gate.client_disconnected(client)
    assert here.gate.arrivals.clients == {}
    record = here.book.last("tunnel")
    assert (record["host"], record["outcome"], record["sent"], record["received"], record["likely_llm"]) == (
        "docs.llm.example", "passed", 7, 11, True,
    )  # fmt: skip


def test_a_tunnel_to_a_likely_llm_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    here = world()
    for host in ("docs.llm.example", "docs.llm.example", "weather.example"):
        client = client_of(host)
        connect(here.gate, client, host)
        here.gate.client_disconnected(client)
    (told,) = caplog.messages
    assert "docs.llm.example is likely an LLM" in told and "hint:" in told


def test_a_governed_connection_leaves_no_tunnel_on_record() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    here.gate.client_disconnected(client)
    assert here.book.events == []


@pytest.mark.parametrize(
    ("host", "other_hosts"), [("10.0.0.1", "pass"), ("2130706433", "pass"), ("x.example", "block")]
)
def test_a_tunnel_that_is_refused_is_recorded(host: str, other_hosts: str) -> None:
    here, client = world(other_hosts=other_hosts), client_of()
    flow = connect(here.gate, client, host)
    assert flow.response is not None
    assert flow.response.status_code == 403
    assert here.book.last("tunnel")["outcome"] == "refused"
    assert client.id not in here.gate.arrivals.clients


def test_with_users_a_tunnel_wants_credentials() -> None:
    here, client = world(users=Users({"alice": "good"})), client_of()
    for credentials in ("", basic("alice:bad"), basic("bob:good"), "Bearer good"):
        flow = connect(here.gate, client, credentials=credentials)
        assert flow.response is not None
        assert flow.response.status_code == 407
        assert "basic" in flow.response.headers["proxy-authenticate"].lower()
        assert client.id not in here.gate.arrivals.clients
    assert connect(here.gate, client, credentials=basic("alice:good")).response is None


def test_the_log_tells_of_so_many_hosts_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    here = world()
    for number in range(MOST_TOLD + 5):
        client = client_of(f"h{number}.llm.example")
        connect(here.gate, client, f"h{number}.llm.example")
        here.gate.client_disconnected(client)
    assert len(caplog.messages) == MOST_TOLD
    assert here.book.kinds().count("tunnel") == MOST_TOLD + 5


@pytest.mark.parametrize(
    ("scope", "host", "fine"),
    [
        (Scope(("openai",)), "api.openai.com", True),
        (Scope(("ollama",)), "api.openai.com", False),
        (Scope(("openai",)), "docs.example", False),
        (Scope(("docs.example",)), "docs.example", True),
        (Scope(sources=("127.0.0.0/8",)), "api.openai.com", True),
        (Scope(sources=("10.0.0.0/8",)), "docs.example", False),
    ],
)
def test_a_token_opens_no_tunnel_outside_its_scope(scope: Scope, host: str, fine: bool) -> None:
    here, client = world(users=Users({"alice": "good"}, (scope,))), client_of(host)
    flow = connect(here.gate, client, host, credentials=basic("alice:good"))
    assert (client.id in here.gate.arrivals.clients) is fine
    if fine:
        assert flow.response is None
        return
    assert flow.response is not None and flow.response.status_code == 403
    said = flow.response.text or ""
    assert "out_of_scope" in said and "it is f" in said and "hint: ask for one with" in said
    assert (here.book.last("tunnel")["token"], here.book.last("tunnel")["outcome"]) == ("t1", "refused")


@pytest.mark.parametrize("tls", [True, False])
async def test_a_scope_holds_at_each_request(tls: bool) -> None:
    users = Users({"alice": "good"})
    here, client = world(users=users), client_of() if tls else client_of(tls=False)
    host = "api.openai.com" if tls else "llm.local.example"
    if tls:
        connect(here.gate, client, credentials=basic("alice:good"))
    users.scopes = (Scope(("cohere",)),)
    flow = asking(client, prompt("hi"), host=host, proxy_authorization=basic("alice:good"))
    await screened(here, flow)
    assert flow.response is not None and flow.response.status_code == 403
    assert here.book.kinds() == ["tunnel"]


@pytest.mark.parametrize(("models", "fine"), [(("gpt-*",), True), (("gpt-*", "o3"), True), (("o3",), False)])
async def test_a_token_for_other_models(models: tuple[str, ...], fine: bool) -> None:
    here, client = world(users=Users({"alice": "good"}, (Scope(models=models),))), client_of()
    connect(here.gate, client, credentials=basic("alice:good"))
    flow = await screened(here, asking(client, prompt("hi") | {"model": "gpt-4o"}))
    if fine:
        assert flow.response is None and here.book.last("opened")["token"] == "t1"
        return
    assert flow.response is not None and flow.response.status_code == 400
    assert "with models o3" in (flow.response.text or "") and "gpt-4o" not in (flow.response.text or "")
    assert here.book.last("refused")["reasons"][0]["rule"] == "token-scope"


async def test_a_request_that_names_no_model_is_for_none_of_them() -> None:
    here, client = world(users=Users({"alice": "good"}, (Scope(models=("o3",)),))), client_of()
    connect(here.gate, client, credentials=basic("alice:good"))
    unnamed = {key: value for key, value in prompt("hi").items() if key != "model"}
    for method, body, status in (("POST", unnamed, 400), ("POST", b"", 400), ("GET", unnamed, 400), ("GET", b"", None)):
        flow = asking(client, body)
        flow.request.method = method
        await screened(here, flow)
        assert (flow.response.status_code if flow.response else None) == status


def _status(here: World, address: str, credentials: str) -> int:
    client = client_of()
    client.peername = (address, 1)
    flow = connect(here.gate, client, credentials=credentials)
    return flow.response.status_code if flow.response else 200


def test_wrong_credentials_wait_and_nobody_else_does(caplog: pytest.LogCaptureFixture) -> None:
    here = world(users=Users({"alice": "good", "bob": "good"}))
    now = [100.0]
    here.gate.arrivals.guesses = Guesses(lambda: now[0])
    bad, good = basic("alice:" + "hgt_wrong"), basic("alice:good")
    assert [_status(here, "10.0.0.1", bad) for _ in range(TRIES)] == [407] * (TRIES - 1) + [429]
    assert _status(here, "10.0.0.1", good) == 429, "not looked at"
    assert _status(here, "10.0.0.1", "") == 407, "who shows nothing guesses nothing"
    assert _status(here, "10.0.0.1", basic("bob:good")) == 200
    assert _status(here, "10.0.0.2", good) == 200
    flow = connect(here.gate, client_of(), credentials=good)
    assert flow.response is None, "and from elsewhere"
    now[0] += SECONDS
    assert _status(here, "10.0.0.1", good) == 200
    assert len(caplog.messages) == 2 and "10.0.0.1" in caplog.text
    assert "hgt_wrong" not in caplog.text and "alice" not in caplog.text


def test_a_name_that_is_tried_from_everywhere_keeps_nobody_out() -> None:
    here = world(users=Users({"alice": "good"}))
    said = [_status(here, f"10.0.{n}.1", basic("alice:wrong")) for n in range(MOST_TRIES)]
    assert said == [407] * (MOST_TRIES - 1) + [429]
    assert _status(here, "10.1.0.1", basic("alice:good")) == 200


def test_an_address_that_tries_many_names_waits() -> None:
    here = world(users=Users({"alice": "good"}))
    said = [_status(here, "10.0.0.1", basic(f"n{n}:wrong")) for n in range(MOST_TRIES)]
    assert said == [407] * (MOST_TRIES - 1) + [429]
    assert _status(here, "10.0.0.1", basic("alice:good")) == 429
    assert _status(here, "10.0.0.2", basic("alice:good")) == 200


def test_unknown_names_and_wrong_tokens_get_one_answer() -> None:
    here, answers = world(users=Users({"alice": "good"})), []
    for name in ("alice", "nobody", "", "a" * 500):
        flow = connect(here.gate, client_of(), credentials=basic(f"{name}:wrong"))
        assert flow.response is not None
        answers.append((flow.response.status_code, flow.response.content, list(flow.response.headers.fields)))
    assert answers[1:] == answers[:-1]


def test_any_bytes_as_credentials_neither_crash_nor_pass() -> None:
    here, client = world(users=Users({"alice": "good"})), client_of()

    @given(st.binary(max_size=60), st.sampled_from([b"", b"Basic ", b"basic ", b"Bearer ", b"Basic YWxpY2U6"]))
    def tried(raw: bytes, scheme: bytes) -> None:
        here.gate.arrivals.guesses = Guesses()
        for value in (scheme + raw, scheme + base64.b64encode(raw), scheme + base64.b64encode(b"alice:" + raw)):
            flow = http.HTTPFlow(client, tflow.tserver_conn())
            to = {"host": "api.openai.com", "port": 443, "authority": b"api.openai.com:443"}
            flow.request = tutils.treq(method=b"CONNECT", **to)
            flow.request.headers = http.Headers([(b"proxy-authorization", value)])
            here.gate.http_connect(flow)
            assert flow.response is not None and flow.response.status_code == 407
        assert here.gate.arrivals.clients == {}

    tried()
