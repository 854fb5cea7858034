"""Where held requests are decided on: asking, waiting, deciding, redeeming. One lock; every step is durable first."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from hushgate.approvals.book import Book
from hushgate.approvals.cases import READERS, REVEALER, Approval, Found, check_decider, granted, may_decide, with_yes
from hushgate.approvals.digest import keyed
from hushgate.approvals.grants import Grant, Request, Terms
from hushgate.approvals.parking import Parking, decided_in_time
from hushgate.consent import Answer, Asked, Excerpt, Outcome, Person, Presence, is_held
from hushgate.errors import Absent, Refused, TooLate, Unfit
from hushgate.values import Actor

PENDING_PER_ACTOR: Final = 20
PENDING_IN_ALL: Final = 1000
FINDINGS: Final = 200
"""Findings of one request that an approver is shown."""
LONGEST_GRANT: Final = 90 * 86400
LONGEST_TEXT: Final = 500
MOST_USES: Final = 1_000_000
MOST_ENTITIES: Final = 50
_ENTITY: Final = re.compile(r"[A-Z][A-Z0-9_]{0,63}\Z")
_ENDPOINT: Final = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,63}|\*)\Z")


class People(Protocol):
    """Who there is."""

    def everyone(self) -> Sequence[Person]: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """How things are decided here. `minimum` approvers have to agree, of one of `groups` where any are named."""

    hold_seconds: float = 55
    expire_seconds: float = 1800
    minimum: int = 1
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What an approver says yes to, where it is more than this content once with its values masked.

    `raw`: numbers of findings that may go as they are, or all that are held where it is empty.
    """

    raw: tuple[int, ...] | None = None
    any_content: bool = False
    group: str | None = None
    uses: int | None = 1
    seconds: float | None = None


