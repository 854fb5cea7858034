"""What the messages of MCP say, method by method."""

from __future__ import annotations

from typing import Any

import pytest

from hushgate.values import Direction, Embedded, Kind, Role
from hushgate.wire.mcp_messages import read_messages
from hushgate.wire.mcp_words import CONSTANTS, KEYS
from hushgate.wire.walk import Walk

J = Embedded.JSON
OPAQUE, TEXT, ARGS, RESULT, DEF = Kind.OPAQUE, Kind.TEXT, Kind.TOOL_ARGS, Kind.TOOL_RESULT, Kind.TOOL_DEF
NONE, USER, ASSISTANT, TOOL = Role.NONE, Role.USER, Role.ASSISTANT, Role.TOOL


def walked(doc: object) -> Walk:
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    read_messages(walk, doc)
    return walk


def read(doc: object) -> list[tuple[Any, ...]]:
    """(path, role, kind, text); keys show as a path that ends in `#key`."""
    return [
        ((*s.location.path, "#key") if s.location.is_key else s.location.path, s.role, s.kind, s.text)
        for s in walked(doc).segments
    ]


def of(part: str, value: object) -> list[tuple[Any, ...]]:
    """What `params` or a `result` says, without the step to it."""
    return [(path[1:], role, kind, text) for path, role, kind, text in read({"jsonrpc": "2.0", "id": 1, part: value})]


def test_a_tool_is_called() -> None:
    arguments = {"recipient": "ann", "json": '{"cc":"bob"}', "card": 4111111111111111}
    params = {"name": "mail", "arguments": arguments, "_meta": {"progressToken": "p-1"}}
    doc = {"jsonrpc": "2.0", "id": "r-1", "method": "tools/call", "params": params}
    at = ("params", "arguments")
    assert read(doc) == [
        (("id",), NONE, OPAQUE, "r-1"),
        (("params", "name"), NONE, OPAQUE, "mail"),
        ((*at, "recipient", "#key"), ASSISTANT, ARGS, "recipient"),
        ((*at, "recipient"), ASSISTANT, ARGS, "ann"),
        ((*at, "json", "#key"), ASSISTANT, ARGS, "json"),
        ((*at, "json", J, "cc", "#key"), ASSISTANT, ARGS, "cc"),
        ((*at, "json", J, "cc"), ASSISTANT, ARGS, "bob"),
        ((*at, "card", "#key"), ASSISTANT, ARGS, "card"),
        ((*at, "card"), ASSISTANT, ARGS, "4111111111111111"),
        (("params", "_meta", "progressToken"), NONE, TEXT, "p-1"),
    ]
    assert {s.tool for s in walked(doc).segments if s.kind is ARGS} == {"mail"}


@pytest.mark.parametrize("params", [{"arguments": {"a": "x"}}, {"name": 7, "arguments": {"a": "x"}}])
def test_a_tool_without_a_name(params: object) -> None:
    assert [s.tool for s in walked({"params": params}).segments if s.text == "x"] == [""]


