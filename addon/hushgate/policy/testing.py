"""Tests of a policy, as YAML: what is said, by whom, to whom, and what has to happen.

    version: 1
    tests:
      - name: badge is masked
        given: {text: "badge AB-123456", direction: request, actor: alice, destination: openai}
        expect: {gate: allow, masked: [EMPLOYEE_ID], level: regulated, reasons: [mask-confidential]}

In `given`, `sent` is text the client sent before (it matters to replies), with
`document` the text stands in an attached document, and `unread` and `fault`
are reasons why something could not be read or judged; `unread: image` is of that
kind, words of no known reason are of the kind `other`. In `expect`, what is
left out is not looked at; `masked`, `kept` and `restored` are entities,
`reasons` rule ids, in any order, and complete. `restored` means
what a reply says, or with a `tool` given the arguments of that tool.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from ..errors import ConfigError
from ..schema_check import check
from ..tools import means
from ..values import (
    Actor,
    Area,
    Decision,
    Direction,
    Embedded,
    Exchange,
    Fault,
    Kind,
    Location,
    Role,
    Route,
    Scan,
    Segment,
    Unread,
)
from ..yaml_source import load_yaml
from .decide import decide
from .routing import rules_that_spoke, settle
from .rules import RuleSet
from .schema import TEST_SCHEMA

type Classify = Callable[[str], tuple[Sequence[Segment], Scan]]
"""Reads a text and finds what is in it. Its segments' roles and kinds are the test's to say."""

DESTINATION: Final = "openai"


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """One test as written."""

    name: str
    given: Mapping[str, Any] = field(repr=False)
    expect: Mapping[str, Any]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise."""

    what: str
    expected: object
    actual: object


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test, the decision it led to and of what, and where that differs; no differences: passed."""

    test: PolicyTest
    decision: Decision
    differences: tuple[Difference, ...]
    exchange: Exchange = field(repr=False)

    @property
    def passed(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes. `uncovered` are rules, and exceptions, that no test made speak."""

    outcomes: tuple[Outcome, ...]
    uncovered: tuple[str, ...]

    @property
    def failures(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)

    @property
    def passed(self) -> bool:
        """Whether there were tests, and all passed."""
        return bool(self.outcomes) and not self.failures


def load_tests(path: Path, text: str | None = None) -> tuple[PolicyTest, ...]:
    """Read a file of tests; ConfigError with every fault, and for a file without tests."""
    source = load_yaml(path, text)
    if isinstance(source.data, dict) and "rules" in source.data and "tests" not in source.data:
        hint = f"tests stand in {path.stem}.test.yaml; `policy` in hushgate.yaml names the policy that they are for"
        raise ConfigError([source.fault("this is a policy, not a file of tests", hint=hint)])
    faults = check(source, TEST_SCHEMA)
    root = cast(dict[str, Any], source.data)  # read only where it fits the schema
    if not faults:
        first: dict[str, int] = {}
        for index, written in enumerate(root["tests"]):
            line, name = source.line("tests", index), written["name"]
            if "at" in written["given"] and moment(written["given"]["at"]) is None:
                says = f"tests[{index}].given.at is no moment that there is: {written['given']['at']}"
                faults.append(source.fault(says, "tests", index, "given", "at", hint="such as 2030-01-31T12:00Z"))
            if name in first:
                faults.append(source.fault(f"the name {name!r} is taken in line {first[name]}", "tests", index))
            first.setdefault(name, line)
    if faults:
        raise ConfigError(faults)
    return tuple(
        PolicyTest(t["name"], t["given"], t["expect"], source.file, source.line("tests", index))
        for index, t in enumerate(root["tests"])
    )


def moment(written: str) -> float | None:
    """Seconds since the epoch, of a moment such as `2030-01-31T12:00Z`; None for one that there is not."""
    try:
        return datetime.fromisoformat(written).timestamp()
    except (ValueError, OverflowError):
        return None


