"""Open exchanges: counted from their decision to their end, and cut where nobody waits for them."""

from __future__ import annotations

from mitmproxy.test import tflow

from hushgate.proxy.under_way import PASSAGE, REPLY, UnderWay
from tests.gate_cases import STREAM, inbound, pipeline, prompt


async def test_an_exchange_is_open_until_it_ends_or_is_cut() -> None:
    gate = pipeline()
    here = UnderWay(gate)
    flows = {}
    for name in ("ended", "waiting", "answering", "closing"):
        passage = await gate.screen_request(inbound(prompt("hi"), id=name))
        flow = flows[name] = tflow.tflow()
        flow.metadata[PASSAGE] = passage
        assert here.begin(passage, flow)
        if name == "answering":
            flow.metadata[REPLY] = gate.screen_reply(passage, STREAM)
    here.broken(flows["closing"])
    here.end("ended")
    here.end("nobody")
    assert len(here) == 3
    cut = list(here.cut())
    assert [reply.exchange.id for reply in cut] == ["waiting", "answering"]
    assert [reply.head.status for reply in cut] == [0, 200]
    assert list(here.cut()) == [], "each once"
    assert not here.begin(await gate.screen_request(inbound(prompt("hi"), id="late")), tflow.tflow())


async def test_what_was_refused_has_no_reply_to_come() -> None:
    gate = pipeline()
    flow = tflow.tflow()
    flow.metadata[PASSAGE] = await gate.screen_request(inbound(b"{"))
    assert UnderWay(gate).broken(flow) is None
