"""What the pages of approvals say, and what their forms do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from hushgate.approvals.notify.links import Links
from hushgate.approvals.wishes import Wish
from hushgate.consent import Person
from tests.approving import BOB, CAROL
from tests.console_cases import TOKEN, VALUE, Case, case


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Case]:
    one = case(tmp_path)
    yield one
    one.web.close()
    one.ledger.close()


@pytest.fixture
async def ari(pages: Case) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.logged_in("ari") as client:
        yield client


async def send(pages: Case, client: httpx.AsyncClient, place: str, **fields: str) -> httpx.Response:
    return await client.post(place, data={"form": pages.form(client), **fields})


async def test_an_approver_sees_enough_to_decide(pages: Case, ari: httpx.AsyncClient) -> None:
    earlier = await pages.held("earlier")
    await pages.approvals.reject(BOB, earlier, "not today")
    id = await pages.held()
    for place in ("/approvals", f"/approvals/{id}"):
        said = (await ari.get(place)).text
        assert f"<mark>{TOKEN.replace('<', '&lt;').replace('>', '&gt;')}</mark> &amp; &lt;b&gt;go&lt;/b&gt;" in said
        assert "ask waits" in said and "openai" in said and "dana" in said and earlier in said
    assert "ari, adam, rae" in said, "who may decide"


async def test_who_asked_sees_it_without_text_and_without_forms(pages: Case) -> None:
    id = await pages.held()
    async with await pages.logged_in("dana") as client:
        said = (await client.get(f"/approvals/{id}")).text
        assert TOKEN[1:-1] not in said and "/approve" not in said
        assert "dana is no approver" in said.lower()
        assert (await client.get(f"/approvals/{await pages.held('b', actor='bob')}")).status_code == 404


async def test_yes_and_no(pages: Case, ari: httpx.AsyncClient) -> None:
    id, other = await pages.held("a"), await pages.held("b")
    done = await send(pages, ari, f"/approvals/{id}/approve")
    assert (done.status_code, done.headers["location"]) == (303, f"/approvals/{id}")
    assert "Approved by ari" in (await ari.get(f"/approvals/{id}")).text
    await send(pages, ari, f"/approvals/{other}/reject", reason="<i>no</i>")
    assert "Rejected by ari" in (said := (await ari.get(f"/approvals/{other}")).text)
    assert "&lt;i&gt;no&lt;/i&gt;" in said
    late = await send(pages, ari, f"/approvals/{id}/reject", reason="")
    assert late.status_code == 409 and "approved by ari already" in late.text.lower()
    listed = (await ari.get("/approvals")).text
    assert "Nothing waits." in listed and f'href="/approvals/{id}"' in listed


async def test_a_grant_says_what_it_covers_and_is_taken_back(pages: Case, ari: httpx.AsyncClient) -> None:
    id = await pages.held()
    await send(pages, ari, f"/approvals/{id}/approve", any="on", uses="", seconds="7200", group="dev")
    (grant,) = pages.approvals.book.grants.values()
    assert (grant.terms.uses, grant.terms.group, grant.terms.digest) == (None, "dev", None)
    assert 7100 < grant.terms.until - grant.at < 7300
    said = (await ari.get("/grants")).text
    assert "group dev to openai; any content held for EMAIL_ADDRESS by ask; any number of times" in said
    assert (await send(pages, ari, f"/grants/{grant.id}/revoke")).headers["location"] == "/grants"
    assert "No grant is in force" in (await ari.get("/grants")).text
    assert (await send(pages, ari, f"/grants/{grant.id}/revoke")).status_code == 409


async def test_raw_names_its_findings(pages: Case, ari: httpx.AsyncClient) -> None:
    id = await pages.held()
    await send(pages, ari, f"/approvals/{id}/approve", **{"raw-0": "on"})
    (grant,) = pages.approvals.book.grants.values()
    assert grant.terms.raw and grant.terms.released == ("print-EMAIL_ADDRESS-0",)


@pytest.mark.parametrize("fields", [{"uses": "many"}, {"raw-7": "on"}, {"seconds": "-1"}])
async def test_what_does_not_fit_changes_nothing(pages: Case, ari: httpx.AsyncClient, fields: dict[str, str]) -> None:
    id = await pages.held()
    answer = await send(pages, ari, f"/approvals/{id}/approve", **fields)
    assert answer.status_code == 400 and "Nothing was changed" in answer.text
    assert pages.approvals.book.approvals[id].state == "pending"


async def test_the_second_of_two_agrees_on_the_same_terms(tmp_path: Path) -> None:
    pages = case(tmp_path, minimum=2)
    id = await pages.held()
    await pages.approvals.approve(CAROL, id, Wish(raw=(), uses=3))
    async with await pages.logged_in("ari") as ari:
        said = (await ari.get(f"/approvals/{id}")).text
        assert "1 of 2 have said yes (carol)" in said and "Agree to these terms" in said
        assert (await send(pages, ari, f"/approvals/{id}/approve")).status_code == 400, "other terms"
        fields = {"uses": "3", "raw-0": "on"}
        assert all(f'name="{name}" value="{value}"' in said for name, value in fields.items())
        await send(pages, ari, f"/approvals/{id}/approve", **fields)
        assert "Approved by carol, ari" in (await ari.get(f"/approvals/{id}")).text
    pages.ledger.close()


async def test_a_deputy_decides_whatever_his_role(pages: Case) -> None:
    id = await pages.held()
    async with await pages.logged_in("audrey") as audrey:
        assert (await send(pages, audrey, f"/approvals/{id}/approve")).status_code == 403
        assert "audrey is no approver" in (await audrey.get(f"/approvals/{id}")).text.lower()
        await pages.approvals.name_deputy(Person("ari", (), ("approver",)), "audrey", 3600)
        assert "Approve masked" in (await audrey.get(f"/approvals/{id}")).text
        assert (await send(pages, audrey, f"/approvals/{id}/approve")).status_code == 303
    assert pages.approvals.book.approvals[id].decided_by == "audrey for ari"


async def test_nobody_decides_on_his_own(pages: Case) -> None:
    id = await pages.held(actor="ari")
    async with await pages.logged_in("ari") as client:
        said = (await client.get(f"/approvals/{id}")).text
        assert f"/approvals/{id}/approve" not in said and "himself" in said
        refused = await send(pages, client, f"/approvals/{id}/approve")
    assert refused.status_code == 403 and "himself" in refused.text
    assert pages.approvals.book.approvals[id].state == "pending"


async def test_a_value_is_shown_once_on_record_and_kept_nowhere(pages: Case) -> None:
    async with await pages.logged_in("rae") as rae, pages.waiting() as id:
        assert "Reveal" in (await rae.get(f"/approvals/{id}")).text
        shown = await send(pages, rae, f"/approvals/{id}/reveal", finding="0")
        assert VALUE in shown.text and shown.headers["cache-control"] == "no-store"
        assert pages.approvals.book.journal.steps()[-1] == "revealed"  # type: ignore[attr-defined]
        again = await send(pages, rae, f"/approvals/{id}/reveal", finding="0")
        assert again.status_code == 409 and VALUE not in again.text
        assert VALUE not in (await rae.get(f"/approvals/{id}")).text
        for wrong in ("", "x", "-1", "9" * 9):
            assert (await send(pages, rae, f"/approvals/{id}/reveal", finding=wrong)).status_code == 400
    assert VALUE not in str(pages.approvals.book.journal.events)  # type: ignore[attr-defined]


async def test_a_form_without_its_token_decides_nothing(pages: Case, ari: httpx.AsyncClient) -> None:
    id = await pages.held()
    for fields in ({}, {"form": "guess"}):
        assert (await ari.post(f"/approvals/{id}/approve", data=fields)).status_code == 403
    cross = {"sec-fetch-site": "cross-site"}
    assert (await ari.post(f"/api/approvals/{id}/approve", json={}, headers=cross)).status_code == 403
    plain = {"content-type": "text/plain"}
    assert (await ari.post(f"/api/approvals/{id}/approve", content=b"{}", headers=plain)).status_code == 415
    assert pages.approvals.book.approvals[id].state == "pending"


async def test_a_link_leads_to_its_approval_and_is_good_for_one_decision(pages: Case, ari: httpx.AsyncClient) -> None:
    links = pages.approvals.book.links = Links(bytes(32))
    id = await pages.held()
    place = f"/link/{links.token(pages.approvals.book.approvals[id])}"
    for _ in range(3):
        came = await ari.get(place)
        assert came.status_code == 303 and (await ari.head(place)).status_code == 303
    page = await ari.get(came.headers["location"])
    link = place.removeprefix("/link/")
    assert page.url.path == f"/approvals/{id}" and f'name="link" value="{link}"' in page.text
    assert pages.approvals.book.approvals[id].state == "pending", "following it decides nothing"
    assert (await send(pages, ari, f"/approvals/{id}/approve", link=link)).status_code == 303
    for stale in (place, came.headers["location"]):
        said = await ari.get(stale)
        assert said.status_code == 409 and "was approved by ari already: the link is used up" in said.text.lower()


async def test_a_link_asks_for_a_log_in_and_a_role(pages: Case, ari: httpx.AsyncClient) -> None:
    links = pages.approvals.book.links = Links(bytes(32))
    place = f"/link/{links.token(pages.approvals.book.approvals[await pages.held()])}"
    async with pages.client() as nobody:
        came = await nobody.get(place)
        assert (came.status_code, came.headers["location"]) == (303, f"/login?next={quote(place, safe='')}")
    for name, status in (("dana", 403), ("audrey", 303), ("adam", 303), ("rae", 303)):
        async with await pages.logged_in(name) as client:
            assert (await client.get(place)).status_code == status
    assert (await ari.get(place[:-1])).status_code == 404 and (await ari.get("/link/x")).status_code == 404


async def test_a_link_that_was_used_by_another_decides_nothing(pages: Case, ari: httpx.AsyncClient) -> None:
    links = pages.approvals.book.links = Links(bytes(32))
    id, other = await pages.held("a"), await pages.held("b")
    book = pages.approvals.book.approvals
    wrong = await send(pages, ari, f"/approvals/{other}/approve", link=links.token(book[id]))
    assert wrong.status_code == 400 and book[other].state == "pending"
    forged = await send(pages, ari, f"/approvals/{id}/reject", link=f"{id}.0.1.{'A' * 22}", reason="no")
    assert forged.status_code == 404 and book[id].state == "pending"
