from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.detect.examples import check
from hushgate.detect.rules import Rule
from hushgate.errors import Unscannable
from hushgate.values import Level

BADGE = Rule(
    id="acme-badge",
    entity="EMPLOYEE_ID",
    level=Level.CONFIDENTIAL,
    category="pii",
    says="Badge number",
    pattern="AB-[0-9]{6}",
    match=("badge AB-123456",),
    no_match=("badge AB-12345",),
    file="acme.yaml",
    line=3,
)


def test_examples_that_hold() -> None:
    assert check([BADGE]) == []


def test_no_rules_no_faults() -> None:
    assert check([]) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"match": ("badge AB-123456", "badge 123456")}, "does not find its match example 2"),
        ({"no_match": ("see AB-123456",)}, "finds its no_match example 1"),
        ({"keywords": ("staff",)}, "does not find its match example 1"),
        ({"validate": ("luhn",)}, "does not find its match example 1"),
        ({"context_words": ("staff",), "context_required": True}, "does not find its match example 1"),
        ({"match": ("badge xAB-123456",)}, "does not find its match example 1"),
    ],
)
def test_an_example_that_does_not_hold(change: dict[str, object], says: str) -> None:
    (fault,) = check([replace(BADGE, **change)])  # type: ignore[arg-type]
    assert (fault.file, fault.line) == ("acme.yaml", 3)
    assert says in fault.message
    assert fault.hint


def test_another_rule_does_not_stand_in() -> None:
    other = replace(BADGE, id="other", pattern="AC-[0-9]{6}", match=("AB-123456",), no_match=("x",), line=9)
    (fault,) = check([BADGE, other])
    assert fault.line == 9


def test_faults_do_not_quote_the_example() -> None:
    (fault,) = check([replace(BADGE, match=("staff CD-777777",))])
    assert "777777" not in str(fault)


def test_a_given_finder_is_asked() -> None:
    faults = check([BADGE], lambda text: ())
    assert [f.message for f in faults] == ["rule acme-badge does not find its match example 1"]


def test_what_cannot_be_judged_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> bool:
        raise RuntimeError

    monkeypatch.setitem(__import__("hushgate.detect.filters", fromlist=["FILTERS"]).FILTERS, "plain", broken)
    with pytest.raises(Unscannable):
        check([replace(BADGE, filters=("plain",))])
