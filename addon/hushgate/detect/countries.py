"""Countries that are at home here: their identifiers count without a word beside them that says what they are.

By itself a nine-digit number may be an identifier of a dozen countries, or an
order, so most rules of `countries-*.yaml` want such a word. Where prompts hold
columns of one country's numbers, `builtin:de` under `rules` waives it for
Germany's, and `builtin:countries` for all; the price is false alarms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from hushgate.detect.rules import Rule
from hushgate.errors import ConfigError, ConfigFault
from hushgate.schema_check import did_you_mean

PREFIX: Final = "builtin:"
ALL: Final = "countries"
_FILES: Final = "countries-"
_CHECKED, _UNCHECKED = 0.6, 0.4


def at_home(rules: Sequence[Rule], names: Sequence[str], builtin: Path) -> tuple[Rule, ...]:
    """The rules as `names` (`builtin:de`, ...) have them; ConfigError for a country without rules.

    `builtin` is the folder of the rules that come with hushgate: a rule of the user's keeps its context.
    """
    wanted = {name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)}
    if not wanted:
        return tuple(rules)
    of = {rule.id: _country(rule, builtin) for rule in rules}
    known = {country for country in of.values() if country} | {ALL}
    if unknown := sorted(wanted - known):
        raise ConfigError(
            [
                ConfigFault(f"{PREFIX}{name}", 0, "no rules are of this country", did_you_mean(name, sorted(known)))
                for name in unknown
            ]
        )
    return tuple(_alone(rule) if of[rule.id] and (ALL in wanted or of[rule.id] in wanted) else rule for rule in rules)


def _country(rule: Rule, builtin: Path) -> str:
    """The country that a rule is of: its id begins with it; "" for a rule of none."""
    file = Path(rule.file)
    return rule.id.partition("-")[0] if file.name.startswith(_FILES) and file.is_relative_to(builtin) else ""


def _alone(rule: Rule) -> Rule:
    if not rule.context_required:
        return rule
    score = _CHECKED if rule.validate else _UNCHECKED
    return replace(rule, context_required=False, keywords=(), score=score)
