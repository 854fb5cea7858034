"""Every page of the console, light, dark and on a phone, held against axe-core: it finds nothing to complain of.

https://github.com/dequelabs/axe-core
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.browser import CHROMIUM, LACKING, Browser
from tests.doubles.provider import Provider
from tests.e2e.console_house import House, opened

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=LACKING)

AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
POLICY = """
version: 1
rules:
- {id: ask-first, when: {entity: [EMAIL_ADDRESS], direction: request}, then: hold}
- {id: cards-stay-home, when: {entity: [CREDIT_CARD], direction: request}, then: block}
- {id: mask-confidential, when: {level: ">=confidential"}, then: mask}
- {id: watch-addresses, when: {entity: [IP_ADDRESS], direction: request}, then: block, enforce: false}
"""
PEOPLE = {
    "adam": ("--role", "admin", "--role", "revealer"),
    "carol": ("--role", "approver"),
    "dana": ("--group", "support"),
}
SAID = ("Thank you", "Charge 4111 1111 1111 1111", "The host is 203.0.113.77, IBAN DE89 3704 0044 0532 0130 00")
LOOKS = {"light": (1280, 860), "dark": (1280, 860), "phone": (390, 844)}
PAGES = (
    "/", "/approvals", "/approvals/WAITS", "/approvals/WAITS#raw", "/approvals/WAITS#grant", "/approvals/WAITS#reject",
    "/approvals/GRANTED", "/grants", "/sessions", "/sessions/invoices", "/exchanges/EXCHANGE", "/search", "/policy",
    "/coverage", "/users", "/health", "/nowhere",
)  # fmt: skip
ASK = """
axe.run(document, {resultTypes: ['violations']}).then((said) => said.violations.map((one) =>
  `${one.impact} ${one.id}: ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`))
"""


@dataclass
class Shown:
    """A house with something on each page, and who looks at it."""

    house: House
    window: Browser
    names: dict[str, str]

    async def complaints(self, path: str, look: str) -> list[str]:
        width, height = LOOKS[look]
        await self.window.look(dark=look == "dark", width=width, height=height)
        for name, value in self.names.items():
            path = path.replace(name, value)
        await self.window.open("about:blank")  # so that an address that differs in its fragment alone is a new page
        await self.window.open(self.house.console.rstrip("/") + path)
        return await self.asked()

    async def asked(self) -> list[str]:
        await self.window.run(f"{AXE.read_text()}; void 0")
        found: list[str] = await self.window.run(ASK)
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shown(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shown]:
    async with (
        Provider() as provider,
        opened(tmp_path_factory.mktemp("axe"), provider, POLICY, PEOPLE, transcripts="masked") as house,
        Browser(tmp_path_factory.mktemp("profile")) as window,
    ):
        for text in (
            "Thank you",
            "Charge 4111 1111 1111 1111",
            "The host is 203.0.113.77, IBAN DE89 3704 0044 0532 0130 00",
        ):
            await house.ask(text, "dana", "invoices")
        asking, granted = await house.held("Write to grace.hopper@navy-mail.com", "dana", "invoices")
        given = await house.does("carol", "POST", f"/api/approvals/{granted}/approve", {"uses": 9})
        assert given.status_code == 200
        exchange = (await asking).headers["x-hushgate-decision"]
        waiting = asyncio.create_task(house.ask("jean.bartik@army-mail.com and 203.0.113.77", "dana", "others"))
        names = {"WAITS": await house.pending(), "GRANTED": granted, "EXCHANGE": exchange}
        yield Shown(house, await house.log_in(window, "adam"), names)
        await house.does("carol", "POST", f"/api/approvals/{names['WAITS']}/reject", {"reason": ""})
        await waiting


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_has_no_fault(shown: Shown, path: str, look: str) -> None:
    assert await shown.complaints(path, look) == []


@pytest.mark.parametrize("look", LOOKS)
async def test_what_a_search_finds_has_no_fault(shown: Shown, look: str) -> None:
    await shown.complaints("/search", look)
    await shown.window.type("#value", "grace.hopper@navy-mail.com")
    await shown.window.key("Enter")
    await shown.window.until("document.getElementById('found') !== null && document.readyState === 'complete'")
    assert await shown.asked() == []


async def test_the_way_in_has_no_fault_and_axe_finds_what_is_one(shown: Shown) -> None:
    await shown.window.call("Network.clearBrowserCookies")
    for look in LOOKS:
        assert await shown.complaints("/login", look) == []
    await shown.window.run("document.querySelector('label').remove()")
    assert any("label" in said for said in await shown.asked()), "it does look"
