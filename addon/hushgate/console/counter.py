"""Where the console's threads reach the gate's approvals: each question is answered on the gate's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

from hushgate import control
from hushgate.approvals.cases import READERS, Approval
from hushgate.approvals.desk import Desk
from hushgate.consent import Excerpt, Person
from hushgate.console.visitors import Visitor
from hushgate.errors import StateError

SECONDS: Final = 10.0
"""How long a page waits for the gate."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An approval that waits, what is shown of its texts, and how many connections wait with it."""

    approval: Approval
    excerpts: tuple[Excerpt, ...] = field(repr=False)
    waiting: int


@dataclass(frozen=True, slots=True)
class Counter:
    """A gate's desk and its event loop; no loop where no gate runs. Never called from that loop's own thread."""

    desk: Desk
    loop: asyncio.AbstractEventLoop | None

    def do(self, visitor: Visitor, what: str, **said: Any) -> Any:
        """What `control.do` does, in a visitor's name; Refused with the reason, StateError where nobody answers."""
        return self._asked(control.do(self.desk, visitor.person, {"do": what, **said}))

    def pending(self, visitor: Visitor) -> tuple[Pending, ...]:
        """All that waits and this visitor may see, oldest first."""
        return seen(self._asked(self._pending()), visitor.person)

    def follow(self, link: str) -> str:
        """The approval that a notification's link is for, by its id; Refused where it counts no more."""
        return self._asked(self._follow(link))

    def now(self) -> tuple[Pending, ...]:
        """All that waits. On the gate's loop."""
        book, parking = self.desk.book, self.desk.parking
        return tuple(
            Pending(one, book.excerpts.get(one.id, ()), sum(1 for _ in parking.of(one.id))) for one in book.pending()
        )

    async def _pending(self) -> tuple[Pending, ...]:
        return self.now()

    async def _follow(self, link: str) -> str:
        return self.desk.book.follow(link, self.desk.clock()).id

    def _asked[T](self, question: Coroutine[Any, Any, T]) -> T:
        try:
            if self.loop is None:
                raise RuntimeError
            answer = asyncio.run_coroutine_threadsafe(question, self.loop)
        except RuntimeError:
            question.close()
            raise StateError("the gate is stopping", hint="start it, and open the page again") from None
        try:
            # It goes on where it takes longer: what is half on record must not be cut.
            return answer.result(SECONDS)
        except TimeoutError:
            hint = "open the page again: it shows whether it was done"
            raise StateError("the gate has not answered in time", hint=hint) from None


def seen(pending: tuple[Pending, ...], person: Person) -> tuple[Pending, ...]:
    """What of it a person may see: all, or his own without its texts."""
    if not READERS.isdisjoint(person.roles):
        return pending
    return tuple(Pending(one.approval, (), one.waiting) for one in pending if one.approval.actor == person.name)
