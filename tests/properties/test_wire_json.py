"""Any bytes and any JSON: one reading, nothing silent, edits that stay where they belong."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hushgate.errors import Malformed
from hushgate.values import Embedded, Kind, Location, Segment, Step, Unread
from hushgate.wire import (
    anthropic_words,
    bedrock_vendors,
    bedrock_words,
    cohere_words,
    google_live,
    google_words,
    interactions_words,
    mcp_words,
    mistral_words,
    ollama_words,
    openai_words,
    realtime_events,
    resource_tables,
    responses_words,
)
from hushgate.wire.base import Delta, Frame, Reading
from hushgate.wire.document import dump_json, parse_json
from hushgate.wire.edit import apply
from hushgate.wire.registry import FORMATS, dialect
from tests.fuzz.draw import Draw
from tests.fuzz.spelled import damaged, document

WORDS = ["model", "messages", "role", "content", "type", "text", "tool_calls", "function", "arguments", "tools",
         "parameters", "properties", "choices", "delta", "message", "logprobs", "token", "image_url", "url", "index",
         "user", "assistant", "finish_reason", "metadata", "data:image/png;base64,AA", "file", "file_data",
         "system", "input", "name", "tool_use", "tool_result", "thinking", "signature", "redacted_thinking", "source",
         "data", "citations", "input_schema", "content_block", "partial_json", "completion", "content_block_delta",
         "params", "result", "contents", "blob", "inputSchema", "jsonrpc", "error", "parts", "candidates",
         "systemInstruction", "functionCall", "args", "functionResponse", "response", "inlineData", "mimeType",
         "partialArgs", "stringValue", "jsonPath", "thought", "event_type", "text-generation", "stream-end",
         "content-delta", "tool_call_delta", "chat_history", "message-end", "documents", "tool_results", "images",
         "context", "done", "toolUse", "toolResult", "reasoningContent", "document", "bytes", "contentBlockIndex",
         "start", "output", "json",
         "input", "output", "item", "part", "response", "function_call", "output_text", "message", "id", "status",
         "completed", "object", "summary", "action", "commands", "code", "value", "response.output_item.done",
         "response.output_text.delta", "response.completed", "thread.message.delta", "prompt", "data",
         "setup", "clientContent", "turns", "realtimeInput", "mediaChunks", "serverContent", "modelTurn",
         "toolResponse", "outputTranscription", "toolCall", "functionCalls", "session", "audio", "transcript",
         "response.done", "response.output_audio.delta",
         "conversation.item.input_audio_transcription.delta"]  # fmt: skip
BEDROCK: Final = bedrock_words.KEYS | bedrock_words.CONSTANTS | {*accumulate(bedrock_words.PADDING)}
FIXED: Final = {
    "openai-chat": openai_words.KEYS | openai_words.CONSTANTS,
    "openai-completions": openai_words.KEYS | openai_words.CONSTANTS,
    "openai-responses": responses_words.KEYS | responses_words.CONSTANTS,
    "openai-realtime": realtime_events.KEYS | realtime_events.CONSTANTS,
    "openai": resource_tables.KEYS | resource_tables.CONSTANTS,
    "anthropic-messages": anthropic_words.KEYS | anthropic_words.CONSTANTS,
    "google-generate": google_words.KEYS | google_words.CONSTANTS,
    "google-stream": google_words.KEYS | google_words.CONSTANTS,
    "google-live": google_live.WORDS | google_words.CONSTANTS,
    "google-interactions": interactions_words.KEYS | interactions_words.CONSTANTS,
    "cohere": cohere_words.KEYS | cohere_words.CONSTANTS,
    "cohere-v1": cohere_words.KEYS | cohere_words.CONSTANTS,
    "ollama": ollama_words.KEYS | ollama_words.CONSTANTS,
    "mistral-conversations": mistral_words.KEYS | mistral_words.CONSTANTS,
    "mcp": mcp_words.KEYS | mcp_words.CONSTANTS,
    "bedrock-converse": BEDROCK,
    "bedrock": BEDROCK,
    "bedrock-invoke": BEDROCK.union(
        *(m.KEYS | m.CONSTANTS for m in (bedrock_vendors, anthropic_words, openai_words, cohere_words))
    ),
}
"""The words that a format leaves out, since they are nobody's."""
STRINGS = st.text(max_size=8) | st.sampled_from(WORDS)
ANY_TEXT = st.text(alphabet=st.characters(), max_size=6)  # lone surrogates included
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | NUMBERS | STRINGS


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    plain = st.lists(inner, max_size=4) | st.dictionaries(STRINGS, inner, max_size=5)
    return plain | plain.map(json.dumps) | plain.map(lambda value: json.dumps(value, ensure_ascii=False, indent=1))


