"""Reads `gitleaks.toml`, the rules of gitleaks (its README, "Configuration", as of 8.30).

What a match is is gitleaks' own: the keyword, the pattern, the group that is the secret, entropy, the allowlists, the
rules required beside it. A prompt is of no file and no commit: conditions on paths count where a text has a file's
name, and else leave the rule as it is; those on commits never speak.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hushgate.detect.conditions import Exclusion, Requirement, Target
from hushgate.detect.rules import Rule
from hushgate.errors import ConfigError, ConfigFault
from hushgate.schema_check import check
from hushgate.values import Level
from hushgate.yaml_source import Source, read_text

PREFIX: Final = "gitleaks-"
"""In front of every rule's id: `aws-access-token` is `gitleaks-aws-access-token`."""
DEEPEST: Final = 4
"""Files that may extend one another in a row."""

_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_COUNT: Final = {"type": "integer", "minimum": 0}
_ALLOW: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "description": _TEXT, "condition": {"enum": ["AND", "and", "&&", "OR", "or", "||", ""]},
        "commits": _TEXTS, "paths": _TEXTS, "regexes": _TEXTS, "stopwords": _TEXTS, "targetrules": _TEXTS,
        "regextarget": {"enum": ["", "secret", "match", "line"]},
    },
}  # fmt: skip
_ALLOWS: Final = {"allowlist": _ALLOW, "allowlists": {"type": "array", "items": _ALLOW}}
_NEED: Final[Mapping[str, Any]] = {
    "type": "object", "required": ["id"],
    "properties": {"id": _TEXT, "withinlines": _COUNT, "withincolumns": _COUNT},
}  # fmt: skip
_RULE: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "minLength": 1}, "description": _TEXT, "regex": _TEXT, "path": _TEXT,
        "entropy": {"type": "number", "minimum": 0, "maximum": 8}, "secretgroup": _COUNT, "keywords": _TEXTS,
        "tags": _TEXTS, "required": {"type": "array", "items": _NEED}, "skipreport": {"type": "boolean"}, **_ALLOWS,
    },
}  # fmt: skip
_EXTEND: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {"path": _TEXT, "url": _TEXT, "usedefault": {"type": "boolean"}, "disabledrules": _TEXTS},
}
_FILE: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "title": _TEXT, "description": _TEXT, "minversion": _TEXT, "extend": _EXTEND,
        "rules": {"type": "array", "items": _RULE}, **_ALLOWS,
    },
}  # fmt: skip
_TARGETS: Final[Mapping[str, Target]] = {"match": "match", "line": "line"}
_HEAD: Final = re.compile(r"^[ \t]*\[\[?[ \t]*([A-Za-z.]+)[ \t]*\]\]?", re.M)
_EDGE: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\([Az])")
_NOT_COMMITS: Final = ("paths", "regexes", "stopwords")


@dataclass(slots=True)
class Taken:
    """The rules of a file and of those it extends, and what was left out."""

    rules: list[Rule] = field(default_factory=list)
    left_out: list[ConfigFault] = field(default_factory=list)


def read(path: Path) -> Taken:
    """Read a file, and what it extends; ConfigError with every fault."""
    taken = Taken()
    rules, everywhere = _merged(path, taken, DEEPEST)
    for given, file, line in rules.values():
        name: str = given["id"]
        if not given.get("regex"):
            if given.get("path"):
                why = f"rule {name} looks at the names of files alone: a file that cannot be read is judged as unread"
            else:
                why = f"rule {name} has no regex, and changes no rule of the files that are extended"
            taken.left_out.append(ConfigFault(file, line, why))
            continue
        allowed = [*given["allowlists"], *(a for a in everywhere if name in a.get("targetrules", [name]))]
        taken.rules.append(_rule(given, tuple(_exclusions(allowed)), file, line))
    return taken


type _Given = tuple[dict[str, Any], str, int]
"""A rule's keys in lower case, its file, its line."""


def _merged(path: Path, taken: Taken, deeper: int) -> tuple[dict[str, _Given], list[Mapping[str, Any]]]:
    """Rules by id, and the allowlists for all rules, of a file and of what it extends."""
    source = _source(path)
    data: Any = source.data
    if faults := check(source, _FILE):
        raise ConfigError(faults)
    taken.left_out += _unknown(source, data, _FILE, ())
    own: dict[str, _Given] = {}
    for index, given in enumerate(data.get("rules", ())):
        taken.left_out += _unknown(source, given, _RULE, ("rules", index))
        given["allowlists"] = _allowlists(given)
        if given["id"] in own:
            raise ConfigError([source.fault(f"the rule id {given['id']!r} is taken in this file", "rules", index)])
        own[given["id"]] = (given, source.file, source.line("rules", index))
    everywhere = _allowlists(data)
    extend = data.get("extend", {})
    if extend.get("usedefault"):
        taken.left_out.append(
            source.fault(
                "extend.useDefault: gitleaks' own rules do not come with hushgate, whose `builtin` stands in for them",
                "extend",
                hint="to have gitleaks' rules as well, save its config/gitleaks.toml and name it in extend.path",
            )
        )
    if extend.get("url"):
        taken.left_out.append(source.fault("extend.url is not fetched", "extend", hint="save it, and use extend.path"))
    if not extend.get("path"):
        return own, everywhere
    if not deeper:
        hint = f"files may extend one another {DEEPEST} times in a row, and never in a ring"
        raise ConfigError([source.fault("extend.path goes too deep", "extend", hint=hint)])
    other = path.parent / Path(extend["path"]).expanduser()
    base, more = _merged(other, taken, deeper - 1)
    rules = {name: given for name, given in base.items() if name not in extend.get("disabledrules", ())}
    for name, given in own.items():
        rules[name] = (_changed(rules[name][0], given[0]), *given[1:]) if name in rules else given
    return rules, [*everywhere, *more]


