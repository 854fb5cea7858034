"""OpenAI's resources, field by field."""

from __future__ import annotations

from base64 import b64encode

import pytest

from hushgate.values import Embedded, Kind, Role
from hushgate.wire.base import Reading
from hushgate.wire.resource_tables import _RESOURCE, CONSTANTS, KEYS
from hushgate.wire.resources import OpenAIResources
from tests.made_files import PNG
from tests.unit.wire_cases import rows, unread

J = Embedded.JSON
OPAQUE, TEXT, SYSTEM, ARGS = Kind.OPAQUE, Kind.TEXT, Kind.SYSTEM, Kind.TOOL_ARGS
RESULT, DEF = Kind.TOOL_RESULT, Kind.TOOL_DEF
NONE, USER, ASSISTANT, TOOL = Role.NONE, Role.USER, Role.ASSISTANT, Role.TOOL


def asked(doc: object) -> Reading:
    return OpenAIResources().read_request(doc)


def answered(doc: object) -> list[str]:
    return [s.text for s in OpenAIResources().read_reply(doc).segments if s.kind is not OPAQUE]


@pytest.mark.parametrize(
    ("doc", "segments"),
    [
        # embeddings, moderations, speech
        ({"model": "m", "input": "ann", "encoding_format": "float"},
         [(("model",), NONE, OPAQUE, "m"), (("input",), USER, TEXT, "ann")]),
        ({"input": ["ann", "bob"], "user": "eve"},
         [(("input", 0), USER, TEXT, "ann"), (("input", 1), USER, TEXT, "bob"), (("user",), NONE, TEXT, "eve")]),
        ({"input": [{"type": "text", "text": "ann"}]}, [(("input", 0, "text"), USER, TEXT, "ann")]),
        ({"input": "say ann", "voice": "alloy", "instructions": "slow", "response_format": "mp3"},
         [(("input",), USER, TEXT, "say ann"), (("voice",), NONE, OPAQUE, "alloy"),
          (("instructions",), Role.SYSTEM, SYSTEM, "slow")]),
        # images
        ({"prompt": "paint ann", "size": "auto", "quality": "hd", "n": 1}, [(("prompt",), USER, TEXT, "paint ann")]),
        # files, batches, uploads, fine-tuning
        ({"input_file_id": "file-1", "endpoint": "/v1/responses", "completion_window": "24h"},
         [(("input_file_id",), NONE, OPAQUE, "file-1"), (("endpoint",), NONE, OPAQUE, "/v1/responses")]),
        ({"purpose": "batch", "filename": "ann.jsonl", "bytes": 12, "mime_type": "x"},
         [(("filename",), NONE, TEXT, "ann.jsonl"), (("mime_type", "#key"), NONE, TEXT, "mime_type"),
          (("mime_type",), NONE, TEXT, "x")]),
        ({"training_file": "file-1", "suffix": "ann", "hyperparameters": {"n_epochs": 2}},
         [(("training_file",), NONE, OPAQUE, "file-1"), (("suffix",), USER, TEXT, "ann")]),
        # assistants, threads, messages, runs
        ({"name": "Ann's", "description": "d", "instructions": "i", "tools": [{"type": "file_search"}],
          "tool_resources": {"code_interpreter": {"file_ids": ["f"]}, "file_search": {"vector_store_ids": ["v"]}}},
         [(("name",), NONE, TEXT, "Ann's"), (("description",), NONE, TEXT, "d"),
          (("instructions",), Role.SYSTEM, SYSTEM, "i"),
          (("tool_resources", "code_interpreter", "file_ids", 0), ASSISTANT, OPAQUE, "f"),
          (("tool_resources", "file_search", "vector_store_ids", 0), NONE, OPAQUE, "v")]),
        ({"role": "user", "content": "hi", "metadata": {"who": "ann"}},
         [(("content",), USER, TEXT, "hi"), (("metadata", "who", "#key"), USER, TEXT, "who"),
          (("metadata", "who"), USER, TEXT, "ann")]),
        ({"role": "user", "content": [{"type": "text", "text": "hi"}, {"type": "image_file", "image_file":
          {"file_id": "f"}}], "attachments": [{"file_id": "g", "tools": [{"type": "file_search"}]}]},
         [(("content", 0, "text"), USER, TEXT, "hi"), (("content", 1, "image_file", "file_id"), USER, OPAQUE, "f"),
          (("attachments", 0, "file_id"), USER, OPAQUE, "g")]),
        ({"assistant_id": "a", "thread": {"messages": [{"role": "assistant", "content": "hi"}]},
          "additional_instructions": "i"},
         [(("assistant_id",), NONE, OPAQUE, "a"), (("thread", "messages", 0, "content"), ASSISTANT, TEXT, "hi"),
          (("additional_instructions",), Role.SYSTEM, SYSTEM, "i")]),
        ({"tool_outputs": [{"tool_call_id": "call_1", "output": '{"who":"ann"}'}]},
         [(("tool_outputs", 0, "tool_call_id"), NONE, OPAQUE, "call_1"),
          (("tool_outputs", 0, "output", J, "who", "#key"), TOOL, RESULT, "who"),
          (("tool_outputs", 0, "output", J, "who"), TOOL, RESULT, "ann")]),
        # vector stores
        ({"query": ["ann"], "max_num_results": 3}, [(("query", 0), USER, TEXT, "ann")]),
        # anything else
        ({"alien": {"deep": "ann"}},
         [(("alien", "#key"), NONE, TEXT, "alien"), (("alien", "deep", "#key"), NONE, TEXT, "deep"),
          (("alien", "deep"), NONE, TEXT, "ann")]),
        (["ann"], [((0,), NONE, TEXT, "ann")]),
        (None, []),
    ],
)  # fmt: skip
def test_requests(doc: object, segments: list[tuple[object, ...]]) -> None:
    assert rows(asked(doc)) == segments


