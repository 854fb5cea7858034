"""What an Anthropic messages reply says, whole and streamed."""

from __future__ import annotations

import copy

import pytest

from hushgate.values import Area, Kind, Location, Role
from hushgate.wire.anthropic_reply import delta_frame, read_frame, read_reply
from hushgate.wire.base import Frame


def delta(index: int = 0, **fields: object) -> dict[str, object]:
    return {"type": "content_block_delta", "index": index, "delta": fields}


def opened(index: int = 0, **fields: object) -> dict[str, object]:
    return {"type": "content_block_start", "index": index, "content_block": fields}


def deltas(frame: Frame) -> list[tuple[object, ...]]:
    return [(d.channel, d.text, d.kind, d.json_string) for d in frame.deltas]


def texts(reading: Frame) -> list[str]:
    return [s.text for s in reading.segments if s.kind is not Kind.OPAQUE]


def test_a_whole_reply() -> None:
    doc = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "EqQB"},
            {"type": "text", "text": "hi"},
            {"type": "tool_use", "id": "toolu_1", "name": "mail", "input": {"recipient": "bob"}},
        ],
        "stop_reason": "tool_use",
        "stop_sequence": "END",
        "stop_details": {"type": "refusal", "category": "cyber", "explanation": "why"},
        "usage": {"input_tokens": 1, "output_tokens": 2, "service_tier": "standard"},
    }
    reading = read_reply(doc)
    shown = [(s.location.path, s.role, s.kind, s.text) for s in reading.segments if s.kind is not Kind.OPAQUE]
    assert shown == [
        (("content", 0, "thinking"), Role.ASSISTANT, Kind.TEXT, "hm"),
        (("content", 1, "text"), Role.ASSISTANT, Kind.TEXT, "hi"),
        (("content", 2, "input", "recipient"), Role.ASSISTANT, Kind.TOOL_ARGS, "recipient"),
        (("content", 2, "input", "recipient"), Role.ASSISTANT, Kind.TOOL_ARGS, "bob"),
        (("stop_sequence",), Role.NONE, Kind.TEXT, "END"),
        (("stop_details", "explanation"), Role.NONE, Kind.TEXT, "why"),
    ]
    assert reading.model == "claude-x"
    assert {s.tool for s in reading.segments if s.kind is Kind.TOOL_ARGS} == {"mail"}


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ({"type": "error", "error": {"type": "api_error", "message": "You sent ann"}, "request_id": "r"},
         ["You sent ann"]),
        ({"type": "completion", "completion": " hi", "stop_reason": "stop_sequence"}, [" hi"]),
        ({"custom_id": "c", "result": {"type": "succeeded", "message": {"content": [{"type": "text", "text": "hi"}]}}},
         ["hi"]),
        ({"custom_id": "c", "result": {"type": "errored", "error": {"type": "error", "error": {"message": "no"}}}},
         ["no"]),
        ({"id": "b", "processing_status": "ended", "results_url": "https://x.example", "created_at": "2026-01-01"},
         ["https://x.example"]),
        ({"data": [{"id": "claude-x", "display_name": "Claude"}], "has_more": False}, ["claude-x", "Claude"]),
        ({"input_tokens": 9}, []),
    ],
)  # fmt: skip
def test_other_replies(doc: object, expected: list[str]) -> None:
    assert [s.text for s in read_reply(doc).segments if s.kind is not Kind.OPAQUE] == expected


def test_a_line_of_a_batchs_results_is_whole_in_itself() -> None:
    message = {"content": [{"type": "text", "text": "hi"}], "stop_reason": "end_turn"}
    frame = read_frame({"custom_id": "c", "result": {"type": "succeeded", "message": message}})
    assert (frame.deltas, frame.ends, texts(frame)) == ((), (), ["hi"])


@pytest.mark.parametrize("doc", [None, [], "", {}, {"content": None}, {"type": "ping"}, {"delta": None}])
def test_empty_shapes(doc: object) -> None:
    assert read_reply(doc).segments == ()
    assert read_frame(doc) == Frame()


