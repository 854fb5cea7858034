from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from hushgate.errors import ConfigError
from hushgate.policy.rules import load_policy
from hushgate.policy.testing import Difference, Report, load_tests, run_tests
from hushgate.values import (
    Area,
    Direction,
    Finding,
    Gate,
    Kind,
    Level,
    Location,
    Role,
    Route,
    Scan,
    Segment,
)

FILE = Path("policy.test.yaml")
AT = Location(Area.BODY, None, ("text",))
POLICY = """version: 1
rules:
  - {id: mask-badges, when: {entity: EMPLOYEE_ID, direction: request}, then: mask}
  - {id: mask-replies, when: {direction: reply}, then: mask}
  - {id: no-tools, when: {actor: eve, direction: request}, then: mask, restore: text}
  - {id: mind-tools, when: {role: tool, kind: tool_result}, then: warn, message: "Tools."}
  - {id: never-acme, when: {destination: acme}, then: block, message: "Not there."}
  - {id: soon, when: {group: ci}, then: hold, enforce: false}
  - {id: own, when: {self_hosted: true, model: "llama*"}, then: hold}
unread: {tokens: allow}
"""


def classify(text: str) -> tuple[Sequence[Segment], Scan]:
    """Badges, found for real in the text."""
    findings = tuple(
        Finding(AT, m.start(), m.end(), "EMPLOYEE_ID", "pii", Level.CONFIDENTIAL, 0.9, "badge", "", m.group())
        for m in re.finditer(r"AB-[0-9]{6}", text)
    )
    return (Segment(AT, Direction.REQUEST, Role.NONE, Kind.TEXT, text),), Scan(findings)


def run(tests: str, routes: dict[str, Route] | None = None) -> Report:
    return run_tests(load_policy(Path("p"), POLICY), load_tests(FILE, tests), classify, routes=routes)


def one(given: str, expect: str) -> tuple[Difference, ...]:
    (outcome,) = run(f"version: 1\ntests:\n  - {{name: t, given: {given}, expect: {expect}}}").outcomes
    return outcome.differences


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        ('{text: "badge AB-123456", actor: alice, destination: openai, direction: request}',
         "{gate: allow, masked: [EMPLOYEE_ID], restored: [EMPLOYEE_ID], level: confidential, reasons: [mask-badges]}"),
        ("{text: plain}", "{gate: allow, masked: [], kept: [], level: public, reasons: [nothing-found], warnings: []}"),
        ("{text: AB-123456, tool: send}", "{masked: [EMPLOYEE_ID], restored: [EMPLOYEE_ID]}"),
        ("{text: AB-123456, tool: send, actor: eve}", "{masked: [EMPLOYEE_ID], restored: []}"),
        ("{text: AB-123456, actor: eve}", "{masked: [EMPLOYEE_ID], restored: [EMPLOYEE_ID]}"),
        ("{text: AB-123456, direction: reply}", "{masked: [EMPLOYEE_ID], restored: [], reasons: [mask-replies]}"),
        ("{text: AB-123456, direction: reply, sent: so AB-123456}", "{kept: [EMPLOYEE_ID], reasons: [sent-by-client]}"),
        ("{text: plain, role: tool, kind: tool_result}", "{warnings: [mind-tools], reasons: [mind-tools]}"),
        ("{text: plain, groups: [ci]}", "{gate: allow, warnings: [soon]}"),
        ("{text: plain, destination: acme}", "{gate: block, reasons: [never-acme], message: Not there.}"),
        ("{text: plain, self_hosted: true, model: llama3}", "{gate: hold, reasons: [own]}"),
        ("{text: plain, unread: an image}", "{gate: block, reasons: [unread]}"),
        ("{text: plain, unread: tokens}", "{gate: allow, reasons: [unread]}"),
        ("{text: plain, unread: image}", "{gate: block, reasons: [unread]}"),
        ("{text: plain, fault: too late}", "{gate: block, reasons: [fault]}"),
        ("{text: AB-123456, kind: opaque}", "{gate: block, reasons: [cannot-mask]}"),
        ("{text: AB-123456, document: true}", "{gate: block, kept: [EMPLOYEE_ID], reasons: [attachment]}"),
        ("{text: AB-123456, area: path}", "{gate: block, reasons: [cannot-mask]}"),
        ("{text: AB-123456, area: query}", "{gate: allow, masked: [EMPLOYEE_ID], route: null, message: null}"),
        ("{text: AB-123456, kind: attachment}", "{gate: allow, masked: [EMPLOYEE_ID]}"),
    ],
)  # fmt: skip
def test_what_passes(given: str, expect: str) -> None:
    assert one(given, expect) == ()