@dataclass(slots=True)
class Desk:
    """The approvals of a gate. `key` is 32 bytes, for content; `clean` takes found values out of what people say."""

    book: Book
    people: People
    rules: Rules
    clock: Callable[[], float]
    new_id: Callable[[str], str]
    key: bytes = field(repr=False)
    clean: Callable[[str], str] = str
    parking: Parking = field(default_factory=Parking)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _revealed: set[tuple[str, int, str]] = field(default_factory=set)
    _listeners: set[asyncio.Event] = field(default_factory=set)

    # For requests -----------------------------------------------------------------------------------------------------

    async def ask(self, asked: Asked, presence: Presence | None) -> Answer:
        """What becomes of a held request; waits for it on its connection where there is one. LedgerError where a step
        cannot be put on record.
        """
        request = Request.of(asked, keyed(self.key, asked))
        async with self._lock:
            if (answer := await self._redeemed(request, asked)) is not None:
                return answer
            now = self.clock()
            approval = self.book.of_digest(request.digest, now)
            if approval is not None and approval.state == "rejected":
                return _rejected(approval)
            if approval is None:
                if (full := self._no_room(request)) is not None:
                    return full
                approval = self._opened(request, asked, now)
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
        able = sum(
            may_decide(person, self.rules.groups) and person.name != request.actor.name
            for person in self.people.everyone()
        )
        if able < self.rules.minimum:
            return Answer(Outcome.NOBODY)
        pending = list(self.book.pending())
        theirs = sum(one.actor == request.actor.name for one in pending)
        full = theirs >= PENDING_PER_ACTOR or len(pending) >= PENDING_IN_ALL
        return Answer(Outcome.FULL) if full else None

    def _opened(self, request: Request, asked: Asked, now: float) -> Approval:
        exchange, decision = asked.exchange, asked.decision
        found = tuple(
            Found(
                v.finding.entity, v.finding.level.word, str(v.finding.location), v.finding.fingerprint,
                is_held(v, request.rules),
            )
            for v in decision.verdicts[:FINDINGS]
        )  # fmt: skip
        model = exchange.route.model
        named = any(v.finding.location.path[:1] == ("model",) for v in decision.verdicts)
        return Approval(
            id=self.new_id("a"), exchange=exchange.id, session=exchange.session, actor=exchange.actor.name,
            groups=exchange.actor.groups, destination=exchange.route.endpoint,
            model=None if model is None or named or len(model) > 128 else model, level=decision.level.word,
            reasons=tuple((reason.rule, reason.says) for reason in decision.reasons), findings=found,
            unmaskable=asked.unmaskable, revision=decision.ruleset_revision,
            terms=Terms(exchange.actor.name, None, exchange.route.endpoint, request.digest), why="", at=now,
            expires_at=now + self.rules.expire_seconds, wanted=self.rules.minimum,
        )  # fmt: skip

    # For people -------------------------------------------------------------------------------------------------------

    async def request(self, person: Person, terms: Terms, seconds: float, why: str) -> Approval:
        """Ask beforehand, for oneself. `terms` without actor, digest and end."""
        if not terms.entities:
            raise Unfit("a request beforehand names what it is about", hint="--entity NAME")
        if len(terms.entities) > MOST_ENTITIES or not all(map(_ENTITY.match, terms.entities)):
            raise Unfit("these are no names of entities", hint="--entity EMAIL_ADDRESS; `hushgate rules list` has them")
        if not _ENDPOINT.match(terms.destination):
            raise Unfit("this is no endpoint's id", hint="--to openai; * is any")
        _check_bounds(terms.uses, seconds)
        async with self._lock:
            now = self.clock()
            mine = Request(Actor(person.name, person.groups), terms.destination, "", frozenset(), (), False)
            if (no := self._no_room(mine)) is not None:
                says = "nobody is there to approve" if no.outcome is Outcome.NOBODY else "too many requests are pending"
                raise Refused(says, hint="hushgate users add NAME --role approver; hushgate approvals list")
            asked = replace(terms, actor=person.name, group=None, digest=None, until=min(seconds, LONGEST_GRANT))
            approval = Approval(
                id=self.new_id("a"), exchange=None, session=None, actor=person.name, groups=person.groups,
                destination=terms.destination, model=None, level="", reasons=(), findings=(), unmaskable=False,
                revision="", terms=asked, why=self._written(why), at=now, expires_at=now + self.rules.expire_seconds,
                wanted=self.rules.minimum,
            )  # fmt: skip
            await self.book.note("opened", approval, now, person.name)
            self._tell()
            return approval

    async def approve(self, person: Person, id: str, wish: Wish = Wish()) -> Approval:  # noqa: B008 - it is frozen
        """Say yes. With the last yes that is wanted a grant is given, and what waits goes on."""
        async with self._lock:
            approval, now = self._known(id), self.clock()
            check_decider(person, approval, self.rules.groups)
            terms = self._terms(approval, wish, now)
            agreed = with_yes(approval, person, terms, now)
            await self.book.note("approved", agreed, now, person.name)
            if agreed.state == "approved":
                grant = self.book.signer.signed(granted(agreed, self.new_id("g"), now))
                await self.book.note_grant("granted", grant, now, person.name)
                self.parking.wake(id)
            self._tell()
            return agreed

    async def reject(self, person: Person, id: str, reason: str) -> Approval:
        """Say no: one no is enough, and the same content is not asked about again until the approval runs out."""
        async with self._lock:
            approval, now = self._known(id), self.clock()
            check_decider(person, approval, self.rules.groups)
            over = replace(
                approval, state="rejected", decided_at=now, decided_by=person.name, reason=self._written(reason)
            )
            await self.book.note("rejected", over, now, person.name)
            self.parking.wake(id)
            self._tell()
            return over

    async def revoke(self, person: Person, id: str) -> Grant:
        """Take a grant back: an approver, or who asked for it."""
        async with self._lock:
            grant, now = self.book.grants.get(id), self.clock()
            if grant is None or not (may_decide(person, ()) or grant.asked_by == person.name):
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
            check_decider(person, approval, self.rules.groups)
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
            await self.book.note("revealed", approval, now, person.name, **told)
            self._revealed.add((id, n, person.name))
            return waiting.asked.reveal(n)

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

    def _known(self, id: str) -> Approval:
        approval = self.book.approvals.get(id)
        if approval is None:
            raise Absent(f"there is no approval {id!r}", hint="hushgate approvals list")
        if approval.state == "pending" and approval.expires_at <= self.clock():
            raise TooLate(f"{id} has expired", hint="the request has to be sent again")
        return approval

    def _written(self, text: str) -> str:
        return self.clean(text)[:LONGEST_TEXT]  # in this order: what is left of a value would not be found

    def _terms(self, approval: Approval, wish: Wish, now: float) -> Terms:
        """What is said yes to, checked."""
        if approval.exchange is None:
            if wish != Wish():
                raise Unfit("what was asked beforehand is approved as it was asked", hint="or reject it")
            return replace(approval.terms, until=now + approval.terms.until)
        held = [n for n, found in enumerate(approval.findings) if found.held]
        chosen = held if wish.raw == () else list(wish.raw or ())
        if any(not 0 <= n < len(approval.findings) for n in chosen):
            raise Unfit("there is no such finding", hint=f"hushgate approvals show {approval.id} numbers them")
        if approval.unmaskable and not set(held) <= set(chosen):
            raise Unfit("a value stands where nothing can be masked", hint="approve it with --raw, or reject it")
        seconds = self.rules.expire_seconds if wish.seconds is None else min(wish.seconds, LONGEST_GRANT)
        _check_bounds(wish.uses, seconds)
        released = tuple(sorted({approval.findings[n].fingerprint for n in chosen}))
        raw, digest = bool(chosen), None if wish.any_content else approval.terms.digest
        entities = tuple(sorted({approval.findings[n].entity for n in held})) if wish.any_content else ()
        if wish.any_content and raw and set(chosen) != set(held):
            raise Unfit("any content goes raw for all that it is held for, or for none", hint="--raw without numbers")
        return Terms(
            None if wish.group else approval.actor, wish.group, approval.destination, digest, entities,
            tuple(sorted({rule for rule, _ in approval.reasons})) if wish.any_content else (),
            raw, released if digest else (), wish.uses, now + seconds,
        )  # fmt: skip


def _check_bounds(uses: int | None, seconds: float) -> None:
    """Unfit for a number of uses or a time that is none."""
    if uses is not None and not 1 <= uses <= MOST_USES:
        raise Unfit(f"uses are 1 to {MOST_USES}", hint="--uses 20")
    if not seconds > 0:
        raise Unfit("a yes lasts for some time", hint="--for 30m")


def _rejected(approval: Approval) -> Answer:
    by = (approval.decided_by,) if approval.decided_by else ()
    return Answer(Outcome.REJECTED, approval.id, by, approval.reason)