@pytest.mark.parametrize(
    "doc", ["ann", ["ann"], {"content": "ann"}, {"content": ["ann"]}, {"delta": "ann"}, {"delta": ["ann"]},
            {"delta": {"text": ["ann"]}}, {"delta": {"partial_json": {"a": "ann"}}}, {"delta": {"alien": "ann"}},
            {"content_block": "ann"}, {"content_block": {"text": ["ann"]}}, {"content_block": {"alien": "ann"}},
            {"message": "ann"}, {"message": {"content": "ann"}}, {"error": "ann"}, {"completion": ["ann"]},
            {"type": {"type": "ann"}},
            {"type": "alien", "index": "ann"}, {"type": "content_block_delta", "delta": {"citation": "ann"}}],
)  # fmt: skip
def test_odd_shapes_are_read_all_the_same(doc: object) -> None:
    assert "ann" in [s.text for s in read_reply(doc).segments]
    frame = read_frame(doc)
    assert "ann" in [s.text for s in frame.segments] + [d.text for d in frame.deltas]


@pytest.mark.parametrize(
    ("fields", "kind", "json_string"),
    [
        ({"type": "text_delta", "text": "Hel"}, Kind.TEXT, False),
        ({"type": "thinking_delta", "thinking": "Hel"}, Kind.TEXT, False),
        ({"type": "compaction_delta", "content": "Hel"}, Kind.TEXT, False),
        ({"type": "input_json_delta", "partial_json": "Hel"}, Kind.TOOL_ARGS, True),
    ],
)
def test_deltas(fields: dict[str, object], kind: Kind, json_string: bool) -> None:
    name = list(fields)[1]
    frame = read_frame(delta(3, **fields))
    assert deltas(frame) == [(("block", 3, name), "Hel", kind, json_string)]
    assert frame.deltas[0].location == Location(Area.FRAME, None, ("delta", name))
    assert frame.deltas[0].role is Role.ASSISTANT
    assert (frame.ends, frame.segments) == ((), ())


@pytest.mark.parametrize("index", [None, "0", True, []])
def test_an_index_that_is_none_is_the_first(index: object) -> None:
    frame = read_frame({"type": "content_block_delta", "index": index, "delta": {"text": "Hel"}})
    assert [d.channel for d in frame.deltas] == [("block", 0, "text")]


def test_a_signature_is_opaque_and_ends_the_thinking() -> None:
    frame = read_frame(delta(1, type="signature_delta", signature="EqQB"))
    assert [(s.kind, s.text) for s in frame.segments] == [(Kind.OPAQUE, "EqQB")]
    at = Location(Area.FRAME, None, ("delta", "signature"))
    assert frame.signed == ((("block", 1, "thinking"), at), (("block", 1, "content"), at))
    assert frame.ends == (("block", 1, "thinking"), ("block", 1, "content"))
    assert not frame.closes(("block", 1, "text"))


@pytest.mark.parametrize("signature", [None, "", 7, ["EqQB"]])
def test_a_signature_that_is_none_ends_nothing(signature: object) -> None:
    frame = read_frame(delta(1, type="signature_delta", signature=signature))
    assert (frame.signed, frame.ends) == ((), ())


def test_a_citation_is_read_whole() -> None:
    cited = {"type": "web_search_result_location", "cited_text": "said", "url": "https://x.example", "title": "T",
             "encrypted_index": "Eo"}  # fmt: skip
    frame = read_frame(delta(type="citations_delta", citation=cited))
    assert frame.deltas == ()
    assert texts(frame) == ["said", "https://x.example", "T"]


def test_a_block_opens() -> None:
    assert deltas(read_frame(opened(2, type="text", text="Hel"))) == [(("block", 2, "text"), "Hel", Kind.TEXT, False)]
    assert read_frame(opened(2, type="text", text="", citations=None)) == Frame()
    frame = read_frame(opened(1, type="thinking", thinking="hm", signature="Eq"))
    assert deltas(frame) == [(("block", 1, "thinking"), "hm", Kind.TEXT, False)]
    assert [s.text for s in frame.segments] == ["Eq"]
    frame = read_frame(opened(1, type="compaction", content="so"))
    assert deltas(frame) == [(("block", 1, "content"), "so", Kind.TEXT, False)]


