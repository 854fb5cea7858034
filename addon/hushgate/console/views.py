"""From values to HTML: the templates, all of them escaped, and how times, counts and names are written."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from hushgate.console.visitors import Role, Visitor

HERE: Final = Path(__file__).parent

PAGES: Final = (
    ("/", "Overview", Role.DEVELOPER),
    ("/approvals", "Approvals", Role.DEVELOPER),
    ("/sessions", "Sessions", Role.DEVELOPER),
    ("/search", "Value search", Role.AUDITOR),
    ("/policy", "Policy", Role.DEVELOPER),
    ("/coverage", "Coverage", Role.AUDITOR),
    ("/users", "Users", Role.ADMIN),
    ("/health", "Health", Role.DEVELOPER),
)
"""The menu, and who sees which line of it."""


def moment(at: float | None) -> str:
    """A time in the gate's local time; what has none is a dash."""
    return "–" if at is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


def stamp(at: float | None) -> str:
    """A time as a machine reads it, in UTC."""
    return "" if at is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def plain(value: object) -> str:
    """What a client may have named: without control characters, and a dash for nothing."""
    if value is None or value == "":
        return "–"
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in str(value))


def step(name: object) -> str:
    """A name as one step of a path: none of its own slashes parts it."""
    return quote(str(name), safe="")


def many(count: int, word: str) -> str:
    """`1 value`, `2 values`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def done(row: Mapping[str, Any]) -> str:
    """What became of an exchange, in one word: stopped, observed, masked or passed."""
    if row["stopped"]:
        return "stopped"
    if row["gate"] != "allow":
        return "observed"
    return "masked" if row["masked"] and row["enforced"] else "passed"


def environment() -> Environment:
    """The templates. What is missing is an error, never an empty place."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(moment=moment, stamp=stamp, plain=plain, many=many, done=done, urlencode=step)
    return made


class Views:
    """Draws pages for whoever asks."""

    def __init__(self) -> None:
        self._environment = environment()

    def page(self, request: Request, template: str, /, status: int = 200, **values: object) -> HTMLResponse:
        """The page of a template, with the menu of the visitor."""
        visitor: Visitor | None = request.scope.get("visitor")
        menu = [(path, word) for path, word, role in PAGES if visitor is not None and visitor.may(role)]
        text = self._environment.get_template(f"{template}.html").render(
            visitor=visitor, menu=menu, here=request.url.path, **values
        )
        return HTMLResponse(text, status)
