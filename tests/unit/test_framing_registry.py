"""Framings by name."""

from __future__ import annotations

import pytest

from hushgate.framing.registry import FRAMINGS, open_framing
from hushgate.wire.base import FRAMINGS as BY_MEDIA_TYPE
from hushgate.wire.base import usual_framing


@pytest.mark.parametrize("name", sorted(FRAMINGS))
def test_each_stream_has_a_framing_of_its_own(name: str) -> None:
    assert open_framing(name) is not open_framing(name)


def test_every_framing_of_a_media_type_is_there() -> None:
    assert set(BY_MEDIA_TYPE.values()) <= FRAMINGS
    assert usual_framing("application/json") is None


def test_an_unknown_framing_is_no_other() -> None:
    with pytest.raises(KeyError):
        open_framing("lines")
