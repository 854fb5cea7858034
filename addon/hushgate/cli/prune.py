"""`hushgate prune`: erasing from the record what is old, or of one actor or session."""

from __future__ import annotations

import argparse
import sys
import time

from hushgate.cli import render
from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.cli.recording import somebody, writing
from hushgate.ledger.prune import Pruned
from hushgate.ledger.prune import prune as erase
from hushgate.ledger.sqlite import SqliteLedger


def prune(args: argparse.Namespace) -> int:
    if args.older is None and args.session is None and args.actor is None:
        say("error: nothing says what to erase\nhint: hushgate prune --older 90d, or --actor NAME, or --session NAME")
        return Exit.USAGE
    settings = settings_of(args)
    state = state_of(settings)
    keys = keys_of(settings, state)
    now = time.time()
    before = None if args.older is None else now - args.older

    def erased(ledger: SqliteLedger | None) -> Pruned:
        whose = {"session": args.session, "actor": args.actor}
        return erase(state.ledger, ledger, before=before, **whose, by=somebody(), now=now)

    found = erased(None)
    if args.dry_run or not found.events:
        return _told(args, found, "would erase" if args.dry_run else "erased")
    if not args.yes and not _agreed(found):
        return Exit.USAGE
    with writing(state, keys) as ledger:
        found = erased(ledger)
    return _told(args, found, "erased")


def _agreed(found: Pruned) -> bool:
    if not sys.stdin.isatty():
        say("error: nobody is here to say yes, so nothing is erased\nhint: --yes erases, --dry-run only counts")
        return False
    say(f"{_counted(found)}: erase them, for good? Type yes to do it:")
    if sys.stdin.readline().strip() == "yes":
        return True
    say("nothing is erased")
    return False


def _told(args: argparse.Namespace, found: Pruned, did: str) -> int:
    if args.json:
        counts = {"exchanges": found.exchanges, "approvals": found.approvals, "events": found.events}
        render.as_json({**counts, "erased": did == "erased"})
    else:
        render.line(f"{did} {_counted(found)}")
    return Exit.FINE


def _counted(found: Pruned) -> str:
    return f"exchanges: {found.exchanges}, approvals: {found.approvals}, events: {found.events}"
