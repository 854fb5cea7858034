"""What a request of Google's interactions says, field by field."""

from __future__ import annotations

import pytest

from hushgate.values import Direction, Kind, Role
from hushgate.wire.interactions_request import read_request
from tests.unit.wire_cases import below, rows, unread

OPAQUE, TEXT, SYSTEM, ARGS = Kind.OPAQUE, Kind.TEXT, Kind.SYSTEM, Kind.TOOL_ARGS
RESULT, DEF = Kind.TOOL_RESULT, Kind.TOOL_DEF
NONE, USER, ASSISTANT, TOOL = Role.NONE, Role.USER, Role.ASSISTANT, Role.TOOL
HI = {"type": "text", "text": "hi"}


@pytest.mark.parametrize(
    ("asked", "path", "role", "kind"),
    [
        ("hi", (), USER, TEXT),
        (HI, ("text",), USER, TEXT),
        ([HI], (0, "text"), USER, TEXT),
        ([{"type": "user_input", "content": [HI]}], (0, "content", 0, "text"), USER, TEXT),
        ([{"type": "model_output", "content": [HI]}], (0, "content", 0, "text"), ASSISTANT, TEXT),
        ([{"type": "thought", "summary": [HI]}], (0, "summary", 0, "text"), ASSISTANT, TEXT),
        ([{"role": "model", "content": "hi"}], (0, "content"), ASSISTANT, TEXT),
        ([{"role": "user", "content": HI}], (0, "content", "text"), USER, TEXT),
        ([{"role": "alien", "content": [HI]}], (0, "content", 0, "text"), NONE, TEXT),
        ([{"type": "function_result", "result": "hi"}], (0, "result"), TOOL, RESULT),
        ([{"type": "function_result", "result": [HI]}], (0, "result", 0, "text"), TOOL, RESULT),
        ([{"type": "function_result", "result": ["hi"]}], (0, "result", 0), TOOL, RESULT),
        ([{"type": "code_execution_result", "result": "hi"}], (0, "result"), TOOL, RESULT),
    ],
)
def test_who_says_what(asked: object, path: tuple[object, ...], role: Role, kind: Kind) -> None:
    found = below(("input",), read_request({"input": asked}))
    assert [row for row in found if row[3] == "hi"] == [(path, role, kind, "hi")]


@pytest.mark.parametrize(
    ("call", "tool"),
    [
        ({"type": "function_call", "id": "c", "name": "mail", "arguments": {"to": "bob"}}, "mail"),
        ({"type": "mcp_server_tool_call", "name": "send", "server_name": "s", "arguments": {"to": "bob"}}, "send"),
        ({"type": "google_search_call", "arguments": {"queries": ["bob"]}}, "google_search"),
        ({"type": "code_execution_call", "arguments": {"code": "bob", "language": "python"}}, "code_execution"),
    ],
)
def test_calls_know_their_tool(call: object, tool: str) -> None:
    segments = read_request({"input": [call]}).segments
    assert [(s.role, s.kind, s.tool) for s in segments if s.text == "bob"] == [(ASSISTANT, ARGS, tool)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"type": "image", "data": "QUFB", "mime_type": "image/png"}, "image"),
        ({"type": "audio", "data": "QUFB", "mime_type": "audio/wav"}, "audio"),
        ({"type": "document", "data": "QUFB", "mime_type": "application/pdf"}, "file"),
        ({"type": "document", "data": "QUFB"}, "file"),
    ],
)
def test_files_are_attachments(content: object, reason: str) -> None:
    for asked, at in (([content], (0,)), ([{"type": "user_input", "content": [content]}], (0, "content", 0))):
        reading = read_request({"input": asked})
        assert unread(reading) == [(("input", *at, "data"), reason)]
        assert [a.data for a in reading.attachments] == ["QUFB"]
    assert "ann" in [s.text for s in read_request({"input": {"type": "image", "data": ["ann"]}}).segments]


@pytest.mark.parametrize(
    ("doc", "segments"),
    [
        ({"system_instruction": "be good"}, [(("system_instruction",), Role.SYSTEM, SYSTEM, "be good")]),
        ({"system_instruction": HI}, [(("system_instruction", "text"), Role.SYSTEM, SYSTEM, "hi")]),
        ({"tools": [{"type": "function", "name": "f", "description": "d", "parameters": {"title": "T"}},
                    {"type": "mcp_server", "url": "https://x.example", "headers": {"x-token": "t-1"}}]},
         [(("tools", 0, "name"), NONE, OPAQUE, "f"), (("tools", 0, "description"), NONE, DEF, "d"),
          (("tools", 0, "parameters", "title"), NONE, DEF, "T"),
          (("tools", 1, "url"), NONE, DEF, "https://x.example"),
          (("tools", 1, "headers", "x-token", "#key"), NONE, DEF, "x-token"),
          (("tools", 1, "headers", "x-token"), NONE, DEF, "t-1")]),
        ({"generation_config": {"stop_sequences": ["ann"], "thinking_level": "low", "tool_choice": "auto"}},
         [(("generation_config", "stop_sequences", 0), NONE, TEXT, "ann")]),
        ({"response_format": {"type": "text", "schema": {"type": "object", "title": "T"}}},
         [(("response_format", "schema", "title"), NONE, DEF, "T")]),
        ({"previous_interaction_id": "i-1", "labels": {"team": "ann"}},
         [(("previous_interaction_id",), NONE, OPAQUE, "i-1"), (("labels", "team", "#key"), NONE, TEXT, "team"),
          (("labels", "team"), NONE, TEXT, "ann")]),
        ({"alien": ["ann"]}, [(("alien", "#key"), NONE, TEXT, "alien"), (("alien", 0), NONE, TEXT, "ann")]),
        ("ann", [((), NONE, TEXT, "ann")]),
        (None, []),
    ],
)  # fmt: skip
def test_every_other_field(doc: object, segments: list[tuple[object, ...]]) -> None:
    assert rows(read_request(doc)) == segments


def test_model_stream_and_direction() -> None:
    reading = read_request({"model": "gemini-x", "stream": True, "input": "hi"})
    assert (reading.model, reading.stream) == ("gemini-x", True)
    assert {s.direction for s in reading.segments} == {Direction.REQUEST}
    assert read_request({"model": 7, "stream": "yes"}).stream is False
