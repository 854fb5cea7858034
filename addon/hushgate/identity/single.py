"""Log-ins by an OpenID provider: the file that says which, and what its groups are worth here.

version: 1
issuer: https://login.acme.example/realms/acme
client_id: hushgate
client_secret: env:OIDC_SECRET       # none for a public client
url: https://hushgate.acme.example            # where browsers find the console
roles: {hushgate-approvers: [approver, revealer], hushgate-auditors: auditor}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from ..errors import ConfigError
from ..schema_check import check
from ..users import ROLES
from ..yaml_source import load_yaml

_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 1000}
_URL: Final = "^https://[^\\s?#@]+$"
_ROLE: Final[dict[str, Any]] = {"enum": list(ROLES)}

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "hushgate login",
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "issuer", "client_id"],
    "properties": {
        "version": {"const": 1, "description": "The form of this file."},
        "issuer": {**_TEXT, "pattern": _URL, "description": "The provider, as its ID tokens name it, to the letter."},
        "client_id": {**_TEXT, "description": "What the provider calls this console."},
        "client_secret": {
            **_TEXT,
            "description": "The variable that has the client's secret, as env:NAME. Default: none, a public client.",
        },
        "ca": {**_TEXT, "description": "A PEM file of CAs that the provider's certificate may come from, too."},
        "scopes": {
            "type": "array", "items": {**_TEXT, "pattern": "^[!#-\\[\\]-~]+$"},
            "description": "What is asked for beside `openid`. Default: [email, profile].",
        },
        "name": {
            **_TEXT,
            "description": "The claim that has the user's name. `email` (default) counts where it is verified.",
        },
        "groups": {**_TEXT, "description": "The claim that has the user's groups. Default: groups."},
        "roles": {
            "type": "object",
            "description": "What the provider's groups are here, as GROUP: ROLE or GROUP: [ROLE, ...].",
            "additionalProperties": {"anyOf": [_ROLE, {"type": "array", "minItems": 1, "items": _ROLE}]},
        },
        "proxies": {
            "type": "array", "items": _TEXT,
            "description": "Addresses of proxies in front, whose X-Forwarded-For says where a visitor comes from.",
        },
    },
}  # fmt: skip
"""JSON schema of a login file."""


@dataclass(frozen=True, slots=True)
class SignOn:
    """One provider, and this console as its client."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    url: str
    ca: Path | None
    scopes: tuple[str, ...]
    name: str
    groups: str
    roles: Mapping[str, tuple[str, ...]]
    proxies: tuple[str, ...]

    @property
    def callback(self) -> str:
        """Where the provider sends browsers back to: to be registered there."""
        return f"{self.url}/login/callback"


def load_sign_on(path: Path, environ: Mapping[str, str], url: str) -> SignOn:
    """Read a login file; ConfigError with all faults. `url` is where browsers find the console."""
    source = load_yaml(path)
    if faults := check(source, SCHEMA):
        raise ConfigError(faults)
    said = cast(dict[str, Any], source.data)
    secret = said.get("client_secret", "env:")
    variable = secret.removeprefix("env:")
    if not re.fullmatch(r"env:([A-Za-z_][A-Za-z0-9_]*)?", secret):  # what stands there is not repeated
        faults.append(source.fault("client_secret has to be env:NAME, never the secret itself", "client_secret"))
    elif variable and not environ.get(variable):
        faults.append(source.fault(f"the variable {variable} is not set", "client_secret"))
    ca = path.absolute().parent / said["ca"] if "ca" in said else None
    if ca is not None and not ca.is_file():
        faults.append(source.fault("ca names a file that is not there", "ca"))
    if faults:
        raise ConfigError(faults)
    roles = {group: (one,) if isinstance(one, str) else tuple(one) for group, one in said.get("roles", {}).items()}
    return SignOn(
        issuer=said["issuer"],
        client_id=said["client_id"],
        client_secret=environ.get(variable, "") if variable else "",
        url=url.rstrip("/"),
        ca=ca,
        scopes=tuple(dict.fromkeys(("openid", *said.get("scopes", ("email", "profile"))))),
        name=said.get("name", "email"),
        groups=said.get("groups", "groups"),
        roles=roles,
        proxies=tuple(said.get("proxies", ())),
    )


def roles_of(sign_on: SignOn, groups: tuple[str, ...]) -> tuple[str, ...]:
    """Which roles the provider's groups give here, in the order of ROLES."""
    given = {role for group in groups for role in sign_on.roles.get(group, ())}
    return tuple(role for role in ROLES if role in given)
