"""What a terminal sends, as keys. The view itself on a terminal: tests/e2e/test_watch.py."""

from __future__ import annotations

import pytest

from hushgate.cli.watch import keys


@pytest.mark.parametrize(
    ("said", "pressed"),
    [
        (b"a", ["a"]),
        (b"jja", ["j", "j", "a"]),
        (b"\x1b[A\x1b[B\x1bOA\x1bOB", ["k", "j", "k", "j"]),
        (b"\x1b[6~", [" "]),
        (b"\x1b[15~\x1b[1;5C\x1b[Z", []),
        (b"\x1b", ["\x1b"]),
        ("n\u00e4\r".encode(), ["n", "\u00e4", "\r"]),
        (b"\x08\x7f", ["\x7f", "\x7f"]),
        (b"\xff", ["\ufffd"]),
    ],
)
def test_keys(said: bytes, pressed: list[str]) -> None:
    assert keys(said) == pressed
