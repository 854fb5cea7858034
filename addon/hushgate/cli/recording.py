"""What a command puts on record itself: who read it, and who erased of it. A chain of its own, beside a running gate's.

The ledger's writer is imported where it is needed: it takes half a second.
"""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hushgate.keys import Keys
    from hushgate.ledger.sqlite import SqliteLedger
    from hushgate.state import State


@contextmanager
def writing(state: State, keys: Keys) -> Iterator[SqliteLedger]:
    """The ledger, open for a command; LedgerError if it cannot be written."""
    from hushgate.ledger.sqlite import SqliteLedger

    ledger = SqliteLedger.open(
        state.ledger,
        signing_seed=keys.derive("checkpoints"),
        transcript_key=keys.derive("transcripts"),
        key_id=keys.key_id,
        writer="cli",
    )
    try:
        yield ledger
    finally:
        ledger.close()


def record(state: State, keys: Keys, kind: str, payload: dict[str, Any]) -> None:
    """Put on record that somebody read the record; LedgerError if that fails."""
    with writing(state, keys) as ledger:
        ledger.append_now(kind, {"by": somebody(), "at": time.time(), **payload})


def somebody() -> str:
    """Who runs this command, as the system says."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