DOCS = st.recursive(LEAVES, containers, max_leaves=20)
MESSAGES = st.fixed_dictionaries({"messages": st.lists(DOCS, max_size=4)}, optional={"tools": DOCS, "alien": DOCS})
CHOICES = st.fixed_dictionaries(
    {"choices": st.lists(st.dictionaries(st.sampled_from(WORDS), DOCS, max_size=4), max_size=3)}
)
SPOKEN = st.dictionaries(
    st.sampled_from(["content", "refusal", "role", "tool_calls", "function_call", "audio", "alien"]), DOCS, min_size=1
)
CHUNK = st.dictionaries(st.sampled_from(["delta", "message"]), SPOKEN, min_size=1)
CHUNKS = st.fixed_dictionaries({"choices": st.lists(CHUNK, min_size=1, max_size=2)})
SPELLED = st.binary(min_size=20, max_size=200).map(Draw).map(lambda draw: damaged(draw, document(draw)))
WORDED = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner), max_leaves=12
)
EVENTS = st.dictionaries(
    st.sampled_from(["type", "index", "delta", "content_block", "message", "completion", "error", "alien"]), WORDED
)
CALLS = st.dictionaries(st.sampled_from(["id", "method", "params", "result", "error", "alien"]), WORDED)


def nested(*keys: str) -> st.SearchStrategy[Any]:
    """Documents along a path of keys, `0` for a list, with anything beside it and at its end."""
    made: st.SearchStrategy[Any] = st.dictionaries(STRINGS, DOCS, max_size=3) | DOCS
    for key in reversed(keys):
        if key == "0":
            made = st.lists(made, max_size=2)
        else:
            made = st.builds(
                lambda more, inner, key=key: {**more, key: inner}, st.dictionaries(STRINGS, LEAVES, max_size=2), made
            )
    return made


PATHS: Final = (
    ("contents", "0", "parts", "0"),
    ("candidates", "0", "content", "parts", "0"),
    ("candidates", "0", "content", "parts", "0", "functionCall", "partialArgs", "0"),
    ("request", "contents", "0", "parts", "0", "inlineData"),
    ("response", "candidates", "0"),
    ("delta", "message"),
    ("delta", "message", "tool_calls", "function"),
    ("chat_history", "0", "tool_results", "0"),
    ("inputs", "0", "content", "0"),
    ("input", "0", "content", "0"),
    ("interaction", "steps", "0", "content", "0"),
    ("response", "chat_history", "0"),
    ("message", "tool_calls", "0", "function"),
)
"""Where formats other than OpenAI's keep what they say."""
PLACED = st.one_of([nested(*path) for path in PATHS])
ITEMS = st.fixed_dictionaries({"input": st.lists(DOCS, max_size=3)}, optional={"tools": DOCS, "prompt": DOCS})
ITEM = st.fixed_dictionaries(
    {"type": st.sampled_from(["message", "function_call", "mcp_call", "reasoning", "shell_call", "alien"])},
    optional={"content": DOCS, "summary": DOCS, "arguments": DOCS, "output": DOCS, "action": DOCS, "id": DOCS},
)
NAMED = "output_text function_call_arguments custom_tool_call_input output_item content_part shell_call_command alien"
RESPONSES = st.fixed_dictionaries(
    {"type": st.sampled_from([f"response.{name}.{at}" for name in NAMED.split() for at in ("added", "delta", "done")])},
    optional={"delta": DOCS, "text": DOCS, "arguments": DOCS, "item": ITEM | DOCS, "part": DOCS, "output_index": DOCS},
)
ENDS = st.fixed_dictionaries(
    {"type": st.just("response.completed"), "response": st.fixed_dictionaries({"output": st.lists(ITEM, max_size=3)})}
)
RUNS = st.fixed_dictionaries(
    {"object": st.sampled_from(["thread.message.delta", "thread.message", "thread.run.step.delta", "thread.run.step"])},
    optional={"delta": DOCS, "content": DOCS, "step_details": DOCS, "status": DOCS},
)
OF_OPENAI = ITEMS | RESPONSES | ENDS | RUNS
BODIES = DOCS | MESSAGES | CHOICES | CHUNKS | WORDED | EVENTS | CALLS | st.lists(CALLS, max_size=2) | PLACED | OF_OPENAI


