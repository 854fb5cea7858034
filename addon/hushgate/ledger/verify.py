"""Whether the record is whole: nothing edited, nothing missing, nothing moved.

What shows: an edited event or payload, a gap, a chain that is gone, a chain
cut behind a signed checkpoint or behind the head that a later chain names, an
erased payload that no `pruned` event accounts for, a projection that the chain
does not bear out, a checkpoint that is gone from its table, and, to who has
their key, a transcript that is not the one an event names. What cannot show: the loss of events after the last
checkpoint of a gate that crashed, as long as no later chain has named them;
and a whole state folder put back to an earlier state, unless a checkpoint was
kept elsewhere (`kept`).
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from hushgate.errors import LedgerError
from hushgate.ledger import anchor
from hushgate.ledger.chain import CHAIN_SPAN, GENESIS, Checkpoint, commitment, event_hash, signed_by
from hushgate.ledger.held import unfit
from hushgate.ledger.query import connect
from hushgate.ledger.rebuild import differing

FLAW_LIMIT: Final = 100
"""Flaws that are told; beyond that the record is simply not the one that was written."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that does not fit. `seq` 0 where it concerns a whole chain or table."""

    chain_id: str
    seq: int
    says: str


@dataclass(slots=True)
class Report:
    """What `verify` found. `unclosed` chains belong to a running gate, or to one that crashed."""

    chains: int = 0
    events: int = 0
    erased: int = 0
    dropped: int = 0
    checkpoints: int = 0
    unclosed: list[str] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    public_key: str = ""
    last: Checkpoint | None = None

    @property
    def intact(self) -> bool:
        return not self.flaws

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "intact": self.intact}


def verify(
    path: Path,
    public_key: str,
    *,
    kept: Iterable[Checkpoint] = (),
    projections: bool = True,
    transcript_key: bytes | None = None,
) -> Report:
    """Read the whole ledger and judge it. `public_key` (hex) is the one that its checkpoints must carry.

    `kept` are checkpoints from elsewhere. Transcripts are read with their key alone.
    """
    beside = anchor.recall(anchor.place(path))  # before the snapshot: never newer than it
    conn = connect(path)
    conn.row_factory = None
    try:
        conn.execute("BEGIN")
        walk = _Walk(conn, public_key, beside, kept)
        return walk.run(projections=projections, transcript_key=transcript_key)
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", None) or type(error).__name__
        raise LedgerError(f"the ledger {path} cannot be read to its end: {name}") from None
    finally:
        conn.close()


