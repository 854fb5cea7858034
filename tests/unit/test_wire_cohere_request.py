"""What a Cohere request says, field by field, in both versions."""

from __future__ import annotations

import pytest

from hushgate.values import Direction, Embedded, Kind, Role
from hushgate.wire.cohere_request import read_request

J = Embedded.JSON
OPAQUE, TEXT, SYSTEM, ARGS = Kind.OPAQUE, Kind.TEXT, Kind.SYSTEM, Kind.TOOL_ARGS
RESULT, DEF = Kind.TOOL_RESULT, Kind.TOOL_DEF
NONE, USER, ASSISTANT, TOOL = Role.NONE, Role.USER, Role.ASSISTANT, Role.TOOL


def read(doc: object) -> list[tuple[object, ...]]:
    """(path, role, kind, text); keys show as a path that ends in `#key`."""
    return [
        ((*s.location.path, "#key") if s.location.is_key else s.location.path, s.role, s.kind, s.text)
        for s in read_request(doc).segments
    ]


def said(message: object, under: str = "messages") -> list[tuple[object, ...]]:
    return [(path[2:], role, kind, text) for path, role, kind, text in read({under: [message]})]  # type: ignore[index]


@pytest.mark.parametrize(
    ("role", "expected", "kind"),
    [
        ("system", Role.SYSTEM, SYSTEM),
        ("SYSTEM", Role.SYSTEM, SYSTEM),
        ("user", USER, TEXT),
        ("USER", USER, TEXT),
        ("assistant", ASSISTANT, TEXT),
        ("CHATBOT", ASSISTANT, TEXT),
        ("tool", TOOL, RESULT),
    ],
)
def test_roles(role: str, expected: Role, kind: Kind) -> None:
    assert said({"role": role, "content": "hi"}) == [(("content",), expected, kind, "hi")]
    part = {"type": "text", "text": "hi"}
    assert said({"role": role, "content": [part]}) == [(("content", 0, "text"), expected, kind, "hi")]
    assert said({"role": role, "content": part}) == [(("content", "text"), expected, kind, "hi")]
    assert said({"role": role, "message": "hi"}, "chat_history") == [(("message",), expected, kind, "hi")]


@pytest.mark.parametrize("role", ["alien", None, 7, ["user"]])
def test_an_unknown_role_is_read_all_the_same(role: object) -> None:
    assert (("content",), NONE, TEXT, "hi") in said({"role": role, "content": "hi"})


@pytest.mark.parametrize(
    ("part", "segments"),
    [
        ({"type": "thinking", "thinking": "hm"}, [(("thinking",), TEXT, "hm")]),
        ({"type": "image_url", "image_url": {"url": "https://x.example/a?u=b", "detail": "high"}},
         [(("image_url", "url"), TEXT, "https://x.example/a?u=b"), (("image_url", "detail"), OPAQUE, "high")]),
        ({"type": "document", "document": {"id": "d-1", "data": {"snippet": "ann"}}},
         [(("document", "id"), OPAQUE, "d-1"), (("document", "data", "snippet"), TEXT, "ann")]),
        ({"type": "alien", "alien": {"x": "y"}},
         [(("type",), OPAQUE, "alien"), (("alien", "#key"), TEXT, "alien"), (("alien", "x", "#key"), TEXT, "x"),
          (("alien", "x"), TEXT, "y")]),
        ("bare", [((), TEXT, "bare")]),
    ],
)  # fmt: skip
def test_parts(part: object, segments: list[tuple[object, ...]]) -> None:
    expected = [(("content", 0, *path), USER, kind, text) for path, kind, text in segments]  # type: ignore[misc]
    assert said({"role": "user", "content": [part]}) == expected


@pytest.mark.parametrize("image", [{"url": "data:image/png;base64,AA"}, "DATA:image/png;base64,AA"])
def test_images_are_named_unread(image: object) -> None:
    part = {"type": "image_url", "image_url": image}
    reading = read_request({"messages": [{"role": "user", "content": [part]}], "images": ["data:image/png;base64,AA"]})
    assert [u.reason for u in reading.unread] == ["image", "image"]
    assert reading.segments == ()


def test_calls_of_v2_and_their_results() -> None:
    call = {"id": "c-1", "type": "function", "function": {"name": "mail", "arguments": '{"to":"bob"}'}}
    doc = {"messages": [{"role": "assistant", "tool_plan": "I will", "tool_calls": [call]}]}
    assert [(s.location.path[2:], s.kind, s.text, s.tool) for s in read_request(doc).segments] == [
        (("tool_plan",), TEXT, "I will", None),
        (("tool_calls", 0, "id"), OPAQUE, "c-1", None),
        (("tool_calls", 0, "function", "name"), OPAQUE, "mail", "mail"),
        (("tool_calls", 0, "function", "arguments", J, "to"), ARGS, "to", "mail"),
        (("tool_calls", 0, "function", "arguments", J, "to"), ARGS, "bob", "mail"),
    ]
    result = {
        "role": "tool",
        "tool_call_id": "c-1",
        "content": [{"type": "document", "document": {"data": '{"a":"x"}'}}],
    }
    assert said(result) == [
        (("tool_call_id",), TOOL, OPAQUE, "c-1"),
        (("content", 0, "document", "data", J, "a", "#key"), TOOL, RESULT, "a"),
        (("content", 0, "document", "data", J, "a"), TOOL, RESULT, "x"),
    ]


