"""The way in and out, over a real ledger and real users."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from hushgate.console import login, visitors
from hushgate.console.login import COOKIE, here
from hushgate.errors import LedgerError
from tests.console_cases import Case, case

WORDS = "turnip lantern orbit quill"


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Case]:
    one = case(tmp_path)
    one.passwords.keep("ari", WORDS)
    yield one
    one.web.feed.close()
    one.ledger.close()


async def post(pages: Case, name: str, secret: str, **form: str) -> httpx.Response:
    async with pages.client() as client:
        return await client.post("/login", data={"name": name, "token": secret, **form})


async def test_the_cookie_is_kept_to_the_console(pages: Case) -> None:
    said = (await post(pages, "dana", pages.tokens["dana"])).headers["set-cookie"]
    assert said.startswith(f"{COOKIE}=")
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert word in said
    assert "Domain" not in said and pages.tokens["dana"] not in said


async def test_a_password_opens_all_that_the_user_may(pages: Case) -> None:
    answer = await post(pages, "ari", WORDS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    visitor = pages.web._door.visitor(answer.cookies[COOKIE])
    assert visitor is not None and visitor.person.roles == ("approver", "developer")


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("", ""),
        ("dana", "hg_wrong"),
        ("no", "zebra-zebra"),
        ("ari", "a wrong one of many words"),
        ("dana", WORDS),
        ("\ud800", "zebra-zebra"),
    ],
)
async def test_a_wrong_log_in_says_one_thing(pages: Case, name: str, secret: str) -> None:
    async with pages.client() as client:
        body = f"name={name}&token={secret}".encode("utf-8", "surrogatepass")
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = await client.post("/login", content=body, headers=form)
    assert answer.status_code == 401
    assert "These do not fit" in answer.text
    assert "set-cookie" not in answer.headers
    assert not secret or secret not in answer.text


async def test_an_address_that_was_wrong_too_often_has_to_wait(pages: Case) -> None:
    for _ in range(visitors.WRONG_TRIES):
        await post(pages, "dana", "hg_wrong")
    refused = await post(pages, "dana", pages.tokens["dana"])
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert "Wait 60 seconds" in refused.text
    async with pages.client() as client:
        asked = await client.get("/api/health", auth=("dana", pages.tokens["dana"]))
    assert (asked.status_code, asked.headers["retry-after"]) == (429, "60")
    assert (await post(pages, "ari", WORDS)).status_code == 429
    pages.wall[0] += 61
    assert (await post(pages, "dana", pages.tokens["dana"])).status_code == 303


async def test_passwords_of_a_name_are_counted_wherever_they_come_from(pages: Case) -> None:
    for n in range(visitors.WRONG_PASSWORDS):
        pages.web._door.begin("ari", f"10.0.0.{n}")
    for name, status in (("ari", 429), ("dana", 401)):
        assert (await post(pages, name, WORDS)).status_code == status
    assert (await post(pages, "ari", pages.tokens["ari"])).status_code == 303, "a token is nothing to guess at"
    pages.wall[0] += visitors.PASSWORD_SECONDS
    assert (await post(pages, "ari", WORDS)).status_code == 303


async def test_many_at_a_time_are_no_way_around_the_count(pages: Case) -> None:
    answers = await asyncio.gather(*(post(pages, "ari", "a wrong one of many words") for _ in range(30)))
    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 20


async def test_few_passwords_are_checked_at_a_time_and_few_wait(pages: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "MOST_WAITING", 5)
    monkeypatch.setattr(visitors.Door, "begin", lambda *_: None)
    at_once, most, hold = [0], [0], threading.Event()

    def check(name: str, password: str) -> None:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        hold.wait(10)
        at_once[0] -= 1

    monkeypatch.setattr(pages.passwords, "check", check)
    tries = [asyncio.create_task(post(pages, "ari", f"wrong {n}")) for n in range(9)]
    async with pages.client() as client:
        while sum(one.done() for one in tries) < 4 or most[0] < login.CHECKS:
            assert (await client.get("/login")).status_code == 200, "pages are drawn meanwhile"
            await asyncio.sleep(0.001)
    hold.set()
    assert sorted([(await one).status_code for one in tries]) == [401] * 5 + [429] * 4
    assert most[0] == login.CHECKS


async def test_what_happened_is_on_record_without_what_was_typed(pages: Case) -> None:
    await post(pages, "ari", "a wrong one of many words")
    await post(pages, "my secret in the wrong field", "x")
    cookie = (await post(pages, "ari", WORDS)).cookies[COOKIE]
    visitor = pages.web._door.visitor(cookie)
    assert visitor is not None
    async with pages.client(cookie=f"{COOKIE}={cookie}") as client:
        await client.post("/logout", data={"form": visitor.form})
        await client.get("/api/health", auth=("dana", "hg_wrong"))
    wrong = pages.events("login-failed")
    assert [(event["by"], event["way"], event["through"]) for event in wrong] == [
        ("ari", "password", "console"), (None, "password", "console"), ("dana", "token", "api"),
    ]  # fmt: skip
    assert [(event["by"], event["way"], event["address"]) for event in pages.events("logged-in")] == [
        ("ari", "password", "127.0.0.1")
    ]
    assert [event["by"] for event in pages.events("logged-out")] == ["ari"]
    kept = b"".join(file.read_bytes() for file in pages.folder.rglob("*") if file.is_file())
    for secret in (WORDS, "a wrong one of many words", "wrong field", "hg_wrong", cookie):
        assert secret.encode() not in kept


async def test_a_flood_of_wrong_ones_is_counted_and_not_written_one_by_one(
    pages: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages.web._login, "_noted", login.Pace(lambda: pages.wall[0], tries=3, seconds=60))
    for _ in range(7):
        await post(pages, "dana", "hg_wrong")
    assert len(pages.events("login-failed")) == 3
    pages.wall[0] += 60
    await post(pages, "dana", "hg_wrong")
    assert [event["left_out"] for event in pages.events("login-failed")] == [0, 0, 0, 4]


async def test_nobody_comes_in_off_the_record(pages: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise LedgerError("the disk is full")

    monkeypatch.setattr(pages.ledger, "append_now", fails)
    answer = await post(pages, "ari", WORDS)
    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers


async def test_logging_out_ends_the_session(pages: Case) -> None:
    async with await pages.logged_in("dana") as client:
        visitor = pages.web._door.visitor(client.headers["cookie"].partition("=")[2])
        assert visitor is not None
        answer = await client.post("/logout", data={"form": visitor.form})
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert f'{COOKIE}=""' in answer.headers["set-cookie"] and "Secure" in answer.headers["set-cookie"]
        assert (await client.get("/")).headers["location"] == "/login"


async def test_whoever_asked_for_a_page_is_led_there(pages: Case) -> None:
    async with pages.client() as client:
        sent = (await client.get("/exchanges/x1?a=b&c=d")).headers["location"]
        assert sent == "/login?next=%2Fexchanges%2Fx1%3Fa%3Db%26c%3Dd"
        assert 'name="next" value="/exchanges/x1?a=b&amp;c=d"' in (await client.get(sent)).text
    answer = await post(pages, "ari", WORDS, next="/exchanges/x1?a=b&c=d")
    assert answer.headers["location"] == "/exchanges/x1?a=b&c=d"
    async with pages.client(cookie=f"{COOKIE}={answer.cookies[COOKIE]}") as client:
        assert (await client.get("/login?next=/policy")).headers["location"] == "/policy"


AWAY = [
    "", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
    "evil.example", "javascript:alert(1)", "/\t/evil.example", "/ /evil.example", " /policy",
    "/policy\r\nset-cookie: a=b", "/login", "/login?next=/login", "/logout", "/" + "a" * 600, "/\u00e4",
    "http:evil.example", "@evil.example", "/a\n",
]  # fmt: skip


@pytest.mark.parametrize("said", AWAY)
async def test_next_leads_nowhere_else(pages: Case, said: str) -> None:
    assert here(said) == "/"
    assert (await post(pages, "ari", WORDS, next=said)).headers["location"] == "/"


@pytest.mark.parametrize(
    "said", ["/", "/policy", "/exchanges/x1?limit=2", "/approvals/a1b2#top", "/a//b", "/loginless"]
)
def test_next_leads_to_pages(said: str) -> None:
    assert here(said) == said


async def test_without_users_there_is_nothing_to_log_in_to(tmp_path: Path) -> None:
    one = case(tmp_path, users={})
    assert (await post(one, "ari", WORDS, next="/policy")).headers["location"] == "/policy"
    one.web.feed.close()
    one.ledger.close()


async def test_the_page_works_with_password_managers_and_without_scripts(pages: Case) -> None:
    async with pages.client() as client:
        said = (await client.get("/login")).text
    for word in ('autocomplete="username"', 'autocomplete="current-password"', 'for="name"', 'for="token"', "<button>"):
        assert word in said
    assert said.count('type="password"') == 1
