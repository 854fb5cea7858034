"""`hushgate policy test` and `hushgate rules test|list`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from hushgate.app import detection
from hushgate.cli import render, trial
from hushgate.cli.context import Exit, say, settings_of
from hushgate.detect.examples import check
from hushgate.detect.rules import Rule


def list_rules(args: argparse.Namespace) -> int:
    rules = detection(settings_of(args).rules)
    shown = [r for r in rules if args.entity in (None, r.entity)]
    columns = ("id", "entity", "level", "category", "says")
    if args.json:
        fields = (*columns, "file", "line")
        render.as_json([{c: r.level.word if c == "level" else getattr(r, c) for c in fields} for r in shown])
    else:
        render.table(
            columns, [(r.id, r.entity, r.level.word, r.category, r.says) for r in shown], spare=columns[3:1:-1]
        )
    return Exit.FINE


def test_rules(args: argparse.Namespace) -> int:
    rules = detection(settings_of(args).rules)
    faults = check(rules)
    if args.json:
        wrong = [{"file": f.file, "line": f.line, "message": f.message, "hint": f.hint} for f in faults]
        render.as_json({"rules": len(rules), "examples": _examples(rules), "failed": wrong})
    else:
        for fault in faults:
            render.line(str(fault))
        say(f"{len(rules)} rules, {_examples(rules)} examples, {len(faults)} failed")
    return Exit.FOUND if faults else Exit.FINE


def _examples(rules: Sequence[Rule]) -> int:
    return sum(len(r.match) + len(r.no_match) for r in rules)


def test_policy(args: argparse.Namespace) -> int:
    report = trial.run(settings_of(args), args.files)
    if args.json:
        render.as_json(
            {
                "passed": report.passed,
                "tests": [
                    {
                        "name": o.test.name,
                        "file": o.test.file,
                        "line": o.test.line,
                        "passed": o.passed,
                        "differences": [
                            {"what": d.what, "expected": d.expected, "actual": d.actual} for d in o.differences
                        ],
                    }
                    for o in report.outcomes
                ],
                "uncovered": list(report.uncovered),
            }
        )
        return Exit.FINE if report.passed else Exit.FOUND
    for outcome in report.failures:
        render.line(f"{outcome.test.file}:{outcome.test.line}: {outcome.test.name}")
        for d in outcome.differences:
            render.line(f"  {d.what}: expected {render.plain(d.expected)}, got {render.plain(d.actual)}")
    for rule in report.uncovered:
        say(f"warning: no test makes the rule {rule} speak")
    say(f"{len(report.outcomes)} policy tests, {len(report.failures)} failed")
    return Exit.FINE if report.passed else Exit.FOUND
