"""Placeholders in a transcript: numbered by their first occurrence, since they hang on keys."""

from __future__ import annotations

import re
from typing import Final

from hushgate.values import PLACEHOLDER_PATTERN

_TOKEN: Final = re.compile(PLACEHOLDER_PATTERN)
_NUMBERED: Final = re.compile(r"(<[A-Z][A-Z_]*_[0-9]{1,3})(?:\[([0-9]*):([0-9]*)\])?>")


class Numbers:
    """Placeholders by number, and back."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def out(self, text: str) -> str:
        return _TOKEN.sub(lambda found: self._names.setdefault(found[0], self._next(found[0])), text)

    def back(self, text: str) -> str:
        tokens = {name: token for token, name in self._names.items()}

        def token(found: re.Match[str]) -> str:
            whole = tokens.get(found[1] + ">")
            return found[0] if whole is None else whole[int(found[2] or 0) : int(found[3] or len(whole))]

        return _NUMBERED.sub(token, text)

    def _next(self, token: str) -> str:
        family = token.strip("<>").rpartition("_")[0]
        return f"<{family}_{1 + sum(name.startswith(f'<{family}_') for name in self._names.values())}>"