def test_token_ids_and_pictures_are_named_unread() -> None:
    assert unread(asked({"input": [[1, 2]]})) == [(("input", 0), "token ids")]
    reply = OpenAIResources().read_reply(
        {"created": 1764000000, "data": [{"b64_json": b64encode(PNG).decode(), "revised_prompt": "ann"}]}
    )
    assert unread(reply) == [(("data", 0, "b64_json"), "image")]
    assert [s.text for s in reply.segments] == ["ann"]


@pytest.mark.parametrize(
    ("doc", "said"),
    [
        ({"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.123456789, -0.5]}]}, []),
        ({"data": [{"embedding": [0.5, "ann"]}]}, []),
        ({"results": [{"flagged": True, "categories": {"hate": False}, "category_scores": {"hate": 0.123456789}}]}, []),
        ({"text": "ann", "logprobs": [{"token": "ann", "logprob": -0.5}]}, ["ann"]),
        ({"text": "ann", "segments": [{"id": 0, "text": "bob", "avg_logprob": -0.123456789}],
          "words": [{"word": "eve", "start": 0.123456789, "end": 1}]}, ["ann", "bob", "eve"]),
        ({"data": [{"object": "vector_store.search_results.page", "score": 0.123456789, "filename": "f.txt",
          "content": [{"type": "text", "text": "ann"}]}]}, ["f.txt", "ann"]),
        ({"last_error": {"code": "c", "message": "ann"}}, ["c", "ann"]),
        ({"role": "assistant", "content": [{"type": "text", "text": {"value": "ann", "annotations": [
          {"type": "file_citation", "text": "【1】", "file_citation": {"file_id": "f", "quote": "q"}}]}}]},
         ["ann", "【1】", "q"]),
    ],
)  # fmt: skip
def test_replies(doc: object, said: list[str]) -> None:
    assert answered(doc) == said


def test_what_stands_in_a_vector_is_read() -> None:
    reading = OpenAIResources().read_reply({"data": [{"embedding": "AAAA"}, {"embedding": [0.5, "ann"]}]})
    assert [(s.text, s.kind) for s in reading.segments] == [("AAAA", OPAQUE), ("ann", OPAQUE)]


def test_a_runs_tool_calls_know_their_tool() -> None:
    function = {"name": "mail", "arguments": '{"to":"ann"}', "output": "sent"}
    interpreter = {"input": "print(1)", "outputs": [{"type": "logs", "logs": "1"}]}
    calls = [{"id": "c", "type": "function", "function": function}, {"code_interpreter": interpreter}]
    for doc in (
        {"step_details": {"type": "tool_calls", "tool_calls": calls}},
        {"required_action": {"submit_tool_outputs": {"tool_calls": calls}}},
    ):
        segments = [s for s in OpenAIResources().read_reply(doc).segments if s.kind is not OPAQUE]
        assert [(s.text, s.kind, s.role, s.tool) for s in segments] == [
            ("to", ARGS, ASSISTANT, "mail"), ("ann", ARGS, ASSISTANT, "mail"), ("sent", RESULT, TOOL, None),
            ("print(1)", ARGS, ASSISTANT, "code_interpreter"), ("1", RESULT, TOOL, None),
        ]  # fmt: skip


def test_words_are_fixed() -> None:
    assert set(_RESOURCE) <= KEYS
    assert not {"alien", "", "email", "who", "password"} & KEYS
    assert all(0 < len(word) <= 32 and word.isascii() for word in CONSTANTS)
