"""What a Gemini API reply says, whole and streamed."""

from __future__ import annotations

import copy

import pytest

from hushgate.values import Area, Kind, Location, Role
from hushgate.wire.base import Frame
from hushgate.wire.edit import apply
from hushgate.wire.google_reply import delta_frame, drop_echoes, read_frame, read_reply

HEAD = {"modelVersion": "gemini-x", "responseId": "r-1", "createTime": "2026-01-01T00:00:00Z"}


def chunk(*candidates: object, **more: object) -> dict[str, object]:
    return {"candidates": list(candidates), **HEAD, **more}


def candidate(*parts: object, index: int | None = 0, finish: str | None = None, **more: object) -> dict[str, object]:
    place = {} if index is None else {"index": index}
    ended = {} if finish is None else {"finishReason": finish}
    return {"content": {"parts": list(parts), "role": "model"}, **place, **ended, **more}


def deltas(frame: Frame) -> list[tuple[object, ...]]:
    return [(d.channel, d.text, d.kind) for d in frame.deltas]


def texts(doc: object) -> list[str]:
    return [s.text for s in read_reply(doc).segments if s.kind is not Kind.OPAQUE]


def test_a_whole_reply() -> None:
    doc = chunk(
        candidate(
            {"text": "hm", "thought": True},
            {"text": "hi", "thoughtSignature": "c2ln"},
            {"functionCall": {"name": "mail", "args": {"to": "bob"}}},
            {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}},
            finish="STOP",
            citationMetadata={"citations": [{"uri": "https://x.example", "startIndex": 0}]},
            groundingMetadata={"webSearchQueries": ["who"], "searchEntryPoint": {"renderedContent": "<b>who</b>"}},
            safetyRatings=[{"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"}],
        ),
        usageMetadata={"promptTokenCount": 3, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 3}]},
        promptFeedback={"blockReasonMessage": "why"},
    )
    reading = read_reply(doc)
    base = ("candidates", 0, "content", "parts")
    assert [(s.location.path, s.kind, s.text, s.tool) for s in reading.segments if s.kind is not Kind.OPAQUE] == [
        ((*base, 0, "text"), Kind.TEXT, "hm", None),
        ((*base, 1, "text"), Kind.TEXT, "hi", None),
        ((*base, 2, "functionCall", "args", "to"), Kind.TOOL_ARGS, "to", "mail"),
        ((*base, 2, "functionCall", "args", "to"), Kind.TOOL_ARGS, "bob", "mail"),
        (("candidates", 0, "citationMetadata", "citations", 0, "uri"), Kind.TEXT, "https://x.example", ""),
        (("candidates", 0, "groundingMetadata", "webSearchQueries", 0), Kind.TEXT, "who", ""),
        (("candidates", 0, "groundingMetadata", "searchEntryPoint", "renderedContent"), Kind.TEXT, "<b>who</b>", ""),
        (("promptFeedback", "blockReasonMessage"), Kind.TEXT, "why", ""),
    ]
    assert {s.text for s in reading.segments if s.kind is Kind.OPAQUE} == {"mail", "c2ln", *HEAD.values()}
    assert [(u.location.path, u.reason) for u in reading.unread] == [((*base, 3, "inlineData", "data"), "image")]
    assert {s.role for s in reading.segments if s.location.path[0] == "candidates"} == {Role.ASSISTANT}
    assert reading.model == "gemini-x"


def test_an_error_body_is_read() -> None:
    error = {"code": 400, "message": "You sent ann", "status": "INVALID_ARGUMENT", "details": [{"reason": "bob"}]}
    assert {"You sent ann", "bob"} <= set(texts({"error": error}))
    assert {"You sent ann", "bob"} <= set(texts([{"error": error}]))


def test_embeddings_say_nothing() -> None:
    assert texts({"embedding": {"values": [0.0123456789012, -0.5]}}) == []
    assert texts({"embeddings": [{"values": [0.0123456789012]}]}) == []
    assert "4111111111111111" in {s.text for s in read_reply({"embedding": {"values": [4111111111111111]}}).segments}


@pytest.mark.parametrize("doc", [None, [], "", {}, {"candidates": None}, {"candidates": [{}]}])
def test_empty_shapes(doc: object) -> None:
    assert read_reply(doc).segments == ()
    assert read_frame(doc) == Frame()


