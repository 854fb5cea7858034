from __future__ import annotations

import pytest
import re2

from hushgate.detect import endings as endings_module
from hushgate.detect.endings import Endings
from hushgate.detect.expressions import PatternSet
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


def test_nothing_is_compiled_before_a_stream_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    endings = Endings([CARD])
    assert endings._sets == []
    compiled: list[str] = []
    monkeypatch.setattr(endings_module, "compile_pattern", lambda way, **_: compiled.append(way) or re2.compile(way))
    endings.under_way("none")
    assert compiled == [], "one by one, as they are met"
    endings.under_way("4111 ")
    endings.under_way("4112 ")
    assert len(compiled) == 1


def test_of_many_patterns_each_holds_its_own() -> None:
    many = [f"Q{n} [0-9] [0-9]" for n in range(40)]
    endings = Endings(many)
    for n in (0, 11, 12, 39):
        text = f"see Q{n} 1 "
        assert text[endings.under_way(text) :] == f"Q{n} 1 "
    both = "see Q39 1 Q3 1 "
    assert both[endings.under_way(both) :] == "Q3 1 ", "the first of those that still go on"


def test_other_engines_take_what_this_one_has_made(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Endings([CARD, "[0-9]{3} [0-9]{3}"])
    first.under_way("")
    read: list[str] = []
    whole = endings_module.under_way
    monkeypatch.setattr(endings_module, "under_way", lambda pattern: read.append(pattern) or whole(pattern))
    other = Endings([CARD, "Q [0-9]", "[0-9]{3} [0-9]{3}"])
    assert other.under_way("pay 4111 ") == 4
    assert read == ["Q [0-9]"]


def test_too_little_memory_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    endings = Endings([CARD])
    endings.under_way("")
    monkeypatch.setattr(PatternSet, "matching", lambda *_: None)
    with pytest.raises(Unscannable, match="memory"):
        endings.under_way("4111 ")
