"""What an OpenAI chat completions request says, field by field."""

from __future__ import annotations

import json

import pytest

from hushgate.values import Direction, Embedded, Kind, Role
from hushgate.wire.openai_request import read_request

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


def said(message: object) -> list[tuple[object, ...]]:
    return [(path[2:], role, kind, text) for path, role, kind, text in read({"messages": [message]})]  # type: ignore[index]


@pytest.mark.parametrize(
    ("role", "expected", "kind"),
    [
        ("system", Role.SYSTEM, SYSTEM),
        ("developer", Role.DEVELOPER, SYSTEM),
        ("user", USER, TEXT),
        ("assistant", ASSISTANT, TEXT),
        ("tool", TOOL, RESULT),
        ("function", TOOL, RESULT),
    ],
)
def test_roles(role: str, expected: Role, kind: Kind) -> None:
    assert said({"role": role, "content": "hi"}) == [(("content",), expected, kind, "hi")]
    part = {"type": "text", "text": "hi"}
    assert said({"role": role, "content": [part]}) == [(("content", 0, "text"), expected, kind, "hi")]


@pytest.mark.parametrize("role", ["alien", None, 7, ["user"]])
def test_an_unknown_role_is_read_all_the_same(role: object) -> None:
    assert (("content",), NONE, TEXT, "hi") in said({"role": role, "content": "hi"})


def test_a_role_that_is_no_role_is_read_itself() -> None:
    assert (("role",), NONE, OPAQUE, "a@b.example") in said({"role": "a@b.example", "content": "hi"})


@pytest.mark.parametrize(
    ("part", "segments"),
    [
        ({"type": "refusal", "refusal": "no"}, [(("refusal",), TEXT, "no")]),
        (
            {"type": "image_url", "image_url": {"url": "https://x.example/a?u=b", "detail": "high"}},
            [(("image_url", "url"), TEXT, "https://x.example/a?u=b")],
        ),
        ({"type": "image_url", "image_url": "http://x.example"}, [(("image_url",), TEXT, "http://x.example")]),
        ({"type": "file", "file": {"file_id": "file-1", "filename": "ann.pdf"}},
         [(("file", "file_id"), OPAQUE, "file-1"), (("file", "filename"), TEXT, "ann.pdf")]),
        ({"type": "alien", "alien": {"x": "y"}},
         [(("type",), OPAQUE, "alien"), (("alien", "#key"), TEXT, "alien"), (("alien", "x", "#key"), TEXT, "x"),
          (("alien", "x"), TEXT, "y")]),
        ("bare", [((), TEXT, "bare")]),
        ({"type": "text", "text": {"value": "v"}},
         [(("text", "value", "#key"), TEXT, "value"), (("text", "value"), TEXT, "v")]),
    ],
)  # fmt: skip
def test_parts(part: object, segments: list[tuple[object, ...]]) -> None:
    expected = [(("content", 0, *path), USER, kind, text) for path, kind, text in segments]  # type: ignore[misc]
    assert said({"role": "user", "content": [part]}) == expected


@pytest.mark.parametrize(
    ("part", "path", "reason"),
    [
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}, ("image_url", "url"), "image"),
        ({"type": "image_url", "image_url": {"url": "DATA:text/plain,hello"}}, ("image_url", "url"), "image"),
        ({"type": "image_url", "image_url": "data:image/png;base64,AA"}, ("image_url",), "image"),
        ({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}, ("input_audio", "data"), "audio"),
        ({"type": "file", "file": {"file_data": "data:application/pdf;base64,AA"}}, ("file", "file_data"), "file"),
        ({"type": "video_url", "video_url": {"url": "data:video/mp4;base64,AA"}}, ("video_url", "url"), "video"),
    ],
)
def test_attachments_are_named_unread(part: dict[str, object], path: tuple[str, ...], reason: str) -> None:
    reading = read_request({"messages": [{"role": "user", "content": [part]}]})
    assert [(u.location.path, u.reason) for u in reading.unread] == [(("messages", 0, "content", 0, *path), reason)]
    assert all(s.kind is OPAQUE or s.location.is_key for s in reading.segments)


