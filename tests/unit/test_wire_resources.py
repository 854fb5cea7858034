"""The dialect of OpenAI's other paths as the pipeline sees it."""

from __future__ import annotations

from base64 import b64encode

import pytest

from hushgate.values import Area, Location
from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.resources import OpenAIResources
from tests.made_files import PNG
from tests.unit.wire_cases import told, unread

DIALECT: Dialect = OpenAIResources()
MESSAGE = {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": [{"text": {"value": "a"}}]}}
TRANSCRIPT = {"type": "transcript.text.delta", "delta": "a", "logprobs": [{"token": "a"}]}


def test_names_itself_and_its_streams() -> None:
    assert (DIALECT.name, DIALECT.sentinel, DIALECT.framing("text/event-stream")) == ("openai", "[DONE]", "sse")
    reading = DIALECT.read_request({"model": "m", "stream": True})
    assert (reading.model, reading.stream) == ("m", True)
    assert DIALECT.read_request("x").model is None


@pytest.mark.parametrize("doc", [MESSAGE, TRANSCRIPT])
def test_streams_of_runs_and_of_events(doc: object) -> None:
    frame = DIALECT.read_frame(doc)
    [(channel, text, *_)] = told(frame)
    assert text == "a"
    assert told(DIALECT.read_frame(DIALECT.delta_frame(doc, frame.deltas[0].channel, "b"))) == [
        (channel, "b", frame.deltas[0].kind, False)
    ]


def test_events_of_other_paths() -> None:
    done = DIALECT.read_frame({"type": "transcript.text.done", "text": "ab"})
    assert [(d.channel, d.text) for d in done.repeats] == [(("", "", "transcript.text", 0), "ab")]
    image = DIALECT.read_frame(
        {"type": "image_generation.partial_image", "b64_json": b64encode(PNG).decode(), "created_at": 1764000000}
    )
    assert unread(image) == [(("b64_json",), "image")]
    assert unread(DIALECT.read_frame({"type": "speech.audio.delta", "audio": "AAAA"})) == [(("audio",), "audio")]


def test_events_are_named() -> None:
    refused = DIALECT.refusal_frame(Refusal(400, "policy_violation", "policy_violation", "No", "d-1"))
    assert refused == {
        "error": {"message": "No", "type": "policy_violation", "param": None, "code": "policy_violation"}
    }
    names = [DIALECT.event_name(doc) for doc in (MESSAGE, TRANSCRIPT, refused, None)]
    assert names == ["thread.message.delta", "transcript.text.delta", "error", None]


def test_a_transcripts_echoes_are_dropped_with_its_text() -> None:
    doc = {"text": "X", "words": [{"word": "ann"}], "logprobs": [{"token": "ann"}], "language": "en"}
    edited = DIALECT.drop_echoes(doc, [Location(path=("text",))])
    assert edited == {"text": "X", "words": [], "logprobs": [], "language": "en"}
    assert DIALECT.drop_echoes(TRANSCRIPT, [Location(Area.FRAME, None, ("delta",))]) == {**TRANSCRIPT, "logprobs": []}


@pytest.mark.parametrize(
    ("doc", "kept"),
    [
        ({"object": "thread", "id": "thread_1"}, ("thread_1",)),
        ({"object": "thread.run", "id": "run_1", "thread_id": "thread_1"}, ("thread_1",)),
        ({"object": "file", "id": "file_1"}, ()),
        ({"object": "thread", "id": 7}, ()),
        (None, ()),
    ],
)
def test_a_thread_is_kept(doc: object, kept: tuple[str, ...]) -> None:
    assert DIALECT.read_reply(doc).kept == kept
    if isinstance(doc, dict) and doc["object"] == "thread.run":
        assert DIALECT.read_frame(doc).kept == kept
