"""Strict YAML with line numbers, and JSON schemas checked in plain words.

The reading is YAML 1.2's core schema on PyYAML's parser: only `true` and
`false` are booleans, only `null`, `~` and nothing are null, numbers are
decimal (`0o17` and `0x1f` too), dates are text. Refused: duplicate and
non-string keys, anchors, aliases, merge keys, tags, several documents, a
byte-order mark, invalid UTF-8, files over 1 MiB or nested deeper than 40.

    source = load_yaml(path)              # ConfigError
    faults = check(source, SCHEMA)        # all of them, in the file's order
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import yaml

from .errors import ConfigError, ConfigFault

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 40

type Steps = tuple[str | int, ...]

_INT: Final = re.compile(r"[-+]?[0-9]{1,300}|0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]{1,300}|[0-9]{1,300}(?:\.[0-9]{0,300})?)(?:[eE][-+]?[0-9]{1,4})?")
_WORDS: Final[dict[str, object]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

# libyaml, where PyYAML was built with it, reads several times faster; it lets some tabs pass that the other refuses.
_BASE: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML file, read: plain dicts, lists and scalars. `lines` maps pointers to lines from 1."""

    file: str
    data: object = field(repr=False)
    lines: Mapping[Steps, int] = field(repr=False)

    def line(self, *path: str | int) -> int:
        """The line of what stands at a pointer: of its key in a mapping. The nearest above where it is missing."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, message: str, *path: str | int, hint: str = "") -> ConfigFault:
        """A fault at a pointer."""
        return ConfigFault(self.file, self.line(*path), message, hint)


class _Refused(Exception):
    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


def load_yaml(path: Path, text: str | None = None) -> Source:
    """Read a file, or `text` in its place; ConfigError with every fault. Nothing in it is None."""
    file = str(path)
    if text is None:
        text = _read(path)
    elif len(text) > MAX_BYTES:
        raise ConfigError([ConfigFault(file, 0, f"the file is larger than {MAX_BYTES} bytes")])
    faults: list[ConfigFault] = []
    lines: dict[Steps, int] = {(): 1}
    try:
        _no_aliases(text)
        root = _root(text)
        value = None if root is None else _value(root, (), lines, faults, file)
    except _Refused as refused:
        faults.append(ConfigFault(file, refused.line, refused.message, refused.hint))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.append(ConfigFault(file, mark.line + 1 if mark else 0, f"not YAML: {error.problem or error.context}"))
    except (yaml.YAMLError, UnicodeEncodeError):
        faults.append(ConfigFault(file, 0, "not YAML: it holds a character that YAML does not allow"))
    except RecursionError:
        faults.append(ConfigFault(file, 0, "the file is nested too deeply"))
    if faults:
        raise ConfigError(faults) from None
    return Source(file, value, lines)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        hint = "check the path, and who may read it"
        raise ConfigError([ConfigFault(str(path), 0, f"cannot be read: {error.strerror}", hint)]) from None
    if len(raw) > MAX_BYTES:
        raise ConfigError([ConfigFault(str(path), 0, f"the file is larger than {MAX_BYTES} bytes")])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError([ConfigFault(str(path), line, "the file is not UTF-8", "save it as UTF-8")]) from None


def _no_aliases(text: str) -> None:
    """Refuse what makes one place mean another, before anything is built from it; and bottomless nesting."""
    if (at := text.find("\ufeff")) >= 0:  # the parsers disagree on it
        line = text.count("\n", 0, at) + 1
        raise _Refused(line, "a byte-order mark stands here", "save the file as UTF-8 without BOM")
    depth = 0
    for event in yaml.parse(text, Loader=_BASE):
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Refused(line, "anchors and aliases (& and *) are not allowed", "repeat the value, or quote the text")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Refused(line, f"nested deeper than {MAX_DEPTH}")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if getattr(event, "tag", None) is not None:
            raise _Refused(line, "tags (!) are not allowed", "remove the tag, or quote the text")


def _root(text: str) -> yaml.Node | None:
    documents = list(yaml.compose_all(text, Loader=_BASE))
    if len(documents) > 1:
        raise _Refused(_line(documents[1]), "a second document starts here", "keep one document a file")
    return documents[0] if documents else None


def _value(node: yaml.Node, at: Steps, lines: dict[Steps, int], faults: list[ConfigFault], file: str) -> object:
    lines.setdefault(at, _line(node))
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*at, index), lines, faults, file) for index, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        made: dict[str, object] = {}
        for key_node, child in node.value:
            line = _line(key_node)
            key = _scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                faults.append(ConfigFault(file, line, "a key is not text", "put it in quotes"))
            elif key == "<<" and not key_node.style:
                faults.append(ConfigFault(file, line, "merge keys (<<) are not allowed", "write the keys out"))
            elif key in made:
                first = lines[(*at, key)]
                faults.append(ConfigFault(file, line, f"the key {key!r} is given twice, first in line {first}"))
            else:
                lines[(*at, key)] = line
                made[key] = _value(child, (*at, key), lines, faults, file)
        return made
    return _scalar(cast("yaml.ScalarNode", node))


def _line(at: yaml.Event | yaml.Node) -> int:
    return at.start_mark.line + 1 if at.start_mark else 1


def _scalar(node: yaml.ScalarNode) -> object:
    text = str(node.value)
    if node.style:  # quoted, or a block
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text[2:] if base != 10 else text, base)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if number not in (float("inf"), float("-inf")) else text
    return text


def check(source: Source, schema: Mapping[str, Any]) -> list[ConfigFault]:
    """Judge a file by a JSON schema (Draft 2020-12): every fault, in the file's order."""
    from jsonschema import Draft202012Validator  # 0.1 s to import: only who checks pays

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
