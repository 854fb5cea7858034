"""A file inside a message: where it stands, and what the message says it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from hushgate.values import Embedded, Location, Role, Step

BESIDE: Final = "beside"
"""The last step to a text of a document that nobody reads in it: metadata, styles, links, scripts."""
ATTRIBUTES: Final = "attributes"
"""The step before it, where it is a format's own words: names of styles, fonts and parts."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a message carries.

    `location` is where its data stands: a string of base64, which may have the
    head of a data URL (RFC 2397), or the bytes of a multipart part.
    `media_type` (lower case, with its parameters) and `filename` are the
    message's own words, "" for none: what a file is, its content says.
    """

    location: Location
    media_type: str
    filename: str = field(repr=False)
    data: str | bytes = field(repr=False)
    role: Role = Role.NONE
    tool: str | None = field(default=None, repr=False)


def in_document(location: Location) -> bool:
    """Whether something was only read out of a file, and cannot be edited there."""
    return Embedded.DOCUMENT in location.path


@dataclass(frozen=True, slots=True)
class Document:
    """A file that takes a worker to read: its type (a word of `filetypes`), its name and its bytes."""

    type: str
    filename: str = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contents:
    """What was read of a document.

    `texts` and `unread` (reason, size in bytes) stand where in it they are: page 3, line 7 of sheet 2.
    With a `fault` it could not be judged at all.
    """

    texts: tuple[tuple[tuple[Step, ...], str], ...] = field(default=(), repr=False)
    unread: tuple[tuple[tuple[Step, ...], str, int], ...] = ()
    fault: str | None = None
