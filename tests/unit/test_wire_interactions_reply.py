"""What a reply of Google's interactions says, whole and streamed."""

from __future__ import annotations

import pytest

from hushgate.values import Kind, Role
from hushgate.wire.base import Frame
from hushgate.wire.interactions_reply import delta_frame, read_frame, read_reply
from tests.unit.wire_cases import again, told, unread

HI = {"type": "text", "text": "hi"}


def delta(said: object, index: int = 0, unit: str = "step") -> dict[str, object]:
    return {"event_type": f"{unit}.delta", "index": index, "delta": said}


def test_a_whole_reply() -> None:
    doc = {
        "id": "i-1",
        "status": "completed",
        "model": "gemini-x",
        "created": "2026-01-02T03:04:05.123456Z",
        "usage": {"total_tokens": 3},
        "steps": [
            {"type": "thought", "signature": "c2ln", "summary": [{"type": "text", "text": "hm"}]},
            {"type": "function_call", "id": "c-1", "name": "mail", "arguments": {"to": "bob"}},
            {"type": "model_output", "content": [{**HI, "annotations": [{"type": "url_citation", "url": "u"}]}]},
            {"type": "model_output", "content": [{"type": "image", "data": "iVBORw0KGgo=", "mime_type": "image/png"}]},
        ],
    }
    reading = read_reply(doc)
    assert [(s.role, s.kind, s.text, s.tool) for s in reading.segments if s.kind is not Kind.OPAQUE] == [
        (Role.ASSISTANT, Kind.TEXT, "hm", None),
        (Role.ASSISTANT, Kind.TOOL_ARGS, "to", "mail"),
        (Role.ASSISTANT, Kind.TOOL_ARGS, "bob", "mail"),
        (Role.ASSISTANT, Kind.TEXT, "hi", None),
        (Role.ASSISTANT, Kind.TEXT, "u", ""),
    ]
    assert unread(reading) == [(("steps", 3, "content", 0, "data"), "image")]
    assert reading.model == "gemini-x"
    assert "You sent ann" in [s.text for s in read_reply({"error": {"message": "You sent ann"}}).segments]


@pytest.mark.parametrize(
    "doc", ["ann", ["ann"], {"event_type": ["ann"]}, delta("ann"), delta(["ann"]), delta({"text": ["ann"]}),
            delta({"arguments": ["ann"]}), delta({"type": "thought_summary", "content": "ann"}),
            delta({"alien": "ann"}),
            {"event_type": "step.start", "step": "ann"}, {"event_type": "step.start", "step": {"name": ["ann"]}},
            {"event_type": "interaction.completed", "interaction": "ann"},
            {"event_type": "interaction.completed", "interaction": {"steps": ["ann"]}},
            {"event_type": "interaction.completed", "interaction": {"steps": [{"content": ["ann"]}]}},
            {"event_type": "interaction.completed", "interaction": {"output_text": "ann"}},
            {"event_type": "new.event", "text": "ann"}, {"event_type": "error", "error": {"message": "ann"}}],
)  # fmt: skip
def test_odd_shapes_are_read_all_the_same(doc: object) -> None:
    assert "ann" in [s.text for s in read_reply(doc).segments]
    frame = read_frame(doc)
    assert "ann" in [s.text for s in frame.segments] + [d.text for d in (*frame.deltas, *frame.repeats)]


@pytest.mark.parametrize("unit", ["step", "content"])
@pytest.mark.parametrize(
    ("said", "name", "kind", "in_json"),
    [
        ({"type": "text", "text": "Hel"}, "text", Kind.TEXT, False),
        ({"type": "arguments_delta", "arguments": "Hel"}, "arguments", Kind.TOOL_ARGS, True),
        ({"type": "thought_summary", "content": {"type": "text", "text": "Hel"}}, "summary", Kind.TEXT, False),
    ],
)
def test_deltas_and_frames_of_ones_own(unit: str, said: object, name: str, kind: Kind, in_json: bool) -> None:
    event = delta(said, 2, unit)
    assert told(read_frame(event)) == [((unit, 2, name), "Hel", kind, in_json)]
    made = read_frame(delta_frame(event, (unit, 2, name), "rest"))
    assert [(d.channel, d.text) for d in made.deltas] == [((unit, 2, name), "rest")]
    assert made.ends == ()
    assert read_frame({"event_type": f"{unit}.stop", "index": 2}).closes((unit, 2, name))


def test_a_step_names_its_tool() -> None:
    step = {"type": "function_call", "id": "c-1", "name": "mail", "arguments": {}}
    frame = read_frame({"event_type": "step.start", "index": 1, "step": step})
    assert frame.tools == ((("step", 1, "arguments"), "mail"),)
    whole = {"type": "google_search_call", "arguments": {"queries": ["bob"]}}
    frame = read_frame(delta(whole))
    assert [(s.text, s.tool) for s in frame.segments if s.text == "bob"] == [("bob", "google_search")]


def test_the_last_event_tells_it_all_again() -> None:
    steps = [{"type": "thought", "summary": [HI]}, {"type": "model_output", "content": [HI, HI]}]
    frame = read_frame({"event_type": "interaction.completed", "interaction": {"id": "i-1", "steps": steps}})
    at = ("interaction", "steps")
    assert again(frame) == [
        (("step", 0, "summary"), (*at, 0, "summary", 0, "text"), "hi"),
        (("step", 1, "text"), (*at, 1, "content", 0, "text"), "hi"),
        (("step", 1, "text"), (*at, 1, "content", 1, "text"), "hi"),
    ]
    assert frame.closes(("step", 0, "text"))
    frame = read_frame({"event_type": "interaction.complete", "interaction": {"outputs": [HI]}})
    assert again(frame) == [(("content", 0, "text"), ("interaction", "outputs", 0, "text"), "hi")]


@pytest.mark.parametrize("doc", [None, [], {}, {"event_type": "interaction.created", "interaction": {}}])
def test_empty_shapes(doc: object) -> None:
    assert read_frame(doc) == Frame()


@pytest.mark.parametrize(
    "channel", [(), ("step", 0), ("step", 0, "alien"), ("alien", 0, "text"), ("step", "0", "text")]
)
def test_an_unknown_channel_has_no_frame(channel: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="no such channel"):
        delta_frame({}, channel, "x")
