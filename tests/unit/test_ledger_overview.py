from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hushgate.errors import LedgerError
from hushgate.ledger.overview import Overview
from tests.ledger_cases import closed, found, opened, start

IMAGE = {"where": "body:/messages/0/content/1", "reason": "image", "size": 70}
SHADOW = "watch-cards is not enforced; it says: CREDIT_CARD of level regulated is blocked"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Overview]:
    ledger = start(tmp_path)
    unread = {"scanned": 2, "opaque": 0, "unread": [IMAGE], "attachments": []}
    ledger.append_now(
        "opened", opened("x1", at=10.0, findings=[found(reasons=["mask-mail"]), found("PHONE_NUMBER", verdict="keep")])
    )
    ledger.append_now("closed", closed("x1", findings=[found("PHONE_NUMBER", verdict="keep")]))
    ledger.append_now("opened", opened("x2", at=20.0, session="s2", actor="bob", gate="block", findings=[]))
    ledger.append_now("refused", {"exchange": "x2", "status": 400})
    ledger.append_now("opened", opened("x3", at=110.0, findings=[], coverage=unread, warnings=[SHADOW]))
    ledger.append_now("opened", opened("x4", at=120.0, gate="block", enforced=False, findings=[], endpoint=None))
    for at, host, likely in ((5.0, "a.test", False), (6.0, "b.test", True)):
        passed = {"at": at, "host": host, "outcome": "passed", "sent": 3, "received": 4, "likely_llm": likely}
        ledger.append_now("tunnel", passed)
    ledger.append_now("tunnel", {"at": 7.0, "host": "c.test", "outcome": "refused", "sent": 0, "received": 0})
    with Overview(tmp_path / "ledger.db") as one:
        yield one
    ledger.close()


def test_the_latest_come_first_and_are_counted(reader: Overview) -> None:
    rows = reader.latest(10)
    assert [row["id"] for row in rows] == ["x4", "x3", "x2", "x1"]
    assert [row["id"] for row in reader.latest(2)] == ["x4", "x3"]
    assert [row["id"] for row in reader.latest(10, actor="bob")] == ["x2"]
    first = rows[-1]
    assert (first["findings"], first["masked"], first["unread"], first["outcome"]) == (3, 1, 0, "answered")
    assert [row["unread"] for row in rows] == [0, 1, 0, 0]


def test_changes_are_those_behind_an_event(reader: Overview) -> None:
    last, rows = reader.changed(0, 100)
    assert {row["id"] for row in rows} == {"x1", "x2", "x3", "x4"}
    assert reader.changed(last, 100) == (last, [])
    assert last < reader.newest()
    assert [row["id"] for row in reader.changed(0, 1)[1]] == ["x4"], "the last ones, where there are too many"


def test_a_session_is_in_order(reader: Overview) -> None:
    assert [row["id"] for row in reader.of_session("s1", 10)] == ["x1", "x3", "x4"]
    assert [row["id"] for row in reader.of_session("s1", 2)] == ["x1", "x3"]
    assert reader.of_session("s1", 10, actor="bob") == []


@pytest.mark.parametrize(
    ("since", "actor", "totals"),
    [
        (0.0, None, {"exchanges": 4, "stopped": 1, "unread": 1, "sessions": 2}),
        (0.0, "bob", {"exchanges": 1, "stopped": 1, "unread": 0, "sessions": 1}),
        (999.0, None, {"exchanges": 0, "stopped": 0, "unread": 0, "sessions": 0}),
    ],
)
def test_totals(reader: Overview, since: float, actor: str | None, totals: dict[str, int]) -> None:
    assert reader.totals(since, actor=actor) == totals


def test_entities_over_time(reader: Overview) -> None:
    assert reader.entities(0.0, 100.0) == [
        {"slot": 0, "entity": "EMAIL_ADDRESS", "n": 1, "masked": 1},
        {"slot": 0, "entity": "PHONE_NUMBER", "n": 2, "masked": 0},
    ]
    assert reader.entities(0.0, 100.0, actor="bob") == []


@pytest.mark.parametrize(
    "question",
    [
        lambda reader: reader.totals(1.0, actor="bob"),
        lambda reader: reader.entities(1.0, 9.0, actor="bob"),
        lambda reader: reader.actions(1.0, actor="bob"),
        lambda reader: reader.coverage(1.0),
        lambda reader: reader.warned(1.0),
        lambda reader: reader.spoke(1.0),
    ],
    ids=["totals", "entities", "actions", "coverage", "warned", "spoke"],
)
def test_a_stretch_of_time_is_found_by_its_index(reader: Overview, question: Callable[[Overview], Any]) -> None:
    """A sum over a day costs what that day holds, however long the record is."""
    said: list[str] = []
    conn: Any = reader._conn
    conn.set_trace_callback(said.append)
    question(reader)
    conn.set_trace_callback(None)
    plan = "\n".join(row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {said[-1]}"))
    assert "exchanges_by_time" in plan, plan
    assert not re.search(r"SCAN (x|f|exchanges|findings)\b", plan), plan


def test_actions_by_destination(reader: Overview) -> None:
    done = {(row["destination"], row["done"]): row["n"] for row in reader.actions(0.0)}
    assert done == {
        ("openai", "masked"): 1,
        ("openai", "stopped"): 1,
        ("openai", "passed"): 1,
        ("api.openai.com", "observed"): 1,
    }


def test_coverage_and_what_was_not_read(reader: Overview) -> None:
    read = {row["destination"]: (row["exchanges"], row["scanned"], row["opaque"]) for row in reader.coverage(0.0)}
    assert read == {"openai": (3, 9, 2), "api.openai.com": (1, 3, 1)}
    assert reader.unread(0.0) == [
        {"destination": "openai", "direction": "request", "reason": "image", "times": 1, "bytes": 70, "at": 110.0,
         "exchange": "x3"}
    ]  # fmt: skip


def test_hosts_that_were_reached_unread(reader: Overview) -> None:
    rows = [(row["host"], row["times"], row["bytes"], row["likely_llm"]) for row in reader.passed_by(0.0)]
    assert rows == [("b.test", 1, 7, 1), ("a.test", 1, 7, 0)], "what looks like an LLM first; the refused not at all"


def test_rules_that_spoke_and_those_that_watch(reader: Overview) -> None:
    spoke = {rule: row["times"] for rule, row in reader.spoke(0.0).items()}
    assert spoke == {"mask-confidential": 4, "mask-mail": 1}
    assert reader.warned(0.0) == [{"says": SHADOW, "times": 1, "at": 110.0, "exchange": "x3"}]


def test_a_reader_out_of_patience_says_so(tmp_path: Path, reader: Overview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hushgate.ledger.overview._STEPS", 1)
    with Overview(tmp_path / "ledger.db", patience=-1.0) as hasty, pytest.raises(LedgerError, match="SQLITE_INTERRUPT"):
        hasty.totals(0.0)


def test_it_writes_nothing(reader: Overview) -> None:
    conn: Any = reader._conn
    with pytest.raises(Exception, match="readonly"):
        conn.execute("DELETE FROM events")
