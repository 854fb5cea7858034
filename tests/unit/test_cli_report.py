from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing

import pytest

from tests.ledger_cases import closed, found, opened
from tests.unit.cli_runner import Runner, record, run

__all__ = ["run"]

UNREAD = {"scanned": 1, "opaque": 0, "unread": [{"where": "body", "reason": "image | png", "size": 7}]}


@pytest.fixture
def recorded(run: Runner) -> Runner:
    """Of today: one exchange that was masked, one that was blocked, with an unread part; and one of last year."""
    now = time.time()
    record(
        run,
        "opened",
        opened("x1", at=now - 9),
        opened("x2", at=now - 8, gate="block", host="api.anthropic.com", endpoint="anthropic", coverage=UNREAD,
               findings=[found("PRIVATE_KEY"), found("PRIVATE_KEY")], warnings=["slow"], revision="r2"),
        opened("x3", at=now - 400 * 86400),
    )  # fmt: skip
    record(run, "closed", closed("x1"))
    return run


def test_the_counts(recorded: Runner) -> None:
    done = recorded("report", "--json")
    told = json.loads(done.out)
    assert done.code == 0
    assert told["totals"] == {"exchanges": 2, "stopped": 1, "unread": 1, "sessions": 1}
    none = dict.fromkeys(("passed", "masked", "stopped", "observed"), 0)
    assert told["destinations"] == [
        {"destination": "anthropic", **none, "stopped": 1},
        {"destination": "openai", **none, "masked": 1},
    ]
    assert told["entities"] == [
        {"entity": "PRIVATE_KEY", "n": 2, "masked": 2},
        {"entity": "EMAIL_ADDRESS", "n": 1, "masked": 1},
    ]
    assert [(row["rule"], row["times"]) for row in told["rules"]] == [("mask-confidential", 2)]
    assert [row["reason"] for row in told["unread"]] == ["image | png"]
    assert [(row["revision"], row["exchanges"], row["enforced"]) for row in told["revisions"]] == [
        ("r1", 1, 1), ("r2", 1, 1),
    ]  # fmt: skip
    assert [row["says"] for row in told["warnings"]] == ["slow"]
    assert told["record"]["intact"] is True
    assert json.loads(recorded("report", "--json", "--since", "500").out)["totals"]["exchanges"] == 3


def test_in_a_file_it_is_markdown(recorded: Runner) -> None:
    lines = recorded("report").out.splitlines()
    assert lines[0] == "# hushgate"
    assert "| exchanges | 2 |" in lines
    assert "| record | intact |" in lines
    start = lines.index("## Where to")
    assert lines[start + 2 : start + 5] == [
        "| destination | passed | masked | stopped | observed |",
        "| --- | --- | --- | --- | --- |",
        "| anthropic | 0 | 0 | 1 | 0 |",
    ]
    assert any(line.startswith("| anthropic | request | image \\| png | 1 | 7 |") for line in lines)


def test_on_a_terminal_it_is_tables(recorded: Runner) -> None:
    recorded.on_terminal()
    lines = recorded("report").out.splitlines()
    assert any(line.strip() == "What was found" for line in lines)
    assert any(line.split() == ["PRIVATE_KEY", "2", "2"] for line in lines)
    assert all(len(line) <= 80 for line in lines)


def test_a_record_that_was_changed_is_told(recorded: Runner) -> None:
    with closing(sqlite3.connect(recorded.state / "ledger.db")) as conn, conn:
        conn.execute("UPDATE events SET payload = replace(payload, 'block', 'allow') WHERE kind = 'opened'")
    done = recorded("report")
    assert done.code == 1
    assert "| record | NOT INTACT |" in done.out
    assert "hint: hushgate verify" in done.err


@pytest.mark.parametrize("days", ["0", "-1", "nan"])
def test_a_span_that_is_none(recorded: Runner, days: str) -> None:
    assert recorded("report", f"--since={days}").code == 2
