from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from hushgate.ledger.chain import GENESIS, Checkpoint, Signer, canonical, commitment, compact, event_hash, signed_by
from hushgate.values import Role

EXAMPLE = Checkpoint("ab", 1, GENESIS, 1.5, "k", "s")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, 1.5]}, '{"a":[true,null,1.5],"b":1}'),
        ({"é": "\u2028"}, '{"\\u00e9":"\\u2028"}'),
        ("\ud800", '"\\ud800"'),
    ],
)
def test_canonical(value: object, text: str) -> None:
    assert canonical(value) == compact(value) == text


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), [float("nan"), "null"], {1, 2}, b"x", object(), datetime.now(UTC), EXAMPLE]
)
@pytest.mark.parametrize("form", [canonical, compact])
def test_not_canonical(form: Callable[[object], str], value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        form(value)


@pytest.mark.parametrize(
    "value",
    [
        {"b": (1, 2), "a": {"z": [], "y": 0.1, "x": Role.USER}, "at": 1763900000.123456, "n": 2**53},
        {"none": None, "large": 1 << 70, "text": "null", "control": '\x00\x1f\x7f"\\/\n'},
        {1: "a key that is no text"},
    ],
)
def test_the_compact_form_is_the_canonical_one(value: object) -> None:
    assert compact(value) == canonical(value)


@pytest.mark.parametrize("at", [0.0, 1.5, 1763900000.123456, 1e22, 1e-7])
def test_an_events_hash_is_over_the_canonical_head(at: float) -> None:
    head = {"at": at, "chain_id": "ab", "commitment": "c", "kind": "opened", "prev_hash": GENESIS, "seq": 7}
    assert event_hash("ab", 7, GENESIS, at, "opened", "c") == sha256(canonical(head).encode()).hexdigest()


def test_every_part_of_the_head_counts() -> None:
    plain = ("ab", 7, GENESIS, 1.5, "opened", "c")
    changed = [("ac", 8, "1" * 64, 1.6, "closed", "d")[n] for n in range(6)]
    hashes = {event_hash(*plain)} | {event_hash(*(*plain[:n], changed[n], *plain[n + 1 :])) for n in range(6)}
    assert len(hashes) == 7


def test_a_commitment_needs_its_salt() -> None:
    assert commitment(b"a" * 16, "{}") == sha256(b"a" * 16 + b"{}").hexdigest()
    assert commitment(b"a" * 16, "{}") != commitment(b"b" * 16, "{}")


def test_checkpoints() -> None:
    signer = Signer(bytes(32))
    point = signer.sign("ab", 7, "f" * 64, 1.5)
    assert signed_by(point, signer.public_key)
    assert Checkpoint(**point.to_json()) == point  # type: ignore[arg-type]
    other = Signer(b"\1" * 32)
    assert not signed_by(point, other.public_key)
    assert not signed_by(replace(point, public_key=other.public_key), signer.public_key)


@pytest.mark.parametrize(
    "change",
    [
        {"chain_id": "ac"}, {"seq": 8}, {"hash": "e" * 64}, {"at": 1.6}, {"signature": ""}, {"signature": "zz"},
        {"signature": "0" * 128}, {"public_key": ""},
    ],
)  # fmt: skip
def test_a_changed_checkpoint_is_not_signed(change: dict[str, object]) -> None:
    signer = Signer(bytes(32))
    point = signer.sign("ab", 7, "f" * 64, 1.5)
    assert not signed_by(replace(point, **change), signer.public_key)  # type: ignore[arg-type]


def test_a_signer_does_not_show_its_seed() -> None:
    assert repr(Signer(bytes(32))) == f"Signer(public_key='{Signer(bytes(32)).public_key}')"
