"""What `hushgate approvals watch` shows, and what its keys do: pending approvals in a list, and the chosen one below.

It fits any terminal: a line each in the list, which moves with the choice; the rest is the chosen one's, by pages.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hushgate.cli import render
from hushgate.errors import HushgateError

if TYPE_CHECKING:
    from rich.text import Text

type Ask = Callable[..., Any]
"""Asks the gate, as `hushgate.cli.control.Control` does."""

KEYS: Final = "j k: choose  a: approve, masked  w: as it is  r: reject  space: more  q: leave"
SHORT: Final = "j k  a: yes  w: raw  r: no  space  q"
RAW: Final = "w again lets the values go as they are; any other key does not"
ENTER, ESCAPE, BACKSPACE = "\r", "\x1b", "\x7f"
LONGEST_REASON: Final = 500
LIST_SHARE: Final = 3
"""The list has one line of so many, if the chosen one needs the rest."""


@dataclass(slots=True)
class Screen:
    """The pending approvals, which of them is chosen, what of it, and what was done last.

    `seen` is the one whose text was on the screen last: the list may change just before a key is pressed. `reason`
    is what is being typed, None where nothing is; `raw` is what w was pressed for once.
    """

    pending: list[dict[str, Any]] = field(default_factory=list)
    chosen: int = 0
    shown: dict[str, Any] = field(default_factory=dict)
    seen: str | None = None
    said: str = ""
    reason: str | None = None
    raw: str | None = None
    page: int = 0

    def update(self, pending: list[dict[str, Any]]) -> None:
        """Another list, the same one chosen as long as it is there."""
        id = self.at
        self.pending = pending
        places = [n for n, one in enumerate(pending) if one["id"] == id]
        self.chosen = places[0] if places else min(self.chosen, max(0, len(pending) - 1))
        if self.at != id:
            self.page = 0
        self.shown = {}  # What has been said of it may have changed, too.

    @property
    def at(self) -> str | None:
        """The id of the chosen one."""
        return self.pending[self.chosen]["id"] if self.chosen < len(self.pending) else None

    def press(self, key: str, ask: Ask) -> bool:
        """Do what a key asks for; False to leave. What the gate refuses is said."""
        if self.reason is not None:
            self._type(key, ask)
            return True
        raw, self.raw, self.said = self.raw, None, ""
        if key == "q":
            return False
        if key in ("j", "k"):
            self.chosen = max(0, min(len(self.pending) - 1, self.chosen + (1 if key == "j" else -1)))
            self.page = 0
        elif key == " ":
            self.page += 1
        elif key in ("a", "w", "r") and (id := self.at) is not None:
            if id != self.seen:
                self.said = "the list has changed: look at this one first"
            elif key == "a":
                self._do(ask, f"{id} is approved", "approve", id=id)
            elif key == "r":
                self.reason = ""
            elif raw == id:
                self._do(ask, f"{id} is approved as it is", "approve", id=id, raw=[])
            else:
                self.raw, self.said = id, RAW
        return True

    def _type(self, key: str, ask: Ask) -> None:
        """A key of a rejection's reason."""
        assert self.reason is not None  # noqa: S101 - it is being typed
        if key == ESCAPE:
            self.reason = None
        elif key == BACKSPACE:
            self.reason = self.reason[:-1]
        elif key in (ENTER, "\n"):
            reason, self.reason = self.reason, None
            if self.at is None or self.at != self.seen:
                self.said = "it is decided already"
            else:
                self._do(ask, f"{self.at} is rejected", "reject", id=self.at, reason=reason.strip())
        elif key.isprintable() and len(self.reason) < LONGEST_REASON:
            self.reason += key

    def _do(self, ask: Ask, done: str, do: str, **said: object) -> None:
        try:
            answer = ask(do, **said)
            more = do == "approve" and answer is not None and answer["state"] == "pending"
            self.said = f"{said['id']} waits for others to agree" if more else done
        except HushgateError as why:
            self.said = f"{why}" + (f" ({why.hint})" if why.hint else "")

    def look(self, ask: Ask) -> None:
        """Ask for what stands around the chosen one's findings, where that is not here yet."""
        if self.at is not None and self.shown.get("id") != self.at:
            with contextlib.suppress(HushgateError):
                self.shown = ask("show", id=self.at)

    def drawn(self, width: int, height: int, now: float) -> Text:
        """The screen: `height` lines that are no wider than `width`. `now`: seconds since the epoch."""
        from rich.text import Text

        count = len(self.pending)
        says = "nothing waits" if not count else f"{count} wait{'s' if count == 1 else ''}"
        lines = [Text(f"{says} for approval", style="bold")]
        room = max(2, height - 3)
        detail = self._detail(width) if self._on_screen() else []
        listed = min(count, max(room // LIST_SHARE, room - len(detail) - 1, 1))
        first = max(0, min(self.chosen - listed // 2, count - listed))
        lines += [self._row(n, width, now) for n in range(first, first + listed)]
        lines += self._page(detail, width, room - listed)
        lines = lines[: height - 2] + [Text()] * (height - 2 - len(lines))
        last = Text(self._says(), style="" if self.reason is None else "bold")
        lines += [last, Text(KEYS if width >= len(KEYS) else SHORT, style="dim")]
        for line in lines:
            line.truncate(width, overflow="ellipsis")
            line.no_wrap = True
        return Text("\n").join(lines[-height:])

    def _on_screen(self) -> bool:
        at = self.at
        self.seen = at if at is not None and self.shown.get("id") == at else None
        return self.seen is not None

    def _says(self) -> str:
        if self.reason is not None:
            return f"why not? (Enter rejects, Esc goes back) {self.reason[-40:]}_"
        return render.plain(self.said) if self.said else ""

    def _row(self, n: int, width: int, now: float) -> Text:
        """A line of the list: time left, actor, destination, level, and what it is held for."""
        from rich.cells import set_cell_size
        from rich.text import Text

        one = self.pending[n]
        names = max(8, min(24, (width - 34) // 4))
        line = Text("> " if n == self.chosen else "  ", style="bold" if n == self.chosen else "")
        held = one["entities"] or [reason["rule"] for reason in one["reasons"]]
        cells = ((left(one["expires_at"] - now), 6), (one["actor"], names), (one["destination"], names))
        for text, size in (*cells, (one["level"] or "beforehand", 12)):
            line.append(set_cell_size(render.plain(text), size) + "  ", style=render.COLOURS.get(text, ""))
        return line.append(render.plain(held))

    def _detail(self, width: int) -> list[Text]:
        """Everything about the chosen one, in lines."""
        from rich.console import Console
        from rich.text import Text

        lines: list[Text] = []
        console = Console(width=width)
        for name, said in told(self.shown):
            text = Text(f"{name}  ", style="dim").append(render.plain(said), style="not dim")
            lines += text.wrap(console, width)
        return lines

    def _page(self, detail: list[Text], width: int, room: int) -> list[Text]:
        """A heading, and the lines of the chosen one that there is room for."""
        from rich.text import Text

        if not detail or room < 2:
            return []
        size = room - 1
        pages = -(-len(detail) // size)
        self.page %= pages
        heading = f"--- {self.seen} " + (f"({self.page + 1} of {pages}) " if pages > 1 else "")
        return [Text(heading.ljust(width, "-"), style="dim"), *detail[self.page * size : (self.page + 1) * size]]


def told(one: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """What whoever decides has to know, the most important first."""
    yield "who", one["actor"] + (f" ({', '.join(one['groups'])})" if one["groups"] else "")
    yield "to", one["destination"] + (f" ({one['model']})" if one["model"] else "")
    if one["why"]:
        yield "says", one["why"]
    for reason in render.reasons(one["reasons"]):
        yield "because", reason
    if one["unmaskable"]:
        yield "note", "a value stands where nothing can be masked: it goes as it is (w), or not at all"
    if one["exchange"] is None:
        terms = one["terms"]
        uses = "as often as it likes" if terms["uses"] is None else f"{terms['uses']} times"
        how = "as it is" if terms["raw"] else "masked"
        yield "asks", f"for {left(terms['until'])} from the yes, {uses}, {', '.join(terms['entities'])} {how}"
    if one["tally"] != ["0 of 1"]:
        yield "agreed", "; ".join(one["tally"]) + (f" ({', '.join(one['yes'])})" if one["yes"] else "")
    if one["refused"]:
        yield "you", f"cannot decide: {one['refused']}"
    for text in one["excerpts"]:
        yield text["who"], text["text"].replace("\n", " \u21b5 ")
    for past in one["history"]:
        yield "before", f"{past['state']}: {', '.join(past['entities'])} to {past['destination']}"


def left(seconds: float) -> str:
    """A span of time in short: `45s`, `29m`, `3h`, `2d`."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= 2 * size or (seconds >= size and unit == "m"):
            return f"{int(seconds // size)}{unit}"
    return f"{max(0, int(seconds))}s"