def test_calls_of_v1_and_their_results() -> None:
    call = {"name": "mail", "parameters": {"to": "bob"}}
    doc = {"tool_results": [{"call": call, "outputs": [{"sent": "ann"}]}]}
    assert [(s.location.path[2:], s.role, s.kind, s.text, s.tool) for s in read_request(doc).segments] == [
        (("call", "name"), TOOL, OPAQUE, "mail", "mail"),
        (("call", "parameters", "to"), TOOL, ARGS, "to", "mail"),
        (("call", "parameters", "to"), TOOL, ARGS, "bob", "mail"),
        (("outputs", 0, "sent"), TOOL, RESULT, "sent", None),
        (("outputs", 0, "sent"), TOOL, RESULT, "ann", None),
    ]
    nameless = read_request({"chat_history": [{"role": "CHATBOT", "tool_calls": [{"parameters": {"to": "bob"}}]}]})
    assert [s.tool for s in nameless.segments if s.text == "bob"] == [""]


def test_tool_definitions_of_both_versions() -> None:
    schema = {"type": "object", "properties": {"to": {"type": "string", "description": "who"}}}
    second = {"type": "function", "function": {"name": "mail", "description": "sends", "parameters": schema}}
    first = {"name": "mail", "description": "sends",
             "parameter_definitions": {"to": {"description": "who", "type": "str", "required": True}}}  # fmt: skip
    assert [(path[2:], kind, text) for path, _, kind, text in read({"tools": [second]})] == [  # type: ignore[index]
        (("function", "name"), OPAQUE, "mail"),
        (("function", "description"), DEF, "sends"),
        (("function", "parameters", "properties", "to", "#key"), OPAQUE, "to"),
        (("function", "parameters", "properties", "to", "description"), DEF, "who"),
    ]
    assert [(path[2:], kind, text) for path, _, kind, text in read({"tools": [first]})] == [  # type: ignore[index]
        (("name",), OPAQUE, "mail"),
        (("description",), DEF, "sends"),
        (("parameter_definitions", "to", "#key"), OPAQUE, "to"),
        (("parameter_definitions", "to", "description"), DEF, "who"),
    ]
    assert [text for *_, text in read({"tools": [{"parameter_definitions": ["ann"]}]})] == ["ann"]


@pytest.mark.parametrize(
    ("doc", "segments"),
    [
        ({"message": "ann"}, [(("message",), USER, TEXT, "ann")]),
        ({"preamble": "be good"}, [(("preamble",), Role.SYSTEM, SYSTEM, "be good")]),
        ({"prompt": "ann"}, [(("prompt",), USER, TEXT, "ann")]),
        ({"documents": ["ann", {"id": "d-1", "title": "T", "by": "bob"}]},
         [(("documents", 0), NONE, TEXT, "ann"), (("documents", 1, "id"), NONE, OPAQUE, "d-1"),
          (("documents", 1, "title"), NONE, TEXT, "T"), (("documents", 1, "by", "#key"), NONE, TEXT, "by"),
          (("documents", 1, "by"), NONE, TEXT, "bob")]),
        ({"query": "ann", "documents": [{"text": "bob"}], "rank_fields": ["text"]},
         [(("query",), USER, TEXT, "ann"), (("documents", 0, "text"), NONE, TEXT, "bob")]),
        ({"texts": ["ann"], "input_type": "search_query", "embedding_types": ["float"]},
         [(("texts", 0), USER, TEXT, "ann")]),
        ({"inputs": [{"content": [{"type": "text", "text": "ann"}]}]},
         [(("inputs", 0, "content", 0, "text"), NONE, TEXT, "ann")]),
        ({"inputs": ["ann"], "examples": [{"text": "bob", "label": "eve"}]},
         [(("inputs", 0), NONE, TEXT, "ann"), (("examples", 0, "text"), NONE, TEXT, "bob"),
          (("examples", 0, "label"), NONE, TEXT, "eve")]),
        ({"text": "ann", "additional_command": "bob"},
         [(("text",), USER, TEXT, "ann"), (("additional_command",), NONE, TEXT, "bob")]),
        ({"connectors": [{"id": "web-search", "user_access_token": "t-1", "options": {"site": "x"}}]},
         [(("connectors", 0, "id"), NONE, OPAQUE, "web-search"),
          (("connectors", 0, "user_access_token"), NONE, TEXT, "t-1"),
          (("connectors", 0, "options", "site", "#key"), NONE, TEXT, "site"),
          (("connectors", 0, "options", "site"), NONE, TEXT, "x")]),
        ({"response_format": {"type": "json_object", "json_schema": {"type": "object", "title": "T"}}},
         [(("response_format", "json_schema", "title"), NONE, DEF, "T")]),
        ({"stop_sequences": ["ann"]}, [(("stop_sequences", 0), NONE, TEXT, "ann")]),
        ({"citation_options": {"mode": "FAST"}, "safety_mode": "CONTEXTUAL", "thinking": {"type": "enabled"},
          "tool_choice": "REQUIRED", "temperature": 0.3, "k": 5}, []),
        ({"messages": "ann"}, [(("messages",), NONE, TEXT, "ann")]),
        ({"alien": ["ann"]}, [(("alien", "#key"), NONE, TEXT, "alien"), (("alien", 0), NONE, TEXT, "ann")]),
        ("ann", [((), NONE, TEXT, "ann")]),
        (None, []),
    ],
)  # fmt: skip
def test_every_other_field(doc: object, segments: list[tuple[object, ...]]) -> None:
    assert read(doc) == segments


def test_model_stream_and_direction() -> None:
    reading = read_request({"model": "command-x", "stream": True, "message": "hi"})
    assert (reading.model, reading.stream) == ("command-x", True)
    assert {s.direction for s in reading.segments} == {Direction.REQUEST}
    reading = read_request({"model": 7, "stream": "yes"})
    assert (reading.model, reading.stream) == (None, False)
