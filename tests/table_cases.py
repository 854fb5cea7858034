"""Reads tables as tests write them down: each value behind the name it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hushgate.detect.tables.group import Group


def read_at(table_at: Callable[[str, int, int], Group | None], text: str) -> list[str]:
    """The values of the table that begins with the first line."""
    end = text.find("\n")
    group = table_at(text, 0, end if end >= 0 else len(text))
    return read(text, [group] if group else [])


def read(text: str, groups: Iterable[Group]) -> list[str]:
    """The values of groups, as `name=value`."""
    return [
        f"{group.names[n]}={text[low:high]}"
        for group in groups
        for n, low, high in group.cells(range(len(group.names)))
        if group.names[n]
    ]


def ends(text: str) -> list[tuple[int, int]]:
    """Where each line begins and ends."""
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    return lines
