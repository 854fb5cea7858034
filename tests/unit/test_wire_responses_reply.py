"""What an OpenAI Responses reply says, whole and streamed."""

from __future__ import annotations

import copy

import pytest

from hushgate.values import Area, Embedded, Kind, Location, Role
from hushgate.wire.edit import apply
from hushgate.wire.responses_reply import delta_frame, drop_echoes, read_frame, read_reply
from tests.unit.wire_cases import again, below, rows, told, unread

J = Embedded.JSON
TEXT, ARGS, RESULT = Kind.TEXT, Kind.TOOL_ARGS, Kind.TOOL_RESULT


def message(text: str, **more: object) -> dict[str, object]:
    part = {"type": "output_text", "text": text, "annotations": [], **more}
    return {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}


def call(arguments: str) -> dict[str, object]:
    return {"id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "mail", "arguments": arguments}


def event(name: str, **fields: object) -> dict[str, object]:
    return {"type": name, "sequence_number": 7, "item_id": "it_1", "output_index": 2, **fields}


def texts(doc: object) -> list[str]:
    return [s.text for s in read_reply(doc).segments if s.kind is not Kind.OPAQUE]


def test_a_whole_reply() -> None:
    doc = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1764000000.0,
        "completed_at": 1764000001,
        "status": "completed",
        "model": "m",
        "error": None,
        "instructions": "be brief",
        "metadata": {"case": "ann"},
        "output": [message("hi"), call('{"to":"bob"}')],
        "tools": [{"type": "function", "name": "mail", "description": "d"}],
        "usage": {"input_tokens": 1, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 2},
    }
    reading = read_reply(doc)
    assert [(s.location.path, s.role, s.text) for s in reading.segments if s.kind is not Kind.OPAQUE] == [
        (("instructions",), Role.SYSTEM, "be brief"),
        (("metadata", "case"), Role.NONE, "case"),
        (("metadata", "case"), Role.NONE, "ann"),
        (("output", 0, "content", 0, "text"), Role.ASSISTANT, "hi"),
        (("output", 1, "arguments", J, "to"), Role.ASSISTANT, "to"),
        (("output", 1, "arguments", J, "to"), Role.ASSISTANT, "bob"),
        (("tools", 0, "description"), Role.NONE, "d"),
    ]
    assert {s.text for s in reading.segments if s.kind is Kind.OPAQUE} == {
        "resp_1", "m", "msg_1", "fc_1", "call_1", "mail",
    }  # fmt: skip
    assert reading.model == "m"


@pytest.mark.parametrize(
    ("doc", "said"),
    [
        ({"object": "list", "data": [message("hi")], "first_id": "msg_1", "has_more": False}, ["hi"]),
        ({"object": "response.compaction", "output": [message("hi")]}, ["hi"]),
        ({"object": "response.input_tokens", "input_tokens": 12}, []),
        ({"id": "conv_1", "object": "conversation", "metadata": {}}, []),
        ({"error": {"message": "You sent ann", "type": "x", "code": "y"}}, ["You sent ann", "x", "y"]),
        ({"alien": "ann"}, ["alien", "ann"]),
        (None, []),
        ("ann", ["ann"]),
        ({"output": "ann"}, ["ann"]),
        ({"output": [["ann"]]}, ["ann"]),
    ],
)
def test_other_replies(doc: object, said: list[str]) -> None:
    assert texts(doc) == said


@pytest.mark.parametrize(
    ("name", "index", "channel", "kind", "json_string"),
    [
        ("output_text", {"content_index": 1}, ("", 2, "response.output_text", 1), TEXT, False),
        ("refusal", {"content_index": 1}, ("", 2, "response.refusal", 1), TEXT, False),
        ("reasoning_text", {"content_index": 0}, ("", 2, "response.reasoning_text", 0), TEXT, False),
        ("reasoning_summary_text", {"summary_index": 3}, ("", 2, "response.reasoning_summary_text", 3), TEXT, False),
        ("function_call_arguments", {}, ("", 2, "response.function_call_arguments", 0), ARGS, True),
        ("mcp_call_arguments", {}, ("", 2, "response.mcp_call_arguments", 0), ARGS, True),
        ("custom_tool_call_input", {}, ("", 2, "response.custom_tool_call_input", 0), ARGS, False),
        ("code_interpreter_call_code", {}, ("", 2, "response.code_interpreter_call_code", 0), ARGS, False),
        ("shell_call_command", {"command_index": 1}, ("", 2, "response.shell_call_command", 1), ARGS, False),
        ("some_day_text", {"content_index": 1}, ("", 2, "response.some_day_text", 1), TEXT, False),
    ],
)
def test_deltas(name: str, index: dict[str, int], channel: tuple[object, ...], kind: Kind, json_string: bool) -> None:
    doc = event(f"response.{name}.delta", delta='{"a', **index)
    frame = read_frame(doc)
    assert told(frame) == [(channel, '{"a', kind, json_string)]
    assert frame.deltas[0].location == Location(Area.FRAME, None, ("delta",))
    assert (frame.repeats, frame.ends, below(("delta",), frame)) == ((), (), [])
    made = delta_frame(doc, frame.deltas[0].channel, "rest")
    again_read = read_frame(made)
    assert told(again_read) == [(channel, "rest", kind, json_string)]
    assert {key: made[key] for key in ("type", "item_id", "output_index", "sequence_number", *index)} == {
        key: doc[key] for key in ("type", "item_id", "output_index", "sequence_number", *index)
    }


