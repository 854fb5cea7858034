"""JSON schemas over files, each fault in plain words with its line.

faults = check(source, SCHEMA)        # all of them, in the file's order
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from .errors import ConfigFault
from .schema_fit import fits
from .yaml_source import Source, Steps

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


def check(source: Source, schema: Mapping[str, Any]) -> list[ConfigFault]:
    """Judge a file by a JSON schema (Draft 2020-12): every fault, in the file's order."""
    if fits(source.data, schema):
        return []
    from jsonschema import Draft202012Validator  # 0.1 s to import: only who has a fault pays

    found: dict[tuple[int, str], ConfigFault] = {}
    for error in Draft202012Validator(schema).iter_errors(source.data):
        for fault in _spoken(source, error):
            found.setdefault((fault.line, fault.message), fault)
    return sorted(found.values(), key=lambda fault: fault.line)


def _spoken(source: Source, error: ValidationError) -> Iterator[ConfigFault]:
    """One violated keyword as sentences."""
    at: Steps = tuple(error.absolute_path)
    if error.validator in ("anyOf", "oneOf") and error.context:
        yield from _nearest(source, error)
        return
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    where, has = name(at), error.instance
    rule: Any = error.validator_value
    if error.validator == "additionalProperties" and isinstance(has, dict):
        known = [*schema.get("properties", ())]
        for key in has:
            if key not in known and not any(re.search(p, key) for p in schema.get("patternProperties", ())):
                yield source.fault(f"unknown key {key!r} in {where}", *at, key, hint=did_you_mean(key, known))
        return
    if error.validator == "required" and isinstance(has, dict):
        for key in rule:
            if key not in has:
                yield source.fault(f"{where} lacks the key {key!r}", *at)
        return
    yield source.fault(f"{where} {_sentence(error, schema)}", *at, hint=_hint(error, schema))


def _sentence(error: ValidationError, schema: Mapping[str, Any]) -> str:
    rule: Any = error.validator_value
    has = error.instance
    match error.validator:
        case "type":
            return f"must be {_kinds(rule)}, not {_kind(has)}"
        case "const":
            return f"must be {_shown(rule)}, not {_shown(has)}"
        case "enum":
            return f"must be {_or([_shown(r) for r in rule])}, not {_shown(has)}"
        case "pattern" | "format":
            form = f" ({schema['description']})" if "description" in schema else ""
            return f"has the wrong form: {_shown(has)}{form}"
        case "minItems":
            return "must not be empty" if rule == 1 else f"must have at least {rule} entries"
        case "maxItems":
            return f"must have at most {rule} entries"
        case "uniqueItems":
            return "names something twice"
        case "minLength":
            return "must not be empty" if rule == 1 else f"must have at least {rule} characters"
        case "maxLength":
            return f"must have at most {rule} characters"
        case "minimum":
            return f"must be at least {rule}, not {_shown(has)}"
        case "exclusiveMinimum":
            return f"must be more than {rule}, not {_shown(has)}"
        case "maximum" | "exclusiveMaximum":
            return f"must be at most {rule}, not {_shown(has)}"
        case "minProperties":
            return "must not be empty"
        case _:
            return f"does not fit the schema ({error.validator})"


def _hint(error: ValidationError, schema: Mapping[str, Any]) -> str:
    rule: Any = error.validator_value
    has = error.instance
    if error.validator == "enum":
        return did_you_mean(has, [r for r in rule if isinstance(r, str)])
    if error.validator == "type" and rule == "string" and isinstance(has, (bool, int, float)):
        return "put it in quotes"
    if error.validator == "type" and rule == "boolean" and isinstance(has, str):
        return "write true or false"
    hint = schema.get("x-hint")
    return hint if isinstance(hint, str) else ""


def _nearest(source: Source, error: ValidationError) -> Iterator[ConfigFault]:
    """Of several allowed forms, speak of the one that was meant: the one that fits from outside."""
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.relative_schema_path[0]), []).append(inner)
    here = len(error.absolute_path)
    fitting = [
        inners for inners in branches.values()
        if not any(i.validator in _OUTER and len(i.absolute_path) == here for i in inners)
    ]  # fmt: skip
    if len(fitting) == 1:
        for inner in fitting[0]:
            yield from _spoken(source, inner)
        return
    at: Steps = tuple(error.absolute_path)
    allowed: Any = error.validator_value
    options = [f for b in allowed if (f := _form(b))]
    form = _or(list(dict.fromkeys(options)))
    yield source.fault(f"{name(at)} must be {form}, not {_shown(error.instance)}", *at, hint=_hint_of(error))


def _hint_of(error: ValidationError) -> str:
    allowed: Any = error.validator_value
    branches = [b for b in allowed if isinstance(b, Mapping)]
    return did_you_mean(error.instance, [w for b in branches for w in b.get("enum", ()) if isinstance(w, str)])


def _form(branch: Any) -> str:
    if not isinstance(branch, Mapping):
        return ""
    if "description" in branch:
        return str(branch["description"])
    if "enum" in branch:
        return _or([_shown(r) for r in branch["enum"]])
    return _shown(branch["const"]) if "const" in branch else _kinds(branch.get("type", "something else"))


def did_you_mean(word: object, known: list[str]) -> str:
    """A hint naming the nearest known word, else all of them where they are few; "" where neither helps."""
    if isinstance(word, str) and (near := difflib.get_close_matches(word, known, 1, 0.6)):
        return f"did you mean {near[0]!r}?"
    return f"known are: {', '.join(sorted(known))}" if 0 < len(known) <= 24 else ""


def name(at: Steps) -> str:
    """A pointer as it is said: `rules[2].when.level`; "the file" for its root."""
    said = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at)
    return said.removeprefix(".") or "the file"


def _shown(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    return str(value) if isinstance(value, (int, float)) else _kind(value)


_OUTER: Final = ("type", "enum", "const", "pattern", "minLength", "maxLength")
_KINDS: Final = {
    "string": "text", "object": "a mapping", "array": "a list", "boolean": "true or false",
    "integer": "a whole number", "number": "a number", "null": "null",
}  # fmt: skip


def _kinds(rule: Any) -> str:
    return _or([_KINDS.get(r, str(r)) for r in ([rule] if isinstance(rule, str) else rule)])


def _kind(value: object) -> str:
    match value:
        case None:
            return "null (nothing)"
        case bool():
            return _shown(value)
        case str():
            return "text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else "something else"