def same(one: Any, two: Any) -> bool:
    """Equal in meaning and type: 1 is not true, 1.0 is not 1."""
    return repr(one) == repr(two)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), "the same key twice"
    return dict(pairs)


type Place = tuple[tuple[Step, ...], bool]


def silent(value: Any, read: set[Place], fixed: frozenset[str], path: tuple[Step, ...] = ()) -> list[Place]:
    """The strings of a document, keys included, that are at no place in `read`; found without the walker.

    A string that is not read whole must hold JSON whose strings are.
    """
    if isinstance(value, dict):
        keys = [
            ((*path, key), True)
            for key in value
            if key and key not in fixed and ((*path, key), True) not in read and not spells((*path, key))
        ]
        return keys + [lost for key, inner in value.items() for lost in silent(inner, read, fixed, (*path, key))]
    if isinstance(value, list):
        return [lost for index, inner in enumerate(value) for lost in silent(inner, read, fixed, (*path, index))]
    if not isinstance(value, str) or not value or value in fixed or (path, False) in read or spells(path):
        return []
    try:
        inside = parse_json(value.encode())
    except (Malformed, UnicodeError):
        return [(path, False)]
    return silent(inside, read, fixed, (*path, Embedded.JSON)) if isinstance(inside, dict | list) else [(path, False)]


def spells(path: tuple[Step, ...]) -> bool:
    """Whether a token of log-probabilities stands here: it is left out where it spells what is read."""
    inside = path[path.index("logprobs") :] if "logprobs" in path else ()
    return len(inside) > 1 and (inside[-1] == "token" or inside[1] in ("tokens", "top_logprobs"))


def places(reading: Reading | Frame) -> set[Place]:
    deltas = (*reading.deltas, *reading.repeats) if isinstance(reading, Frame) else ()
    found: list[Segment | Unread | Delta] = [*reading.segments, *reading.unread, *deltas]
    return {(each.location.path, each.location.is_key) for each in found}


def at(doc: Any, location: Location) -> Any:
    """What stands at a location, found by plain indexing."""
    for step in location.path[:-1] if location.is_key else location.path:
        doc = json.loads(doc) if isinstance(step, Embedded) else doc[step]
    if location.is_key:
        assert location.path[-1] in doc
        return location.path[-1]
    return doc


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:\\u0019eE.-+ntf \n', max_size=30).map(str.encode) | SPELLED)
@example(b'[{"a":{"b":1,"\\u0062":1}}]')
def test_any_bytes_parse_or_are_malformed(raw: bytes) -> None:
    try:
        value = parse_json(raw)
    except Malformed:
        return
    assert same(json.loads(raw, object_pairs_hook=unique), value)
    assert same(parse_json(dump_json(value)), value)


