"""Which jobs of which CI systems may come in: a file of rules, and a token held against them.

    version: 1
    workloads:
      - id: agents                       # the actor is ci.agents
        issuer: https://token.actions.githubusercontent.com
        audience: hushgate
        claims: {repository: acme/agents, ref: [refs/heads/main, "refs/tags/*"]}
        groups: [support]                # beside `ci`
        minutes: 30
        endpoints: [openai]              # what the ticket is good for, with models and from; else anything

A rule without claims would let in everybody's jobs: GitHub and GitLab sign for
all of their customers. So `claims` is needed, and each named claim has to be
there, as text, and be one of the texts (`*` at the end stands for any rest).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from ..errors import ConfigError, Malformed
from ..schema_check import check
from ..values import Scope
from ..yaml_source import load_yaml
from .jws import Signed
from .scope import ANY, ENDPOINT, KEYS, MODEL, MOST, scope_of

LEEWAY: Final = 30.0
"""Seconds that clocks may differ."""
LONGEST_LIFE: Final = 24 * 3600.0

_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 1000}
_NAME: Final = "[A-Za-z0-9][A-Za-z0-9._@+-]*"


def _list(pattern: str) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "maxItems": MOST, "items": {"type": "string", "pattern": f"^{pattern}$"}}


SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "hushgate workloads",
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "workloads"],
    "properties": {
        "version": {"const": 1, "description": "The form of this file."},
        "workloads": {
            "type": "array",
            "maxItems": 1000,
            "description": "Jobs that may come in; the first rule that fits a token counts.",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "issuer", "audience", "claims"],
                "properties": {
                    "id": {
                        "type": "string", "pattern": f"^{_NAME}$", "maxLength": 60,
                        "description": "The rule's name; the actor is called `ci.ID`.",
                    },
                    "issuer": {
                        "type": "string", "pattern": "^https://[^\\s?#]+$",
                        "description": "Who signs: the token's `iss`, to the letter.",
                    },
                    "audience": {**_TEXT, "description": "What the token has to be for: its `aud`."},
                    "keys": {
                        **_TEXT,
                        "description": "The issuer's JWK set: an https URL, or a file. Default: where the issuer says.",
                    },
                    "claims": {
                        "type": "object", "minProperties": 1, "maxProperties": 50,
                        "description": "Claims and what each has to be: a text or one of several; `*` ends any.",
                        "additionalProperties": {
                            "anyOf": [
                                {**_TEXT, "not": {"const": "*"}},
                                {"type": "array", "minItems": 1, "items": {**_TEXT, "not": {"const": "*"}}},
                            ]
                        },
                    },
                    "groups": {
                        "type": "array", "items": {"type": "string", "pattern": f"^{_NAME}$", "maxLength": 64},
                        "description": "The actor's groups, beside `ci`.",
                    },
                    "endpoints": {
                        **_list(ENDPOINT), "description": "What it may reach: ids, providers or hosts. Default: all.",
                    },
                    "models": {**_list(MODEL), "description": "LLMs it may ask; `*` ends any. Default: all."},
                    "from": {**_list("[0-9A-Fa-f.:]+(/[0-9]+)?"), "description": "Networks the job comes from."},
                    "minutes": {
                        "type": "integer", "minimum": 1, "maximum": 720,
                        "description": "How long the proxy token lives. Default: 30.",
                    },
                },
            },
        },
    },
}  # fmt: skip
"""JSON schema of a file of workloads."""


@dataclass(frozen=True, slots=True)
class Workload:
    """One rule: who signs for whom, and as whom the job comes in."""

    id: str
    issuer: str
    audience: str
    keys: str
    claims: Mapping[str, tuple[str, ...]]
    groups: tuple[str, ...]
    minutes: int
    scope: Scope = ANY

    @property
    def actor(self) -> str:
        return f"ci.{self.id}"

    def fits(self, claims: Mapping[str, Any]) -> bool:
        """Whether the token is of this issuer, for this audience, and of a job that the rule is about."""
        audience = claims.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != self.issuer or self.audience not in named:
            return False
        return all(_is_one(claims.get(name), wanted) for name, wanted in self.claims.items())

    def told(self, claims: Mapping[str, Any]) -> dict[str, str]:
        """What goes on record of a job: the claims that the rule names."""
        return {name: str(claims[name])[:200] for name in self.claims}


def load_workloads(path: Path) -> tuple[Workload, ...]:
    """Read a file of rules; ConfigError with all faults."""
    source = load_yaml(path)
    if faults := check(source, SCHEMA):
        raise ConfigError(faults)
    written = cast(dict[str, Any], source.data)["workloads"]
    seen: set[str] = set()
    for index, one in enumerate(written):
        if one["id"] in seen:
            faults.append(source.fault(f"the id {one['id']!r} is taken", "workloads", index, "id"))
        seen.add(one["id"])
        try:
            _scope(one)
        except ValueError as why:
            faults.append(source.fault(str(why), "workloads", index))
    if faults:
        raise ConfigError(faults)
    return tuple(_rule(one, path.absolute().parent) for one in written)


def in_time(signed: Signed, now: float) -> float:
    """When a token ends (Unix seconds); Malformed where it is not valid now, or says too little of when it is."""
    claims = signed.claims
    ends, begins = _moment(claims, "exp"), _moment(claims, "iat")
    if ends is None or begins is None:
        raise Malformed("the token does not say from when and until when it is valid")
    later = _moment(claims, "nbf") if "nbf" in claims else begins
    if later is None or max(begins, later) > now + LEEWAY:
        raise Malformed("the token is not valid yet", hint="check the clocks of the gate and the job's machine")
    if ends + LEEWAY <= now:
        raise Malformed("the token has expired", hint="ask the CI system for a new one just before the exchange")
    if ends - begins > LONGEST_LIFE:
        raise Malformed("the token is valid for more than a day")
    return ends


def _rule(one: Mapping[str, Any], folder: Path) -> Workload:
    keys = one.get("keys", "")
    if keys and not keys.startswith("https://"):
        keys = str(folder / keys)
    claims = {name: (said,) if isinstance(said, str) else tuple(said) for name, said in one["claims"].items()}
    groups = tuple(dict.fromkeys(("ci", *one.get("groups", ()))))
    return Workload(
        one["id"], one["issuer"], one["audience"], keys, claims, groups, one.get("minutes", 30), _scope(one)
    )


def _scope(one: Mapping[str, Any]) -> Scope:
    return scope_of({key: one[key] for key in KEYS if key in one})


def _is_one(said: object, wanted: tuple[str, ...]) -> bool:
    if not isinstance(said, str):
        return False
    return any(said.startswith(one[:-1]) if one.endswith("*") else said == one for one in wanted)


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    said = claims.get(name)
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) and 0 < said < 1e11 else None
