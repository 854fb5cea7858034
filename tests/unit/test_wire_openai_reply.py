"""What an OpenAI chat completions reply says, whole and streamed."""

from __future__ import annotations

import copy

import pytest

from hushgate.values import Area, Embedded, Kind, Location, Role
from hushgate.wire.base import Frame
from hushgate.wire.edit import apply
from hushgate.wire.openai_reply import delta_frame, drop_echoes, read_frame, read_reply

J = Embedded.JSON
HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1764000000, "model": "gpt-4o"}


def chunk(*choices: object, **more: object) -> dict[str, object]:
    return {**HEAD, "choices": list(choices), **more}


def choice(delta: object, index: int = 0, finish: str | None = None) -> dict[str, object]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}


def deltas(frame: Frame) -> list[tuple[object, ...]]:
    return [(d.channel, d.text, d.kind, d.json_string) for d in frame.deltas]


def spelled(*tokens: str) -> list[dict[str, object]]:
    other = {"token": "alt", "logprob": -9.123456789}
    return [
        {"token": token, "logprob": -0.123456789012, "bytes": list(token.encode()), "top_logprobs": [other]}
        for token in tokens
    ]


def texts(doc: object) -> list[str]:
    return [s.text for s in read_reply(doc).segments if s.kind is not Kind.OPAQUE]


def test_a_whole_reply() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"to":"bob"}'}}
    cited = {"type": "url_citation", "url_citation": {"url": "https://x.example", "title": "T", "start_index": 0}}
    message = {
        "role": "assistant",
        "content": "hi",
        "refusal": None,
        "reasoning_content": "hm",
        "tool_calls": [call],
        "annotations": [cited],
        "audio": {"id": "au", "data": "AAAA", "transcript": "spoken", "expires_at": 1764000000},
    }
    doc = {
        **HEAD,
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "prompt_tokens_details": {"cached_tokens": 0}},
    }
    reading = read_reply(doc)
    base = ("choices", 0, "message")
    assert [(s.location.path, s.kind, s.text) for s in reading.segments if s.kind is not Kind.OPAQUE] == [
        ((*base, "content"), Kind.TEXT, "hi"),
        ((*base, "reasoning_content"), Kind.TEXT, "hm"),
        ((*base, "tool_calls", 0, "function", "arguments", J, "to"), Kind.TOOL_ARGS, "to"),
        ((*base, "tool_calls", 0, "function", "arguments", J, "to"), Kind.TOOL_ARGS, "bob"),
        ((*base, "annotations", 0, "url_citation", "url"), Kind.TEXT, "https://x.example"),
        ((*base, "annotations", 0, "url_citation", "title"), Kind.TEXT, "T"),
        ((*base, "audio", "transcript"), Kind.TEXT, "spoken"),
    ]
    assert [(u.location.path, u.reason) for u in reading.unread] == [((*base, "audio", "data"), "audio")]
    assert {s.role for s in reading.segments if s.location.path[:1] == ("choices",)} == {Role.ASSISTANT}
    assert reading.model == "gpt-4o"


def test_a_chunk_that_comes_as_a_whole_reply_is_read_too() -> None:
    call = {"index": 0, "function": {"arguments": '{"to":"bob"}'}}
    delta = {"role": "assistant", "content": "hi", "tool_calls": [call], "audio": {"transcript": "spoken"}}
    assert texts(chunk(choice(delta))) == ["hi", "to", "bob", "spoken"]


def test_an_error_body_is_read() -> None:
    assert texts({"error": {"message": "You sent ann", "type": "x", "param": None, "code": "y"}}) == [
        "You sent ann",
        "x",
        "y",
    ]


@pytest.mark.parametrize("doc", [None, [], "", {}, {"choices": None}, {"choices": []}, {"choices": [{}]}])
def test_empty_shapes(doc: object) -> None:
    assert read_reply(doc).segments == ()
    assert read_frame(doc) == Frame()


@pytest.mark.parametrize(
    "doc", ["ann", ["ann"], {"choices": "ann"}, {"choices": ["ann"]}, {"choices": [{"message": "ann"}]},
            {"choices": [{"delta": "ann"}]}, {"choices": [{"delta": {"tool_calls": "ann"}}]},
            {"choices": [{"delta": {"tool_calls": ["ann"]}}]}, {"choices": [{"delta": {"function_call": "ann"}}]},
            {"choices": [{"delta": {"tool_calls": [{"function": "ann"}]}}]}, {"choices": [{"delta": {"audio": "ann"}}]},
            {"choices": [{"logprobs": "ann"}]}, {"choices": [{"logprobs": {"content": "ann"}}]},
            {"choices": [{"delta": {"content": [{"type": "text", "text": "ann"}]}}]},
            {"choices": [{"delta": {"content": {"text": "ann"}}}]}],
)  # fmt: skip
def test_odd_shapes_are_read_all_the_same(doc: object) -> None:
    assert "ann" in [s.text for s in read_reply(doc).segments]
    frame = read_frame(doc)
    assert "ann" in [s.text for s in frame.segments] + [d.text for d in frame.deltas]


