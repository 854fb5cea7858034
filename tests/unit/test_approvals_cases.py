"""Who may decide, and when enough have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.approvals.cases import Approval, Found, Seat, granted, may_decide, seat, with_yes
from hushgate.approvals.grants import Terms
from hushgate.consent import Person, Quorum
from hushgate.errors import Refused
from tests.approving import ALICE, BOB, CAROL, DAVE

TERMS = Terms("alice", None, "openai", "d1", until=2000.0)
ASKED = Approval(
    "a1", "x1", "s", "alice", ("dev",), "openai", "m", "regulated", (("ask", "why"),),
    (Found("EMAIL_ADDRESS", "confidential", "body:/", "p", True),), False, "rev", TERMS, "", 1000.0,
    2000.0, (Quorum(),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("person", "groups", "may"),
    [(BOB, (), True), (CAROL, (), True), (DAVE, (), False), (Person("eve", (), ("developer",)), (), False),
     (Person("eve", (), ("revealer",)), (), False), (BOB, ("security",), False), (CAROL, ("security",), True)],
)  # fmt: skip
def test_who_may_decide(person: Person, groups: tuple[str, ...], may: bool) -> None:
    assert may_decide(person, (Quorum(groups),)) is may


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
        seat(person, approval, ())


def test_one_yes_is_enough_where_one_is_wanted() -> None:
    done = with_yes(ASKED, Seat(BOB), TERMS, 1500.0)
    assert (done.state, done.yes, done.decided_by, done.decided_at) == ("approved", ("bob",), "bob", 1500.0)
    grant = granted(done, "g1", 1500.0)
    assert (grant.by, grant.agreed, grant.terms, grant.asked_by) == (("bob",), (("ops",),), TERMS, "alice")
    assert grant.approval == "a1"


def test_two_have_to_say_the_same() -> None:
    raw = replace(TERMS, raw=True, released=("p",))
    first = with_yes(replace(ASKED, quorums=(Quorum(approvers=2),)), Seat(BOB), raw, 1500.0)
    assert first.state == "pending"
    with pytest.raises(Refused, match="has said yes already"):
        with_yes(first, Seat(BOB), first.terms, 1501.0)
    with pytest.raises(Refused, match="bob said yes on other terms"):
        with_yes(first, Seat(CAROL), TERMS, 1501.0)
    done = with_yes(first, Seat(CAROL), replace(first.terms, until=2500.0), 1501.0)
    assert (done.state, done.decided_by, done.terms) == ("approved", "bob, carol", first.terms)


def test_it_survives_json() -> None:
    done = with_yes(ASKED, Seat(BOB), TERMS, 1.0)
    assert Approval.from_json(done.to_json()) == done


SECURITY = replace(ASKED, quorums=(Quorum(("security",)), Quorum(approvers=2)))


def test_every_rule_that_holds_has_its_own_quorum() -> None:
    first = with_yes(SECURITY, seat(BOB, SECURITY, ()), TERMS, 1.0)
    second = with_yes(first, Seat(Person("frank", ("ops",), ("approver",))), TERMS, 2.0)
    assert second.state == "pending", "two, and none of security"
    assert with_yes(first, seat(CAROL, first, ()), TERMS, 2.0).decided_by == "bob, carol"


@pytest.mark.parametrize(
    ("person", "stands_for", "name"),
    [
        (DAVE, (CAROL,), "dave for carol"),
        (BOB, (CAROL,), "bob for carol"),
        (CAROL, (BOB,), "carol"),
        (DAVE, (BOB, CAROL), "dave for carol"),
    ],
)
def test_the_seat_that_is_missing(person: Person, stands_for: tuple[Person, ...], name: str) -> None:
    assert seat(person, replace(ASKED, quorums=(Quorum(("security",)),)), stands_for).name == name


@pytest.mark.parametrize(
    ("person", "stands_for", "says"),
    [
        (ALICE, (CAROL,), "asked for himself"),
        (DAVE, (ALICE,), "no approver"),
        (DAVE, (Person("erin", (), ("auditor",)),), "no approver"),
    ],
)
def test_a_deputy_is_no_way_around_four_eyes(person: Person, stands_for: tuple[Person, ...], says: str) -> None:
    with pytest.raises(Refused, match=says):
        seat(person, ASKED, stands_for)


def test_one_person_is_one_voice() -> None:
    first = with_yes(replace(ASKED, quorums=(Quorum(approvers=2),)), seat(BOB, ASKED, ()), TERMS, 1.0)
    with pytest.raises(Refused, match="bob has said yes already"):
        with_yes(first, Seat(BOB, CAROL), TERMS, 2.0)
    deputy = with_yes(replace(ASKED, quorums=(Quorum(approvers=2),)), Seat(DAVE, CAROL), TERMS, 1.0)
    with pytest.raises(Refused, match="carol has said yes already"):
        with_yes(deputy, seat(CAROL, deputy, ()), TERMS, 2.0)
    with pytest.raises(Refused, match="no approver"):
        seat(DAVE, deputy, (CAROL,))
