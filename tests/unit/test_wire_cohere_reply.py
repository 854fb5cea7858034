"""What a Cohere reply says, whole and streamed, in both versions."""

from __future__ import annotations

import copy

import pytest

from hushgate.values import Area, Embedded, Kind, Location, Role
from hushgate.wire.base import Frame
from hushgate.wire.cohere_reply import delta_frame, drop_echoes, read_frame, read_reply
from hushgate.wire.edit import apply

J = Embedded.JSON


def v2(kind: str, message: object = None, index: int | None = None) -> dict[str, object]:
    place = {} if index is None else {"index": index}
    return {"type": kind, **place, **({} if message is None else {"delta": {"message": message}})}


def v1(kind: str, **more: object) -> dict[str, object]:
    return {"is_finished": kind == "stream-end", "event_type": kind, **more}


def told(frame: Frame) -> list[tuple[object, ...]]:
    return [(d.channel, d.text, d.kind, d.json_string) for d in frame.deltas]


def again(frame: Frame) -> list[tuple[object, ...]]:
    return [(d.channel, d.text, d.location.path) for d in frame.repeats]


def texts(doc: object) -> list[str]:
    return [s.text for s in read_reply(doc).segments if s.kind is not Kind.OPAQUE]


def test_a_whole_reply_of_v2() -> None:
    call = {"id": "c-1", "type": "function", "function": {"name": "mail", "arguments": '{"to":"bob"}'}}
    cited = {
        "start": 0,
        "end": 2,
        "text": "hi",
        "sources": [{"type": "document", "id": "d", "document": {"by": "ann"}}],
    }
    message = {
        "role": "assistant",
        "tool_plan": "I will",
        "content": [{"type": "text", "text": "hi"}, {"type": "thinking", "thinking": "hm"}],
        "tool_calls": [call],
        "citations": [cited],
    }
    doc = {"id": "r-1", "finish_reason": "COMPLETE", "message": message, "usage": {"tokens": {"input_tokens": 3}}}
    assert [(s.location.path[1:], s.kind, s.text, s.tool) for s in read_reply(doc).segments][1:] == [
        (("tool_plan",), Kind.TEXT, "I will", None),
        (("content", 0, "text"), Kind.TEXT, "hi", None),
        (("content", 1, "thinking"), Kind.TEXT, "hm", None),
        (("tool_calls", 0, "id"), Kind.OPAQUE, "c-1", None),
        (("tool_calls", 0, "function", "name"), Kind.OPAQUE, "mail", "mail"),
        (("tool_calls", 0, "function", "arguments", J, "to"), Kind.TOOL_ARGS, "to", "mail"),
        (("tool_calls", 0, "function", "arguments", J, "to"), Kind.TOOL_ARGS, "bob", "mail"),
        (("citations", 0, "text"), Kind.TEXT, "hi", None),
        (("citations", 0, "sources", 0, "id"), Kind.OPAQUE, "d", None),
        (("citations", 0, "sources", 0, "document", "by"), Kind.TEXT, "by", ""),
        (("citations", 0, "sources", 0, "document", "by"), Kind.TEXT, "ann", ""),
    ]


def test_a_whole_reply_of_v1() -> None:
    history = [{"role": "USER", "message": "q"}, {"role": "CHATBOT", "message": "hi"}]
    doc = {
        "text": "hi",
        "generation_id": "g-1",
        "chat_history": history,
        "tool_calls": [{"name": "mail", "parameters": {"to": "bob"}}],
        "meta": {"api_version": {"version": "1"}, "billed_units": {"input_tokens": 3}},
    }
    found = {s.text: (s.role, s.kind, s.tool) for s in read_reply(doc).segments if s.text in ("q", "bob", "g-1")}
    assert found == {
        "q": (Role.USER, Kind.TEXT, None),
        "bob": (Role.ASSISTANT, Kind.TOOL_ARGS, "mail"),
        "g-1": (Role.ASSISTANT, Kind.OPAQUE, None),
    }
    assert texts({"generations": [{"id": "g", "text": "ann"}]}) == ["ann"]
    assert texts({"message": "You sent ann"}) == ["You sent ann"]
    assert texts({"results": [{"index": 0, "document": {"text": "ann"}, "relevance_score": 0.123456789}]})[0] == "ann"