@pytest.mark.parametrize("name", ["content", "refusal", "reasoning_content", "reasoning"])
def test_text_deltas(name: str) -> None:
    frame = read_frame(chunk(choice({"role": "assistant", name: "Hel"})))
    assert deltas(frame) == [(("choice", 0, name), "Hel", Kind.TEXT, False)]
    assert frame.deltas[0].location == Location(Area.FRAME, None, ("choices", 0, "delta", name))
    assert frame.deltas[0].role is Role.ASSISTANT


def test_a_delta_that_holds_json_is_not_opened() -> None:
    assert deltas(read_frame(chunk(choice({"content": '{"a":1}'})))) == [
        (("choice", 0, "content"), '{"a":1}', Kind.TEXT, False)
    ]


def test_argument_deltas() -> None:
    calls = [
        {"index": 1, "id": "call_9", "type": "function", "function": {"name": "f", "arguments": '{"a'}},
        {"index": 0, "function": {"arguments": '"x'}},
        {"function": {"arguments": "no index"}},
        {"index": 3, "custom": {"name": "sql", "input": "sel"}},
    ]
    frame = read_frame(chunk(choice({"tool_calls": calls}, index=2)))
    assert deltas(frame) == [
        (("choice", 2, "tool", 1), '{"a', Kind.TOOL_ARGS, True),
        (("choice", 2, "tool", 0), '"x', Kind.TOOL_ARGS, True),
        (("choice", 2, "tool", 2), "no index", Kind.TOOL_ARGS, True),
        (("choice", 2, "custom", 3), "sel", Kind.TOOL_ARGS, False),
    ]
    assert [s.text for s in frame.segments if s.location.path[:1] == ("choices",)] == ["call_9", "f", "sql"]
    assert frame.tools == ((("choice", 2, "tool", 1), "f"), (("choice", 2, "custom", 3), "sql"))
    old = read_frame(chunk(choice({"function_call": {"name": "g", "arguments": "{}"}})))
    assert deltas(old) == [(("choice", 0, "function_call"), "{}", Kind.TOOL_ARGS, True)]


def test_audio_deltas() -> None:
    frame = read_frame(chunk(choice({"audio": {"id": "a", "transcript": "Hel", "data": "AAAA"}})))
    assert deltas(frame) == [(("choice", 0, "audio"), "Hel", Kind.TEXT, False)]
    assert [(u.location.path[-1], u.location.area) for u in frame.unread] == [("data", Area.FRAME)]


def test_choices_interleave_and_end() -> None:
    frame = read_frame(chunk(choice({"content": "a"}, 1), choice({"content": "b"}, 0, "stop"), choice({}, 2, "length")))
    assert [d.channel for d in frame.deltas] == [("choice", 1, "content"), ("choice", 0, "content")]
    assert frame.ends == (("choice", 0), ("choice", 2))
    assert frame.closes(("choice", 0, "content"))
    assert frame.closes(("choice", 0, "tool", 3))
    assert not frame.closes(("choice", 1, "content"))


def test_usage_and_empty_deltas_say_nothing() -> None:
    usage = read_frame(chunk(usage={"prompt_tokens": 9, "total_tokens": 9}))
    assert (usage.deltas, usage.ends) == ((), ())
    assert {s.text for s in usage.segments} == {"chatcmpl-1", "gpt-4o"}
    assert read_frame(chunk(choice({"role": "assistant", "content": ""}))).deltas == ()


def test_unknown_fields_of_a_frame_are_segments() -> None:
    frame = read_frame(chunk(choice({"alien": "ann"}), alien={"x": "bob"}))
    assert {"ann", "bob"} <= {s.text for s in frame.segments}


def test_created_is_a_time_or_else_is_read() -> None:
    assert "4111111111111111" in [s.text for s in read_reply({"created": 4111111111111111}).segments]
    assert "ann" in [s.text for s in read_reply({"created": "ann"}).segments]


@pytest.mark.parametrize(
    ("padding", "read"),
    [("Wq3Bk1mZ9", False), ("", False), ("4111111111111111", True), ("ann@x.example", True), ("a" * 17, True)],
)
def test_padding_is_read_where_it_might_hold_a_value(padding: str, read: bool) -> None:
    assert (padding in [s.text for s in read_frame(chunk(obfuscation=padding)).segments]) is read


@pytest.mark.parametrize(
    ("function", "tool"),
    [
        ({"name": "f", "arguments": '{"a": "x", "name": "g"}'}, "f"),
        ({"name": "f", "arguments": {"a": "x"}}, "f"),
        ({"arguments": {"a": "x"}}, ""),
        ({"name": 7, "arguments": {"a": "x"}}, ""),
        ({"name": "f", "more": {"a": "x"}}, "f"),
    ],
)
def test_arguments_know_their_tool(function: object, tool: str) -> None:
    message = {"tool_calls": [{"function": function}], "content": "x", "alien": "x"}
    segments = read_reply({"choices": [{"message": message}]}).segments
    assert [s.tool for s in segments if s.text == "x"] == [tool, None, ""]


