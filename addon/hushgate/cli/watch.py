"""`hushgate approvals watch`: what waits for approval, live, decided on with keys.

Off a terminal each state of the list is one line of JSON.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import os
import re
import select
import sys
import threading
import time
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any, Final

from hushgate.cli import render
from hushgate.cli.context import Exit, say
from hushgate.cli.control import Control
from hushgate.cli.screen import Screen
from hushgate.errors import HushgateError

TICK: Final = 0.5
_KEY: Final = re.compile(r"\x1b(?:\[[0-9;]*[~A-Za-z]|O[A-Z])|.", re.DOTALL)
_NAMED: Final = {"\x1b[A": "k", "\x1bOA": "k", "\x1b[B": "j", "\x1bOB": "j", "\x1b[6~": " ", "\x08": "\x7f"}


def watch(args: argparse.Namespace) -> int:
    if args.json or not render.on_terminal() or not sys.stdin.isatty():
        with Control(args) as gate:
            for pending in gate.watch():
                render.json_line(pending)
                sys.stdout.flush()
    with Control(args) as heard, Control(args) as ask:
        return _live(Screen(), heard, ask)


def _live(screen: Screen, heard: Control, ask: Control) -> int:
    from rich.console import Console
    from rich.live import Live

    changed, woken = os.pipe()
    lists: SimpleQueue[list[dict[str, Any]]] = SimpleQueue()
    over: list[str] = []

    def listen() -> None:
        try:
            for pending in heard.watch():
                lists.put(pending)
                os.write(woken, b".")
        except (HushgateError, OSError, ValueError) as why:
            over.append(str(why) or "the gate has ended")

    console = Console()
    threading.Thread(target=listen, daemon=True).start()
    with _keys(), Live(console=console, screen=True, auto_refresh=False) as live:
        while not over:
            while not lists.empty():
                screen.update(lists.get())
            screen.look(ask)
            live.update(screen.drawn(console.width, console.height, time.time()), refresh=True)
            for key in _pressed(changed):
                if not screen.press(key, ask):
                    return Exit.FINE
    say(f"error: {over[0]}")
    return Exit.FAILED


def _pressed(changed: int) -> list[str]:
    """The keys that are pressed within a moment; it is over at once where `changed` can be read."""
    ready, _, _ = select.select([sys.stdin, changed], [], [], TICK)
    if changed in ready:
        os.read(changed, 4096)
    return keys(os.read(sys.stdin.fileno(), 4096)) if sys.stdin in ready else []


def keys(said: bytes) -> list[str]:
    """What a terminal sends, as keys: characters, arrows as j and k, and no other sequence."""
    text = codecs.decode(said, "utf-8", "replace")
    found = (_NAMED.get(key, key) for key in _KEY.findall(text))
    return [key for key in found if len(key) == 1]


@contextlib.contextmanager
def _keys() -> Iterator[None]:
    """Keys come as they are pressed, and are not shown."""
    import termios
    import tty

    kept = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, kept)
