"""`hushgate replay`: a recorded session as mitmproxy flows, in mitmweb or in a file; or played to a client."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.ledger.query import Reader


def replay(args: argparse.Namespace) -> int:
    """Write the session's flows, or play them; and show them unless that was all that was wanted."""
    if args.listen and not args.serve:
        say("error: --listen goes with --serve\nhint: hushgate replay SESSION --serve --listen HOST:PORT")
        return Exit.USAGE
    with tempfile.TemporaryDirectory(prefix="hushgate-") as folder:
        place = _flows(args, Path(folder, "session.mitm"))
        if args.web or not (args.out or args.serve):
            from hushgate.proxy.viewer import show

            show(place)
        return _serve(args, place) if args.serve else Exit.FINE


def _flows(args: argparse.Namespace, spare: Path) -> Path:
    """The file of flows that was named, or is made of the session: at `spare`, and when it is whole at --out."""
    from hushgate.proxy.replay import write_flows

    if args.out is None and (given := Path(args.session)).is_file():
        return given
    settings = settings_of(args)
    state = state_of(settings)
    key = keys_of(settings, state).derive("transcripts")
    with Reader(state.ledger) as reader, _private(spare) as out:
        count = write_flows(args.session, reader, key, out, actor=args.actor)
    if args.out is None:
        return spare
    with spare.open("rb") as made, _private(args.out) as out:
        shutil.copyfileobj(made, out)
    say(f"wrote {count} {'flow' if count == 1 else 'flows'} to {args.out}; mitmweb -r {args.out} shows them too")
    return Path(args.out)


def _serve(args: argparse.Namespace, place: Path) -> int:
    from hushgate.proxy.replay import read_player
    from hushgate.proxy.run import serve

    with place.open("rb") as source:
        player = read_player(source)
    exchanges = "exchange" if len(player) == 1 else "exchanges"
    say(f"hushgate plays {len(player)} {exchanges} in the provider's place; nothing is forwarded")
    return serve(settings_of(args, listen=args.listen), player=player)


def _private(place: Path) -> BinaryIO:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(handle, "wb")