def test_embeddings_say_nothing() -> None:
    assert texts({"embeddings": [[0.0123456789012]], "texts": ["ann"]}) == ["ann"]
    assert texts({"embeddings": {"float": [[0.0123456789012]], "int8": [[1, -2]]}}) == []


@pytest.mark.parametrize(
    "doc", ["ann", ["ann"], {"delta": "ann"}, {"delta": {"message": "ann"}}, v2("content-delta", {"content": "ann"}),
            v2("content-delta", {"content": ["ann"]}), v2("content-delta", {"content": {"text": ["ann"]}}),
            v2("tool-call-delta", {"tool_calls": "ann"}), v2("tool-call-delta", {"tool_calls": ["ann"]}),
            v2("tool-call-delta", {"tool_calls": {"function": "ann"}}), v2("citation-start", {"citations": "ann"}),
            v1("tool-calls-chunk", tool_call_delta="ann"), v1("text-generation", text=["ann"]),
            v1("stream-end", response="ann"), v1("stream-end", response={"text": ["ann"]}),
            v1("stream-end", response={"generations": ["ann"]}), {"type": ["x"], "index": "ann"}, {"alien": "ann"},
            v1("text-generation", index=True, text="ann")],
)  # fmt: skip
def test_odd_shapes_are_read_all_the_same(doc: object) -> None:
    assert "ann" in [s.text for s in read_reply(doc).segments]
    frame = read_frame(doc)
    assert "ann" in [s.text for s in frame.segments] + [d.text for d in (*frame.deltas, *frame.repeats)]


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (v2("content-start", {"content": {"type": "text", "text": "Hel"}}, 1),
         (("content", 1, "text"), "Hel", Kind.TEXT, False)),
        (v2("content-delta", {"content": {"text": "lo"}}, 1), (("content", 1, "text"), "lo", Kind.TEXT, False)),
        (v2("content-delta", {"content": {"thinking": "hm"}}, 0), (("content", 0, "thinking"), "hm", Kind.TEXT, False)),
        (v2("tool-plan-delta", {"tool_plan": "I"}), (("plan",), "I", Kind.TEXT, False)),
        (v2("tool-call-delta", {"tool_calls": {"function": {"arguments": '{"a'}}}, 2),
         (("tool", 2), '{"a', Kind.TOOL_ARGS, True)),
        (v1("text-generation", text="Hel"), (("text", 0), "Hel", Kind.TEXT, False)),
        (v1("text-generation", text="Hel", index=1), (("text", 1), "Hel", Kind.TEXT, False)),
        (v1("tool-calls-chunk", text="I"), (("planned",), "I", Kind.TEXT, False)),
        (v1("tool-calls-chunk", tool_call_delta={"index": 1.0, "parameters": '{"a'}),
         (("call", 1), '{"a', Kind.TOOL_ARGS, True)),
        (v1("tool-calls-chunk", tool_call_delta={"index": 1, "text": "I"}), (("planned", 1), "I", Kind.TEXT, False)),
    ],
)  # fmt: skip
def test_deltas_and_frames_of_ones_own(frame: dict[str, object], expected: tuple[object, ...]) -> None:
    read = read_frame(frame)
    assert told(read) == [expected]
    assert (read.deltas[0].location.area, read.deltas[0].role) == (Area.FRAME, Role.ASSISTANT)
    assert read.ends == ()
    channel = read.deltas[0].channel
    before = copy.deepcopy(frame)
    made = delta_frame(frame, channel, "rest")
    assert [(d.channel, d.text) for d in read_frame(made).deltas] == [(channel, "rest")]
    assert read_frame(made).ends == ()
    assert frame == before


def test_a_frame_of_generate_keeps_its_index() -> None:
    assert delta_frame({"index": 0}, ("text", 0), "x")["index"] == 0
    assert "index" not in delta_frame({}, ("text", 0), "x")


@pytest.mark.parametrize("channel", [(), ("content", 0), ("content", 0, "alien"), ("alien",), ("text", "0"), ("call",)])
def test_an_unknown_channel_has_no_frame(channel: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="no such channel"):
        delta_frame({}, channel, "x")


