"""Names of clients and sessions on record: as they are given, but for the values in them."""

from __future__ import annotations

import pytest

from hushgate.detect.engine import Engine
from hushgate.proxy.clients import Identity
from hushgate.proxy.names import KNOWN, Names
from hushgate.values import Actor
from tests.detect_cases import rule
from tests.gate_cases import CARD, EMAIL, TOKEN, pipeline


def kept(name: str, session: str | None = None, *, verified: bool = False) -> tuple[str, str | None]:
    found = Names(pipeline()).of(Identity(Actor(name, ("dev",)), session), verified=verified)
    assert found is not None
    assert found.actor.groups == ("dev",)
    return found.actor.name, found.session


@pytest.mark.parametrize("name", ["alice", "local", "nightly", "build-20261126.3", "ci/main", "n\u00e4chtlich", EMAIL])
def test_a_plain_name_stays(name: str) -> None:
    assert kept(name, None) == (name, None)


def test_a_value_in_a_name_does_not_go_on_record() -> None:
    name, session = kept(TOKEN, f"for {EMAIL} with {CARD}")
    assert name.startswith("<GITHUB_TOKEN_")
    assert session is not None
    assert session.startswith("for <EMAIL_ADDRESS_")
    assert CARD not in session
    assert kept("bob", f"for {EMAIL} with {CARD}")[1] == session, "the same for everybody"


def test_a_user_that_was_added_is_called_as_the_operator_said() -> None:
    name, session = kept(TOKEN, TOKEN, verified=True)
    assert name == TOKEN
    assert session != TOKEN


def test_nobody_is_nobody_and_what_is_remembered_is_bounded() -> None:
    names = Names(pipeline())
    assert names.of(None, verified=False) is None
    for number in range(KNOWN + 5):
        names.of(Identity(Actor(f"user{number}")), verified=False)
    assert len(names._known) <= KNOWN


def test_a_name_is_kept_by_the_detection_in_force() -> None:
    gate = pipeline()
    names = Names(gate)
    badge = Identity(Actor("AB-123456"))
    before = names.of(badge, verified=False)
    assert before is not None and before.actor.name == "AB-123456"
    gate.detector = Engine(
        [rule("own-badge", "EMPLOYEE_ID", "AB-[0-9]{6}", category="secret")],
        fingerprint_key=b"f" * 32,
        cache_key=b"c" * 32,
    )
    after = names.of(badge, verified=False)
    assert after is not None and after.actor.name.startswith("<EMPLOYEE_ID_")
