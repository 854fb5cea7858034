"""The SQLite ledger: any number of waiting exchanges, one writer, one fsync a batch.

While a batch goes to disk the next one gathers, so the cost of a durable write
is shared by all who wait for it. A write that fails fails everyone in its
batch; the next one tries again, on a fresh connection. Batches are written by
a thread; a small one for which nobody else waits is written by its caller, as
long as the disk is fast (`pace`).
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from hushgate.errors import LedgerError
from hushgate.ledger.chain import Signer, compact
from hushgate.ledger.pace import Pace, small
from hushgate.ledger.projections import Statement, statements, storable
from hushgate.ledger.store import KINDS
from hushgate.ledger.transcripts import MODES, digest
from hushgate.ledger.waiting import Waiting, settle
from hushgate.ledger.writer import Entry, Opening, Writer

QUEUE_LIMIT: Final = 8192
"""Events that may wait; beyond it the disk is too slow for the traffic, and nothing passes."""
BATCH_LIMIT: Final = 512
LINGER_SECONDS: Final = 0.05
"""How long an event that nobody waits for may gather company."""


class SqliteLedger:
    """A `Ledger` in one SQLite file. Safe to call from any thread and any loop."""

    def __init__(self, opening: Opening, limit: int = QUEUE_LIMIT) -> None:
        self._opening = opening
        self._limit = limit
        self._pending: deque[Waiting] = deque()
        self._unsaved: list[Entry] = []
        self._dropped = 0
        self._bell: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._lingering = False
        self._healthy = True
        self._closing = False
        self._gate = threading.Lock()
        self._pace = Pace()
        self._writing = threading.Lock()
        """Held by who uses the writer."""
        self.chain_id = ""
        started: concurrent.futures.Future[Writer] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._run, args=(started,), name="ledger", daemon=True)
        self._thread.start()
        self._writer = started.result()
        self.chain_id = self._writer.chain_id

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        signing_seed: bytes,
        transcript_key: bytes,
        key_id: str,
        transcripts: str = "structure",
        writer: str = "gate",
        about: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.time,
        limit: int = QUEUE_LIMIT,
    ) -> SqliteLedger:
        """Open (or make) the ledger and begin a chain; LedgerError or StateError if it cannot be used.

        `signing_seed` and `transcript_key` are 32 bytes; `about` goes into the
        chain's first event (release, revision); `writer` says who writes it.
        """
        if transcripts not in MODES:
            raise ValueError(transcripts)
        opening = Opening(
            path, writer, key_id, Signer(signing_seed), transcript_key, transcripts, dict(about or {}), clock
        )
        return cls(opening, limit)

    @property
    def healthy(self) -> bool:
        """Whether the last write succeeded and nothing waits to be made good."""
        return self._healthy and not self._closing

    @property
    def public_key(self) -> str:
        """Of the checkpoints' signatures, in hex."""
        return self._opening.signer.public_key

    async def append(
        self, kind: str, payload: dict[str, Any], transcript: bytes | None = None, *, durable: bool = True
    ) -> None:
        """Return once the event is on disk; LedgerError otherwise. Not `durable`: as `append_soon`."""
        if not durable:
            self.append_soon(kind, payload, transcript)
            return
        entry = self._entry(kind, payload, transcript)
        if self._pace.steady and self._write_here(entry):
            return
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._enqueue((entry, loop, future))
        self._bell.put(True)
        await future

    def append_soon(self, kind: str, payload: dict[str, Any], transcript: bytes | None = None) -> None:
        """Write the event shortly; never raises.

        While earlier such events could not be written, `append` raises. Those
        beyond the queue's bound, and those that cannot be events, are dropped,
        and how many goes on record.
        """
        try:
            self._enqueue((self._entry(kind, payload, transcript), None, None))
        except LedgerError:
            self._dropped += 1
            self._healthy = False
            return
        if self._lingering:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._bell.put(True)
            return
        self._lingering = True
        loop.call_later(LINGER_SECONDS, self._ring)

    def append_now(self, kind: str, payload: dict[str, Any]) -> None:
        """`append` for code without an event loop: blocks until the event is on disk."""
        self._wait(self._entry(kind, payload, None))

    def within(self, work: Callable[[sqlite3.Connection], tuple[str, dict[str, Any]]]) -> None:
        """Run `work` in the writer's transaction and record what it did: it returns the event."""

        def run(conn: sqlite3.Connection) -> Entry:
            return self._entry(*work(conn), None)

        self._wait(Entry("", self._opening.clock(), "", [], work=run))

    def close(self) -> None:
        """Write what waits, end the chain with a signed checkpoint, stop. A second call does nothing."""
        with self._gate:
            if self._closing:
                return
            self._closing = True
        self._bell.put(False)
        self._thread.join()

    async def aclose(self) -> None:
        """`close` without stopping the event loop."""
        await asyncio.to_thread(self.close)

    def __repr__(self) -> str:
        return f"SqliteLedger(chain_id={self.chain_id!r}, healthy={self.healthy})"

    def _entry(self, kind: str, payload: dict[str, Any], transcript: bytes | None) -> Entry:
        if kind not in KINDS:
            raise LedgerError(f"{kind!r} is not a kind of event")
        at = float(self._opening.clock())
        kept = whose = None
        if transcript is not None and self._opening.mode != "none":
            exchange = payload.get("exchange")
            if kind not in ("opened", "closed") or not isinstance(exchange, str):
                raise LedgerError("a transcript belongs to the opening or closing of an exchange")
            direction = "request" if kind == "opened" else "reply"
            kept = (exchange, direction, transcript)
            if kind == "opened":
                whose = (storable(payload.get("session")), storable(payload.get("actor")))
            try:
                transcript.decode("utf-8")
            except UnicodeDecodeError:
                raise LedgerError("a transcript is UTF-8 JSON") from None
            payload = {**payload, "transcript": digest(self._opening.transcript_key, transcript)}
        rows: list[Statement] = statements(self.chain_id, at, kind, payload)
        try:
            return Entry(kind, at, compact(payload), rows, kept, whose)
        except (TypeError, ValueError, RecursionError):
            raise LedgerError(f"an event of kind {kind} is not plain JSON") from None

    def _enqueue(self, waiting: Waiting) -> None:
        with self._gate:
            if self._closing:
                raise LedgerError("the ledger is closed")
            if len(self._pending) >= self._limit:
                raise LedgerError("the ledger cannot keep up with the traffic", hint="a faster disk, or fewer requests")
            self._pending.append(waiting)

    def _wait(self, entry: Entry) -> None:
        future: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._enqueue((entry, None, future))
        self._bell.put(True)
        future.result()

    def _ring(self) -> None:
        self._lingering = False
        if self._pending:
            self._bell.put(True)

    def _write_here(self, entry: Entry) -> bool:
        """Write an entry at once, behind those that nobody waits for; False where that is the thread's to do.

        LedgerError as from `append`; what waits then is the thread's to write.
        """
        if not self._writing.acquire(blocking=False):
            return False
        try:
            pending = list(self._pending)
            batch = [*(waiting[0] for waiting in pending), entry]
            if any(waiting[2] is not None for waiting in pending) or not small(batch):
                return False
            if self._closing or self._unsaved or self._dropped:
                return False
            try:
                self._writer.commit(batch, wait=False)
            except LedgerError:
                self._healthy = False
                self._pace.failed()
                raise
            except Exception:  # Another program writes, or an entry is not writable: the thread finds out which.
                self._pace.failed()
                return False
            for _ in pending:
                self._pending.popleft()
            self._healthy = True
            self._pace.took(self._writer.took)
            if self._writer.checkpoint_due:
                self._bell.put(True)
            return True
        finally:
            self._writing.release()

    # From here on: the writer's thread.

    def _run(self, started: concurrent.futures.Future[Writer]) -> None:
        try:
            writer = Writer(self._opening)
        except BaseException as error:
            started.set_exception(error)
            return
        started.set_result(writer)
        try:
            self._serve(writer)
        finally:
            # Only a fault of ours ends up here with work left: nobody may wait for ever.
            with self._gate:
                self._closing = True
            settle([(waiting, LedgerError("the ledger has stopped")) for waiting in self._pending])
            self._pending.clear()

    def _serve(self, writer: Writer) -> None:
        going = True
        while going:
            going = self._bell.get()
            while not self._bell.empty():
                going = self._bell.get() and going
            with self._writing:
                while self._pending:
                    self._write_batch(writer)
                if writer.checkpoint_due:
                    writer.checkpoint()
        with self._writing:
            if self._unsaved:
                self._write_batch(writer)
            writer.close()

    def _write_batch(self, writer: Writer) -> None:
        batch: list[Waiting] = [(entry, None, None) for entry in self._unsaved]
        while self._pending and len(batch) < BATCH_LIMIT + len(self._unsaved):
            batch.append(self._pending.popleft())
        dropped = self._dropped
        if dropped:
            batch.append((self._entry("dropped", {"events": dropped}, None), None, None))
        try:
            writer.commit([waiting[0] for waiting in batch])
        except LedgerError as error:
            self._healthy = False
            self._pace.failed()
            self._unsaved = [w[0] for w in batch if w[2] is None and w[0].kind != "dropped"][: self._limit]
            settle([(w, error) for w in batch])
            return
        except Exception:
            # One of them is not writable: find out which, and write the others.
            self._write_apart(writer, batch)
            return
        self._pace.took(writer.took)
        self._unsaved = []
        self._dropped -= dropped
        self._healthy = not self._dropped
        settle([(w, None) for w in batch])

    def _write_apart(self, writer: Writer, batch: list[Waiting]) -> None:
        outcomes: list[tuple[Waiting, LedgerError | None]] = []
        unsaved: list[Entry] = []
        for waiting in batch:
            entry = waiting[0]
            try:
                writer.commit([entry])
            except LedgerError as error:
                outcomes.append((waiting, error))
                if waiting[2] is None:
                    unsaved.append(entry)
            except Exception as error:
                # Names the kind of fault alone: the row may hold anything.
                why = f"the ledger refused an event of kind {entry.kind}: {type(error).__name__}"
                outcomes.append((waiting, LedgerError(why)))
                if waiting[2] is None:
                    self._dropped += 1
            else:
                outcomes.append((waiting, None))
                if entry.kind == "dropped":
                    self._dropped = 0
        self._unsaved = unsaved
        self._healthy = not unsaved and not self._dropped
        settle(outcomes)