def test_calls_name_their_tools() -> None:
    start = {"id": "c-1", "type": "function", "function": {"name": "mail", "arguments": ""}}
    frame = read_frame(v2("tool-call-start", {"tool_calls": start}, 1))
    assert (frame.tools, frame.deltas) == (((("tool", 1), "mail"),), ())
    assert {"c-1", "mail"} == {s.text for s in frame.segments}
    frame = read_frame(v1("tool-calls-chunk", tool_call_delta={"index": 0, "name": "mail"}))
    assert frame.tools == ((("call", 0), "mail"),)
    frame = read_frame(v1("tool-calls-generation", tool_calls=[{"name": "mail", "parameters": {"to": "bob"}}]))
    assert [(s.text, s.tool) for s in frame.segments if s.text == "bob"] == [("bob", "mail")]


@pytest.mark.parametrize(
    ("frame", "closed", "open_still"),
    [
        (v2("content-end", index=1), ("content", 1, "text"), ("content", 0, "text")),
        (v2("tool-call-end", index=1), ("tool", 1), ("tool", 0)),
        (v2("tool-call-start", index=1), ("plan",), ("tool", 0)),
        (v1("tool-calls-generation", text="I will"), ("planned",), ("text", 0)),
        ({"type": "message-end", "delta": {"finish_reason": "COMPLETE"}}, ("plan",), None),
        (v1("stream-end", response={}), ("text", 0), None),
        (v2("message-start", {"role": "assistant"}), None, ("plan",)),
    ],
)
def test_ends(frame: object, closed: tuple[str | int, ...] | None, open_still: tuple[str | int, ...] | None) -> None:
    read = read_frame(frame)
    assert closed is None or read.closes(closed)
    assert open_still is None or not read.closes(open_still)


def test_the_end_of_a_v1_stream_tells_it_all_again() -> None:
    response = {"text": "Hello", "generation_id": "g-1", "chat_history": [{"role": "USER", "message": "ann"}]}
    frame = read_frame(v1("stream-end", finish_reason="COMPLETE", response=response))
    assert again(frame) == [(("text", 0), "Hello", ("response", "text"))]
    assert [s.text for s in frame.segments] == ["g-1", "ann"]
    generations = [{"id": "g-1", "text": "a", "index": 1}, {"id": "g-2", "text": "b"}]
    frame = read_frame(v1("stream-end", response={"generations": generations, "prompt": "ann"}))
    assert again(frame) == [
        (("text", 1), "a", ("response", "generations", 0, "text")),
        (("text", 0), "b", ("response", "generations", 1, "text")),
    ]
    frame = read_frame(v1("tool-calls-generation", text="I will", tool_calls=[]))
    assert again(frame) == [(("planned",), "I will", ("text",))]


def test_a_citation_stands_by_itself_in_a_stream() -> None:
    cited = {"start": 0, "end": 2, "text": "hi", "sources": [{"type": "tool", "id": "t", "tool_output": {"by": "ann"}}]}
    frame = read_frame(v2("citation-start", {"citations": cited}, 0))
    assert [(s.text, s.kind) for s in frame.segments] == [
        ("hi", Kind.TEXT),
        ("t", Kind.OPAQUE),
        ("by", Kind.TOOL_RESULT),
        ("ann", Kind.TOOL_RESULT),
    ]
    assert frame.deltas == ()


def test_changed_text_loses_its_logprobs() -> None:
    event = {**v2("content-delta", {"content": {"text": "ann"}}, 0), "logprobs": {"text": "ann", "token_ids": [1]}}
    before = copy.deepcopy(event)
    edits = {read_frame(event).deltas[0].location: "X"}
    assert drop_echoes(apply(event, edits), edits) == v2("content-delta", {"content": {"text": "X"}}, 0)
    assert drop_echoes(event, []) is event
    assert event == before
    spelled = {"text": "ann", "token_likelihoods": [{"token": "ann", "likelihood": -1}]}
    at = Location(path=("generations", 0, "text"))
    assert drop_echoes({"generations": [spelled]}, [at]) == {"generations": [{"text": "ann"}]}


@pytest.mark.parametrize("doc", [None, [], "x", {"generations": "x"}, {"generations": ["x"]}, {"logprobs": None}])
def test_dropping_echoes_takes_any_shape(doc: object) -> None:
    assert drop_echoes(doc, [Location(path=("text",))]) == doc
