"""Bedrock's dialects as the pipeline sees them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hushgate.values import Area, Kind, Location, Role
from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.bedrock import BedrockConverse, BedrockOther
from tests.aws_shapes import read_of, shape_of, texts

CONVERSE: Dialect = BedrockConverse()
OTHER: Dialect = BedrockOther()
REFUSAL = Refusal(400, "policy_violation", "policy_violation", "No. hint: ask", "d-1")
REPLIES = [
    (CONVERSE, "Converse"), (OTHER, "ApplyGuardrail"), (OTHER, "GetAsyncInvoke"), (OTHER, "ListAsyncInvokes"),
    (OTHER, "InvokeGuardrailChecks"), (OTHER, "CountTokens"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "operation"), REPLIES)
def test_every_text_of_a_reply_that_aws_knows_is_read(dialect: Dialect, operation: str) -> None:
    filled = shape_of(operation, "output")
    reading = dialect.read_reply(filled.document)
    assert set(filled.leaves) <= read_of(filled.document, reading)


def test_what_is_no_padding_is_read() -> None:
    assert [s.text for s in CONVERSE.read_frame({"contentBlockIndex": 0, "p": "erika"}).segments] == ["erika"]
    assert [s.text for s in OTHER.read_frame({"bytes": "hello", "p": "erika"}).segments] == ["erika"]


def test_no_other_channel_is_made() -> None:
    for dialect in (CONVERSE, OTHER):
        with pytest.raises(ValueError, match="no such channel"):
            dialect.delta_frame({}, ("choice", 0), "x")


def test_an_agents_text_runs_on() -> None:
    frame = OTHER.read_frame({"bytes": "hello", "attribution": {"citations": [{"text": "cited"}]}, "p": "abc"})
    assert [(d.channel, d.text, d.location) for d in frame.deltas] == [
        (("bytes",), "hello", Location(Area.FRAME, None, ("bytes",)))
    ]
    assert "cited" in [s.text for s in frame.segments]
    assert OTHER.delta_frame({}, ("bytes",), "x") == {"bytes": "x"}
    assert OTHER.event_name({"bytes": "x"}) is None
    assert OTHER.event_name(OTHER.delta_frame({}, ("text",), "x")) == "output"


def test_what_q_says_and_its_tools_arguments_run_on() -> None:
    frame = OTHER.read_frame({"content": "hello", "modelId": "auto"})
    assert [(d.channel, d.text) for d in frame.deltas] == [(("content",), "hello")]
    assert OTHER.event_name(OTHER.delta_frame({}, ("content",), "x")) == "assistantResponseEvent"

    called = {"toolUseId": "t1", "name": "send", "input": '{"a'}
    frame = OTHER.read_frame(called)
    (delta,) = frame.deltas
    assert (delta.channel, delta.text, delta.kind, delta.json_string) == (
        ("tool", "t1", "send"), '{"a', Kind.TOOL_ARGS, True,
    )  # fmt: skip
    assert (delta.location, frame.tools) == (
        Location(Area.FRAME, None, ("input",)), ((delta.channel, "send"),),
    )  # fmt: skip
    assert not frame.closes(delta.channel)
    assert OTHER.read_frame({"toolUseId": "t1", "name": "send", "stop": True}).closes(delta.channel)
    made = OTHER.delta_frame({}, delta.channel, "x")
    assert made == {**called, "input": "x"}
    assert OTHER.event_name(made) == "toolUseEvent"
    (nameless,) = OTHER.read_frame({"toolUseId": "t1", "input": "x"}).deltas
    assert OTHER.delta_frame({}, nameless.channel, "y") == {"toolUseId": "t1", "input": "y"}
    assert [s.text for s in OTHER.read_frame({"toolUseId": "t1", "input": {"a": "b"}}).segments if s.text == "b"] == [
        "b"
    ]


@pytest.mark.parametrize("dialect", [CONVERSE, OTHER])
@pytest.mark.parametrize(("status", "name"), [(400, "ValidationException"), (503, "ServiceUnavailableException")])
def test_refuses_as_aws_does(dialect: Dialect, status: int, name: str) -> None:
    answer = dialect.refusal(Refusal(status, "t", "c", "No. hint: ask", "d-1"))
    assert json.loads(answer.body) == {"message": "No. hint: ask"}
    assert dict(answer.headers) == {"content-type": "application/json", "x-amzn-errortype": name}
    assert dialect.refusal_frame(REFUSAL) == {"message": "No. hint: ask"}
    assert dialect.event_name(dialect.refusal_frame(REFUSAL)) is None


@pytest.mark.parametrize("dialect", [CONVERSE, OTHER])
def test_streams_are_event_streams(dialect: Dialect) -> None:
    assert dialect.framing("application/vnd.amazon.eventstream") == "aws-event-stream"
    assert dialect.framing("text/event-stream") == "sse"
    assert dialect.framing("application/json") is None
    assert dialect.drop_echoes({"a": 1}, []) == {"a": 1}


@pytest.mark.parametrize("document", [None, "text", 7, [], ["a text"], {}, {"messages": 7}, {"delta": "x"}])
def test_anything_is_read(document: Any) -> None:
    for dialect in (CONVERSE, OTHER):
        dialect.read_request(document)
        dialect.read_reply(document)
        dialect.read_frame(document)
    assert texts(CONVERSE.read_request(["a text"])) == {"a text": (Role.NONE, Kind.TEXT)}