@pytest.mark.parametrize(
    "doc", ["ann", ["ann"], {"candidates": "ann"}, {"candidates": ["ann"]}, {"candidates": [{"content": "ann"}]},
            {"candidates": [{"content": {"parts": "ann"}}]}, {"candidates": [{"content": {"parts": {"text": "ann"}}}]},
            {"candidates": [{"content": {"parts": ["ann"]}}]}, {"response": "ann"}, {"response": ["ann"]},
            {"candidates": [{"content": {"parts": [{"text": ["ann"]}]}}]},
            {"candidates": [{"content": {"parts": [{"functionCall": "ann"}]}}]},
            {"candidates": [{"content": {"parts": [{"functionCall": {"partialArgs": "ann"}}]}}]},
            {"candidates": [{"content": {"parts": [{"functionCall": {"partialArgs": ["ann"]}}]}}]},
            {"candidates": [{"content": {"parts": [{"functionCall": {"partialArgs": [{"stringValue": ["ann"]}]}}]}}]},
            {"candidates": [{"logprobsResult": {"chosenCandidates": [{"token": "ann"}]}}]},
            {"candidates": [{"index": "ann", "finishReason": {"x": "ann"}}]}],
)  # fmt: skip
def test_odd_shapes_are_read_all_the_same(doc: object) -> None:
    assert "ann" in [s.text for s in read_reply(doc).segments]
    frame = read_frame(doc)
    assert "ann" in [s.text for s in frame.segments] + [d.text for d in frame.deltas]


def test_text_goes_on_by_candidate_and_by_what_is_thought() -> None:
    one = candidate({"text": "hm", "thought": True}, {"text": "Hel"}, {"text": "lo"})
    frame = read_frame(chunk(one, candidate({"text": "two"}, index=1), candidate({"text": "three"}, index=None)))
    assert deltas(frame) == [
        (("candidate", 0, "thought"), "hm", Kind.TEXT),
        (("candidate", 0, "text"), "Hel", Kind.TEXT),
        (("candidate", 0, "text"), "lo", Kind.TEXT),
        (("candidate", 1, "text"), "two", Kind.TEXT),
        (("candidate", 2, "text"), "three", Kind.TEXT),
    ]
    assert frame.deltas[1].location == Location(Area.FRAME, None, ("candidates", 0, "content", "parts", 1, "text"))
    assert {d.role for d in frame.deltas} == {Role.ASSISTANT}


def test_what_is_said_ends_what_was_thought_and_a_reason_ends_both() -> None:
    frame = read_frame(chunk(candidate({"text": "Hel"})))
    assert frame.closes(("candidate", 0, "thought"))
    assert not frame.closes(("candidate", 0, "text"))
    assert read_frame(chunk(candidate({"text": "hm", "thought": True}))).ends == ()
    assert read_frame(chunk(candidate({"text": ""}))).ends == ()
    frame = read_frame(chunk(candidate({"text": "."}, finish="STOP"), candidate({"text": "x"}, index=1)))
    assert frame.closes(("candidate", 0, "text"))
    assert not frame.closes(("candidate", 1, "text"))
    snake = {"index": 1, "finish_reason": "STOP", "content": {"parts": []}}
    assert read_frame({"candidates": [snake]}).ends == (("candidate", 1),)


def test_a_delta_that_holds_json_is_not_opened() -> None:
    assert deltas(read_frame(chunk(candidate({"text": '{"a":1}'})))) == [
        (("candidate", 0, "text"), '{"a":1}', Kind.TEXT)
    ]


def test_whole_arguments_are_segments_of_their_tool() -> None:
    frame = read_frame(chunk(candidate({"functionCall": {"name": "mail", "args": {"to": "bob"}}})))
    assert frame.deltas == ()
    assert [(s.text, s.tool) for s in frame.segments if s.text == "bob"] == [("bob", "mail")]


