"""Runs policy tests with the rules and the policy that the settings name."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from hushgate.app import Rules, make_engine, policy_file
from hushgate.endpoints import Endpoints
from hushgate.errors import StateError
from hushgate.keys import Keys
from hushgate.policy.testing import Report, load_tests, run_tests
from hushgate.settings import Settings
from hushgate.values import Direction, Kind, Location, Role, Route, Scan, Segment


def run(settings: Settings, files: Sequence[Path] = ()) -> Report:
    """Run the tests in `files`, else those beside the policy (`policy.test.yaml` for `policy.yaml`)."""
    rules = Rules.load(settings)
    tests = [test for file in files or [beside(policy_file(settings))] for test in load_tests(file)]
    # Nothing is kept, so the keys need not outlive the tests.
    engine = make_engine(settings, rules.detect, Keys(os.urandom(32)))
    with asyncio.Runner() as runner:

        def classify(text: str) -> tuple[Sequence[Segment], Scan]:
            segment = Segment(Location(), Direction.REQUEST, Role.USER, Kind.TEXT, text)
            return (segment,), runner.run(engine.scan([segment], scope="test"))

        runner.run(engine.start())
        try:
            return run_tests(rules.policy, tests, classify, routes=_routes(rules.endpoints))
        finally:
            runner.run(engine.close())


def beside(policy: Path) -> Path:
    """The test file of a policy; StateError where there is none."""
    place = policy.with_name(f"{policy.stem}.test.yaml")
    if not place.is_file():
        raise StateError(f"{policy} has no tests", hint=f"write {place.name} beside it, or name a file of tests")
    return place


def _routes(endpoints: Endpoints) -> dict[str, Route]:
    return {
        e.id: Route(e.id, e.provider, e.hosts[0].removeprefix("*."), "/", "generic", self_hosted=e.self_hosted)
        for e in endpoints.endpoints
    }
