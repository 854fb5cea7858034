"""What every stream framing offers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol

LARGEST_FRAME: Final = 16 * 1024 * 1024
"""Bytes of one frame, at most."""


class Framed(Protocol):
    """One frame. `raw`: exactly the bytes it came as; `data`: what it carries, None for nothing to read.

    `beside`: the text of all else in it, which stays as it is. `closes`:
    nothing may follow, so what is still to be said goes before it.
    """

    @property
    def raw(self) -> bytes: ...

    @property
    def data(self) -> str | None: ...

    @property
    def beside(self) -> str: ...

    @property
    def closes(self) -> bool: ...

    def with_data(self, data: str) -> bytes:
        """The frame's bytes with other data; everything else in it stays."""
        ...


class Framing(Protocol):
    """One stream: bytes to frames, and frames of the gate's own between them.

    The frames' `raw`, joined, are the input, whatever the chunks. Each frame
    is to be dealt with before the next one is asked for.
    """

    def feed(self, chunk: bytes) -> Iterable[Framed]:
        """The frames that are complete now; Malformed for one that is too large, or broken."""
        ...

    def flush(self) -> Iterable[Framed]:
        """What is left at the end of the stream."""
        ...

    def frame(self, data: str, name: str | None = None, *, error: bool = False, last: bool = False) -> bytes:
        """A frame with `data`, to go right before the frame that is being dealt with; with `last`, at the end.

        `name` is the kind of event, where the framing tells kinds apart;
        `error` says that the stream ends with it.
        """
        ...
