"""How single settings are written: addresses, pins, and variables of the environment."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

_PIN: Final = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[^:\[\]]+)):(?P<port>[0-9]{1,5})")


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_pin(text: str) -> bool:
    """Whether a text is `ip` or `ip:port`, IPv6 as `[ip]:port`."""
    if found := _PIN.fullmatch(text):
        return is_address(found["six"] or found["four"]) and 0 < int(found["port"]) < 65536
    return is_address(text)


def bad_proxy(url: str) -> str | None:
    """What is wrong with a proxy's URL; None if nothing is."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port is not None
    except ValueError:
        fine = False
    if not fine or parts.path not in ("", "/") or parts.query or parts.fragment:
        return "is not a proxy's URL"
    return "holds credentials, which is not available in this version" if "@" in parts.netloc else None


def parsed(text: str, leaf: Mapping[str, Any]) -> object:
    """A variable's text as its setting's type; unchanged where it does not read as that."""
    kind = leaf.get("type")
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "integer":
        return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else text
    if kind == "array":
        return [item.strip() for item in text.split(",") if item.strip()]
    if kind == "object":
        pairs = [item.partition("=") for item in text.split(",") if item.strip()]
        return {name.strip(): value.strip() for name, _, value in pairs} if all(p[1] for p in pairs) else text
    return text
