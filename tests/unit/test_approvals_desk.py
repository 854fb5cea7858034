"""Asking, waiting, deciding and redeeming, without a gate."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from hushgate.approvals import desk as desks
from hushgate.approvals.book import Book
from hushgate.approvals.desk import Desk
from hushgate.approvals.grants import Terms
from hushgate.approvals.signatures import Signer
from hushgate.approvals.wishes import Wish
from hushgate.consent import Answer, Excerpt, Outcome, Quorum
from hushgate.errors import LedgerError, Refused
from hushgate.values import Area, Location
from tests.approving import ALICE, BOB, CAROL, DAVE, SEED, Clock, Journal, asked, desk, verdict


@dataclass
class Client:
    longest: float = 60.0
    here: bool = True
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def gone(self) -> None:
        await self.over.wait()

    def leave(self) -> None:
        self.here = False
        self.over.set()


async def waits(made: Desk, work: Coroutine[Any, Any, Answer], places: int = 1) -> asyncio.Task[Answer]:
    """Start asking, and go on once the request waits."""
    task = asyncio.create_task(work)
    async with asyncio.timeout(2):
        while len(made.parking) < places:
            await asyncio.sleep(0)
    return task


async def test_a_yes_lets_it_go_on_once() -> None:
    journal = Journal()
    made = desk(journal)
    task = await waits(made, made.ask(asked(), Client()))
    await made.approve(BOB, "a1")
    assert await task == Answer(Outcome.APPROVED, "a1", ("bob",))
    assert journal.steps() == ["opened", "approved", "granted", "redeemed"]
    assert (await made.ask(asked(), None)).outcome is Outcome.PENDING, "it is used up"
    assert len(made.parking) == 0


async def test_a_retry_redeems_and_a_changed_prompt_does_not() -> None:
    made = desk()
    assert await made.ask(asked(), None) == Answer(Outcome.PENDING, "a1")
    assert await made.ask(asked(), None) == Answer(Outcome.PENDING, "a1"), "the same again is one approval"
    await made.approve(BOB, "a1", Wish(raw=()))
    assert (await made.ask(asked("hello!"), None)).outcome is Outcome.PENDING
    assert (await made.ask(asked(actor="mallory"), None)).outcome is Outcome.PENDING
    assert (await made.ask(asked(to="anthropic"), None)).outcome is Outcome.PENDING
    answer = await made.ask(asked(), None)
    assert (answer.outcome, answer.released) == (Outcome.APPROVED, {"print-EMAIL_ADDRESS-0"})


async def test_a_grant_for_a_group_is_none_for_who_gave_it() -> None:
    made = desk()
    await made.ask(asked(groups=("ops",)), None)
    await made.approve(BOB, "a1", Wish(raw=(), any_content=True, group="ops", uses=None))
    assert (await made.ask(asked("more", actor="carl", groups=("ops",)), None)).outcome is Outcome.APPROVED
    assert (await made.ask(asked("mine", actor="bob", groups=("ops",)), None)).outcome is Outcome.PENDING


@pytest.mark.parametrize(
    ("at", "kept"),
    [(Location(Area.PATH), False), (Location(path=("model",)), False), (Location(path=("messages", 0)), True)],
)
async def test_an_llm_that_may_be_called_by_a_value_is_not_kept(at: Location, kept: bool) -> None:
    journal, one = Journal(), verdict()
    await desk(journal).ask(asked("hello", replace(one, finding=replace(one.finding, location=at))), None)
    assert journal.last("approval")[0]["model"] == ("m" if kept else None)


async def test_a_no_is_told_and_stays() -> None:
    clock = Clock()
    made = desk(clock=clock)
    made.clean = lambda text: text.replace("secret", "<X>")
    task = await waits(made, made.ask(asked(), Client()))
    await made.reject(BOB, "a1", "secret thing")
    assert await task == Answer(Outcome.REJECTED, "a1", ("bob",), "<X> thing")
    assert (await made.ask(asked(), None)).outcome is Outcome.REJECTED
    clock.now += 1800
    assert await made.ask(asked(), None) == Answer(Outcome.PENDING, "a2")


async def test_a_value_that_the_bound_of_a_reason_would_cut_is_found_before() -> None:
    made = desk()
    made.clean = lambda text: text.replace("secret", "<X>")
    await made.ask(asked(), None)
    over = await made.reject(BOB, "a1", "x" * (desks.LONGEST_TEXT - 3) + "secret")
    assert over.reason == "x" * (desks.LONGEST_TEXT - 3) + "<X>"


async def test_what_runs_out() -> None:
    clock, journal = Clock(), Journal()
    made = desk(journal, clock=clock)
    task = await waits(made, made.ask(asked(), Client()))
    await made.expire()
    assert not task.done()
    clock.now += 1800
    with pytest.raises(Refused, match="expired"):
        await made.approve(BOB, "a1")
    await made.expire()
    assert await task == Answer(Outcome.EXPIRED, "a1")
    assert journal.steps() == ["opened", "expired"]


async def test_an_approval_that_is_not_used_in_time_is_worth_nothing() -> None:
    clock = Clock()
    made = desk(clock=clock)
    await made.ask(asked(), None)
    await made.approve(BOB, "a1")
    clock.now += 1800
    assert await made.ask(asked(), None) == Answer(Outcome.PENDING, "a3")


async def test_who_has_left_is_not_waited_for_and_gets_nothing() -> None:
    journal = Journal()
    made, client = desk(journal), Client()
    task = await waits(made, made.ask(asked(), client))
    client.leave()
    assert await task == Answer(Outcome.LEFT, "a1")
    silent = Client()
    task = await waits(made, made.ask(asked(), silent))
    silent.here = False
    await made.approve(BOB, "a1")
    assert (await task).outcome is Outcome.LEFT, "the yes and the leaving at once"
    assert "redeemed" not in journal.steps()
    assert (await made.ask(asked(), Client())).outcome is Outcome.APPROVED, "and a retry redeems it"


async def test_a_wait_ends() -> None:
    made = desk(hold_seconds=0.01)
    assert await made.ask(asked(), Client()) == Answer(Outcome.PENDING, "a1")
    made = desk(hold_seconds=60)
    assert await made.ask(asked(), Client(longest=0.01)) == Answer(Outcome.PENDING, "a1")
    assert len(made.parking) == 0


async def test_of_identical_requests_one_goes_on() -> None:
    made = desk()
    tasks = [await waits(made, made.ask(asked(), Client()), n + 1) for n in range(3)]
    await made.approve(BOB, "a1")
    answers = [await task for task in tasks]
    assert sorted(answer.outcome for answer in answers) == ["approved", "used", "used"]


async def test_two_approvers_at_once() -> None:
    journal = Journal()
    made = desk(journal)
    task = await waits(made, made.ask(asked(), Client()))
    done = await asyncio.gather(made.approve(BOB, "a1"), made.reject(CAROL, "a1", ""), return_exceptions=True)
    assert [isinstance(one, Refused) for one in done] == [False, True]
    assert (await task).outcome is Outcome.APPROVED
    assert journal.steps().count("approved") == 1 and "rejected" not in journal.steps()


async def test_two_have_to_agree_where_two_are_wanted() -> None:
    made = desk(minimum=2)
    task = await waits(made, made.ask(asked(), Client()))
    await made.approve(BOB, "a1")
    await asyncio.sleep(0)
    assert not task.done()
    await made.approve(CAROL, "a1")
    assert (await task).by == ("bob", "carol")


async def test_a_rule_names_who_has_to_agree() -> None:
    made = desk()
    held = asked(quorums=(Quorum(("security",)), Quorum(approvers=2)))
    assert (await made.ask(held, None)).outcome is Outcome.PENDING
    await made.approve(BOB, "a1")
    assert (await made.ask(held, None)).outcome is Outcome.PENDING
    await made.approve(CAROL, "a1")
    assert (await made.ask(held, None)).by == ("bob", "carol")
    nobody = asked("other", quorums=(Quorum(("legal",)),))
    assert (await made.ask(nobody, None)).outcome is Outcome.NOBODY


async def test_a_wide_yes_is_no_way_around_a_rules_groups() -> None:
    made = desk()
    await made.ask(asked(), None)
    await made.approve(BOB, "a1", Wish(any_content=True, uses=None))
    assert (await made.ask(asked("other"), None)).outcome is Outcome.APPROVED
    strict = asked("other", quorums=(Quorum(("security",)),))
    assert (await made.ask(strict, None)).outcome is Outcome.PENDING, "nobody of security has agreed"
    assert (await made.ask(strict, None)).approval == "a3", "and it is one approval"


async def test_who_asks_beforehand_needs_what_the_rules_need() -> None:
    made = desk()
    made.asks = lambda entities: (Quorum(("security",)),) if "EMAIL_ADDRESS" in entities else ()
    one = await made.request(ALICE, Terms(None, None, "openai", None, ("EMAIL_ADDRESS",), uses=None), 600, "")
    with pytest.raises(Refused, match="no approver in security"):
        await made.approve(BOB, one.id)
    await made.approve(CAROL, one.id)
    assert (await made.ask(asked(quorums=(Quorum(("security",)),)), None)).outcome is Outcome.APPROVED


async def test_a_deputy_decides_in_anothers_place() -> None:
    clock, journal = Clock(), Journal()
    made = desk(journal, clock=clock, groups=("security",))
    with pytest.raises(Refused, match="has no deputy"):
        await made.name_deputy(CAROL, None, 0)
    named = await made.name_deputy(CAROL, "dave", 100)
    assert (named.user, named.name, named.until) == ("carol", "dave", 1100.0)
    erin = type(ALICE)("erin", (), ("developer",))
    assert [made.deputies(person) for person in (erin, BOB, DAVE)] == [[], [named], [named]]
    await made.ask(asked(), None)
    await made.approve(DAVE, "a1")
    answer = await made.ask(asked(), None)
    assert answer.by == ("dave for carol",)
    approved = next(p for _, p in journal.events if p["step"] == "approved")
    assert approved["by"] == "dave for carol"
    await made.ask(asked("second"), None)
    clock.now += 100
    with pytest.raises(Refused, match="no approver in security"):
        await made.approve(DAVE, "a3")
    await made.name_deputy(CAROL, "dave", 100)
    ended = await made.name_deputy(CAROL, None, 0)
    assert ended.until == clock.now and made.deputies(CAROL) == []
    with pytest.raises(Refused, match="no approver in security"):
        await made.reject(DAVE, "a3", "")
    later = desk(Journal(), clock=clock)
    told = journal.last("deputy")
    assert later.book.restore([], [], told) == 0 and later.book.deputies["carol"] == ended
    assert later.book.restore([], [], [{**told[-1], "until": 9e9}]) == 1


@pytest.mark.parametrize(
    ("people", "rules", "outcome"),
    [
        ((ALICE,), {}, Outcome.NOBODY),  # nobody but herself
        ((ALICE, DAVE), {}, Outcome.NOBODY),
        ((ALICE, BOB), {"minimum": 2}, Outcome.NOBODY),
        ((ALICE, BOB), {"groups": ("security",)}, Outcome.NOBODY),
        ((ALICE, CAROL), {"groups": ("security",)}, Outcome.PENDING),
        ((ALICE, BOB), {}, Outcome.PENDING),
    ],
)
async def test_without_an_approver_nothing_is_asked(people: Any, rules: dict[str, Any], outcome: Outcome) -> None:
    journal = Journal()
    assert (await desk(journal, *people, **rules).ask(asked(), None)).outcome is outcome
    assert journal.steps() == (["opened"] if outcome is Outcome.PENDING else [])


async def test_a_flood_finds_an_end() -> None:
    journal = Journal()
    made = desk(journal)
    outcomes = [(await made.ask(asked(f"hello {n}"), None)).outcome for n in range(1000)]
    assert outcomes.count(Outcome.PENDING) == desks.PENDING_PER_ACTOR
    assert outcomes.count(Outcome.FULL) == 1000 - desks.PENDING_PER_ACTOR
    assert len(journal.events) == desks.PENDING_PER_ACTOR
    assert (await made.ask(asked("hi", actor="mallory"), None)).outcome is Outcome.PENDING, "others have their own room"


async def test_nothing_changes_that_cannot_be_recorded() -> None:
    journal = Journal()
    made = desk(journal)
    await made.ask(asked(), None)
    journal.full = True
    for work in (made.approve(BOB, "a1"), made.reject(BOB, "a1", ""), made.ask(asked("other"), None)):
        with pytest.raises(LedgerError):
            await work
    journal.full = False
    assert [one.state for one in made.book.approvals.values()] == ["pending"]
    await made.approve(BOB, "a1")
    journal.full = True
    with pytest.raises(LedgerError):
        await made.ask(asked(), None)
    journal.full = False
    assert (await made.ask(asked(), None)).outcome is Outcome.APPROVED


async def test_wider_grants() -> None:
    made = desk()
    await made.ask(asked(), None)
    await made.approve(BOB, "a1", Wish(any_content=True, group="dev", uses=2, seconds=60))
    assert (await made.ask(asked("one", verdict("PERSON")), None)).outcome is Outcome.PENDING
    for content, actor in (("two", "alice"), ("three", "erin")):
        assert (await made.ask(asked(content, actor=actor), None)).outcome is Outcome.APPROVED
    assert (await made.ask(asked("four"), None)).outcome is Outcome.PENDING, "both uses are used"


async def test_a_grant_is_taken_back() -> None:
    made = desk()
    await made.ask(asked(), None)
    await made.approve(BOB, "a1", Wish(any_content=True, uses=None))
    (grant,) = made.visible_grants(ALICE)
    with pytest.raises(Refused, match="no grant"):
        await made.revoke(DAVE, grant.id)
    await made.revoke(ALICE, grant.id)
    assert (await made.ask(asked("again"), None)).outcome is Outcome.PENDING
    with pytest.raises(Refused, match="over already"):
        await made.revoke(BOB, grant.id)


async def test_asking_beforehand() -> None:
    clock = Clock()
    made = desk(clock=clock)
    wanted = Terms(None, None, "openai", None, ("EMAIL_ADDRESS",), uses=None)
    one = await made.request(ALICE, wanted, 600, "for the migration")
    with pytest.raises(Refused, match="himself"):
        await made.approve(ALICE, one.id)
    with pytest.raises(Refused, match="as it was asked"):
        await made.approve(BOB, one.id, Wish(uses=5))
    clock.now += 100
    await made.approve(BOB, one.id)
    clock.now += 599
    for n in range(3):
        assert (await made.ask(asked(f"hello {n}"), None)).outcome is Outcome.APPROVED
    clock.now += 1
    assert (await made.ask(asked("late"), None)).outcome is Outcome.PENDING
    with pytest.raises(Refused, match="--entity|names what"):
        await made.request(ALICE, Terms(None, None, "*", None), 600, "")


async def test_what_cannot_be_masked_takes_a_raw_yes() -> None:
    made = desk()
    await made.ask(asked(unmaskable=True), None)
    with pytest.raises(Refused, match="nothing can be masked"):
        await made.approve(BOB, "a1")
    with pytest.raises(Refused, match="no such finding"):
        await made.approve(BOB, "a1", Wish(raw=(7,)))
    await made.approve(BOB, "a1", Wish(raw=(0,)))
    assert (await made.ask(asked(unmaskable=True), None)).released == {"print-EMAIL_ADDRESS-0"}


async def test_a_value_is_revealed_once_and_on_record() -> None:
    journal = Journal()
    made = desk(journal)
    held = asked(reveal=lambda n: f"value {n}")
    task = await waits(made, made.ask(held, Client()))
    for person, n, says in (
        (ALICE, 0, "himself"),
        (DAVE, 0, "no approver"),
        (CAROL, 0, "may not see"),
        (BOB, 5, "no finding"),
    ):
        with pytest.raises(Refused, match=says):
            await made.reveal(person, "a1", n)
    assert await made.reveal(BOB, "a1", 0) == "value 0"
    with pytest.raises(Refused, match="once"):
        await made.reveal(BOB, "a1", 0)
    kind, payload = journal.events[-1]
    assert (kind, payload["step"], payload["by"], payload["finding"]) == ("approval", "revealed", "bob", 0)
    assert "value 0" not in str(journal.events)
    await made.reject(BOB, "a1", "")
    await task
    await made.ask(asked("other"), None)
    with pytest.raises(Refused, match="does not wait"):
        await made.reveal(BOB, "a2", 0)


async def test_who_sees_what() -> None:
    made = desk()
    text = (Excerpt("body:/", "user/text", "write to <EMAIL_ADDRESS_aaaaaaaaaa>"),)
    await made.ask(asked(excerpts=text), None)
    await made.ask(asked("hi", actor="mallory"), None)
    assert [len(made.visible(person)) for person in (BOB, DAVE, CAROL)] == [2, 2, 2]
    mallory = type(ALICE)("mallory", (), ("developer",))
    assert [one.actor for one in made.visible(mallory)] == ["mallory"]
    assert made.shown(BOB, "a1")[1] == text
    with pytest.raises(Refused):
        made.shown(mallory, "a1")
    await made.approve(BOB, "a1")
    assert made.shown(BOB, "a1")[1] == (), "decided, forgotten"


async def test_another_gate_goes_on_from_the_record() -> None:
    journal = Journal()
    made = desk(journal)
    await made.ask(asked("pending"), None)
    await made.ask(asked("approved"), None)
    await made.approve(BOB, "a2")
    later = desk(Journal())
    grants = journal.last("grant")
    forged = {**grants[0], "id": "g9", "terms": {**grants[0]["terms"], "uses": None}}
    assert later.book.restore(journal.last("approval"), [*grants, forged], []) == 1
    assert (await later.ask(asked("approved"), None)).outcome is Outcome.APPROVED
    assert await later.ask(asked("pending"), None) == Answer(Outcome.PENDING, "a1")
    await later.approve(BOB, "a1")
    assert (await later.ask(asked("pending"), None)).outcome is Outcome.APPROVED
    assert (await later.ask(asked("approved"), None)).outcome is Outcome.PENDING


async def test_who_listens_is_told() -> None:
    made = desk()
    told = made.listen()
    await made.ask(asked(), None)
    assert told.is_set()
    told.clear()
    made.forget(told)
    await made.approve(BOB, "a1")
    assert not told.is_set()


def test_nothing_of_a_key_shows() -> None:
    made = desk()
    assert SEED.hex() not in repr(made) and repr(SEED) not in repr(made)
    assert isinstance(made.book, Book) and isinstance(made.book.signer, Signer)
