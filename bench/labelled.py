"""Labelled texts to measure detection on: a folder of them where there is one, and the rules' own examples always.

The folder holds gzipped JSON lines: `pii/` and `ner/` with `{"text", "spans": [{"start", "end", "label"}]}`,
`secrets/` with `{"text", "secret", "positive"}`, and `negatives.py`, which prints `{"text", "kind"}` lines of text
that holds neither. Offsets are code points.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from hushgate.detect.rules import load_rules
from hushgate.rulebook import BUILTIN, sources

FAMILIES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "EMAIL_ADDRESS": frozenset({"EMAIL", "EMAIL_ADDRESS"}),
        "CREDIT_CARD": frozenset({"CREDIT_CARD", "CREDITCARDNUMBER"}),
        "IBAN_CODE": frozenset({"IBAN", "IBAN_CODE"}),
        "US_SSN": frozenset({"SSN", "US_SSN"}),
        "IP_ADDRESS": frozenset({"IP_ADDRESS"}),
        "PHONE_NUMBER": frozenset({"PHONE", "PHONE_NUMBER", "PHONENUMBER"}),
        "URL": frozenset({"URL", "DOMAIN_NAME"}),
        "US_DRIVER_LICENSE": frozenset({"US_DRIVER_LICENSE"}),
        "DATE_OF_BIRTH": frozenset({"DATEOFBIRTH"}),
        "STREET_ADDRESS": frozenset({"STREET_ADDRESS", "ADDRESS", "STREET"}),
        "PERSON": frozenset({"PERSON", "FIRSTNAME", "SURNAME"}),
        "LOCATION": frozenset({"LOCATION", "GPE", "CITY", "STATE", "COUNTRY"}),
    }
)
"""Our entities, and what the sets call them."""

BESIDE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "STREET_ADDRESS": frozenset({"BUILDINGNUM", "ZIP", "ZIP_CODE", "CITY", "STATE", "GPE", "LOCATION", "COUNTRY"}),
        "PERSON": frozenset({"TITLE", "PREFIX", "USERNAME"}),
        "LOCATION": frozenset({"STREET_ADDRESS", "ADDRESS", "STREET", "ZIP", "ZIP_CODE"}),
        "URL": frozenset({"EMAIL", "EMAIL_ADDRESS"}),
    }
)
"""Labels that a finding of the entity may stand on as well, without being wrong."""


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int
    label: str

    def meets(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its labels. `asked` is the one entity it is about, where it is a test of one."""

    text: str = field(repr=False)
    spans: tuple[Span, ...] = ()
    asked: str | None = None
    kind: str = ""


def pii(folder: Path) -> dict[str, list[Text]]:
    """The sets whose every label counts, names among them."""
    found = {}
    for path in [*sorted((folder / "pii").glob("*.jsonl.gz")), *sorted((folder / "ner").glob("ewt_dev_*.jsonl.gz"))]:
        rows = list(_rows(path))
        if rows and "entity" not in rows[0]:
            found[_name(path)] = [Text(row["text"], _spans(row)) for row in rows]
    return found


def unit(folder: Path) -> list[Text]:
    """Cases of one entity each: something to find, or nothing of that entity."""
    rows = [row for path in sorted((folder / "pii").glob("*.jsonl.gz")) for row in _rows(path) if "entity" in row]
    return [Text(row["text"], _spans(row), row["entity"], "" if row["expected_len"] else "negative") for row in rows]


def secrets(folder: Path) -> dict[str, list[Text]]:
    """The sets of secrets; a text without a span has none of the kind that was looked for."""
    found = {}
    for path in sorted((folder / "secrets").glob("*.jsonl.gz")):
        texts = []
        for row in _rows(path):
            secret = row["secret"] or ""
            # Where it is not said which, or it stands there encoded, anything in the text counts.
            start = row["text"].find(secret) if secret else -1
            span = Span(start, start + len(secret), row["label"]) if start >= 0 else Span(0, len(row["text"]), "")
            texts.append(Text(row["text"], (span,)) if row["positive"] else Text(row["text"], kind="negative"))
        found[_name(path)] = texts
    return found


def negatives(folder: Path, seed: int = 1) -> list[Text]:
    """Text without personal data or secrets."""
    program = folder / "negatives.py"
    if not program.is_file():
        return []
    command = [sys.executable, str(program), "--seed", str(seed)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [Text(row["text"], kind=row["kind"]) for row in map(json.loads, filter(None, printed.split("\n")))]


def own() -> list[Text]:
    """The examples of the built-in rules that report what they find: `asked` is the rule."""
    rules = load_rules(sources([BUILTIN], "detect"))
    return [
        Text(example, asked=rule.id, kind=kind)
        for rule in rules
        if rule.reported
        for kind, examples in (("", rule.match), ("negative", rule.no_match))
        for example in examples
    ]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _spans(row: dict[str, Any]) -> tuple[Span, ...]:
    return tuple(Span(one["start"], one["end"], one["label"]) for one in row["spans"])


def _name(path: Path) -> str:
    return path.name.removesuffix(".jsonl.gz")
