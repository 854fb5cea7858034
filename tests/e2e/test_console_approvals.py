"""Held requests decided on in a real browser, in front of a provider that counts. One gate and one browser."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browser import CHROMIUM, LACKING, Browser
from tests.doubles.provider import Provider
from tests.e2e.console_house import House, opened, shoot

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(CHROMIUM is None, reason=LACKING)]

MAIL = "grace.hopper@navy-mail.com"
POLICY = """
version: 1
rules:
- {id: ask-first, when: {entity: [EMAIL_ADDRESS], direction: request}, then: hold}
- {id: mask-confidential, when: {level: ">=confidential"}, then: mask}
"""
PEOPLE = {
    "alice": ("--role", "developer", "--role", "approver", "--group", "support"),
    "bob": ("--role", "approver", "--role", "revealer"),
    "carol": ("--role", "approver"),
    "support-bot": ("--group", "support"),
}
CARDS = "document.querySelectorAll('.case').length"
SAID = "document.getElementById('said').textContent"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(standing_provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("deciding")
    async with opened(folder, standing_provider, POLICY, PEOPLE, approvals={"hold_seconds": 40}) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def window(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    async with Browser(tmp_path_factory.mktemp("profile")) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def bob(house: House, window: Browser) -> AsyncIterator[Browser]:
    """The window, with bob logged in; and nothing that waits."""
    yield await house.log_in(window, "bob")
    assert await house.waiting() == []


async def listed(window: Browser, house: House) -> None:
    await window.open(f"{house.console}approvals")
    await window.until("document.getElementById('live').textContent === 'Live'")


async def page(window: Browser, house: House, id: str) -> None:
    await window.open(f"{house.console}approvals/{id}")


async def test_an_agent_waits_for_a_click_and_then_for_a_key(
    house: House, bob: Browser, standing_provider: Provider
) -> None:
    """Each of an AutoGen agent's two requests is held; its own call returns the answer, with its own value."""
    before = standing_provider.journal.count
    await listed(bob, house)
    agent = asyncio.create_task(house.agent(f"Open a ticket for {MAIL}", "support-bot"))
    await bob.until(f"{CARDS} === 1", 60)
    said = await bob.run("document.querySelector('.case').textContent")
    assert "support-bot" in said and "openai" in said and "<EMAIL_ADDRESS_" in said and MAIL not in said
    assert await bob.run("document.querySelector('.case mark').textContent.startsWith('<EMAIL_ADDRESS_')")
    assert re.search(r"in (29|30):\d\d", said), "how long it still waits"
    assert standing_provider.journal.count == before and not agent.done()
    first = await house.pending()
    await bob.click('.case [data-is="masked"]')
    await bob.until(f"{SAID}.includes('{first} is approved')")

    second = await house.pending(first)
    await bob.until(f"document.querySelector('.case')?.dataset.id === '{second}'")
    await bob.key("j")
    await bob.until("document.activeElement.matches('.case')")
    await bob.key("a")
    await bob.until(f"{CARDS} === 0")

    heard = await agent
    assert heard["error"] is None and MAIL in heard["answer"] and MAIL in heard["tool_saw"]
    assert standing_provider.journal.count == before + 2
    assert MAIL not in standing_provider.journal.last.body.decode()
    for id in (first, second):
        record = [event for event in house.gate.events("approval") if event["approval"]["id"] == id]
        assert [event["step"] for event in record] == ["opened", "approved"]
        over = record[-1]["approval"]
        assert (over["actor"], over["decided_by"], record[-1]["by"]) == ("support-bot", "bob", "bob")
        assert re.fullmatch("[0-9a-f]{64}", over["terms"]["digest"]), "a keyed hash of the content"
        exchange = house.gate.json("show", over["exchange"])
        assert exchange["approved_by"] == "bob" and exchange["gate"] == "allow"
    assert MAIL not in json.dumps(house.gate.events("approval"))
    assert bob.said == [], "the browser complains of nothing"


async def test_a_value_is_revealed_and_the_request_rejected_by_key(
    house: House, bob: Browser, standing_provider: Provider
) -> None:
    before = standing_provider.journal.count
    asking, id = await house.held(
        f"Write to {MAIL} and tell her that the invoice of the 3rd is paid. Thank you!", "support-bot", "invoices"
    )
    for kind, width, height in (("light", 1280, 820), ("dark", 1280, 820), ("phone", 390, 844)):
        await bob.look(dark=kind == "dark", width=width, height=height, scale=2 if width < 600 else 1)
        await listed(bob, house)
        await shoot(bob, f"approvals-{kind}")
        await page(bob, house, id)
        await bob.until("document.querySelector('[data-ends]').textContent.startsWith('in ')")
        await shoot(bob, f"approval-{kind}")
    await bob.look()
    said = await bob.run("document.documentElement.textContent")
    assert "1 connection waits" in said and "carol" in said and MAIL not in said
    await bob.click('button[aria-label="Reveal finding 0"]')
    await bob.until("document.querySelector('[data-value]') !== null && document.readyState === 'complete'")
    assert await bob.run("document.querySelector('[data-value]').textContent") == MAIL
    revealed = house.gate.events("approval")[-1]
    assert (revealed["step"], revealed["by"], revealed["finding"]) == ("revealed", "bob", 0)

    await page(bob, house, id)
    await bob.key("x")
    await bob.until("document.activeElement.id === 'reason'")
    await bob.call("Input.insertText", text="Ask her on the phone")
    await bob.key("Enter")
    await bob.until("document.body.textContent.includes('Rejected by bob')")
    refused = await asking
    assert refused.status_code == 400 and "Ask her on the phone" in refused.text
    assert standing_provider.journal.count == before
    assert MAIL not in json.dumps(house.gate.events("approval")) + house.gate.said


