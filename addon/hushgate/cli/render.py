"""What is shown on stdout: rich on a terminal, plain tab-separated text elsewhere, JSON when asked.

What comes out of the record may have been named by a client, so control
characters never reach the terminal.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any, Final

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


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Rows under a heading: a drawn table, or lines of cells parted by tabs, the first line their names.

    In a terminal too narrow for the longest words, each row is shown as fields, one a line.
    """
    if not on_terminal():
        sys.stdout.write("\t".join(columns) + "\n")
        for row in rows:
            sys.stdout.write("\t".join(plain(cell) for cell in row) + "\n")
        return
    from rich import box
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    shown = [[plain(cell) for cell in row] for row in rows]
    for n, column in enumerate(columns):
        drawn.add_column(column, overflow="fold", no_wrap=not any(" " in cells[n] for cells in shown))
    for cells in shown:
        drawn.add_row(*(Text(cell, style=COLOURS.get(cell, "")) for cell in cells))
    console = Console()
    if Measurement.get(console, console.options.update(max_width=10_000), drawn).minimum <= console.width:
        console.print(drawn)
        return
    for cells in shown:  # ids cut in two are of no use
        fields(list(zip(columns, cells, strict=True)))
        console.print()


def fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Names and values, one a line."""
    shown = [(name, plain(value)) for name, value in pairs]
    if not on_terminal():
        sys.stdout.writelines(f"{name}\t{value}\n" for name, value in shown)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    for name, value in shown:
        grid.add_row(Text(name, style="dim"), Text(value, style=COLOURS.get(value, ""), overflow="fold"))
    Console().print(grid)


def line(text: str) -> None:
    """One line of data."""
    sys.stdout.write(text + "\n")


def reasons(found: Iterable[dict[str, Any]]) -> list[str]:
    """Reasons as `rule: sentence`."""
    return [f"{r.get('rule')}: {r.get('says')}" for r in found]
