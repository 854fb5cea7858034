"""Values that say more together than alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.detect.known_values import TOGETHER
from hushgate.policy.combinations import BESIDE, Combination, levelled
from hushgate.values import Area, Finding, Level, Location

HERE, THERE = (Location(Area.BODY, None, (name,)) for name in ("here", "there"))


def found(entity: str, at: Location = HERE, level: Level = Level.INTERNAL) -> Finding:
    return Finding(at, 0, 5, entity, "pii", level, 0.9, "rule-x", "", entity)


def levels(written: dict[str, object], *findings: Finding) -> list[str]:
    raised = Combination.read(written).raised(findings)
    assert [f.entity for f in raised] == [f.entity for f in findings]
    return [f.level.word for f in raised]


@pytest.mark.parametrize(
    ("within", "findings", "told"),
    [
        ("exchange", [found("PERSON")], ["internal"]),
        ("exchange", [found("PERSON"), found("IBAN_CODE", THERE)], ["regulated", "regulated"]),
        ("exchange", [found("PERSON"), found("AGE"), found("IBAN_CODE")], ["regulated", "internal", "regulated"]),
        ("segment", [found("PERSON"), found("IBAN_CODE", THERE)], ["internal", "internal"]),
        (
            "segment",
            [found("PERSON"), found("IBAN_CODE", THERE), found("PERSON", THERE)],
            ["internal", "regulated", "regulated"],
        ),
    ],
)
def test_levels(within: str, findings: list[Finding], told: list[str]) -> None:
    assert levels({"entities": ["PERSON", "IBAN*"], "level": "regulated", "within": within}, *findings) == told


def test_nothing_is_lowered() -> None:
    both = (found("A", level=Level.REGULATED), found("B"))
    assert levels({"entities": ["A", "B"], "level": "confidential"}, *both) == ["regulated", "confidential"]


def test_a_level_of_an_entity_lowers_no_value_beside_others_of_its_record() -> None:
    assert BESIDE == TOGETHER
    high, low = Level.REGULATED, Level.INTERNAL
    alone, beside = found("PERSON", level=high), replace(found("PERSON", level=high), rule_id=BESIDE)
    assert [f.level for f in levelled([alone, beside], {"PERSON": low}, ())] == [low, high]
    less = replace(beside, level=Level.CONFIDENTIAL)
    assert [f.level for f in levelled([less], {"PERSON": high}, ())] == [high]
    both = Combination.read({"entities": ["PERSON"], "level": "confidential"})
    assert [f.level for f in levelled([alone, beside], {"PERSON": low}, [both])] == [Level.CONFIDENTIAL, high]


def test_nothing_lowers_what_a_value_is_known_as_besides() -> None:
    iban = found("IBAN_CODE", level=Level.REGULATED)
    known = replace(iban, least=Level.CONFIDENTIAL)
    assert [f.level for f in levelled([iban, known], {"IBAN_CODE": Level.INTERNAL}, ())] == [
        Level.INTERNAL, Level.CONFIDENTIAL
    ]  # fmt: skip
    assert levelled([known], {}, ()) == [known]
