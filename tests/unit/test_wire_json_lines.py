"""Each line is a document; a batch's bodies are read in the format of their url."""

from __future__ import annotations

import json
from typing import Any

from hushgate.values import Direction, Embedded, Kind, Location, Role
from hushgate.wire.base import Reading
from hushgate.wire.json_lines import SPOKEN, read_lines
from hushgate.wire.registry import FORMATS
from hushgate.wire.walk import Walk

J = Embedded.JSON


def read(*lines: str) -> Reading:
    return read_lines(Walk(Direction.REQUEST, part=3), ("f", Embedded.TEXT), lines, Role.USER)


def line(url: str, **body: Any) -> str:
    return json.dumps({"custom_id": "ann", "method": "POST", "url": url, "body": body})


def test_a_body_is_read_in_the_format_of_its_url() -> None:
    message = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}]}
    reading = read("", line("/v1/chat/completions", messages=[{"role": "system", "content": "hi"}, message]))
    below = ("f", Embedded.TEXT, 1, J, "body", "messages")
    assert Location(part=3, path=(*below, 0, "content")) in {s.location for s in reading.segments}
    assert {s.text: s.kind for s in reading.segments}["hi"] is Kind.SYSTEM
    assert {s.text: s.kind for s in reading.segments}["ann"] is Kind.OPAQUE
    assert [u.location for u in reading.unread] == [
        Location(part=3, path=(*below, 1, "content", 0, "image_url", "url"))
    ]


def test_any_other_line_is_read_as_json_or_text() -> None:
    reading = read(line("/v1/unheard-of", input="hi"), '{"prompt": "ho"}\r', "not json", line("/v1/responses") + "x")
    texts = {s.text: s.location.path[2:] for s in reading.segments if not s.location.is_key}
    assert texts["hi"] == (0, J, "body", "input")
    assert texts["ho"] == (1, J, "prompt")
    assert texts["not json"] == (2,)
    assert {s.location.part for s in reading.segments} == {3}


def test_unknown_keys_are_read() -> None:
    odd = line("/v1/chat/completions", messages=[]).replace('"custom_id"', '"jane@example.com"')
    assert "jane@example.com" in {s.text for s in read(odd).segments if s.location.is_key}


def test_the_formats_of_batches_are_there() -> None:
    assert set(SPOKEN.values()) <= FORMATS
