from __future__ import annotations

import json
from dataclasses import asdict

from hushgate.detect.conditions import Exclusion, Hotword, Requirement, exclusion, hotword, requirement


def test_words_are_folded_and_what_is_left_out_is_nothing() -> None:
    assert exclusion({"words": ["Sample"]}) == Exclusion(words=("sample",))
    assert hotword({"words": ["Test Card"], "score": 0}) == Hotword(("test card",), 0.0, 64)
    assert requirement({"rule": "x"}) == Requirement("x", None, None)


def test_they_come_back_from_json() -> None:
    for made, read in (
        (Exclusion(("a",), ("b",), ("C",), ("0" * 32,), ("x",), "line", every=True), exclusion),
        (Hotword(("a",), 0.25, 9), hotword),
        (Requirement("x", 3, 4), requirement),
    ):
        assert read(json.loads(json.dumps(asdict(made)))) == made
