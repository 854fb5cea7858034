"""OpenAI Realtime events of both sides: what is text, what is sound, and what runs from one event to the next."""

from __future__ import annotations

import pytest

from hushgate.values import Area, Kind, Location, Role
from hushgate.wire.realtime_events import read_frame, read_request
from hushgate.wire.responses_reply import delta_frame

SOUND = "UklGRgAAAAA" * 3


def texts(doc: object) -> list[tuple[str, Role, Kind, str]]:
    """What of a client event is no structure: where, who, what kind, and the text."""
    reading = read_request(doc)
    assert reading.unread == ()
    return [
        ("/".join(map(str, s.location.path)), s.role, s.kind, s.text)
        for s in reading.segments
        if s.kind is not Kind.OPAQUE
    ]


def event(name: str, **fields: object) -> dict[str, object]:
    ids = {"event_id": "event_1", "response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
    return {"type": name, **ids, **fields}


def test_session_update() -> None:
    doc = {
        "type": "session.update",
        "event_id": "evt_1",
        "session": {
            "type": "realtime",
            "model": "gpt-realtime",
            "instructions": "be brief",
            "output_modalities": ["audio"],
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": 24000},
                    "noise_reduction": {"type": "near_field"},
                    "transcription": {"model": "whisper-1", "language": "en", "prompt": "expect Ann"},
                    "turn_detection": {"type": "server_vad", "threshold": 0.5, "create_response": True},
                },
                "output": {"voice": "alloy", "speed": 1.0},
            },
            "tools": [{"type": "function", "name": "mail", "description": "sends mail"}],
            "tracing": {"workflow_name": "support of Ann", "group_id": "g", "metadata": {"case": "Bob"}},
        },
    }
    said = ["be brief", "expect Ann", "sends mail", "support of Ann", "g", "case", "Bob"]
    assert [text for *_, text in texts(doc)] == said
    assert ("session/instructions", Role.SYSTEM, Kind.SYSTEM, "be brief") in texts(doc)
    assert read_request(doc).model == "gpt-realtime"


def test_items_and_responses_of_a_client() -> None:
    said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "I am Ann"}]}
    doc = {"type": "conversation.item.create", "previous_item_id": "item_0", "item": said}
    assert texts(doc) == [("item/content/0/text", Role.USER, Kind.TEXT, "I am Ann")]
    came_back = {"type": "function_call_output", "call_id": "call_1", "output": "of Bob"}
    assert texts({"type": "conversation.item.create", "item": came_back}) == [
        ("item/output", Role.TOOL, Kind.TOOL_RESULT, "of Bob")
    ]
    doc = {"type": "response.create", "response": {"instructions": "now", "input": [said], "metadata": {"a": "b"}}}
    assert [text for *_, text in texts(doc)] == ["now", "I am Ann", "a", "b"]
    assert texts({"type": "response.create"}) == []


