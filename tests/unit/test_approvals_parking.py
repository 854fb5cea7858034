from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from hushgate.approvals import parking
from hushgate.approvals.parking import Parking
from tests.approving import asked


def test_places_are_bounded_by_actor_in_all_and_in_bytes() -> None:
    lot = Parking()
    nobody = cast(Any, None)
    mine = [lot.enter("a1", asked(f"{n}"), nobody) for n in range(parking.PER_ACTOR + 1)]
    assert [one is None for one in mine] == [False] * parking.PER_ACTOR + [True]
    assert lot.enter("a2", replace(asked(actor="bob"), size=parking.MOST_BYTES), nobody) is None
    others = [lot.enter("a3", asked(actor=f"u{n}"), nobody) for n in range(parking.IN_ALL)]
    assert sum(one is not None for one in others) == parking.IN_ALL - parking.PER_ACTOR
    first = mine[0]
    assert first is not None
    lot.leave(first)
    assert lot.enter("a1", asked(actor="new"), nobody) is not None
    lot.wake("a1")
    assert all(one.decided.is_set() for one in lot.of("a1"))
    assert not any(one.decided.is_set() for one in lot.of("a3"))
