"""None but the gate's own approvals, grants and deputies count."""

from __future__ import annotations

from dataclasses import replace

from hushgate.approvals.signatures import Signer, statement
from tests.approving import SEED
from tests.unit.test_approvals_cases import ASKED
from tests.unit.test_approvals_deputies import DEPUTY
from tests.unit.test_approvals_grants import grant, terms


def test_a_signature_covers_everything_but_use_and_revocation() -> None:
    signer = Signer(SEED)
    signed = signer.signed(grant())
    assert signer.verifies(signed)
    assert signer.verifies(replace(signed, used=3, revoked_at=1.0, revoked_by="bob"))
    for forged in (
        replace(signed, terms=terms(uses=None)), replace(signed, by=("mallory",)), replace(signed, id="g2"),
        replace(signed, agreed=(("security",),)), replace(signed, signature=""), replace(signed, signature="zz"),
    ):  # fmt: skip
        assert not signer.verifies(forged)
    assert not Signer(bytes(32)).verifies(signed)
    assert SEED.hex() not in repr(signer)


def test_approvals_and_deputies_are_signed_whole() -> None:
    signer = Signer(SEED)
    approval, deputy = signer.signed(ASKED), signer.signed(DEPUTY)
    assert signer.verifies(approval) and signer.verifies(deputy)
    for changed in (
        replace(approval, actor="mallory"),
        replace(approval, yes=("carol",)),
        replace(approval, state="x"),
    ):
        assert not signer.verifies(changed)
    assert not signer.verifies(replace(deputy, until=9e9))
    assert not signer.verifies(replace(approval, signature=deputy.signature))


def test_a_statement_says_what_it_is() -> None:
    assert statement("grant", {"b": "\u00e9", "a": 1, "signature": "x", "used": 2}, without=("used",)) == (
        b'hushgate grant v1\n{"a":1,"b":"\\u00e9"}'
    )
