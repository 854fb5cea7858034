"""The items of an OpenAI Responses conversation, type by type."""

from __future__ import annotations

import pytest

from hushgate.values import Embedded, Kind, Role
from hushgate.wire.base import Reading
from hushgate.wire.responses_items import called_tool
from hushgate.wire.responses_request import read_request
from tests.unit.wire_cases import below, unread

J = Embedded.JSON
OPAQUE, TEXT, ARGS, RESULT, DEF = Kind.OPAQUE, Kind.TEXT, Kind.TOOL_ARGS, Kind.TOOL_RESULT, Kind.TOOL_DEF
USER, ASSISTANT, TOOL, NONE = Role.USER, Role.ASSISTANT, Role.TOOL, Role.NONE
HERE = ("input", 0)
PNG = "data:image/png;base64,AA"


def read(item: object) -> Reading:
    return read_request({"input": [item]})


@pytest.mark.parametrize(
    ("role", "expected", "kind"),
    [("user", USER, TEXT), ("assistant", ASSISTANT, TEXT), ("system", Role.SYSTEM, Kind.SYSTEM),
     ("developer", Role.DEVELOPER, Kind.SYSTEM)],
)  # fmt: skip
def test_messages(role: str, expected: Role, kind: Kind) -> None:
    assert below(HERE, read({"role": role, "content": "hi"})) == [(("content",), expected, kind, "hi")]
    parts = [{"type": "input_text", "text": "hi"}]
    typed = {"type": "message", "role": role, "content": parts, "status": "completed"}
    assert below(HERE, read(typed)) == [(("content", 0, "text"), expected, kind, "hi")]


@pytest.mark.parametrize(
    ("part", "segments"),
    [
        ({"type": "refusal", "refusal": "no"}, [(("refusal",), TEXT, "no")]),
        ({"type": "input_image", "image_url": "https://x.example/a", "detail": "auto"},
         [(("image_url",), TEXT, "https://x.example/a")]),
        ({"type": "input_image", "file_id": "file-1"}, [(("file_id",), OPAQUE, "file-1")]),
        ({"type": "input_file", "file_url": "https://x.example/a", "filename": "ann.pdf"},
         [(("file_url",), TEXT, "https://x.example/a"), (("filename",), TEXT, "ann.pdf")]),
        ({"type": "output_text", "text": "hi", "annotations": [
            {"type": "url_citation", "url": "https://x.example", "title": "T", "start_index": 0, "end_index": 1},
            {"type": "container_file_citation", "container_id": "c", "file_id": "f", "filename": "a.csv"}]},
         [(("text",), TEXT, "hi"), (("annotations", 0, "url"), TEXT, "https://x.example"),
          (("annotations", 0, "title"), TEXT, "T"), (("annotations", 1, "container_id"), OPAQUE, "c"),
          (("annotations", 1, "file_id"), OPAQUE, "f"), (("annotations", 1, "filename"), TEXT, "a.csv")]),
        ({"type": "output_text", "text": "hi", "logprobs": [{"token": "hi", "logprob": -0.123456789}]},
         [(("text",), TEXT, "hi"), (("logprobs",), OPAQUE, "hi")]),
        ({"type": "output_text", "text": "hi", "logprobs": [{"token": "ann"}]},
         [(("text",), TEXT, "hi"), (("logprobs", 0, "token"), TEXT, "ann")]),
        ({"type": "alien", "alien": "ann"},
         [(("type",), OPAQUE, "alien"), (("alien", "#key"), TEXT, "alien"), (("alien",), TEXT, "ann")]),
        ("bare", [((), TEXT, "bare")]),
    ],
)  # fmt: skip
def test_parts(part: object, segments: list[tuple[object, ...]]) -> None:
    reading = read({"role": "user", "content": [part]})
    assert below((*HERE, "content", 0), reading) == [(path, USER, kind, text) for path, kind, text in segments]
    assert reading.unread == ()


