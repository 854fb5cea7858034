"""The latest checkpoints, beside the ledger.

A checkpoint inside the ledger can be cut off with the rows it signs. The same
statement in a second file, `checkpoints.json`, shows that: and so does a copy
of its line kept on another machine, against someone who can write both files.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from hushgate.errors import LedgerError
from hushgate.ledger.chain import Checkpoint

KEPT: Final = 16
"""How many chains' latest checkpoints the file holds."""


def place(ledger: Path) -> Path:
    """Where the checkpoints of a ledger's file are kept."""
    return ledger.with_name("checkpoints.json")


def remember(path: Path, checkpoint: Checkpoint) -> bool:
    """Put a chain's newest checkpoint in; False when it could not be written, which costs no record."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        others = [known for known in recall(path) if known.chain_id != checkpoint.chain_id]
        body = json.dumps([known.to_json() for known in [*others, checkpoint][-KEPT:]], indent=1)
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "w", encoding="ascii") as file:
            file.write(body + "\n")
            file.flush()
            os.fsync(fd)
        draft.replace(path)
    except (OSError, LedgerError):
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        return False
    return True


def recall(path: Path) -> list[Checkpoint]:
    """The checkpoints in the file, none if it is missing; LedgerError if it is damaged."""
    try:
        said = json.loads(path.read_bytes())
        return [Checkpoint(**one) for one in said]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError):
        raise LedgerError(f"{path} is damaged", hint="move it away after looking into why") from None
