"""Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the code."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

import hushgate

_LEVELS: Final = {"public": "none", "internal": "note", "confidential": "warning", "regulated": "error"}


def log(results: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A SARIF log of scan results: no values, only kinds and places."""
    kept = list(results)
    rules = sorted({(f["rule"], f["entity"]) for r in kept for f in r["findings"]})
    unjudged = [
        {
            "level": "error",
            "message": {"text": fault},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(r["id"])}}}],
        }
        for r in kept
        for fault in r.get("faults", ())
    ]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "hushgate",
                        "version": hushgate.__version__,
                        "rules": [{"id": rule, "name": entity} for rule, entity in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": not unjudged, "toolExecutionNotifications": unjudged}],
                "results": [_result(r["id"], f) for r in kept for f in r["findings"]],
            }
        ],
    }


def _result(name: object, finding: dict[str, Any]) -> dict[str, Any]:
    said = f"{finding['entity']} ({finding['level']})"
    under = f", under {finding['layer']}" if finding["layer"] else ""
    at = f", at {finding['where']}" if "where" in finding else ""
    return {
        "ruleId": finding["rule"],
        "level": _LEVELS[finding["level"]],
        "message": {"text": said + under + at},
        "properties": {"level": finding["level"], "score": finding["score"]},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(name)},
                    **_region(finding),
                }
            }
        ],
    }


def _region(finding: dict[str, Any]) -> dict[str, Any]:
    """Where in its file it stands; a document has no lines of its own."""
    if "where" in finding:
        return {}
    return {
        "region": {
            "startLine": finding["line"],
            "startColumn": finding["column"],
            "charOffset": finding["start"],
            "charLength": finding["end"] - finding["start"],
        }
    }


def _uri(name: object) -> str:
    return quote(PurePath(str(name)).as_posix())
