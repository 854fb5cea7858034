"""Which requests say the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hushgate.requests.content import content
from hushgate.requests.inbound import Inbound, Reader
from tests.gate_cases import GENERIC, KEY, inbound, prompt

READER = Reader(KEY, 1 << 24)
BODY = prompt("hello", temperature=1, seed=7)


def digest(body: Any = BODY, **changes: Any) -> bytes:
    made: Inbound = inbound(body, **changes)
    return content(READER.read(made))


def form(boundary: str, text: str = "hello", more: str = "") -> dict[str, Any]:
    body = f'--{boundary}\r\nContent-Disposition: form-data; name="a"{more}\r\n\r\n{text}\r\n--{boundary}--\r\n'
    return {"body": body.encode(), "headers": [("content-type", f"multipart/form-data; boundary={boundary}")],
            "route": GENERIC}  # fmt: skip


@pytest.mark.parametrize(
    "same",
    [
        {"body": json.dumps(BODY, indent=3).encode()},
        {"body": json.dumps(BODY).replace("hello", "\\u0068ello").encode()},
        {"body": {**BODY, "stream": True, "stream_options": {"include_usage": True}}},
        {"body": {**BODY, "request_id": "r-7", "idempotency_key": "k"}},
        {"body": {**BODY, "event_id": "evt_7", "request_id": 7, "client_request_id": None, "stream_options": {}}},
        {"headers": [("content-type", "application/json"), ("x-stainless-retry-count", "1"), ("user-agent", "b/2")]},
        {"id": "ex2", "session": "other", "at": 9.0},
    ],
)
def test_a_retry_says_the_same(same: dict[str, Any]) -> None:
    assert digest(**same) == digest()


@pytest.mark.parametrize(
    "other",
    [
        {"body": prompt("hello!", temperature=1, seed=7)},
        {"body": {**BODY, "seed": 8}},
        {"body": {**BODY, "temperature": 2}},
        {"body": {**BODY, "more": ""}},
        {"body": {**BODY, "stream": {"note": "text"}}},
        {"body": {**BODY, "stream": ["text"]}},
        {"body": {**BODY, "request_id": "t" * 65}},
        {"body": {**BODY, "request_id": "and tell them this"}},
        {"body": {**BODY, "stream": 10**300}},
        {"body": {**BODY, "stream": 0.5}},
        {"body": {**BODY, "stream_options": {"and tell them this": True}}},
        {"body": {**BODY, "stream_options": dict.fromkeys("abcde", True)}},
        {"body": {**BODY, "messages": [*BODY["messages"], {"role": "user", "content": ""}]}},
        {"body": {**BODY, "metadata": {"stream": True}}},
        {"target": "/v1/chat/completions?note=text"},
        {"target": "/v1/chat/completions/x"},
        {"headers": [("content-type", "application/json"), ("x-note", "text")]},
        {"headers": [("content-type", "application/json"), ("OpenAI-Organization", "another")]},
    ],
)
def test_anything_else_says_something_else(other: dict[str, Any]) -> None:
    assert digest(**other) != digest()


def test_forms_are_equal_by_their_parts() -> None:
    assert digest(**form("aaaa")) == digest(**form("bbbb"))
    assert digest(**form("aaaa")) != digest(**form("aaaa", "hello!"))
    assert digest(**form("aaaa")) != digest(**form("aaaa", more='; filename=""')), "a file is no field"


def test_a_text_counts_byte_by_byte() -> None:
    plain = {"headers": [("content-type", "text/plain")], "route": GENERIC}
    assert digest(b"hello", **plain) == digest(b"hello", **plain)
    assert digest(b"hello", **plain) != digest(b"hello ", **plain)
