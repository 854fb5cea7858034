"""What a Gemini API request says, field by field, in both spellings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hushgate.values import Direction, Embedded, Kind, Role
from hushgate.wire.google_request import read_request
from hushgate.wire.google_words import snake

OPAQUE, TEXT, SYSTEM, ARGS = Kind.OPAQUE, Kind.TEXT, Kind.SYSTEM, Kind.TOOL_ARGS
RESULT, DEF = Kind.TOOL_RESULT, Kind.TOOL_DEF
NONE, USER, ASSISTANT, TOOL = Role.NONE, Role.USER, Role.ASSISTANT, Role.TOOL


def read(doc: object) -> list[tuple[object, ...]]:
    """(path, role, kind, text); keys show as a path that ends in `#key`."""
    return [
        ((*s.location.path, "#key") if s.location.is_key else s.location.path, s.role, s.kind, s.text)
        for s in read_request(doc).segments
    ]


def said(part: object, role: str = "user") -> list[tuple[object, ...]]:
    found = read({"contents": [{"role": role, "parts": [part]}]})
    return [(path[4:], role, kind, text) for path, role, kind, text in found]  # type: ignore[index]


def spelled(value: object, spell: Callable[[str], str]) -> object:
    if isinstance(value, dict):
        return {spell(key): spelled(inner, spell) for key, inner in value.items()}
    return [spelled(inner, spell) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("role", "expected", "kind"),
    [("user", USER, TEXT), ("model", ASSISTANT, TEXT), ("function", TOOL, RESULT), ("system", Role.SYSTEM, SYSTEM)],
)
def test_roles(role: str, expected: Role, kind: Kind) -> None:
    assert said({"text": "hi"}, role) == [(("text",), expected, kind, "hi")]


def test_nobody_is_the_user_and_an_unknown_role_is_read() -> None:
    assert read({"contents": [{"parts": [{"text": "hi"}]}]})[0][1:] == (USER, TEXT, "hi")
    assert read({"contents": [{"role": "ann", "parts": [{"text": "hi"}]}]}) == [
        (("contents", 0, "role"), NONE, OPAQUE, "ann"),
        (("contents", 0, "parts", 0, "text"), NONE, TEXT, "hi"),
    ]


@pytest.mark.parametrize("key", ["systemInstruction", "system_instruction"])
@pytest.mark.parametrize("role", [{}, {"role": "user"}, {"role": "system"}])
def test_a_system_instruction_stays_one(key: str, role: dict[str, str]) -> None:
    assert read({key: {**role, "parts": [{"text": "be good"}]}}) == [
        ((key, "parts", 0, "text"), Role.SYSTEM, SYSTEM, "be good")
    ]
    assert read({key: {"parts": {"text": "be good"}}})[0][1:] == (Role.SYSTEM, SYSTEM, "be good")
    assert read({key: "be good"}) == [((key,), Role.SYSTEM, SYSTEM, "be good")]


def test_both_spellings_side_by_side_are_both_read() -> None:
    doc = {"systemInstruction": {"parts": [{"text": "ann"}]}, "system_instruction": {"parts": [{"text": "bob"}]}}
    assert [text for *_, text in read(doc)] == ["ann", "bob"]
    call = {"functionCall": {"name": "f", "args": {"a": "x"}}, "function_call": {"name": "g", "args": {"a": "y"}}}
    assert {"f", "g", "x", "y"} <= {text for *_, text in said(call, "model")}


@pytest.mark.parametrize("spell", [str, snake])
@pytest.mark.parametrize(
    ("part", "segments"),
    [
        ({"text": "hm", "thought": True, "thoughtSignature": "c2lnbmVk"},
         [("text", TEXT, "hm"), ("thoughtSignature", OPAQUE, "c2lnbmVk")]),
        ({"fileData": {"fileUri": "https://x.example/a?u=b", "mimeType": "text/plain", "displayName": "ann"}},
         [("fileData.fileUri", TEXT, "https://x.example/a?u=b"), ("fileData.displayName", TEXT, "ann")]),
        ({"videoMetadata": {"startOffset": "1s", "fps": 2}}, [("videoMetadata.startOffset", OPAQUE, "1s")]),
        ({"executableCode": {"language": "PYTHON", "code": "print(1)"}},
         [("executableCode.code", ARGS, "print(1)")]),
        ({"partMetadata": {"x": "ann"}}, [("partMetadata.x.#key", TEXT, "x"), ("partMetadata.x", TEXT, "ann")]),
        ({"alien": {"x": "ann"}},
         [("alien.#key", TEXT, "alien"), ("alien.x.#key", TEXT, "x"), ("alien.x", TEXT, "ann")]),
        ({"text": {"value": "ann"}}, [("text.value.#key", TEXT, "value"), ("text.value", TEXT, "ann")]),
        ("bare", [("", TEXT, "bare")]),
    ],
)  # fmt: skip
def test_parts(part: object, segments: list[tuple[str, Kind, str]], spell: Callable[[str], str]) -> None:
    assert said(spelled(part, spell)) == [
        (tuple(spell(step) for step in at.split(".") if step), USER, kind, text) for at, kind, text in segments
    ]


@pytest.mark.parametrize("spell", [str, snake])
@pytest.mark.parametrize(
    ("media_type", "reason"),
    [("image/png", "image"), ("audio/wav", "audio"), ("video/mp4", "video"), ("application/pdf", "file"), (7, "file")],
)
def test_inline_data_is_an_attachment(media_type: object, reason: str, spell: Callable[[str], str]) -> None:
    blob = {"mimeType": media_type, "data": "QUFB", "displayName": "ann.pdf"}
    reading = read_request({"contents": [{"parts": [spelled({"inlineData": blob}, spell)]}]})
    at = ("contents", 0, "parts", 0, spell("inlineData"), "data")
    assert [(u.location.path, u.reason) for u in reading.unread] == [(at, reason)]
    [attached] = reading.attachments
    assert (attached.location.path, attached.filename, attached.data) == (at, "ann.pdf", "QUFB")
    assert "ann.pdf" in [s.text for s in reading.segments]
    assert "QUFB" not in [s.text for s in reading.segments]


def test_data_that_is_no_string_is_read() -> None:
    assert said({"inlineData": {"data": ["ann"]}}) == [(("inlineData", "data", 0), USER, TEXT, "ann")]


@pytest.mark.parametrize("key", ["functionCall", "function_call"])
def test_calls_know_their_tool(key: str) -> None:
    call = {"id": "c-1", "name": "mail", "args": {"to": "a@b.example", "more": '{"cc":"x"}'}}
    segments = read_request({"contents": [{"role": "model", "parts": [{key: call}]}]}).segments
    assert [(s.location.path[5:], s.kind, s.text, s.tool) for s in segments] == [
        (("id",), OPAQUE, "c-1", "mail"),
        (("name",), OPAQUE, "mail", "mail"),
        (("args", "to"), ARGS, "to", "mail"),
        (("args", "to"), ARGS, "a@b.example", "mail"),
        (("args", "more"), ARGS, "more", "mail"),
        (("args", "more", Embedded.JSON, "cc"), ARGS, "cc", "mail"),
        (("args", "more", Embedded.JSON, "cc"), ARGS, "x", "mail"),
    ]


@pytest.mark.parametrize("call", [{"args": {"a": "x"}}, {"name": 7, "args": {"a": "x"}}, {"name": "", "args": "x"}])
def test_a_call_of_no_name_is_of_a_tool_that_cannot_be_told(call: object) -> None:
    segments = read_request({"contents": [{"parts": [{"functionCall": call}]}]}).segments
    assert [(s.kind, s.tool) for s in segments if s.text == "x"] == [(ARGS, "")]


@pytest.mark.parametrize("spell", [str, snake])
def test_results(spell: Callable[[str], str]) -> None:
    response = {"id": "c-1", "name": "mail", "response": {"out": "ann"}, "parts": [{"text": "bob"}]}
    assert said(spelled({"functionResponse": response}, spell)) == [
        ((spell("functionResponse"), "id"), TOOL, OPAQUE, "c-1"),
        ((spell("functionResponse"), "name"), TOOL, OPAQUE, "mail"),
        ((spell("functionResponse"), "response", "out", "#key"), TOOL, RESULT, "out"),
        ((spell("functionResponse"), "response", "out"), TOOL, RESULT, "ann"),
        ((spell("functionResponse"), "parts", 0, "text"), TOOL, RESULT, "bob"),
    ]
    assert said(spelled({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "ann"}}, spell)) == [
        ((spell("codeExecutionResult"), "output"), USER, RESULT, "ann")
    ]


@pytest.mark.parametrize("spell", [str, snake])
def test_tools(spell: Callable[[str], str]) -> None:
    schema = {
        "type": "OBJECT",
        "properties": {"to": {"type": "STRING", "description": "who", "enum": ["ann"]}},
        "propertyOrdering": ["to"],
        "required": ["to"],
        "nullable": True,
    }
    declared = {"name": "mail", "description": "sends", "parameters": schema}
    other = {"name": "find", "parametersJsonSchema": {"type": "object", "title": "T"}}
    tools = [{"functionDeclarations": [declared, other]}, {"googleSearch": {}}, {"codeExecution": {}}]
    doc = spelled({"tools": tools}, spell)
    at = ("tools", 0, spell("functionDeclarations"))
    assert read(doc) == [
        ((*at, 0, "name"), NONE, OPAQUE, "mail"),
        ((*at, 0, "description"), NONE, DEF, "sends"),
        ((*at, 0, "parameters", "properties", "to", "#key"), NONE, OPAQUE, "to"),
        ((*at, 0, "parameters", "properties", "to", "description"), NONE, DEF, "who"),
        ((*at, 0, "parameters", "properties", "to", "enum", 0), NONE, DEF, "ann"),
        ((*at, 0, "parameters", spell("propertyOrdering"), 0), NONE, OPAQUE, "to"),
        ((*at, 0, "parameters", "required", 0), NONE, OPAQUE, "to"),
        ((*at, 1, "name"), NONE, OPAQUE, "find"),
        ((*at, 1, spell("parametersJsonSchema"), "title"), NONE, DEF, "T"),
    ]


@pytest.mark.parametrize("spell", [str, snake])
@pytest.mark.parametrize(
    ("doc", "segments"),
    [
        ({"cachedContent": "cachedContents/x"}, [("cachedContent", OPAQUE, "cachedContents/x")]),
        ({"labels": {"team": "ann"}}, [("labels.team.#key", TEXT, "team"), ("labels.team", TEXT, "ann")]),
        ({"safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}]}, []),
        ({"toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}}},
         [("toolConfig.functionCallingConfig.allowedFunctionNames.0", OPAQUE, "f")]),
        ({"generationConfig": {"stopSequences": ["ann"], "responseMimeType": "application/json", "topK": 40,
                               "responseSchema": {"type": "OBJECT", "description": "D"}}},
         [("generationConfig.stopSequences.0", TEXT, "ann"),
          ("generationConfig.responseSchema.description", DEF, "D")]),
        ({"generationConfig": {"thinkingConfig": {"includeThoughts": True, "thinkingBudget": -1}, "seed": 123456789}},
         [("generationConfig.seed", OPAQUE, "123456789")]),
        ({"content": {"parts": [{"text": "ann"}]}, "taskType": "RETRIEVAL_QUERY", "title": "T"},
         [("content.parts.0.text", TEXT, "ann"), ("title", TEXT, "T")]),
        ({"displayName": "ann", "ttl": "300s", "expireTime": "2026-01-01T00:00:00Z"},
         [("displayName", TEXT, "ann"), ("ttl", OPAQUE, "300s"), ("expireTime", OPAQUE, "2026-01-01T00:00:00Z")]),
        ({"file": {"displayName": "ann", "mimeType": "text/plain"}}, [("file.displayName", TEXT, "ann")]),
        ({"contents": "ann"}, [("contents", TEXT, "ann")]),
        ({"tools": "ann"}, [("tools", DEF, "ann")]),
        ({"alien": ["ann"]}, [("alien.#key", TEXT, "alien"), ("alien.0", TEXT, "ann")]),
        ("ann", [("", TEXT, "ann")]),
        (None, []),
    ],
)  # fmt: skip
def test_every_other_field(doc: object, segments: list[tuple[str, Kind, str]], spell: Callable[[str], str]) -> None:
    expected = [
        (tuple(int(step) if step.isdigit() else spell(step) for step in at.split(".") if step), kind, text)
        for at, kind, text in segments
    ]
    assert [(path, kind, text) for path, _, kind, text in read(spelled(doc, spell))] == expected


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: {
            "model": "m",
            "project": "p-1",
            "user_prompt_id": "u-1",
            "request": {**inner, "session_id": "s"},
        },
        lambda inner: {"generateContentRequest": {"model": "m", **inner}},
        lambda inner: {"requests": [{"model": "m", **inner}]},
        lambda inner: {"batch": {"displayName": "b", "inputConfig": {"requests": {"requests": [{"request": inner}]}}}},
        lambda inner: {"batch": {"input_config": {"requests": {"requests": [{"request": inner}]}}}},
    ],
)
def test_a_request_inside_of_another_is_read_as_one(wrap: Callable[[object], object]) -> None:
    inner = {"systemInstruction": {"parts": [{"text": "be good"}]}, "contents": [{"parts": [{"text": "hi"}]}]}
    found = [entry[1:] for entry in read(wrap(inner)) if entry[3] in ("be good", "hi")]
    assert found == [(Role.SYSTEM, SYSTEM, "be good"), (USER, TEXT, "hi")]


def test_model_stream_and_direction() -> None:
    reading = read_request({"model": "models/gemini-x", "contents": [{"parts": [{"text": "hi"}]}]}, stream=True)
    assert (reading.model, reading.stream) == ("models/gemini-x", True)
    assert {s.direction for s in reading.segments} == {Direction.REQUEST}
    reading = read_request({"model": 7})
    assert (reading.model, reading.stream) == (None, False)
