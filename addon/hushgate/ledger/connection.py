"""A connection to the ledger's file, what it is asked to promise, and what its failures mean."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from hushgate.errors import LedgerError, StateError

BUSY_SECONDS: Final = 5.0
"""How long another program may keep the ledger locked."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that may write, set up for durability; sqlite3.Error if that cannot be had."""
    conn = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=256, check_same_thread=False
    )
    try:
        mode = conn.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise sqlite3.OperationalError("no write-ahead log on this file system")
        # `Writer.checkpoint` copies the log; SQLite itself, inside of a commit, only if that has not happened for long.
        settings = (
            "synchronous=FULL",
            "fullfsync=ON",
            "secure_delete=ON",
            "temp_store=MEMORY",
            "wal_autocheckpoint=8000",
        )
        for pragma in settings:
            conn.execute(f"PRAGMA {pragma}").fetchall()
        # The log's file is there from the first read on; its identity is watched.
        conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        conn.close()
        raise
    return conn


def prepare_file(path: Path) -> None:
    """Make the file 0600 before SQLite opens it (its log takes the same mode), or check that it is."""
    try:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        # Never opened here when it exists: closing it would drop SQLite's own locks on it.
        found = path.lstat()
    except OSError as error:
        raise LedgerError(f"the ledger {path} cannot be made: {error.strerror}", hint=remedy(error)) from None
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise StateError(f"the ledger {path} is not a private file of this user", hint=f"chmod 600 {path}")


def be_patient(conn: sqlite3.Connection, seconds: float) -> None:
    """Wait so long where another program is writing."""
    conn.execute(f"PRAGMA busy_timeout={round(seconds * 1000)}").fetchall()


def is_busy(error: Exception) -> bool:
    """Whether another program was writing, and nothing has been done."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY


def why(error: Exception) -> str:
    """What went wrong, by SQLite's or the system's name for it."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorname", None) or str(error)
    return getattr(error, "strerror", None) or type(error).__name__


def remedy(error: Exception) -> str:
    """What the user can do about it."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return "free some disk space"
    if name.startswith("SQLITE_BUSY"):
        return "another program keeps the ledger locked; close it"
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return "restore the ledger from a backup, or move it away and keep it as evidence"
    return "check the state folder's disk, owner and mode"
