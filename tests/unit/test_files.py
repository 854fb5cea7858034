"""A file keeps what it holds to itself."""

from __future__ import annotations

from hushgate.files import Attachment
from hushgate.values import Location


def test_what_a_file_says_is_not_shown() -> None:
    shown = repr(Attachment(Location(path=("data",)), "text/plain", "jane.txt", "c2VjcmV0"))
    assert "text/plain" in shown
    assert "jane" not in shown
    assert "c2VjcmV0" not in shown
