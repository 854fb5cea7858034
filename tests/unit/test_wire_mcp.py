"""The MCP dialect as the pipeline sees it."""

from __future__ import annotations

import json

import pytest

from hushgate.values import Area, Direction, Kind
from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.mcp import MCP, REFUSED

DIALECT: Dialect = MCP()
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "mail", "arguments": {"who": "ann"}}}
RESULT = {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "out"}]}}


def test_names_itself() -> None:
    assert (DIALECT.name, DIALECT.sentinel) == ("mcp", None)


@pytest.mark.parametrize(
    ("media_type", "framing"), [("text/event-stream", "sse"), ("application/json", None), ("", None)]
)
def test_framings(media_type: str, framing: str | None) -> None:
    assert DIALECT.framing(media_type) == framing


def test_reads_either_way() -> None:
    request = DIALECT.read_request(CALL)
    assert [(s.text, s.direction, s.kind) for s in request.segments if s.text == "ann"] == [
        ("ann", Direction.REQUEST, Kind.TOOL_ARGS)
    ]
    reply = DIALECT.read_reply(RESULT)
    assert [(s.text, s.direction, s.kind) for s in reply.segments] == [("out", Direction.REPLY, Kind.TOOL_RESULT)]


@pytest.mark.parametrize("doc", [RESULT, [RESULT]])
def test_an_event_is_a_message_or_a_batch_of_its_own(doc: object) -> None:
    frame = DIALECT.read_frame(doc)
    assert (frame.deltas, frame.ends) == ((), ())
    assert [(s.text, s.location.area) for s in frame.segments] == [("out", Area.FRAME)]
    with pytest.raises(ValueError, match="no channels"):
        DIALECT.delta_frame(doc, ("block", 0, "text"), "x")
    assert DIALECT.event_name(doc) is None
    assert DIALECT.drop_echoes(doc, []) is doc


@pytest.mark.parametrize(
    ("doc", "asked"),
    [
        (CALL, 1),
        ({**CALL, "id": "r-1"}, "r-1"),
        ({**CALL, "id": None}, None),
        ({**CALL, "id": True}, None),
        ({**CALL, "id": [1]}, None),
        (RESULT, None),
        ([CALL], None),
        (None, None),
    ],
)
def test_a_refusal_answers_the_call(doc: object, asked: str | int | None) -> None:
    assert DIALECT.read_request(doc).asked == asked
    refusal = Refusal(400, "policy_violation", "policy_violation", "No. hint: ask", "d-1", asked)
    answer = DIALECT.refusal(refusal)
    data = {"type": "policy_violation", "code": "policy_violation", "decision": "d-1"}
    said = {"jsonrpc": "2.0", "id": asked, "error": {"code": REFUSED, "message": "No. hint: ask", "data": data}}
    assert json.loads(answer.body) == said
    assert answer.headers == (("content-type", "application/json"),)
    assert answer.status == (None if asked is None else 200)
    assert DIALECT.refusal_frame(refusal) == said
