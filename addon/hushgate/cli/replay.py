"""`hushgate replay`: a recorded session as mitmproxy flows, in mitmweb or in a file."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.ledger.query import Reader


def replay(args: argparse.Namespace) -> int:
    """Write the session's flows, and show them unless they were only to be written."""
    from hushgate.proxy.replay import write_flows

    settings = settings_of(args)
    state = state_of(settings)
    key = keys_of(settings, state).derive("transcripts")
    with tempfile.TemporaryDirectory(prefix="hushgate-") as folder:
        place = args.out or Path(folder, "session.mitm")
        with Reader(state.ledger) as reader, _private(place) as out:
            count = write_flows(args.session, reader, key, out, actor=args.actor)
        if args.out:
            say(f"wrote {count} {'flow' if count == 1 else 'flows'} to {place}; mitmweb -r {place} shows them too")
        if args.web or not args.out:
            from hushgate.proxy.viewer import show

            show(place)
    return Exit.FINE


def _private(place: Path) -> BinaryIO:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(handle, "wb")