def test_a_tool_is_named_as_its_block_opens() -> None:
    frame = read_frame(opened(1, type="tool_use", id="toolu_1", name="mail", input={}))
    assert frame.tools == ((("block", 1, "partial_json"), "mail"),)
    frame = read_frame(opened(1, type="server_tool_use", id="s", name="mail", input={"recipient": "ann"}))
    assert [(s.text, s.kind, s.tool) for s in frame.segments if s.text == "ann"] == [("ann", Kind.TOOL_ARGS, "mail")]


def test_a_result_of_a_servers_tool_is_whole_in_its_start() -> None:
    frame = read_frame(opened(1, type="mcp_tool_result", tool_use_id="t", content="out"))
    assert (frame.deltas, texts(frame)) == ((), ["out"])
    assert [s.kind for s in frame.segments if s.text == "out"] == [Kind.TOOL_RESULT]


@pytest.mark.parametrize(
    ("doc", "ends"),
    [
        ({"type": "content_block_stop", "index": 2}, (("block", 2),)),
        ({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}, ((),)),
        ({"type": "message_delta", "delta": {"stop_reason": None}}, ()),
        ({"type": "message_stop"}, ((),)),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, ((),)),
        ({"type": "completion", "completion": "", "stop_reason": "max_tokens"}, (("completion",),)),
        ({"type": "completion", "completion": " hi", "stop_reason": None}, ()),
        ({"type": "ping"}, ()),
        ({"type": "message_start", "message": {"id": "m", "content": [], "stop_reason": None}}, ()),
    ],
)
def test_ends(doc: object, ends: tuple[object, ...]) -> None:
    assert read_frame(doc).ends == ends


def test_the_end_of_a_message_ends_every_block() -> None:
    frame = read_frame({"type": "message_stop"})
    assert frame.closes(("block", 0, "text"))
    assert frame.closes(("block", 7, "partial_json"))
    assert not read_frame({"type": "content_block_stop", "index": 0}).closes(("block", 7, "partial_json"))


def test_a_typical_stream_has_no_segment_but_its_texts() -> None:
    usage = {"input_tokens": 25, "output_tokens": 1, "cache_creation": {"ephemeral_5m_input_tokens": 0}}
    start = {"type": "message", "role": "assistant", "content": [], "stop_reason": None, "usage": usage}
    frames = [
        {"type": "message_start", "message": start},
        opened(0, type="text", text=""),
        {"type": "ping"},
        delta(0, type="text_delta", text="Hello"),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]
    assert [s.text for frame in frames for s in read_frame(frame).segments] == []


@pytest.mark.parametrize(
    "channel",
    [("block", 0, "text"), ("block", 3, "thinking"), ("block", 1, "partial_json"), ("block", 1, "content"),
     ("completion",)],
)  # fmt: skip
def test_a_new_frame_carries_a_channels_text(channel: tuple[str | int, ...]) -> None:
    template = {"type": "completion", "id": "c", "model": "m", "completion": "x", "stop_reason": "stop", "alien": "x"}
    before = copy.deepcopy(template)
    made = delta_frame(template, channel, "rest")
    frame = read_frame(made)
    assert [(d.channel, d.text) for d in frame.deltas] == [(channel, "rest")]
    assert frame.ends == ()
    assert "alien" not in made
    assert template == before


def test_a_new_frame_needs_no_template() -> None:
    assert delta_frame(None, ("completion",), "x") == {"completion": "x", "stop_reason": None}


@pytest.mark.parametrize("channel", [(), ("block",), ("block", 0), ("block", 0, "alien"), ("block", "0", "text")])
def test_an_unknown_channel_has_no_frame(channel: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="no such channel"):
        delta_frame({}, channel, "x")
