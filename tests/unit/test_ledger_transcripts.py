from __future__ import annotations

import pytest

from hushgate.errors import LedgerError
from hushgate.ledger.transcripts import digest, new_session_key, seal, unseal, unwrap, wrap

KEY = bytes(range(32))


def test_there_and_back() -> None:
    session_key = new_session_key()
    sealed = seal(session_key, b"body", "x1", "request")
    assert b"body" not in sealed
    assert unseal(session_key, sealed, "x1", "request") == b"body"
    assert unwrap(KEY, wrap(KEY, session_key, "s", "alice"), "s", "alice") == session_key


def test_no_two_are_alike() -> None:
    assert seal(KEY, b"body", "x1", "request") != seal(KEY, b"body", "x1", "request")
    assert new_session_key() != new_session_key()


@pytest.mark.parametrize(("exchange", "direction"), [("x2", "request"), ("x1", "reply"), ("x1r", "equest")])
def test_a_body_belongs_to_its_exchange(exchange: str, direction: str) -> None:
    with pytest.raises(LedgerError, match="cannot be decrypted"):
        unseal(KEY, seal(KEY, b"body", "x1", "request"), exchange, direction)


@pytest.mark.parametrize(("session", "actor"), [("s2", "alice"), ("s", "bob"), ("sa", "lice")])
def test_a_key_belongs_to_its_session(session: str, actor: str) -> None:
    with pytest.raises(LedgerError, match="cannot be decrypted"):
        unwrap(KEY, wrap(KEY, new_session_key(), "s", "alice"), session, actor)


@pytest.mark.parametrize("damage", [b"", b"short", bytes(12), bytes(60)])
def test_damage(damage: bytes) -> None:
    with pytest.raises(LedgerError):
        unseal(KEY, damage, "x1", "request")


def test_every_bit_counts() -> None:
    sealed = seal(KEY, b"body", "x1", "request")
    for n in range(len(sealed)):
        with pytest.raises(LedgerError):
            unseal(KEY, sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :], "x1", "request")


def test_a_key_cannot_stand_for_a_body() -> None:
    with pytest.raises(LedgerError):
        unseal(KEY, wrap(KEY, new_session_key(), "s", "alice"), "s", "alice")


def test_a_digest_needs_the_key() -> None:
    assert digest(KEY, b"body") != digest(bytes(32), b"body")
    assert digest(KEY, b"body") != digest(KEY, b"bodx")
    assert len(digest(KEY, b"body")) == 64
