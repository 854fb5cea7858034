"""What a reply of Mistral's conversations says, whole and streamed."""

from __future__ import annotations

import pytest

from hushgate.values import Kind, Role
from hushgate.wire.base import Frame
from hushgate.wire.mistral_reply import delta_frame, read_frame, read_reply
from tests.unit.wire_cases import told


def said(content: object, **more: object) -> dict[str, object]:
    return {"type": "message.output.delta", "id": "m-1", "role": "assistant", "content": content, **more}


def thought(text: object) -> dict[str, object]:
    return {"type": "thinking", "thinking": [{"type": "text", "text": text}]}


def test_a_whole_reply() -> None:
    doc = {
        "object": "conversation.response",
        "conversation_id": "conv-1",
        "usage": {"prompt_tokens": 3},
        "outputs": [
            {"object": "entry", "type": "tool.execution", "name": "web_search", "arguments": '{"q":"ann"}', "info": {}},
            {"object": "entry", "type": "message.output", "role": "assistant", "content": "hi"},
            {"object": "entry", "type": "function.call", "name": "mail", "arguments": {"to": "bob"}},
        ],
    }
    segments = [s for s in read_reply(doc).segments if s.kind is not Kind.OPAQUE]
    assert [(s.role, s.kind, s.text, s.tool) for s in segments] == [
        (Role.ASSISTANT, Kind.TOOL_ARGS, "q", "web_search"),
        (Role.ASSISTANT, Kind.TOOL_ARGS, "ann", "web_search"),
        (Role.ASSISTANT, Kind.TEXT, "hi", None),
        (Role.ASSISTANT, Kind.TOOL_ARGS, "to", "mail"),
        (Role.ASSISTANT, Kind.TOOL_ARGS, "bob", "mail"),
    ]
    entries = {"entries": [{"type": "message.input", "role": "user", "content": "q"}]}
    assert [(s.role, s.text) for s in read_reply(entries).segments] == [(Role.USER, "q")]
    assert [s.text for s in read_reply({"object": "error", "message": "You sent ann"}).segments][-1] == "You sent ann"


@pytest.mark.parametrize(
    "doc", ["ann", ["ann"], {"type": ["ann"]}, said(["ann"]), said({"text": ["ann"]}), said({"thinking": "ann"}),
            said(thought(["ann"])), said({"alien": "ann"}), {"type": "function.call.delta", "arguments": ["ann"]},
            {"type": "tool.execution.delta", "name": ["ann"], "arguments": 7}, {"type": "new.event", "text": "ann"},
            {"type": "conversation.response.error", "message": "ann"}, said("x", output_index="ann")],
)  # fmt: skip
def test_odd_shapes_are_read_all_the_same(doc: object) -> None:
    assert "ann" in [s.text for s in read_reply(doc).segments]
    frame = read_frame(doc)
    assert "ann" in [s.text for s in frame.segments] + [d.text for d in frame.deltas]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (said("Hel"), (("message", 0, 0, "m-1", "text"), "Hel", Kind.TEXT, False)),
        (said("Hel", output_index=1, content_index=2), (("message", 1, 2, "m-1", "text"), "Hel", Kind.TEXT, False)),
        (said({"type": "text", "text": "Hel"}), (("message", 0, 0, "m-1", "text"), "Hel", Kind.TEXT, False)),
        (said(thought("hm")), (("message", 0, 0, "m-1", "thinking"), "hm", Kind.TEXT, False)),
        ({"type": "function.call.delta", "id": "f-1", "tool_call_id": "c-1", "name": "mail", "arguments": '{"a',
          "output_index": 1}, (("call", 1, "f-1", "c-1", "mail", "arguments"), '{"a', Kind.TOOL_ARGS, True)),
        ({"type": "tool.execution.started", "id": "t-1", "name": "web_search", "arguments": "{"},
         (("execution", 0, "t-1", "web_search", "arguments"), "{", Kind.TOOL_ARGS, True)),
        ({"type": "tool.execution.delta", "id": "t-1", "name": "web_search", "arguments": "}"},
         (("execution", 0, "t-1", "web_search", "arguments"), "}", Kind.TOOL_ARGS, True)),
    ],
)  # fmt: skip
def test_deltas_and_frames_of_ones_own(event: dict[str, object], expected: tuple[object, ...]) -> None:
    frame = read_frame(event)
    assert told(frame) == [expected]
    [delta] = frame.deltas
    assert delta.role is Role.ASSISTANT
    for template in (event, {"type": "conversation.response.done"}, None):
        made = read_frame(delta_frame(template, delta.channel, "rest"))
        assert [(d.channel, d.text) for d in made.deltas] == [(delta.channel, "rest")]
        assert not made.closes(delta.channel)


def test_calls_name_their_tools() -> None:
    event = {"type": "function.call.delta", "id": "f-1", "tool_call_id": "c-1", "name": "mail", "arguments": ""}
    assert read_frame(event).tools == ((("call", 0, "f-1", "c-1", "mail", "arguments"), "mail"),)
    assert read_frame({"type": "function.call.delta", "arguments": "{"}).tools == ()


@pytest.mark.parametrize(
    ("event", "closed", "open_still"),
    [
        (said("Hel", output_index=1), ("message", 1, 0, "m-1", "thinking"), ("message", 1, 0, "m-1", "text")),
        (said({"type": "text", "text": "x"}), ("message", 0, 0, "m-1", "thinking"), ("message", 0, 0, "m-1", "text")),
        ({"type": "tool.execution.done", "id": "t-1"}, ("execution", 0, "t-1", "f"), ("execution", 0, "t-2")),
        ({"type": "conversation.response.done"}, ("message", 0, 0, "m-1", "text"), None),
        ({"type": "conversation.response.error"}, ("call", 0), None),
        (said(thought("hm")), None, ("message", 0, 0, "m-1", "thinking")),
    ],
)  # fmt: skip
def test_ends(event: object, closed: tuple[str | int, ...] | None, open_still: tuple[str | int, ...] | None) -> None:
    frame = read_frame(event)
    assert closed is None or frame.closes(closed)
    assert open_still is None or not frame.closes(open_still)


@pytest.mark.parametrize("doc", [None, [], {}, {"type": "conversation.response.started"}])
def test_empty_shapes(doc: object) -> None:
    assert read_frame(doc) == Frame()


@pytest.mark.parametrize(
    "channel", [(), ("message", 0, 0), ("message", 0, 0, "m-1", "alien"), ("call", 0, "a", "b", "c")]
)
def test_an_unknown_channel_has_no_frame(channel: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="no such channel"):
        delta_frame({}, channel, "x")
