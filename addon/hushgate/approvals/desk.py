"""Where held requests are decided on: asking, waiting, deciding, redeeming. One lock; every step is durable first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from hushgate.approvals.book import Book
from hushgate.approvals.cases import (
    READERS,
    REVEALER,
    Approval,
    Seat,
    granted,
    may_decide,
    opened,
    refusal,
    seat,
    with_yes,
)
from hushgate.approvals.deputies import Deputy, check_deputy, stands_for
from hushgate.approvals.digest import keyed
from hushgate.approvals.grants import Grant, Request, Terms
from hushgate.approvals.parking import Parking, decided_in_time
from hushgate.approvals.wishes import LONGEST_GRANT, LONGEST_TEXT, PLAIN, Wish, check_wanted, terms_of
from hushgate.consent import Answer, Asked, Excerpt, Outcome, Person, Presence, Quorum
from hushgate.errors import Absent, Refused, TooLate, Unfit
from hushgate.values import Actor

PENDING_PER_ACTOR: Final = 20
PENDING_IN_ALL: Final = 1000


class People(Protocol):
    """Who there is."""

    def everyone(self) -> Sequence[Person]: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """How things are decided here. `minimum` approvers have to agree, of one of `groups` where any are named.

    A rule that holds may ask for other groups, and for more approvers.
    """

    hold_seconds: float = 55
    expire_seconds: float = 1800
    minimum: int = 1
    groups: tuple[str, ...] = ()

    def quorums(self, asked: Sequence[Quorum]) -> tuple[Quorum, ...]:
        """What has to be met, where rules ask for this; one that names no group means those of here."""
        said = [Quorum(one.groups or self.groups, max(one.approvers, self.minimum)) for one in asked or (Quorum(),)]
        return tuple(dict.fromkeys(said))


@dataclass(slots=True)
class Desk:
    """The approvals of a gate. `key` is 32 bytes, for content; `clean` takes found values out of what people say.

    `asks` tells what the rules that may hold these entities ask for.
    """

    book: Book
    people: People
    rules: Rules
    clock: Callable[[], float]
    new_id: Callable[[str], str]
    key: bytes = field(repr=False)
    clean: Callable[[str], str] = str
    asks: Callable[[Sequence[str]], tuple[Quorum, ...]] = lambda _: ()
    parking: Parking = field(default_factory=Parking)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _revealed: set[tuple[str, int, str]] = field(default_factory=set)
    _listeners: set[asyncio.Event] = field(default_factory=set)

    # For requests -----------------------------------------------------------------------------------------------------

    async def ask(self, asked: Asked, presence: Presence | None) -> Answer:
        """What becomes of a held request; waits for it on its connection where there is one. LedgerError where a step
        cannot be put on record.
        """
        request = Request.of(asked, keyed(self.key, asked), self.rules.quorums(asked.quorums))
        async with self._lock:
            if (answer := await self._redeemed(request, asked)) is not None:
                return answer
            now = self.clock()
            approval = self.book.of_content(request, now)
            if approval is not None and approval.state == "rejected":
                return _rejected(approval)
            if approval is None:
                if (full := self._no_room(request)) is not None:
                    return full
                approval = opened(self.new_id("a"), request, asked, now, now + self.rules.expire_seconds)
                await self.book.note("opened", approval, now)
            self.book.show(approval.id, asked.excerpts)
            parked = None
            if presence is not None and presence.here and self.rules.hold_seconds > 0:
                parked = self.parking.enter(approval.id, asked, presence)
            self._tell()
        if parked is None or presence is None:
            return Answer(Outcome.PENDING, approval.id)
        try:
            await decided_in_time(parked, min(self.rules.hold_seconds, presence.longest))
            async with self._lock:
                if not presence.here:
                    return Answer(Outcome.LEFT, approval.id)
                return await self._outcome(approval.id, request, asked)
        finally:
            self.parking.leave(parked)

    async def _outcome(self, id: str, request: Request, asked: Asked) -> Answer:
        approval = self.book.approvals.get(id)
        if approval is None or approval.state == "pending":
            return Answer(Outcome.PENDING, id)
        if approval.state == "approved":
            return await self._redeemed(request, asked) or Answer(Outcome.USED, id)
        return _rejected(approval) if approval.state == "rejected" else Answer(Outcome.EXPIRED, id)

    async def _redeemed(self, request: Request, asked: Asked) -> Answer | None:
        now = self.clock()
        grant = self.book.grant_for(request, now)
        if grant is None:
            return None
        spent = replace(grant, used=grant.used + 1)
        await self.book.note_grant("redeemed", spent, now, request.actor.name, exchange=asked.exchange.id)
        self._tell()
        return Answer(Outcome.APPROVED, grant.approval, grant.by, released=grant.terms.releases(request))

    def _no_room(self, request: Request) -> Answer | None:
        others = [person for person in self.people.everyone() if person.name != request.actor.name]
        for quorum in request.quorums:
            if sum(may_decide(person, (quorum,)) for person in others) < quorum.approvers:
                return Answer(Outcome.NOBODY)
        pending = list(self.book.pending())
        theirs = sum(one.actor == request.actor.name for one in pending)
        full = theirs >= PENDING_PER_ACTOR or len(pending) >= PENDING_IN_ALL
        return Answer(Outcome.FULL) if full else None

    # For people -------------------------------------------------------------------------------------------------------

    async def request(self, person: Person, terms: Terms, seconds: float, why: str) -> Approval:
        """Ask beforehand, for oneself. `terms` without actor, digest and end."""
        check_wanted(terms, seconds)
        async with self._lock:
            now = self.clock()
            quorums = self.rules.quorums(self.asks(terms.entities))
            mine = Request(Actor(person.name, person.groups), terms.destination, "", frozenset(), (), False, quorums)
            if (no := self._no_room(mine)) is not None:
                says = "nobody is there to approve" if no.outcome is Outcome.NOBODY else "too many requests are pending"
                raise Refused(says, hint="hushgate users add NAME --role approver; hushgate approvals list")
            asked = replace(terms, actor=person.name, group=None, digest=None, until=min(seconds, LONGEST_GRANT))
            approval = Approval(
                id=self.new_id("a"), exchange=None, session=None, actor=person.name, groups=person.groups,
                destination=terms.destination, model=None, level="", reasons=(), findings=(), unmaskable=False,
                revision="", terms=asked, why=self._written(why), at=now, expires_at=now + self.rules.expire_seconds,
                quorums=quorums,
            )  # fmt: skip
            await self.book.note("opened", approval, now, person.name)
            self._tell()
            return approval

    async def approve(self, person: Person, id: str, wish: Wish = PLAIN, link: str | None = None) -> Approval:
        """Say yes, by a `link` or without. With the last that is wanted a grant is given, and what waits goes on."""
        async with self._lock:
            approval, now = self._known(id), self.clock()
            place = self._seat(person, approval)
            agreed = with_yes(approval, place, terms_of(wish, approval, now, self.rules.expire_seconds), now)
            await self.book.note("approved", agreed, now, place.name, **self.book.through(link, id, now))
            if agreed.state == "approved":
                grant = self.book.signer.signed(granted(agreed, self.new_id("g"), now))
                await self.book.note_grant("granted", grant, now, place.name)
                self.parking.wake(id)
            self._tell()
            return agreed

    async def reject(self, person: Person, id: str, reason: str, link: str | None = None) -> Approval:
        """Say no: one no is enough, and the same content is not asked about again until the approval runs out."""
        async with self._lock:
            approval, now = self._known(id), self.clock()
            by = self._seat(person, approval).name
            over = replace(approval, state="rejected", decided_at=now, decided_by=by, reason=self._written(reason))
            await self.book.note("rejected", over, now, by, **self.book.through(link, id, now))
            self.parking.wake(id)
            self._tell()
            return over

    async def revoke(self, person: Person, id: str) -> Grant:
        """Take a grant back: an approver, or who asked for it."""
        async with self._lock:
            grant, now = self.book.grants.get(id), self.clock()
            if grant is None or not (may_decide(person, (Quorum(),)) or grant.asked_by == person.name):
                raise Absent(f"there is no grant {id!r} that {person.name} may revoke", hint="hushgate grants list")
            if not grant.open_at(now):
                raise TooLate(f"{id} is over already", hint="hushgate grants list")
            over = replace(grant, revoked_at=now, revoked_by=person.name)
            await self.book.note_grant("revoked", over, now, person.name)
            self._tell()
            return over

    async def reveal(self, person: Person, id: str, n: int) -> str:
        """The value of a finding, once for each person, while its request waits. On record before it is shown."""
        async with self._lock:
            approval, now = self._known(id), self.clock()
            by = self._seat(person, approval).name
            if REVEALER not in person.roles:
                raise Refused(f"{person.name} may not see values", hint="hushgate users add NAME --role revealer ...")
            if not 0 <= n < len(approval.findings):
                raise Unfit(f"{id} has no finding {n}", hint=f"hushgate approvals show {id}")
            waiting = next(self.parking.of(id), None)
            if waiting is None or waiting.asked.reveal is None:
                raise TooLate("its request does not wait any more, and nothing of it was kept")
            if (id, n, person.name) in self._revealed:
                raise TooLate("a value is shown once")
            found = approval.findings[n]
            told = {"finding": n, "entity": found.entity, "fingerprint": found.fingerprint}
            await self.book.note("revealed", approval, now, by, **told)
            self._revealed.add((id, n, person.name))
            return waiting.asked.reveal(n)

    async def name_deputy(self, person: Person, name: str | None, seconds: float) -> Deputy:
        """Let another one decide in one's place for so long, in place of whoever did; `name` None: nobody any more."""
        async with self._lock:
            now = self.clock()
            if name is not None:
                check_deputy(person, name, now + seconds, now, self.people.everyone())
                deputy = Deputy(person.name, name, now, now + seconds)
            elif (last := self.book.deputies.get(person.name)) is not None and now < last.until:
                deputy = replace(last, until=now)
            else:
                raise Absent(f"{person.name} has no deputy", hint="hushgate deputies list")
            await self.book.note_deputy("named" if name is not None else "ended", deputy, now)
            self._tell()
            return self.book.deputies[person.name]

    def deputies(self, person: Person) -> list[Deputy]:
        """The deputies of now that a person may know of: all, or his own and those whom he stands for."""
        now, everything = self.clock(), not READERS.isdisjoint(person.roles)
        known = (one for one in self.book.deputies.values() if now < one.until)
        return [one for one in known if everything or person.name in (one.user, one.name)]

    def stands_for(self, person: Person) -> tuple[Person, ...]:
        """Those in whose place a person may decide now."""
        return stands_for(person, tuple(self.book.deputies.values()), self.people.everyone(), self.clock())

    def deciders(self, approval: Approval) -> list[str]:
        """Who may decide on this, and has not yet."""
        return [one.name for one in self.people.everyone() if not refusal(one, approval, self.stands_for(one))]

    def visible(self, person: Person) -> list[Approval]:
        """The approvals that a person may read, oldest first: all, or his own."""
        everything = not READERS.isdisjoint(person.roles)
        return [a for a in self.book.approvals.values() if everything or a.actor == person.name]

    def visible_grants(self, person: Person) -> list[Grant]:
        """The same for grants."""
        everything = not READERS.isdisjoint(person.roles)
        return [g for g in self.book.grants.values() if everything or g.asked_by == person.name]

    def shown(self, person: Person, id: str) -> tuple[Approval, tuple[Excerpt, ...], list[Approval], int]:
        """An approval, masked excerpts, what the same actor asked for before, and how many connections wait."""
        approval = next((one for one in self.visible(person) if one.id == id), None)
        if approval is None:
            raise Absent(f"there is no approval {id!r} that {person.name} may see", hint="hushgate approvals list")
        excerpts = self.book.excerpts.get(id, ()) if not READERS.isdisjoint(person.roles) else ()
        before = [one for one in self.book.approvals.values() if one.actor == approval.actor and one.id != id]
        return approval, excerpts, before[-5:], sum(1 for _ in self.parking.of(id))

    # For the gate -----------------------------------------------------------------------------------------------------

    async def expire(self) -> None:
        """End what has run out."""
        now = self.clock()
        for approval in [one for one in self.book.pending() if one.expires_at <= now]:
            async with self._lock:
                if self.book.approvals[approval.id].state == "pending":
                    await self.book.note("expired", replace(approval, state="expired", decided_at=now), now)
                    self.parking.wake(approval.id)
                    self._tell()

    def listen(self) -> asyncio.Event:
        """An event that is set whenever something changes; give it back with `forget`."""
        told = asyncio.Event()
        self._listeners.add(told)
        return told

    def forget(self, listener: asyncio.Event) -> None:
        self._listeners.discard(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener.set()

    def _seat(self, person: Person, approval: Approval) -> Seat:
        return seat(person, approval, self.stands_for(person))

    def _known(self, id: str) -> Approval:
        approval = self.book.approvals.get(id)
        if approval is None:
            raise Absent(f"there is no approval {id!r}", hint="hushgate approvals list")
        if approval.state == "pending" and approval.expires_at <= self.clock():
            raise TooLate(f"{id} has expired", hint="the request has to be sent again")
        return approval

    def _written(self, text: str) -> str:
        return self.clean(text)[:LONGEST_TEXT]  # in this order: what is left of a value would not be found


def _rejected(approval: Approval) -> Answer:
    by = (approval.decided_by,) if approval.decided_by else ()
    return Answer(Outcome.REJECTED, approval.id, by, approval.reason)
