from __future__ import annotations

import pytest

from hushgate.identity import pace
from hushgate.identity.pace import Pace, host


def test_who_was_wrong_too_often_waits_and_nobody_else() -> None:
    now = [0.0]
    tries = Pace(lambda: now[0], tries=3, seconds=60)
    for second in (0, 10, 20):
        assert tries.waits("a") == 0
        now[0] = second
        tries.wrong("a")
    assert tries.waits("a") == 40
    assert tries.waits("b") == 0
    now[0] = 60
    assert tries.waits("a") == 0
    tries.wrong("a")
    assert tries.waits("a") == 10  # the second of them counts on


def test_memory_is_bounded() -> None:
    tries = Pace(lambda: 0.0, tries=1, seconds=60)
    for n in range(pace.MOST_WATCHED + 5):
        tries.wrong(f"address {n}")
    assert len(tries._wrong) == pace.MOST_WATCHED
    assert tries.waits("address 0") == 0
    assert tries.waits(f"address {pace.MOST_WATCHED + 4}") == 60


def test_all_of_those_who_are_named_have_to_be_free() -> None:
    now = [0.0]
    tries = Pace(lambda: now[0], tries=1, seconds=60)
    tries.wrong("address")
    now[0] = 20
    tries.wrong("name")
    assert tries.waits("address", "name") == 60
    assert tries.waits("address", "another") == 40
    assert tries.waits() == 0


def test_what_was_right_in_the_end_is_taken_back() -> None:
    now = [0.0]
    tries = Pace(lambda: now[0], tries=2, seconds=60)
    tries.wrong("a", "b")
    tries.wrong("a", "b")
    assert tries.waits("a") == 60, "while a check is under way, it counts"
    tries.right("a")
    assert (tries.waits("a"), tries.waits("b")) == (0, 60)
    tries.right("a")
    tries.right("a")
    assert "a" not in tries._wrong


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("somewhere", "somewhere"),
    ],
)
def test_an_ipv6_host_has_its_whole_network(address: str, counts_as: str) -> None:
    assert host(address) == counts_as