@pytest.mark.parametrize(
    ("params", "segments"),
    [
        ({"uri": "file:///ann.txt"}, [(("uri",), NONE, TEXT, "file:///ann.txt")]),
        ({"ref": {"type": "ref/prompt", "name": "p"}, "argument": {"name": "who", "value": "ann"}},
         [(("ref", "name"), NONE, OPAQUE, "p"), (("argument", "name"), NONE, OPAQUE, "who"),
          (("argument", "value"), NONE, TEXT, "ann")]),
        ({"level": "info", "logger": "db", "data": {"error": "ann"}},
         [(("logger",), NONE, OPAQUE, "db"), (("data", "error"), NONE, TEXT, "ann")]),
        ({"progressToken": "p-1", "progress": 0.5, "message": "for ann"},
         [(("progressToken",), NONE, OPAQUE, "p-1"), (("message",), NONE, TEXT, "for ann")]),
        ({"requestId": "r-1", "reason": "ann left"},
         [(("requestId",), NONE, OPAQUE, "r-1"), (("reason",), NONE, TEXT, "ann left")]),
        ({"messages": [{"role": "user", "content": {"type": "text", "text": "hi"}},
                       {"role": "assistant", "content": [{"type": "text", "text": "ho"}]}],
          "systemPrompt": "be kind", "maxTokens": 9, "stopSequences": ["ann"],
          "modelPreferences": {"hints": [{"name": "claude"}]}},
         [(("messages", 0, "content", "text"), USER, TEXT, "hi"),
          (("messages", 1, "content", 0, "text"), ASSISTANT, TEXT, "ho"),
          (("systemPrompt",), Role.SYSTEM, Kind.SYSTEM, "be kind"), (("stopSequences", 0), NONE, TEXT, "ann"),
          (("modelPreferences", "hints", 0, "name"), NONE, OPAQUE, "claude")]),
        ({"message": "who?", "requestedSchema": {"type": "object", "description": "d"}},
         [(("message",), NONE, TEXT, "who?"), (("requestedSchema", "description"), NONE, DEF, "d")]),
        ({"protocolVersion": "2025-06-18", "capabilities": {"sampling": {}},
          "clientInfo": {"name": "agent", "title": "Ann's", "version": "1.2"}},
         [(("clientInfo", "name"), NONE, OPAQUE, "agent"), (("clientInfo", "title"), NONE, TEXT, "Ann's"),
          (("clientInfo", "version"), NONE, OPAQUE, "1.2")]),
        ({"inputResponses": {"ask": {"action": "accept", "content": {"who": "ann"}}}, "requestState": "s"},
         [(("inputResponses", "ask", "#key"), NONE, OPAQUE, "ask"),
          (("inputResponses", "ask", "content", "who", "#key"), USER, TEXT, "who"),
          (("inputResponses", "ask", "content", "who"), USER, TEXT, "ann"), (("requestState",), NONE, OPAQUE, "s")]),
        ({"alien": ["ann"]}, [(("alien", "#key"), NONE, TEXT, "alien"), (("alien", 0), NONE, TEXT, "ann")]),
        (["ann"], [((0,), NONE, TEXT, "ann")]),
        ("ann", [((), NONE, TEXT, "ann")]),
        (None, []),
    ],
)  # fmt: skip
def test_parameters(params: object, segments: list[tuple[object, ...]]) -> None:
    assert of("params", params) == segments


@pytest.mark.parametrize(
    ("result", "segments"),
    [
        ({"content": [{"type": "text", "text": "out"}], "structuredContent": {"who": "ann"}, "isError": False},
         [(("content", 0, "text"), TOOL, RESULT, "out"), (("structuredContent", "who", "#key"), TOOL, RESULT, "who"),
          (("structuredContent", "who"), TOOL, RESULT, "ann")]),
        ({"content": [{"type": "resource_link", "uri": "file:///a", "name": "ann.txt", "mimeType": "text/plain"},
                      {"type": "resource", "resource": {"uri": "file:///b", "text": "out"}}]},
         [(("content", 0, "uri"), TOOL, RESULT, "file:///a"), (("content", 0, "name"), TOOL, RESULT, "ann.txt"),
          (("content", 1, "resource", "uri"), TOOL, RESULT, "file:///b"),
          (("content", 1, "resource", "text"), TOOL, RESULT, "out")]),
        ({"content": "bare"}, [(("content",), TOOL, RESULT, "bare")]),
        ({"contents": [{"uri": "file:///a", "mimeType": "text/plain", "text": "out"}]},
         [(("contents", 0, "uri"), TOOL, RESULT, "file:///a"), (("contents", 0, "text"), TOOL, RESULT, "out")]),
        ({"resources": [{"uri": "file:///a", "name": "ann.txt", "description": "of ann"}], "nextCursor": "c"},
         [(("resources", 0, "uri"), TOOL, RESULT, "file:///a"), (("resources", 0, "name"), TOOL, RESULT, "ann.txt"),
          (("resources", 0, "description"), TOOL, RESULT, "of ann"), (("nextCursor",), TOOL, OPAQUE, "c")]),
        ({"tools": [{"name": "mail", "title": "Mail", "description": "sends", "annotations": {"title": "M"},
                     "inputSchema": {"type": "object", "properties": {"who": {"description": "d"}}}}]},
         [(("tools", 0, "name"), TOOL, OPAQUE, "mail"), (("tools", 0, "title"), TOOL, DEF, "Mail"),
          (("tools", 0, "description"), TOOL, DEF, "sends"), (("tools", 0, "annotations", "title"), TOOL, DEF, "M"),
          (("tools", 0, "inputSchema", "properties", "who", "#key"), TOOL, OPAQUE, "who"),
          (("tools", 0, "inputSchema", "properties", "who", "description"), TOOL, DEF, "d")]),
        ({"prompts": [{"name": "p", "arguments": [{"name": "who", "description": "d", "required": True}]}]},
         [(("prompts", 0, "name"), TOOL, OPAQUE, "p"), (("prompts", 0, "arguments", 0, "name"), TOOL, OPAQUE, "who"),
          (("prompts", 0, "arguments", 0, "description"), TOOL, DEF, "d")]),
        ({"description": "D", "messages": [{"role": "user", "content": {"type": "text", "text": "hi"}}]},
         [(("description",), TOOL, RESULT, "D"), (("messages", 0, "content", "text"), USER, TEXT, "hi")]),
        ({"protocolVersion": "2025-06-18", "serverInfo": {"name": "s"}, "instructions": "ask first"},
         [(("serverInfo", "name"), TOOL, OPAQUE, "s"), (("instructions",), Role.SYSTEM, Kind.SYSTEM, "ask first")]),
        ({"completion": {"values": ["ann"], "total": 1}}, [(("completion", "values", 0), TOOL, RESULT, "ann")]),
        ({"action": "accept", "content": {"who": "ann"}},
         [(("content", "who", "#key"), USER, TEXT, "who"), (("content", "who"), USER, TEXT, "ann")]),
        ({"roots": [{"uri": "file:///home/ann", "name": "Ann"}]},
         [(("roots", 0, "uri"), TOOL, RESULT, "file:///home/ann"), (("roots", 0, "name"), TOOL, RESULT, "Ann")]),
        ({"inputRequests": {"ask": {"method": "elicitation/create", "params": {"message": "who?"}}}},
         [(("inputRequests", "ask", "#key"), TOOL, OPAQUE, "ask"),
          (("inputRequests", "ask", "params", "message"), NONE, TEXT, "who?")]),
        ({}, []),
    ],
)  # fmt: skip
def test_results(result: object, segments: list[tuple[object, ...]]) -> None:
    assert of("result", result) == segments