@given(BODIES | st.dictionaries(ANY_TEXT, ANY_TEXT), st.booleans())
def test_json_round_trips_with_equal_meaning(doc: Any, ascii_only: bool) -> None:
    try:
        raw = json.dumps(doc, ensure_ascii=ascii_only).encode()
    except UnicodeEncodeError:
        raw = json.dumps(doc).encode()
    value = parse_json(raw)
    assert same(parse_json(dump_json(apply(value, {}))), value)
    assert same(json.loads(dump_json(value)), json.loads(raw))


@pytest.mark.parametrize("form", sorted(FORMATS))
@given(BODIES)
@example({"choices": [{"delta": {"content": "said", "tool_calls": [{"function": {"arguments": '{"a":1}'}}]}}]})
def test_nothing_is_silent(form: str, doc: Any) -> None:
    spoken = dialect(form)
    fixed = FIXED.get(form, frozenset())
    for reading in (spoken.read_request(doc), spoken.read_reply(doc), spoken.read_frame(doc)):
        assert silent(doc, places(reading), fixed) == []


@pytest.mark.parametrize("form", sorted(FORMATS))
@given(BODIES)
def test_every_segment_is_where_it_says(form: str, doc: Any) -> None:
    spoken = dialect(form)
    for reading in (spoken.read_request(doc), spoken.read_reply(doc), spoken.read_frame(doc)):
        found = [s.location for s in reading.segments] + [u.location for u in reading.unread]
        assert len(found) == len(set(found))
        for segment in reading.segments:
            there = at(doc, segment.location)
            whole = isinstance(there, float) and there.is_integer() and abs(there) < 2**63
            assert segment.text == (there if isinstance(there, str) else str(int(there)) if whole else repr(there))
    frame = spoken.read_frame(doc)
    for delta in (*frame.deltas, *frame.repeats):
        assert at(doc, delta.location) == delta.text


@pytest.mark.parametrize("form", sorted(FORMATS))
@given(BODIES, st.data(), st.text(min_size=1, max_size=5))
def test_an_edit_changes_its_own_leaf_alone(form: str, doc: Any, data: st.DataObject, text: str) -> None:
    segments = [s for s in dialect(form).read_request(doc).segments if s.kind is not Kind.OPAQUE]
    if not segments:
        return
    chosen = data.draw(st.lists(st.sampled_from(segments), unique_by=lambda s: s.location, max_size=4))
    before = repr(doc)
    try:
        edited = apply(doc, {s.location: text + str(n) for n, s in enumerate(chosen)})
    except Malformed:
        assert any(s.location.is_key for s in chosen)
        return
    assert repr(doc) == before
    expected = {(s.location.path, s.location.is_key): text + str(n) for n, s in enumerate(chosen)}
    assert same(plain(edited, ()), rebuilt(plain(doc, ()), (), expected))


def plain(value: Any, path: tuple[Step, ...]) -> Any:
    """The document with its JSON strings opened, as `("json", value)`."""
    if isinstance(value, dict):
        return {key: plain(inner, (*path, key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, (*path, i)) for i, inner in enumerate(value)]
    if isinstance(value, str) and value.strip(" \t\r\n")[:1] in ("{", "["):
        try:
            return ("json", plain(parse_json(value.encode()), (*path, Embedded.JSON)))
        except (Malformed, UnicodeError):
            return value
    return value


def rebuilt(value: Any, path: tuple[Step, ...], edits: dict[tuple[tuple[Step, ...], bool], str]) -> Any:
    if (path, False) in edits:
        return edits[path, False]
    if isinstance(value, dict):
        return {
            edits.get(((*path, key), True), key): rebuilt(inner, (*path, key), edits) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [rebuilt(inner, (*path, i), edits) for i, inner in enumerate(value)]
    if isinstance(value, tuple):
        return ("json", rebuilt(value[1], (*path, Embedded.JSON), edits))
    return value
