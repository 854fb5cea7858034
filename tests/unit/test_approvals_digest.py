from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hushgate.approvals.digest import keyed
from hushgate.consent import Asked
from tests.approving import SEED, asked, decision, verdict

ONE = asked()


def test_the_same_is_the_same_under_another_exchange_and_revision() -> None:
    again = replace(ONE, exchange=replace(ONE.exchange, id="x2", session="other", at=7.0, client="other/2"))
    newer = replace(again, decision=replace(ONE.decision, ruleset_revision="rev2"))
    assert keyed(SEED, ONE) == keyed(SEED, again) == keyed(SEED, newer)
    assert len(keyed(SEED, ONE)) == 64


@pytest.mark.parametrize(
    "other",
    [
        asked("hello."),
        asked(actor="bob"),
        asked(to="anthropic"),
        asked(decision=decision(verdict(mask=True))),
        asked(decision=decision(verdict(), verdict("PERSON", 1))),
        asked(decision=decision(verdict(), rules=("ask", "too"))),
        replace(ONE, exchange=replace(ONE.exchange, route=replace(ONE.exchange.route, model="n"))),
        replace(ONE, exchange=replace(ONE.exchange, route=replace(ONE.exchange.route, method="PUT"))),
    ],
)
def test_anything_else_is_another(other: Asked) -> None:
    assert keyed(SEED, ONE) != keyed(SEED, other)


def test_nobody_can_guess_it_without_the_key() -> None:
    assert keyed(SEED, ONE) != keyed(bytes(32), ONE)


def test_parts_do_not_run_into_one_another() -> None:
    def named(**changes: Any) -> Asked:
        route = replace(ONE.exchange.route, **changes)
        return replace(ONE, exchange=replace(ONE.exchange, route=route))

    assert keyed(SEED, named(endpoint="ab", host="c")) != keyed(SEED, named(endpoint="a", host="bc"))
