"""What is shown on stdout: rich on a terminal, plain tab-separated text elsewhere, JSON when asked.

What comes out of the record may have been named by a client, so control
characters never reach the terminal.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.table import Table

_MAY_WRAP: Final = re.compile(" (?![0-9:]{8}$)")
"""A space, but for the one in a time."""

COLOURS: Final = {
    "allow": "green",
    "hold": "yellow",
    "block": "red",
    "mask": "cyan",
    "regulated": "red",
    "confidential": "yellow",
    "fine": "green",
    "wrong": "red",
}


def as_json(value: object) -> None:
    """One JSON document. ASCII, whatever the locale is and whatever a client put into a name."""
    json.dump(value, sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def json_line(value: object) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")


def plain(value: object) -> str:
    """A cell's text: None is `-`, lists are joined, control characters are shown as U+FFFD."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(plain(v) for v in value) or "-"
    return "".join(c if c.isprintable() else "\ufffd" for c in str(value))


def moment(at: float | None) -> str:
    """A time as people read it, in local time."""
    return "-" if at is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


def on_terminal() -> bool:
    """Whether stdout is a terminal that may be drawn on."""
    return sys.stdout.isatty()


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "", spare: Sequence[str] = ()
) -> None:
    """Rows under a heading: a drawn table, or lines of cells parted by tabs, the first line their names.

    A terminal too narrow for the longest words goes without the columns of `spare`, the first of them first, and
    names what is left out; where that is not enough, each row is shown as fields, one a line. Without rows a terminal
    is shown nothing: what there is to say then, the caller says.
    """
    if not on_terminal():
        sys.stdout.write("\t".join(columns) + "\n")
        for row in rows:
            sys.stdout.write("\t".join(plain(cell) for cell in row) + "\n")
        return
    from rich.console import Console
    from rich.measure import Measurement

    shown = [[plain(cell) for cell in row] for row in rows]
    console = Console()
    for count in range(len(spare) + 1 if shown else 0):
        kept = [n for n, column in enumerate(columns) if column not in spare[:count]]
        drawn = _drawn([columns[n] for n in kept], [[cells[n] for n in kept] for cells in shown], title)
        if Measurement.get(console, console.options.update(max_width=10_000), drawn).minimum <= console.width:
            console.print(drawn)
            if count:
                left_out = ", ".join(column for column in columns if column in spare[:count])
                console.print(f"left out for want of room: {left_out}", style="dim", highlight=False)
            return
    for cells in shown:  # ids cut in two are of no use
        fields(list(zip(columns, cells, strict=True)))
        console.print()


def _drawn(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> Table:
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for n, column in enumerate(columns):
        whole = not any(_MAY_WRAP.search(cells[n]) for cells in rows)
        least = max(cell_len(cells[n]) for cells in rows) if whole else None
        drawn.add_column(column, overflow="fold", no_wrap=whole, min_width=least)
    for cells in rows:
        drawn.add_row(*(Text(cell, style=COLOURS.get(cell, "")) for cell in cells))
    return drawn


def grid(rows: Iterable[Sequence[object]], *, title: str) -> None:
    """Rows without a heading, below a title; for a terminal. What is empty stays so."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    drawn = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        cells = ("" if cell == "" else plain(cell) for cell in row)
        drawn.add_row(*(Text(cell, style=COLOURS.get(cell, ""), overflow="fold") for cell in cells))
    console = Console()
    console.print(Text(plain(title), style="bold"), soft_wrap=True)  # a path in one line can be copied
    console.print(Padding(drawn, (0, 0, 0, 2)))


def fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Names and values, one a line."""
    shown = [(name, plain(value)) for name, value in pairs]
    if not on_terminal():
        sys.stdout.writelines(f"{name}\t{value}\n" for name, value in shown)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table.grid(padding=(0, 2))
    for name, value in shown:
        drawn.add_row(Text(name, style="dim"), Text(value, style=COLOURS.get(value, ""), overflow="fold"))
    Console().print(drawn)


def line(text: str) -> None:
    """One line of data."""
    sys.stdout.write(text + "\n")


def reasons(found: Iterable[dict[str, Any]]) -> list[str]:
    """Reasons as `rule: sentence`."""
    return [f"{r.get('rule')}: {r.get('says')}" for r in found]
