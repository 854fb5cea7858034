"""The hooks, each on a flow, with the real pipeline behind them."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from mitmproxy import connection, http
from mitmproxy.proxy import server_hooks
from mitmproxy.proxy.layers.http import HttpResponseHeadersHook, HttpResponseHook
from mitmproxy.test import tflow, tutils

from hushgate.endpoints import Endpoint, Endpoints
from hushgate.identity.badge import Badge
from hushgate.proxy.addon import Gate
from hushgate.proxy.guard import VERDICT, Verdict
from hushgate.routes import PathFormat
from hushgate.values import Actor, Scope
from tests.gate_cases import (
    CHAT,
    DONE,
    EMAIL,
    OTHER_EMAIL,
    PEM,
    Book,
    answer,
    chunk,
    pipeline,
    prompt,
    said,
    sse,
)
from tests.unit.test_proxy_guard import master_with

CHAT_ROUTE = PathFormat("/v1/chat/completions", "openai-chat", "POST")
OPENAI = Endpoint("openai", "openai", ("api.openai.com",), False, "https", (CHAT_ROUTE,), "f", 1)
LOCAL = Endpoint("ollama", "ollama", ("llm.local.example",), True, "http", (CHAT_ROUTE,), "f", 2)
ENDPOINTS = Endpoints([OPENAI, LOCAL], ["*.llm.example"])


@dataclass
class Users:
    """Alice, or nobody at all."""

    tokens: dict[str, str] = field(default_factory=dict)
    scopes: tuple[Scope, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.tokens)

    def verify(self, name: str, token: str) -> Actor | None:
        return Actor(name, ("dev",), "t1", self.scopes) if self.tokens.get(name) == token else None

    def certified(self, badge: Badge) -> Actor | None:
        found = [name for name in badge.san if name in self.tokens]
        return Actor(found[0], ("dev",), badge.id, self.scopes) if len(found) == 1 else None


@dataclass
class World:
    gate: Gate
    book: Book


def world(*, users: Users | None = None, other_hosts: str = "pass", **changes: Any) -> World:
    book = Book()
    gate = Gate(
        pipeline=pipeline(book, **changes),
        endpoints=lambda: ENDPOINTS,
        users=users or Users(),
        ledger=book,
        new_id=lambda: "ex1",
        clock=lambda: 1000.0,
        other_hosts=other_hosts,
    )
    return World(gate, book)


def basic(user: str) -> str:
    return "Basic " + base64.b64encode(user.encode()).decode()


def connect(
    gate: Gate, client: connection.Client, host: str = "api.openai.com", credentials: str = ""
) -> http.HTTPFlow:
    """A CONNECT, and the TLS that follows it."""
    flow = http.HTTPFlow(client, tflow.tserver_conn())
    flow.request = tutils.treq(method=b"CONNECT", host=host, port=443, authority=f"{host}:443".encode())
    if credentials:
        flow.request.headers["proxy-authorization"] = credentials
    gate.http_connect(flow)
    return flow


def client_of(host: str = "api.openai.com", *, tls: bool = True) -> connection.Client:
    client = tflow.tclient_conn()
    client.sni = host if tls else None
    client.timestamp_tls_setup = 1.0 if tls else None
    return client


def asking(client: connection.Client, body: object, *, host: str = "api.openai.com", **headers: str) -> http.HTTPFlow:
    flow = http.HTTPFlow(client, tflow.tserver_conn())
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"host": host, "content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    flow.request = tutils.treq(
        method=b"POST",
        host=host,
        port=443,
        scheme=b"https" if client.tls_established else b"http",
        path=CHAT.path.encode(),
        headers=http.Headers([(k.encode(), v.encode()) for k, v in named.items()]),
        content=raw,
    )
    return flow


async def screened(here: World, flow: http.HTTPFlow) -> http.HTTPFlow:
    here.gate.requestheaders(flow)
    if flow.response is None:
        await here.gate.request(flow)
    return flow


async def forwarded(here: World, text: str, **headers: str) -> http.HTTPFlow:
    client = client_of()
    connect(here.gate, client)
    flow = await screened(here, asking(client, prompt(text), **headers))
    assert flow.response is None
    assert flow.metadata[VERDICT] is Verdict.FORWARD
    return flow


def replying(flow: http.HTTPFlow, body: bytes, **headers: str) -> http.Response:
    named = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    flow.response = http.Response.make(200, body, named)
    return flow.response


async def closed(here: World) -> dict[str, Any]:
    async with asyncio.timeout(5):
        await here.gate.all_done()
    assert here.book.kinds().count("closed") == 1
    return here.book.last("closed")


def error_of(flow: http.HTTPFlow) -> dict[str, Any]:
    assert flow.response is not None
    error: dict[str, Any] = json.loads(flow.response.content or b"")["error"]
    return error


# CONNECT -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "stopped"),
    [("10.1.2.3", True), ("[::1]", True), ("0x7f.1", True), ("api.openai.com", False), ("", True)],
)
def test_a_connection_to_an_address_nobody_named_is_stopped(host: str, stopped: bool) -> None:
    server = connection.Server(address=(host, 443))
    world().gate.server_connect(server_hooks.ServerConnectionHookData(server, client_of()))
    assert bool(server.error) is stopped


# Names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sni", "host"), [("evil.example", "api.openai.com"), ("api.openai.com", "evil.example")])
async def test_names_that_disagree_are_misdirected(sni: str, host: str) -> None:
    here, client = world(), client_of(sni)
    connect(here.gate, client)
    flow = await screened(here, asking(client, prompt("hi"), host=host))
    assert flow.response is not None
    assert flow.response.status_code == 421
    assert flow.metadata[VERDICT] is Verdict.REFUSE


@pytest.mark.parametrize("hosts", [[], ["api.openai.com", "api.openai.com"]])
async def test_a_request_has_exactly_one_host(hosts: list[str]) -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = asking(client, prompt("hi"))
    flow.request.headers.set_all("host", hosts)
    await screened(here, flow)
    assert flow.response is not None
    assert flow.response.status_code == 421


async def test_http2_goes_by_its_authority() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = asking(client, prompt("hi"))
    flow.request.http_version = "HTTP/2.0"
    del flow.request.headers["host"]
    flow.request.authority = "evil.example"
    await screened(here, flow)
    assert flow.response is not None
    assert flow.response.status_code == 421


@pytest.mark.parametrize(("authority", "path"), [("evil.example", "/v1"), ("", "https://evil.example/v1")])
async def test_a_target_that_names_another_host_is_misdirected(authority: str, path: str) -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = asking(client, prompt("hi"))
    flow.request.authority, flow.request.path = authority, path
    await screened(here, flow)
    assert flow.response is not None
    assert flow.response.status_code == 421


@pytest.mark.parametrize("tls", [True, False])
async def test_a_revoked_user_is_out_of_an_open_tunnel(tls: bool) -> None:
    users = Users({"alice": "t1"})
    here, client = world(users=users), client_of(tls=tls)
    connect(here.gate, client, credentials=basic("alice:t1"))
    users.tokens = {"bob": "t2"}
    flow = await screened(here, asking(client, prompt("hi")))
    assert flow.response is not None
    assert flow.response.status_code == 407
    assert not here.book.events


@pytest.mark.parametrize("method", ["ANN@ACME.EXAMPLE", "TRACE", "4111111111111111"])
async def test_an_unknown_method_is_refused(method: str) -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = asking(client, prompt("hi"))
    flow.request.method = method
    await screened(here, flow)
    assert flow.response is not None
    assert flow.response.status_code == 405


async def test_an_upgrade_is_refused_and_never_streamed() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await screened(here, asking(client, b"", upgrade="h2c"))
    assert flow.response is not None
    assert flow.response.status_code == 426
    assert not flow.request.stream


# Plain HTTP ----------------------------------------------------------------------------------------------------------


async def test_plain_http_to_an_own_model_keeps_who_asked() -> None:
    here, client = world(users=Users({"alice": "good"})), client_of(tls=False)
    flow = asking(
        client, prompt("hi"), host="llm.local.example", proxy_authorization=basic("alice;session=nightly:good")
    )
    await screened(here, flow)
    assert flow.response is None
    assert "proxy-authorization" not in flow.request.headers
    record = here.book.last("opened")
    assert (record["actor"], record["groups"], record["session"]) == ("alice", ["dev"], "nightly")


async def test_plain_http_wants_credentials_of_each_request() -> None:
    here, client = world(users=Users({"alice": "good"})), client_of(tls=False)
    for credentials, status in ((basic("alice:good"), None), (basic("alice:bad"), 407)):
        flow = asking(client, prompt("hi"), host="llm.local.example", proxy_authorization=credentials)
        await screened(here, flow)
        assert (flow.response.status_code if flow.response else None) == status


@pytest.mark.parametrize("host", ["api.openai.com", "10.0.0.1"])
async def test_plain_http_to_a_governed_host_or_an_address_is_refused(host: str) -> None:
    here = world()
    flow = await screened(here, asking(client_of(tls=False), prompt("hi"), host=host))
    assert flow.response is not None
    assert flow.response.status_code == 403
    assert here.book.last("tunnel")["outcome"] == "refused"


async def test_plain_http_to_another_host_passes_unread_both_ways() -> None:
    here = world()
    flow = await screened(here, asking(client_of(tls=False), b"anything", host="www.example"))
    assert flow.metadata[VERDICT] is Verdict.FORWARD
    response = replying(flow, b"anything")
    await here.gate.responseheaders(flow)
    assert response.stream is True
    await here.gate.response(flow)
    assert here.book.events == []


# Requests ------------------------------------------------------------------------------------------------------------


async def test_what_is_forwarded_is_what_was_scanned() -> None:
    here = world()
    flow = await forwarded(here, f"mail {EMAIL}", digest="sha-256=x", proxy_connection="keep-alive")
    body = flow.request.raw_content or b""
    assert EMAIL.encode() not in body
    assert b"<EMAIL_ADDRESS_" in body
    assert flow.request.headers["content-length"] == str(len(body))
    for gone in ("digest", "proxy-connection", "transfer-encoding"):
        assert gone not in flow.request.headers
    assert here.book.kinds() == ["opened"]
    assert len(here.gate.open) == 1


async def test_a_request_without_findings_leaves_as_it_came() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    raw = b'{ "model":"gpt-x",  "messages":[{"role":"user","content":"hi"}]}'
    flow = await screened(here, asking(client, raw))
    assert flow.request.raw_content == raw


async def test_a_compressed_request_leaves_decoded() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    raw = json.dumps(prompt("hi")).encode()
    flow = await screened(here, asking(client, gzip.compress(raw), content_encoding="gzip"))
    assert flow.request.raw_content == raw
    assert "content-encoding" not in flow.request.headers


async def test_a_value_in_a_header_and_in_the_query_is_masked_there() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = asking(client, prompt("hi"), x_note=f"for {EMAIL}")
    flow.request.path += f"?user={EMAIL}"
    await screened(here, flow)
    assert flow.response is None
    assert EMAIL not in flow.request.headers["x-note"]
    assert "erika" not in flow.request.path


async def test_trailers_do_not_leave() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = asking(client, prompt("hi"))
    flow.request.trailers = http.Headers([(b"x-note", EMAIL.encode())])
    await screened(here, flow)
    assert flow.request.trailers is None


async def test_a_refusal_speaks_the_providers_language() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await screened(here, asking(client, prompt(PEM)))
    assert flow.response is not None
    assert flow.response.status_code == 400
    assert error_of(flow)["code"] == "policy_violation"
    assert "fakefake" not in (flow.response.text or "")
    assert flow.metadata[VERDICT] is Verdict.REFUSE
    assert len(here.gate.open) == 0
    assert here.book.last("opened")["status"] == 400
    await screened(here, asking(client, b"{"))
    assert here.book.last("refused")["status"] == 400


async def test_an_endpoint_that_is_no_longer_governed_refuses() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = asking(client, prompt("hi"))
    here.gate.requestheaders(flow)
    here.gate.endpoints = lambda: Endpoints([LOCAL])
    await here.gate.request(flow)
    assert flow.response is not None
    assert flow.response.status_code == 421


# Replies -------------------------------------------------------------------------------------------------------------


async def test_a_collected_reply_is_masked_and_restored() -> None:
    here = world()
    flow = await forwarded(here, f"mail {EMAIL}")
    token = json.loads(flow.request.raw_content or b"")["messages"][0]["content"].split()[1]
    response = replying(flow, json.dumps(answer(f"{token}, {OTHER_EMAIL}")).encode(), etag="x")
    response.trailers = http.Headers([(b"x-note", OTHER_EMAIL.encode())])
    await here.gate.responseheaders(flow)
    assert not response.stream
    await here.gate.response(flow)
    text = response.text or ""
    assert EMAIL in text
    assert OTHER_EMAIL not in text
    assert response.headers["x-hushgate-decision"] == "ex1"
    assert response.headers["content-length"] == str(len(response.raw_content or b""))
    assert "etag" not in response.headers
    assert response.trailers is None
    assert (await closed(here))["outcome"] == "answered"
    assert len(here.gate.open) == 0


async def test_a_streamed_reply_goes_through_its_callable() -> None:
    here = world()
    flow = await forwarded(here, "hi")
    response = replying(flow, b"", content_type="text/event-stream", content_length="99", etag="x")
    await here.gate.responseheaders(flow)
    assert callable(response.stream)
    assert response.headers["transfer-encoding"] == "chunked"
    assert not {"content-length", "etag"} & set(response.headers)
    out: list[bytes] = []
    for piece in (sse(said(f"see {OTHER_EMAIL} ")), sse(chunk({}, 0, "stop"), DONE), b""):
        given = response.stream(piece)
        assert isinstance(given, list)
        assert b"" not in given  # it would end the body
        out += given
    assert OTHER_EMAIL.encode() not in b"".join(out)
    assert out[-1].endswith(DONE)
    await here.gate.response(flow)
    assert (await closed(here))["stream"] is True


async def test_a_stream_over_http2_is_not_chunked() -> None:
    here = world()
    flow = await forwarded(here, "hi")
    flow.request.http_version = "HTTP/2.0"
    response = replying(flow, b"", content_type="text/event-stream")
    await here.gate.responseheaders(flow)
    assert "transfer-encoding" not in response.headers


async def test_a_reply_that_cannot_be_judged_is_replaced() -> None:
    here = world()
    flow = await forwarded(here, "hi")
    replying(flow, b'{"a":1,"a":2}')
    await here.gate.responseheaders(flow)
    await here.gate.response(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503
    assert error_of(flow)["code"] == "unreadable_reply"
    assert (await closed(here))["outcome"] == "cut"


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
async def test_a_reply_in_an_unknown_coding_is_refused_and_the_exchange_still_closes(kind: str) -> None:
    here = world()
    flow = await forwarded(here, "hi")
    replying(flow, b"", content_type=kind)
    assert flow.response is not None
    flow.response.headers["content-encoding"] = "rot13"
    flow.response.raw_content = OTHER_EMAIL.encode()
    master = master_with(responseheaders=here.gate.responseheaders, response=here.gate.response)
    await master.addons.handle_lifecycle(HttpResponseHeadersHook(flow))
    await master.addons.handle_lifecycle(HttpResponseHook(flow))
    assert flow.response.status_code == 503
    assert error_of(flow)["code"] == "unreadable_reply"
    assert b"jonas" not in (flow.response.raw_content or b"")
    assert (await closed(here))["outcome"] == "cut"


async def test_our_own_answers_are_left_alone() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await screened(here, asking(client, prompt(PEM)))
    assert flow.response is not None
    body = flow.response.raw_content
    await here.gate.responseheaders(flow)
    await here.gate.response(flow)
    assert flow.response.raw_content == body
    assert len(here.gate.open) == 0


@pytest.mark.parametrize(("left", "outcome"), [(False, "upstream_error"), (True, "client_left")])
@pytest.mark.parametrize("begun", [False, True])
async def test_an_exchange_that_breaks_is_closed_once(left: bool, outcome: str, begun: bool) -> None:
    here = world()
    flow = await forwarded(here, "hi")
    if begun:
        replying(flow, b"", content_type="text/event-stream")
        await here.gate.responseheaders(flow)
    flow.client_conn.state = connection.ConnectionState.CLOSED if left else connection.ConnectionState.OPEN
    here.gate.error(flow)
    here.gate.error(flow)
    record = await closed(here)
    assert (record["outcome"], record["status"]) == (outcome, 200 if begun else 0)
    assert len(here.gate.open) == 0


async def test_an_error_after_the_answer_closes_nothing_twice() -> None:
    here = world()
    flow = await forwarded(here, "hi")
    replying(flow, json.dumps(answer("hello")).encode())
    await here.gate.responseheaders(flow)
    await here.gate.response(flow)
    here.gate.error(flow)
    await closed(here)
    assert len(here.gate.open) == 0


async def test_an_error_of_a_refused_request_closes_nothing() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await screened(here, asking(client, prompt(PEM)))
    here.gate.error(flow)
    assert "closed" not in here.book.kinds()


# The end -------------------------------------------------------------------------------------------------------------


async def test_what_is_open_when_the_gate_stops_at_once_is_on_record_and_says_no_more() -> None:
    here, ids = world(), count(1)
    here.gate.new_id = lambda: f"ex{next(ids)}"
    waiting, streaming, collected = [await forwarded(here, f"mail {EMAIL}") for _ in range(3)]
    for flow, media_type in ((streaming, "text/event-stream"), (collected, "application/json")):
        replying(flow, b"", content_type=media_type)
        await here.gate.responseheaders(flow)
    assert streaming.response is not None
    pump = streaming.response.stream
    assert callable(pump)
    assert pump(sse(said("hello there, ")))
    here.gate.cut()
    await here.gate.all_done()
    ends = {p["exchange"]: (p["outcome"], p["status"]) for kind, p, _ in here.book.events if kind == "closed"}
    assert ends == {"ex1": ("cut", 0), "ex2": ("cut", 200), "ex3": ("cut", 200)}
    assert pump(sse(said("and more"))) == [], "it has ended on record"
    for flow in (waiting, streaming):
        here.gate.error(flow)
        await here.gate.response(flow)
    assert here.book.kinds().count("closed") == 3
    assert len(here.gate.open) == 0


async def test_a_request_that_is_judged_while_the_gate_stops_is_not_forwarded() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    here.gate.cut()
    flow = await screened(here, asking(client, prompt("hi")))
    assert flow.response is not None
    assert flow.response.status_code == 503
    assert flow.metadata[VERDICT] is Verdict.REFUSE
    assert (await closed(here))["outcome"] == "cut"
