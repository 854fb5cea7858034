from __future__ import annotations

from typing import Any

import pytest

from hushgate.policy.conditions import Conditions, Scope
from hushgate.values import (
    Actor,
    Area,
    Direction,
    Exchange,
    Finding,
    Kind,
    Level,
    Location,
    Role,
    Route,
    Segment,
)

AT = Location(Area.QUERY, None, ("q",))
ROUTE = Route("acme-llm", "acme", "llm.acme.example", "/v1", "generic", model="gpt-4.1-mini")
EXCHANGE = Exchange("x", ROUTE, Actor("ci-7", ("ci", "staff")), "s", ())
SEGMENT = Segment(AT, Direction.REQUEST, Role.TOOL, Kind.TOOL_RESULT, "text")
FINDING = Finding(AT, 0, 4, "AWS_SECRET_KEY", "secret", Level.CONFIDENTIAL, 0.8, "aws-secret-key", "", "f")


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ({}, True),
        ({"direction": "request"}, True), ({"direction": "reply"}, False),
        ({"actor": "ci-7"}, True), ({"actor": "ci-*"}, True), ({"actor": ["a", "b"]}, False),
        ({"actor": "CI-7"}, False),
        ({"group": "staff"}, True), ({"group": ["x", "ci"]}, True), ({"group": "root"}, False),
        ({"destination": "acme-llm"}, True), ({"destination": "acme"}, True),
        ({"destination": "*.acme.example"}, True), ({"destination": "openai"}, False),
        ({"self_hosted": False}, True), ({"self_hosted": True}, False),
        ({"model": "gpt-4*"}, True), ({"model": "gpt-4"}, False),
        ({"role": "tool"}, True), ({"role": ["user", "system"]}, False),
        ({"kind": ["tool_args", "tool_result"]}, True), ({"kind": "text"}, False),
        ({"area": "query"}, True), ({"area": "body"}, False),
        ({"level": "confidential"}, True), ({"level": ["public", "confidential"]}, True), ({"level": "public"}, False),
        ({"level": ">=confidential"}, True), ({"level": ">confidential"}, False), ({"level": "<= internal"}, False),
        ({"level": "<regulated"}, True),
        ({"entity": "AWS_*"}, True), ({"entity": ["EMAIL", "AWS_SECRET_KEY"]}, True), ({"entity": "AWS"}, False),
        ({"category": "secret"}, True), ({"category": "pii"}, False),
        ({"rule": "aws-secret-key"}, True), ({"rule": "aws"}, False),
        ({"score": ">=0.8"}, True), ({"score": ">0.8"}, False), ({"score": "<1"}, True), ({"score": "<= 0.5"}, False),
        ({"entity": "AWS_*", "role": "tool", "actor": "ci-7"}, True),
        ({"entity": "AWS_*", "role": "user", "actor": "ci-7"}, False),
    ],
)  # fmt: skip
def test_each_condition(written: dict[str, Any], holds: bool) -> None:
    conditions = Conditions.read(written)
    fits = (
        conditions.of_exchange(EXCHANGE, Direction.REQUEST)
        and conditions.of_segment(SEGMENT)
        and conditions.of_finding(FINDING)
    )
    assert fits is holds


def test_an_unknown_model_fits_no_name() -> None:
    route = Route("a", "a", "a", "/", "generic")
    exchange = Exchange("x", route, Actor("a"), "s", ())
    assert not Conditions.read({"model": "*"}).of_exchange(exchange, Direction.REQUEST)


@pytest.mark.parametrize(
    ("written", "scope"),
    [
        ({}, Scope.EXCHANGE),
        ({"destination": "a", "direction": "reply"}, Scope.EXCHANGE),
        ({"destination": "a", "kind": "text"}, Scope.SEGMENT),
        ({"kind": "text", "level": "public"}, Scope.FINDING),
    ],
)
def test_scope_is_the_narrowest_asked_for(written: dict[str, Any], scope: Scope) -> None:
    assert Conditions.read(written).scope is scope
