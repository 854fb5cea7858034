"""Bedrock as a `script` of the provider double: checks signatures, and answers Converse and InvokeModel as AWS does."""

from __future__ import annotations

import json
from base64 import b64encode
from binascii import crc32
from collections.abc import Iterable
from dataclasses import dataclass, field
from struct import pack
from typing import Any

from tests.doubles.bedrock_vendors import answered
from tests.doubles.chat import Reply, cut
from tests.doubles.journal import Received
from tests.doubles.sigv4 import WrongSignature, check

HOST = "bedrock-runtime.us-east-1.amazonaws.com"
AGENTS = "bedrock-agentcore.us-east-1.amazonaws.com"
"""Where a company's own agents are asked: what they say is theirs, here what they heard."""
BEARER = "bedrock-api-key-" + "fake"


@dataclass(slots=True)
class Bedrock:
    """Answers as AWS: 403 to a wrong signature. `secrets` are by access key; `signed_by` says whose requests came.

    What the user said last comes back: as text, or where tools are offered as arguments of the first.
    `chunk` is the characters of a delta, `delay` the seconds before each event of InvokeModel's streams but the first;
    `events` are sent in place of any answer.
    """

    secrets: dict[str, str]
    chunk: int = 3
    delay: float = 0.0
    signed_by: list[str] = field(default_factory=list)
    events: bytes | None = None

    def __call__(self, request: Received) -> Reply:
        try:
            if request.header("authorization") == f"Bearer {BEARER}":
                self.signed_by.append("bearer")
            else:
                self.signed_by.append(
                    check(request.method, request.target, request.headers, request.body, self.secrets)
                )
        except WrongSignature as wrong:
            name, why = wrong.args
            return _whole({"message": why}, status=403, **{"x-amzn-errortype": name})
        document: dict[str, Any] = json.loads(request.body or b"{}")
        step = request.path.rpartition("/")[2]
        if self.events is not None:
            return _stream([self.events])
        if step == "invocations":
            return _whole(document)
        if step in ("converse", "converse-stream"):
            content = self._content(document)
            return _whole(_message(content)) if step == "converse" else _stream(self._events(content))
        whole, pieces = answered(document, self.chunk)
        return _whole(whole) if step == "invoke" else _stream(map(wrapped, pieces), self.delay)

    def _content(self, document: dict[str, Any]) -> list[dict[str, Any]]:
        said = "".join(block.get("text", "") for block in document["messages"][-1]["content"])
        tools = document.get("toolConfig", {}).get("tools", [])
        if not tools:
            return [{"text": said}]
        name = tools[0]["toolSpec"]["name"]
        return [{"text": "calling"}, {"toolUse": {"toolUseId": "tooluse_1", "name": name, "input": {"text": said}}}]

    def _events(self, content: list[dict[str, Any]]) -> Iterable[bytes]:
        yield event("messageStart", {"role": "assistant", "p": "abcd"})
        for index, block in enumerate(content):
            deltas: list[dict[str, Any]]
            if "toolUse" in block:
                used = {key: block["toolUse"][key] for key in ("toolUseId", "name")}
                yield event("contentBlockStart", {"contentBlockIndex": index, "start": {"toolUse": used}})
                arguments = json.dumps(block["toolUse"]["input"], ensure_ascii=False)
                deltas = [{"toolUse": {"input": piece}} for piece in cut(arguments, self.chunk)]
            else:
                deltas = [{"text": piece} for piece in cut(block["text"], self.chunk)]
            for delta in deltas:
                yield event("contentBlockDelta", {"contentBlockIndex": index, "delta": delta, "p": "abcdefgh"})
            yield event("contentBlockStop", {"contentBlockIndex": index})
        yield event("messageStop", {"stopReason": "end_turn"})
        yield event("metadata", {"usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}})


def event(name: str, document: object, kind: str = "event") -> bytes:
    """One message of an event stream, as AWS encodes it."""
    named = ":event-type" if kind == "event" else ":exception-type"
    headers = b"".join(
        bytes([len(key)]) + key.encode() + b"\x07" + pack("!H", len(value)) + value.encode()
        for key, value in ((named, name), (":content-type", "application/json"), (":message-type", kind))
    )
    payload = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    lengths = pack("!II", 16 + len(headers) + len(payload), len(headers))
    message = lengths + pack("!I", crc32(lengths)) + headers + payload
    return message + pack("!I", crc32(message))


def wrapped(document: object) -> bytes:
    """A chunk of InvokeModelWithResponseStream."""
    inside = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return event("chunk", {"bytes": b64encode(inside).decode(), "p": "abcdefghijklm"})


def _message(content: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        "metrics": {"latencyMs": 1},
    }


def _whole(document: object, status: int = 200, **headers: str) -> Reply:
    body = json.dumps(document, ensure_ascii=False).encode()
    return Reply(status=status, body=body, headers={"content-type": "application/json", **headers})


def _stream(events: Iterable[bytes], delay: float = 0.0) -> Reply:
    headers = {"content-type": "application/vnd.amazon.eventstream", "x-amzn-bedrock-content-type": "application/json"}
    return Reply(frames=tuple(events), headers=headers, write=7, delay=delay)
