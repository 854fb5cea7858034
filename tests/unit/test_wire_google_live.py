"""Google's Live API: messages of both sides, one by one."""

from __future__ import annotations

import pytest

from hushgate.values import Kind, Role
from hushgate.wire.base import Refusal
from hushgate.wire.google_live import GoogleLive
from tests.unit.wire_cases import told, unread

LIVE = GoogleLive()
SOUND = "UklGRgAAAAA" * 3


def texts(doc: object) -> list[tuple[Role, Kind, str]]:
    """What of a client's message is no structure."""
    return [(s.role, s.kind, s.text) for s in LIVE.read_request(doc).segments if s.kind is not Kind.OPAQUE]


def heard(doc: object) -> list[str]:
    """What of a server's message is a text of its own."""
    return [s.text for s in LIVE.read_frame(doc).segments if s.kind is not Kind.OPAQUE]


def test_setup() -> None:
    doc = {
        "setup": {
            "model": "models/gemini-live",
            "generationConfig": {"responseModalities": ["AUDIO"], "temperature": 0.5},
            "systemInstruction": {"parts": [{"text": "be brief"}]},
            "tools": [{"functionDeclarations": [{"name": "mail", "description": "sends mail"}]}],
            "realtimeInputConfig": {"automaticActivityDetection": {"disabled": True}},
            "sessionResumption": {"handle": "h1"},
            "outputAudioTranscription": {},
        }
    }
    assert texts(doc) == [(Role.SYSTEM, Kind.SYSTEM, "be brief"), (Role.NONE, Kind.TOOL_DEF, "sends mail")]
    assert LIVE.read_request(doc).model == "models/gemini-live"


@pytest.mark.parametrize("spelled", ["clientContent", "client_content"])
def test_turns_of_a_client(spelled: str) -> None:
    turns = [{"role": "user", "parts": [{"text": "I am Ann"}]}, {"role": "model", "parts": [{"text": "hi"}]}]
    assert texts({spelled: {"turns": turns, "turnComplete": True}}) == [
        (Role.USER, Kind.TEXT, "I am Ann"),
        (Role.ASSISTANT, Kind.TEXT, "hi"),
    ]


def test_what_a_tool_gave_back() -> None:
    answer = {"id": "f1", "name": "mail", "response": {"result": "of Bob"}}
    assert (Role.TOOL, Kind.TOOL_RESULT, "of Bob") in texts({"toolResponse": {"functionResponses": [answer]}})


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"audio": {"mimeType": "audio/pcm;rate=16000", "data": SOUND}}, "audio"),
        ({"video": {"mimeType": "image/jpeg", "data": SOUND}}, "video"),
        ({"mediaChunks": [{"mime_type": "audio/pcm", "data": SOUND}]}, "audio"),
        ({"mediaChunks": [{"mimeType": "application/pdf", "data": SOUND}]}, "file"),
    ],
)
def test_what_is_sent_as_it_happens(said: dict[str, object], reason: str) -> None:
    reading = LIVE.read_request({"realtimeInput": said})
    assert [one.reason for one in reading.unread] == [reason]
    assert texts({"realtimeInput": said}) == []
    assert texts({"realtimeInput": {"text": "I am Ann"}}) == [(Role.NONE, Kind.TEXT, "I am Ann")]


def test_a_turn_runs_on_until_it_ends() -> None:
    sound = {"inlineData": {"mimeType": "audio/pcm", "data": SOUND}}
    parts = [{"text": "hm", "thought": True}, {"text": "it is"}, sound]
    frame = LIVE.read_frame({"serverContent": {"modelTurn": {"role": "model", "parts": parts}}})
    assert told(frame) == [
        (("turn", "thought"), "hm", Kind.TEXT, False),
        (("turn", "text"), "it is", Kind.TEXT, False),
    ]
    assert unread(frame) == [(("serverContent", "modelTurn", "parts", 2, "inlineData", "data"), "audio")]
    assert not frame.closes(("turn", "text"))
    for last in ("turnComplete", "generationComplete", "interrupted"):
        assert LIVE.read_frame({"serverContent": {last: True}}).closes(("turn", "text"))
    assert not LIVE.read_frame({"serverContent": {"interrupted": False}}).closes(("turn", "text"))


@pytest.mark.parametrize(("name", "voice"), [("inputTranscription", "heard"), ("output_transcription", "spoken")])
def test_both_voices_are_transcribed(name: str, voice: str) -> None:
    frame = LIVE.read_frame({"serverContent": {name: {"text": "I am"}}})
    assert told(frame) == [(("turn", voice), "I am", Kind.TEXT, False)]
    assert LIVE.read_frame({"serverContent": {name: {"text": ".", "finished": True}}}).closes(("turn", voice))


def test_a_call_knows_its_tool() -> None:
    frame = LIVE.read_frame({"toolCall": {"functionCalls": [{"id": "f1", "name": "mail", "args": {"to": "bob"}}]}})
    assert ("mail", "bob") in [(s.tool, s.text) for s in frame.segments if s.kind is Kind.TOOL_ARGS]
    piece = {"jsonPath": "$.to", "stringValue": "bo", "willContinue": True}
    frame = LIVE.read_frame(
        {"toolCall": {"functionCalls": [{"name": "mail", "partialArgs": [piece], "willContinue": True}]}}
    )
    assert frame.tools == ((("turn", "call", "$.to"), "mail"),)


@pytest.mark.parametrize(
    "channel",
    [("turn", "text"), ("turn", "thought"), ("turn", "heard"), ("turn", "spoken"), ("turn", "call", "$.to")],
)
def test_a_message_of_the_gates_own_goes_on_in_its_channel(channel: tuple[str, ...]) -> None:
    made = LIVE.delta_frame({}, channel, "rest")
    assert [(d.channel, d.text) for d in LIVE.read_frame(made).deltas] == [(channel, "rest")]
    with pytest.raises(ValueError, match="no such channel"):
        LIVE.delta_frame({}, (*channel, "x", "y"), "rest")


def test_structure_is_no_text() -> None:
    for doc in (
        {"setupComplete": {"sessionId": "s1"}},
        {"goAway": {"timeLeft": "10s"}},
        {"sessionResumptionUpdate": {"newHandle": "h2", "resumable": True}},
        {"toolCallCancellation": {"ids": ["f1"]}},
        {"serverContent": {"turnComplete": True}, "usageMetadata": {"totalTokenCount": 3}},
    ):
        assert heard(doc) == []


def test_what_is_not_known_is_read() -> None:
    assert heard({"novel": {"words": "of Ann"}}) == ["novel", "words", "of Ann"]
    assert heard({"serverContent": {"novel": "of Ann"}}) == ["novel", "of Ann"]
    assert [text for *_, text in texts({"novel": "of Ann"})] == ["novel", "of Ann"]


def test_there_is_no_message_for_an_error() -> None:
    refusal = Refusal(400, "policy_violation", "policy_violation", "no", "ex1")
    assert LIVE.refusal_frame(refusal) is None
    assert b"no" in LIVE.refusal(refusal).body
