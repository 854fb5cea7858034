"""`hushgate approvals notify-test`: a message to each channel, and what came back."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import time
from typing import Final

from hushgate.approvals.notify.channels import Channel
from hushgate.approvals.notify.courier import Courier, Pace, Report
from hushgate.approvals.notify.messages import trial
from hushgate.approvals.notify.notifier import Carry
from hushgate.cli import render
from hushgate.cli.context import Exit, say, settings_of
from hushgate.errors import StateError
from hushgate.notifying import carriers

PACE: Final = Pace(first=1.0, patience=8.0)
"""Somebody waits for this: a few tries, then it says what is wrong."""


def test(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    if not settings.approvals.notify:
        raise StateError("no channel is configured", hint="approvals.notify in hushgate.yaml: docs/approvals.md")
    site = settings.console_url
    reports = asyncio.run(_sent(carriers(settings), None if site is None else f"{site}/approvals"))
    rows = [(r.channel.name, "delivered" if r.delivered else "failed", r.tries, r.why or "") for r in reports]
    if args.json:
        names = ("channel", "outcome", "tries", "why")
        render.as_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        render.table(("channel", "outcome", "tries", "why"), rows)
    failed = sum(not report.delivered for report in reports)
    say(f"{failed} of {len(reports)} channels took nothing" if failed else "each channel took a test message")
    if site is None:
        say("hint: without `console_url` messages name a command in place of a link")
    return Exit.FOUND if failed else Exit.FINE


async def _sent(made: list[tuple[Channel, Carry]], link: str | None) -> list[Report]:
    message = trial(time.time(), f"test.{secrets.token_hex(8)}", link)
    couriers = [Courier(channel, carry, lambda _: None, lambda _: None, PACE) for channel, carry in made]
    return await asyncio.gather(*(courier.deliver(message) for courier in couriers))
