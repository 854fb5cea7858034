"""Outboxes and the thread they are on: tries, floods, ends, and what is bounded."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from hushgate.approvals.cases import Approval
from hushgate.approvals.notify.carrying import Undelivered
from hushgate.approvals.notify.channels import Channel, Hook, Step
from hushgate.approvals.notify.courier import ENDS, PENDING, Courier, Pace, Report
from hushgate.approvals.notify.links import Links
from hushgate.approvals.notify.messages import Message, trial
from hushgate.approvals.notify.notifier import Notifier
from tests.notices import approval

QUICK = Pace(gap=0.0, lull=0.05, first=0.01, longest=0.04, patience=1.0)
CHANNEL = Channel("webhook-1", Hook("webhook", "https://h.test"))
DOWN = Undelivered("answered 500", again=True)
NEVER = Undelivered("answered 404", again=False)


def fresh(id: str = "a1", **changes: Any) -> Approval:
    now = time.time()
    return approval(id, **{"at": now, "expires_at": now + 60, **changes})


@dataclass
class Receiver:
    """Takes messages; raises `says` first, one after the other."""

    says: list[Exception] = field(default_factory=list)
    got: list[Message] = field(default_factory=list)
    tries: int = 0
    gate: asyncio.Event | None = None

    async def carry(self, message: Message) -> None:
        self.tries += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.says:
            raise self.says.pop(0)
        self.got.append(message)


@asynccontextmanager
async def running(
    receiver: Receiver, channel: Channel = CHANNEL, pace: Pace = QUICK
) -> AsyncIterator[tuple[Courier, list[Report]]]:
    reports: list[Report] = []
    courier = Courier(channel, receiver.carry, lambda one: f"https://c.test/{one and one.id}", reports.append, pace)
    task = asyncio.create_task(courier.run())
    yield courier, reports
    task.cancel()


async def until(holds: Callable[[], object], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.005)


async def test_what_waits_is_told_and_then_what_became_of_it() -> None:
    receiver, one = Receiver(), fresh()
    async with running(receiver) as (courier, reports):
        courier.put(Step.OPENED, one)
        await until(lambda: len(reports) == 1)
        courier.put(Step.APPROVED, replace(one, state="approved", decided_by="bob"))
        await until(lambda: len(reports) == 2)
    assert [m.step for m in receiver.got] == [Step.OPENED, Step.APPROVED]
    assert receiver.got[0].link == "https://c.test/a1" and receiver.got[1].link is None
    assert all(report.delivered and report.tries == 1 for report in reports) and len(courier) == 0


async def test_a_failure_is_tried_again_with_the_same_key() -> None:
    receiver = Receiver([DOWN, Undelivered("cannot be reached", again=True), DOWN])
    async with running(receiver) as (courier, reports):
        courier.put(Step.OPENED, fresh())
        await until(lambda: reports)
    assert reports[0].delivered and reports[0].tries == 4 and [m.key for m in receiver.got] == ["a1.opened.0"]


async def test_what_never_works_is_tried_once() -> None:
    receiver = Receiver([NEVER])
    async with running(receiver) as (courier, reports):
        courier.put(Step.OPENED, fresh())
        await until(lambda: reports)
    assert (reports[0].delivered, reports[0].tries, reports[0].why) == (False, 1, "answered 404")


async def test_patience_has_an_end() -> None:
    receiver = Receiver([DOWN] * 1000)
    async with running(receiver, pace=replace(QUICK, patience=0.2)) as (courier, reports):
        courier.put(Step.OPENED, fresh())
        await until(lambda: reports)
    assert not reports[0].delivered and 3 < reports[0].tries < 60


async def test_nothing_is_asked_for_once_it_has_run_out() -> None:
    receiver = Receiver([DOWN] * 1000)
    async with running(receiver) as (courier, reports):
        courier.put(Step.OPENED, fresh(expires_at=time.time() + 0.15))
        courier.put(Step.OPENED, fresh("a2", expires_at=time.time() - 1))
        await until(lambda: reports)
        await asyncio.sleep(0.05)
    assert len(reports) == 1 and not reports[0].delivered and reports[0].tries < 60


async def test_a_receiver_that_asks_for_time_gets_it() -> None:
    receiver = Receiver([Undelivered("answered 429", again=True, after=0.2)])
    began = time.monotonic()
    async with running(receiver) as (courier, reports):
        courier.put(Step.OPENED, fresh())
        await until(lambda: reports)
    assert reports[0].tries == 2 and time.monotonic() - began >= 0.2


async def test_what_was_decided_meanwhile_is_not_asked_for_and_has_no_end() -> None:
    receiver = Receiver([DOWN] * 3)
    async with running(receiver, pace=replace(QUICK, first=0.1)) as (courier, reports):
        courier.put(Step.OPENED, fresh())
        await until(lambda: receiver.tries == 1)
        courier.put(Step.REJECTED, fresh(state="rejected", decided_by="bob"))
        await until(lambda: reports)
        await asyncio.sleep(0.05)
    assert receiver.got == [] and len(reports) == 1 and "overtaken" in str(reports[0].why)


async def test_what_was_decided_before_its_turn_is_not_told_at_all() -> None:
    receiver = Receiver(gate=asyncio.Event())
    async with running(receiver) as (courier, reports):
        courier.put(Step.OPENED, fresh("a1"))
        await until(lambda: receiver.tries == 1)
        courier.put(Step.OPENED, fresh("a2"))
        courier.put(Step.APPROVED, fresh("a2", state="approved", decided_by="bob"))
        assert receiver.gate is not None
        receiver.gate.set()
        await until(lambda: reports)
        await asyncio.sleep(0.05)
    assert [m.approvals[0].id for m in receiver.got] == ["a1"]


async def test_a_yes_of_two_sends_another_link() -> None:
    receiver, one = Receiver(), fresh(wanted=2)
    async with running(receiver) as (courier, reports):
        courier.put(Step.OPENED, one)
        courier.put(Step.AGREED, replace(one, yes=("bob",)))
        await until(lambda: reports)
        await asyncio.sleep(0.05)
    assert receiver.got[-1].step is Step.AGREED and receiver.got[-1].key == "a1.agreed.1"


async def test_a_flood_is_few_messages_and_bounded() -> None:
    receiver = Receiver(gate=asyncio.Event())
    async with running(receiver) as (courier, reports):
        courier.put(Step.OPENED, fresh("a0"))
        await until(lambda: receiver.tries == 1)
        for n in range(1, 1501):
            courier.put(Step.OPENED, fresh(f"a{n}"))
        assert len(courier) == PENDING
        assert receiver.gate is not None
        receiver.gate.set()
        await until(lambda: len(reports) == 2)
        for n in range(1501):
            courier.put(Step.EXPIRED, fresh(f"a{n}", state="expired"))
        assert len(courier) <= ENDS
        await until(lambda: len(reports) == 3)
    single, many, end = receiver.got
    assert (single.step, many.step, len(many.approvals)) == (Step.OPENED, Step.WAITING, PENDING)
    assert many.link == "https://c.test/None"
    assert (end.step, end.approvals[0].id) == (Step.EXPIRED, "a0"), "only what was told by itself has its end told"


async def test_an_error_of_our_own_ends_no_channel() -> None:
    receiver = Receiver([ValueError("grace.hopper@navy-mail.com")])
    async with running(receiver) as (courier, reports):
        courier.put(Step.OPENED, fresh("a1"))
        courier.put(Step.OPENED, fresh("a2"))
        await until(lambda: len(reports) == 2)
    assert reports[0].why == "hushgate failed at it (ValueError)" and reports[1].delivered


async def test_a_filter_keeps_others_out() -> None:
    receiver = Receiver()
    async with running(receiver, replace(CHANNEL, groups=("ops",))) as (courier, reports):
        courier.put(Step.OPENED, fresh("a1"))
        courier.put(Step.OPENED, fresh("a2", groups=("ops",)))
        await until(lambda: reports)
    assert [m.approvals[0].id for m in receiver.got] == ["a2"]


@dataclass
class Made:
    """A notifier, what it put on record, and on which threads that was."""

    notifier: Notifier
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)


@asynccontextmanager
async def notifier(*receivers: Receiver, site: str | None = "https://c.test") -> AsyncIterator[Made]:
    def record(kind: str, payload: dict[str, Any]) -> None:
        made.events.append((kind, payload))
        made.threads.add(threading.get_ident())

    carriers = [(replace(CHANNEL, name=f"webhook-{n}"), one.carry) for n, one in enumerate(receivers, 1)]
    made = Made(Notifier(carriers, Links(bytes(32)), site, record, QUICK))
    made.notifier.start()
    yield made
    await asyncio.to_thread(made.notifier.stop)


async def test_it_tells_all_channels_on_its_own_thread_and_records_on_the_gate_s() -> None:
    one, two = Receiver(), Receiver([DOWN])
    async with notifier(one, two) as made:
        made.notifier.hear("opened", fresh())
        made.notifier.hear("revealed", fresh())
        await until(lambda: len(made.events) == 2)
        assert made.threads == {threading.get_ident()}
    assert len(one.got) == len(two.got) == 1
    assert (one.got[0].link or "").startswith("https://c.test/link/a1.0.")
    said = {payload["channel"]: payload for kind, payload in made.events if kind == "notified"}
    assert said["webhook-2"]["tries"] == 2 and said["webhook-1"]["outcome"] == "delivered"
    assert said["webhook-1"]["approvals"] == ["a1"] and said["webhook-1"]["step"] == "opened"
    assert not any(thread.name == "hushgate-notify" for thread in threading.enumerate())
    made.notifier.hear("opened", fresh())  # to nobody, once it has ended
    made.notifier.stop()


async def test_a_channel_that_hangs_keeps_nobody_waiting() -> None:
    told = threading.Event()

    def hang() -> None:
        assert told.wait(20)

    class Stuck(Receiver):
        async def carry(self, message: Message) -> None:
            hang()  # holds its whole thread

    other = Receiver()
    async with notifier(Stuck(), other) as made:
        for n in range(1000):
            made.notifier.hear("opened", fresh(f"a{n}"))
        told.set()
        await until(lambda: other.got)


@pytest.mark.parametrize(
    ("step", "state", "said"),
    [
        ("opened", "pending", Step.OPENED), ("approved", "pending", Step.AGREED),
        ("approved", "approved", Step.APPROVED),
        ("rejected", "rejected", Step.REJECTED), ("expired", "expired", Step.EXPIRED),
    ],
)  # fmt: skip
async def test_steps_on_record_and_what_they_mean(step: str, state: str, said: Step) -> None:
    receiver = Receiver()
    async with notifier(receiver) as made:
        made.notifier.hear("opened", fresh())
        await until(lambda: receiver.got)
        if step != "opened":
            made.notifier.hear(step, fresh(state=state, decided_by="bob"))
        await until(lambda: receiver.got[-1].step is said)


async def test_failures_are_logged_now_and_then_and_so_is_their_end(caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver([NEVER, NEVER])
    async with notifier(receiver) as made:
        for n in range(3):
            made.notifier.hear("opened", fresh(f"a{n}"))
            async with asyncio.timeout(5):
                while len(made.events) <= n:
                    await asyncio.sleep(0.005)
    logged = [record.getMessage() for record in caplog.records if record.name == "hushgate.notify"]
    assert logged == [
        "webhook-1 did not take a notification (tries: 1): answered 404\nhint: hushgate approvals notify-test",
        "webhook-1 takes notifications again",
    ]


async def test_without_a_console_there_is_no_link() -> None:
    receiver = Receiver()
    async with notifier(receiver, site=None) as made:
        made.notifier.hear("opened", fresh())
        await until(lambda: receiver.got)
    assert receiver.got[0].link is None


async def test_a_trial_is_delivered_by_itself() -> None:
    receiver, reports = Receiver([DOWN]), list[Report]()
    courier = Courier(CHANNEL, receiver.carry, lambda one: None, reports.append, QUICK)
    assert (await courier.deliver(trial(time.time(), "t"))).delivered and receiver.tries == 2
