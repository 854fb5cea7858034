"""What stands in place of a masked value. Only a placeholder can be turned back."""

from __future__ import annotations

from typing import Final

from hushgate.transform.placeholders import Placeholders, family
from hushgate.transform.surrogates import shifted, surrogate

PLACEHOLDER: Final = "placeholder"
REDACT: Final = "redact"
LAST4: Final = "last4"
HASH: Final = "hash"
SURROGATE: Final = "surrogate"
SHIFT: Final = "shift"
STYLES: Final = frozenset({PLACEHOLDER, REDACT, LAST4, HASH, SURROGATE, SHIFT})

_LAST4_SHORTEST: Final = 12
"""Of anything shorter, four characters would give too much away."""


def render(style: str, entity: str, value: str, *, placeholders: Placeholders, scope: str, plain: bool = True) -> str:
    """The text that replaces a value; ValueError for a style that does not exist.

    With `plain` False the value was found under an encoding: its last four
    characters would mean nothing, so `last4` redacts, and so does what keeps
    a value's shape. `shift` moves all dates of a scope by the same days.
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
    if style == SURROGATE:
        made = surrogate(entity, value, placeholders.drawn(scope, value)) if plain else None
        return made if made is not None else f"[{family(entity)}]"
    if style == SHIFT:
        made = shifted(value, _days(placeholders, scope)) if plain else None
        return made if made is not None else f"[{family(entity)}]"
    raise ValueError("not a masking style")


def _days(placeholders: Placeholders, scope: str) -> int:
    """30 to 285 days, one way or the other."""
    drawn = placeholders.drawn(scope, "days")
    away = 30 + next(drawn)
    return away if next(drawn) % 2 else -away
