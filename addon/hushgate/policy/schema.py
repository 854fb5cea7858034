"""JSON schemas (Draft 2020-12) of policy files and of their tests."""

from __future__ import annotations

from typing import Any, Final

from ..values import Area, Direction, Gate, Kind, Level, Role
from .unread import KINDS
from .windows import DAYS

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
LEVELS: Final = [level.word for level in Level]
STYLES: Final = ("placeholder", "redact", "hash", "last4", "surrogate", "shift")
ACTIONS: Final = ("allow", "mask", "warn", "hold", "block")
ATTACHMENTS: Final = ("block", "hold", "replace")
GATES: Final = [gate.word for gate in Gate]

_ID: Final = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$", "description": "small letters, digits, dashes"}
_ENTITY: Final = {"type": "string", "pattern": "^[A-Z][A-Z0-9_]*$", "description": "a name in capitals"}


def _one_or_more(item: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "array", "minItems": 1, "uniqueItems": True, "items": item}]}


_NAME: Final = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[^?\[\]]+$"}


def _names(description: str) -> dict[str, Any]:
    return _one_or_more(_NAME | {"description": description})


def _words(*words: str) -> dict[str, Any]:
    return _one_or_more({"type": "string", "enum": list(words)})


_COMPARED: Final = {
    "type": "string",
    "pattern": f"^(>=|<=|>|<) *({'|'.join(LEVELS)})$",
    "description": 'a comparison such as ">=confidential"',
}
_LEVEL: Final = {
    "anyOf": [{"enum": LEVELS}, _COMPARED, {"type": "array", "minItems": 1, "items": {"enum": LEVELS}}]
}  # fmt: skip


def _compared(number: str, description: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^(>=|<=|>|<) *({number})$", "description": description}


_TIME: Final = {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", "description": "HH:MM"}
_DURING: Final = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "days": _words(*DAYS),
        "from": _TIME,
        "to": _TIME,
        "zone": {"type": "string", "minLength": 1, "description": "a name of the IANA time zone database"},
    },
}

_UNLESS: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "direction": {"enum": [d.value for d in Direction]},
        "actor": _names("an actor's name"),
        "group": _names("a group's name"),
        "session": _names("a session's name"),
        "destination": _names("an endpoint's id, a provider or a host"),
        "self_hosted": {"type": "boolean"},
        "region": _names("a cloud region, as the host's name tells it"),
        "client": _names("the client program's User-Agent"),
        "source": {"enum": ["ci", "person"]},
        "during": _DURING,
        "model": _names("the LLM's name"),
        "role": _words(*(r.value for r in Role)),
        "kind": _words(*(k.value for k in Kind)),
        "area": _words(*(a.value for a in Area)),
        "level": _LEVEL,
        "entity": _names("an entity's name"),
        "category": _names("a category's name"),
        "rule": _names("a detection rule's id"),
        "score": _compared(r"0(\.[0-9]+)?|1(\.0+)?", 'a comparison such as ">=0.8"'),
    },
}
CONDITIONS: Final[dict[str, Any]] = {
    **_UNLESS,
    "properties": {
        **_UNLESS["properties"],
        "count": _compared("[1-9][0-9]{0,5}", 'how many different values there are, such as ">=10"'),
        "density": _compared(r"[0-9]{1,4}(\.[0-9]+)?", 'how many there are in 1000 characters, such as ">=5"'),
        "together": {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": _NAME | {"description": "an entity's name"},
            "description": "entities of each of which a value is there",
        },
    },
}

_BY_KIND: Final[dict[str, Any]] = {
    "type": "object",
    "description": "what is done by kind; a kind that is not named is as `other`, or as by default",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {kind: {"enum": GATES} for kind in KINDS},
}

