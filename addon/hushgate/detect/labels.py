"""An organisation's own sensitivity labels: `labels` of a rule file, by name or by GUID, as rules.

A name is found as Microsoft's metadata have it (`MSIP_Label_GUID_Name`, which readers of documents and e-mails write
as a line), as the value of a field such as `Classification: NAME`, and alone in its line. What a file says of a name
or a GUID goes before what the built-in rules know of it.
https://learn.microsoft.com/information-protection/develop/concept-mip-metadata
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import re2

from hushgate.detect.conditions import Exclusion
from hushgate.detect.rules import Rule
from hushgate.values import Level
from hushgate.yaml_source import Source

CATEGORY: Final = "label"
_ENTITIES: Final = {
    Level.PUBLIC: "LABEL_PUBLIC",
    Level.INTERNAL: "LABEL_INTERNAL",
    Level.CONFIDENTIAL: "LABEL_CONFIDENTIAL",
    Level.REGULATED: "LABEL_STRICT",
}
_GENERAL: Final = ("label-", "mip-")
_OWN: Final = "own-label-"
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FIELD: Final = (
    "classification|sensitivity|confidentiality|label|klassifizierung|einstufung|schutzklasse|vertraulichkeit"
    "|clasificación|classificazione|classificação|classificatie|rubricering|klasyfikacja|klauzula"
)
_BEHIND: Final = r"""[ \t]*(?:[<>"';,|)}\]\r*_]|$)"""


def label_rules(source: Source, given: Mapping[Any, Any]) -> list[Rule]:
    """A rule for each label; `given` has levels by name or GUID."""
    return [_rule(str(label), Level.parse(level), source, label) for label, level in given.items()]


def preferred(rules: Iterable[Rule]) -> dict[str, Rule]:
    """All rules by id, those that know labels in general held back from the labels that a file names."""
    known = {rule.id: rule for rule in rules}
    own = [rule for rule in known.values() if rule.id.startswith(_OWN)]
    if own:
        # `match` of such a rule is what it goes by; see `_rule`.
        names = Exclusion(patterns=tuple(f"(?i)^{re2.escape(rule.match[0])}$" for rule in own))
        guids = Exclusion(patterns=tuple(f"(?i)_{re2.escape(rule.match[0])}_" for rule in own), target="match")
        for rule in known.values():
            if rule.category == CATEGORY and rule.id.startswith(_GENERAL):
                # Their examples may be of the very words that they leave to others now.
                known[rule.id] = replace(rule, exclude=(*rule.exclude, names, guids), match=(), no_match=())
    return {id: replace(rule, match=()) if rule in own else rule for id, rule in known.items()}


def _rule(label: str, level: Level, source: Source, at: Any) -> Rule:
    word = f"(?i:{re2.escape(label.strip())})"
    if _GUID.fullmatch(label.strip()):
        pattern = rf"""MSIP_Label_({word})_(?:Name|Enabled["']?[:=> \t]{{1,4}}["']?(?i:true))"""
    else:
        pattern = (
            rf"""MSIP_Label_[0-9a-fA-F-]{{36}}_Name["']?[ \t]*[:=>][ \t]*["']?({word}){_BEHIND}"""
            rf"""|(?:^|[{{,;|>*#/\n])[ \t#*/_"'|]{{0,12}}(?:[\p{{L}}]{{1,30}}[ _-]){{0,2}}"""
            rf"""(?i:{_FIELD})[\p{{L}} ]{{0,12}}"""
            rf"""["'*_]{{0,3}}[ \t]?[:=|][ \t*_"']{{0,6}}({word}){_BEHIND}"""
            rf"""|^[ \t]*[#>=~_*–—/|!+\[({{-]{{0,40}}[ \t]*({word})[ \t]*[#<=~_*–—/|!+.\])}}-]{{0,40}}[ \t]*\r?$"""
        )
    slug = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:48]
    return Rule(
        id=f"{_OWN}{slug or format(len(label), 'x')}",
        entity=_ENTITIES[level],
        level=level,
        category=CATEGORY,
        says=f"Sensitivity label of your own, {level.word}",
        pattern=pattern,
        match=(label.strip(),),
        no_match=(),
        boundary="none",
        group=0,
        file=source.file,
        line=source.line("labels", at),
    )