def _changed(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A rule of an extended file as the extending one has it: keywords and allowlists are added, all else replaced."""
    added = {key: [*base.get(key, ()), *given.get(key, ())] for key in ("keywords", "tags", "allowlists")}
    return {**base, **{key: value for key, value in given.items() if value not in ("", 0)}, **added}


def _source(path: Path) -> Source:
    text = read_text(path)
    try:
        data = _lower(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        raise ConfigError([ConfigFault(str(path), int(found[1]) if found else 0, f"not TOML: {error}")]) from None
    lines: dict[tuple[str | int, ...], int] = {(): 1}
    seen = 0
    for head in _HEAD.finditer(text):
        line, name = text.count("\n", 0, head.start(1)) + 1, head[1].lower()
        if name == "rules":
            lines["rules", seen] = line
            seen += 1
        else:
            lines.setdefault((name,), line)
    return Source(str(path), data, lines)


def _lower(value: Any) -> Any:
    """Keys in lower case: gitleaks takes them in whatever case."""
    if isinstance(value, dict):
        return {key.lower(): _lower(each) for key, each in value.items()}
    return [_lower(each) for each in value] if isinstance(value, list) else value


def _unknown(source: Source, given: Mapping[str, Any], schema: Any, at: tuple[str | int, ...]) -> Iterator[ConfigFault]:
    for key in given:
        if key not in schema["properties"]:
            whose = f"rule {given['id']}" if at else "the file"
            yield source.fault(f"{whose} has the key {key!r}, which is not known", *at)


def _allowlists(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*given.get("allowlists", ()), *([given["allowlist"]] if "allowlist" in given else ())]


def _exclusions(allowlists: Sequence[Mapping[str, Any]]) -> Iterator[Exclusion]:
    for given in allowlists:
        every = given.get("condition", "").lower() in ("and", "&&")
        if not any(given.get(kind) for kind in _NOT_COMMITS) or (every and given.get("commits")):
            continue  # commits alone, or beside all else: no prompt is of one
        yield Exclusion(
            patterns=tuple(given.get("regexes", ())),
            words=tuple(word.lower() for word in given.get("stopwords", ()) if word),
            paths=tuple(given.get("paths", ())),
            target=_TARGETS.get(given.get("regextarget", ""), "value"),
            every=every,
        )


def _rule(given: Mapping[str, Any], exclude: tuple[Exclusion, ...], file: str, line: int) -> Rule:
    name: str = given["id"]
    entity, level = _kind(name)
    return Rule(
        id=rule_id(name),
        entity=entity,
        level=level,
        category="secret",
        says=" ".join((given.get("description") or f"gitleaks rule {name}").split())[:200].rstrip("."),
        pattern=_EDGE.sub(lambda edge: edge[1] + ("^" if edge[2] == "A" else "$"), given["regex"]),
        match=(),
        no_match=(),
        keywords=tuple(dict.fromkeys(word.lower() for word in given.get("keywords", ()) if word)),
        boundary="none",
        filters=("no_digit",) if name.startswith("generic") else (),  # as gitleaks has it for ids that begin so
        context_score=0.85,
        group=given.get("secretgroup", 0),
        entropy=float(given.get("entropy", 0)),
        exclude=exclude,
        requires=tuple(
            Requirement(rule_id(need["id"]), need.get("withinlines"), need.get("withincolumns"))
            for need in given.get("required", ())
        ),
        path=given.get("path", ""),
        reported=not given.get("skipreport", False),
        origin="gitleaks",
        file=file,
        line=line,
    )


def rule_id(name: str) -> str:
    """The id that a rule of gitleaks has here."""
    return (PREFIX + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"))[:64]


def _kind(name: str) -> tuple[str, Level]:
    if "private-key" in name:
        return "PRIVATE_KEY", Level.REGULATED
    return "PASSWORD" if "password" in name else "JWT" if "jwt" in name else "API_KEY", Level.CONFIDENTIAL
