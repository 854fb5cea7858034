"""One connection, one chain, one transaction a batch.

Nothing here is asynchronous: `sqlite.py` hands over batches, one thread at a
time, and tells the waiting exchanges how they went.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hushgate.errors import LedgerError, StateError
from hushgate.ledger import anchor, transcripts
from hushgate.ledger.chain import CHAIN_SPAN, GENESIS, SALT_SIZE, Signer, canonical, commitment, event_hash
from hushgate.ledger.connection import BUSY_SECONDS, be_patient, connect, is_busy, prepare_file, remedy, why
from hushgate.ledger.migrations import migrate
from hushgate.ledger.projections import RANK, Statement, statements

CHECKPOINT_EVENTS: Final = 1024
CHECKPOINT_SECONDS: Final = 60.0
COPY_ROWS: Final = 512
"""Rows written until the write-ahead log is copied into the database: about a thousand of its pages."""

_EVENT: Final = (
    "INSERT INTO events (id, chain_id, seq, prev_hash, at, kind, commitment, hash, salt, payload)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_TRANSCRIPT: Final = (
    "INSERT INTO transcripts (exchange, direction, session, actor, at, mode, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_CHECKPOINT: Final = (
    "INSERT INTO checkpoints (chain_id, seq, hash, at, public_key, signature) VALUES (?, ?, ?, ?, ?, ?)"
)
_UNNAMED_HEADS: Final = (
    "SELECT c.chain_id, e.seq, e.hash FROM chains c JOIN events e ON e.id ="
    " (SELECT max(id) FROM events WHERE id > c.n * :span AND id < (c.n + 1) * :span)"
    " WHERE c.named_seq IS NULL OR c.named_seq < e.seq ORDER BY c.n"
)


@dataclass(slots=True)
class Entry:
    """An event that waits to be written."""

    kind: str
    at: float
    payload: str = field(repr=False)
    rows: list[Statement] = field(repr=False)
    transcript: tuple[str, str, bytes] | None = field(default=None, repr=False)
    """Exchange, direction, body."""
    whose: tuple[str, str] | None = field(default=None, repr=False)
    """Session and actor of the transcript, where this very entry opens the exchange."""
    work: Callable[[sqlite3.Connection], Entry] | None = field(default=None, repr=False)
    """Runs inside the transaction first, and gives the event to write."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a writer needs to know; the keys do not show."""

    path: Path
    writer: str
    key_id: str
    signer: Signer
    transcript_key: bytes = field(repr=False)
    mode: str
    about: dict[str, Any]
    clock: Callable[[], float]


