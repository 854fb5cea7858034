"""What an Anthropic messages request says, field by field."""

from __future__ import annotations

import pytest

from hushgate.values import Direction, Kind, Role
from hushgate.wire.anthropic_request import read_request

OPAQUE, TEXT, SYSTEM, DEF = Kind.OPAQUE, Kind.TEXT, Kind.SYSTEM, Kind.TOOL_DEF
NONE, USER, ASSISTANT = Role.NONE, Role.USER, Role.ASSISTANT


def read(doc: object) -> list[tuple[object, ...]]:
    """(path, role, kind, text); keys show as a path that ends in `#key`."""
    return [
        ((*s.location.path, "#key") if s.location.is_key else s.location.path, s.role, s.kind, s.text)
        for s in read_request(doc).segments
    ]


@pytest.mark.parametrize(
    ("role", "expected", "kind"),
    [("user", USER, TEXT), ("assistant", ASSISTANT, TEXT), ("system", Role.SYSTEM, SYSTEM)],
)
def test_roles(role: str, expected: Role, kind: Kind) -> None:
    at = ("messages", 0, "content")
    assert read({"messages": [{"role": role, "content": "hi"}]}) == [(at, expected, kind, "hi")]
    part = {"type": "text", "text": "hi"}
    assert read({"messages": [{"role": role, "content": [part]}]}) == [((*at, 0, "text"), expected, kind, "hi")]


@pytest.mark.parametrize("role", ["alien", None, 7, ["user"]])
def test_an_unknown_role_is_read_all_the_same(role: object) -> None:
    assert (("messages", 0, "content"), NONE, TEXT, "hi") in read({"messages": [{"role": role, "content": "hi"}]})


def test_a_role_that_is_no_role_is_read_itself() -> None:
    doc = {"messages": [{"role": "a@b.example", "content": "hi"}]}
    assert (("messages", 0, "role"), NONE, OPAQUE, "a@b.example") in read(doc)


@pytest.mark.parametrize("system", ["be kind", [{"type": "text", "text": "be kind", "cache_control": None}]])
def test_system_text(system: object) -> None:
    path = ("system",) if isinstance(system, str) else ("system", 0, "text")
    assert read({"system": system}) == [(path, Role.SYSTEM, SYSTEM, "be kind")]


def test_a_turn_of_a_tool() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "mail", "input": {"recipient": "ann"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "sent"}
    doc = {"messages": [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]}
    one, two = ("messages", 0, "content", 0), ("messages", 1, "content", 0)
    assert read(doc) == [
        ((*one, "id"), ASSISTANT, OPAQUE, "toolu_1"),
        ((*one, "name"), ASSISTANT, OPAQUE, "mail"),
        ((*one, "input", "recipient", "#key"), ASSISTANT, Kind.TOOL_ARGS, "recipient"),
        ((*one, "input", "recipient"), ASSISTANT, Kind.TOOL_ARGS, "ann"),
        ((*two, "tool_use_id"), Role.TOOL, OPAQUE, "toolu_1"),
        ((*two, "content"), Role.TOOL, Kind.TOOL_RESULT, "sent"),
    ]


