"""What a yes covers: a table of requests and terms, and of those who gave it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hushgate.approvals.grants import Grant, Request, Terms
from hushgate.consent import Quorum
from hushgate.values import Actor
from tests.approving import asked, verdict

HELD = asked("hello", verdict("EMAIL_ADDRESS"), verdict("PERSON", 1, rule="hide", mask=True))
MADE = Request.of(HELD, "d1", (Quorum(),))


def terms(**changes: Any) -> Terms:
    return replace(Terms("alice", None, "openai", None, ("EMAIL_ADDRESS",), (), until=2000.0), **changes)


def test_what_a_request_is_held_for() -> None:
    assert MADE.held == (("print-EMAIL_ADDRESS-0", "EMAIL_ADDRESS"),)
    assert MADE.rules == {"ask"} and not MADE.whole
    assert Request.of(asked("hello", rules=("ask", "unread")), "d1", ()).whole


@pytest.mark.parametrize(
    ("changes", "covered", "because"),
    [
        ({}, True, "the entity that it is held for"),
        ({"entities": ("EMAIL_ADDRESS", "PERSON")}, True, "more than it needs"),
        ({"entities": ("PERSON",)}, False, "another entity"),
        ({"entities": ()}, False, "nothing is named"),
        ({"entities": (), "rules": ("ask",)}, True, "the rule that holds it"),
        ({"rules": ("other",)}, False, "another rule"),
        ({"actor": "bob"}, False, "another actor"),
        ({"actor": None, "group": "dev"}, True, "the actor's group"),
        ({"group": "ops"}, False, "a group names whom it is for, and the actor is not in it"),
        ({"destination": "anthropic"}, False, "another destination"),
        ({"destination": "*"}, True, "any destination"),
        ({"digest": "d1"}, True, "this content"),
        ({"digest": "d2"}, False, "another content, whatever it holds"),
        ({"digest": "d1", "entities": ()}, True, "a content needs no entities"),
    ],
)
def test_what_terms_cover(changes: dict[str, Any], covered: bool, because: str) -> None:
    assert terms(**changes).covers(MADE) is covered, because


def test_entities_do_not_cover_what_is_no_finding() -> None:
    whole = replace(MADE, whole=True, rules=frozenset({"ask", "unread"}))
    assert not terms().covers(whole)
    assert terms(rules=("ask", "unread")).covers(whole)
    assert terms(digest="d1").covers(whole)


def test_what_goes_raw() -> None:
    assert terms().releases(MADE) == frozenset()
    assert terms(raw=True).releases(MADE) == {"print-EMAIL_ADDRESS-0"}
    assert terms(raw=True, digest="d1", released=("p",)).releases(MADE) == {"p"}


@pytest.mark.parametrize(
    ("changes", "now", "is_open"),
    [
        ({}, 1999.0, True),
        ({}, 2000.0, False),
        ({"used": 1}, 1999.0, False),
        ({"used": 99, "terms": terms(uses=None)}, 1999.0, True),
        ({"revoked_at": 1500.0}, 1999.0, False),
    ],
)
def test_when_it_can_be_used(changes: dict[str, Any], now: float, is_open: bool) -> None:
    assert replace(grant(), **changes).open_at(now) is is_open


def grant() -> Grant:
    return Grant("g1", "a1", "alice", ("bob",), (("ops",),), 1000.0, "why", terms())


def test_whoever_said_yes_has_none_for_himself() -> None:
    group = replace(grant(), by=("bob", "dave for carol"), terms=terms(actor=None, group="dev"))
    assert group.covers(MADE) and grant().covers(MADE)
    for name in ("bob", "carol", "dave"):
        assert not group.covers(replace(MADE, actor=Actor(name, ("dev",)))), name


@pytest.mark.parametrize(
    ("agreed", "quorums", "covers"),
    [
        ((("ops",),), (Quorum(),), True),
        ((("ops",),), (Quorum(("security",)),), False),
        ((("ops", "security"),), (Quorum(("security",)), Quorum()), True),
        ((("security",),), (Quorum(("security",), 2),), False),
        ((("security",), ("security",)), (Quorum(("security", "legal"), 2),), True),
        ((("security",), ("ops",)), (Quorum(("security",)), Quorum(("legal",))), False),
    ],
)
def test_who_gave_it_has_to_be_enough(
    agreed: tuple[tuple[str, ...], ...], quorums: tuple[Quorum, ...], covers: bool
) -> None:
    assert replace(grant(), agreed=agreed).covers(replace(MADE, quorums=quorums)) is covers


def test_it_survives_json() -> None:
    assert Grant.from_json(grant().to_json()) == grant()
