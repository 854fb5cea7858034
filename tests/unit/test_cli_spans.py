from __future__ import annotations

import argparse

import pytest

from hushgate.cli.spans import seconds


@pytest.mark.parametrize(("text", "span"), [("90s", 90), ("30m", 1800), ("2h", 7200), ("7d", 604800)])
def test_spans(text: str, span: int) -> None:
    assert seconds(text) == span


@pytest.mark.parametrize("text", ["", "30", "m", "0m", "-1m", "1.5h", "1w", "1h30m", "99999999s", "\u0663m"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="30m"):
        seconds(text)
