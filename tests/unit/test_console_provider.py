"""A browser's way to the OpenID provider and back, and all that must not come back with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest

from hushgate.console import provider as providers
from hushgate.console import visitors
from hushgate.console.login import BEGUN, COOKIE
from hushgate.console.provider import Provider, open_provider
from hushgate.identity.oidc import Oidc
from hushgate.settings import load_settings
from hushgate.users import Users
from tests import openid_cases
from tests.console_cases import TOKENS, Case, case
from tests.openid_cases import URL, sign_on


@pytest.fixture
def there() -> openid_cases.Provider:
    return openid_cases.Provider()


@pytest.fixture
async def pages(tmp_path: Path, there: openid_cases.Provider) -> AsyncIterator[Case]:
    def vouching(users: Users, key: bytes) -> Provider:
        return Provider(sign_on(), Oidc(sign_on(), there.fetch), users, key)

    one = case(tmp_path, provider=vouching)
    one.users.enrol("carol@acme.example", ("eu",), ("auditor",))
    yield one
    one.web.feed.close()
    one.ledger.close()


async def begun(pages: Case, onward: str = "") -> tuple[str, str]:
    """Where a browser is sent, and what it keeps."""
    async with pages.client() as client:
        answer = await client.get("/login/provider", params={"next": onward} if onward else None)
    assert answer.status_code == 303, answer.text
    said = answer.headers["set-cookie"]
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert word in said
    return answer.headers["location"], answer.cookies[BEGUN]


async def back(pages: Case, kept: str, answer: dict[str, str], **headers: str) -> httpx.Response:
    async with pages.client(cookie=f"{BEGUN}={kept}", **headers) as client:
        return await client.get(f"/login/callback?{urlencode(answer)}")


async def came(pages: Case, there: openid_cases.Provider, onward: str = "") -> httpx.Response:
    place, kept = await begun(pages, onward)
    return await back(pages, kept, there.authorize(place), **{"sec-fetch-site": "cross-site"})


def visitor(pages: Case, answer: httpx.Response) -> visitors.Visitor:
    found = pages.web._door.visitor(answer.cookies[COOKIE])
    assert found is not None
    return found


async def test_a_user_who_was_added_keeps_the_roles_given_here(pages: Case, there: openid_cases.Provider) -> None:
    answer = await came(pages, there, "/policy?span=day")
    assert (answer.status_code, answer.headers["location"]) == (303, "/policy?span=day")
    assert f'{BEGUN}=""' in answer.headers["set-cookie"]
    one = visitor(pages, answer)
    assert (one.name, one.person.roles, one.groups) == ("carol@acme.example", ("auditor", "developer"), ("eu",))
    assert [(event["by"], event["way"]) for event in pages.events("logged-in")] == [("carol@acme.example", "provider")]


async def test_a_stranger_has_the_roles_of_the_provider_s_groups(pages: Case, there: openid_cases.Provider) -> None:
    there.claims = {"sub": "s-2", "email": "fay@acme.example", "groups": ["approvers", "/emea", "a b"]}
    answer = await came(pages, there)
    one = visitor(pages, answer)
    assert (one.person.roles, one.groups) == (("approver", "developer"), ("approvers", "emea"))
    assert "fay@acme.example" in {user.name for user in pages.users.everyone()}
    there.claims["groups"] = ["auditors"]
    assert visitor(pages, await came(pages, there)).person.roles == ("auditor", "developer")
    assert visitor(pages, answer).person.roles == ("auditor", "developer"), "what was given up is given up"
    there.claims["groups"] = []
    assert "no role here is yours" in (await came(pages, there)).text
    pages.users.revoke("fay@acme.example")
    assert pages.web._door.visitor(answer.cookies[COOKIE]) is None


async def test_a_name_opens_to_whom_it_was_first(pages: Case, there: openid_cases.Provider) -> None:
    await came(pages, there)
    there.claims = {"sub": "s-9"}
    assert "somebody else at the provider" in (await came(pages, there)).text
    there.claims = {"email": "carol.new@acme.example"}
    assert visitor(pages, await came(pages, there)).name == "carol@acme.example", "a subject stays who it is"


async def test_an_answer_is_good_once(pages: Case, there: openid_cases.Provider) -> None:
    place, kept = await begun(pages)
    answer = there.authorize(place)
    there.codes["again"] = there.codes[answer["code"]]
    assert (await back(pages, kept, answer)).status_code == 303
    again = await back(pages, kept, {**answer, "code": "again"})
    assert again.status_code == 401 and COOKIE not in again.cookies
    assert "again" in there.codes, "it was not redeemed"


async def test_another_browsers_answer_lets_nobody_in(pages: Case, there: openid_cases.Provider) -> None:
    stolen = there.authorize((await begun(pages))[0])
    _, own = await begun(pages)
    for kept in (own, "", "garbage", "gAAAAA=="):
        answer = await back(pages, kept, stolen)
        assert answer.status_code == 401 and COOKIE not in answer.cookies
    assert not any(url.endswith("/token") for url in there.asked)
    assert [event["by"] for event in pages.events("login-failed")] == [None] * 4


async def test_what_was_begun_ends(pages: Case, there: openid_cases.Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    place, kept = await begun(pages)
    monkeypatch.setattr(providers, "FLOW_SECONDS", -1)
    assert "begun too long ago" in (await back(pages, kept, there.authorize(place))).text


@pytest.mark.parametrize("broken", [{"claims": {"nonce": "x"}}, {"claims": {"aud": "x"}}, {"header": {"alg": "none"}}])
async def test_a_token_that_proves_nothing(pages: Case, there: openid_cases.Provider, broken: dict[str, Any]) -> None:
    for name, value in broken.items():
        setattr(there, name, value)
    answer = await came(pages, there)
    assert answer.status_code == 401 and COOKIE not in answer.cookies
    assert "You were not let in" in answer.text


@pytest.mark.parametrize("said", ["https://evil.example", "//evil.example", "/\\evil.example", "/login"])
async def test_next_leads_nowhere_else(pages: Case, there: openid_cases.Provider, said: str) -> None:
    assert (await came(pages, there, said)).headers["location"] == "/"


async def test_wrong_ones_are_counted(pages: Case, there: openid_cases.Provider) -> None:
    for _ in range(visitors.WRONG_TRIES):
        await back(pages, "garbage", {})
    assert (await came(pages, there)).status_code == 429
    pages.wall[0] += 60
    assert (await came(pages, there)).status_code == 303


async def test_a_provider_that_is_not_there(pages: Case, there: openid_cases.Provider) -> None:
    there.says = {"issuer": "https://evil.example"}
    async with pages.client() as client:
        answer = await client.get("/login/provider")
    assert answer.status_code == 503 and "another issuer" in answer.text


async def test_who_logs_out_may_do_so_at_the_provider_too(pages: Case, there: openid_cases.Provider) -> None:
    cookie = (await came(pages, there)).cookies[COOKIE]
    one = pages.web._door.visitor(cookie)
    assert one is not None
    async with pages.client(cookie=f"{COOKIE}={cookie}") as client:
        answer = await client.post("/logout", data={"form": one.form})
    assert answer.status_code == 200 and f'href="{URL}/end?id_token_hint=' in answer.text
    assert pages.web._door.visitor(cookie) is None


async def test_the_page_offers_it_and_nothing_of_it_is_kept(pages: Case, there: openid_cases.Provider) -> None:
    async with pages.client() as client:
        said = (await client.get("/login?next=/policy")).text
    link = said.partition('href="/login/provider')[2].partition('"')[0]
    assert parse_qs(link.removeprefix("?")) == {"next": ["/policy"]} and "Log in with login.example" in said
    await came(pages, there)
    kept = b"".join(file.read_bytes() for file in pages.folder.rglob("*") if file.is_file())
    for secret in (openid_cases.SECRET, "s-1", "eyJ"):
        assert f'"{secret}'.encode() not in kept
    vouching = pages.web._login._provider
    assert vouching is not None and openid_cases.SECRET not in repr(vouching) and TOKENS.hex() not in repr(vouching)


async def test_without_a_provider_there_is_none(tmp_path: Path) -> None:
    one = case(tmp_path)
    async with one.client() as client:
        for place in ("/login/provider", "/login/callback?code=a&state=b"):
            assert (await client.get(place)).headers["location"] == "/login"
        assert "Log in with " not in (await client.get("/login")).text
    one.web.feed.close()
    one.ledger.close()


def test_a_gate_opens_the_one_that_its_settings_name(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json", TOKENS)
    file = tmp_path / "hushgate.yaml"
    file.write_text("version: 1\nlogin: ./login.yaml\nconsole: 127.0.0.1:8889\n")
    (tmp_path / "login.yaml").write_text("version: 1\nissuer: https://login.example\nclient_id: hushgate\n")
    for said, url in (("", "http://127.0.0.1:8889"), ("console_url: https://gate.example\n", "https://gate.example")):
        file.write_text(file.read_text() + said)
        made = open_provider(load_settings(file, {}, {}), users, TOKENS, {})
        assert made is not None and (made.host, made.sign_on.url) == ("login.example", url)
    assert open_provider(load_settings(None, {}, {"state": tmp_path}), users, TOKENS, {}) is None
