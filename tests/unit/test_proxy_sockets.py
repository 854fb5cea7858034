"""The WebSocket hooks on flows, with the real pipeline behind them."""

from __future__ import annotations

import asyncio
import json

import pytest
from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.test import tutils
from mitmproxy.websocket import WebSocketData, WebSocketMessage
from wsproto.frame_protocol import Opcode

from hushgate.framing.messages import Message
from hushgate.proxy.guard import VERDICT, Verdict
from hushgate.proxy.sockets import LARGE_MESSAGE
from hushgate.proxy.websocket import MOVES
from hushgate.replies.dialogue import Moves
from tests.gate_cases import EMAIL, PEM, prompt, said
from tests.unit.test_proxy_addon import Users, World, asking, basic, client_of, connect, error_of, screened, world

UPGRADE = {"upgrade": "websocket", "connection": "Upgrade", "sec_websocket_version": "13", "sec_websocket_key": "AAAA"}


def upgrade(client: Client, **changes: str) -> http.HTTPFlow:
    flow = asking(client, b"", **UPGRADE | changes)
    flow.request.method = "GET"
    del flow.request.headers["content-type"]
    return flow


def switching(flow: http.HTTPFlow, **headers: str) -> None:
    named = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": "x" * 27 + "=", **headers}
    flow.response = tutils.tresp(status_code=101, headers=http.Headers(**named), content=b"")


async def opened(here: World, client: Client, **headers: str) -> http.HTTPFlow:
    """A flow whose socket is open."""
    flow = await screened(here, upgrade(client))
    assert flow.response is None
    assert flow.metadata[VERDICT] is Verdict.FORWARD
    switching(flow, **headers)
    await here.gate.responseheaders(flow)
    flow.websocket = WebSocketData()
    await here.gate.response(flow)
    here.gate.websocket_start(flow)
    assert moves(flow) == Moves()
    return flow


def moves(flow: http.HTTPFlow) -> Moves:
    given = flow.metadata.pop(MOVES)
    assert isinstance(given, Moves)
    return given


async def told(here: World, flow: http.HTTPFlow, document: object, *, from_client: bool = True) -> Moves:
    assert flow.websocket is not None
    raw = json.dumps(document).encode()
    flow.websocket.messages = [WebSocketMessage(Opcode.TEXT, from_client, raw)]
    await here.gate.websocket_message(flow)
    return moves(flow)


def end(here: World, flow: http.HTTPFlow, code: int, by_client: bool | None, reason: str = "") -> Moves | None:
    assert flow.websocket is not None
    flow.websocket.close_code, flow.websocket.closed_by_client = code, by_client
    flow.websocket.close_reason = reason
    here.gate.websocket_end(flow)
    return flow.metadata.pop(MOVES, None)


async def test_a_socket_from_its_start_to_its_record() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await opened(here, client)
    assert flow.response is not None
    assert flow.response.headers["sec-websocket-accept"] == "x" * 27 + "="
    assert flow.response.headers["x-hushgate-decision"] == "ex1"
    assert len(here.gate.open) == 0, "it is no exchange that a gate waits for"
    sent = await told(here, flow, prompt(f"I am {EMAIL}"))
    assert EMAIL.encode() not in sent.to_provider[0].payload
    heard = await told(here, flow, said("well"), from_client=False)
    assert heard.to_client
    assert not heard.to_provider
    assert end(here, flow, 1000, by_client=False, reason="done") == Moves(close=(1000, "done"))
    await here.gate.all_done()
    tunnel = here.book.last("tunnel")
    assert (tunnel["outcome"], tunnel["code"], tunnel["exchange"]) == ("websocket", 1000, "ex1")
    assert (tunnel["sent_messages"], tunnel["received_messages"]) == (1, 1)
    assert tunnel["sent"] > len(EMAIL)
    assert [payload["outcome"] for kind, payload, _ in here.book.events if kind == "closed"] == ["answered"] * 2
    assert here.book.last("opened")["session"] == "local-ex1", "a conversation of its own"


@pytest.mark.parametrize(
    ("code", "by_client", "outcome"),
    [(1000, True, "answered"), (1006, True, "client_left"), (1006, False, "upstream_error"), (1011, None, "cut")],
)
async def test_how_it_ended_is_on_record(code: int, by_client: bool | None, outcome: str) -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await opened(here, client)
    left = end(here, flow, code, by_client)
    assert left == (Moves() if by_client is False else None), "a provider that broke off has said no code"
    await here.gate.all_done()
    assert here.book.last("closed")["outcome"] == outcome
    here.gate.websocket_end(flow)
    assert here.book.kinds().count("closed") == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"upgrade": "h2c"}, "only WebSockets"),
        ({"sec_websocket_version": "8"}, "version 13"),
        ({"method": "POST"}, "version 13"),
        ({"content_length": "2"}, "without a body"),
        ({"transfer_encoding": "chunked"}, "without a body"),
        ({"http_version": "HTTP/1.0"}, "only WebSockets"),
    ],
)
async def test_what_is_no_websocket_gets_426(changes: dict[str, str], says: str) -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = upgrade(client, **changes)
    flow.request.method = changes.get("method", "GET")
    flow.request.http_version = changes.get("http_version", "HTTP/1.1")
    await screened(here, flow)
    assert flow.response is not None
    assert flow.response.status_code == 426
    assert says in error_of(flow)["message"]