def test_what_a_model_said_for_a_server() -> None:
    call = {"type": "tool_use", "id": "t-1", "name": "mail", "input": {"recipient": "ann"}}
    back = {"type": "tool_result", "toolUseId": "t-1", "content": [{"type": "text", "text": "sent"}]}
    result = {"role": "assistant", "model": "m", "stopReason": "toolUse", "content": [call, back]}
    doc = {"result": result}
    said = {s.text: s for s in walked(doc).segments if s.text in ("ann", "sent")}
    assert (said["ann"].role, said["ann"].kind, said["ann"].tool) == (ASSISTANT, ARGS, "mail")
    assert (said["sent"].role, said["sent"].kind, said["sent"].tool) == (TOOL, RESULT, None)


def test_errors() -> None:
    doc = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "no ann", "data": {"who": "ann"}}}
    assert [text for *_, text in read(doc)] == ["no ann", "who", "ann"]


@pytest.mark.parametrize(
    ("doc", "path", "reason"),
    [
        ({"result": {"content": [{"type": "image", "data": "AA", "mimeType": "image/png"}]}},
         ("result", "content", 0, "data"), "image"),
        ({"result": {"content": [{"type": "audio", "data": "AA", "mimeType": "audio/wav"}]}},
         ("result", "content", 0, "data"), "audio"),
        ({"result": {"contents": [{"uri": "a", "blob": "AA", "mimeType": "application/pdf"}]}},
         ("result", "contents", 0, "blob"), "file"),
        ({"result": {"content": [{"type": "resource", "resource": {"uri": "a", "blob": "AA"}}]}},
         ("result", "content", 0, "resource", "blob"), "file"),
        ({"result": {"tools": [{"name": "f", "icons": [{"src": "data:image/png;base64,AA"}]}]}},
         ("result", "tools", 0, "icons", 0, "src"), "image"),
    ],
)  # fmt: skip
def test_files_are_named_unread(doc: object, path: tuple[object, ...], reason: str) -> None:
    walk = walked(doc)
    assert [(u.location.path, u.reason) for u in walk.unread] == [(path, reason)]


@pytest.mark.parametrize("doc", ["ann", ["ann"], [["ann"]], {"alien": "ann"}, {"params": {"arguments": "ann"}},
                                 {"params": {"messages": "ann"}}, {"result": "ann"}, {"result": {"tools": "ann"}},
                                 {"result": {"contents": "ann"}}, {"error": "ann"}, {"method": "ann"}, {"id": "ann"},
                                 {"params": {"inputResponses": "ann"}}])  # fmt: skip
def test_odd_shapes_are_read_all_the_same(doc: object) -> None:
    assert "ann" in [s.text for s in walked(doc).segments]


def test_a_batch_is_read_message_by_message() -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "f", "arguments": {"a": "x"}}}
    assert [(s.location.path, s.tool) for s in walked([call, call]).segments if s.text == "x"] == [
        ((n, "params", "arguments", "a"), "f") for n in (0, 1)
    ]


def test_fixed_words_alone_say_nothing() -> None:
    assert read({"jsonrpc": "2.0", "id": 3, "method": "tools/list", "params": {}}) == []
    assert read({"jsonrpc": "2.0", "method": "notifications/initialized"}) == []