def test_a_shells_output_has_a_channel_each() -> None:
    doc = event("response.shell_call_output_content.delta", command_index=1, delta={"stdout": "a", "stderr": "b"})
    out, err = (("", 2, "response.shell_call_output_content", 1, name) for name in ("stdout", "stderr"))
    frame = read_frame(doc)
    assert told(frame) == [(out, "a", RESULT, False), (err, "b", RESULT, False)]
    assert delta_frame(doc, err, "c")["delta"] == {"stderr": "c"}
    done = event("response.shell_call_output_content.done", command_index=1, output=[{"stdout": "a", "stderr": ""}])
    assert read_frame(done).closes(out)
    assert [text for *_, text in below(("output",), read_frame(done))] == ["a"]


def test_audio_and_images_are_named_unread() -> None:
    assert unread(read_frame({"type": "response.audio.delta", "delta": "AAAA"})) == [(("delta",), "audio")]
    image = event(
        "response.image_generation_call.partial_image", partial_image_b64="iVBORw0KGgo=", partial_image_index=0
    )
    assert unread(read_frame(image)) == [(("partial_image_b64",), "image")]
    transcript = read_frame({"type": "response.audio.transcript.delta", "delta": "spo"})
    assert told(transcript) == [(("", "", "response.audio.transcript", 0), "spo", TEXT, False)]
    assert read_frame({"type": "response.audio.transcript.done"}).closes(transcript.deltas[0].channel)


@pytest.mark.parametrize(
    ("doc", "repeats", "closed"),
    [
        (event("response.output_text.done", content_index=1, text="Hi"),
         [(("", 2, "response.output_text", 1), ("text",), "Hi")], ("", 2, "response.output_text", 1)),
        (event("response.refusal.done", content_index=1, refusal="No"),
         [(("", 2, "response.refusal", 1), ("refusal",), "No")], ("", 2, "response.refusal", 1)),
        (event("response.reasoning_summary_text.done", summary_index=1, text="S"),
         [(("", 2, "response.reasoning_summary_text", 1), ("text",), "S")],
         ("", 2, "response.reasoning_summary_text", 1)),
        (event("response.function_call_arguments.done", arguments="{}"),
         [(("", 2, "response.function_call_arguments", 0), ("arguments",), "{}")],
         ("", 2, "response.function_call_arguments", 0)),
        (event("response.code_interpreter_call_code.done", code="1"),
         [(("", 2, "response.code_interpreter_call_code", 0), ("code",), "1")],
         ("", 2, "response.code_interpreter_call_code", 0)),
        (event("response.content_part.done", content_index=1, part={"type": "output_text", "text": "Hi"}),
         [(("", 2, "response.output_text", 1), ("part", "text"), "Hi")], ("", 2, "response.output_text", 1)),
        (event("response.reasoning_summary_part.done", summary_index=1, part={"type": "summary_text", "text": "S"}),
         [(("", 2, "response.reasoning_summary_text", 1), ("part", "text"), "S")],
         ("", 2, "response.reasoning_summary_text", 1)),
        (event("response.output_item.done", item=message("Hi")),
         [(("", 2, "response.output_text", 0), ("item", "content", 0, "text"), "Hi")],
         ("", 2, "response.output_text", 0)),
        (event("response.output_item.done", item=call('{"a":1}')),
         [(("", 2, "response.function_call_arguments", 0), ("item", "arguments"), '{"a":1}')],
         ("", 2, "response.function_call_arguments", 0)),
        (event("response.output_item.done", item={"type": "shell_call", "action": {"commands": ["ls", "pwd"]}}),
         [(("", 2, "response.shell_call_command", 0), ("item", "action", "commands", 0), "ls"),
          (("", 2, "response.shell_call_command", 1), ("item", "action", "commands", 1), "pwd")],
         ("", 2, "response.shell_call_command", 1)),
        ({"type": "response.completed", "response": {"output": [message("Hi"), call("{}")]}},
         [(("", 0, "response.output_text", 0), ("response", "output", 0, "content", 0, "text"), "Hi"),
          (("", 1, "response.function_call_arguments", 0), ("response", "output", 1, "arguments"), "{}")],
         ("", 5, "response.output_text", 0)),
        ({"type": "response.incomplete", "response": {"output": [{"type": "reasoning",
          "summary": [{"type": "summary_text", "text": "S"}], "content": [{"type": "reasoning_text", "text": "R"}]}]}},
         [(("", 0, "response.reasoning_summary_text", 0), ("response", "output", 0, "summary", 0, "text"), "S"),
          (("", 0, "response.reasoning_text", 0), ("response", "output", 0, "content", 0, "text"), "R")],
         ("", 0, "response.reasoning_text", 0)),
    ],
)  # fmt: skip
def test_repeats_and_ends(doc: object, repeats: list[object], closed: tuple[str | int, ...]) -> None:
    frame = read_frame(doc)
    assert again(frame) == repeats
    assert frame.deltas == ()
    assert frame.closes(closed)
    assert not {path for path, *_ in rows(frame)} & {path for _, path, _ in again(frame)}


