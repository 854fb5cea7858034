from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.console.desk import UNENFORCED, Desk, watching
from hushgate.console.visitors import Role, Visitor
from hushgate.errors import LedgerError
from hushgate.policy.decide import decide
from tests.console_cases import VALUE, Case, case

AUDITOR = Visitor("audrey", frozenset({Role.AUDITOR}))


@pytest.fixture
def one(tmp_path: Path) -> Case:
    return case(tmp_path)


def desk(one: Case) -> Desk:
    return one.web._pages._desk


def test_an_exchange_is_shown_to_its_own_and_to_auditors(one: Case) -> None:
    for name, sees in (("dana", True), ("bob", False)):
        found = desk(one).exchange("x1", Visitor(name, frozenset({Role.DEVELOPER})))
        assert (found is not None) is sees
    assert desk(one).exchange("x1", AUDITOR) is not None
    assert desk(one).exchange("nothing", AUDITOR) is None
    one.ledger.close()


def test_a_look_up_is_recorded_or_not_answered(one: Case) -> None:
    assert [row["exchange"] for row in desk(one).look_up(VALUE, AUDITOR)] == ["x1"]
    assert [event["by"] for event in one.events("looked-up")] == ["audrey"]
    one.ledger.close()
    with pytest.raises(LedgerError):
        desk(one).look_up(VALUE, AUDITOR)


def test_no_repr_holds_a_key(one: Case) -> None:
    one.ledger.close()
    assert repr(desk(one).transcripts) not in repr(desk(one))


def test_shadow_hits_are_told_by_the_words_of_decisions() -> None:
    rows = [
        {"says": f"a{UNENFORCED}x is blocked", "times": 2},
        {"says": f"a{UNENFORCED}y is blocked", "times": 3},
        {"says": "b: worth a warning", "times": 9},
    ]
    assert watching(rows) == {"a": 5}
    source = Path(decide.__code__.co_filename).read_text()
    assert UNENFORCED in source, "decide() says it in these words"
