"""What every stream framing offers."""

from __future__ import annotations

from typing import Protocol


class Framed(Protocol):
    """One frame. `raw`: exactly the bytes it came as; `data`: what it carries, None for nothing to read."""

    @property
    def raw(self) -> bytes: ...

    @property
    def data(self) -> str | None: ...

    def with_data(self, data: str) -> bytes:
        """The frame's bytes with other data; everything else in it stays."""
        ...


class Decoder[F: Framed](Protocol):
    """Bytes to frames. The frames' `raw`, joined, are the input, whatever the chunks."""

    def feed(self, chunk: bytes) -> list[F]:
        """The frames that are complete now; Malformed for one that is too large."""
        ...

    def flush(self) -> list[F]:
        """What is left at the end of the stream."""
        ...
