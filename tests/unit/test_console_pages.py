"""What the pages say: of exchanges, sessions, values, rules and what was not read."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from hushgate.console.pages import TEXT_CHARACTERS, told
from hushgate.console.views import moment
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.identity.scope import scope_of
from tests.console_cases import FINGERPRINTS, VALUE, Case, case
from tests.ledger_cases import found, opened


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Case]:
    one = case(tmp_path)
    yield one
    one.ledger.close()


@pytest.fixture
async def admin(pages: Case) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.logged_in("adam") as client:
        yield client


async def search(pages: Case, client: httpx.AsyncClient, value: str) -> httpx.Response:
    visitor = pages.web._door.visitor(client.headers["cookie"].partition("=")[2])
    assert visitor is not None
    return await client.post("/search", data={"value": value, "form": visitor.form})


async def test_a_value_is_found_and_said_nowhere(
    pages: Case, admin: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await search(pages, admin, VALUE.upper())
    assert "1 exchange" in answer.text and "/exchanges/x1" in answer.text
    assert VALUE.lower() not in answer.text.lower() + caplog.text.lower() + str(answer.url)
    event = pages.events("looked-up")[0]
    print_of = Fingerprinter(FINGERPRINTS)(VALUE)
    assert (event["by"], event["found"], event["fingerprint"]) == ("adam", 1, print_of)
    assert VALUE not in str(event)


@pytest.mark.parametrize("value", ["", "   ", "x" * 5000])
async def test_what_is_no_value_is_not_looked_up(pages: Case, admin: httpx.AsyncClient, value: str) -> None:
    assert (await search(pages, admin, value)).status_code == 400
    assert pages.events("looked-up") == []


async def test_a_value_that_is_not_on_record(pages: Case, admin: httpx.AsyncClient) -> None:
    assert "Not on record" in (await search(pages, admin, "nobody@navy-mail.com")).text
    assert len(pages.events("looked-up")) == 1


async def test_nothing_is_told_where_the_look_up_cannot_be_recorded(pages: Case, admin: httpx.AsyncClient) -> None:
    pages.ledger.close()
    answer = await search(pages, admin, VALUE)
    assert answer.status_code == 503
    assert "x1" not in answer.text


async def test_a_session_says_what_was_found_done_and_left_out(pages: Case, admin: httpx.AsyncClient) -> None:
    said = (await admin.get("/sessions/s1")).text
    for word in ("mask-confidential", "EMAIL_ADDRESS", "masked", "openai", "answered"):
        assert word in said
    stopped = (await admin.get("/sessions/s2")).text
    assert "stopped" in stopped and "unread: body:/1, image (70 bytes)" in stopped


async def test_a_transcript_is_shown_as_it_is_kept(pages: Case, admin: httpx.AsyncClient) -> None:
    kept = b'{"mode": "structure", "segments": [{"where": "body:/a", "role": "user", "kind": "text", "length": 7}]}'
    await pages.ledger.append("opened", opened("x5", session="s5", findings=[]), transcript=kept)
    said = (await admin.get("/sessions/s5")).text
    assert "in structure, without its text" in said and "body:/a" in said


async def test_counts_and_charts_of_now(pages: Case, admin: httpx.AsyncClient) -> None:
    assert "Nothing was found in this span" in (await admin.get("/")).text, "all on record is old"
    for n in range(9):
        seen = opened(f"n{n}", at=time.time(), endpoint=f"place{n}", findings=[found(f"ENTITY_{n}")])
        pages.ledger.append_now("opened", seen)
    said = (await admin.get("/?span=week")).text
    assert said.count('<svg class="chart"') == 2
    assert "others" in said, "more entities and places than colours"
    assert "<dd>9</dd>" in said
    assert (await admin.get("/?span=century")).status_code == 200


async def test_policy_tells_what_watching_rules_would_have_done(pages: Case, admin: httpx.AsyncClient) -> None:
    says = "watch-cards is not enforced; it says: CREDIT_CARD is blocked"
    for n in range(3):
        pages.ledger.append_now("opened", opened(f"w{n}", at=time.time(), warnings=[says]))
    said = (await admin.get("/policy")).text
    assert "watching only" in said and says in said
    rules = {rule["id"]: rule for rule in (await admin.get("/api/policy")).json()["rules"]}
    assert (rules["watch-cards"]["shadow"], rules["watch-cards"]["enforce"]) == (3, False)
    assert (rules["mask-confidential"]["spoke"], rules["mask-confidential"]["shadow"]) == (3, 0)


async def test_coverage_names_what_was_not_read(pages: Case, admin: httpx.AsyncClient) -> None:
    image = {"scanned": 2, "opaque": 0, "unread": [{"where": "body:/1", "reason": "image", "size": 70}]}
    pages.ledger.append_now("opened", opened("u1", at=time.time(), coverage=image))
    said = (await admin.get("/coverage")).text
    assert "/exchanges/u1" in said and "image" in said


async def test_a_wrong_disk_is_said(pages: Case, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests import console_cases

    assert "decisions reach the disk" in (await admin.get("/health")).text
    monkeypatch.setitem(console_cases.HEALTH, "recording", False)
    assert "did not reach the disk" in (await admin.get("/health")).text


async def test_users_are_listed_without_what_is_kept_of_tokens(pages: Case, admin: httpx.AsyncClient) -> None:
    said = (await admin.get("/users")).text
    assert "audrey" in said and "auditor" in said
    for user in pages.users.everyone():
        kept = {user.digest, user.deciding, pages.tokens[user.name]} - {""}
        assert kept and not any(one in said for one in kept)


async def test_users_are_listed_with_their_limits_and_their_end(pages: Case, admin: httpx.AsyncClient) -> None:
    pages.users.enrol("ci-job", ("ci",), scope=scope_of({"endpoints": ["openai"]}), seconds=3600)
    said = (await admin.get("/users")).text
    (user,) = [one for one in pages.users.everyone() if one.name == "ci-job"]
    assert "for openai" in said and user.id in said and moment(user.expires) in said and "never" in said
    (told,) = [one for one in (await admin.get("/api/users")).json() if one["name"] == "ci-job"]
    assert (told["token"], told["scope"], told["expires"]) == (user.id, {"endpoints": ["openai"]}, user.expires)


async def test_a_ledger_that_takes_too_long_is_a_fault_with_a_hint(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hushgate.ledger.overview._STEPS", 1)
    monkeypatch.setattr("hushgate.console.desk.Overview", _hasty)
    answer = await admin.get("/")
    assert answer.status_code == 503
    assert "shorter span" in answer.text


def _hasty(path: Path) -> object:
    from hushgate.ledger.overview import Overview

    return Overview(path, patience=-1.0)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"mode": "masked", "body": {"a": "ä"}, "text": None, "frames": None}, '{\n  "a": "ä"\n}'),
        ({"mode": "masked", "body": None, "text": "plain", "frames": None}, "plain"),
        ({"mode": "masked", "body": None, "text": None, "frames": None, "left_out": "not masked"}, "not masked"),
        ({"mode": "structure", "segments": []}, ""),
    ],
)  # fmt: skip
def test_transcripts_as_texts(said: dict[str, object], text: str) -> None:
    assert told(said)["text"] == text


def test_a_long_transcript_is_cut_and_says_so() -> None:
    text = told({"mode": "masked", "text": "x" * (TEXT_CHARACTERS + 5)})["text"]
    assert text.endswith("… 5 more characters")
