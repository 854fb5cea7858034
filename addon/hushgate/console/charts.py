"""Charts as SVG, drawn here: no script, no inline style. Colours are classes of the style sheet.

What a chart shows stands beside it as a table for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

SERIES = 6
"""Colours in the style sheet, `s0` to `s5`; the last one is for all others together."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar: its label, and the height of each series."""

    label: str
    parts: Sequence[int]


def most_common(rows: Sequence[tuple[str, int]], most: int = SERIES) -> list[str]:
    """The names with the highest sums; where there are more than `most`, the last stands for all others."""
    sums: dict[str, int] = {}
    for name, count in rows:
        sums[name] = sums.get(name, 0) + count
    names = sorted(sums, key=lambda name: (-sums[name], name))
    return names if len(names) <= most else [*names[: most - 1], "others"]


def ceiling(value: int) -> int:
    """The round number at or above a value that an axis ends in: 1, 2 or 5 times a power of ten."""
    if value <= 1:
        return 1
    power = int(10 ** floor(log10(value)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def columns(stacks: Sequence[Stack], names: Sequence[str], *, says: str, height: int = 180) -> Markup:
    """Stacked columns over time, 560 units wide. `says` is what screen readers hear."""
    left, foot, top, width = 40, 24, 8, 560
    limit = ceiling(max((sum(stack.parts) for stack in stacks), default=0))
    step = (width - left) / max(1, len(stacks))
    drawn: list[str] = []
    for share in (0.0, 0.5, 1.0) if limit > 1 else (0.0, 1.0):
        y = top + (height - top) * (1 - share)
        drawn.append(f'<line class="grid" x1="{left}" x2="{width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(f'<text class="axis end" x="{left - 8}" y="{y + 4:.1f}">{_short(limit * share)}</text>')
    every = max(1, ceil(len(stacks) / 7))
    for n, stack in enumerate(stacks):
        x, y = left + n * step, float(height)
        for series, count in enumerate(stack.parts):
            if not count:
                continue
            tall = (height - top) * count / limit
            y -= tall
            drawn.append(
                f'<rect class="s{series}" x="{x + step * 0.14:.1f}" y="{y:.1f}" width="{step * 0.72:.1f}"'
                f' height="{tall:.1f}"><title>{escape(stack.label)}: {escape(names[series])} {count}</title></rect>'
            )
        if n % every == 0:
            drawn.append(
                f'<text class="axis middle" x="{x + step / 2:.1f}" y="{height + foot - 5}">{escape(stack.label)}</text>'
            )
    return _svg(drawn, width, height + foot, says)


def bars(stacks: Sequence[Stack], names: Sequence[str], *, says: str) -> Markup:
    """Stacked bars beside each other's names, 560 units wide."""
    left, row, width = 130, 30, 560
    limit = max((sum(stack.parts) for stack in stacks), default=0) or 1
    drawn: list[str] = []
    for n, stack in enumerate(stacks):
        y, x = n * row + 6, float(left)
        drawn.append(f'<text class="axis name" x="{left - 10}" y="{y + 13}">{escape(_cut(stack.label, 17))}</text>')
        for series, count in enumerate(stack.parts):
            if not count:
                continue
            wide = (width - left - 60) * count / limit
            drawn.append(
                f'<rect class="{escape(names[series])}" x="{x:.1f}" y="{y}" width="{wide:.1f}" height="18">'
                f"<title>{escape(stack.label)}: {escape(names[series])} {count}</title></rect>"
            )
            x += wide
        drawn.append(f'<text class="axis" x="{x + 8:.1f}" y="{y + 13}">{sum(stack.parts)}</text>')
    return _svg(drawn, width, max(1, len(stacks)) * row + 6, says)


def _svg(drawn: Sequence[str], width: int, height: int, says: str) -> Markup:
    head = f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(says)}">'
    return Markup(head + "".join(drawn) + "</svg>")  # noqa: S704 - numbers, and texts that were escaped above


def _short(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g}M"
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
