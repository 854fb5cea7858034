"""`hushgate approvals watch`: what waits for approval, live, decided on with keys.

Off a terminal each state of the list is one line of JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import select
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hushgate.cli import render
from hushgate.cli.approvals import row
from hushgate.cli.context import Exit
from hushgate.cli.control import Control
from hushgate.errors import HushgateError

if TYPE_CHECKING:
    from rich.console import RenderableType

KEYS: Final = "j/k or arrows: choose   a: approve as masked   r: reject   q: leave"
TICK: Final = 0.5
_ARROWS: Final = {"\x1b[A": "k", "\x1b[B": "j"}


@dataclass(slots=True)
class Screen:
    """What is shown: the pending approvals, which of them is chosen, what of it, and what was done last.

    `seen` is the one whose text was on the screen last: the list may change just before a key is pressed.
    """

    pending: list[dict[str, Any]] = field(default_factory=list)
    chosen: int = 0
    shown: dict[str, Any] = field(default_factory=dict)
    seen: str | None = None
    said: str = ""
    over: str = ""

    def update(self, pending: list[dict[str, Any]]) -> None:
        """Another list, the same one chosen as long as it is there."""
        id = self.at
        self.pending = pending
        places = [n for n, one in enumerate(pending) if one["id"] == id]
        self.chosen = places[0] if places else min(self.chosen, max(0, len(pending) - 1))

    @property
    def at(self) -> str | None:
        """The id of the chosen one."""
        return self.pending[self.chosen]["id"] if self.chosen < len(self.pending) else None

    def press(self, key: str, ask: Control) -> bool:
        """Do what a key asks for; False to leave. What the gate refuses is said."""
        if key == "q":
            return False
        if key in ("j", "k"):
            self.chosen = max(0, min(len(self.pending) - 1, self.chosen + (1 if key == "j" else -1)))
        elif key in ("a", "r") and (id := self.at) is not None:
            if id != self.seen:
                self.said = "the list has changed: look at this one first"
                return True
            try:
                if key == "a":
                    ask("approve", id=id)
                else:
                    ask("reject", id=id, reason="")
                self.said = f"{id} is {'approved' if key == 'a' else 'rejected'}"
            except HushgateError as why:
                self.said = f"{why}" + (f" ({why.hint})" if why.hint else "")
        return True

    def look(self, ask: Control) -> None:
        """Ask for what stands around the chosen one's findings, where that is not here yet."""
        if self.at is not None and self.shown.get("id") != self.at:
            with contextlib.suppress(HushgateError):
                self.shown = ask("show", id=self.at)

    def drawn(self) -> RenderableType:
        from rich.console import Group
        from rich.panel import Panel
        from rich.table import Table
        from rich.text import Text

        table = Table(expand=True, title=f"{len(self.pending)} wait for approval", title_justify="left")
        for column in ("", "id", "actor", "to", "level", "for", "ends"):
            table.add_column(column, overflow="fold")
        for n, one in enumerate(self.pending):
            id, _, actor, to, level, waits, _, ends = map(render.plain, row(one))
            cells = [">" if n == self.chosen else "", id, actor, to, level, waits, ends]
            table.add_row(*(Text(c, style=render.COLOURS.get(c, "bold" if n == self.chosen else "")) for c in cells))
        parts: list[RenderableType] = [table]
        at = self.at
        self.seen = at if at is not None and self.shown.get("id") == at else None
        if self.seen is not None:
            told = [f"{r['rule']}: {r['says']}" for r in self.shown["reasons"]]
            told += [f"{text['who']}  {text['text']}" for text in self.shown["excerpts"]]
            parts.append(Panel(Text("\n".join(map(render.plain, told))), title=self.seen, title_align="left"))
        parts += [Text(render.plain(self.said)) if self.said else Text(""), Text(KEYS, style="dim")]
        return Group(*parts)


def watch(args: argparse.Namespace) -> int:
    if args.json or not render.on_terminal() or not sys.stdin.isatty():
        with Control(args) as gate:
            for pending in gate.watch():
                render.json_line(pending)
                sys.stdout.flush()
    with Control(args) as heard, Control(args) as ask:
        return _live(Screen(), heard, ask)


def _live(screen: Screen, heard: Control, ask: Control) -> int:
    from rich.live import Live

    def listen() -> None:
        try:
            for pending in heard.watch():
                screen.update(pending)
        except (HushgateError, OSError, ValueError) as why:
            screen.over = str(why) or "the gate has ended"

    threading.Thread(target=listen, daemon=True).start()
    with _keys(), Live(screen.drawn(), screen=True, auto_refresh=False) as live:
        while not screen.over:
            key = _key()
            if key and not screen.press(key, ask):
                return Exit.FINE
            screen.look(ask)
            live.update(screen.drawn(), refresh=True)
    render.line(screen.over)
    return Exit.FAILED


def _key() -> str:
    """A key, if one is pressed within a moment."""
    import os

    if not select.select([sys.stdin], [], [], TICK)[0]:
        return ""
    pressed = os.read(sys.stdin.fileno(), 8).decode("ascii", "replace")
    return _ARROWS.get(pressed, pressed[:1])


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
