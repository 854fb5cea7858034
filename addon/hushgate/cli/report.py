"""`hushgate report`: what went through the gate in a stretch of time, in counts, and whether the record is whole."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from typing import Any, Final

from hushgate.cli import render
from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.ledger.chain import Signer
from hushgate.ledger.overview import Overview
from hushgate.ledger.verify import verify

PATIENCE: Final = 600.0
"""Seconds that counting may take: a year of a busy gate."""

_DAY: Final = 86400.0
_DONE: Final = ("passed", "masked", "stopped", "observed")
_TABLES: Final = {
    "destinations": ("Where to", ("destination", *_DONE)),
    "entities": ("What was found", ("entity", "n", "masked")),
    "rules": ("Which rules decided", ("rule", "times", "at")),
    "unread": ("What could not be read", ("destination", "direction", "reason", "times", "bytes")),
    "not_governed": ("Hosts that are not governed", ("host", "times", "bytes", "likely_llm")),
    "revisions": ("Rules in force", ("revision", "exchanges", "enforced", "first", "last")),
    "warnings": ("Warnings", ("says", "times", "exchange")),
}
"""The tables of a report: their heading, and which columns are shown."""


def report(args: argparse.Namespace) -> int:
    if not args.since > 0:
        say("error: --since takes a number of days above 0\nhint: hushgate report --since 7")
        return Exit.USAGE
    settings = settings_of(args)
    state = state_of(settings)
    keys = keys_of(settings, state)
    until = time.time()
    since = until - args.since * _DAY
    with Overview(state.ledger, patience=PATIENCE) as reader:
        counted = _counted(reader, since, until)
    whole = verify(
        state.ledger, Signer(keys.derive("checkpoints")).public_key, transcript_key=keys.derive("transcripts")
    )
    told = {
        "from": since,
        "until": until,
        **counted,
        "record": {"intact": whole.intact, "events": whole.events, "erased": whole.erased, "dropped": whole.dropped},
    }
    if args.json:
        render.as_json(told)
    else:
        _draw(told)
    if not whole.intact:
        say("the record is NOT INTACT\nhint: hushgate verify says what does not fit")
    return Exit.FINE if whole.intact else Exit.FOUND


def _counted(reader: Overview, since: float, until: float) -> dict[str, Any]:
    width = until - since + 1.0
    actions: dict[str, dict[str, int]] = {}
    for row in reader.actions(since):
        actions.setdefault(row["destination"], {})[row["done"]] = row["n"]
    return {
        "totals": reader.totals(since),
        "destinations": [
            {"destination": name, **{done: counts.get(done, 0) for done in _DONE}}
            for name, counts in sorted(actions.items(), key=lambda one: (-sum(one[1].values()), one[0]))
        ],
        "entities": sorted(
            ({k: row[k] for k in ("entity", "n", "masked")} for row in reader.entities(since, width)),
            key=lambda row: (-row["n"], row["entity"]),
        ),
        "rules": [{"rule": rule, **row} for rule, row in sorted(reader.spoke(since).items())],
        "approvals": reader.asked(since),
        "revisions": reader.revisions(since),
        "unread": reader.unread(since),
        "not_governed": reader.passed_by(since),
        "warnings": reader.warned(since),
    }


def _draw(told: dict[str, Any]) -> None:
    """Drawn tables on a terminal; Markdown for a file."""
    record, totals = told["record"], told["totals"]
    head = [
        ("from", render.moment(told["from"])),
        ("until", render.moment(told["until"])),
        *totals.items(),
        *((f"approvals {state}", n) for state, n in told["approvals"].items()),
        ("record", "intact" if record["intact"] else "NOT INTACT"),
        *((name, record[name]) for name in ("events", "erased", "dropped")),
    ]
    if render.on_terminal():
        render.fields(head)
    else:
        render.line("# hushgate\n")
        _markdown(("what", "is"), head)
    for name, (title, columns) in _TABLES.items():
        rows = [tuple(_cell(column, row[column]) for column in columns) for row in told[name]]
        if not rows:
            continue
        if render.on_terminal():
            render.table(columns, rows, title=title)
        else:
            render.line(f"\n## {title}\n")
            _markdown(columns, rows)


def _cell(column: str, value: object) -> object:
    if column in ("at", "first", "last") and isinstance(value, float):
        return render.moment(value)
    return bool(value) if column == "likely_llm" else value


def _markdown(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    for cells in (columns, ["---"] * len(columns), *rows):
        render.line("| " + " | ".join(render.plain(cell).replace("|", "\\|") for cell in cells) + " |")
