"""Tunnels that are not looked into, and how one is told from one that is."""

from __future__ import annotations

import ssl

import pytest
from mitmproxy import options
from mitmproxy.proxy import events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.test import tflow

from hushgate.proxy.tunnel import Layers, Traffic, TunnelLayer, server_name


def hello(name: str | None) -> bytes:
    """A real ClientHello."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(into, out, server_hostname=name).do_handshake()
    return out.read()


@pytest.mark.parametrize(
    ("first", "name"),
    [
        (b"", None),
        (b"\x16\x03", None),
        (b"GE", None),
        (b"GET / HTTP/1.1\r\n", ""),
        (b"SSH-2.0-x\r\n", ""),
        (b"\x16\x03\x01\x00\x04\x02\x00\x00\x00", ""),
    ],
)
def test_server_name_of_other_bytes(first: bytes, name: str | None) -> None:
    assert server_name(first) == name


def test_server_name_of_a_hello_whole_and_cut() -> None:
    whole = hello("chat.example.com")
    assert server_name(whole) == "chat.example.com"
    assert all(server_name(whole[:n]) is None for n in range(3, len(whole)))
    assert server_name(hello(None)) == ""


def chosen(first: bytes, *, tunnelled: bool) -> layer.Layer | None:
    flow = tflow.tflow()
    flow.client_conn.sni = None
    context = Context(flow.client_conn, options.Options())
    following = layer.NextLayer(context)
    following.events.append(events.DataReceived(context.client, first))
    traffic = Traffic("example.com", 443) if tunnelled else None
    layers = Layers(lambda _: traffic, lambda name: name == "api.openai.com")
    layers.next_layer(following)
    return following.layer


def test_an_ungoverned_tunnel_is_relayed_untouched() -> None:
    assert isinstance(chosen(hello("example.com"), tunnelled=True), TunnelLayer)
    assert isinstance(chosen(b"SSH-2.0-x\r\n", tunnelled=True), TunnelLayer)


def test_it_waits_for_a_whole_hello() -> None:
    assert chosen(hello("example.com")[:40], tunnelled=True) is None


def test_a_governed_name_inside_an_ungoverned_tunnel_is_not_relayed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[layer.NextLayer] = []
    monkeypatch.setattr("mitmproxy.addons.next_layer.NextLayer.next_layer", lambda self, one: asked.append(one))
    assert chosen(hello("api.openai.com"), tunnelled=True) is None
    assert asked, "mitmproxy chooses, and intercepts"


def test_bytes_are_counted_both_ways() -> None:
    flow = tflow.tflow()
    context = Context(flow.client_conn, options.Options())
    traffic = Traffic("example.com", 443)
    tunnel = TunnelLayer(context, traffic)
    list(tunnel.relay_messages(events.DataReceived(context.client, b"12345")))
    list(tunnel.relay_messages(events.DataReceived(context.server, b"123")))
    assert (traffic.sent, traffic.received) == (5, 3)
