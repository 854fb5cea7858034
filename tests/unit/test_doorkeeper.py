from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.doorkeeper import Doorkeeper
from hushgate.users import DECIDING, UserBook, Users

KEY = bytes(32)


@pytest.mark.parametrize("always", [False, True])
def test_once_users_are_wanted_a_missing_file_lets_nobody_in(tmp_path: Path, always: bool) -> None:
    place = tmp_path / "users.json"
    door = Doorkeeper(UserBook(place, KEY), place, always=always)
    assert (door.any, door.configured) == (always, False)
    tokens = Users(place, KEY).enrol("carol", ("eu",), ("approver", "developer"))
    assert door.any and door.configured
    assert door.verify("carol", "wrong") is None
    assert door.verify("carol", tokens["proxy"]) is not None
    person = door.person("carol", tokens[DECIDING])
    assert person is not None and "approver" in person.roles
    place.write_text("damaged")
    assert door.any and not door.configured
    assert door.verify("carol", tokens["proxy"]) is None and door.everyone() == []