@pytest.mark.parametrize(
    ("doc", "where"),
    [
        ({"type": "input_audio_buffer.append", "audio": SOUND}, ("audio",)),
        ({"type": "session.input_audio_buffer.append", "audio": SOUND}, ("audio",)),
        (
            {
                "type": "conversation.item.create",
                "item": {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": SOUND}]},
            },
            ("item", "content", 0, "audio"),
        ),
    ],
)
def test_sound_is_unread(doc: object, where: tuple[object, ...]) -> None:
    reading = read_request(doc)
    assert [(u.location.path, u.reason, u.size) for u in reading.unread] == [(where, "audio", len(SOUND))]
    assert all(s.kind is Kind.OPAQUE for s in reading.segments)


def test_what_is_not_known_is_read() -> None:
    doc = {"type": "new.event", "novel": {"words": "of Ann"}}
    assert [text for *_, text in texts(doc)] == ["novel", "words", "of Ann"]
    frame = read_frame({"type": "new.event", "novel": {"words": "of Ann"}})
    assert [s.text for s in frame.segments if s.kind is not Kind.OPAQUE] == ["novel", "words", "of Ann"]


@pytest.mark.parametrize(
    ("stem", "field"),
    [
        ("response.output_text", "text"),
        ("response.text", "text"),
        ("response.output_audio_transcript", "transcript"),
        ("response.audio_transcript", "transcript"),
        ("response.function_call_arguments", "arguments"),
        ("response.mcp_call_arguments", "arguments"),
    ],
)
def test_a_text_comes_in_pieces_and_is_told_again(stem: str, field: str) -> None:
    (delta,) = read_frame(event(f"{stem}.delta", delta="ab")).deltas
    assert delta.text == "ab"
    assert delta.json_string == stem.endswith("arguments")
    done = read_frame(event(f"{stem}.done", **{field: "abc"}))
    assert [(one.channel, one.text) for one in done.repeats] == [(delta.channel, "abc")]
    assert done.closes(delta.channel)
    made = delta_frame(event(f"{stem}.done"), delta.channel, "c")
    assert read_frame(made).deltas[0].channel == delta.channel
    assert made["type"] == f"{stem}.delta"


def test_what_a_response_says_is_told_again_by_its_part_its_item_and_its_end() -> None:
    stem = "response.output_audio_transcript"
    (delta,) = read_frame(event(f"{stem}.delta", delta="ab")).deltas
    part = {"type": "audio", "transcript": "abc"}
    item = {"id": "item_1", "type": "message", "role": "assistant", "content": [{**part, "type": "output_audio"}]}
    for doc in (
        event("response.content_part.done", part=part),
        event("response.output_item.done", item=item),
        {"type": "response.done", "event_id": "e", "response": {"id": "resp_1", "output": [item]}},
    ):
        frame = read_frame(doc)
        assert [(one.channel, one.text) for one in frame.repeats] == [(delta.channel, "abc")], doc["type"]
        assert frame.closes(delta.channel), doc["type"]
        assert not [s for s in frame.segments if s.kind is not Kind.OPAQUE]


def test_a_response_that_is_cancelled_ends_its_runs() -> None:
    (delta,) = read_frame(event("response.output_text.delta", delta="ab")).deltas
    (other,) = read_frame({**event("response.output_text.delta", delta="ab"), "response_id": "resp_2"}).deltas
    done = read_frame({"type": "response.done", "response": {"id": "resp_1", "status": "cancelled", "output": []}})
    assert done.closes(delta.channel)
    assert not done.closes(other.channel)


def test_what_the_client_is_heard_to_say() -> None:
    name = "conversation.item.input_audio_transcription"
    heard = {"item_id": "item_7", "content_index": 0, "event_id": "e"}
    (delta,) = read_frame({"type": f"{name}.delta", "delta": "I am", **heard}).deltas
    done = read_frame({"type": f"{name}.completed", "transcript": "I am Ann", "usage": {"type": "tokens"}, **heard})
    assert [(one.channel, one.text) for one in done.repeats] == [(delta.channel, "I am Ann")]
    assert done.closes(delta.channel)
    assert read_frame({"type": f"{name}.failed", "error": {"message": "no"}, **heard}).closes(delta.channel)
    made = delta_frame({"type": f"{name}.completed", **heard}, delta.channel, "x")
    assert read_frame(made).deltas[0].channel == delta.channel


@pytest.mark.parametrize("name", ["response.output_audio", "response.audio", "session.output_audio"])
def test_sound_of_a_reply_is_unread(name: str) -> None:
    frame = read_frame(event(f"{name}.delta", delta=SOUND))
    assert [(u.location, u.reason) for u in frame.unread] == [(Location(Area.FRAME, None, ("delta",)), "audio")]
    assert not frame.deltas
    assert not [s for s in frame.segments if s.kind is not Kind.OPAQUE]


def test_a_translations_text_runs() -> None:
    (one,) = read_frame({"type": "session.output_transcript.delta", "event_id": "e", "delta": "ab"}).deltas
    (two,) = read_frame({"type": "session.output_transcript.delta", "event_id": "f", "delta": "cd"}).deltas
    assert one.channel == two.channel


def test_no_event_of_the_reference_is_text_by_its_structure_alone() -> None:
    session = {"type": "realtime", "object": "realtime.session", "id": "sess_1", "model": "m", "expires_at": 1}
    limits = [{"name": "tokens", "limit": 1, "remaining": 1}]
    for doc in (
        {"type": "session.created", "event_id": "e", "session": session},
        {"type": "rate_limits.updated", "event_id": "e", "rate_limits": limits},
        {"type": "input_audio_buffer.speech_started", "event_id": "e", "audio_start_ms": 1, "item_id": "i"},
        {"type": "conversation.created", "conversation": {"id": "conv_1", "object": "realtime.conversation"}},
        event("response.content_part.added", part={"type": "audio"}),
    ):
        assert [s.text for s in read_frame(doc).segments if s.kind is not Kind.OPAQUE] == []
