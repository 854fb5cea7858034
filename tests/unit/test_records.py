"""What goes on record, and what a refusal says: never a value."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hushgate import records
from hushgate.errors import Malformed
from hushgate.policy.decide import decide
from hushgate.policy.unread import gates
from hushgate.values import (
    Area,
    Direction,
    FileRead,
    Finding,
    Kind,
    Level,
    Location,
    Reason,
    Role,
    Route,
    Scan,
    Segment,
    Unread,
)
from tests.gate_cases import CARD, CHAT, EMAIL, GENERIC, PEM, TOKEN, Book, inbound, pipeline, policy, prompt


async def test_the_opening_names_findings_by_place_and_fingerprint() -> None:
    book = Book()
    await pipeline(book).screen_request(inbound(prompt(f"write to {EMAIL} with {CARD}")))
    opened = book.last("opened")
    assert {f["entity"] for f in opened["findings"]} == {"EMAIL_ADDRESS", "CREDIT_CARD"}
    assert all(f["where"] == "body:/messages/0/content" and len(f["fingerprint"]) == 32 for f in opened["findings"])
    assert opened["coverage"]["scanned"] >= 1
    assert opened["gate"] == "allow"
    assert EMAIL.encode() not in book.all_bytes()


@pytest.mark.parametrize("value", [EMAIL, TOKEN])
async def test_a_path_or_model_that_holds_a_value_is_not_recorded(value: str) -> None:
    book = Book()
    gate = pipeline(book)
    await gate.screen_request(inbound({**prompt("hi"), "model": value}))
    await gate.screen_request(inbound({"model": f'{{"name": ["{value}"]}}'}, route=GENERIC))
    await gate.screen_request(inbound(prompt("hi"), target=f"/v1/files/{value}"))
    assert value.encode() not in book.all_bytes()


@pytest.mark.parametrize(
    ("route", "path", "shown"),
    [
        (GENERIC, "/v1/anything", "/v1/anything"),
        (GENERIC, f"/v1/{CARD.replace(' ', '')}/x", "/v1/~/x"),
        (CHAT, f"/openai/deployments/{EMAIL}/chat/completions", "/openai/deployments/~/chat/completions"),
    ],
)
async def test_a_malformed_request_is_recorded_without_what_its_path_may_hold(
    route: Route, path: str, shown: str
) -> None:
    book = Book()
    await pipeline(book).screen_request(inbound(b"{", route=replace(route, path=path)))
    assert book.last("refused")["path"] == shown
    assert book.last("refused")["reasons"][0]["rule"] == "malformed"


async def test_prose_is_no_path_and_no_model() -> None:
    book = Book()
    target = "/v1/my%20plan%20is/gpt-4o/anthropic.claude-v2%3A1/" + "x" * 100
    route = replace(GENERIC, path=target)
    await pipeline(book).screen_request(inbound({"model": "so " * 100}, route=route, target=target))
    assert book.last("opened")["path"] == "/v1/~/gpt-4o/anthropic.claude-v2%3A1/~"
    assert book.last("opened")["model"] is None


async def test_a_refusal_names_rule_level_and_hint_and_no_value() -> None:
    done = await pipeline().screen_request(inbound(prompt(PEM)))
    assert done.refusal is not None
    assert (done.refusal.status, done.refusal.code) == (400, "policy_violation")
    for word in ("rule ", "level regulated", "hint:", "PRIVATE_KEY"):
        assert word in done.refusal.message
    assert "fakefake" not in done.refusal.message


async def test_a_ledger_that_cannot_write_is_told_as_such() -> None:
    done = await pipeline(Book(full=True)).screen_request(inbound(prompt("hi")))
    assert done.refusal is not None
    assert (done.refusal.status, done.refusal.code) == (503, "ledger_unavailable")


async def test_a_document_in_the_way_is_hinted_at() -> None:
    passage = await pipeline().screen_request(inbound(prompt(PEM)))
    in_document = replace(passage.decision, reasons=(Reason("attachment", "it stands in a document"),))
    assert "replace PRIVATE_KEY; `hushgate show" in records.refusal(passage.exchange, passage.decision).message
    assert "(`attachments: replace`); `hushgate show" in records.refusal(passage.exchange, in_document).message


def test_malformed_ends_in_a_hint() -> None:
    told = records.malformed(inbound(b"").unread_exchange(), Malformed("a key stands twice"))
    assert told.code == "malformed_request"
    assert "hint:" in told.message


def test_coverage_counts_and_names_the_unread() -> None:
    unread = [Unread(Location(Area.BODY, None, ("a", 0)), "image", 12)]
    counted = records.counted(3, 1, unread)
    assert counted == {"scanned": 3, "opaque": 1, "unread": [{"where": "body:/a/0", "reason": "image", "size": 12}]}
    assert json.dumps(counted)


def test_coverage_names_files_and_counts_those_beyond_many() -> None:
    files = [FileRead(Location(path=(n,)), "PDF", 2) for n in range(records.RECORDED_FILES + 3)]
    said = records.coverage((), (), files)["attachments"]
    assert isinstance(said, list) and len(said) == records.RECORDED_FILES + 1
    assert said[0] == {"where": "body:/0", "type": "PDF", "size": 2}
    assert said[-1] == {"where": "body", "type": "3 more files", "size": 6}


def test_a_repr_shows_no_key_and_no_path() -> None:
    route = Route("acme", "acme", "llm.acme.example", "/v1/ann@acme.example", "generic", model="ann@acme.example")
    at = Location(path=("ann@acme.example", "model"))
    assert repr(at) == str(at) == "body:/~/model"
    assert "ann@" not in repr(route)


@pytest.mark.parametrize(
    ("unread", "hint"),
    [
        (["image"], "(`unread: {image: allow}`)"),
        (["image", "image", "token ids"], "(`unread: {image: allow, tokens: allow}`)"),
    ],
)
def test_a_refusal_says_which_kinds_a_policy_would_have_to_allow(unread: list[str], hint: str) -> None:
    places = (Unread(Location(Area.BODY, None, (n,)), reason, 1) for n, reason in enumerate(unread))
    exchange = replace(inbound(b"").unread_exchange(), unread=tuple(places))
    found = Finding(Location(), 0, 1, "EMAIL_ADDRESS", "pii", Level.CONFIDENTIAL, 0.9, "email", "", "f")
    segments = (Segment(Location(), Direction.REQUEST, Role.USER, Kind.TEXT, "x"),)
    for findings in ((), (found,)):
        decision = decide(replace(exchange, segments=segments), Scan(findings), policy())
        said = records.refusal(exchange, decision)
        assert said is not None
        assert hint in said.message


def test_what_is_allowed_is_no_way_out() -> None:
    places = (Unread(Location(Area.BODY, None, (n,)), reason, 1) for n, reason in enumerate(["image", "audio"]))
    exchange = replace(inbound(b"").unread_exchange(), unread=tuple(places))
    decision = decide(exchange, Scan(), replace(policy(), unread=gates({"image": "allow"})))
    said = records.refusal(exchange, decision)
    assert said is not None
    assert "(`unread: {audio: allow}`)" in said.message
