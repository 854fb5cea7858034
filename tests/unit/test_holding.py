"""A held request through the pipeline: what is asked, and what each answer makes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hushgate.consent import Answer, Asked, Outcome, Presence, Quorum
from hushgate.endpoints import load_endpoints
from hushgate.errors import LedgerError
from hushgate.holding import quorums
from hushgate.pipeline import Passage
from hushgate.requests.rerouting import destination
from tests.gate_cases import CARD, EMAIL, Book, inbound, made_policy, pipeline, prompt

POLICY = """
rules:
  - {id: ask, when: {entity: [EMAIL_ADDRESS], direction: request}, then: hold}
  - {id: hide, when: {entity: [CREDIT_CARD]}, then: mask}
"""
ROUTED = """
rules:
  - {id: home, when: {entity: CREDIT_CARD, self_hosted: false}, then: {route: own, model: llama}}
  - {id: ask, when: {entity: EMAIL_ADDRESS, self_hosted: true}, then: hold}
  - {id: open, when: {entity: CREDIT_CARD, self_hosted: true}, then: allow}
  - {id: hide, when: {self_hosted: false, level: ">=confidential"}, then: mask}
"""
TEXT = f"{EMAIL} pays with {CARD}"


@dataclass
class Approver:
    """Answers as it is told to."""

    answer: Answer | Exception
    heard: list[Asked] = field(default_factory=list)

    async def ask(self, asked: Asked, presence: Presence | None) -> Answer:
        self.heard.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def passed(
    folder: Path, answer: Answer | Exception, book: Book, text: str = TEXT, **changes: Any
) -> tuple[Passage, Approver]:
    approver = Approver(answer)
    gate = pipeline(book, rules=made_policy(folder, POLICY), approvals=approver, **changes)
    return await gate.screen_request(inbound(prompt(text))), approver


async def test_what_an_approver_sees(tmp_path: Path) -> None:
    text = f"{'a' * 500} tell {EMAIL} about it {'b' * 500} {CARD}"
    _, approver = await passed(tmp_path, Answer(Outcome.PENDING, "a1"), Book(), text)
    (asked,) = approver.heard
    (shown,) = asked.excerpts
    assert EMAIL not in repr(asked) and CARD not in shown.text and EMAIL not in shown.text
    assert "tell <EMAIL_ADDRESS_" in shown.text and "<CREDIT_CARD_" in shown.text and " ... " in shown.text
    assert len(shown.text) <= 600 and shown.who == "user/text"
    assert not asked.unmaskable and asked.size > 1000
    assert asked.reveal is not None
    assert {asked.reveal(n) for n in range(2)} == {EMAIL, CARD}


async def test_a_yes_masks_what_it_is_held_for(tmp_path: Path) -> None:
    book = Book()
    done, _ = await passed(tmp_path, Answer(Outcome.APPROVED, "a1", ("bob", "carol")), book)
    assert done.refusal is None and done.out.body is not None
    assert EMAIL.encode() not in done.out.body and CARD.encode() not in done.out.body
    assert {placeholder.original for placeholder in done.restorable} == {EMAIL, CARD}
    record = book.last("opened")
    assert (record["gate"], record["approval"], record["approved_by"]) == ("allow", "a1", "bob, carol")
    assert [reason["rule"] for reason in record["reasons"]] == ["ask", "approved"]
    assert [finding["verdict"] for finding in record["findings"]] == ["mask", "mask"]


async def test_a_raw_yes_releases_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    book = Book()
    _, approver = await passed(tmp_path, Answer(Outcome.PENDING, "a1"), Book())
    names = {v.finding.entity: v.finding.fingerprint for v in approver.heard[0].decision.verdicts}
    answer = Answer(Outcome.APPROVED, "a1", ("bob",), released=frozenset({names["EMAIL_ADDRESS"]}))
    done, _ = await passed(tmp_path, answer, book)
    assert done.out.body is not None
    assert EMAIL.encode() in done.out.body and CARD.encode() not in done.out.body
    assert {f["entity"]: f["verdict"] for f in book.last("opened")["findings"]} == {
        "EMAIL_ADDRESS": "keep", "CREDIT_CARD": "mask",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "code", "says", "rule"),
    [
        (Answer(Outcome.PENDING, "a1"), "approval_required", "approval a1 is not decided yet", None),
        (Answer(Outcome.EXPIRED, "a1"), "approval_required", "a1 was not decided in time", None),
        (Answer(Outcome.USED, "a1"), "approval_required", "another request has used it", None),
        (Answer(Outcome.FULL), "approval_required", "too many requests wait", None),
        (Answer(Outcome.NOBODY), "policy_violation", "nobody is there who may approve", "no-approver"),
        (Answer(Outcome.REJECTED, "a1", ("bob",), "not this"), "policy_violation", "rejected by bob: not this",
         "rejected"),
    ],
)  # fmt: skip
async def test_whatever_is_no_yes_stays(tmp_path: Path, answer: Answer, code: str, says: str, rule: str | None) -> None:
    book = Book()
    done, _ = await passed(tmp_path, answer, book)
    assert done.refusal is not None and (done.refusal.status, done.refusal.code) == (400, code)
    assert says in done.refusal.message and "hint: " in done.refusal.message and EMAIL not in done.refusal.message
    record = book.last("opened")
    assert record["gate"] == ("hold" if rule is None else "block") and "approved_by" not in record
    assert rule is None or rule in [reason["rule"] for reason in record["reasons"]]


async def test_who_left_is_on_record(tmp_path: Path) -> None:
    book = Book()
    done, _ = await passed(tmp_path, Answer(Outcome.LEFT, "a1"), book)
    assert done.refusal is not None and book.last("opened")["outcome"] == "client_left"


async def test_without_approvals_hold_is_block(tmp_path: Path) -> None:
    gate = pipeline(rules=made_policy(tmp_path, POLICY))
    done = await gate.screen_request(inbound(prompt(TEXT)))
    assert done.refusal is not None and done.refusal.code == "policy_violation"


async def test_a_step_that_cannot_be_recorded_lets_nothing_go(tmp_path: Path) -> None:
    done, _ = await passed(tmp_path, LedgerError("no space"), Book())
    assert done.refusal is not None and done.refusal.status == 503


async def test_where_nothing_is_enforced_nobody_is_asked(tmp_path: Path) -> None:
    done, approver = await passed(tmp_path, Answer(Outcome.REJECTED), Book(), enforce=False)
    assert done.refusal is None and approver.heard == []


async def test_a_request_held_as_a_whole_shows_how_it_begins(tmp_path: Path) -> None:
    rules = made_policy(tmp_path, 'rules:\n  - {id: every, when: {model: "gpt*"}, then: hold}\n')
    approver = Approver(Answer(Outcome.APPROVED, "a1", ("bob",)))
    done = await pipeline(rules=rules, approvals=approver).screen_request(inbound(prompt("just a word")))
    assert [one.text for one in approver.heard[0].excerpts] == ["just a word"]
    assert done.refusal is None


async def test_a_value_where_nothing_can_be_masked_is_said(tmp_path: Path) -> None:
    rules = made_policy(tmp_path, "rules:\n  - {id: ask, when: {entity: [EMAIL_ADDRESS]}, then: hold}\n")
    approver = Approver(Answer(Outcome.APPROVED, "a1", ("bob",)))
    asking = inbound(prompt("hi"), target=f"/v1/chat/completions/{EMAIL}")
    done = await pipeline(rules=rules, approvals=approver).screen_request(asking)
    assert approver.heard[0].unmaskable
    assert done.refusal is not None, "a yes that masks cannot be carried out"


async def test_what_is_held_where_it_is_sent_asks_for_the_llm_there(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "version: 1\nendpoints:\n  - {id: own, hosts: [llama.acme.example], self_hosted: true, openai: [/v1]}\n"
    )
    endpoints = load_endpoints([tmp_path / "own.yaml"])
    rules = made_policy(tmp_path, ROUTED)
    approver, book = Approver(Answer(Outcome.APPROVED, "a1", ("bob",))), Book()
    gate = pipeline(book, rules=rules, approvals=approver, destinations=lambda name: destination(endpoints, name, {}))
    done = await gate.screen_request(inbound(prompt(TEXT)))
    assert approver.heard[0].exchange.route.model == "llama" and book.last("opened")["model"] == "llama"
    assert done.to is not None and done.to.host == "llama.acme.example"
    assert json.loads(done.out.body or b"")["model"] == "llama" and CARD.encode() in (done.out.body or b"")


STRICT = """
unread: hold
rules:
  - {id: ask, when: {entity: [EMAIL_ADDRESS], direction: request}, then: {hold: {groups: [security]}}}
  - {id: two, when: {entity: [CREDIT_CARD], direction: request}, then: {hold: {approvers: 2}}}
  - {id: long, when: {direction: request, role: system}, then: hold}
  - {id: watched, when: {direction: request}, then: {hold: {groups: [legal]}}, enforce: false}
"""


async def test_what_the_rules_that_hold_it_ask_for(tmp_path: Path) -> None:
    approver = Approver(Answer(Outcome.PENDING, "a1"))
    gate = pipeline(Book(), rules=made_policy(tmp_path, STRICT), approvals=approver)
    for text in (EMAIL, TEXT):
        await gate.screen_request(inbound(prompt(text)))
    one, both = approver.heard
    assert one.quorums == (Quorum(("security",)),)
    assert set(both.quorums) == {Quorum(("security",)), Quorum((), 2)}


def test_what_asking_beforehand_needs(tmp_path: Path) -> None:
    ruleset = made_policy(tmp_path, STRICT)
    assert quorums(ruleset, ("EMAIL_ADDRESS",)) == (Quorum(("security",)), Quorum())
    assert quorums(ruleset, ("PERSON", "CREDIT_CARD")) == (Quorum((), 2), Quorum())
