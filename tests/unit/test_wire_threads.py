"""The events of a streamed run of an assistant."""

from __future__ import annotations

import pytest

from hushgate.values import Kind
from hushgate.wire.threads import delta_frame, read_frame
from tests.unit.wire_cases import again, rows, told

TEXT, ARGS, RESULT = Kind.TEXT, Kind.TOOL_ARGS, Kind.TOOL_RESULT


def said(*blocks: object, **more: object) -> dict[str, object]:
    return {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": list(blocks)}, **more}


def step(*calls: object) -> dict[str, object]:
    details = {"type": "tool_calls", "tool_calls": list(calls)}
    return {"id": "step_1", "object": "thread.run.step.delta", "delta": {"step_details": details}}


def test_a_messages_deltas() -> None:
    doc = said(
        {"index": 0, "type": "text", "text": {"value": "Hel", "annotations": [{"type": "file_path", "text": "【1】"}]}},
        {"index": 1, "type": "refusal", "refusal": "No"},
        {"index": 2, "type": "image_file", "image_file": {"file_id": "f"}},
    )
    frame = read_frame(doc)
    assert told(frame) == [(("message", "msg_1", 0, "text"), "Hel", TEXT, False),
                           (("message", "msg_1", 1, "refusal"), "No", TEXT, False)]  # fmt: skip
    assert [text for *_, text in rows(frame)] == ["msg_1", "【1】", "f"]
    assert (frame.ends, frame.repeats) == ((), ())


def test_a_steps_deltas() -> None:
    doc = step(
        {"index": 0, "id": "c", "type": "function", "function": {"name": "mail", "arguments": '{"a', "output": "ok"}},
        {"index": 1, "type": "code_interpreter",
         "code_interpreter": {"input": "pri", "outputs": [{"index": 2, "type": "logs", "logs": "1"}]}},
    )  # fmt: skip
    frame = read_frame(doc)
    assert told(frame) == [
        (("step", "step_1", 0, "arguments"), '{"a', ARGS, True),
        (("step", "step_1", 0, "output"), "ok", RESULT, False),
        (("step", "step_1", 1, "input"), "pri", ARGS, False),
        (("step", "step_1", 1, "logs", 2), "1", RESULT, False),
    ]
    assert frame.tools == ((("step", "step_1", 0, "arguments"), "mail"),)


@pytest.mark.parametrize("status", ["completed", "incomplete"])
def test_a_message_that_has_ended_tells_all_again(status: str) -> None:
    content = [{"type": "text", "text": {"value": "Hello", "annotations": []}}]
    doc = {"id": "msg_1", "object": "thread.message", "status": status, "role": "assistant", "content": content}
    frame = read_frame(doc)
    assert again(frame) == [(("message", "msg_1", 0, "text"), ("content", 0, "text", "value"), "Hello")]
    assert frame.closes(("message", "msg_1", 0, "text"))
    opened = read_frame({**doc, "status": "in_progress"})
    assert (opened.repeats, opened.ends, [text for *_, text in rows(opened)]) == ((), (), ["msg_1", "Hello"])


def test_a_step_that_has_ended_tells_all_again() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "mail", "arguments": "{}", "output": None}}
    doc = {"id": "step_1", "object": "thread.run.step", "status": "completed", "step_details": {"tool_calls": [call]}}
    frame = read_frame(doc)
    assert [(channel, text) for channel, _, text in again(frame)] == [(("step", "step_1", 0, "arguments"), "{}")]
    assert frame.closes(("step", "step_1", 0, "arguments"))


@pytest.mark.parametrize(
    "channel",
    [("message", "msg_1", 0, "text"), ("message", "msg_1", 1, "refusal"), ("step", "step_1", 0, "arguments"),
     ("step", "step_1", 0, "output"), ("step", "step_1", 1, "input"), ("step", "step_1", 1, "logs", 2)],
)  # fmt: skip
def test_a_new_frame_carries_a_channels_text(channel: tuple[str | int, ...]) -> None:
    frame = read_frame(delta_frame(channel, "rest"))
    assert [(d.channel, d.text) for d in frame.deltas] == [(channel, "rest")]


@pytest.mark.parametrize("channel", [(), ("message", "m"), ("message", 0, 0, "text"), ("choice", 0, "content")])
def test_an_unknown_channel_has_no_frame(channel: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="no such channel"):
        delta_frame(channel, "x")


@pytest.mark.parametrize(
    "doc",
    ["ann", ["ann"], {"object": ["ann"]}, said("ann"), said({"text": "ann"}), said({"text": {"value": ["ann"]}}),
     {"object": "thread.message.delta", "delta": "ann"}, step("ann"), step({"function": "ann"}),
     {"object": "thread.run.step", "step_details": "ann", "status": "completed"},
     {"object": "thread.run", "alien": "ann"}],
)  # fmt: skip
def test_odd_shapes_are_read_all_the_same(doc: object) -> None:
    frame = read_frame(doc)
    assert "ann" in [s.text for s in frame.segments] + [d.text for d in (*frame.deltas, *frame.repeats)]
