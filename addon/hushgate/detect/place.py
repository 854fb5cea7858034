"""What the place of a text says: whether somebody said it, its nearest key, and what counts where nobody did."""

from __future__ import annotations

from typing import Final

from hushgate.detect.hit import Hit
from hushgate.files import ATTRIBUTES, BESIDE
from hushgate.values import Kind, Segment

_SCORE: Final = 0.8
"""Least score that counts in a structural string."""
_ENTITIES: Final = frozenset({"EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "US_SSN"})
"""What counts in a structural string beside secrets: shapes that no id, model name or enum value has by chance."""


def said(segment: Segment) -> bool:
    """Whether somebody may have said it: no structural string, and no words of a document's format."""
    return segment.kind is not Kind.OPAQUE and segment.location.path[-2:] != (ATTRIBUTES, BESIDE)


def counts_in_structure(hit: Hit) -> bool:
    """Whether it counts in a structural string."""
    return hit.score >= _SCORE and (hit.category == "secret" or hit.entity in _ENTITIES)


def key_of(segment: Segment) -> str | None:
    """The nearest key of an object; None for a key itself."""
    location = segment.location
    if location.is_key:
        return None
    last = location.path[-1] if location.path else None
    return last if isinstance(last, str) else location.key
