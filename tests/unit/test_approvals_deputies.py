"""Who may have a deputy, and whom that one stands for."""

from __future__ import annotations

import pytest

from hushgate.approvals.deputies import LONGEST, Deputy, check_deputy, has_deciding_token, stands_for
from hushgate.consent import Person
from hushgate.errors import Refused
from tests.approving import ALICE, BOB, CAROL, DAVE

ERIN = Person("erin", (), ("developer",))
EVERYONE = (ALICE, BOB, CAROL, DAVE, ERIN)
DEPUTY = Deputy("carol", "dave", 1000.0, 2000.0)


@pytest.mark.parametrize(
    ("user", "name", "until", "says"),
    [
        (CAROL, "carol", 2000.0, "cannot be the deputy"),
        (CAROL, "nobody", 2000.0, "cannot be the deputy"),
        (CAROL, "erin", 2000.0, "cannot be the deputy"),
        (DAVE, "bob", 2000.0, "decides on nothing"),
        (CAROL, "dave", 1000.0, "90 days"),
        (CAROL, "dave", 1001.0 + LONGEST, "90 days"),
    ],
)
def test_who_cannot_be_one(user: Person, name: str, until: float, says: str) -> None:
    with pytest.raises(Refused, match=says):
        check_deputy(user, name, until, 1000.0, EVERYONE)


def test_whom_a_deputy_stands_for() -> None:
    check_deputy(CAROL, "dave", 1000.0 + LONGEST, 1000.0, EVERYONE)
    for now, found in ((999.0, ()), (1000.0, (CAROL,)), (1999.0, (CAROL,)), (2000.0, ())):
        assert stands_for(DAVE, (DEPUTY,), EVERYONE, now) == found
    assert stands_for(BOB, (DEPUTY,), EVERYONE, 1500.0) == ()
    assert stands_for(DAVE, (DEPUTY,), (DAVE,), 1500.0) == (), "she is no user any more"
    with_proxys_token = Person("dave", (), ("developer",))
    assert not has_deciding_token(with_proxys_token)
    assert stands_for(with_proxys_token, (DEPUTY,), EVERYONE, 1500.0) == ()


def test_it_survives_json() -> None:
    assert Deputy.from_json(DEPUTY.to_json()) == DEPUTY
