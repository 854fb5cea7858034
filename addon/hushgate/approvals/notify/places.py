"""URLs of receivers and servers, and what is wrong with one. Pure."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

SMTP_PORTS: Final = {"smtp": 587, "smtps": 465}


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its address, or is called localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def bad_hook(url: str) -> str | None:
    """What is wrong with the URL of a receiver, or of the console; None if nothing is."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no URL"
    if not host or parts.scheme not in ("https", "http") or not _is_plain(url):
        return "is no URL with https://"
    if "@" in parts.netloc:
        return "holds credentials"
    if parts.scheme == "http" and not is_loopback(host):
        return "is not https, and not on this machine"
    return None


def bad_server(server: str) -> str | None:
    """The same of a mail server."""
    try:
        parts = urlsplit(server)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no server"
    rest = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in SMTP_PORTS or not host or rest or not _is_plain(server):
        return "is no smtp://HOST:PORT or smtps://HOST:PORT"
    return None


def bad_console(url: str) -> str | None:
    """The same of the console's address, which the pages' paths stand behind."""
    if (wrong := bad_hook(url)) is not None:
        return wrong
    parts = urlsplit(url)
    rest = parts.path.strip("/") or parts.query or parts.fragment
    return "has a path, and the console is at the root" if rest else None


def _is_plain(url: str) -> bool:
    return all(" " < c <= "~" for c in url)
