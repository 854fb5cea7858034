"""What could not be read, by kind: a small closed set, so that a policy can let one kind pass and no other.

A kind says what a receiver would have to be to make something of it. What is
not known to be of another kind is `other`. Where nobody has looked whether a file's
content is what it is said to be, it is no image: in a header or a query it is
`other`.

A policy says it for both directions or for each: what is sent takes a value out
of the house, what comes back is the provider's own, and nobody can mask a picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..files import in_document
from ..filetypes import AUDIO, BINARY, DOCUMENTS, IMAGE, VIDEO
from ..values import Area, Direction, Gate, Unread

FILE: Final = "file"
TOKENS: Final = "tokens"
OTHER: Final = "other"
KINDS: Final = (IMAGE, AUDIO, VIDEO, FILE, TOKENS, OTHER)

_MEDIA: Final = frozenset({IMAGE, AUDIO, VIDEO})
_BY_REASON: Final = (
    {kind: kind for kind in _MEDIA}
    | dict.fromkeys((FILE, BINARY, *DOCUMENTS), FILE)
    | dict.fromkeys((TOKENS, "token ids"), TOKENS)
)
_READ: Final = frozenset({Area.BODY, Area.FRAME})


def kind_of(unread: Unread) -> str:
    """One of KINDS. A whole body's reason may be its media type."""
    if unread.location.area not in _READ:
        return OTHER
    known = _BY_REASON.get(unread.reason)
    if known is not None:
        return known
    if in_document(unread.location):
        return FILE
    family, slash, _ = unread.reason.partition("/")
    if slash and " " not in unread.reason:
        return family if family in _MEDIA else FILE if family == "application" else OTHER
    return OTHER


type Gates = dict[Direction, dict[str, Gate]]
"""The gate of every kind, each way."""

_DEFAULT: Final[Gates] = {
    Direction.REQUEST: dict.fromkeys(KINDS, Gate.BLOCK),
    Direction.REPLY: {kind: Gate.ALLOW if kind in _MEDIA else Gate.BLOCK for kind in KINDS},
}


def gates(written: str | Mapping[str, Any] | None) -> Gates:
    """As a policy says it: one word for all, a word by kind, or either of these by direction; None: the default.

    A kind that is not named is what `other` is, or as by default where that is not named as well.
    """
    if isinstance(written, Mapping) and not written.keys().isdisjoint(Direction):
        return {way: _gates(written.get(way), way) for way in Direction}
    return {way: _gates(written, way) for way in Direction}


def _gates(written: str | Mapping[str, str] | None, way: Direction) -> dict[str, Gate]:
    if isinstance(written, str):
        return dict.fromkeys(KINDS, Gate[written.upper()])
    said = {kind: Gate[word.upper()] for kind, word in (written or {}).items()}
    return {kind: said.get(kind, said.get(OTHER, _DEFAULT[way][kind])) for kind in KINDS}


def told(unread: Iterable[Unread]) -> dict[str, str]:
    """What is said of it, one sentence for all of one reason and kind, and the kind."""
    alike: dict[tuple[str, str], list[Unread]] = {}
    for item in unread:
        alike.setdefault((item.reason, kind_of(item)), []).append(item)
    said: dict[str, str] = {}
    for (reason, kind), items in alike.items():
        more = f" and {len(items) - 1} more" if len(items) > 1 else ""
        said[f"{items[0].location}{more} could not be read: {reason}"] = kind
    return said
