from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hushgate.errors import LedgerError
from hushgate.ledger import query
from hushgate.ledger.projections import RANK, statements
from hushgate.ledger.query import Reader
from hushgate.ledger.sqlite import SqliteLedger
from tests.approving import BOB, Journal, asked, desk
from tests.ledger_cases import closed, found, opened


def tables(kind: str, payload: dict[str, object]) -> list[str]:
    return [sql.split(" (")[0].split(" SET")[0] for sql, _ in statements("c", 1.0, kind, payload)]


@pytest.mark.parametrize(
    ("kind", "payload", "expected"),
    [
        ("opened", opened("x"), ["INSERT INTO exchanges", "INSERT INTO sessions", "INSERT INTO findings"]),
        ("opened", opened("x", findings=[]), ["INSERT INTO exchanges", "INSERT INTO sessions"]),
        ("forwarded", {"exchange": "x"}, ["UPDATE exchanges"]),
        ("refused", {"exchange": "x"}, ["UPDATE exchanges"]),
        ("refused", opened("x", findings=[]), ["INSERT INTO exchanges", "INSERT INTO sessions"]),
        ("closed", closed("x"), ["UPDATE exchanges"]),
        ("closed", closed("x", findings=[found()]), ["UPDATE exchanges", "INSERT INTO findings"]),
        ("chain-closed", {}, ["UPDATE chains"]),
        ("tunnel", {"host": "h"}, []),
        ("looked-up", {}, []),
    ],
)
def test_which_tables_an_event_touches(kind: str, payload: dict[str, object], expected: list[str]) -> None:
    assert tables(kind, payload) == expected


async def _approvals() -> list[tuple[str, dict[str, object]]]:
    journal = Journal()
    made = desk(journal)
    await made.ask(asked(), None)
    await made.approve(BOB, "a1")
    return list(journal.events)


APPROVALS = asyncio.run(_approvals())


def test_approvals_come_back_as_they_were(tmp_path: Path) -> None:
    ledger = SqliteLedger.open(tmp_path / "ledger.db", signing_seed=bytes(32), transcript_key=bytes(32), key_id="k")
    for kind, payload in APPROVALS:
        ledger.append_now(kind, payload)
    ledger.close()
    with Reader(tmp_path / "ledger.db") as reader:
        assert reader.approvals() == [json.loads(json.dumps(APPROVALS[-2][1]["approval"]))]
        assert reader.grants() == [json.loads(json.dumps(APPROVALS[-1][1]["grant"]))]
        assert reader.grants(now=1e12) == []


async def _spent() -> list[tuple[str, dict[str, object]]]:
    journal = Journal()
    made = desk(journal)
    for text in ("used", "taken back"):
        await made.ask(asked(text), None)
        await made.approve(BOB, list(made.book.approvals)[-1])
    await made.ask(asked("used"), None)
    await made.revoke(BOB, list(made.book.grants)[-1])
    return list(journal.events)


def test_what_was_used_or_taken_back_is_told_by_the_events(tmp_path: Path) -> None:
    ledger = SqliteLedger.open(tmp_path / "ledger.db", signing_seed=bytes(32), transcript_key=bytes(32), key_id="k")
    for kind, payload in asyncio.run(_spent()):
        ledger.append_now(kind, payload)
    ledger.close()
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as conn, conn:
        changed = conn.execute("UPDATE grants SET used = 0, uses_left = 1, revoked_at = NULL, revoked_by = NULL")
        assert changed.rowcount == 2
        plan = conn.execute("EXPLAIN QUERY PLAN " + query.OF_KIND, ("grant", 0)).fetchall()
        assert "events_by_kind" in str(plan)
    with Reader(tmp_path / "ledger.db") as reader:
        assert [(one["used"], one["revoked_by"]) for one in reader.grants()] == [(1, None), (0, "bob")]


