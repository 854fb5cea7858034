"""What the content blocks of Anthropic messages say, type by type."""

from __future__ import annotations

import pytest

from hushgate.values import Direction, Embedded, Kind, Role
from hushgate.wire.anthropic_blocks import block, kind_of, said, tool
from hushgate.wire.anthropic_words import CONSTANTS, KEYS
from hushgate.wire.walk import Walk

J = Embedded.JSON
OPAQUE, TEXT, ARGS, RESULT, DEF = Kind.OPAQUE, Kind.TEXT, Kind.TOOL_ARGS, Kind.TOOL_RESULT, Kind.TOOL_DEF
USER, TOOL = Role.USER, Role.TOOL


def walked(value: object, role: Role = USER) -> Walk:
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    block(walk, (), value, role)
    return walk


def read(value: object, role: Role = USER) -> list[tuple[object, ...]]:
    """(path, role, kind, text); keys show as a path that ends in `#key`."""
    return [
        ((*s.location.path, "#key") if s.location.is_key else s.location.path, s.role, s.kind, s.text)
        for s in walked(value, role).segments
    ]


@pytest.mark.parametrize(
    ("role", "kind"),
    [(Role.SYSTEM, Kind.SYSTEM), (TOOL, RESULT), (USER, TEXT), (Role.ASSISTANT, TEXT), (Role.NONE, TEXT)],
)
def test_kinds(role: Role, kind: Kind) -> None:
    assert kind_of(role) is kind
    assert read({"type": "text", "text": "hi"}, role) == [(("text",), role, kind, "hi")]


