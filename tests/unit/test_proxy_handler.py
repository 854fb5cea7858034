from __future__ import annotations

import inspect
from dataclasses import fields

import pytest
from mitmproxy import http
from mitmproxy.proxy import layers, mode_servers, server, server_hooks
from mitmproxy.test import tflow

from hushgate.proxy import handler


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `install` replaces comes back when the test is over."""
    monkeypatch.setattr(mode_servers, "ProxyConnectionHandler", mode_servers.ProxyConnectionHandler)
    monkeypatch.setattr(handler.hooks.Hook, "args", handler.hooks.Hook.args)
    monkeypatch.setattr(http.MessageData, "__post_init__", http.MessageData.__post_init__)


def test_arguments_are_those_of_mitmproxy() -> None:
    flow = tflow.tflow(resp=True)
    data = server_hooks.ServerConnectionHookData(server=flow.server_conn, client=flow.client_conn)
    for hook in (layers.http.HttpRequestHook(flow), server_hooks.ServerConnectHook(data)):
        assert handler.arguments(hook) == [getattr(hook, field.name) for field in fields(hook)] == hook.args()
        assert handler.arguments(hook) == handler.arguments(hook)


def test_what_is_replaced_is_there_to_be_replaced() -> None:
    assert "typecheck" in inspect.getsource(http.MessageData.__post_init__)
    assert issubclass(mode_servers.ProxyConnectionHandler, server.LiveConnectionHandler)
    assert list(inspect.signature(server.ConnectionHandler.drain_writers).parameters) == ["self"]
    handler.install()
    assert mode_servers.ProxyConnectionHandler is handler.Handler
    assert http.Response.make(200, b"x").content == b"x"
