"""Loads rule files: hushgate's own, gitleaks' TOML and Presidio's YAML, told apart by what they are.

Each reader says what it left out of a file, and why: those are notes for the user. What cannot be understood is a
fault, and refuses all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from hushgate.detect.backtracking import usable
from hushgate.detect.expressions import Refused
from hushgate.detect.labels import preferred
from hushgate.detect.own_rules import Adjustment, own_rules
from hushgate.detect.rules import Rule
from hushgate.errors import ConfigError, ConfigFault, Unscannable
from hushgate.yaml_source import load_yaml, read_text

_MOST_NAMED: Final = 256
_EXTENDED: Final = re.compile(r"""^[ \t]*path[ \t]*=[ \t]*["']{1,3}([^"'\n]+\.toml)["']""", re.M | re.I)
_WORDS_FROM: Final = re.compile(r"""\b(?:words|values)_from:[ \t]*["']?([^"'\n#},]+?)["']?[ \t]*(?:$|[#},])""", re.M)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rules of some files; `left_out` says what of them is not used, and why."""

    rules: tuple[Rule, ...]
    left_out: tuple[ConfigFault, ...] = ()


def load(sources: Sequence[Path], *, proven: Path | None = None, beside: Iterable[Rule] = ()) -> Loaded:
    """Read rule files, in order; ConfigError with the faults of all of them.

    Patterns of files in the folder `proven` are not tried. Rules of other formats have their levels and categories from
    those `beside` that find the same.
    """
    known_before = tuple(beside)
    faults: list[ConfigFault] = []
    left_out: list[ConfigFault] = []
    adjustments: list[Adjustment] = []
    rules: dict[str, Rule] = {}
    for path in sources:
        try:
            if proven is not None and path.is_relative_to(proven):
                found = _proven(path, read_text(path))
            else:
                found = _read(path, [*known_before, *rules.values()])
        except ConfigError as error:
            faults += error.faults
            continue
        faults += found.faults
        left_out += found.left_out
        adjustments += found.adjustments
        for rule in found.rules:
            known = rules.setdefault(rule.id, rule)
            if known is not rule:
                message = f"the rule id {rule.id!r} is taken, by {known.file}:{known.line}"
                faults.append(
                    ConfigFault(rule.file, rule.line, message, "ids are unique over all files: choose another")
                )
    rules = preferred(rules.values())
    for each in adjustments:
        faults += each.applied(rules)
    faults += _unmet(rules)
    if faults:
        own = [rule for rule in rules.values() if proven is None or not Path(rule.file).is_relative_to(proven)]
        raise ConfigError([*faults, *_examples(own, tuple(rules.values()))])
    return Loaded(tuple(rules.values()), tuple(left_out))


def _examples(rules: Iterable[Rule], among: Sequence[Rule]) -> list[ConfigFault]:
    """The examples that do not hold, of rules that can be run, so that all that is wrong is told at once."""
    from hushgate.detect.examples import check

    faults: list[ConfigFault] = []
    for rule in rules:
        if usable(rule)[1]:
            continue  # that is told, and what its pattern finds then says nothing
        with suppress(Refused, Unscannable):
            faults += check([rule], others=among)
    return faults


@dataclass(frozen=True, slots=True)
class _Found:
    rules: Sequence[Rule]
    adjustments: Sequence[Adjustment] = ()
    left_out: Sequence[ConfigFault] = ()
    faults: Sequence[ConfigFault] = ()


@lru_cache(maxsize=128)
def _proven(path: Path, text: str) -> _Found:
    """What a file of ours holds: the same rules at each reload."""
    rules, adjustments, faults = own_rules(load_yaml(path, text), tried=False)
    return _Found(rules, adjustments, faults=faults)


def _read(path: Path, before: Iterable[Rule]) -> _Found:
    if path.suffix == ".toml":
        from hushgate.detect import gitleaks

        taken = gitleaks.read(path)
        return _usable(taken.rules, taken.left_out)
    source = load_yaml(path)
    if isinstance(source.data, dict) and isinstance(source.data.get("recognizer_registry"), dict):
        inner = {at[1:]: line for at, line in source.lines.items() if at[:1] == ("recognizer_registry",)}
        source = replace(source, data=source.data["recognizer_registry"], lines=inner)
    if isinstance(source.data, dict) and "recognizers" in source.data:
        from hushgate.detect import presidio

        shared = presidio.read(source, {rule.entity: (rule.level, rule.category) for rule in before})
        return _usable(shared.rules, shared.left_out, shared.faults)
    rules, adjustments, faults = own_rules(source)
    return _Found(rules, adjustments, faults=faults)


def _usable(rules: Sequence[Rule], left_out: Sequence[ConfigFault], faults: Sequence[ConfigFault] = ()) -> _Found:
    """Rules of other formats, by the engine that takes them."""
    each = [usable(rule) for rule in rules]
    wrong = [fault for _, found in each for fault in found]
    return _Found([rule for rule, _ in each], left_out=left_out, faults=[*faults, *wrong])


def also_read(sources: Sequence[Path]) -> list[Path]:
    """The files that rule files name: word lists, and what a `gitleaks.toml` extends. Quick, to be asked often."""
    found: list[Path] = []
    left = list(sources)
    while left and len(found) < _MOST_NAMED:
        path = left.pop()
        try:
            stat = path.stat()
            named = [path.parent / Path(name).expanduser() for name in _named(path, stat.st_mtime_ns, stat.st_size)]
        except OSError:
            continue
        found += named
        left += [other for other in named if other.suffix == ".toml"]
    return found


@lru_cache(maxsize=64)
def _named(path: Path, _changed: int, _size: int) -> list[str]:
    text = path.read_text("utf-8", "replace")
    return (_EXTENDED if path.suffix == ".toml" else _WORDS_FROM).findall(text)


def _unmet(rules: dict[str, Rule]) -> list[ConfigFault]:
    return [
        ConfigFault(rule.file, rule.line, f"rule {rule.id} requires {need.rule!r}, and no rule is called so")
        for rule in rules.values()
        for need in rule.requires
        if need.rule not in rules
    ]
