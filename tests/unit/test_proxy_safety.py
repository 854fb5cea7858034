"""mitmproxy options that would let something pass unread are refused, one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from mitmproxy import options
from mitmproxy.addons import core, next_layer, proxyserver, tlsconfig
from mitmproxy.master import Master

from hushgate.errors import StateError
from hushgate.proxy.safety import SAFE, refuse_given, refuse_unsafe, unsafe


@pytest.fixture
async def opts() -> AsyncIterator[options.Options]:
    master = Master(options.Options())
    master.addons.add(core.Core(), proxyserver.Proxyserver(), next_layer.NextLayer(), tlsconfig.TlsConfig())
    master.options.add_option("save_stream_file", str | None, None, "as mitmproxy's own saver has it")
    safe = {name: value for name, value in SAFE.items() if name in master.options}
    master.options.update(**safe, body_size_limit="1m")
    yield master.options


async def test_the_safe_set_is_accepted(opts: options.Options) -> None:
    assert unsafe(opts) == []
    refuse_unsafe(opts)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stream_large_bodies", "1k"),
        ("store_streamed_bodies", True),
        ("validate_inbound_headers", False),
        ("rawtcp", True),
        ("upstream_cert", True),
        ("connection_strategy", "eager"),
        ("ssl_insecure", True),
        ("show_ignored_hosts", True),
        ("allow_hosts", ["example.com"]),
        ("ignore_hosts", ["example.com"]),
        ("body_size_limit", None),
        ("save_stream_file", "/tmp/flows"),  # noqa: S108 - never opened
    ],
)
async def test_each_unsafe_option_is_named(opts: options.Options, name: str, value: Any) -> None:
    setattr(opts, name, value)
    with pytest.raises(StateError, match=name):
        refuse_unsafe(opts)


async def test_options_of_others_are_named() -> None:
    fresh = Master(options.Options()).options
    fresh.update(listen_port=8888)
    with pytest.raises(StateError, match="listen_port") as refused:
        refuse_given(fresh)
    assert "hushgate.yaml" in refused.value.hint
    fresh.update(listen_port=None)
    refuse_given(fresh)
