"""Who may decide, and when enough have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.approvals.cases import Approval, Found, check_decider, granted, may_decide, with_yes
from hushgate.approvals.grants import Terms
from hushgate.consent import Person
from hushgate.errors import Refused
from tests.approving import ALICE, BOB, CAROL, DAVE

TERMS = Terms("alice", None, "openai", "d1", until=2000.0)
ASKED = Approval(
    "a1", "x1", "s", "alice", ("dev",), "openai", "m", "regulated", (("ask", "why"),),
    (Found("EMAIL_ADDRESS", "confidential", "body:/", "p", True),), False, "rev", TERMS, "", 1000.0, 2000.0, 1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("person", "groups", "may"),
    [(BOB, (), True), (CAROL, (), True), (DAVE, (), False), (Person("eve", (), ("developer",)), (), False),
     (Person("eve", (), ("revealer",)), (), False), (BOB, ("security",), False), (CAROL, ("security",), True)],
)  # fmt: skip
def test_who_may_decide(person: Person, groups: tuple[str, ...], may: bool) -> None:
    assert may_decide(person, groups) is may


@pytest.mark.parametrize(
    ("person", "approval", "says"),
    [
        (ALICE, ASKED, "asked for himself"),
        (Person("alice", (), ("admin",)), ASKED, "asked for himself"),
        (DAVE, ASKED, "no approver"),
        (BOB, replace(ASKED, state="approved", decided_by="carol"), "approved by carol already"),
        (BOB, replace(ASKED, state="expired"), "expired already"),
    ],
)
def test_who_may_not(person: Person, approval: Approval, says: str) -> None:
    with pytest.raises(Refused, match=says):
        check_decider(person, approval, ())


def test_one_yes_is_enough_where_one_is_wanted() -> None:
    done = with_yes(ASKED, BOB, TERMS, 1500.0)
    assert (done.state, done.yes, done.decided_by, done.decided_at) == ("approved", ("bob",), "bob", 1500.0)
    grant = granted(done, "g1", 1500.0)
    assert (grant.by, grant.terms, grant.asked_by, grant.approval) == (("bob",), TERMS, "alice", "a1")


def test_two_have_to_say_the_same() -> None:
    first = with_yes(replace(ASKED, wanted=2), BOB, replace(TERMS, raw=True, released=("p",)), 1500.0)
    assert first.state == "pending"
    with pytest.raises(Refused, match="has said yes already"):
        with_yes(first, BOB, first.terms, 1501.0)
    with pytest.raises(Refused, match="bob said yes on other terms"):
        with_yes(first, CAROL, TERMS, 1501.0)
    done = with_yes(first, CAROL, replace(first.terms, until=2500.0), 1501.0)
    assert (done.state, done.decided_by, done.terms) == ("approved", "bob, carol", first.terms)


def test_it_survives_json() -> None:
    assert Approval.from_json(with_yes(ASKED, BOB, TERMS, 1.0).to_json()) == with_yes(ASKED, BOB, TERMS, 1.0)
