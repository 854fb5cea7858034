"""Stream events whose texts belong to channels: where those stand is found first, then the event is walked."""

from __future__ import annotations

from dataclasses import dataclass, field

from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire.base import Channel, Delta, Frame
from hushgate.wire.walk import Path, Walk


@dataclass(slots=True)
class Runs:
    """Of one event: `places` of texts with their channels, those of them that are `repeats`, what ends, and tools.

    `stem` is the event's name without its last word.
    """

    stem: str = ""
    places: dict[Path, Channel] = field(default_factory=dict)
    repeats: set[Path] = field(default_factory=set)
    ends: tuple[Channel, ...] = ()
    tools: list[tuple[Channel, str]] = field(default_factory=list, repr=False)

    def told(self, path: Path, channel: Channel, *, again: bool) -> None:
        """The text at `path` is a channel's; `again` where it is all of it once more."""
        self.places[path] = channel
        if again:
            self.repeats.add(path)


class FrameWalk(Walk):
    """A walk that keeps the texts of channels apart from segments, and does not look inside them."""

    __slots__ = ("_found", "_told")

    def __init__(self, found: Runs, *, vocabulary: frozenset[str], constants: frozenset[str]) -> None:
        super().__init__(Direction.REPLY, Area.FRAME, vocabulary=vocabulary, constants=constants)
        self._found = found
        self._told: dict[Path, Delta] = {}

    def leaf(self, path: Path, text: str, role: Role, kind: Kind) -> None:
        channel = self._found.places.get(path)
        if channel is None or not text:
            super().leaf(path, text, role, kind)
            return
        # Arguments are JSON; every other channel's text may be anything.
        json_string = any(isinstance(step, str) and step.endswith("arguments") for step in channel)
        self._told[path] = Delta(channel, Location(Area.FRAME, None, path), text, role, kind, json_string)

    def frame(self) -> Frame:
        """What was walked."""
        again = self._found.repeats
        return Frame(
            deltas=tuple(delta for path, delta in self._told.items() if path not in again),
            ends=self._found.ends,
            segments=self.segments,
            unread=self.unread,
            tools=tuple(self._found.tools),
            repeats=tuple(delta for path, delta in self._told.items() if path in again),
        )
