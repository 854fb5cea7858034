"""What a request of Mistral's conversations says, field by field."""

from __future__ import annotations

import pytest

from hushgate.values import Direction, Embedded, Kind, Role
from hushgate.wire.mistral_request import read_request
from tests.unit.wire_cases import below, rows

J = Embedded.JSON
OPAQUE, TEXT, SYSTEM, ARGS = Kind.OPAQUE, Kind.TEXT, Kind.SYSTEM, Kind.TOOL_ARGS
RESULT, DEF = Kind.TOOL_RESULT, Kind.TOOL_DEF
NONE, USER, ASSISTANT, TOOL = Role.NONE, Role.USER, Role.ASSISTANT, Role.TOOL


@pytest.mark.parametrize(
    ("entry", "role"),
    [
        ({"type": "message.input"}, USER),
        ({"type": "message.input", "role": "assistant"}, ASSISTANT),
        ({"role": "user"}, USER),
        ({"role": "system"}, Role.SYSTEM),
        ({"type": "message.output"}, ASSISTANT),
        ({}, USER),
        ({"role": 7}, USER),
    ],
)
def test_entries_say_who_speaks(entry: dict[str, object], role: Role) -> None:
    for content, path in (("hi", ()), ([{"type": "text", "text": "hi"}], (0, "text")), ({"text": "hi"}, ("text",))):
        found = below(("inputs", 0, "content"), read_request({"inputs": [{**entry, "content": content}]}))
        assert [(at, who, text) for at, who, _, text in found] == [(path, role, "hi")]


def test_calls_know_their_tool_and_results_are_read_inside() -> None:
    call = {"type": "function.call", "tool_call_id": "c-1", "name": "mail", "arguments": '{"to":"bob"}', "id": "e-1"}
    result = {"type": "function.result", "tool_call_id": "c-1", "result": '{"a":"x"}'}
    segments = read_request({"inputs": [call, result]}).segments
    assert [(s.location.path[1:], s.role, s.kind, s.text, s.tool) for s in segments] == [
        ((0, "tool_call_id"), ASSISTANT, OPAQUE, "c-1", "mail"),
        ((0, "name"), ASSISTANT, OPAQUE, "mail", "mail"),
        ((0, "arguments", J, "to"), ASSISTANT, ARGS, "to", "mail"),
        ((0, "arguments", J, "to"), ASSISTANT, ARGS, "bob", "mail"),
        ((0, "id"), ASSISTANT, OPAQUE, "e-1", "mail"),
        ((1, "tool_call_id"), TOOL, OPAQUE, "c-1", None),
        ((1, "result", J, "a"), TOOL, RESULT, "a", None),
        ((1, "result", J, "a"), TOOL, RESULT, "x", None),
    ]
    nameless = read_request({"inputs": [{"type": "function.call", "arguments": {"to": "bob"}}]})
    assert [s.tool for s in nameless.segments if s.text == "bob"] == [""]


@pytest.mark.parametrize(
    ("doc", "segments"),
    [
        ({"inputs": "ann"}, [(("inputs",), USER, TEXT, "ann")]),
        ({"inputs": ["ann"]}, [(("inputs", 0), USER, TEXT, "ann")]),
        ({"instructions": "be good"}, [(("instructions",), Role.SYSTEM, SYSTEM, "be good")]),
        ({"tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"title": "T"}}},
                    {"type": "document_library", "library_ids": ["l-1"]}, {"type": "web_search"}]},
         [(("tools", 0, "function", "name"), NONE, OPAQUE, "f"),
          (("tools", 0, "function", "description"), NONE, DEF, "d"),
          (("tools", 0, "function", "parameters", "title"), NONE, DEF, "T"),
          (("tools", 1, "library_ids", 0), NONE, OPAQUE, "l-1")]),
        ({"completion_args": {"stop": ["ann"], "temperature": 0.3, "response_format": {"type": "json_schema",
          "json_schema": {"name": "p", "schema": {"title": "T"}}}}},
         [(("completion_args", "stop", 0), NONE, TEXT, "ann"),
          (("completion_args", "response_format", "json_schema", "name"), NONE, OPAQUE, "p"),
          (("completion_args", "response_format", "json_schema", "schema", "title"), NONE, DEF, "T")]),
        ({"name": "ann", "description": "bob", "metadata": {"case": "eve"}},
         [(("name",), NONE, TEXT, "ann"), (("description",), NONE, TEXT, "bob"),
          (("metadata", "case", "#key"), NONE, TEXT, "case"), (("metadata", "case"), NONE, TEXT, "eve")]),
        ({"agent_id": "ag-1", "handoff_execution": "server", "from_entry_id": "e-1", "handoffs": ["ag-2"],
          "tool_confirmations": [{"tool_call_id": "c-1", "confirmation": "allow"}]},
         [(("agent_id",), NONE, OPAQUE, "ag-1"), (("from_entry_id",), NONE, OPAQUE, "e-1"),
          (("handoffs", 0), NONE, OPAQUE, "ag-2"), (("tool_confirmations", 0, "tool_call_id"), NONE, OPAQUE, "c-1")]),
        ({"alien": ["ann"]}, [(("alien", "#key"), NONE, TEXT, "alien"), (("alien", 0), NONE, TEXT, "ann")]),
        ("ann", [((), NONE, TEXT, "ann")]),
        (None, []),
    ],
)  # fmt: skip
def test_every_other_field(doc: object, segments: list[tuple[object, ...]]) -> None:
    assert rows(read_request(doc)) == segments


def test_model_stream_and_direction() -> None:
    reading = read_request({"model": "mistral-x", "stream": True, "inputs": "hi"})
    assert (reading.model, reading.stream) == ("mistral-x", True)
    assert {s.direction for s in reading.segments} == {Direction.REQUEST}
    reading = read_request({"model": 7, "stream": "yes"})
    assert (reading.model, reading.stream) == (None, False)
