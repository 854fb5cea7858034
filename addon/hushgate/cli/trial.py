"""Runs policy tests with the rules and the policy that the settings name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from hushgate.app import make_engine
from hushgate.cli.context import passing_keys
from hushgate.detect import phones
from hushgate.detect.engine import Engine
from hushgate.detect.rules import Rule
from hushgate.endpoints import Endpoints
from hushgate.errors import StateError, Unroutable
from hushgate.policy.routing import Elsewhere
from hushgate.policy.rules import RuleSet
from hushgate.policy.testing import Outcome, PolicyTest, Report, load_tests, run_tests
from hushgate.rulebook import Rules, policy_file
from hushgate.settings import Settings
from hushgate.values import Decision, Direction, Exchange, Kind, Level, Location, Role, Route, Scan, Segment

_NAMED: Final = (("PERSON", "pii", Level.CONFIDENTIAL, "name-"), ("LOCATION", "pii", Level.INTERNAL, "name-"))
"""What is found by other means than rules."""

ASKED: Final = (
    "direction", "actor", "groups", "destination", "host", "model", "session", "client", "source", "at", "role", "kind",
    "area",
)  # fmt: skip
"""What `policy explain` may be told of a text beside the text, as a test's `given` says it."""


def run(settings: Settings, files: Sequence[Path] = ()) -> Report:
    """Run the tests in `files`, else those beside the policy (`policy.test.yaml` for `policy.yaml`)."""
    rules = Rules.load(settings)
    with engine_of(settings, rules) as (engine, runner):
        return judge(rules, files or [beside(policy_file(settings))], engine, runner)


def found_by(rules: Iterable[Rule]) -> frozenset[tuple[str, str, Level, str]]:
    """Every kind of value that is found: entity, category, level, and the rule's id."""
    return frozenset({*_NAMED, *((r.entity, r.category, r.level, r.id) for r in (*rules, *phones.RULES))})


@contextmanager
def engine_of(settings: Settings, rules: Rules) -> Iterator[tuple[Engine, asyncio.Runner]]:
    """An engine, and the event loop that its workers live on."""
    engine = make_engine(settings, rules, passing_keys(settings, rules))
    with asyncio.Runner() as runner:
        engine.start()
        try:
            yield engine, runner
        finally:
            runner.run(engine.close())


def judge(rules: Rules, files: Sequence[Path], engine: Engine, runner: asyncio.Runner) -> Report:
    """What the rules and the engine make of the tests in the files."""
    return _judged(rules, [test for file in files for test in load_tests(file)], engine, runner)


def _judged(rules: Rules, tests: Sequence[PolicyTest], engine: Engine, runner: asyncio.Runner) -> Report:
    def classify(text: str) -> tuple[Sequence[Segment], Scan]:
        segment = Segment(Location(), Direction.REQUEST, Role.USER, Kind.TEXT, text)
        return (segment,), runner.run(engine.scan([segment], scope="test"))

    return run_tests(rules.policy, tests, classify, routes=_routes(rules.endpoints), now=time.time())


def decided(settings: Settings, rules: Rules, given: Mapping[str, Any]) -> Outcome:
    """What the policy makes of one text, said as a test's `given` says it."""
    with engine_of(settings, rules) as (engine, runner):
        test = PolicyTest("one text", given, {}, "", 0)
        return _judged(rules, [test], engine, runner).outcomes[0]


def compared(
    settings: Settings, files: Sequence[Path], old: RuleSet, new: RuleSet
) -> list[tuple[PolicyTest, Decision, Decision]]:
    """What two policies make of the tests in the files, with the rules in force."""
    rules = Rules.load(settings)
    tests = [test for file in files for test in load_tests(file)]
    with engine_of(settings, rules) as (engine, runner):
        before, after = (_judged(replace(rules, policy=each), tests, engine, runner) for each in (old, new))
    pairs = zip(before.outcomes, after.outcomes, strict=True)
    return [(was.test, was.decision, now.decision) for was, now in pairs]


def beside(policy: Path) -> Path:
    """The test file of a policy; StateError where there is none."""
    place = policy.with_name(f"{policy.stem}.test.yaml")
    if not place.is_file():
        raise StateError(f"{policy} has no tests", hint=f"write {place.name} beside it, or name a file of tests")
    return place


def asked(endpoints: Endpoints) -> Callable[[str], Route | None]:
    """What an endpoint is asked at, by its id."""
    return _routes(endpoints).get


def sent(endpoints: Endpoints) -> Callable[[Exchange], Elsewhere]:
    """Where requests go that a policy sends elsewhere, as far as their metadata tells whether they can."""

    def there(exchange: Exchange) -> Elsewhere:
        def route(name: str) -> Route:
            end, now = endpoints.named(name), exchange.route
            if end is None or end.host is None:
                raise Unroutable("no endpoint with a host is called so")
            path = end.path_of(now.format, now.method, now.path)
            if path is None:
                raise Unroutable(f"{name} does not speak {now.format}")
            return replace(now, endpoint=end.id, provider=end.provider, host=end.host, self_hosted=end.self_hosted)

        return route

    return there


def _routes(endpoints: Endpoints) -> dict[str, Route]:
    return {
        e.id: Route(e.id, e.provider, e.hosts[0].removeprefix("*."), "/", "generic", self_hosted=e.self_hosted)
        for e in endpoints.endpoints
    }
