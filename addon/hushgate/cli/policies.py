"""`hushgate policy test|lint|diff`."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from hushgate.cli import render, trial
from hushgate.cli.context import Exit, say, settings_of, state_of
from hushgate.identity.workloads import load_workloads
from hushgate.ledger.query import Reader
from hushgate.policy.hindsight import Change, between, blind, changes, recorded
from hushgate.policy.lint import lint
from hushgate.policy.reach import Known, Place
from hushgate.policy.rules import RuleSet, load_policy
from hushgate.rulebook import Rules, builtin_rules, shipped_policy
from hushgate.settings import Settings
from hushgate.users import read_users
from hushgate.values import Direction

_SHOWN: Final = 3
"""Exchanges, or tests, that are named for each kind of change."""


def test(args: argparse.Namespace) -> int:
    report = trial.run(settings_of(args), args.files)
    if args.json:
        tests = [
            {
                "name": o.test.name,
                "file": o.test.file,
                "line": o.test.line,
                "passed": o.passed,
                "differences": [{"what": d.what, "expected": d.expected, "actual": d.actual} for d in o.differences],
            }
            for o in report.outcomes
        ]
        render.as_json({"passed": report.passed, "tests": tests, "uncovered": list(report.uncovered)})
        return Exit.FINE if report.passed else Exit.FOUND
    for outcome in report.failures:
        render.line(f"{outcome.test.file}:{outcome.test.line}: {outcome.test.name}")
        for d in outcome.differences:
            render.line(f"  {d.what}: expected {render.plain(d.expected)}, got {render.plain(d.actual)}")
    for rule in report.uncovered:
        say(f"warning: no test makes the rule {rule} speak")
    say(f"{len(report.outcomes)} policy tests, {len(report.failures)} failed")
    return Exit.FINE if report.passed else Exit.FOUND


def check(args: argparse.Namespace) -> int:
    """`policy lint`."""
    settings = settings_of(args)
    rules = Rules.load(settings)
    policy = rules.policy if args.policy is None else _policy(args.policy)
    remarks = lint(policy, _known(settings, rules), time.time())
    if args.json:
        render.as_json([{"rule": r.rule, "line": r.line, "says": r.says, "hint": r.hint} for r in remarks])
    else:
        for remark in remarks:
            render.line(f"{file_of(policy)}:{remark.line}: {remark.rule} {remark.says}")
            render.line(f"  hint: {remark.hint}")
        say(f"{len(policy.rules)} rules, {len(remarks)} remarks")
    return Exit.FOUND if remarks else Exit.FINE


def _known(settings: Settings, rules: Rules) -> Known:
    """What there is that a policy may speak of: of what catalogs and recognizers of one's own may name, nothing."""
    places = tuple(Place(e.id, e.provider, host, e.self_hosted) for e in rules.endpoints.endpoints for host in e.hosts)
    users = read_users(state_of(settings).users) if settings.state.is_dir() else ()
    jobs = () if settings.workloads is None else load_workloads(settings.workloads)
    groups = actors = None
    if users and settings.login is None:  # A log-in's groups are the provider's to say.
        groups = frozenset({"ci"}.union(*(user.groups for user in users), *(job.groups for job in jobs)))
        actors = frozenset({*(user.name for user in users), *(job.actor for job in jobs)})
    found = None if rules.catalog.files or settings.detect.recognizers else trial.found_by(rules.detect)
    return Known(found, places, actors, groups)


def diff(args: argparse.Namespace) -> int:
    """What NEW decides otherwise than OLD, over the exchanges on record, or over tests."""
    settings = settings_of(args)
    old, new = _policy(args.old), _policy(args.new)
    counted: Counter[Change] = Counter()
    named: dict[Change, list[str]] = {}
    total = changed = 0
    over = "tests" if args.tests else "exchanges"
    judged = _in_tests(settings, args.tests, old, new) if args.tests else _on_record(settings, args.since, old, new)
    for name, other in judged:
        total += 1
        changed += bool(other)
        for change in other:
            counted[change] += 1
            named.setdefault(change, []).append(name)
    unseen = {} if args.tests else blind(old) | blind(new)
    if args.json:
        render.as_json({over: total, "changed": changed, "unseen": sorted(unseen), "changes": [
            _told(change, times) | {over: named[change][:_SHOWN]} for change, times in counted.most_common()
        ]})  # fmt: skip
    else:
        columns = ("times", "direction", "what", "before", "after", "why", over)
        joined = ", ".join if args.tests else " ".join
        rows = [
            (times, c.direction.value, c.what, c.before, c.after, ", ".join(c.why), joined(named[c][:_SHOWN]))
            for c, times in counted.most_common()
        ]
        render.table(columns, rows, spare=(over, "why"))
        for rule, what in sorted(unseen.items()):
            say(f"warning: {rule} looks at what is not on record, and is not compared by it: {what}")
        say(f"{total} {over}, {changed} decided otherwise")
    return Exit.FOUND if changed else Exit.FINE


def _on_record(
    settings: Settings, days: float | None, old: RuleSet, new: RuleSet
) -> Iterator[tuple[str, list[Change]]]:
    """Each exchange on record by its id, and what differs."""
    rules = Rules.load(settings)
    levels = {rule.id: rule.level for rule in rules.detect}
    asked, sent = trial.asked(rules.endpoints), trial.sent(rules.endpoints)
    since = 0.0 if days is None else time.time() - 86400 * days
    with Reader(state_of(settings).ledger) as reader:
        for row, findings in reader.judged(since=since):
            sides = recorded(row, findings, levels, asked)
            yield row["id"], [c for side in sides for c in changes(side, old, new, sent(side.exchange))]


def _in_tests(
    settings: Settings, files: Sequence[Path], old: RuleSet, new: RuleSet
) -> Iterator[tuple[str, list[Change]]]:
    """Each test by its name, and what differs."""
    for test, before, after in trial.compared(settings, files, old, new):
        yield test.name, between(Direction(test.given.get("direction", "request")), before, after)


def _told(change: Change, times: int) -> dict[str, Any]:
    return {
        "times": times,
        "direction": change.direction.value,
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "why": list(change.why),
    }


def file_of(policy: RuleSet) -> str:
    """The file as it is told: of one that comes with hushgate, its name."""
    file = Path(policy.file)
    return f"builtin:{file.name}" if file.is_relative_to(builtin_rules()) else policy.file


def _policy(named: str) -> RuleSet:
    """A policy by its file, or one that comes with hushgate: `builtin`, `builtin:PACK`."""
    return load_policy(shipped_policy(named) or Path(named))