@pytest.mark.parametrize(
    "keys",
    [
        ("functionCall", "partialArgs", "jsonPath", "stringValue", "willContinue"),
        ("function_call", "partial_args", "json_path", "string_value", "will_continue"),
    ],
)
def test_pieces_of_arguments(keys: tuple[str, ...]) -> None:
    call, pieces, path, string, more = keys
    first = {path: "$.to", string: "ann@", more: True}
    second = {path: "$.cc", string: "bob"}
    frame = read_frame(chunk(candidate({call: {"name": "mail", pieces: [first, second], more: True}})))
    assert deltas(frame) == [
        (("candidate", 0, "call", "$.to"), "ann@", Kind.TOOL_ARGS),
        (("candidate", 0, "call", "$.cc"), "bob", Kind.TOOL_ARGS),
    ]
    assert frame.tools == ((("candidate", 0, "call", "$.to"), "mail"), (("candidate", 0, "call", "$.cc"), "mail"))
    assert frame.ends == (("candidate", 0, "call", "$.cc"),)
    last = read_frame(chunk(candidate({call: {pieces: [{path: "$.to", string: "x.example"}]}})))
    assert last.tools == ()
    assert last.closes(("candidate", 0, "call", "$.to"))


def test_code_assist_wraps_it_all() -> None:
    frame = read_frame({"response": chunk(candidate({"text": "Hel"}, finish="STOP")), "traceId": "t-1"})
    assert deltas(frame) == [(("candidate", 0, "text"), "Hel", Kind.TEXT)]
    assert frame.deltas[0].location.path[:2] == ("response", "candidates")
    assert frame.closes(("candidate", 0, "text"))
    assert {"t-1", "gemini-x"} <= {s.text for s in frame.segments}
    assert texts({"response": chunk(candidate({"text": "Hel"}))}) == ["Hel"]


def test_pictures_in_a_frame_are_named_unread() -> None:
    frame = read_frame(chunk(candidate({"inlineData": {"mimeType": "audio/pcm", "data": "AAAA"}})))
    assert [(u.location.area, u.location.path[-1], u.reason) for u in frame.unread] == [(Area.FRAME, "data", "audio")]


def test_changed_text_loses_its_logprobs() -> None:
    spelled = {"chosenCandidates": [{"token": "ann", "logProbability": -0.1}]}
    one = candidate({"text": "ann"}, logprobsResult=spelled, avgLogprobs=-0.1)
    two = candidate({"text": "bob"}, index=1, logprobsResult=spelled)
    for doc in (chunk(one, two), {"response": chunk(one, two)}):
        before = copy.deepcopy(doc)
        edits = {d.location: "X" for d in read_frame(doc).deltas if d.text == "bob"}
        edited = drop_echoes(apply(doc, edits), edits)
        [first, second] = edited.get("response", edited)["candidates"]  # type: ignore[attr-defined]
        assert first == one
        assert second == candidate({"text": "X"}, index=1)
        assert doc == before


@pytest.mark.parametrize("doc", [None, [], {"candidates": {}}, {"candidates": ["x"]}])
def test_dropping_echoes_takes_any_shape(doc: object) -> None:
    assert drop_echoes(doc, [Location(path=("candidates", 0, "content"))]) == doc
    assert drop_echoes(doc, []) is doc


@pytest.mark.parametrize(
    "channel",
    [
        ("candidate", 0, "text"),
        ("candidate", 3, "text"),
        ("candidate", 0, "thought"),
        ("candidate", 1, "call", "$.to"),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_new_frame_carries_a_channels_text(channel: tuple[str | int, ...], wrapped: bool) -> None:
    inner = chunk(candidate(finish="STOP"), usageMetadata={"totalTokenCount": 3})
    template = {"response": inner, "traceId": "t-1"} if wrapped else inner
    before = copy.deepcopy(template)
    made = delta_frame(template, channel, "rest")
    frame = read_frame(made)
    assert [(d.channel, d.text) for d in frame.deltas] == [(channel, "rest")]
    assert not frame.closes(channel)
    assert ("response" in made, "traceId" in made) == (wrapped, wrapped)
    told = made["response"] if wrapped else made
    assert {k: v for k, v in told.items() if k != "candidates"} == HEAD  # type: ignore[attr-defined]
    assert template == before


def test_a_new_frame_needs_no_template() -> None:
    assert delta_frame(None, ("candidate", 0, "text"), "x") == {
        "candidates": [{"content": {"parts": [{"text": "x"}], "role": "model"}, "index": 0}]
    }


@pytest.mark.parametrize("channel", [(), ("candidate", 0), ("candidate", 0, "alien"), ("candidate", "0", "text")])
def test_an_unknown_channel_has_no_frame(channel: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="no such channel"):
        delta_frame({}, channel, "x")
