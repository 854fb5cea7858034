"""Sensitivity labels of a file, as lines that rules find: `MSIP_Label_GUID_Name: NAME`, `Classification: NAME`.

Microsoft's stand in Office files as custom properties ([MS-OI29500] 2.1.31) or as a part of their own, which knows
GUIDs alone ([MS-OFFCRYPTO] 2.6), in PDFs as entries of the information dictionary. Other tools have properties of
their own, which say by their names what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

_PROPERTY: Final = re.compile(r"/?MSIP_Label_([0-9A-Fa-f-]{36})_(\w+)")

_CLASS: Final = re.compile(
    r"/?([\w .-]*(?:sensitivity|classification|confidentiality|securitylabel|protectivemarking))", re.I
)


def label_lines(properties: Iterable[tuple[str, str]], elements: Iterable[Mapping[str, str]] = ()) -> list[str]:
    """A line for each of Microsoft's labels in force, by its name, else by its GUID, and for those of other tools.

    `properties` are names with values, `elements` the attributes of `label` elements. A label is in force unless
    it says that it is not.
    """
    said: dict[str, dict[str, str]] = {}
    others: list[str] = []
    for name, value in properties:
        if found := _PROPERTY.fullmatch(name):
            said.setdefault(found[1].lower(), {})[found[2].lower()] = value.strip()
        elif _CLASS.fullmatch(name):
            others.append(f"Classification: {' '.join(value.split())}")
    for element in elements:
        if _says(element.get("removed"), "true", "1"):
            continue
        if guid := element.get("id", "").strip("{}").lower():
            said.setdefault(guid, {}).setdefault("enabled", element.get("enabled", ""))
    in_force = [
        f"MSIP_Label_{guid}_Name: {' '.join(each.get('name', '').split()) or guid}"
        for guid, each in said.items()
        if not _says(each.get("enabled"), "false", "0")
    ]
    return in_force + others


def office_lines(custom: Any | None, info: Any | None) -> list[str]:
    """The lines of an Office file: the trees of docProps/custom.xml and of docMetadata/LabelInfo.xml."""
    properties = [(e.get("name", ""), "".join(e.itertext())) for e in custom.iter()] if custom is not None else []
    elements = [e.attrib for e in info.iter() if str(e.tag).endswith("}label")] if info is not None else []
    return label_lines(properties, elements)


def _says(value: str | None, *words: str) -> bool:
    return value is not None and value.strip().lower() in words
