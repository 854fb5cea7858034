"""What carries a message: a failure that says whether to try again, and the secrets that channels refer to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

LONGEST: Final = 8192
"""Bytes of a file with a secret."""


class Undelivered(Exception):
    """A try failed. `again`: another may not; `after`: seconds that the receiver asks to be left alone.

    The words say what happened, and hold nothing that came from there but a status.
    """

    def __init__(self, why: str, *, again: bool, after: float = 0.0) -> None:
        super().__init__(why)
        self.again, self.after = again, after


def is_reference(text: str) -> bool:
    """Whether a text says where a secret is: `env:NAME` or `file:PATH`."""
    return text.startswith(("env:", "file:"))


def secret(reference: str, environ: Mapping[str, str] | None = None) -> str:
    """What a reference leads to, without white space around it; ValueError where it leads nowhere, never quoting it."""
    kind, _, name = reference.partition(":")
    if kind == "env":
        found = (os.environ if environ is None else environ).get(name, "")
        if not found.strip():
            raise ValueError(f"the environment variable {name} is not set")
        return found.strip()
    try:
        with Path(name).open("rb") as file:
            found = file.read(LONGEST).decode("utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise ValueError(f"{name} cannot be read ({getattr(why, 'strerror', None) or 'no UTF-8'})") from None
    if not found.strip():
        raise ValueError(f"{name} is empty")
    return found.strip()