@pytest.mark.parametrize(
    ("doc", "segments"),
    [
        ({"metadata": {"user_id": "ann", "case": "bob"}},
         [(("metadata", "user_id"), TEXT, "ann"), (("metadata", "case", "#key"), TEXT, "case"),
          (("metadata", "case"), TEXT, "bob")]),
        ({"stop_sequences": ["ann"]}, [(("stop_sequences", 0), TEXT, "ann")]),
        ({"mcp_servers": [{"type": "url", "name": "s", "url": "https://x.example/ann", "authorization_token": "tok",
                           "tool_configuration": {"enabled": True, "allowed_tools": ["f"]}}]},
         [(("mcp_servers", 0, "name"), OPAQUE, "s"), (("mcp_servers", 0, "url"), TEXT, "https://x.example/ann"),
          (("mcp_servers", 0, "authorization_token"), OPAQUE, "tok"),
          (("mcp_servers", 0, "tool_configuration", "allowed_tools", 0), OPAQUE, "f")]),
        ({"output_config": {"effort": "high", "format": {"type": "json_schema", "schema": {"description": "d"}}}},
         [(("output_config", "format", "schema", "description"), DEF, "d")]),
        ({"output_format": {"type": "json_schema", "schema": {"title": "T"}}},
         [(("output_format", "schema", "title"), DEF, "T")]),
        ({"tool_choice": {"type": "tool", "name": "f"}}, [(("tool_choice", "name"), OPAQUE, "f")]),
        ({"tools": [{"name": "f", "description": "d", "input_schema": {"type": "object"}}]},
         [(("tools", 0, "name"), OPAQUE, "f"), (("tools", 0, "description"), DEF, "d")]),
        ({"tools": "ann"}, [(("tools",), DEF, "ann")]),
        ({"container": {"id": "c1", "skills": [{"type": "custom", "skill_id": "s1", "version": "latest"}]}},
         [(("container", "id"), OPAQUE, "c1"), (("container", "skills", 0, "skill_id"), OPAQUE, "s1"),
          (("container", "skills", 0, "version"), OPAQUE, "latest")]),
        ({"anthropic_version": "bedrock-2023-05-31", "anthropic_beta": ["b-1"]},
         [(("anthropic_version",), OPAQUE, "bedrock-2023-05-31"), (("anthropic_beta", 0), OPAQUE, "b-1")]),
        ({"alien": {"deep": ["ann"]}}, [(("alien", "#key"), TEXT, "alien"), (("alien", "deep", "#key"), TEXT, "deep"),
                                        (("alien", "deep", 0), TEXT, "ann")]),
        ({"Messages": "ann"}, [(("Messages", "#key"), TEXT, "Messages"), (("Messages",), TEXT, "ann")]),
        ({"messages": "ann"}, [(("messages",), TEXT, "ann")]),
        ({"messages": ["ann"]}, [(("messages", 0), TEXT, "ann")]),
        (["ann"], [((0,), TEXT, "ann")]),
        ("ann", [((), TEXT, "ann")]),
        (None, []),
    ],
)  # fmt: skip
def test_every_other_field(doc: object, segments: list[tuple[object, ...]]) -> None:
    assert read(doc) == [(path, NONE, kind, text) for path, kind, text in segments]


def test_instructions_for_a_summary_are_the_systems() -> None:
    edit = {"type": "compact_20260112", "instructions": "keep names", "trigger": {"type": "input_tokens", "value": 9}}
    for doc, at in (
        ({"context_management": {"edits": [edit]}}, ("context_management", "edits", 0)),
        ({"compaction": edit}, ("compaction",)),
    ):
        assert read(doc) == [((*at, "instructions"), Role.SYSTEM, SYSTEM, "keep names")]


def test_the_older_prompt_is_the_users() -> None:
    assert read({"prompt": "\n\nHuman: hi"}) == [(("prompt",), USER, TEXT, "\n\nHuman: hi")]


def test_each_request_of_a_batch_is_read() -> None:
    params = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    at = ("requests", 0)
    assert read({"requests": [{"custom_id": "c-1", "params": params}]}) == [
        ((*at, "custom_id"), NONE, OPAQUE, "c-1"),
        ((*at, "params", "model"), NONE, OPAQUE, "m"),
        ((*at, "params", "messages", 0, "content"), USER, TEXT, "hi"),
    ]


def test_model_and_stream() -> None:
    reading = read_request({"model": "claude-x", "stream": True, "messages": []})
    assert (reading.model, reading.stream) == ("claude-x", True)
    assert {s.direction for s in reading.segments} == {Direction.REQUEST}
    reading = read_request({"model": 7, "stream": "yes"})
    assert (reading.model, reading.stream) == (None, False)


def test_a_typical_request_has_no_segment_but_its_texts() -> None:
    doc = {
        "model": "m",
        "max_tokens": 100,
        "system": [{"type": "text", "text": "be kind", "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
        "temperature": 0.5,
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
        "service_tier": "auto",
        "stream": True,
    }
    assert sorted(str(text) for *_, text in read(doc)) == ["be kind", "hi", "m"]