@pytest.mark.parametrize(
    ("item", "place", "reason"),
    [
        ({"role": "user", "content": [{"type": "input_image", "image_url": PNG}]},
         ("content", 0, "image_url"), "image"),
        ({"role": "user", "content": [{"type": "input_file", "file_data": "JVBERi0="}]},
         ("content", 0, "file_data"), "file"),
        ({"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}}]},
         ("content", 0, "input_audio", "data"), "audio"),
        ({"type": "function_call_output", "output": [{"type": "input_image", "image_url": PNG}]},
         ("output", 0, "image_url"), "image"),
        ({"type": "computer_call_output", "output": {"type": "computer_screenshot", "image_url": PNG}},
         ("output", "image_url"), "image"),
        ({"type": "image_generation_call", "result": "iVBORw0KGgo="}, ("result",), "image"),
        ({"type": "code_interpreter_call", "outputs": [{"type": "image", "url": PNG}]}, ("outputs", 0, "url"), "image"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_named_unread(item: object, place: tuple[object, ...], reason: str) -> None:
    assert unread(read(item)) == [((*HERE, *place), reason)]


@pytest.mark.parametrize(
    ("item", "segments"),
    [
        ({"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "mail", "arguments": '{"to":"ann"}'},
         [(("id",), ASSISTANT, OPAQUE, "fc_1"), (("call_id",), ASSISTANT, OPAQUE, "call_1"),
          (("name",), ASSISTANT, OPAQUE, "mail"), (("arguments", J, "to", "#key"), ASSISTANT, ARGS, "to"),
          (("arguments", J, "to"), ASSISTANT, ARGS, "ann")]),
        ({"type": "function_call_output", "call_id": "call_1", "output": '{"a":["ann"]}'},
         [(("call_id",), TOOL, OPAQUE, "call_1"), (("output", J, "a", "#key"), TOOL, RESULT, "a"),
          (("output", J, "a", 0), TOOL, RESULT, "ann")]),
        ({"type": "function_call_output", "output": [{"type": "input_text", "text": "ann"}]},
         [(("output", 0, "text"), TOOL, RESULT, "ann")]),
        ({"type": "custom_tool_call", "name": "sql", "input": "select"},
         [(("name",), ASSISTANT, OPAQUE, "sql"), (("input",), ASSISTANT, ARGS, "select")]),
        ({"type": "custom_tool_call_output", "output": "ann"}, [(("output",), TOOL, RESULT, "ann")]),
        ({"type": "reasoning", "summary": [{"type": "summary_text", "text": "s"}], "encrypted_content": "gAAA",
          "content": [{"type": "reasoning_text", "text": "r"}]},
         [(("summary", 0, "text"), ASSISTANT, TEXT, "s"), (("encrypted_content",), ASSISTANT, OPAQUE, "gAAA"),
          (("content", 0, "text"), ASSISTANT, TEXT, "r")]),
        ({"type": "file_search_call", "queries": ["ann"], "results": [
            {"file_id": "f", "filename": "a.txt", "text": "bob", "score": 0.123456789, "attributes": {"who": "eve"}}]},
         [(("queries", 0), ASSISTANT, ARGS, "ann"), (("results", 0, "file_id"), TOOL, OPAQUE, "f"),
          (("results", 0, "filename"), TOOL, TEXT, "a.txt"), (("results", 0, "text"), TOOL, RESULT, "bob"),
          (("results", 0, "attributes", "who", "#key"), TOOL, RESULT, "who"),
          (("results", 0, "attributes", "who"), TOOL, RESULT, "eve")]),
        ({"type": "web_search_call", "action": {"type": "search", "query": "ann", "queries": ["bob"],
          "sources": [{"type": "url", "url": "https://x.example"}]}},
         [(("action", "query"), ASSISTANT, ARGS, "ann"), (("action", "queries", 0), ASSISTANT, ARGS, "bob"),
          (("action", "sources", 0, "url"), ASSISTANT, TEXT, "https://x.example")]),
        ({"type": "computer_call", "action": {"type": "type", "text": "ann"}, "actions": [{"type": "keypress",
          "keys": ["a"]}], "pending_safety_checks": [{"id": "s", "code": "c", "message": "m"}]},
         [(("action", "text"), ASSISTANT, ARGS, "ann"), (("actions", 0, "keys", 0), ASSISTANT, ARGS, "a"),
          (("pending_safety_checks", 0, "id"), ASSISTANT, OPAQUE, "s"),
          (("pending_safety_checks", 0, "code"), ASSISTANT, OPAQUE, "c"),
          (("pending_safety_checks", 0, "message"), ASSISTANT, TEXT, "m")]),
        ({"type": "code_interpreter_call", "code": "print(1)", "container_id": "cntr", "outputs":
          [{"type": "logs", "logs": "ann"}]},
         [(("code",), ASSISTANT, ARGS, "print(1)"), (("container_id",), ASSISTANT, OPAQUE, "cntr"),
          (("outputs", 0, "logs"), TOOL, RESULT, "ann")]),
        ({"type": "local_shell_call", "action": {"type": "exec", "command": ["cat", "ann"], "env": {"TOKEN": "t"}}},
         [(("action", "command", 0), ASSISTANT, ARGS, "cat"), (("action", "command", 1), ASSISTANT, ARGS, "ann"),
          (("action", "env", "TOKEN", "#key"), ASSISTANT, ARGS, "TOKEN"),
          (("action", "env", "TOKEN"), ASSISTANT, ARGS, "t")]),
        ({"type": "shell_call_output", "output": [{"stdout": "ann", "stderr": "bob",
          "outcome": {"type": "exit", "exit_code": 0}}]},
         [(("output", 0, "stdout"), TOOL, RESULT, "ann"), (("output", 0, "stderr"), TOOL, RESULT, "bob")]),
        ({"type": "apply_patch_call", "operation": {"type": "update_file", "path": "a.py", "diff": "+ann"}},
         [(("operation", "path"), ASSISTANT, ARGS, "a.py"), (("operation", "diff"), ASSISTANT, ARGS, "+ann")]),
        ({"type": "apply_patch_call_output", "output": "done"}, [(("output",), TOOL, RESULT, "done")]),
        ({"type": "mcp_call", "server_label": "crm", "name": "find", "arguments": "x", "output": "ann"},
         [(("server_label",), ASSISTANT, OPAQUE, "crm"), (("name",), ASSISTANT, OPAQUE, "find"),
          (("arguments",), ASSISTANT, ARGS, "x"), (("output",), TOOL, RESULT, "ann")]),
        ({"type": "mcp_list_tools", "tools": [{"name": "find", "description": "d", "input_schema": {"title": "T"}}]},
         [(("tools", 0, "name"), TOOL, OPAQUE, "find"), (("tools", 0, "description"), TOOL, DEF, "d"),
          (("tools", 0, "input_schema", "title"), TOOL, DEF, "T")]),
        ({"type": "mcp_approval_response", "approval_request_id": "a", "approve": True, "reason": "ann said so"},
         [(("approval_request_id",), ASSISTANT, OPAQUE, "a"), (("reason",), ASSISTANT, TEXT, "ann said so")]),
        ({"type": "item_reference", "id": "msg_1"}, [(("id",), ASSISTANT, OPAQUE, "msg_1")]),
        ({"type": "compaction", "encrypted_content": "gAAA"},
         [(("encrypted_content",), ASSISTANT, OPAQUE, "gAAA")]),
        ({"type": "program", "code": "1", "fingerprint": "fp"},
         [(("code",), ASSISTANT, ARGS, "1"), (("fingerprint",), ASSISTANT, OPAQUE, "fp")]),
        ({"type": "program_output", "result": "ann"}, [(("result",), TOOL, RESULT, "ann")]),
        ({"type": "alien_call", "arguments": "x", "alien": "y"},
         [(("type",), ASSISTANT, OPAQUE, "alien_call"), (("arguments",), ASSISTANT, ARGS, "x"),
          (("alien", "#key"), ASSISTANT, TEXT, "alien"), (("alien",), ASSISTANT, TEXT, "y")]),
        ({"content": "hi"}, [(("content",), NONE, TEXT, "hi")]),
    ],
)  # fmt: skip
def test_items(item: object, segments: list[tuple[object, ...]]) -> None:
    reading = read(item)
    assert below(HERE, reading) == segments
    assert reading.unread == ()


@pytest.mark.parametrize(
    ("item", "tool"),
    [
        ({"type": "function_call", "name": "mail", "arguments": "x"}, "mail"),
        ({"type": "function_call", "arguments": "x"}, ""),
        ({"type": "function_call", "name": 7, "arguments": "x"}, ""),
        ({"type": "mcp_call", "name": "find", "arguments": "x", "output": "res"}, "find"),
        ({"type": "web_search_call", "action": {"query": "x"}}, "web_search"),
        ({"type": "local_shell_call", "action": {"command": ["x"]}}, "local_shell"),
        ({"arguments": "x"}, ""),
    ],
)
def test_arguments_know_their_tool(item: dict[str, object], tool: str) -> None:
    segments = read(item).segments
    assert [s.tool for s in segments if s.text == "x"] == [tool]
    assert [s.tool for s in segments if s.text == "res"] == [None] * ("output" in item)
    assert called_tool(item) == tool
