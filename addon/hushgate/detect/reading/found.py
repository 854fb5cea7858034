"""What is read of a file, within bounds: texts, what stays unread, and how much of either there may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from hushgate.files import Contents

type Steps = tuple[str | int, ...]

MAX_CHARACTERS: Final = 16 * 1024 * 1024
"""Code points of text that are read of one file."""
MAX_TEXTS: Final = 20_000
MAX_DECODED: Final = 128 * 1024 * 1024
"""Bytes that everything packed in a file may come to."""
MAX_MEMBERS: Final = 2_000
"""Files in a file, those in them included."""
MAX_DEPTH: Final = 4
"""Files in files that are opened: a document in an archive is the second, in an e-mail in one the fourth."""
MAX_RATIO: Final = 200
"""How many times its packed size a member may come to, from `SMALL` bytes on."""
SMALL: Final = 1024 * 1024


class TooMuch(Exception):
    """A bound is exceeded: nothing of the file counts as read. The text says which one."""


@dataclass(slots=True)
class Found:
    """Gathers what the readers of one file find."""

    texts: list[tuple[Steps, str]] = field(default_factory=list, repr=False)
    unread: list[tuple[Steps, str, int]] = field(default_factory=list)
    characters: int = 0
    decoded: int = 0
    members: int = 0
    pixels: int = 0
    ocr: bool = False
    """Whether images are read."""

    def text(self, steps: Steps, text: str) -> None:
        """A text that stands at `steps` in the file. TooMuch as `unpacked`."""
        if not text.strip():
            return
        self.characters += len(text)
        if self.characters > MAX_CHARACTERS or len(self.texts) >= MAX_TEXTS:
            raise TooMuch("more text than is read of one file")
        self.texts.append((steps, text))

    def skip(self, steps: Steps, reason: str, size: int) -> None:
        """Something that stays unread, `size` in bytes."""
        if len(self.unread) >= MAX_TEXTS:
            raise TooMuch("more in it that is unread than can be named")
        self.unread.append((steps, reason, size))

    def unpacked(self, size: int, packed: int) -> None:
        """Before one more member is unpacked: TooMuch where a bound would be exceeded."""
        self.members += 1
        self.decoded += size
        if self.members > MAX_MEMBERS:
            raise TooMuch("more files in it than are opened")
        if self.decoded > MAX_DECODED:
            raise TooMuch("more in it than is unpacked")
        if size > SMALL and size > packed * MAX_RATIO:
            raise TooMuch("packed so tightly that it may be a bomb")

    @property
    def anything(self) -> int:
        """How much was found, read or not: the same afterwards means that nothing was."""
        return len(self.texts) + len(self.unread)

    def contents(self) -> Contents:
        """All of it."""
        return Contents(tuple(self.texts), tuple(self.unread))