async def test_a_second_press_does_not_approve_what_came_under_the_key(
    house: House, bob: Browser, standing_provider: Provider
) -> None:
    before = standing_provider.journal.count
    asking = [(await house.held(f"{n} more for {MAIL}", "support-bot"))[0] for n in ("one", "two")]
    await listed(bob, house)
    await bob.until(f"{CARDS} === 2")
    press = "dispatchEvent(new KeyboardEvent('keydown', {key: 'a', bubbles: true}))"
    await bob.key("j")
    await bob.run(f"document.addEventListener('focusin', (event) => event.target.{press}, {{once: true}})")
    await bob.key("a")
    await bob.until(f"{SAID}.includes('read it first')")
    assert await bob.run(CARDS) == 1 and standing_provider.journal.count <= before + 1
    await asyncio.sleep(1.0)
    await bob.key("a")
    await bob.until(f"{CARDS} === 0")
    assert [(await one).status_code for one in asking] == [200, 200]


async def test_raw_asks_once_more(house: House, bob: Browser, standing_provider: Provider) -> None:
    asking, id = await house.held(f"the address {MAIL} is public")
    await page(bob, house, id)
    await bob.key("w")
    await bob.until("document.getElementById('raw').open && document.activeElement.matches('#raw button')")
    assert not asking.done(), "the key alone lets nothing leave"
    await shoot(bob, "approval-raw-light")
    await bob.key("Enter")
    await bob.until("document.body.textContent.includes('values go as they are')")
    assert (await asking).status_code == 200
    assert MAIL in standing_provider.journal.last.body.decode()


async def test_a_grant_by_mouse_lets_the_next_ones_pass(house: House, bob: Browser) -> None:
    asking, id = await house.held(f"first {MAIL}", "support-bot")
    await page(bob, house, id)
    await bob.click("#grant summary")
    await bob.click("#grant input[name=any]")
    await bob.run("document.getElementById('uses').value = '2'")
    await bob.click("#grant button")
    await bob.until("document.body.textContent.includes('any content held for EMAIL_ADDRESS')")
    assert (await asking).status_code == 200
    assert (await house.ask(f"second {MAIL}", "support-bot")).status_code == 200
    await bob.open(f"{house.console}grants")
    assert "No grant is in force" in await bob.run("document.body.textContent"), "used up"


async def test_nobody_decides_on_what_he_asked_for(house: House, window: Browser) -> None:
    await house.log_in(window, "alice")
    asking, id = await house.held(f"mine: {MAIL}")
    await page(window, house, id)
    assert "Nobody decides on what he asked for himself" in await window.run("document.body.textContent")
    assert await window.run("document.querySelectorAll('aside form').length") == 0
    form = await window.run("document.querySelector('input[name=form]').value")
    forged = f"""fetch('/approvals/{id}/approve', {{
        method: 'POST', body: new URLSearchParams({{form: '{form}'}})
    }}).then(async (answer) => [answer.status, await answer.text()])"""
    status, said = await window.run(forged)
    assert status == 403 and "himself" in said and not asking.done()
    await listed(window, house)
    await window.key("j")
    await window.key("a")
    assert not asking.done()
    assert (await house.does("carol", "POST", f"/api/approvals/{id}/reject", {"reason": "no"})).status_code == 200
    assert (await asking).status_code == 400


async def test_of_two_who_decide_at_once_one_is_told(house: House, bob: Browser) -> None:
    """Without script, so that nothing but the gate can tell."""
    asking, id = await house.held(f"race {MAIL}")
    await bob.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        await page(bob, house, id)
        assert (await house.does("carol", "POST", f"/api/approvals/{id}/approve", {})).status_code == 200
        await bob.click('form[data-act="masked"] button')
        await bob.until("document.querySelector('h1').textContent === 'Too late'")
        assert f"{id} is approved by carol already" in (await bob.run("document.body.textContent")).lower()
    finally:
        await bob.call("Emulation.setScriptExecutionDisabled", value=False)
    assert (await asking).status_code == 200
    (over,) = [e for e in house.gate.events("approval") if e["approval"]["id"] == id and e["step"] != "opened"]
    assert over["by"] == "carol"

    asking, id = await house.held(f"race again {MAIL}")
    both = [house.does(name, "POST", f"/api/approvals/{id}/approve", {}) for name in ("bob", "carol")]
    assert sorted(one.status_code for one in await asyncio.gather(*both)) == [200, 409]
    assert (await asking).status_code == 200


async def test_what_is_decided_elsewhere_vanishes(house: House, bob: Browser) -> None:
    first, id = await house.held(f"one {MAIL}")
    second = asyncio.create_task(house.ask(f"two {MAIL}"))
    other = await house.pending(id)
    await listed(bob, house)
    await bob.until(f"{CARDS} === 2")
    await bob.key("j")
    assert await bob.run("document.activeElement.dataset.id") == id
    await house.does("carol", "POST", f"/api/approvals/{id}/approve", {})
    await bob.until(f"{CARDS} === 1 && {SAID}.includes('decided elsewhere')")
    await bob.key("a")
    await asyncio.sleep(0.3)
    assert not second.done(), "a key that comes late hits no other"

    await page(bob, house, other)
    await house.does("carol", "POST", f"/api/approvals/{other}/reject", {"reason": ""})
    await bob.until(f"{SAID}.includes('decided elsewhere')")
    assert await bob.run("[...document.querySelectorAll('aside button')].every((button) => button.disabled)")
    assert [(await one).status_code for one in (first, second)] == [200, 400]
    assert bob.said == []
