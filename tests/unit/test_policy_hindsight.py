"""What policies would have decided of what is on record: the same as they decide of the exchange itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hushgate import records
from hushgate.errors import Unroutable
from hushgate.ledger.query import Reader
from hushgate.ledger.sqlite import SqliteLedger
from hushgate.policy.decide import decide
from hushgate.policy.hindsight import Change, blind, changes, place, recorded
from hushgate.policy.rules import RuleSet
from hushgate.values import (
    Actor,
    Area,
    Direction,
    Embedded,
    Exchange,
    Fault,
    Finding,
    Gate,
    Kind,
    Level,
    Location,
    Role,
    Route,
    Scan,
    Segment,
    Unread,
)
from tests.unit.test_policy_decide import AT, BASIC, exchange, found, policy

STOPS = policy(
    """
  - {id: hide, when: {level: ">=confidential"}, then: mask, style: redact}
  - {id: keys, when: {entity: KEY}, then: block}
  - {id: tools, when: {kind: tool_result}, then: hold}
  - {id: jobs, when: {source: ci}, then: block}
"""
)
KEPT = policy("\n  - {id: all, when: {level: '<=regulated'}, then: allow}", "unread: allow")


def _nowhere(name: str) -> Route:
    raise Unroutable(name)


async def sides(tmp_path: Path, given: Exchange, scan: Scan, rules: RuleSet) -> list[list[Change]]:
    """Put a decision on record, and compare what other policies make of that and of the exchange."""
    ledger = SqliteLedger.open(tmp_path / "ledger.db", signing_seed=bytes(32), transcript_key=bytes(32), key_id="k")
    decision = decide(given, scan, rules)
    await ledger.append("opened", records.opened(given, decision, at=given.at, size=1))
    closed = records.closed(
        given, decide(given, scan, rules, direction=Direction.REPLY, known=frozenset("f")).verdicts, gate=Gate.ALLOW,
        outcome="done", coverage=records.counted(1, 0, ()),
    )  # fmt: skip
    await ledger.append("closed", closed)
    await ledger.aclose()
    with Reader(tmp_path / "ledger.db") as reader:
        ((row, findings),) = reader.judged()
    told = recorded(row, findings, {"rule-x": scan.findings[0].level} if scan.findings else {})
    request, reply = told
    for other in (rules, STOPS, KEPT):
        before, now = decide(given, scan, other), request.decide(other, _nowhere)
        assert (now.gate, now.reasons, now.level) == (before.gate, before.reasons, before.level)
        assert [(v.mask, v.style) for v in now.verdicts] == [(v.mask, v.style) for v in before.verdicts]
    assert reply.known == ({"f"} if "f" in {f.fingerprint for f in scan.findings} else set())
    return [changes(side, rules, STOPS, _nowhere) for side in told]


@pytest.mark.parametrize(
    ("given", "scan", "told"),
    [
        (exchange(), Scan(), []),
        (exchange(), Scan((found(),)), [("EMAIL", "masked (placeholder, restored)", "masked (redact)")]),
        (exchange(), Scan((found("KEY"),)), [
            ("request", "allow", "block"), ("KEY", "masked (placeholder, restored)", "masked (redact)")]),
        (exchange(kind=Kind.TOOL_RESULT, role=Role.TOOL), Scan(), [("request", "allow", "hold")]),
        (exchange(unread=(Unread(AT, "image", 9),)), Scan(), []),
        (exchange(), Scan((), (Fault("detect", "took too long"),)), []),
        (replace(exchange(), source="ci"), Scan(), [("request", "allow", "block")]),
        (replace(exchange(), actor=Actor("bob", ("interns",))), Scan((found(level=Level.INTERNAL),)), []),
    ],
)  # fmt: skip
async def test_the_record_decides_as_the_exchange_did(
    tmp_path: Path, given: Exchange, scan: Scan, told: list[tuple[str, str, str]]
) -> None:
    request, _ = await sides(tmp_path, given, scan, policy(BASIC))
    assert [(c.what, c.before, c.after) for c in request] == told


@pytest.mark.parametrize(
    "location",
    [
        Location(),
        Location(Area.HEADER, None, ("x-note",)),
        Location(Area.BODY, 2, ("messages", 0, "content", Embedded.JSON, "a"), True),
        Location(Area.FRAME, None, ("choices", 0, Embedded.DOCUMENT, 3)),
    ],
)
def test_a_place_is_read_back(location: Location) -> None:
    assert place(str(location)) == location
    assert str(place(str(location))) == str(location)


def test_what_no_record_holds_is_named() -> None:
    written = {
        "a": "when: {client: 'codex*'}", "b": "when: {entity: X}", "c": "when: {direction: request, kind: tool_args}",
        "d": "when: {kind: tool_args}, unless: {area: query}", "e": "when: {entity: X, area: query}",
        "f": "when: {direction: reply, role: tool, entity: X, count: '>2'}", "g": "when: {entity: X, density: '>2'}",
        "h": "when: {direction: request, together: [X, Y]}, unless: {client: curl*}",
    }  # fmt: skip
    exceptions = "exceptions: [{id: x, lifts: b, when: {client: curl*}, until: 2099-01-01, reason: agreed}]"
    rules = policy("".join(f"\n  - {{id: {id}, {when}, then: block}}" for id, when in written.items()), exceptions)
    assert blind(rules) == {
        "a": "client", "d": "area and kind in replies", "f": "role in replies and count in streamed replies",
        "g": "density", "h": "client", "x": "client",
    }  # fmt: skip


def test_levels_are_the_detection_rules_own() -> None:
    raised = policy(BASIC, "levels: {IP: confidential}")
    segment = Segment(AT, Direction.REQUEST, Role.USER, Kind.TEXT, "")
    given = replace(exchange(), segments=(segment,))
    finding: Finding = found("IP", Level.INTERNAL)
    assert decide(given, Scan((finding,)), raised).verdicts[0].finding.level is Level.CONFIDENTIAL
