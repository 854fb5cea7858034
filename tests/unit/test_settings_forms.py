from __future__ import annotations

from typing import Any

import pytest

from hushgate.settings.forms import is_address, is_pin, parsed


@pytest.mark.parametrize(
    ("text", "address", "pin"),
    [
        ("127.0.0.1", True, True),
        ("::1", True, True),
        ("127.0.0.1:8443", False, True),
        ("[::1]:8443", False, True),
        ("[::1]", False, False),
        ("127.0.0.1:0", False, False),
        ("127.0.0.1:65536", False, False),
        ("127.0.0.1:", False, False),
        ("name:80", False, False),
        ("", False, False),
    ],
)
def test_addresses_and_pins(text: str, address: bool, pin: bool) -> None:
    assert (is_address(text), is_pin(text)) == (address, pin)


@pytest.mark.parametrize(
    ("text", "leaf", "value"),
    [
        ("true", {"type": "boolean"}, True),
        ("yes", {"type": "boolean"}, "yes"),
        ("12", {"type": "integer"}, 12),
        ("-1", {"type": "integer"}, "-1"),
        ("a, b,", {"type": "array"}, ["a", "b"]),
        ("a=1, b=x=y", {"type": "object"}, {"a": "1", "b": "x=y"}),
        ("a=1,b", {"type": "object"}, "a=1,b"),
        ("12", {"type": "string"}, "12"),
        ("null", {"type": ["string", "null"]}, "null"),
    ],
)
def test_variables_are_read_as_their_settings_type(text: str, leaf: dict[str, Any], value: object) -> None:
    assert parsed(text, leaf) == value
