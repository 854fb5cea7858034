"""Deciding by program, with a token in place of a log-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.console_cases import VALUE, Case, case


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Case]:
    one = case(tmp_path)
    yield one
    one.ledger.close()


async def asks(pages: Case, name: str, method: str, place: str, body: Any = None) -> httpx.Response:
    async with pages.client() as client:
        return await client.request(method, place, json=body, auth=(name, pages.tokens[name]))


async def test_a_program_lists_and_decides(pages: Case) -> None:
    id = await pages.held()
    (listed,) = (await asks(pages, "ari", "GET", "/api/approvals?state=pending")).json()
    assert listed["id"] == id and listed["entities"] == ["EMAIL_ADDRESS"]
    shown = (await asks(pages, "ari", "GET", f"/api/approvals/{id}")).json()
    assert shown["deciders"] == ["ari", "adam", "rae"] and shown["refused"] == ""
    wish = {"raw": [0], "uses": 2, "seconds": 60}
    done = (await asks(pages, "ari", "POST", f"/api/approvals/{id}/approve", wish)).json()
    assert done["state"] == "approved" and done["terms"]["released"] == ["print-EMAIL_ADDRESS-0"]
    (grant,) = (await asks(pages, "ari", "GET", "/api/grants")).json()
    assert (grant["uses"], grant["open"]) == (2, True)
    assert (await asks(pages, "ari", "POST", f"/api/grants/{grant['id']}/revoke", {})).json()["revoked_by"] == "ari"
    assert (await asks(pages, "ari", "GET", "/api/approvals?state=pending")).json() == []
    assert (await asks(pages, "ari", "GET", "/api/approvals?state=odd")).status_code == 400


async def test_a_value_by_program(pages: Case) -> None:
    async with pages.waiting() as id:
        shown = await asks(pages, "rae", "POST", f"/api/approvals/{id}/reveal", {"finding": 0})
        assert shown.json() == {"value": VALUE} and shown.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "what", "body", "status", "says"),
    [
        ("dana", "approve", {}, 403, "role deciding"),
        ("audrey", "reject", {"reason": ""}, 403, "no approver"),
        ("ari", "reveal", {"finding": 0}, 403, "role revealer"),
        ("rae", "reveal", {"finding": 0}, 409, "does not wait"),
        ("ari", "approve", {"raw": [7]}, 400, "no such finding"),
        ("ari", "approve", {"uses": 0}, 400, "not what this takes"),
        ("ari", "approve", {"seconds": True}, 400, "not what this takes"),
        ("ari", "approve", {"later": 1}, 400, "not what this takes"),
        ("ari", "approve", [], 400, "not what this takes"),
        ("ari", "reject", {}, 400, "not what this takes"),
    ],
)
async def test_what_is_refused_says_why(pages: Case, name: str, what: str, body: Any, status: int, says: str) -> None:
    id = await pages.held()
    answer = await asks(pages, name, "POST", f"/api/approvals/{id}/{what}", body)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert says in error["message"] and error["hint"]
    assert pages.approvals.book.approvals[id].state == "pending"


async def test_late_and_absent_are_told_apart(pages: Case) -> None:
    id = await pages.held()
    await asks(pages, "ari", "POST", f"/api/approvals/{id}/reject", {"reason": "no"})
    late = await asks(pages, "rae", "POST", f"/api/approvals/{id}/approve", {})
    assert late.status_code == 409 and "rejected by ari already" in late.json()["error"]["message"]
    assert (await asks(pages, "rae", "POST", "/api/approvals/a0/approve", {})).status_code == 404
    assert (await asks(pages, "dana", "GET", f"/api/approvals/{await pages.held('b', actor='bob')}")).status_code == 404
