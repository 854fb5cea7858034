"""spaCy's import without its commands, whose web clients are a third of its time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

_COMMANDS: Final = ("spacy.cli", "spacy.cli.info")
"""What `spacy/__init__.py` imports for `spacy.info`, which prints what is installed."""


@contextmanager
def without_commands() -> Iterator[None]:
    """spaCy, where it is first imported meanwhile, does without; who imports its commands later has them."""
    stood_in: list[str] = []
    if "spacy" not in sys.modules:
        stood_in += _COMMANDS
    for name in stood_in:
        module: Any = ModuleType(name)
        module.__path__, module.info = [], None
        sys.modules[name] = module
    try:
        yield
    finally:
        for name in stood_in:
            sys.modules.pop(name, None)
