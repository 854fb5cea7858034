"""A console over a real ledger and real users, without a gate and without a socket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher

from hushgate.consent import Asked, Excerpt, Person, Presence
from hushgate.console.counter import Counter
from hushgate.console.desk import Desk
from hushgate.console.provider import Provider
from hushgate.console.visitors import Door
from hushgate.console.web import COOKIE, Web
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.identity.passwords import Passwords
from hushgate.ledger.sqlite import SqliteLedger
from hushgate.policy.rules import RuleSet, load_policy
from hushgate.state import State
from hushgate.users import UserBook, Users
from tests import approving
from tests.ledger_cases import TRANSCRIPT_KEY, closed, found, opened, start

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
FINGERPRINTS, TOKENS = bytes(16), bytes(range(16))
VALUE = "grace.hopper@navy-mail.com"
ROOT = "http://127.0.0.1:8889"
HEALTH = {
    "release": "1", "up_since": 0.0, "recording": True, "chain": "c1", "enforce": True, "replies": "stream",
    "transcripts": "structure", "policy": "r1", "detection": "d1", "endpoints": "e1", "users": True,
}  # fmt: skip
POLICY = """
version: 1
rules:
- id: mask-confidential
  when: {direction: request, level: ">=confidential"}
  then: mask
- id: watch-cards
  when: {entity: [CREDIT_CARD]}
  then: block
  enforce: false
"""


@dataclass
class Waits:
    """A client that waits until it leaves."""

    longest: float = 5
    left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def here(self) -> bool:
        return not self.left.is_set()

    async def gone(self) -> None:
        await self.left.wait()


@dataclass
class Case:
    """`tokens` by user. `wall` is the sessions' clock."""

    web: Web
    ledger: SqliteLedger
    users: Users
    passwords: Passwords
    folder: Path
    wall: list[float]
    tokens: dict[str, str] = field(default_factory=dict)

    async def held(self, content: str = "hello", actor: str = "dana", presence: Presence | None = None) -> str:
        """A request that is held, without a connection unless it is told one; its approval's id."""
        answer = await self.approvals.ask(self.asking(content, actor), presence)
        assert answer.approval is not None, answer
        return answer.approval

    def asking(self, content: str = "hello", actor: str = "dana") -> Asked:
        said = Excerpt("body:/messages/0/content", "user", f"write to {TOKEN} & <b>go</b>")
        return approving.asked(content, actor=actor, excerpts=(said,), reveal=lambda _: VALUE)

    @asynccontextmanager
    async def waiting(self, content: str = "hello", actor: str = "dana") -> AsyncIterator[str]:
        """The same, whose client waits until it leaves; its approval's id."""
        client = Waits()
        waits = asyncio.create_task(self.approvals.ask(self.asking(content, actor), client))
        await asyncio.sleep(0)
        yield next(reversed(self.approvals.book.approvals))
        client.left.set()
        await waits

    @property
    def approvals(self) -> approving.Desk:
        return self.web.counter.desk

    def form(self, client: httpx.AsyncClient) -> str:
        """What a visitor's forms have to carry."""
        visitor = self.web._door.visitor(client.headers.get("cookie", "").partition("=")[2])
        return visitor.form if visitor else ""

    def client(self, **headers: str) -> httpx.AsyncClient:
        """A visitor who has not named himself, as programs come: without a browser's headers."""
        transport = httpx.ASGITransport(self.web.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ROOT, headers=headers)

    async def logged_in(self, name: str) -> httpx.AsyncClient:
        """A visitor with the cookie of a log-in, handed on as browsers do: it is for https and this machine."""
        async with self.client() as asking:
            answer = await asking.post("/login", data={"name": name, "token": self.tokens[name]})
        assert answer.status_code == 303, answer.text
        said = answer.headers["set-cookie"].partition(";")[0]
        assert said.startswith(f"{COOKIE}=")
        client = self.client()
        client.headers["cookie"] = said
        return client

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of a kind of event."""
        from hushgate.ledger.query import Reader

        with Reader(self.folder / "ledger.db") as reader:
            return [event["payload"] for event in reader.events() if event["kind"] == kind]


TOKEN = "<EMAIL_ADDRESS_" + "k7f2qd3mxa>"
USERS = {
    "dana": ("developer",),
    "ari": ("approver",),
    "audrey": ("auditor",),
    "adam": ("admin",),
    "rae": ("approver", "revealer"),
}
"""A user of each role."""


def case(
    folder: Path,
    *,
    users: dict[str, tuple[str, ...]] = USERS,
    provider: Callable[[Users, bytes], Provider] | None = None,
    **decided_by: Any,
) -> Case:
    """A ledger with two sessions, `s1` of dana's and `s2` of bob's, and the value of `VALUE` in the first."""
    state = State.open(folder / "state")
    ledger = start(folder)
    print_of = Fingerprinter(FINGERPRINTS)(VALUE)
    fill(ledger, print_of)
    keeper = Users(state.users, TOKENS)
    tokens = {name: list(keeper.enrol(name, (), roles).values())[-1] for name, roles in users.items()}
    policy = folder / "policy.yaml"
    policy.write_text(POLICY)
    wall = [0.0]
    rules: RuleSet = load_policy(policy)
    people = [Person(name, (), roles) for name, roles in users.items()]
    desk = Desk(
        ledger=folder / "ledger.db",
        record=ledger,
        fingerprints=FINGERPRINTS,
        transcripts=TRANSCRIPT_KEY,
        policy=lambda: rules,
        health=lambda: HEALTH,
        users=keeper.everyone,
        counter=Counter(approving.desk(None, *people, clock=time.time, **decided_by), _running()),
    )
    door = Door(UserBook(state.users, TOKENS), state.users, always=False, clock=lambda: wall[0])
    passwords = Passwords(keeper, UserBook(state.users, TOKENS), TOKENS, QUICK)
    vouching = provider(keeper, TOKENS) if provider is not None else None
    return Case(Web(desk, door, passwords, provider=vouching), ledger, keeper, passwords, folder, wall, tokens)


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def fill(ledger: SqliteLedger, print_of: str) -> None:
    """Put the two sessions on record."""
    markup = "<b onclick=alert(1)>"
    ledger.append_now("opened", opened("x1", actor="dana", model=markup, findings=[found(fingerprint=print_of)]))
    ledger.append_now("closed", closed("x1"))
    image = {"scanned": 2, "opaque": 0, "unread": [{"where": "body:/1", "reason": "image", "size": 70}]}
    ledger.append_now("opened", opened("x2", session="s2", actor="bob", gate="block", findings=[], coverage=image))
    ledger.append_now("refused", {"exchange": "x2", "status": 400})
