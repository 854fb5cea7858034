"""Approvers who are told by a real gate, over HTTP and SMTP, and who decide by the link that they got."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from standardwebhooks.webhooks import Webhook

from tests.browser import CHROMIUM, LACKING, Browser
from tests.doubles.provider import Provider
from tests.e2e.console_house import House, opened
from tests.notices import Mailbox, Sink

pytestmark = pytest.mark.e2e

MAIL = "grace.hopper@navy-mail.com"
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
POLICY = """
version: 1
rules:
- {id: ask-first, when: {entity: [EMAIL_ADDRESS], direction: request}, then: hold}
- {id: mask-confidential, when: {level: ">=confidential"}, then: mask}
"""
PEOPLE = {"alice": ("--role", "developer", "--role", "approver"), "bob": ("--role", "approver"),
          "carol": ("--role", "approver")}  # fmt: skip


@dataclass
class Told:
    """A gate, and who hears of its approvals."""

    house: House
    slack: Sink
    hook: Sink
    mail: Mailbox

    def fresh(self) -> None:
        for one in (self.slack, self.hook, self.mail):
            one.got.clear()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(standing_provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    folder: Path = tmp_path_factory.mktemp("told")
    authority = standing_provider.authority
    tls, login = authority.server_context("127.0.0.1"), ("gate", "not-a-real-password")
    async with Sink() as slack, Sink(tls) as hook, Mailbox(tls, login=login) as mail:
        for name, said in (("slack", slack.url), ("hook", SECRET), ("mail", login[1])):
            (folder / name).write_text(said)
        channels = [
            {"slack": f"file:{folder / 'slack'}"},
            {"webhook": {"url": hook.url, "secret": f"file:{folder / 'hook'}"}},
            {
                "email": {
                    "smtp": mail.url, "from": "gate@acme.test", "to": ["approvers@acme.test"], "user": login[0],
                    "password": f"file:{folder / 'mail'}",
                }
            },
        ]  # fmt: skip
        approvals = {"hold_seconds": 40, "notify": channels}
        url = "https://gate.acme.test"
        async with opened(folder, standing_provider, POLICY, PEOPLE, approvals=approvals, console_url=url) as house:
            yield Told(house, slack, hook, mail)


def link_in(sink: Sink) -> str:
    """The path of the link of the first message."""
    return urlsplit(json.loads(sink.got[0].body)["data"]["link"]).path


async def logged_in(house: House, name: str) -> httpx.AsyncClient:
    """A browser's part: the public name in `Host`, as a proxy in front passes it on, and the cookie of a log-in."""
    headers = {"host": "gate.acme.test"}
    async with httpx.AsyncClient(base_url=house.console, headers=headers) as client:
        answer = await client.post("/login", data={"name": name, "token": house.tokens[name][-1]})
    assert answer.status_code == 303, answer.text
    headers["cookie"] = answer.headers["set-cookie"].partition(";")[0]
    return httpx.AsyncClient(base_url=house.console, headers=headers)


def form_in(page: str) -> dict[str, str]:
    """The hidden fields of the first form that decides."""
    said = page.partition('data-act="masked"')[2].partition("</form>")[0]
    fields = [part.partition('value="') for part in said.split('<input type="hidden" name="')[1:]]
    return {name.partition('"')[0]: value.partition('"')[0] for name, _, value in fields}


