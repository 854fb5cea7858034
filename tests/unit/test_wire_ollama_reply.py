"""What a reply of Ollama's own API says, whole and streamed."""

from __future__ import annotations

import copy

import pytest

from hushgate.values import Area, Kind, Location, Role
from hushgate.wire.base import Frame
from hushgate.wire.edit import apply
from hushgate.wire.ollama_reply import delta_frame, drop_echoes, read_frame, read_reply

HEAD = {"model": "llama", "created_at": "2026-01-02T03:04:05.123456789Z"}


def line(done: bool = False, **more: object) -> dict[str, object]:
    return {**HEAD, **more, "done": done}


def said(**message: object) -> dict[str, object]:
    return line(message={"role": "assistant", **message})


def texts(doc: object) -> list[str]:
    return [s.text for s in read_reply(doc).segments]


def test_a_whole_reply() -> None:
    call = {"function": {"name": "mail", "arguments": {"to": "bob"}}}
    doc = {
        **said(content="hi", thinking="hm", tool_calls=[call], images=["iVBORw0KGgo="]),
        "done_reason": "stop",
        "total_duration": 4883583458,
        "eval_count": 12,
    }
    reading = read_reply(doc)
    assert [(s.location.path, s.role, s.kind, s.text, s.tool) for s in reading.segments][1:] == [
        (("message", "content"), Role.ASSISTANT, Kind.TEXT, "hi", None),
        (("message", "thinking"), Role.ASSISTANT, Kind.TEXT, "hm", None),
        (("message", "tool_calls", 0, "function", "name"), Role.ASSISTANT, Kind.OPAQUE, "mail", "mail"),
        (("message", "tool_calls", 0, "function", "arguments", "to"), Role.ASSISTANT, Kind.TOOL_ARGS, "to", "mail"),
        (("message", "tool_calls", 0, "function", "arguments", "to"), Role.ASSISTANT, Kind.TOOL_ARGS, "bob", "mail"),
    ]
    assert [u.reason for u in reading.unread] == ["image"]
    assert reading.model == "llama"
    assert texts({"response": "ann", "context": [1, 2, 3]}) == ["ann"]
    assert texts({"error": "You sent ann"}) == ["You sent ann"]
    assert texts({"embeddings": [[0.0123456789012]], "embedding": [-0.0123456789012]}) == []


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("created_at", "2026-01-02T03:04:05Z", False),
        ("created_at", "2026-01-02T03:04:05.123+01:00", False),
        ("created_at", "2026-01-02 by ann", True),
        ("created_at", 4111111111111111, True),
        ("total_duration", 4883583458, False),
        ("total_duration", 4111111111111111, True),
        ("total_duration", "ann", True),
    ],
)
def test_times_are_left_out_where_they_are_times(key: str, value: object, read: bool) -> None:
    assert (str(value) in texts({key: value})) is read


@pytest.mark.parametrize(
    "doc", ["ann", ["ann"], {"message": "ann"}, {"message": ["ann"]}, {"message": {"content": ["ann"]}},
            {"message": {"tool_calls": "ann"}}, {"message": {"tool_calls": [{"function": "ann"}]}},
            {"response": ["ann"]}, {"logprobs": [{"token": "ann"}]}, {"alien": "ann"}, {"done": "ann"}],
)  # fmt: skip
def test_odd_shapes_are_read_all_the_same(doc: object) -> None:
    assert "ann" in texts(doc)
    frame = read_frame(doc)
    assert "ann" in [s.text for s in frame.segments] + [d.text for d in frame.deltas]


@pytest.mark.parametrize("doc", [None, [], {}, {"message": None}, {"message": {}}])
def test_empty_shapes(doc: object) -> None:
    assert read_frame(doc) == Frame()


@pytest.mark.parametrize(
    ("frame", "channel"),
    [
        (said(content="Hel"), ("message", "content")),
        (said(content="", thinking="Hel"), ("message", "thinking")),
        (line(response="Hel"), ("response",)),
        (line(response="", thinking="Hel"), ("thinking",)),
    ],
)
def test_deltas_and_frames_of_ones_own(frame: dict[str, object], channel: tuple[str, ...]) -> None:
    [delta] = read_frame(frame).deltas
    assert (delta.channel, delta.text, delta.kind, delta.role) == (channel, "Hel", Kind.TEXT, Role.ASSISTANT)
    assert delta.location.area is Area.FRAME
    before = copy.deepcopy(frame)
    made = delta_frame({**frame, "done": True, "eval_count": 3}, channel, "rest")
    assert [(d.channel, d.text) for d in read_frame(made).deltas] == [(channel, "rest")]
    assert read_frame(made).ends == ()
    assert {key: made[key] for key in HEAD} == HEAD
    assert "eval_count" not in made
    assert frame == before


@pytest.mark.parametrize("channel", [(), ("message",), ("message", "alien"), ("alien",), ("content",)])
def test_an_unknown_channel_has_no_frame(channel: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="no such channel"):
        delta_frame({}, channel, "x")


def test_done_ends_it_all() -> None:
    frame = read_frame(line(done=True, message={"role": "assistant", "content": ""}))
    assert frame.closes(("message", "content"))
    assert frame.closes(("response",))
    assert read_frame(line(response="x")).ends == ()
    assert read_frame({"done": "true"}).ends == ()


def test_calls_come_whole() -> None:
    frame = read_frame(said(content="", tool_calls=[{"function": {"name": "mail", "arguments": {"to": "bob"}}}]))
    assert frame.deltas == ()
    assert [(s.text, s.tool) for s in frame.segments if s.text == "bob"] == [("bob", "mail")]


def test_changed_text_loses_its_logprobs() -> None:
    frame = {**said(content="ann"), "logprobs": [{"token": "ann", "logprob": -0.1}]}
    before = copy.deepcopy(frame)
    edits = {read_frame(frame).deltas[0].location: "X"}
    assert drop_echoes(apply(frame, edits), edits) == said(content="X")
    assert drop_echoes(frame, []) is frame
    assert frame == before


@pytest.mark.parametrize("doc", [None, [], "x", {"logprobs": None}])
def test_dropping_echoes_takes_any_shape(doc: object) -> None:
    assert drop_echoes(doc, [Location(path=("response",))]) == doc
