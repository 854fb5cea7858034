"""The schema of `hushgate.yaml`: every setting, what it means, its default, and its environment variable.

A setting's variable is its name in capitals behind `HUSHGATE_`, steps joined
by `_`: `egress.other_hosts` is HUSHGATE_EGRESS_OTHER_HOSTS. Lists are written
`a,b`, mappings `name=value,name=value`; an empty variable counts as unset.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any, Final

from ..detect.languages import LANGUAGES
from .notify import CHANNEL

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
PREFIX: Final = "HUSHGATE_"
MIB: Final = 1024 * 1024

_TEXT: Final = {"type": "string", "minLength": 1}


def _object(description: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": properties,
    }


def _text(description: str, default: str | None, **more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "description": description, "default": default, **more}


def _maybe(description: str) -> dict[str, Any]:
    return {"type": ["string", "null"], "minLength": 1, "description": description, "default": None}


def _choice(description: str, *words: str) -> dict[str, Any]:
    return {"enum": list(words), "description": description, "default": words[0]}


def _list(description: str, *default: str) -> dict[str, Any]:
    return {"type": "array", "items": _TEXT, "description": description, "default": list(default)}


def _number(description: str, default: int, low: int, high: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high, "description": description, "default": default}


SCHEMA: Final[dict[str, Any]] = {
    "$schema": DRAFT,
    "title": "hushgate",
    "type": "object",
    "additionalProperties": False,
    "required": ["version"],
    "properties": {
        "version": {"const": 1, "description": "The form of this file."},
        "listen": _text(
            "Where clients connect, as ADDRESS:PORT. Any address but loopback needs users: `hushgate users add`.",
            "127.0.0.1:8888",
        ),
        "console": _maybe(
            "Where the console's pages are served, as ADDRESS:PORT. Any address but loopback needs users."
        ),
        "console_url": _maybe("What people open the console by, where notifications lead: https://HOST."),
        "state": _text("The folder of the ledger, the CA and the keys. 0700, one gate at a time.", None),
        "endpoints": _list("Which hosts are governed: `builtin`, and files or file patterns.", "builtin"),
        "rules": _list("What is looked for: `builtin`, `builtin:COUNTRY`, and files or file patterns.", "builtin"),
        "catalog": _list("What the organisation knows of its own: files of a catalog, or file patterns."),
        "policy": _text("What happens to what is found: `builtin`, `builtin:PACK`, or a file.", "builtin"),
        "enforce": {
            "type": "boolean",
            "description": "false: observe and record; nothing is masked, held or blocked.",
            "default": True,
        },
        "detect": _object(
            "Detection.",
            ner=_text(
                "Names of people and places: `builtin`, `off`, or another tagger: its package, or its folder.",
                "builtin",
            ),
            ocr=_choice("Texts in images: `off`, or read with `tesseract` (the extra `ocr`).", "off", "tesseract"),
            languages=_list("Languages that names are looked for in; English is always among them.", *LANGUAGES),
            recognizers=_list("Recognizers of one's own in Python, Presidio's kind, as `package.module:Class`."),
            deadline_ms=_number("How long detection may take; what takes longer is blocked.", 2000, 50, 60000),
        ),
        "replies": _choice("`stream` as they come, or `strict`: collected and scanned as a whole.", "stream", "strict"),
        "egress": _object(
            "Where connections may go.",
            other_hosts=_choice("Hosts that are not governed: `pass` untouched, or `block`.", "pass", "block"),
            resolve={
                "type": "object",
                "additionalProperties": _TEXT,
                "description": "Pins names to addresses, as NAME: IP or NAME: IP:PORT.",
                "default": {},
            },
            allow_addresses=_list("Private or loopback networks that a governed name may resolve to."),
            upstream_ca=_maybe("A PEM file of further CAs that providers' certificates may come from."),
            upstream_proxy=_maybe("A proxy in front, as http://HOST:PORT."),
        ),
        "ledger": _text("Where decisions are recorded: `sqlite`, in the state folder.", "sqlite"),
        "transcripts": _choice(
            "What is kept of the texts: `structure` (their shape), `masked` (encrypted, findings masked) or `none`.",
            "structure", "masked", "none",
        ),
        "keys": _maybe("The master key: null (in the state folder), a folder, env:NAME, or command:COMMAND."),
        "approvals": _object(
            "Held requests.",
            hold_seconds=_number("How long a held request waits on its connection.", 55, 0, 3600),
            expire_minutes=_number("How long an approval can be given, and used.", 30, 1, 10080),
            minimum=_number("How many approvers have to agree.", 1, 1, 10),
            groups=_list("Groups that approvers have to be of; none: any approver may."),
            notify={
                "type": "array",
                "items": CHANNEL,
                "maxItems": 20,
                "description": "Who hears that something waits: Slack, Teams, a webhook, e-mail. In the file alone.",
                "default": [],
            },
        ),
        "ca": _object(
            "The CA that clients trust.",
            permitted=_list("Names it may sign for, beside the built-in endpoints' hosts."),
        ),
        "aws": _object(
            "Requests that are signed for AWS (SigV4), which masking makes invalid.",
            profiles={
                "type": "object",
                "additionalProperties": _TEXT,
                "description": "Profiles to sign them anew with, as ACCESS-KEY-ID: PROFILE or \"ACCOUNT\": PROFILE.",
                "default": {},
            },
            resign=_choice(
                "Without credentials: `block` all of them, or `pass-if-clean` what nothing was changed in.",
                "block", "pass-if-clean",
            ),
        ),
        "login": _maybe("By which OpenID provider people log in at the console: a file."),
        "workloads": _maybe("Which CI jobs may come in by their own signed tokens: a file of rules."),
        "clients": _object(
            "TLS between clients and the gate, and certificates of theirs.",
            certificate=_maybe("The gate's own certificate with its chain, PEM. Then clients speak TLS, all of them."),
            key=_maybe("Its key, PEM; null: in the same file."),
            ca=_maybe("CAs of clients' certificates, PEM: with one of those a client needs no token."),
            require={
                "type": "boolean",
                "description": "false: a client without a certificate may come with a token.",
                "default": True,
            },
            names=_choice("Where a certificate names its user: an e-mail or DNS name in `san`, or `cn`.", "san", "cn"),
        ),
        "limits": _object(
            "Sizes in bytes, and counts. What is larger is refused.",
            body_bytes=_number("A body as it is sent.", 32 * MIB, 1024, 1024 * MIB),
            decoded_bytes=_number("A body once its compression is undone.", 64 * MIB, 1024, 1024 * MIB),
            segments=_number("Texts in a request: values, keys and numbers.", 200_000, 1000, 10_000_000),
            findings=_number("Values found in a request: each is masked and recorded.", 10_000, 100, 1_000_000),
        ),
    },
}  # fmt: skip
"""JSON schema of hushgate.yaml."""


type Leaf = tuple[tuple[str, ...], dict[str, Any]]


def leaves(schema: Mapping[str, Any] = SCHEMA, at: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Every setting but `version`: its steps and its schema."""
    for key, part in schema["properties"].items():
        if "properties" in part:
            yield from leaves(part, (*at, key))
        elif key != "version":
            yield (*at, key), part


def changed(before: object, after: object) -> list[str]:
    """The settings that differ between two `Settings`, by name: `egress.other_hosts`."""
    values = ((".".join(at), attrgetter(".".join(at))) for at, _ in leaves())
    return [name for name, value in values if value(before) != value(after)]


def variable(at: tuple[str, ...]) -> str:
    """The environment variable of a setting."""
    return PREFIX + "_".join(at).upper()


def starter_text() -> str:
    """A hushgate.yaml that says every default and what it means."""
    lines = ["# hushgate: every setting, at its default. What is left out keeps its default.", "version: 1"]
    for key, part in SCHEMA["properties"].items():
        if key == "version":
            continue
        lines += ["", f"# {part['description']}"]
        if "properties" not in part:
            lines.append("# state: ~/.local/state/hushgate" if key == "state" else f"{key}: {_flow(part['default'])}")
            continue
        lines.append(f"{key}:")
        for inner, leaf in part["properties"].items():
            lines += [f"  # {leaf['description']}", f"  {inner}: {_flow(leaf['default'])}"]
    return "\n".join(lines) + "\n"


def _flow(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return json.dumps(value)
