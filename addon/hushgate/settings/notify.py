"""`approvals.notify`: the channels that approvers are told through, and what is wrong with one beyond its schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from ..approvals.notify.carrying import is_reference
from ..approvals.notify.channels import Channel, Hook, Mailbox
from ..approvals.notify.places import bad_hook, bad_server
from ..values import Level

KINDS: Final = ("slack", "teams", "webhook", "email")
_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 1000}
_SECRET: Final[dict[str, Any]] = {
    "type": "string", "pattern": "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$", "description": "env:NAME or file:PATH",
    "x-hint": "name where the secret is, as env:NAME or file:PATH; never write it here",
}  # fmt: skip


def _object(required: tuple[str, ...], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


CHANNEL: Final[dict[str, Any]] = {
    **_object(
        (),
        slack=_SECRET,
        teams=_SECRET,
        webhook=_object(("url", "secret"), url=_TEXT, secret=_SECRET),
        email=_object(
            ("smtp", "from", "to"), smtp=_TEXT, to={"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 50},
            user=_TEXT, password=_SECRET, **{"from": _TEXT},
        ),
        level={"enum": [level.word for level in Level]},
        groups={"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 50},
        ends={"type": "boolean"},
    ),
    "description": "`slack`, `teams`, `webhook` or `email`, and what is told there: `level`, `groups`, `ends`.",
}  # fmt: skip
"""JSON schema of one channel."""

type Fault = tuple[tuple[str | int, ...], str, str]
"""Where in the list, what is wrong, and a hint."""


def channels(
    written: list[dict[str, Any]], folder: Path, line: Callable[[int], int], fault: Callable[..., None]
) -> tuple[Channel, ...]:
    """The channels of a list that fits the schema. `fault(message, *steps, hint=...)` hears what is wrong with them.

    A file with a secret stands relative to `folder`; `line` has the line of the nth entry.
    """
    made = []
    for index, one in enumerate(written):
        named = [kind for kind in KINDS if kind in one]
        if len(named) != 1:
            says = f"must have one of {', '.join(KINDS)} in each entry, not {len(named) or 'none'}"
            fault(says, index, hint="write another entry for each channel")
            continue
        kind = named[0]
        wrong = list(_wrong(kind, one[kind]))
        for steps, says, hint in wrong:
            fault(says, index, kind, *steps, hint=hint)
        if not wrong:
            told = (
                Level[one.get("level", "public").upper()],
                tuple(one.get("groups", ())),
                one.get("ends", True),
                line(index),
            )
            made.append(Channel(f"{kind}-{index + 1}", _target(kind, one[kind], folder), *told))
    return tuple(made)


def _wrong(kind: str, said: Any) -> Iterator[Fault]:
    if kind == "webhook" and not is_reference(said["url"]) and (wrong := bad_hook(said["url"])) is not None:
        yield ("url",), wrong, "write https://HOST/PATH, or env:NAME where it holds a secret"
    if kind != "email":
        return
    if (wrong := bad_server(said["smtp"])) is not None:
        yield ("smtp",), wrong, "smtps:// is TLS from the first byte on, smtp:// asks for STARTTLS"
    for steps, address in ((("from",), said["from"]), *((("to", n), one) for n, one in enumerate(said["to"]))):
        if not _is_address(address):
            yield steps, f"names {address!r}, which is not an address", "write NAME@DOMAIN"
    if ("user" in said) != ("password" in said):
        yield (), "has one of user and password", "write both, or none"


def _is_address(text: str) -> bool:
    from email.headerregistry import Address  # 10 ms to import: only who sends mail pays

    if not re.fullmatch(r"[!-~]+@[!-~]+", text):
        return False
    try:
        return bool(Address(addr_spec=text).domain)
    except (ValueError, IndexError):
        return False


def _target(kind: str, said: Any, folder: Path) -> Hook | Mailbox:
    if kind == "email":
        password = _placed(said["password"], folder) if "password" in said else None
        return Mailbox(said["smtp"], said["from"], tuple(said["to"]), said.get("user"), password)
    if kind == "webhook":
        return Hook(kind, _placed(said["url"], folder), _placed(said["secret"], folder))
    return Hook(kind, _placed(said, folder))


def _placed(text: str, folder: Path) -> str:
    """A reference to a file, from wherever the settings are read."""
    kind, _, name = text.partition(":")
    return f"file:{folder / Path(name).expanduser()}" if kind == "file" else text
