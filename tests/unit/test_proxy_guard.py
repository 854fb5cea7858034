"""Dispatch that fails closed, hook by hook, on mitmproxy's own addon manager."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from mitmproxy import exceptions, hooks, http, options
from mitmproxy.connection import Server
from mitmproxy.master import Master
from mitmproxy.proxy import layers, server_hooks
from mitmproxy.proxy.layers import http as http_layers
from mitmproxy.proxy.layers import websocket
from mitmproxy.test import tflow

from hushgate.framing.messages import Message
from hushgate.proxy import guard
from hushgate.proxy.guard import VERDICT, Verdict, give, install
from hushgate.proxy.websocket import MOVES, move
from hushgate.replies.dialogue import Moves

RAISED: list[Callable[[], BaseException]] = [
    lambda: ValueError("secret"),
    exceptions.AddonHalt,
    lambda: exceptions.OptionsError("no"),
    asyncio.CancelledError,
]


def master_with(**handlers: Any) -> Master:
    """A guarded master with one addon that has these hooks."""
    one = Master(options.Options())
    one.addons.add(type("Probe", (), {name: staticmethod(work) for name, work in handlers.items()})())
    install(one)
    return one


def raising(make: Callable[[], BaseException]) -> Callable[..., None]:
    def broken(*_: object) -> None:
        raise make()

    return broken


@pytest.mark.parametrize("make", RAISED)
@pytest.mark.parametrize("event", [http_layers.HttpRequestHeadersHook, http_layers.HttpRequestHook])
async def test_a_request_hook_that_raises_ends_in_503(
    event: type[hooks.Hook], make: Callable[[], BaseException]
) -> None:
    flow = tflow.tflow()
    flow.request.stream = True
    one = master_with(**{event.name: raising(make)})
    await one.addons.handle_lifecycle(event(flow))  # type: ignore[call-arg]
    assert flow.response is not None
    assert flow.response.status_code == 503
    assert not flow.request.stream
    assert b"secret" not in flow.response.content


@pytest.mark.parametrize("event", [http_layers.HttpRequestHeadersHook, http_layers.HttpRequestHook])
async def test_a_request_without_a_verdict_ends_in_503(event: type[hooks.Hook]) -> None:
    flow = tflow.tflow()
    await master_with().addons.handle_lifecycle(event(flow))  # type: ignore[call-arg]
    assert flow.response is not None
    assert flow.response.status_code == 503


async def test_read_body_is_no_verdict_for_a_request_that_was_read() -> None:
    flow = tflow.tflow()
    give(flow, Verdict.READ_BODY)
    one = master_with()
    await one.addons.handle_lifecycle(http_layers.HttpRequestHeadersHook(flow))
    assert flow.response is None
    await one.addons.handle_lifecycle(http_layers.HttpRequestHook(flow))
    assert flow.response is not None
    assert flow.response.status_code == 503


async def test_a_verdict_lets_a_request_go_on() -> None:
    flow = tflow.tflow()

    async def request(seen: http.HTTPFlow) -> None:
        give(seen, Verdict.FORWARD)

    await master_with(request=request).addons.handle_lifecycle(http_layers.HttpRequestHook(flow))
    assert flow.response is None


async def test_a_body_that_streams_is_refused_whatever_the_verdict() -> None:
    flow = tflow.tflow()
    flow.request.stream = True
    give(flow, Verdict.FORWARD)
    await master_with().addons.handle_lifecycle(http_layers.HttpRequestHeadersHook(flow))
    assert flow.response is not None
    assert not flow.request.stream


async def test_a_refusal_without_an_answer_gets_one() -> None:
    flow = tflow.tflow()
    give(flow, Verdict.REFUSE)
    await master_with().addons.handle_lifecycle(http_layers.HttpRequestHook(flow))
    assert flow.response is not None
    assert flow.response.status_code == 503


@pytest.mark.parametrize("make", RAISED)
@pytest.mark.parametrize("event", [http_layers.HttpResponseHeadersHook, http_layers.HttpResponseHook])
async def test_a_reply_hook_that_raises_gives_503(event: type[hooks.Hook], make: Callable[[], BaseException]) -> None:
    flow = tflow.tflow(resp=True)
    assert flow.response is not None
    flow.response.text = "provider's own words"
    await master_with(**{event.name: raising(make)}).addons.handle_lifecycle(event(flow))  # type: ignore[call-arg]
    assert flow.response.status_code == 503
    assert b"provider's" not in (flow.response.raw_content or b"")


async def test_a_reply_whose_headers_failed_stays_closed_when_its_body_is_there() -> None:
    flow = tflow.tflow(resp=True)
    one = master_with(responseheaders=raising(RAISED[0]), response=lambda _: None)
    await one.addons.handle_lifecycle(http_layers.HttpResponseHeadersHook(flow))
    assert flow.response is not None
    flow.response.raw_content = b"provider's own words"  # what mitmproxy does next
    await one.addons.handle_lifecycle(http_layers.HttpResponseHook(flow))
    assert flow.response.status_code == 503
    assert b"provider's" not in (flow.response.raw_content or b"")


async def test_connect_that_fails_is_503() -> None:
    flow = tflow.tflow()
    await master_with(http_connect=raising(RAISED[0])).addons.handle_lifecycle(http_layers.HttpConnectHook(flow))
    assert flow.response is not None
    assert flow.response.status_code == 503


async def test_a_server_connection_that_cannot_be_judged_is_refused() -> None:
    flow = tflow.tflow()
    data = server_hooks.ServerConnectionHookData(server=Server(address=("example.com", 443)), client=flow.client_conn)
    one = master_with(server_connect=raising(RAISED[0]))
    await one.addons.handle_lifecycle(server_hooks.ServerConnectHook(data))
    assert data.server.error


@pytest.mark.parametrize("make", RAISED)
@pytest.mark.parametrize(
    "event", [websocket.WebsocketStartHook, websocket.WebsocketMessageHook, websocket.WebsocketEndHook]
)
async def test_nothing_moves_over_a_websocket_whose_hook_raised(
    event: type[hooks.Hook], make: Callable[[], BaseException]
) -> None:
    flow = tflow.twebsocketflow()

    def broken(seen: http.HTTPFlow) -> None:
        move(seen, Moves(to_provider=(Message(b"half judged"),)))
        raise make()

    await master_with(**{event.name: broken}).addons.handle_lifecycle(event(flow))  # type: ignore[call-arg]
    assert MOVES not in flow.metadata


async def test_a_next_layer_that_cannot_be_chosen_hangs_up() -> None:
    from mitmproxy.proxy import commands, context, events, layer

    one = master_with(next_layer=raising(RAISED[0]))
    nothing = layer.NextLayer(context.Context(tflow.tflow().client_conn, one.options))
    await one.addons.handle_lifecycle(layer.NextLayerHook(nothing))
    assert isinstance(nothing.layer, guard.ClosedLayer)
    assert [type(c) for c in nothing.layer.handle_event(events.Start())] == [commands.CloseConnection]
    assert layers


async def test_what_is_logged_has_no_exception_text(caplog: pytest.LogCaptureFixture) -> None:
    flow = tflow.tflow()
    await master_with(request=raising(RAISED[0])).addons.handle_lifecycle(http_layers.HttpRequestHook(flow))
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


async def test_a_cancelled_task_closes_its_flow_and_stays_cancelled() -> None:
    flow = tflow.tflow()
    started = asyncio.Event()

    async def request(_: http.HTTPFlow) -> None:
        started.set()
        await asyncio.sleep(60)

    work = asyncio.create_task(master_with(request=request).addons.handle_lifecycle(http_layers.HttpRequestHook(flow)))
    await started.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert flow.metadata[VERDICT] is Verdict.REFUSE
    assert flow.response is not None