def test_tool_calls_and_their_arguments() -> None:
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "mail", "arguments": '{"to": "a@b.example"}'}},
            {"id": "call_2", "type": "function", "function": {"name": "raw", "arguments": '{"to": "cut o'}},
            {"id": "call_3", "type": "custom", "custom": {"name": "sql", "input": "select 1"}},
            {"id": "call_4", "type": "function", "function": {"name": "obj", "arguments": {"q": "x"}}},
        ],
    }
    at = "tool_calls"
    assert said(message) == [
        ((at, 0, "id"), ASSISTANT, OPAQUE, "call_1"),
        ((at, 0, "function", "name"), ASSISTANT, OPAQUE, "mail"),
        ((at, 0, "function", "arguments", J, "to", "#key"), ASSISTANT, ARGS, "to"),
        ((at, 0, "function", "arguments", J, "to"), ASSISTANT, ARGS, "a@b.example"),
        ((at, 1, "id"), ASSISTANT, OPAQUE, "call_2"),
        ((at, 1, "function", "name"), ASSISTANT, OPAQUE, "raw"),
        ((at, 1, "function", "arguments"), ASSISTANT, ARGS, '{"to": "cut o'),
        ((at, 2, "id"), ASSISTANT, OPAQUE, "call_3"),
        ((at, 2, "custom", "name"), ASSISTANT, OPAQUE, "sql"),
        ((at, 2, "custom", "input"), ASSISTANT, ARGS, "select 1"),
        ((at, 3, "id"), ASSISTANT, OPAQUE, "call_4"),
        ((at, 3, "function", "name"), ASSISTANT, OPAQUE, "obj"),
        ((at, 3, "function", "arguments", "q", "#key"), ASSISTANT, ARGS, "q"),
        ((at, 3, "function", "arguments", "q"), ASSISTANT, ARGS, "x"),
    ]


def test_deprecated_function_call() -> None:
    call = {"role": "assistant", "function_call": {"name": "f", "arguments": '{"a":"b"}'}}
    assert said(call) == [
        (("function_call", "name"), ASSISTANT, OPAQUE, "f"),
        (("function_call", "arguments", J, "a", "#key"), ASSISTANT, ARGS, "a"),
        (("function_call", "arguments", J, "a"), ASSISTANT, ARGS, "b"),
    ]


def test_tool_results_are_read_inside() -> None:
    content = json.dumps({"rows": [{"mail": "a@b.example", "card": 4111111111111111}]})
    message = {"role": "tool", "tool_call_id": "call_1", "content": content}
    assert said(message) == [
        (("tool_call_id",), TOOL, OPAQUE, "call_1"),
        (("content", J, "rows", "#key"), TOOL, RESULT, "rows"),
        (("content", J, "rows", 0, "mail", "#key"), TOOL, RESULT, "mail"),
        (("content", J, "rows", 0, "mail"), TOOL, RESULT, "a@b.example"),
        (("content", J, "rows", 0, "card", "#key"), TOOL, RESULT, "card"),
        (("content", J, "rows", 0, "card"), TOOL, RESULT, "4111111111111111"),
    ]


def test_reasoning_and_audio_of_an_earlier_turn() -> None:
    message = {
        "role": "assistant",
        "reasoning_content": "hm",
        "reasoning": "hm2",
        "refusal": "no",
        "audio": {"id": "a1"},
    }
    assert said(message) == [
        (("reasoning_content",), ASSISTANT, TEXT, "hm"),
        (("reasoning",), ASSISTANT, TEXT, "hm2"),
        (("refusal",), ASSISTANT, TEXT, "no"),
        (("audio", "id"), ASSISTANT, OPAQUE, "a1"),
    ]


def test_tool_definitions() -> None:
    parameters = {
        "type": "object",
        "properties": {"to": {"type": "string", "description": "who", "enum": ["ann", "bob"], "default": "ann"}},
        "required": ["to"],
    }
    function = {"name": "mail", "description": "Sends", "parameters": parameters, "strict": True}
    prop = ("parameters", "properties", "to")
    expected = [
        (("name",), OPAQUE, "mail"),
        (("description",), DEF, "Sends"),
        ((*prop, "#key"), OPAQUE, "to"),
        ((*prop, "description"), DEF, "who"),
        ((*prop, "enum", 0), DEF, "ann"),
        ((*prop, "enum", 1), DEF, "bob"),
        ((*prop, "default"), DEF, "ann"),
        (("parameters", "required", 0), OPAQUE, "to"),
    ]
    for doc, prefix in (
        ({"tools": [{"type": "function", "function": function}]}, ("tools", 0, "function")),
        ({"functions": [function]}, ("functions", 0)),
    ):
        assert read(doc) == [((*prefix, *path), NONE, kind, text) for path, kind, text in expected]


def test_custom_tools_and_answer_formats() -> None:
    grammar = {"syntax": "lark", "definition": "start: x"}
    custom = {"name": "sql", "description": "runs", "format": {"type": "grammar", "grammar": grammar}}
    answer = {"name": "person", "description": "a person", "schema": {"type": "object", "title": "Person"}}
    assert read(
        {
            "tools": [{"type": "custom", "custom": custom}],
            "response_format": {"type": "json_schema", "json_schema": answer},
        }
    ) == [
        (("tools", 0, "custom", "name"), NONE, OPAQUE, "sql"),
        (("tools", 0, "custom", "description"), NONE, DEF, "runs"),
        (("tools", 0, "custom", "format", "grammar", "definition"), NONE, DEF, "start: x"),
        (("response_format", "json_schema", "name"), NONE, OPAQUE, "person"),
        (("response_format", "json_schema", "description"), NONE, DEF, "a person"),
        (("response_format", "json_schema", "schema", "title"), NONE, DEF, "Person"),
    ]


