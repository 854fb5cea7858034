"""Whatever is recorded verifies, rebuilds to the same tables, and any edit of it shows."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hushgate.ledger.chain import Signer
from hushgate.ledger.prune import prune
from hushgate.ledger.verify import verify
from tests.ledger_cases import SEED, closed, found, opened, rows, start

PUBLIC = Signer(SEED).public_key
LEVELS = st.sampled_from(["public", "internal", "confidential", "regulated"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FINDINGS = st.lists(
    st.builds(found, TEXT, level=LEVELS, verdict=st.sampled_from(["mask", "keep"]), score=st.floats(0, 1)), max_size=3
)
TIMES = st.floats(0, 2e9)

REQUEST = st.fixed_dictionaries(
    {"session": st.sampled_from(["s1", "s2"]), "actor": TEXT, "at": TIMES, "level": LEVELS, "findings": FINDINGS,
     "gate": st.sampled_from(["allow", "hold", "block"]), "model": st.none() | TEXT, "enforced": st.booleans(),
     "groups": st.lists(TEXT, max_size=2), "warnings": st.lists(TEXT, max_size=2)}
)  # fmt: skip
REPLY = st.none() | st.fixed_dictionaries(
    {"findings": FINDINGS, "level": st.none() | LEVELS, "seconds": st.floats(0, 100), "outcome": TEXT}
)
STEPS = st.lists(
    st.tuples(REQUEST, st.sampled_from(["forwarded", "refused", "malformed", None]), REPLY, st.booleans()), max_size=6
)


def record(folder: Path, steps: list[tuple[dict[str, Any], str | None, dict[str, Any] | None, bool]]) -> None:
    ledger = start(folder)
    for n, (request, then, reply, restart) in enumerate(steps):
        first = "refused" if then == "malformed" else "opened"
        ledger.append_soon(first, opened(f"x{n}", **request))
        if then and then != "malformed":
            ledger.append_soon(then, {"exchange": f"x{n}"})
        if reply is not None:
            ledger.append_soon("closed", closed(f"x{n}", **reply))
        if restart:
            ledger.close()
            ledger = start(folder)
    ledger.close()


@given(STEPS)
def test_what_is_recorded_verifies(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        record(Path(name), steps)
        report = verify(Path(name) / "ledger.db", PUBLIC)
        assert report.flaws == []
        assert report.unclosed == []
        wanted = sum(
            1 + (then in ("forwarded", "refused")) + (reply is not None) + 2 * restart
            for _, then, reply, restart in steps
        )
        assert report.events == wanted + 2


COLUMNS = ("chain_id", "seq", "prev_hash", "at", "kind", "commitment", "hash", "salt", "payload")


@settings(max_examples=settings.default.max_examples // 2)
@given(st.integers(0, 6), st.sampled_from(COLUMNS), st.data())
def test_any_edit_shows(which: int, column: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record(folder, [({}, "forwarded", {}, True), ({}, None, {}, False)])
        places = [place for (place,) in rows(folder, "SELECT id FROM events ORDER BY id")]
        place = places[which % len(places)]
        ((old,),) = rows(folder, f"SELECT {column} FROM events WHERE id = ?", place)  # noqa: S608
        new: Any
        if isinstance(old, int | float):
            new = old + data.draw(st.sampled_from([-1, 1, 100]))
        else:
            at = data.draw(st.integers(0, len(old) - 1))
            other = b"\x00" if isinstance(old, bytes) else "0"
            if old[at : at + 1] == other:
                other = b"\x01" if isinstance(old, bytes) else "1"
            new = old[:at] + other + old[at + 1 :]  # type: ignore[operator]
        try:
            rows(folder, f"UPDATE events SET {column} = ? WHERE id = ?", new, place)  # noqa: S608
        except sqlite3.Error:
            return
        assert not verify(folder / "ledger.db", PUBLIC).intact


@settings(max_examples=settings.default.max_examples // 2)
@given(STEPS, TIMES)
def test_pruning_leaves_what_a_rebuild_gives(steps: list[Any], before: float) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record(folder, steps)
        ledger = start(folder)
        pruned = prune(folder / "ledger.db", ledger, before=before)
        ledger.close()
        assert pruned.exchanges == sum(request["at"] < before for request, *_ in steps)
        assert rows(folder, "SELECT count(*) FROM exchanges WHERE at < ?", before) == [(0,)]
        assert verify(folder / "ledger.db", PUBLIC).flaws == []
