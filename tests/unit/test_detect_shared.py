from __future__ import annotations

import gc

import pytest

from hushgate.detect.shared import Shared


class Made:
    def __init__(self, key: str) -> None:
        if not key:
            raise ValueError("nothing")
        self.key = key


def test_what_is_held_is_made_once_and_what_nobody_holds_is_forgotten() -> None:
    shared = Shared(Made)
    one, other = shared("a"), shared("b")
    assert shared("a") is one and one.key == "a" and other is not one
    del one
    gc.collect()
    assert len(shared) == 1
    assert shared("b") is other


def test_what_cannot_be_made_is_tried_again() -> None:
    shared = Shared(Made)
    for _ in range(2):
        with pytest.raises(ValueError, match="nothing"):
            shared("")
    assert len(shared) == 0
