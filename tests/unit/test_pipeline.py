"""What one request may hold, and where it is judged."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hushgate import pipeline as pipelines
from hushgate.files import Contents, Document
from hushgate.policy.routing import settle
from hushgate.policy.unread import gates
from hushgate.replies.head import ReplyHead
from hushgate.turns import MANY
from hushgate.values import Decision, Exchange, Gate, Scan, Segment
from tests.gate_cases import EMAIL, Book, engine, inbound, made_policy, pipeline, policy, prompt


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

    def judged(*given: Any, **more: Any) -> tuple[Decision, Exchange]:
        threads.append(threading.current_thread())
        return settle(*given, **more)

    monkeypatch.setattr(pipelines, "settle", judged)
    gate = pipeline()
    for count in (1, MANY + 1):
        done = await gate.screen_request(inbound({**prompt("hi"), "list": [f"t{n}" for n in range(count)]}))
        assert done.refusal is None
    assert [thread is threading.current_thread() for thread in threads] == [True, False]


REPLACE = replace(policy(), attachments="replace")


class Said:
    """Documents that all say the same."""

    def __init__(self, *texts: str, fault: str | None = None) -> None:
        self.contents = Contents(tuple(((n,), text) for n, text in enumerate(texts)), (), fault)

    async def read(self, files: Sequence[Document], *, scope: str) -> list[Contents]:
        assert scope == "alice"
        assert [file.type for file in files] == ["PDF"]
        return [self.contents]


def attached(text: str = "read it") -> dict[str, Any]:
    file = {"type": "file", "file": {"file_data": b64encode(b"%PDF-1.7").decode(), "filename": "a.pdf"}}
    return {"model": "gpt-x", "messages": [{"role": "user", "content": [{"type": "text", "text": text}, file]}]}


async def test_a_document_that_says_nothing_leaves_as_it_came() -> None:
    book = Book()
    done = await pipeline(book, documents=Said("hello")).screen_request(inbound(attached()))
    assert (done.refusal, done.out.body) == (None, None)
    coverage = book.last("opened")["coverage"]
    assert coverage["unread"] == []
    assert coverage["attachments"] == [{"where": "body:/messages/0/content/1/file/file_data", "type": "PDF", "size": 8}]


async def test_without_anybody_to_read_it_a_document_is_unread() -> None:
    done = await pipeline().screen_request(inbound(attached()))
    assert done.refusal is not None and "could not be read" in done.refusal.message


async def test_a_document_that_could_not_be_judged_is_a_fault_of_ours() -> None:
    allowing = replace(policy(), unread=gates("allow"))
    done = await pipeline(rules=allowing, documents=Said(fault="it hung")).screen_request(inbound(attached()))
    assert done.refusal is not None and done.refusal.status == 503


async def test_a_value_in_a_document_blocks_or_is_replaced() -> None:
    blocked = await pipeline(documents=Said(f"write to {EMAIL}")).screen_request(inbound(attached()))
    assert blocked.refusal is not None and "rule attachment" in blocked.refusal.message
    done = await pipeline(rules=REPLACE, documents=Said("first", f"write to {EMAIL}")).screen_request(
        inbound(attached())
    )
    assert done.refusal is None and done.out.body is not None
    _, part = json.loads(done.out.body)["messages"][0]["content"]
    (known,) = done.restorable
    assert part == {"type": "text", "text": f"a.pdf\n\nfirst\nwrite to {known.token}"}
    assert known.original == EMAIL


async def test_a_value_that_is_masked_elsewhere_does_not_stay_in_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    scan = engine().scan

    async def blind(segments: Sequence[Segment], *, scope: str) -> Scan:
        found = await scan(segments, scope=scope)
        return Scan(tuple(f for f in found.findings if f.location.part is None), found.faults)

    gate = pipeline(documents=Said(f"to {EMAIL}"))
    monkeypatch.setattr(engine(), "scan", blind)
    blocked = await gate.screen_request(inbound(attached(EMAIL)))
    assert blocked.refusal is not None and "a document" in blocked.refusal.message
    gate.rules = REPLACE
    done = await gate.screen_request(inbound(attached(EMAIL)))
    assert done.out.body is not None and EMAIL.encode() not in done.out.body


async def test_where_nothing_is_enforced_what_cannot_be_recorded_does_not_leave_all_the_same() -> None:
    done = await pipeline(Book(full=True), enforce=False).screen_request(inbound(prompt("hi")))
    assert done.refusal is not None
    assert (done.refusal.status, done.refusal.code) == (503, "ledger_unavailable")


async def test_an_exchange_ends_under_the_rules_it_began_with(tmp_path: Path) -> None:
    """What comes into force while a request is scanned, or answered, is for the next one."""
    book = Book()
    gate = pipeline(book)
    before, was = gate.rules, gate.detector
    other = made_policy(tmp_path, "rules: [{id: other, when: {entity: EMAIL_ADDRESS}, then: block}]")

    class Slow:
        """While it scans, other rules and another detector come into force."""

        async def scan(self, segments: Sequence[Segment], *, scope: str) -> Scan:
            gate.rules, gate.detector = other, was
            return await was.scan(segments, scope=scope)

        def __getattr__(self, name: str) -> Any:
            return getattr(was, name)

    slow: Any = Slow()
    gate.detector = slow
    done = await gate.screen_request(inbound(prompt(EMAIL)))
    assert done.refusal is None and book.last("opened")["revision"] == before.revision
    kit = gate.screen_reply(done, ReplyHead(200, "application/json", None, None)).kit
    assert kit.rules is before and kit.detector is slow
    after = await gate.screen_request(inbound(prompt(EMAIL)))
    assert after.refusal is not None and book.last("opened")["revision"] == other.revision
