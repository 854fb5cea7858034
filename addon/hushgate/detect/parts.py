"""Pieces of patterns that the rules of a file share: `(?&name)` stands for what `parts` says, as in Perl and PCRE.

RE2 has no such call, so it means nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_CALL: Final = re.compile(r"\(\?&([a-z][a-z0-9_]{0,31})\)")
_LONGEST: Final = 32_000
"""Characters of a pattern that may still call parts."""

PARTS: Final[Mapping[str, Any]] = {
    "type": "object",
    "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,31}$"},
    "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 8000},
}
"""What `parts` may hold (JSON Schema 2020-12)."""


def spelt_out(pattern: str, parts: Mapping[str, str]) -> str:
    """The pattern with `parts` in the places that call them; parts may call others.

    ValueError with the name of a part that does not exist, that calls itself, or that makes the pattern too long.
    """
    for _ in range(len(parts) + 1):
        called = _CALL.findall(pattern)
        if not called:
            return pattern
        if missing := set(called) - parts.keys():
            raise ValueError(min(missing))
        if len(pattern) > _LONGEST:
            raise ValueError(called[0])
        pattern = _CALL.sub(lambda call: f"(?:{parts[call[1]]})", pattern)
    raise ValueError(called[0])
