"""Formats by name."""

from __future__ import annotations

import pytest

from hushgate import rulebook
from hushgate.endpoints import load_endpoints
from hushgate.wire.registry import FORMATS, ONLY_SOCKETS, SOCKETS, dialect


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_has_its_dialect(name: str) -> None:
    assert dialect(name).name == name


def test_these_formats_exist() -> None:
    assert {"openai-chat", "anthropic-messages", "mcp", "generic"} <= FORMATS


def test_an_unknown_format_is_no_other() -> None:
    with pytest.raises(KeyError):
        dialect("closedai")


def test_formats_of_sockets_alone_are_those_that_no_body_has() -> None:
    assert ONLY_SOCKETS <= SOCKETS <= FORMATS
    endpoints = load_endpoints(rulebook.sources([rulebook.BUILTIN], "endpoints")).endpoints
    methods = [(route.format, route.method) for one in endpoints for route in one.routes if route.format in SOCKETS]
    assert {format for format, method in methods if method == "GET"} >= ONLY_SOCKETS
    assert {format for format, method in methods if method != "GET"} == SOCKETS - ONLY_SOCKETS
