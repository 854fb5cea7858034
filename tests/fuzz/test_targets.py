"""The short form of `scripts/fuzz`: seeds and a few changes of them; and each target can fail."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from hushgate.framing.messages import Message
from hushgate.transform.mask import Masked
from tests.fuzz.__main__ import NAMES, loaded
from tests.fuzz.draw import Draw
from tests.fuzz.mutate import inputs, shrunk


@pytest.mark.parametrize("name", NAMES)
def test_no_law_is_broken(name: str) -> None:
    target = loaded(name)
    outcomes = Counter(map(target.check, islice(inputs(target, seed=0), len(target.seeds) + target.short)))
    assert len(outcomes) > 1, f"every input came to the same: {outcomes}"


NOTHING: Callable[..., Any] = lambda *_, **__: None  # noqa: E731
BUGS = {
    "aws_event_stream": ("hushgate.framing.aws_event_stream._unwrapped", lambda text: text),
    "content_coding": ("hushgate.wire.encoding._nothing_after", NOTHING),
    "dialects": ("hushgate.wire.walk.Walk.key", NOTHING),
    "documents": ("hushgate.detect.reading.found.Found.skip", NOTHING),
    "event_stream": ("hushgate.framing.sse._BOM", b"BOM"),
    "hosts": ("hushgate.proxy.egress._without_port", lambda host: host.strip("[]").partition(":")[0]),
    "json_document": ("hushgate.wire.document._DECODER", json.JSONDecoder()),
    "json_fragments": ("hushgate.framing.json_text._SHORT", {'"': '"', "\\": "\\"}),
    "masking": ("hushgate.transform.mask._spread", lambda *_: ()),
    "multipart": ("hushgate.wire.multipart._boundary_for", lambda _: "XX"),
    "prompts": ("hushgate.outcome.mask", lambda *_, **__: Masked({}, (), (), 0)),
    "replies": ("hushgate.replies.channel._replaced", lambda _, between, length: between(0, length)),
    "request_target": ("hushgate.wire.query._CREDENTIAL", re.compile("(?s).*e.*")),
    "restoring": ("hushgate.transform.restore.Restorer._begins", lambda *_, **__: False),
    "rule_files": ("hushgate.endpoints.Endpoints.find", lambda self, host: self._by_host.get(host)),
    "sockets": (
        "hushgate.proxy.websocket.Side.take",
        lambda _, event: Message(event.data.encode() if isinstance(event.data, str) else bytes(event.data)),
    ),
    "tables": ("hushgate.detect.tables.views.View.span", lambda _, start, end: (start, end)),
    "yaml_text": ("hushgate.yaml_source._WORDS", {"yes": True, "": None}),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_planted_bug_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target = loaded(name)
    monkeypatch.setattr(*BUGS[name])
    with pytest.raises(AssertionError):
        for data in islice(inputs(target, seed=0), 5 * target.short):
            target.check(data)


def test_the_same_seed_makes_the_same_inputs() -> None:
    target = loaded("hosts")
    one, same, other = (list(islice(inputs(target, seed), 100)) for seed in (1, 1, 2))
    assert one == same != other


def test_a_failing_input_is_shortened() -> None:
    assert shrunk(b"aaaaXbbbbbbbYcc", lambda data: b"X" in data and b"Y" in data) == b"XY"
    assert shrunk(b"abc", lambda data: True) == b""


def test_choices() -> None:
    draw = Draw(b"\x05\x01\x02\x03ab\x80rest")
    assert (draw.below(4), draw.flag(), draw.pick("xyz")) == (1, True, "z")
    assert draw.text(9) == "ab\x00"
    assert draw.rest() == b"rest"
    assert (draw.byte(), draw.text(9), draw.rest(), draw.some(draw.byte, 3)) == (0, "", b"", [])


@pytest.mark.parametrize("how", range(4))
def test_pieces_make_the_whole(how: int) -> None:
    assert "".join(Draw(bytes([how, 3, 1, 5, 1])).cut("a whole")) == "a whole"
