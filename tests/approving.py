"""A desk without a gate: people, a clock that is told, a record in memory, and held requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from hushgate.approvals.book import Book
from hushgate.approvals.desk import Desk, Rules
from hushgate.approvals.signatures import Signer
from hushgate.consent import Asked, Person
from hushgate.errors import LedgerError
from hushgate.values import (
    ANY_TOOL,
    Actor,
    Decision,
    Exchange,
    Finding,
    Gate,
    Level,
    Location,
    Reason,
    Route,
    Verdict,
)

ALICE = Person("alice", ("dev",), ("developer", "approver"))
BOB = Person("bob", ("ops",), ("approver", "revealer"))
CAROL = Person("carol", ("security",), ("admin",))
DAVE = Person("dave", (), ("auditor",))
SEED = bytes(range(32))


@dataclass
class Journal:
    """A record in memory; with `full` nothing can be made durable."""

    full: bool = False
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def append(self, kind: str, payload: dict[str, object]) -> None:
        if self.full:
            raise LedgerError("no space left")
        self.events.append((kind, payload))

    def steps(self) -> list[object]:
        return [payload["step"] for _, payload in self.events]

    def last(self, kind: str) -> list[dict[str, Any]]:
        """How each approval or grant stands, as a projection has it."""
        told = [payload[kind] for k, payload in self.events if k == kind]
        return list({one.get("id", one.get("user")): one for one in told}.values())


@dataclass
class Staff:
    people: list[Person]

    def everyone(self) -> Sequence[Person]:
        return self.people


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def desk(
    journal: Journal | None = None, *people: Person, clock: Callable[[], float] | None = None, **rules: Any
) -> Desk:
    numbers = count(1)
    book = Book(journal if journal is not None else Journal(), Signer(SEED))
    staff = Staff(list(people or (ALICE, BOB, CAROL, DAVE)))
    return Desk(
        book, staff, Rules(**{"hold_seconds": 5, **rules}), clock or Clock(), lambda k: f"{k}{next(numbers)}", SEED
    )


def verdict(entity: str = "EMAIL_ADDRESS", n: int = 0, *, rule: str = "ask", mask: bool = False) -> Verdict:
    at = Location(path=("messages", n, "content"))
    finding = Finding(at, 0, 5, entity, "pii", Level.CONFIDENTIAL, 1.0, "r", "", f"print-{entity}-{n}")
    return Verdict(finding, mask, "placeholder" if mask else "", mask, (Reason(rule, f"{entity} {rule}"),), ANY_TOOL)


def decision(*verdicts: Verdict, rules: Sequence[str] = ("ask",), **changes: Any) -> Decision:
    made = Decision(
        Gate.HOLD, verdicts, tuple(Reason(rule, f"{rule} waits") for rule in rules), None, (), Level.CONFIDENTIAL, (),
        "rev1", True, None,
    )  # fmt: skip
    return replace(made, **changes)


def asked(
    content: str = "hello", *verdicts: Verdict, actor: str = "alice", groups: tuple[str, ...] = ("dev",),
    to: str = "openai", rules: Sequence[str] = ("ask",), **changes: Any,
) -> Asked:  # fmt: skip
    route = Route(to, to, f"{to}.example", "/v1/chat", "openai-chat", model="m")
    exchange = Exchange(f"x-{content}", route, Actor(actor, groups), "s", ())
    made = Asked(exchange, decision(*(verdicts or (verdict(),)), rules=rules), content.encode().ljust(32), 10)
    return replace(made, **changes)