@pytest.mark.parametrize(
    ("value", "segments"),
    [
        ({"type": "text", "text": "hi", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
         [(("text",), TEXT, "hi")]),
        ({"type": "text", "text": "hi", "citations": [
            {"type": "web_search_result_location", "cited_text": "said", "url": "https://x.example", "title": "T",
             "encrypted_index": "Eo8"},
            {"type": "char_location", "cited_text": "more", "document_index": 0, "document_title": "D", "file_id": "f1",
             "start_char_index": 0, "end_char_index": 4}]},
         [(("text",), TEXT, "hi"), (("citations", 0, "cited_text"), TEXT, "said"),
          (("citations", 0, "url"), TEXT, "https://x.example"), (("citations", 0, "title"), TEXT, "T"),
          (("citations", 0, "encrypted_index"), OPAQUE, "Eo8"), (("citations", 1, "cited_text"), TEXT, "more"),
          (("citations", 1, "document_title"), TEXT, "D"), (("citations", 1, "file_id"), OPAQUE, "f1")]),
        ({"type": "image", "source": {"type": "url", "url": "https://x.example/a?u=b"}},
         [(("source", "url"), TEXT, "https://x.example/a?u=b")]),
        ({"type": "image", "source": {"type": "file", "file_id": "file_1"}},
         [(("source", "file_id"), OPAQUE, "file_1")]),
        ({"type": "document", "title": "T", "context": "C", "citations": {"enabled": True},
          "source": {"type": "text", "media_type": "text/plain", "data": "plain"}},
         [(("title",), TEXT, "T"), (("context",), TEXT, "C"), (("source", "data"), TEXT, "plain")]),
        ({"type": "document", "source": {"type": "content", "content": "bare"}},
         [(("source", "content"), TEXT, "bare")]),
        ({"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "in"}]}},
         [(("source", "content", 0, "text"), TEXT, "in")]),
        ({"type": "search_result", "source": "https://x.example", "title": "T", "content": [
            {"type": "text", "text": "found"}]},
         [(("source",), TEXT, "https://x.example"), (("title",), TEXT, "T"), (("content", 0, "text"), TEXT, "found")]),
        ({"type": "thinking", "thinking": "hm", "signature": "EqQB"},
         [(("thinking",), TEXT, "hm"), (("signature",), OPAQUE, "EqQB")]),
        ({"type": "redacted_thinking", "data": "EmwKAh"}, [(("data",), OPAQUE, "EmwKAh")]),
        ({"type": "compaction", "content": "so far", "encrypted_content": "Eo", "signature": "Eq"},
         [(("content",), TEXT, "so far"), (("encrypted_content",), OPAQUE, "Eo"), (("signature",), OPAQUE, "Eq")]),
        ({"type": "container_upload", "file_id": "file_1"}, [(("file_id",), OPAQUE, "file_1")]),
        ({"type": "tool_addition",
          "tool": {"type": "tool_definition", "definition": {"name": "f", "description": "d"}}},
         [(("type",), OPAQUE, "tool_addition"), (("tool", "type"), OPAQUE, "tool_definition"),
          (("tool", "definition", "name"), OPAQUE, "f"), (("tool", "definition", "description"), DEF, "d")]),
        ({"type": "alien", "alien": {"x": "y"}},
         [(("type",), OPAQUE, "alien"), (("alien", "#key"), TEXT, "alien"), (("alien", "x", "#key"), TEXT, "x"),
          (("alien", "x"), TEXT, "y")]),
        ({"type": ["text"], "text": {"text": ["hi"]}}, [(("text", "text", 0), TEXT, "hi")]),
        ("bare", [((), TEXT, "bare")]),
        (["bare"], [((0,), TEXT, "bare")]),
        (None, []),
    ],
)  # fmt: skip
def test_blocks(value: object, segments: list[tuple[object, ...]]) -> None:
    assert read(value) == [(path, USER, kind, text) for path, kind, text in segments]


@pytest.mark.parametrize(
    ("value", "segments"),
    [
        ({"type": "tool_result", "tool_use_id": "toolu_1", "content": "out", "is_error": False},
         [(("tool_use_id",), OPAQUE, "toolu_1"), (("content",), RESULT, "out")]),
        ({"type": "tool_result", "content": '{"mail":"ann"}'}, [(("content", J, "mail", "#key"), RESULT, "mail"),
                                                                (("content", J, "mail"), RESULT, "ann")]),
        ({"type": "tool_result", "content": [{"type": "text", "text": "out"},
                                             {"type": "tool_reference", "tool_name": "f"}]},
         [(("content", 0, "text"), RESULT, "out"), (("content", 1, "tool_name"), OPAQUE, "f")]),
        ({"type": "mcp_tool_result", "content": [{"type": "text", "text": "out"}]},
         [(("content", 0, "text"), RESULT, "out")]),
        ({"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [
            {"type": "web_search_result", "title": "T", "url": "https://x.example", "page_age": "2 days",
             "encrypted_content": "Eo"}]},
         [(("tool_use_id",), OPAQUE, "srvtoolu_1"), (("content", 0, "title"), RESULT, "T"),
          (("content", 0, "url"), RESULT, "https://x.example"), (("content", 0, "page_age"), RESULT, "2 days"),
          (("content", 0, "encrypted_content"), OPAQUE, "Eo")]),
        ({"type": "web_search_tool_result", "content": {"type": "web_search_tool_result_error",
                                                        "error_code": "too_many_requests"}},
         [(("content", "error_code"), OPAQUE, "too_many_requests")]),
        ({"type": "web_fetch_tool_result", "content": {
            "type": "web_fetch_result", "url": "https://x.example", "retrieved_at": "now",
            "content": {"type": "document", "source": {"type": "text", "data": "page"}}}},
         [(("content", "url"), RESULT, "https://x.example"), (("content", "retrieved_at"), OPAQUE, "now"),
          (("content", "content", "source", "data"), RESULT, "page")]),
        ({"type": "code_execution_tool_result", "content": {
            "type": "code_execution_result", "stdout": "out", "stderr": "err", "return_code": 0,
            "content": [{"type": "code_execution_output", "file_id": "file_1"}]}},
         [(("content", "stdout"), RESULT, "out"), (("content", "stderr"), RESULT, "err"),
          (("content", "content", 0, "file_id"), OPAQUE, "file_1")]),
        ({"type": "code_execution_tool_result", "content": {"encrypted_stdout": "Eo"}},
         [(("content", "encrypted_stdout"), OPAQUE, "Eo")]),
        ({"type": "text_editor_code_execution_tool_result", "content": {"lines": ["-a", "+b"]}},
         [(("content", "lines", 0), RESULT, "-a"), (("content", "lines", 1), RESULT, "+b")]),
    ],
)  # fmt: skip
def test_results_of_tools(value: object, segments: list[tuple[object, ...]]) -> None:
    assert read(value) == [(path, TOOL, kind, text) for path, kind, text in segments]


@pytest.mark.parametrize("word", ["tool_use", "server_tool_use", "mcp_tool_use", "alien_tool_use"])
def test_arguments_know_their_tool(word: str) -> None:
    inside = {"to": "ann", "deep": [{"json": '{"cc":"bob"}'}], "card": 4111111111111111}
    value = {"type": word, "id": "toolu_1", "name": "mail", "server_name": "s", "input": inside, "alien": "x"}
    segments = [s for s in walked(value, Role.ASSISTANT).segments if s.kind is ARGS and not s.location.is_key]
    assert [(s.location.path, s.text) for s in segments] == [
        (("input", "to"), "ann"),
        (("input", "deep", 0, "json", J, "cc"), "bob"),
        (("input", "card"), "4111111111111111"),
        (("alien",), "x"),
    ]
    assert {s.tool for s in segments} == {"mail"}


@pytest.mark.parametrize(
    ("value", "tool_name"),
    [
        ({"type": "tool_use", "input": {"a": "x"}}, ""),
        ({"type": "tool_use", "name": 7, "input": {"a": "x"}}, ""),
        ({"type": "tool_use", "name": "f", "input": "x"}, "f"),
        ({"type": "text", "text": "x"}, None),
        ({"type": "alien", "alien": "x"}, ""),
    ],
)
def test_tools_without_a_name(value: object, tool_name: str | None) -> None:
    assert [s.tool for s in walked(value).segments if s.text == "x"] == [tool_name]


def test_a_tool_inside_of_a_result_ends_with_it() -> None:
    inner = {"type": "tool_use", "name": "f", "input": {"a": "x"}}
    walk = walked({"type": "tool_result", "content": [inner, {"type": "text", "text": "y"}]})
    assert [(s.text, s.tool) for s in walk.segments if s.text in "xy"] == [("x", "f"), ("y", None)]


@pytest.mark.parametrize(
    ("value", "path", "reason"),
    [
        ({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA"}}, ("source", "data"),
         "image"),
        ({"type": "image", "source": {"type": "url", "url": "data:image/png;base64,AA"}}, ("source", "url"), "image"),
        ({"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AA"}},
         ("source", "data"), "file"),
        ({"type": "document", "source": {"type": "alien", "data": "AA"}}, ("source", "data"), "file"),
        ({"type": "tool_result", "content": [{"type": "image", "source": {"data": "AA", "media_type": "image/png"}}]},
         ("content", 0, "source", "data"), "image"),
        ({"type": "alien", "data": "AA"}, ("data",), "file"),
    ],
)  # fmt: skip
def test_media_is_named_unread(value: object, path: tuple[object, ...], reason: str) -> None:
    walk = walked(value)
    assert [(u.location.path, u.reason) for u in walk.unread] == [(path, reason)]
    assert "AA" not in [s.text for s in walk.segments]


@pytest.mark.parametrize(
    ("value", "signed"),
    [
        ({"type": "thinking", "thinking": "hm", "signature": "Eq"}, ["thinking"]),
        ({"type": "compaction", "content": "so far", "signature": "Eq"}, ["content"]),
        ({"type": "thinking", "thinking": "hm", "signature": ""}, []),
        ({"type": "thinking", "thinking": ["hm"], "signature": "Eq"}, []),
        ({"type": "thinking", "thinking": "hm", "signature": 7}, []),
        ({"type": "redacted_thinking", "data": "Em"}, []),
    ],
)
def test_what_a_signature_is_over(value: object, signed: list[str]) -> None:
    pairs = walked(value, Role.ASSISTANT).reading().signed
    assert [(text.path, signature.path) for text, signature in pairs] == [((key,), ("signature",)) for key in signed]


def test_content_may_be_a_string_a_block_or_a_list() -> None:
    for value, path in (("hi", ()), ({"type": "text", "text": "hi"}, ("text",)), (["hi"], (0,))):
        walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS)
        said(walk, (), value, Role.ASSISTANT)
        assert [(s.location.path, s.text) for s in walk.segments] == [(path, "hi")]


