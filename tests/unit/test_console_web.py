"""Every route with every role and without log-in, and what all answers have in common."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from starlette.routing import Mount, Route

from tests.approving import CAROL
from tests.console_cases import ROOT, USERS, VALUE, Case, case
from tests.ledger_cases import opened

EVERYBODY = {"dana", "ari", "audrey", "adam", "rae"}
PAGES = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/sessions"): EVERYBODY,
    ("GET", "/sessions/{session}"): {"dana", "audrey", "adam"},  # s1 is dana's
    ("GET", "/exchanges/{exchange}"): {"dana", "audrey", "adam"},
    ("GET", "/approvals"): EVERYBODY,
    ("GET", "/approvals/{approval}"): EVERYBODY,  # it is dana's
    ("POST", "/approvals/{approval}/approve"): {"ari", "adam", "rae"},
    ("POST", "/approvals/{approval}/reject"): {"ari", "adam", "rae"},
    ("POST", "/approvals/{approval}/reveal"): {"rae"},
    ("GET", "/grants"): EVERYBODY,
    ("POST", "/grants/{grant}/revoke"): {"dana", "ari", "adam", "rae"},
    ("GET", "/search"): {"audrey", "adam"},
    ("POST", "/search"): {"audrey", "adam"},
    ("GET", "/policy"): EVERYBODY,
    ("GET", "/coverage"): {"audrey", "adam"},
    ("GET", "/users"): {"adam"},
    ("GET", "/health"): EVERYBODY,
    ("GET", "/api/health"): EVERYBODY,
    ("GET", "/api/sessions"): EVERYBODY,
    ("GET", "/api/sessions/{session}"): {"dana", "audrey", "adam"},
    ("GET", "/api/exchanges"): EVERYBODY,
    ("GET", "/api/exchanges/{exchange}"): {"dana", "audrey", "adam"},
    ("GET", "/api/approvals"): EVERYBODY,
    ("GET", "/api/approvals/{approval}"): EVERYBODY,
    ("POST", "/api/approvals/{approval}/approve"): {"ari", "adam", "rae"},
    ("POST", "/api/approvals/{approval}/reject"): {"ari", "adam", "rae"},
    ("POST", "/api/approvals/{approval}/reveal"): {"rae"},
    ("GET", "/api/grants"): EVERYBODY,
    ("POST", "/api/grants/{grant}/revoke"): {"dana", "ari", "adam", "rae"},
    ("POST", "/api/search"): {"audrey", "adam"},
    ("GET", "/api/policy"): EVERYBODY,
    ("GET", "/api/coverage"): {"audrey", "adam"},
    ("GET", "/api/users"): {"adam"},
    ("GET", "/api/openapi.json"): EVERYBODY,
}
"""Who gets an answer at each route."""

APART = {
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/login/provider"),
    ("GET", "/login/callback"),
    ("POST", "/logout"),
    ("GET", "/live"),
    ("GET", "/live/approvals"),
    ("", "/static"),
    ("GET", "/link/{token}"),  # leads on: test_console_deciding.py tries each role
}


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Case]:
    one = case(tmp_path)
    yield one
    one.web.close()
    one.ledger.close()


def test_the_table_has_every_route(tmp_path: Path) -> None:
    one = case(tmp_path)
    one.ledger.close()
    found = set()
    for route in one.web.app.routes:
        if isinstance(route, Route):
            path = route.path.replace(":path}", "}")
            found |= {(method, path) for method in route.methods or () if method != "HEAD"}
        elif isinstance(route, Mount):
            found.add(("", route.path))
    assert found == PAGES.keys() | APART


async def test_a_session_is_seen_whatever_a_client_called_it(pages: Case) -> None:
    auditor = await pages.logged_in("audrey")
    for n, name in enumerate(("a/b", "../../users", "x?y#z", '"><b>', "%2e%2e")):
        pages.ledger.append_now("opened", opened(f"n{n}", actor="bob", session=name))
        for place in ("/sessions/", "/api/sessions/"):
            answer = await auditor.get(place + quote(name, safe=""))
            assert answer.status_code == 200 and f"n{n}" in answer.text, (place, name)
        assert f'href="/sessions/{quote(name, safe="")}"' in (await auditor.get("/sessions")).text
    await auditor.aclose()


async def test_every_route_with_every_role_and_with_none(pages: Case) -> None:
    clients = {name: await pages.logged_in(name) for name in USERS}
    clients["nobody"] = pages.client()
    for (method, path), let_in in PAGES.items():
        for name, client in clients.items():
            answer = await ask(pages, client, method, path)
            if name in let_in:
                assert answer in ((200, 303) if method == "POST" else (200,)), (method, path, name, answer)
            elif name == "nobody":
                assert answer == (401 if path.startswith("/api/") else 303), (method, path)
            else:
                assert answer in (403, 404), (method, path, name, answer)
    for client in clients.values():
        await client.aclose()
    assert {one.terms.actor for one in pages.approvals.book.grants.values()} == {"dana"}


async def ask(pages: Case, client: httpx.AsyncClient, method: str, path: str) -> int:
    """Each time about another approval of dana's, whose client waits, and another grant."""
    name = f"{method} {path} {client.headers.get('cookie', '')}"
    await pages.approvals.approve(CAROL, await pages.held(f"granted {name}"))
    grant = list(pages.approvals.book.grants)[-1]
    async with pages.waiting(name) as approval:
        status = await sent(
            pages, client, method, path.format(session="s1", exchange="x1", approval=approval, grant=grant)
        )
    pages.approvals.book.approvals.clear()
    return status


