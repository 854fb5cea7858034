"""What conditions reach, of what there is."""

from __future__ import annotations

import pytest

from hushgate.policy.conditions import Conditions
from hushgate.policy.reach import Place, Reach, missing, possible
from tests.unit.test_policy_decide import policy
from tests.unit.test_policy_lint import KNOWN

REACH = Reach.of(policy(""), KNOWN)


def asks(**written: object) -> Conditions:
    return Conditions.read(written)


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        ({}, {"entity": "KEY"}, True),
        ({"entity": "KEY"}, {}, False),
        ({"category": "secret"}, {"entity": "KEY"}, True),
        ({"entity": "KEY"}, {"category": "secret"}, True),
        ({"rule": "key"}, {"entity": "KEY"}, False),
        ({"rule": "key"}, {"entity": "KEY", "level": "regulated"}, True),
        ({"level": ">=confidential"}, {"entity": ["EMAIL", "US_SSN"]}, True),
        ({"level": ">=confidential"}, {"entity": ["EMAIL", "IP"]}, False),
        ({"actor": "b*"}, {"actor": "bob"}, True),
        ({"actor": "b*"}, {"actor": ["bob", "ann"]}, False),
        ({"kind": ["text", "system"]}, {"kind": "text"}, True),
        ({"score": ">=0.5"}, {"score": ">0.5"}, True),
        ({"score": ">0.5"}, {"score": ">=0.5"}, False),
        ({"score": "<0.5"}, {"score": "<=0.4"}, True),
        ({"score": "<0.5"}, {"score": ">0.6"}, False),
        ({"entity": "KEY", "count": ">=2"}, {"entity": "KEY", "count": ">=3"}, False),
        ({"entity": "NOTHING"}, {"entity": "NOTHING", "level": "public"}, False),
    ],
)
def test_covers(wide: dict[str, object], narrow: dict[str, object], covered: bool) -> None:
    assert REACH.covers(asks(**wide), asks(**narrow)) is covered


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ({"direction": "request"}, {"direction": "reply"}, True),
        ({"direction": "request"}, {}, False),
        ({"self_hosted": True}, {"self_hosted": False}, True),
        ({"role": "user"}, {"role": ["tool", "system"]}, True),
        ({"entity": "KEY"}, {"category": "pii"}, True),
        ({"entity": "K*"}, {"category": "secret"}, False),
        ({"destination": "openai"}, {"destination": "own-llama"}, True),
        ({"destination": "acme"}, {"destination": "llama.*"}, False),
    ],
)
def test_apart(one: dict[str, object], other: dict[str, object], apart: bool) -> None:
    assert REACH.apart(asks(**one), asks(**other)) is apart
    assert REACH.apart(asks(**other), asks(**one)) is apart


def test_a_place_may_be_what_is_asked_for() -> None:
    azure = Place("azure", "microsoft", "*.openai.azure.com", False)
    for destination in ("azure", "microsoft", "acme.openai.azure.com", "*.azure.com", "a*"):
        assert azure.may_be(asks(destination=destination, region="eu-*"))
    assert not azure.may_be(asks(destination="openai"))
    assert not azure.may_be(asks(self_hosted=True))
    assert not Place("openai", "openai", "api.openai.com", False).may_be(asks(region="eu"))
    assert Place("openai", "openai", "eu.api.openai.com", False).may_be(asks(region="eu"))


def test_numbers_and_names() -> None:
    assert possible(None, 1) and possible((">=", 1.0), 0, 1) and possible(("<", 2.0), 1) and possible(("<=", 1.0), 1)
    assert not possible((">", 1.0), 0, 1) and not possible(("<", 1.0), 1)
    assert missing(("a*", "b"), ["abc"]) == ("b",)
    assert missing(None, ["abc"]) == ()
