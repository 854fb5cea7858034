from __future__ import annotations

import pytest

from hushgate.detect.compiled import ready, slow
from hushgate.detect.expressions import Refused
from tests.detect_cases import rule


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"validate": ("luhm",)}, "no validator is called 'luhm'"),
        ({"filters": ("placeholders",)}, "no filter is called 'placeholders'"),
    ],
)
def test_what_a_rule_cannot_ask_for(more: dict[str, object], says: str) -> None:
    for compiled in (ready, slow):
        with pytest.raises(Refused, match=says):
            compiled(rule("x", "X", "a(b)", **more), {})


def test_the_value_s_group() -> None:
    assert ready(rule("x", "X", "a(b)(?P<secret>c)"), {}).group == 2
    assert ready(rule("x", "X", "ab"), {}).group == 0
    assert ready(rule("x", "X", "a(b)", group=-1), {}).group == -1
    assert slow(rule("x", "X", "(?<=a)(?P<n>b)(?P<secret>c)"), {}).judged.group == 2


def test_a_validator_of_the_caller() -> None:
    assert ready(rule("x", "X", "a", validate=("own",)), {"own": lambda value: value == "a"}).checks[0]("a") is True


def test_a_group_that_is_not_there() -> None:
    with pytest.raises(Refused, match="no group 2"):
        slow(rule("x", "X", "(?=a)a(b)", group=2), {})