def test_definitions_of_tools() -> None:
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    schema = {"type": "object", "properties": {"to": {"type": "string", "description": "who"}}, "required": ["to"]}
    tool(walk, (), {"name": "mail", "description": "Sends", "input_schema": schema, "strict": True,
                    "input_examples": [{"to": "ann"}]}, Role.NONE)  # fmt: skip
    tool(walk, (1,), {"type": "web_search_20250305", "name": "web_search", "max_uses": 3,
                      "allowed_domains": ["x.example"],
                      "user_location": {"type": "approximate", "city": "Bern"}}, Role.NONE)  # fmt: skip
    tool(walk, (2,), {"type": "mcp_toolset", "mcp_server_name": "s", "configs": {"f": {"enabled": True}},
                      "tools": [{"name": "f", "description": "D"}]}, Role.NONE)  # fmt: skip
    assert [(s.location.path, s.kind, s.text) for s in walk.segments if not s.location.is_key] == [
        (("name",), OPAQUE, "mail"),
        (("description",), DEF, "Sends"),
        (("input_schema", "properties", "to", "description"), DEF, "who"),
        (("input_schema", "required", 0), OPAQUE, "to"),
        (("input_examples", 0, "to"), DEF, "ann"),
        ((1, "type"), OPAQUE, "web_search_20250305"),
        ((1, "name"), OPAQUE, "web_search"),
        ((1, "allowed_domains", 0), DEF, "x.example"),
        ((1, "user_location", "city"), DEF, "Bern"),
        ((2, "type"), OPAQUE, "mcp_toolset"),
        ((2, "mcp_server_name"), OPAQUE, "s"),
        ((2, "tools", 0, "name"), OPAQUE, "f"),
        ((2, "tools", 0, "description"), DEF, "D"),
    ]
