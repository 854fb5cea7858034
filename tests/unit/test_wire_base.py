"""Values of the wire show no text, and frames close channels by prefix."""

from __future__ import annotations

import pytest

from hushgate.values import Kind, Location, Role
from hushgate.wire.base import Delta, Frame


def test_a_delta_shows_no_text() -> None:
    assert "4929" not in repr(Delta(("choice", 0, "content"), Location(), "4929", Role.ASSISTANT, Kind.TEXT))


@pytest.mark.parametrize(
    ("channel", "closes"),
    [
        (("choice", 1, "content"), True),
        (("choice", 1, "tool", 0), True),
        (("choice", 1), True),
        (("choice",), False),
        (("choice", 10, "content"), False),
        (("other", 1), False),
    ],
)
def test_ends_are_prefixes(channel: tuple[str | int, ...], closes: bool) -> None:
    assert Frame(ends=(("choice", 1),)).closes(channel) is closes
    assert not Frame().closes(channel)
