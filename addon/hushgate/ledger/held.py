"""Whether the transcripts are those that the chain speaks of: each event names its transcript's digest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from hmac import compare_digest
from typing import Final

from hushgate.errors import LedgerError
from hushgate.ledger.transcripts import digest, unseal, unwrap

_NAMED: Final = """
    SELECT x.id, x.session, x.actor, x.direction, x.digest, t.session, t.actor, t.mode, t.body, k.wrapped FROM (
        SELECT id, session, actor, 'request' AS direction, transcript AS digest FROM exchanges
        UNION ALL SELECT id, session, actor, 'reply', reply_transcript FROM exchanges
    ) x
    LEFT JOIN transcripts t ON t.exchange = x.id AND t.direction = x.direction
    LEFT JOIN session_keys k ON k.session = x.session AND k.actor = x.actor
    WHERE x.digest IS NOT NULL
"""
_UNNAMED: Final = """
    SELECT t.exchange, t.direction FROM transcripts t LEFT JOIN exchanges x ON x.id = t.exchange
    WHERE CASE t.direction WHEN 'request' THEN x.transcript WHEN 'reply' THEN x.reply_transcript END IS NULL
"""


def unfit(conn: sqlite3.Connection, key: bytes) -> Iterator[str]:
    """What is wrong with transcripts, where `exchanges` is what the chain says. `key`: the transcripts key."""
    for exchange, session, actor, direction, named, of, whose, mode, body, wrapped in conn.execute(_NAMED):
        which = f"the {direction} transcript of {exchange}"
        if mode is None:
            yield f"{which} is gone, and nobody pruned it"
        elif (of, whose) != (session, actor):
            yield f"{which} is filed under another session"
        else:
            text = _text(key, exchange, session, actor, direction, mode, body, wrapped)
            if text is None:
                yield f"{which} cannot be read under its session's key"
            elif not compare_digest(digest(key, text), named):
                yield f"{which} was edited"
    for exchange, direction in conn.execute(_UNNAMED):
        yield f"the {direction} transcript of {exchange} is not of this record"


def _text(
    key: bytes, exchange: str, session: str, actor: str, direction: str, mode: str, body: object, wrapped: object
) -> bytes | None:
    if mode != "masked":
        return body.encode("utf-8", "replace") if mode == "structure" and isinstance(body, str) else None
    if not isinstance(body, bytes) or not isinstance(wrapped, bytes):
        return None
    try:
        return unseal(unwrap(key, wrapped, session, actor), body, exchange, direction)
    except LedgerError:
        return None