@pytest.mark.parametrize(
    "doc",
    [
        event("response.output_item.added", item=call("")),
        event("response.content_part.added", part={"type": "output_text", "text": "", "annotations": []}),
        {"type": "response.created", "response": {"id": "r", "output": []}},
        event("response.output_text.annotation.added", annotation={"type": "file_path", "file_id": "f"}),
        event("response.web_search_call.searching"),
    ],
)
def test_what_opens_ends_nothing(doc: object) -> None:
    frame = read_frame(doc)
    assert (frame.deltas, frame.repeats, frame.ends) == ((), (), ())


def test_a_text_told_before_its_deltas_is_a_segment() -> None:
    frame = read_frame(event("response.output_item.added", item=call('{"to":"ann"}')))
    assert (("arguments", J, "to"), Role.ASSISTANT, ARGS, "ann") in below(("item",), frame)


def test_tools_are_named_for_their_arguments() -> None:
    channel = ("", 2, "response.function_call_arguments", 0)
    assert read_frame(event("response.output_item.added", item=call(""))).tools == ((channel, "mail"),)
    assert read_frame(event("response.output_item.added", item={"type": "function_call"})).tools == ()


def test_streams_side_by_side_are_kept_apart() -> None:
    one, other = (event("response.output_text.delta", stream_id=name, content_index=0, delta="a") for name in "pq")
    channel = read_frame(one).deltas[0].channel
    assert channel != read_frame(other).deltas[0].channel
    assert delta_frame(one, channel, "x")["stream_id"] == "p"
    end = {"type": "response.completed", "stream_id": "p", "response": {"output": []}}
    assert read_frame(end).closes(channel)
    assert not read_frame(end).closes(read_frame(other).deltas[0].channel)


def test_a_realtime_response_names_itself() -> None:
    delta = {"type": "response.output_audio_transcript.delta", "response_id": "resp_9", "item_id": "i",
             "output_index": 0, "content_index": 1, "delta": "spo", "event_id": "e"}  # fmt: skip
    channel = read_frame(delta).deltas[0].channel
    assert channel == ("resp_9", 0, "response.output_audio_transcript", 1)
    assert delta_frame(delta, channel, "x")["response_id"] == "resp_9"
    assert read_frame({"type": "response.done", "response": {"id": "resp_9", "output": []}}).closes(channel)


def test_an_error_event_is_read() -> None:
    frame = read_frame({"type": "error", "code": "x", "message": "You sent ann", "param": None, "sequence_number": 3})
    assert "You sent ann" in [s.text for s in frame.segments]


