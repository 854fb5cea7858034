from __future__ import annotations

from hushgate.cli.sarif import log

FINDING = {
    "start": 4, "end": 9, "entity": "PERSON", "level": "internal", "score": 0.8, "rule": "name", "layer": "base64",
    "line": 1, "column": 5,
}  # fmt: skip


def test_findings() -> None:
    run = log([{"id": "x.txt", "level": "internal", "findings": [FINDING, FINDING]}])["runs"][0]
    assert run["tool"]["driver"]["rules"] == [{"id": "name", "name": "PERSON"}]
    assert len(run["results"]) == 2
    assert run["results"][0]["level"] == "note"
    assert run["results"][0]["message"]["text"] == "PERSON (internal), under base64"
    assert run["invocations"][0] == {"executionSuccessful": True, "toolExecutionNotifications": []}


def test_what_was_not_judged_is_told() -> None:
    run = log([{"id": "x.txt", "level": None, "findings": [], "faults": ["detect: deadline"]}])["runs"][0]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "detect: deadline"
