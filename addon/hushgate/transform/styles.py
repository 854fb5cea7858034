"""What stands in place of a masked value. Only a placeholder can be turned back."""

from __future__ import annotations

from typing import Final

from hushgate.transform.placeholders import Placeholders, family

PLACEHOLDER: Final = "placeholder"
REDACT: Final = "redact"
LAST4: Final = "last4"
HASH: Final = "hash"
STYLES: Final = frozenset({PLACEHOLDER, REDACT, LAST4, HASH})

_LAST4_SHORTEST: Final = 12
"""Of anything shorter, four characters would give too much away."""


def render(style: str, entity: str, value: str, *, placeholders: Placeholders, scope: str, plain: bool = True) -> str:
    """The text that replaces a value; ValueError for a style that does not exist.

    With `plain` False the value was found under an encoding: its last four
    characters would mean nothing, so `last4` redacts.
    """
    if style == PLACEHOLDER:
        return placeholders.token(scope, entity, value)
    if style == REDACT:
        return f"[{family(entity)}]"
    if style == HASH:
        return f"[{family(entity)}#{placeholders.suffix(scope, value)}]"
    if style == LAST4:
        kept = "".join(c for c in value if c.isalnum())
        if not plain or len(kept) < _LAST4_SHORTEST:
            return f"[{family(entity)}]"
        return f"[{family(entity)} *{kept[-4:]}]"
    raise ValueError("not a masking style")
