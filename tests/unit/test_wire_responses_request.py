"""What an OpenAI Responses request says, field by field."""

from __future__ import annotations

import pytest

from hushgate.values import Direction, Kind, Role
from hushgate.wire.responses_request import read_request
from tests.unit.wire_cases import below, rows, unread

OPAQUE, TEXT, SYSTEM, DEF = Kind.OPAQUE, Kind.TEXT, Kind.SYSTEM, Kind.TOOL_DEF
NONE, USER = Role.NONE, Role.USER


def test_a_typical_request_has_no_segment_but_its_texts() -> None:
    doc = {
        "model": "m",
        "input": [
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]},
            {"role": "assistant", "content": [{"type": "output_text", "text": "ho", "annotations": []}]},
        ],
        "instructions": "be brief",
        "reasoning": {"effort": "low", "summary": "auto"},
        "text": {"format": {"type": "text"}, "verbosity": "low"},
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "truncation": "disabled",
        "stream": True,
        "store": False,
        "max_output_tokens": 100,
    }
    reading = read_request(doc)
    assert [text for *_, text in rows(reading)] == ["m", "hi", "ho", "be brief"]
    assert (reading.model, reading.stream, reading.unread) == ("m", True, ())
    assert {s.direction for s in reading.segments} == {Direction.REQUEST}


@pytest.mark.parametrize(
    ("doc", "segments"),
    [
        ({"input": "hi"}, [(("input",), USER, TEXT, "hi")]),
        ({"input": ["hi"]}, [(("input", 0), NONE, TEXT, "hi")]),
        ({"items": [{"role": "user", "content": "hi"}]}, [(("items", 0, "content"), USER, TEXT, "hi")]),
        ({"instructions": "hi"}, [(("instructions",), Role.SYSTEM, SYSTEM, "hi")]),
        ({"instructions": [{"role": "developer", "content": "hi"}]},
         [(("instructions", 0, "content"), Role.DEVELOPER, SYSTEM, "hi")]),
        ({"previous_response_id": "resp_1"}, [(("previous_response_id",), NONE, OPAQUE, "resp_1")]),
        ({"conversation": "conv_1"}, [(("conversation",), NONE, OPAQUE, "conv_1")]),
        ({"conversation": {"id": "conv_1"}}, [(("conversation", "id"), NONE, OPAQUE, "conv_1")]),
        ({"user": "ann"}, [(("user",), NONE, TEXT, "ann")]),
        ({"safety_identifier": "ann"}, [(("safety_identifier",), NONE, TEXT, "ann")]),
        ({"prompt_cache_key": "ann"}, [(("prompt_cache_key",), NONE, OPAQUE, "ann")]),
        ({"metadata": {"case": "ann"}},
         [(("metadata", "case", "#key"), NONE, TEXT, "case"), (("metadata", "case"), NONE, TEXT, "ann")]),
        ({"prompt": {"id": "pmpt_1", "version": "2", "variables": {"city": "Bern"}}},
         [(("prompt", "id"), NONE, OPAQUE, "pmpt_1"), (("prompt", "version"), NONE, OPAQUE, "2"),
          (("prompt", "variables", "city"), USER, TEXT, "Bern")]),
        ({"prompt": {"variables": {"who": {"type": "input_text", "text": "ann"}}}},
         [(("prompt", "variables", "who", "#key"), USER, OPAQUE, "who"),
          (("prompt", "variables", "who", "text"), USER, TEXT, "ann")]),
        ({"text": {"format": {"type": "json_schema", "name": "n", "schema": {"title": "T", "type": "object"}}}},
         [(("text", "format", "name"), NONE, OPAQUE, "n"), (("text", "format", "schema", "title"), NONE, DEF, "T")]),
        ({"type": "response.create", "stream_id": "s1"}, [(("stream_id",), NONE, OPAQUE, "s1")]),
        ({"tool_choice": {"type": "mcp", "server_label": "crm", "name": "find"}},
         [(("tool_choice", "server_label"), NONE, OPAQUE, "crm"), (("tool_choice", "name"), NONE, OPAQUE, "find")]),
        ({"alien": {"deep": ["ann"]}},
         [(("alien", "#key"), NONE, TEXT, "alien"), (("alien", "deep", "#key"), NONE, TEXT, "deep"),
          (("alien", "deep", 0), NONE, TEXT, "ann")]),
        ({"Input": "ann"}, [(("Input", "#key"), NONE, TEXT, "Input"), (("Input",), NONE, TEXT, "ann")]),
        (["ann"], [((0,), NONE, TEXT, "ann")]),
        ("ann", [((), NONE, TEXT, "ann")]),
        (None, []),
    ],
)  # fmt: skip
def test_every_field(doc: object, segments: list[tuple[object, ...]]) -> None:
    assert rows(read_request(doc)) == segments


def test_files_in_prompt_variables_are_named_unread() -> None:
    variables = {"doc": {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,AA"}}
    reading = read_request({"prompt": {"variables": variables}})
    assert unread(reading) == [(("prompt", "variables", "doc", "file_data"), "file")]
    assert below(("prompt", "variables", "doc"), reading) == [
        (("#key",), USER, OPAQUE, "doc"),
        (("filename",), USER, TEXT, "a.pdf"),
    ]


def test_model_and_stream_are_what_they_should_be_or_nothing() -> None:
    reading = read_request({"model": 7, "stream": "yes"})
    assert (reading.model, reading.stream) == (None, False)


@pytest.mark.parametrize(
    ("doc", "follows", "kept"),
    [
        ({"previous_response_id": "resp_1", "conversation": "conv_1"}, ("resp_1",), ("conv_1",)),
        ({"conversation": {"id": "conv_1"}}, (), ("conv_1",)),
        ({"previous_response_id": None, "conversation": {"id": 7}}, (), ()),
        ({"previous_response_id": ["resp_1"], "conversation": ["conv_1"]}, (), ()),
        ({}, (), ()),
    ],
)
def test_what_the_provider_keeps_is_named(doc: object, follows: tuple[str, ...], kept: tuple[str, ...]) -> None:
    reading = read_request(doc)
    assert (reading.follows, reading.kept) == (follows, kept)
