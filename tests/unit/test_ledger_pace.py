from __future__ import annotations

from hushgate.ledger.pace import BYTES, FAST, ROWS, STEADY, Pace, small
from hushgate.ledger.writer import Entry


def test_a_disk_is_trusted_after_many_fast_commits_and_until_a_slow_one() -> None:
    pace = Pace()
    for _ in range(STEADY):
        assert not pace.steady
        pace.took(FAST / 2)
    assert pace.steady
    pace.took(FAST)
    assert not pace.steady


def test_a_commit_that_failed_counts_as_slow() -> None:
    pace = Pace()
    for _ in range(STEADY):
        pace.took(0.0)
    pace.failed()
    assert not pace.steady


def test_what_is_small() -> None:
    row = ("", "x")
    assert small([Entry("opened", 0.0, "{}", [("INSERT", [row])])] * 10)
    assert small([])
    assert not small([Entry("opened", 0.0, "{}", [("INSERT", [row] * ROWS)])])
    assert not small([Entry("opened", 0.0, "{}", [])] * (ROWS + 1))
    assert not small([Entry("opened", 0.0, "x" * (BYTES + 1), [])])
    assert not small([Entry("opened", 0.0, "{}", [], ("x", "request", b"x" * (BYTES + 1)))])
    entry = Entry("opened", 0.0, "{}", [])
    assert not small([Entry("", 0.0, "", [], work=lambda _: entry)])
