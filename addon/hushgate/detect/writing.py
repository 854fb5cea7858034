"""Writes rules of any format as hushgate's own YAML, for those who take them over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any, Final

import yaml

from hushgate.detect.rules import Rule
from hushgate.values import Level

_AS_THEY_ARE: Final = (
    "entity", "category", "says", "keywords", "pattern", "words", "group", "boundary", "validate", "filters", "entropy",
    "path", "exclude", "hotwords", "requires", "reported", "score", "context_score", "validated_score", "least",
    "match", "no_match", "origin",
)  # fmt: skip
_DEFAULTS: Final = {field.name: field.default for field in fields(Rule)}
_WIDTH: Final = 120


class _Quoted(str):
    """Text that YAML shows in quotes: unquoted, some texts mean something else to some readers."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


_Dumper.add_representer(_Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'"))


def written(rules: Iterable[Rule]) -> str:
    """A rule file that holds them."""
    document = {"version": 1, "rules": [_entry(rule) for rule in rules]}
    shown: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return shown


def _entry(rule: Rule) -> Mapping[str, Any]:
    given = asdict(rule)
    entry: dict[str, Any] = {"id": rule.id, "level": Level(rule.level).word}
    for name in _AS_THEY_ARE:
        if given[name] not in (_DEFAULTS[name], (), ""):
            entry[name] = _plain(given[name])
    if rule.context_words:
        context = {"words": rule.context_words, "required": rule.context_required, "window": rule.context_window}
        entry["context"] = _plain(context)
    return entry


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _Quoted(value) if not value.isidentifier() or value in ("true", "false", "null") else value
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if not _is_default(each)}
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def _is_default(value: Any) -> bool:
    """Of what conditions hold: 0 is no default."""
    return value is None or value is False or value == () or value == "value"
