"""The Gemini API's dialects as the pipeline sees them."""

from __future__ import annotations

import json

import pytest

from hushgate.values import Location
from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.edit import apply
from hushgate.wire.google import GoogleGenerate, GoogleStream

WHOLE: Dialect = GoogleGenerate()
STREAM: Dialect = GoogleStream()
REFUSAL = Refusal(400, "policy_violation", "policy_violation", "No. hint: ask", "d-1", "r-1")


@pytest.mark.parametrize(
    ("media_type", "whole", "stream"),
    [("application/json", None, "json-array"), ("text/event-stream", "sse", "sse"), ("text/html", None, None)],
)
def test_how_a_reply_is_framed(media_type: str, whole: str | None, stream: str | None) -> None:
    assert (WHOLE.name, WHOLE.sentinel, WHOLE.framing(media_type)) == ("google-generate", None, whole)
    assert (STREAM.name, STREAM.sentinel, STREAM.framing(media_type)) == ("google-stream", None, stream)


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        (400, "policy_violation", "FAILED_PRECONDITION"),
        (400, "approval_required", "FAILED_PRECONDITION"),
        (400, "malformed_request", "INVALID_ARGUMENT"),
        (503, "unavailable", "UNAVAILABLE"),
    ],
)
def test_refuses_as_a_google_status(status: int, code: str, word: str) -> None:
    answer = WHOLE.refusal(Refusal(status, code, code, "No. hint: ask", "d-1", None))
    error = json.loads(answer.body)["error"]
    assert (error["code"], error["status"], error["message"]) == (status, word, "No. hint: ask")
    [detail] = error["details"]
    assert (detail["@type"], detail["reason"]) == ("type.googleapis.com/google.rpc.ErrorInfo", code)
    assert detail["metadata"] == {"type": code, "decision": "d-1"}
    assert answer.headers == (("content-type", "application/json"),)


def test_an_error_frame_begins_with_its_error() -> None:
    frame = STREAM.refusal_frame(REFUSAL)
    assert isinstance(frame, dict)
    assert next(iter(frame)) == "error"
    assert json.loads(STREAM.refusal(REFUSAL).body) == frame
    assert STREAM.event_name(frame) is None


def test_the_path_says_that_a_stream_is_asked_for() -> None:
    doc = {"contents": [{"parts": [{"text": "hi"}]}]}
    assert (WHOLE.read_request(doc).stream, STREAM.read_request(doc).stream) == (False, True)


def test_reads_edits_and_writes_a_request() -> None:
    call = {"functionCall": {"name": "mail", "args": {"to": "ann@acme.example", "n": 1}}}
    doc = {"contents": [{"role": "model", "parts": [call]}]}
    edits = {s.location: "X" for s in WHOLE.read_request(doc).segments if "@" in s.text}
    edited = apply(doc, edits)
    assert edited["contents"][0]["parts"][0]["functionCall"]["args"] == {"to": "X", "n": 1}  # type: ignore[index]


def test_a_frame_is_edited_at_its_deltas() -> None:
    one = {"content": {"parts": [{"text": "ann"}]}, "logprobsResult": {"chosenCandidates": [{"token": "ann"}]}}
    frame = {"candidates": [one]}
    edits = {delta.location: "X" for delta in STREAM.read_frame(frame).deltas}
    assert STREAM.drop_echoes(apply(frame, edits), edits) == {"candidates": [{"content": {"parts": [{"text": "X"}]}}]}
    assert STREAM.drop_echoes(frame, [Location(path=("modelVersion",))]) is frame


def test_reads_replies_and_makes_frames() -> None:
    assert WHOLE.read_reply({"modelVersion": "m"}).model == "m"
    made = STREAM.delta_frame({}, ("candidate", 0, "text"), "x")
    assert STREAM.read_frame(made).deltas[0].text == "x"