async def test_a_held_prompt_is_told_everywhere_and_approved_by_the_link(
    told: Told, standing_provider: Provider
) -> None:
    told.fresh()
    house, before = told.house, standing_provider.journal.count
    asking, id = await house.held(f"write to {MAIL} today")
    (slack,), (hook,), (mail,) = await told.slack.wait(1), await told.hook.wait(1), await told.mail.wait(1)
    said = Webhook(SECRET).verify(hook.body, hook.headers)
    assert said["data"]["approval"]["id"] == id and said["data"]["approval"]["entities"] == ["EMAIL_ADDRESS"]
    text = mail.get_body(("plain",))
    assert text is not None and said["data"]["link"] in text.get_content() and told.mail.secure[-1]
    for shown in (slack.body.decode(), hook.body.decode(), mail.as_string()):
        assert "alice" in shown and MAIL not in shown and "write to" not in shown and "<EMAIL" not in shown

    place = link_in(told.hook)
    async with httpx.AsyncClient(base_url=house.console, headers={"host": "gate.acme.test"}) as scanner:
        for _ in range(3):
            came = await scanner.get(place)
            assert came.status_code == 303 and came.headers["location"].startswith("/login?next=")
    async with await logged_in(house, "bob") as bob:
        page = await bob.get((await bob.get(place)).headers["location"])
        assert page.status_code == 200 and page.url.path == f"/approvals/{id}"
        assert not asking.done() and standing_provider.journal.count == before, "a GET decides nothing"
        done = await bob.post(f"/approvals/{id}/approve", data=form_in(page.text))
        assert done.status_code == 303, done.text
        answer = await asking
        assert answer.status_code == 200 and MAIL in answer.text
        assert MAIL not in standing_provider.journal.last.body.decode()
        again = await bob.get(place)
        assert again.status_code == 409 and "approved by bob already: the link is used up" in again.text
        assert (await bob.post(f"/approvals/{id}/reject", data=form_in(page.text))).status_code == 409
    approved = [event for event in house.gate.events("approval") if event["step"] == "approved"]
    assert len(approved[-1]["link"]) == 16 and place.rpartition(".")[2] not in json.dumps(house.gate.events("approval"))

    await told.hook.wait(2)
    assert json.loads(told.hook.got[1].body)["type"] == "approval.approved"
    async with asyncio.timeout(10):
        while len([e for e in house.gate.events("notified") if id in e["approvals"]]) < 6:
            await asyncio.sleep(0.05)
    assert {e["outcome"] for e in house.gate.events("notified")} == {"delivered"}
    (first, second) = await told.mail.wait(2)
    assert second["References"] == first["Message-ID"]


async def test_what_fails_is_tried_again_and_holds_nothing_up(told: Told) -> None:
    """500, then a connection that breaks, then a mail server that is busy: each gets it, and the request waits on."""
    told.fresh()
    told.hook.says[:] = [(500, {}), (0, {})]
    told.mail.says[:] = ["451 busy"]
    asking, id = await told.house.held(f"tell {MAIL}")
    await told.hook.wait(3)
    await told.mail.wait(1)
    ids = [one.headers["webhook-id"] for one in told.hook.got]
    stamps = [int(one.headers["webhook-timestamp"]) for one in told.hook.got]
    assert len(set(ids)) == 1 and stamps == sorted(stamps) and stamps[0] < stamps[-1]
    assert Webhook(SECRET).verify(told.hook.got[2].body, told.hook.got[2].headers)
    assert not asking.done()
    rejected = await told.house.does("carol", "POST", f"/api/approvals/{id}/reject", {"reason": "no"})
    assert rejected.status_code == 200, rejected.text
    assert (await asking).status_code == 400


async def test_a_receiver_that_refuses_changes_nothing_and_shows(told: Told) -> None:
    told.fresh()
    told.slack.says[:] = [(404, {})]
    asking, id = await told.house.held(f"ask {MAIL}")
    async with asyncio.timeout(10):
        while not (failed := [e for e in told.house.gate.events("notified") if e["outcome"] == "failed"]):
            await asyncio.sleep(0.05)
    assert failed[0]["channel"] == "slack-1" and failed[0]["why"] == "answered 404" and failed[0]["tries"] == 1
    assert "slack-1 did not take a notification (tries: 1): answered 404" in told.house.gate.said
    assert told.slack.url not in told.house.gate.said and "not-a-real-password" not in told.house.gate.said
    await told.house.does("bob", "POST", f"/api/approvals/{id}/approve", {})
    assert (await asking).status_code == 200


@pytest.mark.skipif(CHROMIUM is None, reason=LACKING)
async def test_the_link_in_a_real_browser(told: Told, tmp_path: Path) -> None:
    """Not logged in: the link leads to the log-in, and from there on to its approval."""
    told.fresh()
    asking, id = await told.house.held(f"browse to {MAIL}")
    await told.hook.wait(1)
    async with Browser(tmp_path) as window:
        await window.open(told.house.console.rstrip("/") + link_in(told.hook))
        await window.until("location.pathname === '/login' && document.readyState === 'complete'")
        await window.type("#name", "bob")
        await window.type("#token", told.house.tokens["bob"][-1])
        await window.key("Enter")
        await window.until(f"location.pathname === '/approvals/{id}' && document.readyState === 'complete'")
        assert not asking.done()
        await window.click('form[data-act="masked"] button')
        await window.until("document.querySelector('[data-state]').dataset.state === 'approved'")
    assert (await asking).status_code == 200