def test_differences_tell_both_sides() -> None:
    assert one("{text: AB-123456}", "{gate: block, masked: [], level: confidential, message: No.}") == (
        Difference("gate", "block", "allow"),
        Difference("masked", [], ["EMPLOYEE_ID"]),
        Difference("message", "No.", None),
    )


def test_a_failure_brings_its_reasons() -> None:
    report = run("version: 1\ntests:\n  - {name: t, given: {text: AB-123456}, expect: {gate: hold}}")
    assert not report.passed
    (failure,) = report.failures
    assert (failure.test.name, failure.test.line, failure.decision.gate) == ("t", 3, Gate.ALLOW)
    assert failure.decision.reasons[0].rule == "mask-badges"


def test_rules_that_never_spoke_are_named() -> None:
    report = run(
        "version: 1\ntests:\n"
        "  - {name: a, given: {text: AB-123456}, expect: {gate: allow}}\n"
        "  - {name: b, given: {text: x, groups: [ci]}, expect: {gate: allow}}\n"
    )
    assert report.passed
    assert report.uncovered == ("mask-replies", "no-tools", "mind-tools", "never-acme", "own")


def test_exceptions_are_tried_too() -> None:
    text = POLICY + "exceptions: [{id: drill, lifts: own, when: {actor: ann}, until: 2099-01-01, reason: agreed}]\n"
    tests = (
        "version: 1\ntests:\n  - {name: a, given: {text: x, self_hosted: true, model: llama3%s}, expect: {gate: %s}}\n"
    )
    for actor, gate, left in ((", actor: ann", "allow", False), ("", "hold", True)):
        report = run_tests(load_policy(Path("p"), text), load_tests(FILE, tests % (actor, gate)), classify)
        assert report.passed
        assert ("drill" in report.uncovered) is left


def test_known_destinations_bring_their_routes() -> None:
    routes = {"box": Route("box", "acme", "llm.acme.example", "/", "generic")}
    text = "version: 1\ntests:\n  - {name: t, given: {text: x, destination: box}, expect: {reasons: [never-acme]}}"
    assert run(text, routes).passed
    assert not run(text).passed


def test_no_tests_is_no_pass() -> None:
    assert not run_tests(load_policy(Path("p"), POLICY), (), classify).passed
    with pytest.raises(ConfigError, match="tests must not be empty"):
        load_tests(FILE, "version: 1\ntests: []")


def test_a_policy_is_told_from_its_tests() -> None:
    with pytest.raises(ConfigError, match="this is a policy") as caught:
        load_tests(Path("acme.yaml"), POLICY)
    assert "acme.test.yaml" in caught.value.faults[0].hint


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "must be a mapping"),
        ("version: 1", "lacks the key 'tests'"),
        ("version: 1\ntests:\n  - {name: t, given: {text: x}, expect: {}}", "tests\\[0\\].expect must not be empty"),
        ("version: 1\ntests:\n  - {name: t, given: {text: x}, expect: {gat: allow}}", "did you mean 'gate'"),
        ("version: 1\ntests:\n  - {name: t, given: {}, expect: {gate: allow}}", "lacks the key 'text'"),
        ("version: 1\ntests:\n  - {name: t, given: {text: x}, expect: {gate: allow}}\n"
         "  - {name: t, given: {text: y}, expect: {gate: allow}}", "yaml:4: the name 't' is taken in line 3"),
        ("version: 1\ntests:\n  - {name: t, given: {text: x, at: 2030-02-30T10:00Z}, expect: {gate: allow}}",
         "yaml:3: tests\\[0\\].given.at is no moment that there is"),
        ("version: 1\ntests:\n  - {name: t, given: {text: x}, expect: {route: 7}}", "must be text or null"),
    ],
)  # fmt: skip
def test_tests_that_cannot_be_read(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        load_tests(FILE, text)
