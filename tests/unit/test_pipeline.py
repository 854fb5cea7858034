"""What one request may hold, and where it is judged."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from hushgate import pipeline as pipelines
from hushgate.policy.decide import decide
from hushgate.turns import MANY
from hushgate.values import Decision, Gate
from tests.gate_cases import Book, inbound, pipeline, prompt


def _addresses(count: int) -> str:
    return " ".join(f"u{n}@acme.example" for n in range(count))


async def test_more_findings_than_may_be_are_refused_with_a_count_and_a_way_out() -> None:
    book = Book()
    done = await pipeline(book, most_findings=5).screen_request(inbound(prompt(_addresses(8))))
    assert done.refusal is not None and done.refusal.status == 400
    assert "8 values" in done.refusal.message and "limits.findings" in done.refusal.message
    opened = book.last("opened")
    assert opened["gate"] == "block" and len(opened["findings"]) == 5
    assert [reason["rule"] for reason in opened["reasons"]] == ["too-many-findings"]


async def test_as_many_findings_as_may_be_are_masked_and_recorded() -> None:
    book = Book()
    done = await pipeline(book, most_findings=8).screen_request(inbound(prompt(_addresses(8))))
    assert done.refusal is None and done.decision is not None and done.decision.gate is Gate.ALLOW
    assert len({finding["fingerprint"] for finding in book.last("opened")["findings"]}) == 8
    assert done.out.body is not None and b"@acme.example" not in done.out.body


async def test_a_request_of_many_parts_is_judged_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def judged(*given: Any, **more: Any) -> Decision:
        threads.append(threading.current_thread())
        return decide(*given, **more)

    monkeypatch.setattr(pipelines, "decide", judged)
    gate = pipeline()
    for count in (1, MANY + 1):
        done = await gate.screen_request(inbound({**prompt("hi"), "list": [f"t{n}" for n in range(count)]}))
        assert done.refusal is None
    assert [thread is threading.current_thread() for thread in threads] == [True, False]
