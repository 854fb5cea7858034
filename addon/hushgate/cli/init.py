"""`hushgate init`: a commented starter configuration."""

from __future__ import annotations

import argparse
from pathlib import Path

from hushgate.cli.context import Exit, say
from hushgate.errors import StateError
from hushgate.settings import starter_text


def init(args: argparse.Namespace) -> int:
    """Write the starter file, over an existing one only with --force."""
    place = args.config or Path("hushgate.yaml")
    try:
        with place.open("w" if args.force else "x", encoding="utf-8") as file:
            file.write(starter_text())
    except FileExistsError:
        raise StateError(f"{place} exists", hint="choose another with --config, or overwrite it with --force") from None
    say(f"wrote {place}")
    say("hint: hushgate doctor checks the set-up; hushgate run -- CMD runs a program behind the gate")
    return Exit.FINE