async def sent(pages: Case, client: httpx.AsyncClient, method: str, place: str) -> int:
    if method == "GET":
        return (await client.get(place)).status_code
    said = next((said for end, said in SENT.items() if place.endswith(end)), {})
    if place.startswith("/api/"):
        return (await client.post(place, json=said)).status_code
    return (await client.post(place, data={**said, "form": pages.form(client)})).status_code


SENT: dict[str, dict[str, Any]] = {"/search": {"value": VALUE}, "/reject": {"reason": "no"}, "/reveal": {"finding": 0}}


async def test_a_developer_sees_no_word_of_others(pages: Case) -> None:
    async with await pages.logged_in("dana") as client:
        for place in ("/", "/sessions", "/api/sessions", "/api/exchanges"):
            said = (await client.get(place)).text
            assert "x1" in said or "s1" in said
            assert "bob" not in said and "x2" not in said
        assert (await client.get("/exchanges/x2")).status_code == 404
        assert (await client.get("/api/sessions/s2")).status_code == 404


async def test_what_every_answer_carries(pages: Case) -> None:
    async with await pages.logged_in("adam") as client:
        for place in ("/", "/login", "/static/console.js", "/nowhere", "/api/health", "/api/nowhere", "/exchanges/no"):
            headers = (await client.get(place)).headers
            assert "default-src 'none'" in headers["content-security-policy"], place
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["cache-control"] == "no-store"
            assert "server" not in headers


async def test_what_a_client_named_is_no_markup(pages: Case) -> None:
    async with await pages.logged_in("adam") as client:
        for place in ("/", "/sessions/s1", "/exchanges/x1"):
            said = (await client.get(place)).text
            assert "<b onclick" not in said, place
            assert "&lt;b onclick" in said, place


async def test_no_page_has_a_style_or_a_script_of_its_own(pages: Case) -> None:
    approval = await pages.held()
    async with await pages.logged_in("adam") as client:
        for method, path in PAGES:
            if method == "GET" and not path.startswith("/api/"):
                said = (await client.get(path.format(session="s1", exchange="x1", approval=approval))).text
                assert not re.search(r"<[^>]+ (on\w+|style)=|<style", said), path
                assert said.count("<script") == said.count('<script src="/static/') > 0, path
                assert "http://" not in said.replace(ROOT, "") and "https://" not in said, path


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8889", 200),
        ("localhost:8889", 200),
        ("[::1]:8889", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
    ],
)
async def test_a_name_of_another_machine_is_refused(pages: Case, host: str, status: int) -> None:
    async with pages.client() as client:
        answer = await client.get("/login", headers={"host": host})
    assert answer.status_code == status
    assert status == 200 or "hint:" in answer.text


@pytest.mark.parametrize("header", [{"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}])
async def test_other_sites_send_nothing(pages: Case, header: dict[str, str]) -> None:
    async with await pages.logged_in("adam") as client:
        for place in ("/search", "/login", "/logout", "/api/search"):
            assert (await client.post(place, headers=header)).status_code == 403
        assert pages.events("looked-up") == []


async def test_a_form_without_its_token_is_refused(pages: Case) -> None:
    async with await pages.logged_in("audrey") as client:
        for form in ({}, {"form": "guess"}, {"form": "ä"}):
            answer = await client.post("/search", data={"value": VALUE, **form})
            assert answer.status_code == 403
        other = pages.web._door.visitor((await pages.logged_in("adam")).headers["cookie"].partition("=")[2])
        assert other is not None
        assert (await client.post("/search", data={"value": VALUE, "form": other.form})).status_code == 403
    assert pages.events("looked-up") == []


async def test_a_body_has_a_length_and_a_bound(pages: Case) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"value=x"

    async with await pages.logged_in("audrey") as client:
        assert (await client.post("/search", content=endless())).status_code == 411
        assert (await client.post("/search", data={"value": "x" * 70_000})).status_code == 413


async def test_a_failing_page_tells_no_text_of_the_failure(
    pages: Case, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError(VALUE)

    monkeypatch.setattr("hushgate.console.views.Views.page", fails)
    async with await pages.logged_in("adam") as client:
        answer = await client.get("/health")
    assert answer.status_code == 500
    assert VALUE not in answer.text + caplog.text


async def test_without_users_the_machine_reads_and_administers_nothing(tmp_path: Path) -> None:
    one = case(tmp_path, users={})
    async with one.client() as client:
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/coverage")).status_code == 200
        assert (await client.get("/users")).status_code == 403
        assert (await client.get("/login")).headers["location"] == "/"
        assert json.loads((await client.get("/api/exchanges")).text)
    one.ledger.close()
