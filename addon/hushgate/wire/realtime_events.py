"""OpenAI Realtime: the events of a client, and those of the server.

Source: the API reference of the Realtime client and server events, the beta's
older names included, and of translation and transcription sessions. Sessions
and responses take the fields of a Responses request, conversations hold the
same items, and the text of a reply comes and is told again the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Frame, Reading
from hushgate.wire.openai_frames import FrameWalk, Runs
from hushgate.wire.openai_tokens import spelling
from hushgate.wire.readers import an_object, listed, media, opaque, text
from hushgate.wire.responses_items import item, items
from hushgate.wire.responses_reply import FRAME, delta_of
from hushgate.wire.responses_request import REQUEST
from hushgate.wire.responses_runs import runs
from hushgate.wire.responses_words import CONSTANTS as RESPONSES_CONSTANTS
from hushgate.wire.responses_words import KEYS as RESPONSES_KEYS
from hushgate.wire.walk import Path, Reader, Walk

_HEARD: Final = "conversation.item.input_audio_transcription"
_SOUNDS: Final = frozenset({"response.audio", "response.output_audio", "session.output_audio"})
"""Events whose `delta` is sound."""


def read_request(doc: object) -> Reading:
    """Read a client event."""
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, _EVENT, Role.NONE, Kind.TEXT)
    inner = next((doc[key] for key in ("session", "response") if key in doc), None) if isinstance(doc, dict) else None
    model = inner.get("model") if isinstance(inner, dict) else None
    return walk.reading(model=model if isinstance(model, str) else None, stream=True)


def read_frame(doc: object) -> Frame:
    """Read a server event."""
    found = _runs(doc)
    walk = FrameWalk(found, vocabulary=KEYS, constants=CONSTANTS)
    table = _TOLD
    if isinstance(doc, dict):
        beside = doc.get("delta", doc.get("transcript"))
        delta = _SOUND if found.stem in _SOUNDS else delta_of(found.stem)
        table = {**_TOLD, "delta": delta, "logprobs": spelling(beside)}
    walk.fields((), doc, table, Role.NONE, Kind.TEXT)
    return walk.frame()


def _runs(doc: object) -> Runs:
    """What an event holds of channels: those of what the client said are named by their item."""
    event = doc.get("type") if isinstance(doc, dict) else None
    if not isinstance(doc, dict) or not isinstance(event, str) or not event.startswith(f"{_HEARD}."):
        return runs(doc)
    found = Runs(stem=_HEARD)
    place, index, moment = doc.get("item_id"), doc.get("content_index"), event.rpartition(".")[2]
    channel = ("", place if isinstance(place, str) else "", _HEARD, index if isinstance(index, int) else 0)
    if moment == "delta":
        found.told(("delta",), channel, again=False)
    elif moment in ("completed", "failed"):
        found.told(("transcript",), channel, again=True)
        found.ends = (channel,)
    return found


def _settings(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, _SESSION, role, Kind.TEXT)


def _heard(walk: Walk, path: Path, value: object, role: Role) -> None:
    """How sound is heard: a hint at what will be said is text."""
    walk.fields(path, value, _HEARING, role, Kind.TEXT)


_SOUND: Final = media("audio", link=False)
_HEARING: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(("model", "language", "languages", "delay"), opaque),
    "prompt": text,
    "keywords": text,
}
_FORM: Final = dict.fromkeys("type format voice noise_reduction turn_detection language rate speed".split(), opaque)
_AUDIO: Final[Mapping[str, Reader]] = {
    "input": an_object({**_FORM, "transcription": _heard}, Kind.TEXT),
    "output": an_object(_FORM, Kind.TEXT),
}
_TRACING: Final[Mapping[str, Reader]] = {"workflow_name": text, "group_id": text, "metadata": text}
_STRUCTURAL: Final = """
object voice modalities output_modalities input_audio_format output_audio_format input_audio_noise_reduction
turn_detection speed expires_at client_secret max_response_output_tokens conversation_id status status_details
""".split()
_SESSION: Final[Mapping[str, Reader]] = {
    **REQUEST,
    **dict.fromkeys(_STRUCTURAL, opaque),
    "id": opaque,
    "audio": an_object(_AUDIO, Kind.TEXT, _SOUND),
    "input_audio_transcription": _heard,
    "tracing": an_object(_TRACING, Kind.TEXT, opaque),
    "output": items,
}
_PLACES: Final = """
type event_id item_id response_id previous_item_id content_index output_index call_id segment_id audio_start_ms
audio_end_ms elapsed_ms
""".split()
_EVENT: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(_PLACES, opaque),
    "session": _settings,
    "response": _settings,
    "item": item,
    "audio": _SOUND,
}
_LIMIT: Final = an_object({"name": opaque}, Kind.TEXT)
_TOLD: Final[Mapping[str, Reader]] = {
    **FRAME,
    **_EVENT,
    "usage": opaque,
    "conversation": an_object({"id": opaque, "object": opaque}, Kind.TEXT),
    "rate_limits": listed(_LIMIT, Kind.TEXT),
    "id": opaque,
    "speaker": opaque,
}

_WORDS: Final = """
session audio transcript transcription turn_detection noise_reduction input_audio_noise_reduction threshold
prefix_padding_ms silence_duration_ms create_response interrupt_response idle_timeout_ms eagerness rate speed strength
tracing workflow_name group_id modalities output_modalities input_audio_format output_audio_format
input_audio_transcription max_response_output_tokens conversation_id status_details expires_at client_secret value
audio_start_ms audio_end_ms rate_limits limit remaining reset_seconds languages keywords delay token_limits
post_instructions retention_ratio seconds speaker start end elapsed_ms event_id input_token_details
output_token_details text_tokens image_tokens cached_tokens_details
"""
KEYS: Final = RESPONSES_KEYS | frozenset(_WORDS.split())
_KINDS: Final = """
realtime transcription translation realtime.session realtime.transcription_session realtime.item realtime.response
realtime.conversation input_audio output_audio audio audio/pcm audio/pcmu audio/pcma pcm16 g711_ulaw g711_alaw
server_vad semantic_vad near_field far_field retention_ratio tokens duration inf turn_detected client_cancelled
max_output_tokens item.input_audio_transcription.logprobs
session.update session.created session.updated session.close session.closed session.input_audio_buffer.append
input_audio_buffer.append input_audio_buffer.commit input_audio_buffer.clear input_audio_buffer.committed
input_audio_buffer.cleared input_audio_buffer.speech_started input_audio_buffer.speech_stopped
output_audio_buffer.clear output_audio_buffer.started output_audio_buffer.stopped output_audio_buffer.cleared
conversation.created conversation.item.create conversation.item.created conversation.item.added
conversation.item.done conversation.item.delete conversation.item.deleted conversation.item.retrieve
conversation.item.retrieved conversation.item.truncate conversation.item.truncated
response.create response.created response.cancel response.done rate_limits.updated error
"""
CONSTANTS: Final = RESPONSES_CONSTANTS | frozenset(_KINDS.split())
