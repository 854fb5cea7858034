from __future__ import annotations

import pytest

from hushgate.detect.endings import Endings
from hushgate.errors import Unscannable

CARD = "[0-9]{4} [0-9]{4}"


@pytest.mark.parametrize(
    ("text", "held"),
    [("pay with 4111 ", "4111 "), ("pay with 4111 11", "4111 11"), ("pay with it", ""), ("é 4111 ", "4111 "), ("", "")],
)
def test_what_may_go_on(text: str, held: str) -> None:
    assert text[Endings([CARD, "[a-z]+"]).under_way(text) :] == held


def test_base64_over_lines_goes_on_whatever_the_rules() -> None:
    text = "see " + "QUJD" * 20 + "\nQUJD"
    assert Endings([]).under_way(text) == 4


def test_nothing_is_compiled_before_a_stream_asks() -> None:
    endings = Endings([CARD])
    assert endings._any is None
    endings.under_way("none")
    assert isinstance(endings._ways[0], str), "one by one, as they are met"
    endings.under_way("4111 ")
    assert not isinstance(endings._ways[0], str)


def test_too_little_memory_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    endings = Endings([CARD])
    endings.under_way("")

    class Full:
        def Match(self, text: bytes) -> None:
            return None

    monkeypatch.setattr(endings, "_any", Full())
    with pytest.raises(Unscannable, match="memory"):
        endings.under_way("4111 ")