def test_logprobs_that_spell_the_text_are_no_segments() -> None:
    one = {
        "index": 0,
        "message": {"role": "assistant", "content": "Hi ann"},
        "logprobs": {"content": spelled("Hi", " ann"), "refusal": None},
    }
    assert texts({"choices": [one]}) == ["Hi ann"]
    frame = read_frame({"choices": [{"index": 0, "delta": {"content": "Hi"}, "logprobs": {"content": spelled("Hi")}}]})
    assert (len(frame.deltas), frame.segments) == (1, ())


@pytest.mark.parametrize("tokens", [["Hi", " bob"], ["Hi"], ["Hi", " ann", "!"]])
def test_logprobs_that_spell_anything_else_are_read(tokens: list[str]) -> None:
    one = {"index": 0, "message": {"content": "Hi ann"}, "logprobs": {"content": spelled(*tokens)}}
    assert texts({"choices": [one]}) == ["Hi ann", *tokens]


def test_odd_logprobs_are_read() -> None:
    token = {
        "token": "Hi",
        "logprob": "ann",
        "alien": "bob",
        "bytes": ["eve"],
        "top_logprobs": [{"token": "x" * 33, "q": "joe"}],
    }
    one = {"message": {"content": "Hi"}, "logprobs": {"content": [token], "alien": ["sue"]}}
    found = {s.text for s in read_reply({"choices": [one]}).segments}
    assert {"ann", "bob", "eve", "x" * 33, "joe", "sue"} <= found


def test_changed_text_loses_its_logprobs() -> None:
    doc = {"choices": [
        {"index": 0, "message": {"content": "ann"}, "logprobs": {"content": spelled("ann")}},
        {"index": 1, "message": {"content": "bob"}, "logprobs": {"content": spelled("bob")}},
        {"index": 2, "message": {"content": "eve"}, "logprobs": None},
    ]}  # fmt: skip
    before = copy.deepcopy(doc)
    edits = {Location(path=("choices", n, "message", "content")): "X" for n in (1, 2)}
    edited = drop_echoes(apply(doc, edits), edits)
    assert [c["logprobs"] for c in edited["choices"]] == [before["choices"][0]["logprobs"], None, None]  # type: ignore[index]
    assert [c["message"]["content"] for c in edited["choices"]] == ["ann", "X", "X"]  # type: ignore[index]
    assert doc == before


@pytest.mark.parametrize("doc", [None, [], {"choices": {}}, {"choices": ["x"]}])
def test_dropping_echoes_takes_any_shape(doc: object) -> None:
    assert drop_echoes(doc, [Location(path=("choices", 0, "message"))]) == doc
    assert drop_echoes(doc, []) is doc


@pytest.mark.parametrize(
    "channel",
    [
        ("choice", 0, "content"),
        ("choice", 3, "refusal"),
        ("choice", 0, "reasoning_content"),
        ("choice", 0, "audio"),
        ("choice", 1, "tool", 2),
        ("choice", 1, "custom", 2),
        ("choice", 0, "function_call"),
    ],
)
def test_a_new_frame_carries_a_channels_text(channel: tuple[str | int, ...]) -> None:
    template = chunk(choice({}, 7, "stop"), usage={"total_tokens": 3}, system_fingerprint="fp", alien="x")
    before = copy.deepcopy(template)
    made = delta_frame(template, channel, "rest")
    frame = read_frame(made)
    assert [(d.channel, d.text) for d in frame.deltas] == [(channel, "rest")]
    assert frame.ends == ()
    assert {k: made[k] for k in (*HEAD, "system_fingerprint", "usage")} == {
        **HEAD,
        "system_fingerprint": "fp",
        "usage": None,
    }
    assert "alien" not in made
    assert template == before


def test_a_new_frame_needs_no_template() -> None:
    assert delta_frame(None, ("choice", 0, "content"), "x") == {
        "choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": None}]
    }


@pytest.mark.parametrize(
    "channel", [(), ("choice",), ("choice", 0), ("choice", 0, "alien"), ("choice", "0", "content")]
)
def test_an_unknown_channel_has_no_frame(channel: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="no such channel"):
        delta_frame({}, channel, "x")


def test_content_that_streams_in_parts_goes_on() -> None:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}], "signature": "c2ln"}
    parts = [thought, {"type": "text", "text": "Hel"}, "bare", {"type": "reference", "reference_ids": [1]}]
    frame = read_frame(chunk(choice({"content": parts})))
    assert deltas(frame) == [
        (("choice", 0, "thinking"), "hm", Kind.TEXT, False),
        (("choice", 0, "content"), "Hel", Kind.TEXT, False),
    ]
    assert {"bare", "c2ln"} <= {s.text for s in frame.segments}
    made = delta_frame({}, ("choice", 1, "thinking"), "rest")
    assert deltas(read_frame(made)) == [(("choice", 1, "thinking"), "rest", Kind.TEXT, False)]
    for odd in ({"text": {"x": "ann"}}, {"thinking": "ann"}, {"thinking": ["ann"]}, {"thinking": [{"text": ["ann"]}]}):
        assert "ann" in {s.text for s in read_frame(chunk(choice({"content": [odd]}))).segments}
