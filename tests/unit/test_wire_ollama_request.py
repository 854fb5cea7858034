"""What a request of Ollama's own API says, field by field."""

from __future__ import annotations

import pytest

from hushgate.values import Direction, Embedded, Kind, Role
from hushgate.wire.ollama_request import read_request

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


@pytest.mark.parametrize(
    ("role", "expected", "kind"),
    [("system", Role.SYSTEM, SYSTEM), ("user", USER, TEXT), ("assistant", ASSISTANT, TEXT), ("tool", TOOL, RESULT)],
)
def test_roles(role: str, expected: Role, kind: Kind) -> None:
    doc = {"messages": [{"role": role, "content": "hi", "thinking": "hm"}]}
    assert [entry[1:] for entry in read(doc)] == [(expected, kind, "hi"), (expected, kind, "hm")]


@pytest.mark.parametrize("role", ["alien", None, 7, ["user"]])
def test_an_unknown_role_is_read_all_the_same(role: object) -> None:
    doc = {"messages": [{"role": role, "content": "hi"}]}
    assert (("messages", 0, "content"), NONE, TEXT, "hi") in read(doc)


def test_calls_know_their_tool_and_results_are_read_inside() -> None:
    call = {"function": {"name": "mail", "arguments": {"to": "bob"}}}
    answer = {"role": "tool", "tool_name": "mail", "content": '{"a":"x"}'}
    doc = {"messages": [{"role": "assistant", "content": "", "tool_calls": [call]}, answer]}
    assert [(s.location.path[2:], s.role, s.kind, s.text, s.tool) for s in read_request(doc).segments] == [
        (("tool_calls", 0, "function", "name"), ASSISTANT, OPAQUE, "mail", "mail"),
        (("tool_calls", 0, "function", "arguments", "to"), ASSISTANT, ARGS, "to", "mail"),
        (("tool_calls", 0, "function", "arguments", "to"), ASSISTANT, ARGS, "bob", "mail"),
        (("tool_name",), TOOL, OPAQUE, "mail", None),
        (("content", J, "a"), TOOL, RESULT, "a", None),
        (("content", J, "a"), TOOL, RESULT, "x", None),
    ]


def test_images_are_attachments() -> None:
    reading = read_request({"messages": [{"role": "user", "images": ["AAAA"]}], "images": ["BBBB", {"x": "ann"}]})
    assert [(u.location.path, u.reason) for u in reading.unread] == [
        (("messages", 0, "images", 0), "image"),
        (("images", 0), "image"),
    ]
    assert [a.data for a in reading.attachments] == ["AAAA", "BBBB"]
    assert "ann" in [s.text for s in reading.segments]


def test_an_earlier_conversation_in_tokens_is_named_unread() -> None:
    reading = read_request({"prompt": "hi", "context": [1, 733, 16289]})
    assert [(u.location.path, u.reason, u.size) for u in reading.unread] == [(("context",), "tokens", 13)]
    assert read_request({"context": []}).unread == ()
    assert [text for *_, text in read({"context": [1, "ann"]})] == ["ann"]


@pytest.mark.parametrize(
    ("doc", "segments"),
    [
        ({"prompt": "ann", "suffix": "bob"}, [(("prompt",), USER, TEXT, "ann"), (("suffix",), USER, TEXT, "bob")]),
        ({"system": "be good", "template": "{{ .Prompt }}"},
         [(("system",), Role.SYSTEM, SYSTEM, "be good"), (("template",), Role.SYSTEM, SYSTEM, "{{ .Prompt }}")]),
        ({"input": ["ann"]}, [(("input", 0), USER, TEXT, "ann")]),
        ({"format": "json"}, []),
        ({"format": {"type": "object", "properties": {"to": {"description": "who"}}}},
         [(("format", "properties", "to", "#key"), NONE, OPAQUE, "to"),
          (("format", "properties", "to", "description"), NONE, DEF, "who")]),
        ({"options": {"temperature": 0.5, "stop": ["ann"], "alien": "bob"}},
         [(("options", "stop", 0), NONE, TEXT, "ann"), (("options", "alien", "#key"), NONE, TEXT, "alien"),
          (("options", "alien"), NONE, TEXT, "bob")]),
        ({"keep_alive": "5m", "think": "high"}, [(("keep_alive",), NONE, OPAQUE, "5m")]),
        ({"tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"title": "T"}}}]},
         [(("tools", 0, "function", "name"), NONE, OPAQUE, "f"),
          (("tools", 0, "function", "description"), NONE, DEF, "d"),
          (("tools", 0, "function", "parameters", "title"), NONE, DEF, "T")]),
        ({"model": "mine", "from": "base", "license": "ann", "files": {"a.gguf": "sha256:0"}},
         [(("model",), NONE, OPAQUE, "mine"), (("from",), NONE, OPAQUE, "base"), (("license",), NONE, TEXT, "ann"),
          (("files", "a.gguf", "#key"), NONE, TEXT, "a.gguf"), (("files", "a.gguf"), NONE, TEXT, "sha256:0")]),
        ({"messages": "ann"}, [(("messages",), NONE, TEXT, "ann")]),
        ({"alien": ["ann"]}, [(("alien", "#key"), NONE, TEXT, "alien"), (("alien", 0), NONE, TEXT, "ann")]),
        ("ann", [((), NONE, TEXT, "ann")]),
        (None, []),
    ],
)  # fmt: skip
def test_every_other_field(doc: object, segments: list[tuple[object, ...]]) -> None:
    assert read(doc) == segments


@pytest.mark.parametrize(
    ("doc", "stream"),
    [
        ({"messages": []}, True),
        ({"prompt": "hi"}, True),
        ({"messages": [], "stream": False}, False),
        ({"input": "hi"}, False),
        ({"input": "hi", "stream": True}, True),
        ([], False),
    ],
)
def test_it_streams_unless_told_not_to(doc: object, stream: bool) -> None:
    assert read_request(doc).stream is stream


def test_model_and_direction() -> None:
    reading = read_request({"model": "llama", "prompt": "hi"})
    assert reading.model == "llama"
    assert {s.direction for s in reading.segments} == {Direction.REQUEST}
    assert read_request({"model": 7}).model is None
