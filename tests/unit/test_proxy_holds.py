from __future__ import annotations

import asyncio

from mitmproxy.test import tflow

from hushgate.proxy.holds import LONGEST, LONGEST_HTTP2, Holds
from hushgate.proxy.http_layers import LEFT, WAITS


async def test_who_leaves_is_not_waited_for() -> None:
    holds, flow, other = Holds(), tflow.tflow(), tflow.tflow()
    with holds.waiting(flow) as one, holds.waiting(other) as two:
        assert one.here and not one.over.is_set()
        holds.left(flow.client_conn.id)
        await asyncio.wait_for(one.gone(), 1)
        assert not two.over.is_set()
        flow.metadata[LEFT] = True
        assert not one.here and two.here
    assert WAITS not in flow.metadata
    holds.left(flow.client_conn.id)


async def test_http2_is_not_let_wait_long() -> None:
    holds, flow = Holds(), tflow.tflow()
    with holds.waiting(flow) as one:
        assert one.longest == LONGEST
        flow.request.http_version = "HTTP/2.0"
        assert one.longest == LONGEST_HTTP2


async def test_a_gate_that_stops_lets_nobody_wait() -> None:
    holds, flow = Holds(), tflow.tflow()
    with holds.waiting(flow) as one:
        holds.stop()
        assert one.over.is_set()
    with holds.waiting(flow) as late:
        assert late.over.is_set() and late.here


async def test_who_is_no_longer_let_in_is_not_here() -> None:
    holds, flow, revoked = Holds(), tflow.tflow(), False
    with holds.waiting(flow, lambda: not revoked) as one:
        assert one.here
        revoked = True
        assert not one.here
