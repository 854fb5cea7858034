"""Where the texts of an event's channels stand."""

from __future__ import annotations

import pytest

from hushgate.wire.responses_runs import indexed, runs


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("response.output_text", "content_index"),
        ("response.refusal", "content_index"),
        ("response.some_day", "content_index"),
        ("response.reasoning_summary_text", "summary_index"),
        ("response.shell_call_command", "command_index"),
        ("response.output_audio_transcript", "content_index"),
        ("response.function_call_arguments", None),
        ("response.custom_tool_call_input", None),
        ("response.code_interpreter_call_code", None),
        ("response.audio.transcript", None),
        ("transcript.text", None),
    ],
)
def test_the_field_that_numbers_an_items_texts(stem: str, name: str | None) -> None:
    assert indexed(stem) == name


@pytest.mark.parametrize(
    ("where", "place"),
    [({"output_index": 3, "item_id": "i"}, 3), ({"item_id": "i"}, "i"), ({}, ""), ({"output_index": True}, ""),
     ({"output_index": [1], "item_id": 7}, 7)],
)  # fmt: skip
def test_an_items_place(where: dict[str, object], place: int | str) -> None:
    found = runs({"type": "response.output_text.delta", "delta": "a", "content_index": True, **where})
    assert found.places == {("delta",): ("", place, "response.output_text", 0)}
    assert (found.stem, found.repeats) == ("response.output_text", set())


@pytest.mark.parametrize("doc", [None, [], "x", {}, {"type": 7}, {"type": "response.done"}, {"type": "x.delta"}])
def test_other_documents_have_no_texts_of_channels(doc: object) -> None:
    assert runs(doc).places == {}
