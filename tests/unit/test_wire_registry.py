"""Formats by name."""

from __future__ import annotations

import pytest

from hushgate.wire.registry import FORMATS, dialect


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_has_its_dialect(name: str) -> None:
    assert dialect(name).name == name


def test_these_formats_exist() -> None:
    assert {"openai-chat", "anthropic-messages", "mcp", "generic"} <= FORMATS


def test_an_unknown_format_is_no_other() -> None:
    with pytest.raises(KeyError):
        dialect("closedai")