def run_tests(
    ruleset: RuleSet,
    tests: Sequence[PolicyTest],
    classify: Classify,
    *,
    routes: Mapping[str, Route] | None = None,
    now: float = 0.0,
) -> Report:
    """Run tests against a policy. `routes` are known destinations by name; any other stands for itself.

    `now`, in seconds since the epoch, is when tests take place that say no time of their own.
    """
    outcomes = tuple(_run(ruleset, test, classify, routes or {}, now) for test in tests)
    spoke = {
        name.partition(" ")[0].rstrip(":")
        for outcome in outcomes
        for name in (*rules_that_spoke(outcome.decision), *outcome.decision.warnings)
    }
    named = (*(rule.id for rule in ruleset.rules), *(exemption.id for exemption in ruleset.exceptions))
    return Report(outcomes, tuple(name for name in named if name not in spoke))


def _run(ruleset: RuleSet, test: PolicyTest, classify: Classify, routes: Mapping[str, Route], now: float) -> Outcome:
    given = test.given
    direction = Direction(given.get("direction", "request"))
    role, kind = Role(given.get("role", "user")), Kind(given.get("kind", "text"))
    segments, scan = classify(given["text"])
    segments = tuple(replace(s, direction=direction, role=role, kind=kind) for s in segments)
    if "area" in given:
        segments, scan = _moved(segments, scan, lambda at: replace(at, area=Area(given["area"])))
    if given.get("document"):
        segments, scan = _moved(segments, scan, _in_document)
        segments = tuple(replace(s, kind=Kind.ATTACHMENT) for s in segments)
    if "fault" in given:
        scan = replace(scan, faults=(*scan.faults, Fault("test", given["fault"])))
    known = classify(given["sent"])[1].findings if "sent" in given else ()

    name = given.get("destination", DESTINATION)
    route = _known_as(name, routes)
    route = replace(
        route,
        host=given.get("host", route.host),
        self_hosted=given.get("self_hosted", route.self_hosted),
        model=given.get("model", route.model),
    )
    exchange = Exchange(
        id="test",
        route=route,
        actor=Actor(given.get("actor", "local"), tuple(given.get("groups", ()))),
        session=given.get("session", "test"),
        segments=segments,
        unread=(Unread(Location(Area.BODY), given["unread"], 0),) if "unread" in given else (),
        at=now if (at := moment(given.get("at", ""))) is None else at,
        client=given.get("client", ""),
        source=given.get("source", "person"),
    )
    if direction is Direction.REPLY:
        sent = frozenset(finding.fingerprint for finding in known)
        decision = decide(exchange, scan, ruleset, direction=direction, known=sent)
    else:
        decision, exchange = settle(exchange, scan, ruleset, lambda way: _known_as(way, routes))
    return Outcome(test, decision, tuple(_differences(test.expect, decision, given.get("tool"))), exchange)


def _known_as(name: str, routes: Mapping[str, Route]) -> Route:
    return routes.get(name, Route(name, name, name, "/", "generic"))


def _moved(
    segments: Sequence[Segment], scan: Scan, to: Callable[[Location], Location]
) -> tuple[tuple[Segment, ...], Scan]:
    """The same texts with their findings, in other places."""
    found = tuple(replace(finding, location=to(finding.location)) for finding in scan.findings)
    return tuple(replace(s, location=to(s.location)) for s in segments), replace(scan, findings=found)


def _in_document(location: Location) -> Location:
    return replace(location, part=0, path=(*location.path, Embedded.DOCUMENT))


def _differences(expect: Mapping[str, Any], decision: Decision, tool: str | None) -> list[Difference]:
    back = [v for v in decision.verdicts if v.mask and v.restorable and (tool is None or means(v.tools, tool))]
    actual: dict[str, Any] = {
        "gate": decision.gate.word,
        "level": decision.level.word,
        "masked": {v.finding.entity for v in decision.verdicts if v.mask},
        "restored": {v.finding.entity for v in back},
        "kept": {v.finding.entity for v in decision.verdicts if not v.mask},
        "reasons": {reason.rule for reason in decision.reasons},
        "warnings": {warning.partition(" ")[0].rstrip(":") for warning in decision.warnings},
        "message": decision.message,
        "route": decision.route,
    }
    differences = []
    for what, wanted in expect.items():
        is_set = isinstance(actual[what], set)
        if (set(wanted) if is_set else wanted) != actual[what]:
            differences.append(Difference(what, wanted, sorted(actual[what]) if is_set else actual[what]))
    return differences
