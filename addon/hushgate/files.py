"""A file inside a message: where it stands, and what the message says it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from hushgate.values import Location, Role


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a message carries.

    `location` is where its data stands: a string of base64, which may have the
    head of a data URL (RFC 2397), or the bytes of a multipart part.
    `media_type` and `filename` are the message's own words, "" for none: what
    a file is, its content says.
    """

    location: Location
    media_type: str
    filename: str = field(repr=False)
    data: str | bytes = field(repr=False)
    role: Role = Role.NONE
    tool: str | None = field(default=None, repr=False)
