from __future__ import annotations

from hushgate.identity import pace
from hushgate.identity.pace import Pace


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