def test_a_new_frame_takes_its_items_id_from_where_it_stands() -> None:
    channel = ("", 1, "response.output_text", 0)
    done = {"type": "response.output_item.done", "output_index": 1, "item": {"id": "msg_2"}}
    ends = {"type": "response.completed", "response": {"output": [{"id": "msg_1"}, {"id": "msg_2"}]}}
    other = {"type": "response.output_text.delta", "output_index": 0, "item_id": "msg_1"}
    assert [delta_frame(doc, channel, "x")["item_id"] for doc in (done, ends, other, None)] == [
        "msg_2",
        "msg_2",
        "",
        "",
    ]
    assert delta_frame(done, channel, "x")["logprobs"] == []
    without = delta_frame({}, ("", "msg_7", "response.output_text", 0), "x")
    assert (without["item_id"], "output_index" in without) == ("msg_7", False)


@pytest.mark.parametrize("channel", [(), ("",), ("", 0, "response.output_text"), ("choice", 0, 3, 0)])
def test_an_unknown_channel_has_no_frame(channel: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="no such channel"):
        delta_frame({}, channel, "x")


def test_log_probabilities_that_spell_the_text_are_no_segments() -> None:
    tokens = [{"token": "Hi", "logprob": -0.123456789, "top_logprobs": [{"token": "Ho", "logprob": -9.123456789}]}]
    delta = event("response.output_text.delta", content_index=0, delta="Hi", logprobs=tokens)
    assert below(("logprobs",), read_frame(delta)) == []
    done = event("response.output_text.done", content_index=0, text="Hi", logprobs=tokens)
    assert below(("logprobs",), read_frame(done)) == []
    other = event("response.output_text.delta", content_index=0, delta="Ho", logprobs=tokens)
    assert [text for *_, text in below(("logprobs",), read_frame(other))] == ["Hi"]


def test_changed_text_loses_its_log_probabilities() -> None:
    tokens = [{"token": "ann"}]
    doc = {"output": [message("ann", logprobs=tokens), message("bob", logprobs=tokens)]}
    before = copy.deepcopy(doc)
    edits = {Location(path=("output", 0, "content", 0, "text")): "X"}
    edited = drop_echoes(apply(doc, edits), edits)
    assert edited == {"output": [message("X", logprobs=[]), message("bob", logprobs=tokens)]}
    assert doc == before
    delta = event("response.output_text.delta", delta="ann", logprobs=tokens)
    assert drop_echoes(delta, [Location(Area.FRAME, None, ("delta",))]) == {**delta, "logprobs": []}


@pytest.mark.parametrize("doc", [None, [], "x", {"output": "x"}, {"output": [{"content": None}]}])
def test_dropping_echoes_takes_any_shape(doc: object) -> None:
    assert drop_echoes(doc, [Location(path=("output", 0, "content", 0, "text"))]) == doc
    assert drop_echoes(doc, []) is doc


@pytest.mark.parametrize(
    "doc",
    [None, "ann", ["ann"], {"type": ["ann"]}, {"type": "response.completed", "response": "ann"},
     {"type": "response.completed", "response": {"output": ["ann"]}},
     {"type": "response.output_item.done", "item": "ann"},
     {"type": "response.content_part.done", "part": {"type": "output_text", "text": ["ann"]}},
     {"type": "response.output_text.done", "text": {"a": "ann"}},
     {"type": "response.output_text.delta", "delta": ["ann"]},
     {"type": "response.output_item.done", "item": {"type": "shell_call", "action": {"commands": "ann"}}},
     {"type": "response.output_item.done", "item": {"type": ["message"], "content": ["ann"]}}],
)  # fmt: skip
def test_odd_shapes_are_read_all_the_same(doc: object) -> None:
    frame = read_frame(doc)
    found = [s.text for s in frame.segments] + [d.text for d in (*frame.deltas, *frame.repeats)]
    assert ("ann" in found) is (doc is not None)


@pytest.mark.parametrize(
    ("response", "kept"),
    [
        ({"object": "response", "id": "resp_1"}, ("resp_1",)),
        ({"object": "response", "id": "resp_1", "conversation": {"id": "conv_1"}}, ("resp_1", "conv_1")),
        ({"object": "conversation", "id": "conv_1"}, ("conv_1",)),
        ({"object": "response", "id": 7}, ()),
        ({"object": "list", "id": "x"}, ()),
        (None, ()),
        ("resp_1", ()),
    ],
)
def test_a_reply_names_what_it_is_kept_as(response: object, kept: tuple[str, ...]) -> None:
    assert read_reply(response).kept == kept
    assert read_frame({"type": "response.created", "response": response}).kept == kept
