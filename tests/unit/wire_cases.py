"""What a reading says, as rows to compare with."""

from __future__ import annotations

from hushgate.wire.base import Frame, Reading


def rows(reading: Reading | Frame) -> list[tuple[object, ...]]:
    """(path, role, kind, text); keys show as a path that ends in `#key`."""
    return [
        ((*s.location.path, "#key") if s.location.is_key else s.location.path, s.role, s.kind, s.text)
        for s in reading.segments
    ]


def below(prefix: tuple[object, ...], reading: Reading | Frame) -> list[tuple[object, ...]]:
    """(path, role, kind, text) of what stands below `prefix`, with paths from there."""
    found = [row for row in rows(reading) if row[0][: len(prefix)] == prefix]  # type: ignore[index]
    return [(path[len(prefix) :], *rest) for path, *rest in found]  # type: ignore[index]


def unread(reading: Reading | Frame) -> list[tuple[object, ...]]:
    return [(u.location.path, u.reason) for u in reading.unread]


def told(frame: Frame) -> list[tuple[object, ...]]:
    """(channel, text, kind, json_string) of the deltas."""
    return [(d.channel, d.text, d.kind, d.json_string) for d in frame.deltas]


def again(frame: Frame) -> list[tuple[object, ...]]:
    """(channel, path, text) of the repeats."""
    return [(d.channel, d.location.path, d.text) for d in frame.repeats]