class Writer:
    """Owns the connection. Any thread may call, one at a time."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self.chain_id = secrets.token_hex(8)
        self.seq = 0
        self._base = 0
        self._head = GENESIS
        self._files: tuple[tuple[int, int], ...] = ()
        self._signed_seq = 0
        self._signed_at = time.monotonic()
        self._copied = 0
        self._waits = True
        self.took = 0.0
        """Seconds until the last commit was on disk."""
        prepare_file(opening.path)
        self._conn: sqlite3.Connection | None = self._connect(first=True)
        try:
            self._open_chain(self._conn)
        except BaseException:
            self._drop_connection()
            raise

    def commit(self, entries: Sequence[Entry], *, sign: bool = False, wait: bool = True) -> None:
        """Write all entries or none; LedgerError when none is certain to be there.

        Another program that is writing is waited for; without `wait` that is an OperationalError at once.

        An entry that the tables refuse (an exchange's id used twice) fails its
        whole batch: IntegrityError, so that the caller can try them one by one.
        """
        try:
            conn = self._conn or self._reconnect()
            if wait is not self._waits:
                be_patient(conn, BUSY_SECONDS if wait else 0.0)
                self._waits = wait
            self._commit(conn, entries, sign=sign)
        except (sqlite3.OperationalError, sqlite3.DatabaseError, OSError) as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.DataError):
                raise
            if not wait and is_busy(error):
                raise
            self._drop_connection()
            raise LedgerError(f"the ledger cannot be written: {why(error)}", hint=remedy(error)) from None

    @property
    def checkpoint_due(self) -> bool:
        """Whether the write-ahead log has become long."""
        return self._conn is not None and self._conn.total_changes - self._copied >= COPY_ROWS

    def checkpoint(self) -> None:
        """Copy the write-ahead log into the database as far as nobody reads it; what fails is tried again later."""
        if self._conn is not None:
            self._copied = self._conn.total_changes
            with suppress(sqlite3.Error):
                self._conn.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """End the chain with an event and a signed checkpoint, if the disk lets us."""
        now = self._opening.clock()
        payload: dict[str, Any] = {"events": self.seq + 1}
        rows = statements(self.chain_id, now, "chain-closed", payload)
        with suppress(LedgerError, sqlite3.Error):
            self.commit([Entry("chain-closed", now, canonical(payload), rows)], sign=True)
        if self._conn is not None:
            with suppress(sqlite3.Error):
                self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._drop_connection()

    def _commit(self, conn: sqlite3.Connection, entries: Sequence[Entry], *, sign: bool) -> None:
        conn.execute("BEGIN IMMEDIATE")
        try:
            done = [entry.work(conn) if entry.work else entry for entry in entries]
            seq, head = self._insert(conn, done)
            due = sign or seq - self._signed_seq >= CHECKPOINT_EVENTS
            if due or time.monotonic() - self._signed_at >= CHECKPOINT_SECONDS:
                checkpoint = self._opening.signer.sign(self.chain_id, seq, head, done[-1].at)
                point = (seq, head, checkpoint.at, checkpoint.public_key, checkpoint.signature)
                conn.execute(_CHECKPOINT, (self.chain_id, *point))
            else:
                checkpoint = None
            began = time.perf_counter()
            conn.execute("COMMIT")
            self.took = time.perf_counter() - began
        except BaseException:
            if conn.in_transaction:
                with suppress(sqlite3.Error):
                    conn.execute("ROLLBACK")
            raise
        if self._identities() != self._files:
            raise OSError(0, "its files were moved or deleted while the gate ran")
        self.seq, self._head = seq, head
        if checkpoint is not None:
            self._signed_seq, self._signed_at = seq, time.monotonic()
            anchor.remember(anchor.place(self._opening.path), checkpoint)

    def _insert(self, conn: sqlite3.Connection, entries: Sequence[Entry]) -> tuple[int, str]:
        seq, head, chain_id, base = self.seq, self._head, self.chain_id, self._base
        salts = os.urandom(SALT_SIZE * len(entries))
        events: list[tuple[Any, ...]] = []
        groups: dict[str, list[tuple[Any, ...]]] = {}
        for n, entry in enumerate(entries):
            seq += 1
            salt = salts[n * SALT_SIZE : (n + 1) * SALT_SIZE]
            committed = commitment(salt, entry.payload)
            after = event_hash(chain_id, seq, head, entry.at, entry.kind, committed)
            events.append(
                (base + seq, chain_id, seq, head, entry.at, entry.kind, committed, after, salt, entry.payload)
            )
            head = after
            for sql, rows in entry.rows:
                groups.setdefault(sql, []).extend(rows)
        conn.executemany(_EVENT, events)
        # Inserts first: a batch may hold an exchange's end together with its beginning.
        for sql in sorted(groups, key=RANK.__getitem__) if len(groups) > 1 else groups:
            conn.executemany(sql, groups[sql])
        for entry in entries:
            if entry.transcript is not None:
                self._keep(conn, entry.at, *entry.transcript, entry.whose)
        return seq, head

    def _keep(
        self,
        conn: sqlite3.Connection,
        at: float,
        exchange: str,
        direction: str,
        body: bytes,
        whose: tuple[str, str] | None,
    ) -> None:
        if whose is None:
            whose = conn.execute("SELECT session, actor FROM exchanges WHERE id = ?", (exchange,)).fetchone()
        if whose is None:
            raise sqlite3.IntegrityError("a transcript without its exchange")
        session, actor = whose
        stored: str | bytes = body.decode("utf-8")
        if self._opening.mode == "masked":
            stored = transcripts.seal(self._session_key(conn, session, actor), body, exchange, direction)
        conn.execute(_TRANSCRIPT, (exchange, direction, session, actor, at, self._opening.mode, stored))

    def _session_key(self, conn: sqlite3.Connection, session: str, actor: str) -> bytes:
        # The row is asked for each time: the session may have been erased, and
        # then what is written under a remembered key could never be read.
        master = self._opening.transcript_key
        found = conn.execute("SELECT wrapped FROM session_keys WHERE session = ? AND actor = ?", (session, actor))
        row = found.fetchone()
        if row is not None:
            return transcripts.unwrap(master, row[0], session, actor)
        key = transcripts.new_session_key()
        wrapped = transcripts.wrap(master, key, session, actor)
        conn.execute("INSERT INTO session_keys (session, actor, wrapped) VALUES (?, ?, ?)", (session, actor, wrapped))
        return key

    def _connect(self, *, first: bool) -> sqlite3.Connection:
        path = self._opening.path
        try:
            conn = connect(path)
        except sqlite3.Error as error:
            raise LedgerError(f"the ledger {path} cannot be opened: {why(error)}", hint=remedy(error)) from None
        try:
            if first:
                conn.isolation_level = "DEFERRED"  # what sqlite-utils expects
                migrate(conn)
                conn.commit()
                conn.isolation_level = None
        except (sqlite3.Error, OSError) as error:
            conn.close()
            raise LedgerError(f"the ledger {path} cannot be used: {why(error)}", hint=remedy(error)) from None
        except BaseException:
            conn.close()
            raise
        return conn

    def _open_chain(self, conn: sqlite3.Connection) -> None:
        opening = self._opening
        other = conn.execute("SELECT key_id FROM chains WHERE key_id <> ? LIMIT 1", (opening.key_id,)).fetchone()
        if other is not None:
            raise StateError(
                f"this ledger was written with another master key (id {other[0]}, now {opening.key_id})",
                hint="restore that key, or start with a new state folder",
            )

        def first(conn: sqlite3.Connection) -> Entry:
            heads = [
                {"chain_id": c, "seq": s, "hash": h} for c, s, h in conn.execute(_UNNAMED_HEADS, {"span": CHAIN_SPAN})
            ]
            # Not from `chains` alone: a number must never come back, whatever became of that table.
            highest = conn.execute(
                "SELECT max(coalesce(max(id), 0) / ?, (SELECT coalesce(max(n), 0) FROM chains)) FROM events",
                (CHAIN_SPAN,),
            )
            n = highest.fetchone()[0] + 1
            self._base = n * CHAIN_SPAN
            payload = {
                **opening.about,
                "n": n,
                "writer": opening.writer,
                "key_id": opening.key_id,
                "public_key": opening.signer.public_key,
                "previous": heads,
            }
            now = opening.clock()
            return Entry(
                "chain-opened", now, canonical(payload), statements(self.chain_id, now, "chain-opened", payload)
            )

        self._files = self._identities()
        self.commit([Entry("chain-opened", 0.0, "", [], work=first)], sign=True)

    def _reconnect(self) -> sqlite3.Connection:
        """A fresh connection after a failure, when the ledger is still the one we wrote to."""
        if self._identities(database_only=True) != self._files[:1]:
            raise OSError(0, "its files were moved or deleted while the gate ran")
        conn = self._connect(first=False)
        # The commit that failed may have reached the disk all the same: go on from there.
        rows = conn.execute(
            "SELECT seq, hash FROM events WHERE id BETWEEN ? AND ? ORDER BY id",
            (self._base + self.seq, self._base + CHAIN_SPAN - 1),
        ).fetchall()
        if self.seq and (not rows or rows[0] != (self.seq, self._head)):
            conn.close()
            raise OSError(0, "entries that it had acknowledged are gone")
        if rows:
            self.seq, self._head = rows[-1]
        self._conn, self._files = conn, self._identities()
        self._copied, self._waits = 0, True
        return conn

    def _drop_connection(self) -> None:
        if self._conn is not None:
            with suppress(sqlite3.Error):
                self._conn.close()
            self._conn = None

    def _identities(self, *, database_only: bool = False) -> tuple[tuple[int, int], ...]:
        """Which files we write to: SQLite would go on happily in deleted ones."""
        path = str(self._opening.path)
        names = (path,) if database_only else (path, path + "-wal")
        try:
            found = [os.stat(name) for name in names]  # noqa: PTH116 - for every batch, so cheap
        except FileNotFoundError:
            return ()
        return tuple((one.st_dev, one.st_ino) for one in found)
