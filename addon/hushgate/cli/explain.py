"""`hushgate policy explain`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hushgate.cli import render, trial
from hushgate.cli.context import Exit, say, settings_of, state_of
from hushgate.cli.policies import file_of
from hushgate.errors import StateError
from hushgate.ledger.query import Reader
from hushgate.policy.hindsight import blind, recorded
from hushgate.policy.rules import RuleSet
from hushgate.policy.silence import silent
from hushgate.rulebook import Rules
from hushgate.settings import Settings
from hushgate.values import Decision, Direction, Exchange


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of an exchange: what is decided of it now, and what is on record of it, if it is."""

    direction: Direction
    exchange: Exchange
    decision: Decision
    then: Mapping[str, Any] | None = None


def explain(args: argparse.Namespace) -> int:
    """How a decision comes about: for a text, or for an exchange on record under the policy of now."""
    settings = settings_of(args)
    rules = Rules.load(settings)
    if args.what != "-" and not Path(args.what).exists():
        sides = _on_record(settings, rules, args.what, as_json=args.json)
    else:
        sides = [_of_text(settings, rules, args)]
    if args.json:
        if sides:
            render.as_json([_derivation(side, rules.policy) for side in sides])
    else:
        for side in sides:
            _print(side, rules.policy)
    return Exit.FINE


def _of_text(settings: Settings, rules: Rules, args: argparse.Namespace) -> _Side:
    raw = sys.stdin.buffer.read() if args.what == "-" else Path(args.what).read_bytes()
    given = {"text": raw.decode("utf-8", "replace")} | {
        key: value for key in trial.ASKED if (value := getattr(args, key)) is not None
    }
    outcome = trial.decided(settings, rules, given)
    return _Side(Direction(given.get("direction", "request")), outcome.exchange, outcome.decision)


def _on_record(settings: Settings, rules: Rules, name: str, *, as_json: bool) -> list[_Side]:
    """Both sides of an exchange; of one that was refused before anything was decided, nothing but that is told."""
    levels = {rule.id: rule.level for rule in rules.detect}
    if not settings.state.is_dir():
        raise StateError(f"there is no file {name}, and no state folder {settings.state}", hint="name a file, or `-`")
    with Reader(state_of(settings).ledger) as reader:
        shown, found = reader.exchange(name), list(reader.judged(exchange=name))
    if shown is None:
        raise StateError(
            f"there is no file and no exchange {name}", hint="name a file, `-`, or an id of `hushgate show`"
        )
    if not found:
        then = _recorded(shown)
        if as_json:
            render.as_json([{"direction": "request", "recorded": then}])
        else:
            _print_recorded(then)
            render.line("  this was refused before any policy was asked")
        return []
    for rule, what in blind(rules.policy).items():
        say(f"warning: {rule} looks at what is not on record, which counts for nothing here: {what}")
    asked, sent = trial.asked(rules.endpoints), trial.sent(rules.endpoints)
    both = {"request": _recorded(shown), "reply": _recorded(shown["reply"] or {})}
    return [
        _Side(side.direction, side.exchange, side.decide(rules.policy, sent(side.exchange)), both[side.direction.value])
        for side in recorded(*found[0], levels, asked)
    ]


def _recorded(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {key: shown.get(key) for key in ("gate", "level", "reasons", "revision", "enforced", "warnings")}


def _derivation(side: _Side, policy: RuleSet) -> dict[str, Any]:
    decision = side.decision
    told = {} if side.then is None else {"recorded": dict(side.then)}
    return {"direction": side.direction.value} | told | {
        "gate": decision.gate.word,
        "level": decision.level.word,
        "route": decision.route,
        "reasons": [{"rule": r.rule, "says": r.says} for r in decision.reasons],
        "findings": [
            {
                "entity": v.finding.entity,
                "level": v.finding.level.word,
                "found_by": v.finding.rule_id,
                "origin": None if v.finding.origin is None else str(v.finding.origin),
                "verdict": v.style if v.mask else "keep",
                "restored": v.mask and v.restorable,
                "reasons": [{"rule": r.rule, "says": r.says} for r in v.reasons],
            }
            for v in decision.verdicts
        ],
        "silent": silent(side.exchange, side.direction, decision, policy),
        "warnings": list(decision.warnings),
        "message": decision.message,
        "revision": decision.ruleset_revision,
    }  # fmt: skip


def _print(side: _Side, policy: RuleSet) -> None:
    way, decision = side.direction.value, side.decision
    lines = {rule.id: rule.line for rule in policy.rules}

    def place(rule: str) -> str:
        return f"{rule} ({file_of(policy)}:{lines[rule]})" if rule in lines else f"{rule} (hushgate's own)"

    if side.then is not None and side.then["reasons"] is not None:
        _print_recorded(side.then)
        way += ", by the policy of now"
    render.line(f"{way}: {decision.gate.word}, {decision.level.word}")
    if decision.route is not None:
        render.line(f"  sent to {decision.route} instead")
    for reason in decision.reasons:
        render.line(f"  because {reason.says}: {place(reason.rule)}")
    for verdict in decision.verdicts:
        finding = verdict.finding
        done = f"masked ({verdict.style})" if verdict.mask else "kept"
        back = ", comes back in the reply" if verdict.mask and verdict.restorable else ""
        render.line(f"  {finding.level.word} {finding.entity}, found by {finding.rule_id}: {done}{back}")
        for reason in verdict.reasons:
            render.line(f"    {reason.says}: {place(reason.rule)}")
    for warning in decision.warnings:
        render.line(f"  warning: {warning}")
    if decision.message:
        render.line(f"  the client is told: {decision.message}")
    for rule, why in silent(side.exchange, side.direction, decision, policy).items():
        render.line(f"  not {place(rule)}: {why}")
    render.line(f"  policy revision {decision.ruleset_revision}")


def _print_recorded(then: Mapping[str, Any]) -> None:
    """What was decided when it happened."""
    only = "" if then["enforced"] else ", on record alone"
    render.line(f"on record: {then['gate']}, {then['level']}{only}")
    for reason in then["reasons"]:
        render.line(f"  because {reason['says']}: {reason['rule']}")
    for warning in then["warnings"]:
        render.line(f"  warning: {warning}")
    if then["revision"]:
        render.line(f"  policy revision {then['revision']}")
