"""`hushgate sessions | show | where | verify | export`: reading the record.

What writes or rebuilds the ledger is imported where it is needed: it takes half a second.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from hushgate.cli import render
from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.cli.recording import record
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.errors import StateError
from hushgate.ledger.chain import Checkpoint, Signer
from hushgate.ledger.query import Reader

_CSV: Final = (
    "id", "at", "session", "actor", "route", "host", "model", "gate", "level", "outcome", "status",
    "findings", "masked", "entities", "reasons", "revision",
)  # fmt: skip


def sessions(args: argparse.Namespace) -> int:
    with Reader(state_of(settings_of(args)).ledger) as reader:
        found = reader.sessions(actor=args.actor, limit=args.limit)
    if args.json:
        render.as_json(found)
    else:
        columns = ("session", "actor", "last", "exchanges", "findings", "masked", "stopped", "level")
        render.table(
            columns,
            [
                (s["id"], s["actor"], render.moment(s["last_at"]), *(s[c] for c in columns[3:]))
                for s in found
            ],
            spare=("findings", "actor", "masked", "last"),
        )  # fmt: skip
    if not found:
        say("no session is on record\nhint: hushgate run -- CMD records one")
    return Exit.FINE


def show(args: argparse.Namespace) -> int:
    with Reader(state_of(settings_of(args)).ledger) as reader:
        found = reader.exchange(args.id)
        listed = reader.exchanges(args.id) if found is None else []
    if found is None and not listed:
        raise StateError(f"there is no exchange and no session {args.id!r} on record", hint="hushgate sessions")
    if args.json:
        render.as_json(listed if found is None else found)
    elif found is None:
        columns = ("id", "at", "route", "model", "gate", "level", "outcome", "status")
        rows = [(x["id"], render.moment(x["at"]), *(x[c] for c in columns[2:])) for x in listed]
        render.table(columns, rows, spare=("status", "route", "outcome", "level", "model"))
    else:
        _draw_exchange(found)
    return Exit.FINE


def _draw_exchange(x: dict[str, Any]) -> None:
    covered = x["coverage"]
    unread = [f"{u['where']}: {u['reason']} ({u['size']} bytes)" for u in covered["unread"]]
    render.fields(
        [
            ("exchange", x["id"]),
            ("session", x["session"]),
            ("actor", x["actor"]),
            ("at", render.moment(x["at"])),
            ("to", f"{x['method']} {x['host']}{x['path']} ({x['route']}, {x['format']})"),
            *((("in place of", x["routed_from"]),) if x["routed_from"] else ()),
            ("model", x["model"]),
            ("gate", x["gate"]),
            ("level", x["level"]),
            *(("because", reason) for reason in render.reasons(x["reasons"])),
            ("read", f"texts: {covered['scanned']}, structural strings: {covered['opaque']}"),
            *(("attached", f"{a['where']}: {a['type']} ({a['size']} bytes)") for a in covered["attachments"]),
            *(("unread", part) for part in unread),
            *(("fault", f"{f['where']}: {f['reason']}") for f in x["faults"]),
            *(("warning", w) for w in x["warnings"]),
            ("enforced", x["enforced"]),
            ("outcome", f"{x['outcome'] or 'open'}" + (f" ({x['status']})" if x["status"] else "")),
            ("policy", x["revision"]),
        ]
    )
    if x["findings"]:
        columns = ("direction", "entity", "level", "verdict", "rule", "where", "fingerprint")
        rows = [tuple(f[c] for c in columns) for f in x["findings"]]
        render.table(columns, rows, spare=("fingerprint", "rule", "direction", "level"))


def where(args: argparse.Namespace) -> int:
    value = sys.stdin.read().removesuffix("\n") if args.value == "-" else args.value
    if not value.strip():
        say("error: no value to look for\nhint: hushgate where VALUE, or `hushgate where -` with the value on stdin")
        return Exit.USAGE
    settings = settings_of(args)
    state = state_of(settings)
    keys = keys_of(settings, state)
    print_of = Fingerprinter(keys.derive("fingerprints"))(value)
    with Reader(state.ledger) as reader:
        found = reader.where([print_of])
    # On record before it is told, and refused if it cannot be.
    record(state, keys, "looked-up", {"fingerprint": print_of, "found": len(found)})
    if args.json:
        names = ("exchange", "session", "actor", "at", "direction", "destination", "model", "entity", "verdict")
        render.as_json([{n: row[n] for n in (*names, "approved_by")} for row in found])
    else:
        columns = ("at", "exchange", "session", "actor", "direction", "destination", "model", "entity", "verdict")
        rows = [(render.moment(r["at"]), *(r[c] for c in columns[1:])) for r in found]
        render.table(columns, rows, spare=("actor", "entity", "session", "direction", "model"))
    if not found:
        say("this value is not on record: it was not found in anything that went through the gate")
    return Exit.FINE


def verify(args: argparse.Namespace) -> int:
    from hushgate.ledger.verify import verify as verify_ledger

    settings = settings_of(args)
    state = state_of(settings)
    keys = keys_of(settings, state)
    report = verify_ledger(
        state.ledger,
        Signer(keys.derive("checkpoints")).public_key,
        kept=map(_checkpoint, args.kept),
        transcript_key=keys.derive("transcripts"),
    )
    last = report.last
    if args.json:
        render.as_json(report.to_json())
    else:
        render.fields(
            [
                ("record", "intact" if report.intact else "NOT INTACT"),
                ("chains", report.chains),
                ("events", report.events),
                ("checkpoints", report.checkpoints),
                ("erased payloads", report.erased),
                ("dropped events", report.dropped),
                ("still open", len(report.unclosed)),
                ("last checkpoint", f"{last.chain_id}:{last.seq} {last.hash[:16]}" if last else None),
                *(("flaw", f"{flaw.chain_id}:{flaw.seq}: {flaw.says}") for flaw in report.flaws),
            ]
        )
    if report.chains and not report.checkpoints:
        say("hint: no signature is good; was the record written with another master key? see `keys`")
    return Exit.FINE if report.intact else Exit.FOUND


def _checkpoint(place: Path) -> Checkpoint:
    """A kept checkpoint: what `verify --json` prints, or its `last` alone."""
    try:
        said = json.loads(place.read_bytes())
        return Checkpoint(**said.get("last", said))
    except (ValueError, TypeError, AttributeError):
        hint = "hushgate verify --json > FILE keeps one"
        raise StateError(f"{place} holds no checkpoint", hint=hint) from None


def export(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    state = state_of(settings)
    since = 0.0 if args.since is None else time.time() - args.since * 86400
    record(state, keys_of(settings, state), "exported", {"format": args.format, "since": since})
    with Reader(state.ledger) as reader:
        rows = reader.export(since=since)
        if args.format == "csv":
            _write_csv(rows)
        else:
            for row in rows:
                render.json_line(row)
    return Exit.FINE


def _write_csv(rows: Iterable[dict[str, Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_CSV)
    for row in rows:
        found = row["findings"]
        drawn = row | {
            "findings": len(found),
            "masked": sum(f["verdict"] == "mask" for f in found),
            "entities": " ".join(sorted({f["entity"] for f in found})),
            "reasons": " ".join(dict.fromkeys(r["rule"] for r in row["reasons"])),
        }
        writer.writerow([_cell(drawn[name]) for name in _CSV])


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula, and no terminal for a command."""
    if not isinstance(value, str) or not value:
        return value
    shown = render.plain(value)
    return f"'{shown}" if value[0] in "=+-@\t\r" else shown
