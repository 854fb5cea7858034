"""The console beside a real gate, looked at in a real browser. One gate and one browser for all of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.browser import CHROMIUM, LACKING, Browser
from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, chat, hushgate, start, write_config

pytestmark = pytest.mark.e2e
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason=LACKING)

MAIL = "grace.hopper@navy-mail.com"
PICTURES = os.environ.get("CONSOLE_PICTURES")
"""Where screenshots are kept, for the documentation."""

WATCHING = """
version: 1
rules:
- id: mask-confidential
  when: {level: ">=confidential"}
  then: mask
- id: cards-stay-home
  when: {entity: [CREDIT_CARD], direction: request}
  then: block
- id: watch-addresses
  when: {entity: [IP_ADDRESS], direction: request}
  then: block
  enforce: false
"""
PAGES = ("/", "/sessions", "/search", "/policy", "/coverage", "/users", "/health")


@dataclass
class Open:
    """A gate with its console, and what its users log in with."""

    gate: Gate
    console: str
    tokens: dict[str, str]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(standing_provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Open]:
    folder = tmp_path_factory.mktemp("console")
    (folder / "policy.yaml").write_text(WATCHING)
    state = folder / "state"
    config = write_config(folder, standing_provider.port, standing_provider.ca)
    tokens = {}
    for name, role in (("adam", "admin"), ("dana", "developer"), ("billing-agent", "developer")):
        place = ("--config", str(config), "--state", str(state))
        tokens[name] = hushgate("users", "add", name, "--role", role, *place).stdout.split()[-1]
    gate = await start(
        folder, standing_provider.port, standing_provider.ca,
        console="127.0.0.1:0", policy="./policy.yaml", transcripts="masked",
    )  # fmt: skip
    console = json.loads((state / "ready.json").read_text())["console"]
    one = Open(gate, console, tokens)
    await traffic(one, "dana", "invoices", 3)
    await traffic(one, "billing-agent", "nightly-run", 5)
    yield one
    assert gate.stop() == 0, gate.said
    assert "Traceback" not in gate.said
    assert gate.run("verify").returncode == 0


async def traffic(opened: Open, name: str, session: str, rounds: int) -> None:
    """What an agent says in a session: clean, confidential, and what may not leave."""
    said = (
        f"Write to {MAIL} about the invoice",
        "Thank you, make it shorter",
        "Charge the card 4111 1111 1111 1111, please",
        "The host is 203.0.113.77, and the number +1 415 555 2671",
        f"Remind {MAIL} and jean.bartik@army-mail.com, IBAN DE89 3704 0044 0532 0130 00",
    )
    proxy = opened.gate.proxy.replace("://", f"://{name};session={session}:{opened.tokens[name]}@")
    async with opened.gate.client(proxy=proxy) as client:
        for n in range(rounds):
            await client.post("https://api.openai.com/v1/chat/completions", json=chat(said[n % len(said)]))
    await opened.gate.settled()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def window(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    async with Browser(tmp_path_factory.mktemp("profile")) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def admin(opened: Open, window: Browser) -> Browser:
    """The window, with adam logged in."""
    await window.look()
    await window.open(opened.console)
    if await window.run("location.pathname") == "/login":
        await window.type("#name", "adam")
        await window.type("#token", opened.tokens["adam"])
        await window.key("Enter")
        await window.until("location.pathname === '/' && document.readyState === 'complete'")
    window.said.clear()
    return window


async def shoot(window: Browser, name: str) -> None:
    if PICTURES:
        await window.picture(Path(PICTURES) / f"{name}.png")


async def test_the_gate_says_where_its_console_is(opened: Open) -> None:
    assert f"hushgate console at {opened.console}" in opened.gate.said
    async with httpx.AsyncClient(base_url=opened.console, auth=("dana", opened.tokens["dana"])) as client:
        assert (await client.get("/api/health")).json()["recording"] is True
        assert {row["actor"] for row in (await client.get("/api/exchanges")).json()} == {"dana"}


@needs_browser
async def test_a_person_logs_in_by_keyboard_and_finds_every_page(opened: Open, admin: Browser) -> None:
    for path in PAGES:
        for dark, width, height, kind in (
            (False, 1280, 860, "light"),
            (True, 1280, 860, "dark"),
            (False, 390, 844, "phone"),
        ):
            await admin.look(dark=dark, width=width, height=height, scale=2 if width < 600 else 1)
            await admin.open(opened.console.rstrip("/") + path)
            assert await admin.run("document.querySelectorAll('h1').length") == 1, path
            sideways = await admin.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert sideways <= 0, f"{path} is wider than a {kind}"
            if path == "/":
                await admin.until("document.getElementById('live').textContent === 'Live'")
            await shoot(admin, f"{path.strip('/') or 'overview'}-{kind}")
    assert admin.said == [], "the browser complains of nothing, the content security policy included"


@needs_browser
async def test_keys_lead_to_pages(opened: Open, admin: Browser) -> None:
    await admin.key("g")
    await admin.key("p")
    await admin.until("location.pathname === '/policy' && document.readyState === 'complete'")
    said = await admin.run("document.body.innerText")
    assert "watch-addresses" in said and "watching only" in said


@needs_browser
async def test_an_exchange_appears_while_one_looks(opened: Open, admin: Browser) -> None:
    await admin.until("document.getElementById('live').textContent === 'Live'")
    count = "document.querySelectorAll('table[data-live] tbody tr').length"
    before = await admin.run(count)
    began = time.monotonic()
    await traffic(opened, "dana", "seen-live", 1)
    await admin.until(f"{count} > {before}")
    assert time.monotonic() - began < 15
    first = "document.querySelector('table[data-live] tbody tr')"
    await admin.until(f"{first}.innerText.includes('answered')")
    assert "seen-live" in await admin.run(f"{first}.innerText")
    assert admin.said == []


@needs_browser
async def test_a_session_shows_what_left_and_no_value(opened: Open, admin: Browser) -> None:
    for dark, kind in ((False, "light"), (True, "dark")):
        await admin.look(dark=dark)
        await admin.open(f"{opened.console}sessions/nightly-run")
        await admin.run("document.querySelectorAll('details')[0].open = true")
        await shoot(admin, f"session-{kind}")
    said = await admin.run("document.documentElement.textContent")
    assert "cards-stay-home" in said and "<EMAIL_ADDRESS_" in said
    assert MAIL not in said and "4111" not in said
    await admin.click(".timeline a.id")
    await admin.until("location.pathname.startsWith('/exchanges/') && document.readyState === 'complete'")
    assert MAIL not in await admin.run("document.documentElement.textContent")
    await shoot(admin, "exchange-light")


@needs_browser
async def test_a_value_is_looked_up_by_hand(opened: Open, admin: Browser) -> None:
    before = len(opened.gate.events("looked-up"))
    await admin.open(f"{opened.console}search")
    await admin.type("#value", MAIL)
    await admin.click(".ask button")
    await admin.until("document.getElementById('found') !== null")
    said = await admin.run("document.documentElement.outerHTML")
    assert "nightly-run" in said and MAIL not in said
    assert MAIL not in await admin.run("location.href")
    await shoot(admin, "search-found-light")
    event = (await opened.gate.more_events("looked-up", before))[-1]
    assert (event["by"], event["through"]) == ("adam", "console")
    assert MAIL not in opened.gate.said


@needs_browser
async def test_logging_out_closes_the_door(opened: Open, admin: Browser) -> None:
    await admin.click(".who button")
    await admin.until("location.pathname === '/login' && document.readyState === 'complete'")
    await shoot(admin, "login-light")
    await admin.open(f"{opened.console}users")
    assert await admin.run("location.pathname") == "/login"


async def test_elsewhere_than_on_loopback_a_console_needs_users(provider: Provider, tmp_path: Path) -> None:
    config = write_config(tmp_path, provider.port, provider.ca, console="0.0.0.0:0")
    done = hushgate("up", "--config", str(config), "--state", str(tmp_path / "state"))
    assert done.returncode == 3
    assert "no users are configured" in done.stderr and "hint: hushgate users add" in done.stderr
