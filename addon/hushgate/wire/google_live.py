"""Google's Live API (`google-live`), over WebSockets: what each side's messages say.

Source: the API reference of BidiGenerateContent, at Gemini and on Vertex AI. A
message has one of a few fields; contents, parts, tools and calls are those of
generateContent. Texts of a turn run on from message to message, and so do the
transcripts of both voices. What is not known here is walked all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire.base import Channel, Frame, Reading, Refusal
from hushgate.wire.google import GoogleGenerate
from hushgate.wire.google_reply import Candidates
from hushgate.wire.google_request import PART, REQUEST, content
from hushgate.wire.google_words import CONSTANTS, KEYS, both
from hushgate.wire.readers import an_object, listed, opaque, text
from hushgate.wire.walk import Path, Reader, Walk

_TURN: Final[Channel] = ("turn",)
_VOICES: Final = {"inputTranscription": "heard", "outputTranscription": "spoken"}
_LAST: Final = tuple(both(dict.fromkeys(("turnComplete", "generationComplete", "interrupted"))))
_SEEN: Final = frozenset({"image", "video"})


class GoogleLive(GoogleGenerate):
    """Dialect of BidiGenerateContent. A message that is refused closes the connection: the API has no error message."""

    name = "google-live"
    says = "Google's Live API over WebSockets: turns, tools and transcripts are known; sound and pictures are unread"

    def read_request(self, doc: object) -> Reading:
        walk = Walk(Direction.REQUEST, vocabulary=WORDS, constants=CONSTANTS)
        walk.fields((), doc, _ASKED, Role.NONE, Kind.TEXT)
        setup = doc.get("setup") if isinstance(doc, dict) else None
        model = setup.get("model") if isinstance(setup, dict) else None
        return walk.reading(model=model if isinstance(model, str) else None, stream=True)

    def read_frame(self, doc: object) -> Frame:
        walk = Walk(Direction.REPLY, Area.FRAME, vocabulary=WORDS, constants=CONSTANTS)
        turn = _Turn()
        turn.read(walk, (), doc, Role.NONE)
        return Frame(tuple(turn.deltas), tuple(turn.ends), walk.segments, walk.unread, tuple(turn.tools))

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        match channel:
            case ("turn", "text"):
                return _told({"modelTurn": {"parts": [{"text": text}]}})
            case ("turn", "thought"):
                return _told({"modelTurn": {"parts": [{"text": text, "thought": True}]}})
            case ("turn", "heard"):
                return _told({"inputTranscription": {"text": text}})
            case ("turn", "spoken"):
                return _told({"outputTranscription": {"text": text}})
            case ("turn", "call", str(path)):
                piece = {"jsonPath": path, "stringValue": text, "willContinue": True}
                return {"toolCall": {"functionCalls": [{"partialArgs": [piece], "willContinue": True}]}}
            case _:
                raise ValueError("no such channel in the Live API")

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return doc

    def refusal_frame(self, refusal: Refusal) -> None:
        return None


def _told(server_content: object) -> object:
    return {"serverContent": server_content}


class _Turn(Candidates):
    """Reads one message of the server's."""

    __slots__ = ()

    def read(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        calls = listed(partial(self.call, channel=_TURN), Kind.TOOL_ARGS)
        table = {**_TOLD, "serverContent": self._content, "server_content": self._content}
        table |= both({"toolCall": an_object(both({"functionCalls": calls}), Kind.TOOL_ARGS)})
        walk.fields(path, value, table, Role.NONE, Kind.TEXT)

    def _content(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        voices: dict[str, Reader] = {
            name: partial(self._voice, channel=(*_TURN, voice)) for name, voice in _VOICES.items()
        }
        table = both({"modelTurn": self.content(_TURN), **voices})
        walk.fields(path, value, table, Role.ASSISTANT, Kind.TEXT)
        if isinstance(value, dict) and any(value.get(name) for name in _LAST):
            self.ends.append(_TURN)

    def _voice(self, walk: Walk, path: Path, value: object, role: Role, channel: Channel) -> None:
        def said(walk: Walk, path: Path, value: object, role: Role) -> None:
            if isinstance(value, str):
                self.add(walk, path, value, channel, Kind.TEXT)
            else:
                walk.value(path, value, role, Kind.TEXT)

        walk.fields(path, value, {"text": said, **both({"languageCode": opaque})}, role, Kind.TEXT)
        if isinstance(value, dict) and value.get("finished"):
            self.ends.append(channel)


def _piece(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Sound, or a picture of what is seen: one of very many."""
    said = value if isinstance(value, dict) else {}
    kind = said.get("mimeType", said.get("mime_type"))
    family = kind.partition("/")[0].lower() if isinstance(kind, str) else ""

    def data(walk: Walk, path: Path, value: object, role: Role) -> None:
        if isinstance(value, str) and family in _SEEN | {"audio"}:
            if value:
                walk.skip(path, "audio" if family == "audio" else "video", value)
        elif isinstance(value, str):
            walk.attach(path, kind, None, value, role)
        else:
            walk.value(path, value, role, Kind.TEXT)

    walk.fields(path, value, {"data": data, **both({"mimeType": opaque})}, role, Kind.TEXT)


def _turns(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.items(path, value, content, role, Kind.TEXT)


def _answers(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.items(path, value, PART["functionResponse"], Role.TOOL, Kind.TOOL_RESULT)


_HANDLE: Final = an_object(both({"handle": opaque, "newHandle": opaque}), Kind.TEXT)
_SETUP: Final[Mapping[str, Reader]] = {
    **REQUEST,
    **both({"sessionResumption": _HANDLE, "realtimeInputConfig": opaque, "contextWindowCompression": opaque}),
    **both({"inputAudioTranscription": opaque, "outputAudioTranscription": opaque}),
}
_SAID: Final = {"mediaChunks": listed(_piece, Kind.TEXT), "audio": _piece, "video": _piece, "text": text}
_ASKED: Final[Mapping[str, Reader]] = both(
    {
        "setup": an_object(_SETUP, Kind.TEXT),
        "clientContent": an_object(both({"turns": _turns}), Kind.TEXT),
        "realtimeInput": an_object(both(_SAID), Kind.TEXT),
        "toolResponse": an_object(both({"functionResponses": _answers}), Kind.TOOL_RESULT),
    }
)
_TOLD: Final[Mapping[str, Reader]] = both(
    {
        "usageMetadata": opaque,
        "toolCallCancellation": an_object({"ids": opaque}, Kind.TEXT),
        "sessionResumptionUpdate": _HANDLE,
        "setupComplete": an_object(both({"sessionId": opaque}), Kind.TEXT),
        "goAway": an_object(both({"timeLeft": opaque}), Kind.TEXT),
    }
)

_NAMES: Final = """
setup clientContent turns turnComplete realtimeInput mediaChunks audio video activityStart activityEnd audioStreamEnd
toolResponse functionResponses setupComplete sessionId serverContent modelTurn generationComplete interrupted
inputTranscription outputTranscription finished toolCall functionCalls toolCallCancellation ids goAway timeLeft
sessionResumption sessionResumptionUpdate handle newHandle resumable transparent realtimeInputConfig
automaticActivityDetection disabled startOfSpeechSensitivity endOfSpeechSensitivity prefixPaddingMs silenceDurationMs
activityHandling turnCoverage contextWindowCompression slidingWindow triggerTokens targetTokens
inputAudioTranscription outputAudioTranscription proactivity proactiveAudio waitingForInput
lastConsumedClientMessageIndex responseTokenCount responseTokensDetails
"""
WORDS: Final = KEYS | frozenset(both(dict.fromkeys(_NAMES.split())))