@pytest.mark.parametrize(
    ("doc", "segments"),
    [
        ({"user": "ann"}, [(("user",), TEXT, "ann")]),
        ({"safety_identifier": "ann"}, [(("safety_identifier",), TEXT, "ann")]),
        ({"metadata": {"case": "ann"}},
         [(("metadata", "case", "#key"), TEXT, "case"), (("metadata", "case"), TEXT, "ann")]),
        ({"prompt_cache_key": "ann"}, [(("prompt_cache_key",), OPAQUE, "ann")]),
        ({"stop": ["ann"]}, [(("stop", 0), TEXT, "ann")]),
        ({"prediction": {"type": "content", "content": "ann"}}, [(("prediction", "content"), TEXT, "ann")]),
        ({"prediction": {"type": "content", "content": [{"type": "text", "text": "ann"}]}},
         [(("prediction", "content", 0, "text"), TEXT, "ann")]),
        ({"web_search_options": {"search_context_size": "low", "user_location": {"type": "approximate",
          "approximate": {"city": "Bern"}}}},
         [(("web_search_options", "user_location", "approximate", "city", "#key"), TEXT, "city"),
          (("web_search_options", "user_location", "approximate", "city"), TEXT, "Bern")]),
        ({"seed": 4111111111111111}, [(("seed",), OPAQUE, "4111111111111111")]),
        ({"logit_bias": {"50256": -100}}, [(("logit_bias", "50256", "#key"), OPAQUE, "50256")]),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}},
         [(("tool_choice", "function", "name"), OPAQUE, "f")]),
        ({"alien": {"deep": ["ann"]}}, [(("alien", "#key"), TEXT, "alien"), (("alien", "deep", "#key"), TEXT, "deep"),
                                        (("alien", "deep", 0), TEXT, "ann")]),
        ({"Messages": "ann"}, [(("Messages", "#key"), TEXT, "Messages"), (("Messages",), TEXT, "ann")]),
        ({"messages": "ann"}, [(("messages",), TEXT, "ann")]),
        ({"messages": {"0": "ann"}}, [(("messages", "0", "#key"), TEXT, "0"), (("messages", "0"), TEXT, "ann")]),
        ({"messages": ["ann"]}, [(("messages", 0), TEXT, "ann")]),
        ({"tools": "ann"}, [(("tools",), DEF, "ann")]),
        (["ann"], [((0,), TEXT, "ann")]),
        ("ann", [((), TEXT, "ann")]),
        (None, []),
    ],
)  # fmt: skip
def test_every_other_field(doc: object, segments: list[tuple[object, ...]]) -> None:
    assert read(doc) == [(path, NONE, kind, text) for path, kind, text in segments]


def test_model_and_stream() -> None:
    reading = read_request({"model": "gpt-4o", "stream": True, "messages": []})
    assert (reading.model, reading.stream) == ("gpt-4o", True)
    assert [(s.text, s.kind) for s in reading.segments] == [("gpt-4o", OPAQUE)]
    reading = read_request({"model": 7, "stream": "yes"})
    assert (reading.model, reading.stream) == (None, False)


def test_direction() -> None:
    assert {s.direction for s in read_request({"user": "ann"}).segments} == {Direction.REQUEST}


def test_a_typical_request_has_no_segment_but_its_texts() -> None:
    doc = {
        "model": "m",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
        "temperature": 0.5,
        "max_completion_tokens": 100,
        "response_format": {"type": "json_object"},
        "tool_choice": "auto",
        "stream_options": {"include_usage": True},
        "reasoning_effort": "low",
        "modalities": ["text"],
    }
    assert [text for *_, text in read(doc)] == ["m", "hi"]


def test_mistrals_parts() -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}], "signature": "c2ln"},
        {"type": "input_audio", "input_audio": "AAAA"},
        {"type": "input_audio", "input_audio": "https://x.example/a.wav"},
        {"type": "document_url", "document_url": "https://x.example/a.pdf", "document_name": "ann"},
    ]
    reading = read_request({"messages": [{"role": "user", "content": parts}]})
    assert [(s.kind, s.text) for s in reading.segments] == [
        (TEXT, "hm"),
        (OPAQUE, "c2ln"),
        (TEXT, "https://x.example/a.wav"),
        (TEXT, "https://x.example/a.pdf"),
        (TEXT, "ann"),
    ]
    assert [(u.location.path[-1], u.reason) for u in reading.unread] == [("input_audio", "audio")]
