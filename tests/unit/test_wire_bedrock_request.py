"""What requests to Bedrock say, held against AWS's own model of them."""

from __future__ import annotations

from typing import Any

import pytest

from hushgate.values import Kind, Role
from hushgate.wire import bedrock_content, bedrock_request
from hushgate.wire.bedrock_words import CONSTANTS, KEYS
from tests.aws_shapes import events, read_of, shape_of, texts

REQUESTS = [
    *((bedrock_request.read_converse, operation) for operation in ("Converse", "ConverseStream")),
    *((bedrock_request.read_request, operation) for operation in ("ApplyGuardrail", "CountTokens")),
    *((bedrock_request.read_request, operation) for operation in ("StartAsyncInvoke", "InvokeGuardrailChecks")),
]


@pytest.mark.parametrize(("read", "operation"), REQUESTS)
def test_every_text_of_a_request_that_aws_knows_is_read(read: Any, operation: str) -> None:
    filled = shape_of(operation, "input")
    reading = read(filled.document)
    assert set(filled.leaves) <= read_of(filled.document, reading)
    assert {key for key in filled.keys if any(s.text == key for s in reading.segments)} == set()


def test_aws_keys_and_constants_are_known() -> None:
    filled = shape_of("Converse", "input")
    assert filled.keys <= KEYS
    assert filled.words <= CONSTANTS
    for name, event in events().items():
        assert name == "metadata" or event.keys <= KEYS  # It has a guardrail's whole trace.


MESSAGES = {
    "system": [{"text": "be kind"}, {"cachePoint": {"type": "default"}}],
    "messages": [
        {"role": "user", "content": [{"text": "look"}, {"document": {"name": "plan", "format": "txt",
                                                                   "source": {"text": "the plan"}}}]},
        {"role": "assistant", "content": [
            {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "c2ln"}}},
            {"reasoningContent": {"redactedContent": "cmVk"}},
            {"toolUse": {"toolUseId": "t1", "name": "mail", "input": {"to": "ann", "n": 1}}},
        ]},
        {"role": "user", "content": [{"toolResult": {"toolUseId": "t1", "status": "success", "content": [
            {"json": {"state": "sent"}}, {"text": "as asked"}]}}]},
    ],
    "toolConfig": {"tools": [{"toolSpec": {"name": "mail", "description": "sends mail", "inputSchema": {"json": {
        "type": "object", "properties": {"to": {"type": "string", "description": "whom"}}}}}}]},
    "requestMetadata": {"team": "payments"},
    "promptVariables": {"name": {"text": "Ann"}},
    "somethingNew": {"deep": ["unknown text"]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "role", "kind"),
    [
        ("be kind", Role.SYSTEM, Kind.SYSTEM),
        ("look", Role.USER, Kind.TEXT),
        ("plan", Role.USER, Kind.TEXT),
        ("the plan", Role.USER, Kind.TEXT),
        ("hm", Role.ASSISTANT, Kind.TEXT),
        ("c2ln", Role.ASSISTANT, Kind.OPAQUE),
        ("cmVk", Role.ASSISTANT, Kind.OPAQUE),
        ("t1", Role.TOOL, Kind.OPAQUE),
        ("ann", Role.ASSISTANT, Kind.TOOL_ARGS),
        ("sent", Role.TOOL, Kind.TOOL_RESULT),
        ("as asked", Role.TOOL, Kind.TOOL_RESULT),
        ("sends mail", Role.NONE, Kind.TOOL_DEF),
        ("whom", Role.NONE, Kind.TOOL_DEF),
        ("payments", Role.NONE, Kind.TEXT),
        ("Ann", Role.NONE, Kind.TEXT),
        ("unknown text", Role.NONE, Kind.TEXT),
    ],
)
def test_who_says_what(text: str, role: Role, kind: Kind) -> None:
    assert texts(bedrock_request.read_converse(MESSAGES))[text] == (role, kind)


def test_arguments_know_their_tool() -> None:
    reading = bedrock_request.read_converse(MESSAGES)
    (arguments,) = (s for s in reading.segments if s.text == "ann")
    assert arguments.tool == "mail"
    assert [s.text for s in reading.segments if s.tool == ""] == ["somethingNew", "deep", "unknown text"]


def test_files_are_attachments_and_media_are_unread() -> None:
    content = [
        {"document": {"name": "contract", "format": "pdf", "source": {"bytes": "JVBERi0="}}},
        {"image": {"format": "png", "source": {"bytes": "iVBORw0="}}},
        {"toolResult": {"toolUseId": "t", "content": [{"document": {"name": "x", "source": {"bytes": "AA=="}}}]}},
    ]
    reading = bedrock_request.read_converse({"messages": [{"role": "user", "content": content}]})
    assert [(one.filename, one.data, one.role) for one in reading.attachments] == [
        ("contract.pdf", "JVBERi0=", Role.USER),
        ("", "iVBORw0=", Role.USER),
        ("x", "AA==", Role.TOOL),
    ]
    assert [unread.reason for unread in reading.unread] == ["file", "image", "file"]


def test_what_agents_and_knowledge_bases_are_asked_is_the_users() -> None:
    reading = bedrock_request.read_request(
        {
            "inputText": "hello",
            "input": {"text": "what is new"},
            "retrievalQuery": {"text": "the plan"},
            "instruction": "be kind",
            "sessionState": {
                "conversationHistory": {"messages": [{"role": "assistant", "content": [{"text": "hi"}]}]},
                "files": [
                    {"name": "a", "source": {"byteContent": {"mediaType": "application/pdf", "data": "JVBERi0="}}}
                ],
                "returnControlInvocationResults": [{"functionResult": {"responseBody": {"TEXT": {"body": "sent"}}}}],
            },
        }
    )
    read = texts(reading)
    for said in ("hello", "what is new", "the plan"):
        assert read[said] == (Role.USER, Kind.TEXT)
    assert read["be kind"] == (Role.SYSTEM, Kind.SYSTEM)
    assert read["hi"] == (Role.ASSISTANT, Kind.TEXT)
    assert read["sent"][1] is Kind.TOOL_RESULT
    assert [(one.media_type, one.data) for one in reading.attachments] == [("application/pdf", "JVBERi0=")]


def test_a_body_whose_tokens_are_counted_is_a_file() -> None:
    reading = bedrock_request.read_request({"input": {"invokeModel": {"body": "eyJwcm9tcHQiOiJoZWxsbyJ9"}}})
    assert [one.data for one in reading.attachments] == ["eyJwcm9tcHQiOiJoZWxsbyJ9"]
    assert [unread.reason for unread in reading.unread] == ["file"]


def test_blocks_of_all_kinds_are_known() -> None:
    members = shape_of("Converse", "input").keys & bedrock_content.BLOCK.keys()
    assert members == bedrock_content.BLOCK.keys()
