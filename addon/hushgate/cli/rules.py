"""`hushgate rules test|list|fingerprint|import`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from hushgate.cli import render
from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.detect.examples import check
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.detect.loading import load
from hushgate.detect.rules import Rule
from hushgate.detect.writing import written
from hushgate.errors import ConfigFault
from hushgate.rulebook import BUILTIN, detection


def list_rules(args: argparse.Namespace) -> int:
    loaded = detection(settings_of(args).rules)
    shown = [r for r in loaded.rules if args.entity in (None, r.entity)]
    columns: tuple[str, ...] = ("id", "entity", "level", "category", "says", "notes")
    if args.json:
        render.as_json([_fields(rule) for rule in shown])
    else:
        rows: list[tuple[str, ...]] = [
            (r.id, r.entity, r.level.word, r.category, r.says, "; ".join(_notes(r))) for r in shown
        ]
        if render.on_terminal() and not any(row[-1] for row in rows):
            columns, rows = columns[:-1], [row[:-1] for row in rows]
        render.table(columns, rows, spare=columns[3:1:-1])
    _say_left_out(loaded.left_out)
    slow = sum(rule.backtracking for rule in shown)
    if slow:
        say(f"{slow} of {len(shown)} rules run on regex: RE2 does not take their patterns, so their time is not linear")
    return Exit.FINE


def _fields(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "entity": rule.entity,
        "level": rule.level.word,
        "category": rule.category,
        "says": rule.says,
        "engine": "regex" if rule.backtracking else "re2",
        "origin": rule.origin or "hushgate",
        "examples": _examples([rule]),
        "reported": rule.reported,
        "file": rule.file,
        "line": rule.line,
    }


def _notes(rule: Rule) -> list[str]:
    """What a user should know of a rule beside what it finds."""
    found = []
    if rule.backtracking:
        found.append("runs on regex, in a worker under a deadline")
    if rule.origin:
        found.append(f"from {rule.origin}")
    if not rule.reported:
        found.append("counts for other rules alone")
    if rule.requires:
        found.append(f"needs {', '.join(need.rule for need in rule.requires)}")
    return found


def _say_left_out(left_out: Sequence[ConfigFault]) -> None:
    for note in left_out:
        say(f"left out: {note}")


def test_rules(args: argparse.Namespace) -> int:
    loaded = detection(settings_of(args).rules)
    rules = loaded.rules
    faults = check(rules)
    if args.json:
        wrong = [{"file": f.file, "line": f.line, "message": f.message, "hint": f.hint} for f in faults]
        render.as_json({"rules": len(rules), "examples": _examples(rules), "failed": wrong})
    else:
        for fault in faults:
            render.line(str(fault))
        say(f"{len(rules)} rules, {_examples(rules)} examples, {len(faults)} failed")
        if bare := sum(not rule.match and bool(rule.origin) for rule in rules):
            say(f"{bare} rules of other formats have no examples: `rules import` prints them, to be given some")
    if not _examples(rules):
        say("error: nothing was tested\nhint: give the rules examples, `match` and `no_match`: docs/rules.md")
        return Exit.FOUND
    return Exit.FOUND if faults else Exit.FINE


def fingerprint(args: argparse.Namespace) -> int:
    """What `exclude: {fingerprints: [...]}` takes for a value, by the keys of this state folder."""
    value = sys.stdin.read().removesuffix("\n") if args.value == "-" else args.value
    if not value.strip():
        say("error: no value to fingerprint\nhint: hushgate rules fingerprint -, with the value on stdin")
        return Exit.USAGE
    settings = settings_of(args)
    keys = keys_of(settings, state_of(settings, create=True), create=True)
    print_of = Fingerprinter(keys.derive("fingerprints"))(value)
    render.as_json({"fingerprint": print_of}) if args.json else render.line(print_of)
    return Exit.FINE


def import_rules(args: argparse.Namespace) -> int:
    loaded = load(args.files, beside=detection([BUILTIN]).rules)
    sys.stdout.write(written(loaded.rules))
    _say_left_out(loaded.left_out)
    slow = sum(rule.backtracking for rule in loaded.rules)
    say(f"{len(loaded.rules)} rules, {slow} of them on regex")
    return Exit.FINE


def _examples(rules: Sequence[Rule]) -> int:
    return sum(len(r.match) + len(r.no_match) for r in rules)