SCHEMA: Final[dict[str, Any]] = {
    "$schema": DRAFT,
    "title": "hushgate policy",
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "rules"],
    "properties": {
        "version": {"const": 1},
        "levels": {
            "type": "object",
            "propertyNames": _ENTITY,
            "additionalProperties": {"enum": LEVELS},
        },
        "rules": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "then"],
                "properties": {
                    "id": _ID,
                    "when": CONDITIONS,
                    "unless": _UNLESS,
                    "then": {
                        "anyOf": [
                            {"enum": list(ACTIONS)},
                            {
                                "type": "object",
                                "description": "a route",
                                "additionalProperties": False,
                                "required": ["route"],
                                "properties": {
                                    "route": {"type": "string", "minLength": 1},
                                    "model": {"type": "string", "minLength": 1},
                                },
                            },
                            {
                                "type": "object",
                                "description": "who has to approve",
                                "additionalProperties": False,
                                "required": ["hold"],
                                "properties": {
                                    "hold": {
                                        "type": "object",
                                        "additionalProperties": False,
                                        "minProperties": 1,
                                        "properties": {
                                            "groups": _names("a group of approvers"),
                                            "approvers": {"type": "integer", "minimum": 1, "maximum": 10},
                                        },
                                    }
                                },
                            },
                        ]
                    },
                    "style": {
                        "anyOf": [
                            {"enum": list(STYLES)},
                            {
                                "type": "object",
                                "description": "by entity; `*` stands for anything",
                                "minProperties": 1,
                                "additionalProperties": {"enum": list(STYLES)},
                            },
                        ]
                    },
                    "restore": {
                        "anyOf": [
                            {"type": "boolean"},
                            {"const": "text"},
                            {
                                "type": "object",
                                "description": "the tools whose arguments it comes back in",
                                "additionalProperties": False,
                                "required": ["tools"],
                                "properties": {"tools": _names("a tool's name")},
                            },
                        ],
                        "description": "true, false, text, or tools: [NAME, ...]",
                    },
                    "message": {"type": "string", "minLength": 1, "maxLength": 500},
                    "enforce": {"type": "boolean"},
                },
            },
        },
        "unread": {
            "anyOf": [
                {"enum": GATES},
                _BY_KIND,
                {
                    "type": "object",
                    "description": "either of these by direction; one that is not named is as by default",
                    "additionalProperties": False,
                    "minProperties": 1,
                    "properties": {way.value: {"anyOf": [{"enum": GATES}, _BY_KIND]} for way in Direction},
                },
            ],
        },
        "attachments": {"enum": list(ATTACHMENTS)},
        "combinations": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["entities", "level"],
                "properties": {
                    "entities": CONDITIONS["properties"]["together"],
                    "level": {"enum": LEVELS},
                    "within": {"enum": ["exchange", "segment"]},
                },
            },
        },
        "max_level": {
            "type": "object",
            "description": "what a group may be told by a model; `*`: who is in none of the others",
            "minProperties": 1,
            "additionalProperties": {"enum": LEVELS},
        },
        "exceptions": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "lifts", "when", "until", "reason"],
                "properties": {
                    "id": _ID,
                    "lifts": _one_or_more(_ID),
                    "when": _UNLESS,
                    "until": {
                        "type": "string",
                        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z)?$",
                        "description": "a day (its end, UTC), or a moment such as 2030-01-31T12:00Z",
                    },
                    "reason": {"type": "string", "minLength": 3, "maxLength": 500},
                },
            },
        },
        "faults": {"const": "block"},
    },
}
"""JSON schema of a policy file."""

_LIST: Final = {"type": "array", "items": {"type": "string", "minLength": 1}}

TEST_SCHEMA: Final[dict[str, Any]] = {
    "$schema": DRAFT,
    "title": "hushgate policy tests",
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "tests"],
    "properties": {
        "version": {"const": 1},
        "tests": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "given", "expect"],
                "properties": {
                    "name": {"type": "string", "minLength": 1},
                    "given": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["text"],
                        "properties": {
                            "text": {"type": "string"},
                            "sent": {"type": "string"},
                            "direction": {"enum": [d.value for d in Direction]},
                            "actor": {"type": "string", "minLength": 1},
                            "session": {"type": "string", "minLength": 1},
                            "client": {"type": "string"},
                            "source": {"enum": ["ci", "person"]},
                            "at": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z$"},
                            "host": {"type": "string", "minLength": 1},
                            "groups": _LIST,
                            "destination": {"type": "string", "minLength": 1},
                            "self_hosted": {"type": "boolean"},
                            "model": {"type": "string", "minLength": 1},
                            "role": {"enum": [r.value for r in Role]},
                            "kind": {"enum": [k.value for k in Kind]},
                            "area": {"enum": [a.value for a in Area]},
                            "document": {"type": "boolean"},
                            "unread": {"type": "string", "minLength": 1},
                            "fault": {"type": "string", "minLength": 1},
                            "tool": {"type": "string", "minLength": 1},
                        },
                    },
                    "expect": {
                        "type": "object",
                        "additionalProperties": False,
                        "minProperties": 1,
                        "properties": {
                            "gate": {"enum": GATES},
                            "masked": _LIST,
                            "restored": _LIST,
                            "kept": _LIST,
                            "level": {"enum": LEVELS},
                            "reasons": _LIST,
                            "warnings": _LIST,
                            "message": {"type": ["string", "null"]},
                            "route": {"type": ["string", "null"], "minLength": 1},
                        },
                    },
                },
            },
        },
    },
}
"""JSON schema of a policy's tests."""