class _Walk:
    """One pass over the events, with what the checkpoints and later chains expect at hand."""

    def __init__(
        self, conn: sqlite3.Connection, public_key: str, beside: Iterable[Checkpoint], kept: Iterable[Checkpoint]
    ) -> None:
        self._conn = conn
        self._report = Report(public_key=public_key)
        self._expected: dict[tuple[str, int], dict[str, str]] = {}
        self._signed: set[tuple[str, int]] = set()
        self._erased: list[tuple[int, int]] = []
        self._beside, self._kept = list(beside), list(kept)

    def run(self, *, projections: bool, transcript_key: bytes | None) -> Report:
        for (says,) in self._conn.execute("PRAGMA quick_check(5)").fetchall():
            if says != "ok":
                self._flaw("", 0, "the database file is damaged")
        self._expect()
        self._events()
        for (chain_id, seq), wanted in sorted(self._expected.items()):
            for by in wanted.values():
                self._flaw(chain_id, seq, f"missing, though {by} names it")
        if projections and self._report.intact:
            for table in differing(self._conn):
                self._flaw("", 0, f"the table {table} is not what the chain says")
        if projections and transcript_key is not None and self._report.intact:
            for says in unfit(self._conn, transcript_key):
                self._flaw("", 0, says)
        return self._report

    def _expect(self) -> None:
        rows = self._conn.execute("SELECT chain_id, seq, hash, at, public_key, signature FROM checkpoints ORDER BY at")
        table = [Checkpoint(*row) for row in rows]
        held = {(point.chain_id, point.seq) for point in table}
        for point in self._beside:
            if (point.chain_id, point.seq) not in held:
                self._flaw(
                    point.chain_id, point.seq, "its checkpoint is gone from the table, and stands in the file yet"
                )
        for point in [*table, *self._beside, *self._kept]:
            if not signed_by(point, self._report.public_key):
                self._flaw(point.chain_id, point.seq, "a checkpoint's signature is not good")
                continue
            if (point.chain_id, point.seq) not in self._signed:
                self._report.checkpoints += 1
            self._signed.add((point.chain_id, point.seq))
            self._expected.setdefault((point.chain_id, point.seq), {})[point.hash] = "a signed checkpoint"
            if self._report.last is None or point.at >= self._report.last.at:
                self._report.last = point
        told = self._conn.execute(
            "SELECT chain_id, seq, kind, payload FROM events"
            " WHERE kind IN ('chain-opened', 'pruned', 'dropped') AND payload IS NOT NULL"
        )
        for chain_id, seq, kind, payload in told:
            try:
                self._hear(chain_id, kind, json.loads(payload))
            except (ValueError, TypeError, KeyError):
                self._flaw(chain_id, seq, "its payload cannot be read")
        self._erased.sort()

    def _hear(self, chain_id: str, kind: str, payload: dict[str, Any]) -> None:
        if kind == "pruned":
            self._erased += [(int(first), int(last)) for first, last in payload["events"]]
        elif kind == "dropped":
            self._report.dropped += int(payload["events"])
        else:
            for head in payload["previous"]:
                place = (str(head["chain_id"]), int(head["seq"]))
                self._expected.setdefault(place, {}).setdefault(str(head["hash"]), f"chain {chain_id}")

    def _events(self) -> None:
        rows = self._conn.execute(
            "SELECT id, chain_id, seq, prev_hash, at, kind, commitment, hash, salt, payload FROM events ORDER BY id"
        )
        number, current, last_seq, head, last_kind = 0, "", 0, GENESIS, "chain-closed"
        for place, chain_id, seq, prev_hash, at, kind, committed, after, salt, payload in rows:
            if place // CHAIN_SPAN != number:
                self._end(current, last_seq, last_kind)
                if place // CHAIN_SPAN != number + 1:
                    self._flaw("", 0, f"chain number {number + 1} is gone")
                number, current, last_seq, head = place // CHAIN_SPAN, chain_id, 0, GENESIS
                self._report.chains += 1
                if kind != "chain-opened" or seq != 1:
                    self._flaw(chain_id, seq, "the chain does not begin with its first event")
            elif last_kind == "chain-closed":
                self._flaw(chain_id, seq, "an event after the chain's end")
            self._report.events += 1
            if chain_id != current or place % CHAIN_SPAN != seq:
                self._flaw(chain_id, seq, "stands in a place that is not its own")
            if seq != last_seq + 1:
                self._flaw(chain_id, seq, f"follows {last_seq}: events are missing")
            elif prev_hash != head:
                self._flaw(chain_id, seq, "does not follow from the event before it")
            if after != event_hash(chain_id, seq, prev_hash, at, kind, committed):
                self._flaw(chain_id, seq, "was edited")
            self._payload(place, chain_id, seq, committed, salt, payload)
            for wanted, by in self._expected.pop((chain_id, seq), {}).items():
                if wanted != after:
                    self._flaw(chain_id, seq, f"is not the event that {by} names")
            last_seq, head, last_kind = seq, after, kind
        self._end(current, last_seq, last_kind)
        if not self._report.events:
            self._flaw("", 0, "the ledger is empty, though every writer begins with an event")

    def _payload(
        self, place: int, chain_id: str, seq: int, committed: str, salt: bytes | None, payload: str | None
    ) -> None:
        if payload is None or salt is None:
            self._report.erased += 1
            at = bisect_right(self._erased, (place, CHAIN_SPAN * CHAIN_SPAN)) - 1
            if at < 0 or self._erased[at][1] < place:
                self._flaw(chain_id, seq, "its payload is gone, and nobody pruned it")
        elif not isinstance(payload, str) or not payload.isascii() or commitment(salt, payload) != committed:
            self._flaw(chain_id, seq, "its payload was edited")

    def _end(self, chain_id: str, seq: int, kind: str) -> None:
        if not chain_id:
            return
        if kind != "chain-closed":
            self._report.unclosed.append(chain_id)
        elif (chain_id, seq) not in self._signed:
            self._flaw(chain_id, seq, "the chain's end is not signed")

    def _flaw(self, chain_id: str, seq: int, says: str) -> None:
        if len(self._report.flaws) < FLAW_LIMIT:
            self._report.flaws.append(Flaw(chain_id, seq, says))