def test_every_statement_has_its_turn() -> None:
    said = {"writer": "gate", "n": 1, "key_id": "k", "public_key": "p", "previous": []}
    kinds = [("opened", opened("x")), ("closed", closed("x", findings=[found()])), ("forwarded", {"exchange": "x"}),
             ("refused", {"exchange": "x"}), ("chain-opened", said), ("chain-closed", {}), *APPROVALS]  # fmt: skip
    used = {sql for kind, payload in kinds for sql, _ in statements("c", 1.0, kind, payload)}
    assert used == set(RANK)


@pytest.mark.parametrize("field", ["exchange", "session", "actor", "gate", "level"])
def test_an_opening_needs_its_fields(field: str) -> None:
    payload = opened("x")
    del payload[field]
    with pytest.raises(LedgerError, match=f"lacks its field {field}"):
        statements("c", 1.0, "opened", payload)


@pytest.mark.parametrize("field", ["exchange", "outcome"])
def test_a_closing_needs_its_fields(field: str) -> None:
    payload = closed("x")
    del payload[field]
    with pytest.raises(LedgerError, match=f"lacks its field {field}"):
        statements("c", 1.0, "closed", payload)


@pytest.mark.parametrize(
    "payload", [opened("x", findings=["SECRET"]), opened("x", findings=7), opened("x", coverage="SECRET")]
)
def test_wrong_shapes_are_named_without_their_content(payload: dict[str, object]) -> None:
    with pytest.raises(LedgerError, match="wrong shape") as caught:
        statements("c", 1.0, "opened", payload)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("gate", "enforced", "stopped"),
    [("allow", True, False), ("hold", True, True), ("block", True, True), ("block", False, False)],
)
def test_only_what_was_enforced_counts_as_stopped(gate: str, enforced: bool, stopped: bool) -> None:
    rows = dict(statements("c", 1.0, "opened", opened("x", gate=gate, enforced=enforced)))
    (session,) = next(value for sql, value in rows.items() if "INTO sessions" in sql)
    assert session[6] == stopped


@pytest.mark.parametrize(("opaque", "count"), [(3, 3), ([1, 2], 2), (None, 0), ([], 0)])
def test_opaque_may_be_a_number_or_a_list(opaque: object, count: int) -> None:
    ((_, [row]), *_) = statements("c", 1.0, "opened", opened("x", coverage={"scanned": 1, "opaque": opaque}))
    assert row[16:19] == (1, count, "[]")


def test_findings_keep_their_order_and_direction() -> None:
    (_, (_, rows)) = statements("c", 1.0, "closed", closed("x", findings=[found("A"), found("B")]))
    assert [row[:4] for row in rows] == [("x", "reply", 0, "A"), ("x", "reply", 1, "B")]


@pytest.mark.parametrize(
    ("kind", "changes", "outcome"),
    [
        ("opened", {}, None),
        ("opened", {"gate": "block"}, "refused"),
        ("opened", {"gate": "hold"}, "refused"),
        ("opened", {"gate": "block", "enforced": False}, None),
        ("refused", {"gate": "block", "enforced": False}, "refused"),
    ],
)
def test_a_request_that_goes_nowhere_ends_as_it_begins(
    kind: str, changes: dict[str, object], outcome: str | None
) -> None:
    ((_, [row]), *_) = statements("c", 1.0, kind, opened("x", **changes))
    assert row[25:28] == (outcome is not None, (1000.5 if outcome else None), outcome)


@pytest.mark.parametrize(
    ("levels", "given", "expected"),
    [
        ([], None, "public"),
        (["internal", "regulated", "public"], None, "regulated"),
        (["internal"], "public", "public"),
    ],
)
def test_the_level_of_a_reply(levels: list[str], given: str | None, expected: str) -> None:
    findings = [found(level=level) for level in levels]
    ((_, [row]), *_) = statements("c", 1.0, "closed", closed("x", findings=findings, level=given))
    assert row[4] == expected