async def test_strict_replies_leave_no_room_for_a_websocket() -> None:
    here, client = world(strict_replies=True), client_of()
    connect(here.gate, client)
    flow = await screened(here, upgrade(client))
    assert flow.response is not None
    assert flow.response.status_code == 426
    assert "strict" in error_of(flow)["message"]


async def test_no_extension_is_offered() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await screened(here, upgrade(client, sec_websocket_extensions="permessage-deflate"))
    assert flow.response is None
    assert "sec-websocket-extensions" not in flow.request.headers


async def test_a_value_in_the_upgrade_is_found() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = upgrade(client)
    flow.request.path += f"?note={EMAIL}"
    await screened(here, flow)
    assert flow.response is None
    assert EMAIL not in flow.request.path


async def test_a_value_in_the_101_is_masked() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await opened(here, client, x_note=f"ask {EMAIL}")
    assert flow.response is not None
    assert EMAIL not in str(flow.response.headers)


async def test_a_101_that_may_not_go_on_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await screened(here, upgrade(client))
    switching(flow)
    monkeypatch.setattr(type(here.gate.pipeline.detector), "scan", lambda *_, **__: 1 / 0)
    await here.gate.responseheaders(flow)
    await here.gate.response(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503
    assert "sec-websocket-accept" not in flow.response.headers
    monkeypatch.undo()
    await here.gate.all_done()
    assert here.book.last("closed")["outcome"] == "cut"


@pytest.mark.parametrize("from_client", [True, False])
async def test_a_user_that_is_revoked_may_say_and_hear_nothing_more(from_client: bool) -> None:
    users = Users({"alice": "good"})
    here, client = world(users=users), client_of()
    connect(here.gate, client, credentials=basic("alice:good"))
    flow = await opened(here, client)
    assert (await told(here, flow, prompt("hello"))).to_provider
    users.tokens["alice"] = "other"
    refused = await told(here, flow, prompt("hello"), from_client=from_client)
    assert refused == Moves(close=(1008, "hushgate: this user is no longer let in"))


async def test_a_socket_that_talks_on_while_the_gate_stops_is_told_so_and_on_record() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await opened(here, client)
    here.gate.sockets.cut()
    await here.gate.all_done()
    assert (here.book.last("closed")["outcome"], here.book.last("tunnel")["outcome"]) == ("cut", "websocket")
    for from_client in (True, False):
        late = await told(here, flow, prompt("hello"), from_client=from_client)
        assert late == Moves(close=(1001, "hushgate: the gate stops"))
    end(here, flow, 1001, by_client=None)
    await here.gate.all_done()
    assert here.book.kinds().count("closed") == here.book.kinds().count("tunnel") == 1


async def test_a_message_that_is_refused_does_not_move() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await opened(here, client)
    refused = await told(here, flow, prompt(PEM))
    assert not refused.to_provider
    assert refused.close is not None


async def test_a_socket_to_a_host_that_is_not_governed_passes_as_it_is() -> None:
    here, client = world(), client_of("plain.example", tls=False)
    flow = asking(client, b"", host="plain.example", sec_websocket_extensions="permessage-deflate", **UPGRADE)
    flow.request.method = "GET"
    here.gate.requestheaders(flow)
    assert flow.response is None
    assert "sec-websocket-extensions" not in flow.request.headers, "the layer reads none"
    switching(flow)
    await here.gate.responseheaders(flow)
    flow.websocket = WebSocketData()
    await here.gate.response(flow)
    here.gate.websocket_start(flow)
    assert moves(flow) == Moves()
    raw = Message(json.dumps(EMAIL).encode())
    assert await told(here, flow, EMAIL) == Moves(to_provider=(raw,))
    assert await told(here, flow, EMAIL, from_client=False) == Moves(to_client=(raw,))
    assert end(here, flow, 4000, by_client=False, reason="bye") == Moves(close=(4000, "bye"))
    assert len(here.gate.open) == 0
    assert here.book.kinds() == []


async def test_a_large_message_is_judged_beside_the_loop() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await opened(here, client)
    document = said("words " * LARGE_MESSAGE) | {"id": EMAIL}
    heard = asyncio.ensure_future(told(here, flow, document, from_client=False))
    turns = 0
    while not heard.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 2, "others have the loop meanwhile"
    assert len(heard.result().to_client) == 1


async def test_a_gate_that_stops_waits_until_nobody_speaks() -> None:
    here, client = world(), client_of()
    connect(here.gate, client)
    flow = await opened(here, client)
    await told(here, flow, said("well"), from_client=False)
    assert here.gate.sockets.busy()
    async with asyncio.timeout(5):
        await here.gate.all_done()
    assert here.book.last("closed")["outcome"] == "cut"
    assert here.book.last("tunnel")["outcome"] == "websocket"
    assert end(here, flow, 1006, by_client=True) is None
    assert here.book.kinds().count("tunnel") == 1


def test_a_message_has_no_text_in_its_repr() -> None:
    assert "secret" not in repr(Moves(to_client=(Message(b"secret"),)))
