"""The terms that a yes makes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.approvals.cases import Found
from hushgate.approvals.grants import Terms
from hushgate.approvals.wishes import LONGEST_GRANT, PLAIN, Wish, terms_of
from hushgate.errors import Refused
from tests.unit.test_approvals_cases import ASKED

TWO = replace(
    ASKED,
    findings=(
        Found("EMAIL_ADDRESS", "confidential", "body:/a", "p0", True),
        Found("PERSON", "confidential", "body:/b", "p1", False),
    ),
)
PLAINLY = Terms("alice", None, "openai", "d1", uses=1, until=1600.0)


@pytest.mark.parametrize(
    ("wish", "terms"),
    [
        (PLAIN, PLAINLY),
        (Wish(raw=()), replace(PLAINLY, raw=True, released=("p0",))),
        (Wish(raw=(1, 0)), replace(PLAINLY, raw=True, released=("p0", "p1"))),
        (Wish(seconds=1e12, uses=None), replace(PLAINLY, uses=None, until=1000.0 + LONGEST_GRANT)),
        (
            Wish(any_content=True, group="dev", uses=9, raw=()),
            Terms(None, "dev", "openai", None, ("EMAIL_ADDRESS",), ("ask",), True, (), 9, 1600.0),
        ),
    ],
)
def test_what_is_said_yes_to(wish: Wish, terms: Terms) -> None:
    assert terms_of(wish, TWO, 1000.0, 600.0) == terms


@pytest.mark.parametrize(
    ("wish", "changes", "says"),
    [
        (Wish(raw=(2,)), {}, "no such finding"),
        (PLAIN, {"unmaskable": True}, "nothing can be masked"),
        (Wish(any_content=True, raw=(1,)), {}, "for none"),
        (Wish(uses=2), {"exchange": None}, "as it was asked"),
    ],
)
def test_what_nobody_can_say_yes_to(wish: Wish, changes: dict[str, object], says: str) -> None:
    with pytest.raises(Refused, match=says):
        terms_of(wish, replace(TWO, **changes), 1000.0, 600.0)  # type: ignore[arg-type]


def test_beforehand_it_counts_from_the_yes() -> None:
    asked = replace(TWO, exchange=None, terms=replace(PLAINLY, digest=None, until=60.0))
    assert terms_of(PLAIN, asked, 1000.0, 600.0).until == 1060.0
