"""Bodies of InvokeModel that no vendor's own API has: flat prompts, and text by other names.

Source: the Bedrock user guide, "Inference request parameters and response
fields": Amazon Titan, Nova Canvas and Reel, Meta Llama, Mistral, DeepSeek R1,
AI21 Jurassic, Stability. What is not known here is walked all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire.base import Channel, Delta, Frame, Reading
from hushgate.wire.readers import an_object, listed, media, opaque, text, vector
from hushgate.wire.walk import Path, Reader, Walk

_WORDS: Final = """
prompt inputText texts textGenerationConfig stopSequences maxTokenCount temperature topP max_gen_len max_tokens top_p
top_k stop images image inputImage text_prompts weight init_image mask maskImage taskType text negativeText
negative_prompt seed dimensions normalize embeddingTypes embeddingConfig outputEmbeddingLength maxTokens numResults
textToImageParams imageVariationParams inPaintingParams outPaintingParams textToVideoParams imageGenerationConfig
videoGenerationConfig format source bytes generation prompt_token_count generation_token_count stop_reason outputs
results outputText tokenCount completionReason inputTextTokenCount totalOutputTextTokenCount index choices message
role content completions data finishReason reason artifacts base64 embedding embeddingsByType embeddings float binary
error finish_reason amazon-bedrock-invocationMetrics amazon-bedrock-guardrailAction inputTokenCount outputTokenCount
invocationLatency firstByteLatency system_prompt
"""
KEYS: Final = frozenset(_WORDS.split())
CONSTANTS: Final = frozenset("FINISH LENGTH STOP stop length assistant NONE INTERVENED SUCCESS endoftext".split())


def read_request(doc: object) -> Reading:
    """Read a prompt."""
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, _REQUEST, Role.NONE, Kind.TEXT)
    return walk.reading()


def read_reply(doc: object) -> Reading:
    """Read a whole answer."""
    walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS, tool="")
    walk.fields((), doc, _tables(_whole), Role.ASSISTANT, Kind.TEXT)
    return walk.reading()


def read_frame(doc: object) -> Frame:
    """Read one chunk of an answer."""
    walk = Walk(Direction.REPLY, Area.FRAME, vocabulary=KEYS, constants=CONSTANTS, tool="")
    deltas: list[Delta] = []

    def piece(*channel: str) -> Reader:
        def read(walk: Walk, path: Path, value: object, role: Role) -> None:
            if not isinstance(value, str):
                walk.value(path, value, role, Kind.TEXT)
            elif value:
                numbers = tuple(step for step in path if isinstance(step, int))
                at = Location(Area.FRAME, None, path)
                deltas.append(Delta((*channel, *numbers), at, value, Role.ASSISTANT, Kind.TEXT))

        return read

    walk.fields((), doc, _tables(piece), Role.ASSISTANT, Kind.TEXT)
    ends: tuple[Channel, ...] = ((),) if _ends(doc) else ()
    return Frame(tuple(deltas), ends, walk.segments, walk.unread)


def delta_frame(channel: Channel, text: str) -> dict[str, object]:
    """A chunk with `text` for `channel`; ValueError for an unknown one."""
    match channel:
        case ("generation",):
            return {"generation": text, "prompt_token_count": None, "generation_token_count": None, "stop_reason": None}
        case ("outputText",):
            return {"outputText": text, "index": 0, "completionReason": None}
        case ("outputs", int(index)):
            return {"outputs": [*_before(index), {"text": text, "stop_reason": None}]}
        case ("text", int(index)):
            return {"choices": [*_before(index), {"index": index, "text": text, "stop_reason": None}]}
        case ("message", int(index)):
            message = {"role": "assistant", "content": text}
            return {"choices": [*_before(index), {"index": index, "message": message, "stop_reason": None}]}
    raise ValueError("no such channel in Bedrock's vendor bodies")


def _before(index: int) -> list[dict[str, object]]:
    """The items before one that only its place tells apart."""
    return [{"index": place, "text": "", "stop_reason": None} for place in range(index)]


def _ends(doc: object) -> bool:
    """Whether a chunk says why the answer ends."""
    items = [doc]
    for key in ("outputs", "choices"):
        inner = doc.get(key) if isinstance(doc, dict) else None
        items += inner if isinstance(inner, list) else []
    said = [item.get(key) for item in items if isinstance(item, dict) for key in _REASONS]
    return any(reason is not None for reason in said)


def _of_user(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.USER, Kind.TEXT)


def _of_system(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.SYSTEM, Kind.SYSTEM)


def _image(walk: Walk, path: Path, value: object, role: Role) -> None:
    """An image in base64, or several, or one with its format beside it."""
    if isinstance(value, list):
        walk.items(path, value, _image, role, Kind.TEXT)
    elif isinstance(value, dict):
        walk.fields(path, value, _IMAGE, role, Kind.TEXT)
    else:
        _BASE64(walk, path, value, role)


def _whole(*channel: str) -> Reader:
    return text


def _tables(said: Callable[..., Reader]) -> Mapping[str, Reader]:
    """How an answer is read, whole or in chunks; `said` makes the reader of a run of text."""
    output = {"text": said("outputs"), "stop_reason": opaque}
    message = an_object({"role": opaque, "content": said("message")}, Kind.TEXT)
    choice = {"index": opaque, "text": said("text"), "message": message, "stop_reason": opaque}
    return {
        **_REPLY,
        "generation": said("generation"),
        "outputText": said("outputText"),
        "outputs": listed(an_object(output, Kind.TEXT), Kind.TEXT),
        "choices": listed(an_object(choice, Kind.TEXT), Kind.TEXT),
    }


_REASONS: Final = ("stop_reason", "completionReason", "finish_reason")
_BASE64: Final = media("image", link=False)
_IMAGE: Final[Mapping[str, Reader]] = {
    "format": opaque,
    "bytes": _BASE64,
    "source": an_object({"bytes": _BASE64, "s3Location": opaque}, Kind.TEXT),
}
_DRAWN: Final[Mapping[str, Reader]] = {
    "text": _of_user,
    "negativeText": _of_user,
    "maskPrompt": _of_user,
    **dict.fromkeys(("image", "images", "maskImage", "conditionImage", "referenceImage"), _image),
}
"""What is to be drawn, and what from."""
_PROMPT: Final[Mapping[str, Reader]] = {"text": _of_user, "weight": opaque}
_REQUEST: Final[Mapping[str, Reader]] = {
    "prompt": _of_user,
    "inputText": _of_user,
    "texts": _of_user,
    "negative_prompt": _of_user,
    "system_prompt": _of_system,
    "text_prompts": listed(an_object(_PROMPT, Kind.TEXT), Kind.TEXT),
    "stop": text,
    "textGenerationConfig": an_object({"stopSequences": text}, Kind.TEXT),
    "taskType": opaque,
    "embeddingTypes": opaque,
    **dict.fromkeys(("image", "images", "inputImage", "init_image", "mask", "mask_image"), _image),
    **dict.fromkeys(
        (
            *("textToImageParams", "imageVariationParams", "inPaintingParams", "outPaintingParams"),
            *("colorGuidedGenerationParams", "backgroundRemovalParams", "textToVideoParams"),
        ),
        an_object(_DRAWN, Kind.TEXT),
    ),
}
_RESULT: Final[Mapping[str, Reader]] = {"outputText": text, "completionReason": opaque}
_ARTIFACT: Final[Mapping[str, Reader]] = {"base64": _BASE64, "finishReason": opaque}
_REPLY: Final[Mapping[str, Reader]] = {
    "results": listed(an_object(_RESULT, Kind.TEXT), Kind.TEXT),
    "images": _image,
    "artifacts": listed(an_object(_ARTIFACT, Kind.TEXT), Kind.TEXT),
    "embedding": vector,
    "embeddingsByType": an_object({"float": vector, "binary": opaque}, Kind.OPAQUE),
    **dict.fromkeys((*_REASONS, "index", "amazon-bedrock-guardrailAction"), opaque),
    "amazon-bedrock-invocationMetrics": opaque,
}
