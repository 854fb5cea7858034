"""The channels of a gate, on a thread with an event loop of their own: no held request waits for a receiver."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hushgate.approvals.cases import Approval
from hushgate.approvals.notify.channels import Channel, Step
from hushgate.approvals.notify.courier import Courier, Pace, Report
from hushgate.approvals.notify.links import PATH, Links
from hushgate.approvals.notify.messages import LISTED, Message

STOP_SECONDS: Final = 3.0
QUIET_SECONDS: Final = 60.0
"""How long a channel that fails is not logged again."""

_STEPS: Final = {"opened": Step.OPENED, "rejected": Step.REJECTED, "expired": Step.EXPIRED}

logger = logging.getLogger("hushgate.notify")

type Carry = Callable[[Message], Awaitable[None]]
type Record = Callable[[str, dict[str, Any]], None]


def step_of(step: str, approval: Approval) -> Step | None:
    """What a step on record means to those who are told; None for what they are not."""
    if step == "approved":
        return Step.APPROVED if approval.state == "approved" else Step.AGREED
    return _STEPS.get(step)


@dataclass(slots=True)
class Notifier:
    """`carriers` are the channels and what carries messages there; `site` is the console's URL without a slash behind.

    `record` takes an event, on the event loop that `start` was called on.
    """

    carriers: Sequence[tuple[Channel, Carry]]
    links: Links
    site: str | None
    record: Record
    pace: Pace = Pace()
    clock: Callable[[], float] = time.time
    _couriers: list[Courier] = field(default_factory=list)
    _home: asyncio.AbstractEventLoop | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _complained: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        """Begin to deliver what `hear` takes."""
        self._home, self._loop = asyncio.get_running_loop(), asyncio.new_event_loop()
        self._couriers = [
            Courier(channel, carry, self.link, self._report, self.pace, self.clock) for channel, carry in self.carriers
        ]
        self._thread = threading.Thread(target=self._run, name="hushgate-notify", daemon=True)
        self._thread.start()

    def hear(self, step: str, approval: Approval) -> None:
        """A step of an approval, once it is durable. Returns at once."""
        said = step_of(step, approval)
        if said is None or self._loop is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is told any more
            self._loop.call_soon_threadsafe(self._put, said, approval)

    def stop(self) -> None:
        """End, with what is not delivered yet. A second call does nothing."""
        if self._thread is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(STOP_SECONDS)
            self._thread = None

    def link(self, approval: Approval | None) -> str | None:
        """Where an approval is decided on, or all are; None where no console has an address."""
        if self.site is None:
            return None
        return f"{self.site}/approvals" if approval is None else f"{self.site}{PATH}{self.links.token(approval)}"

    def _put(self, step: Step, approval: Approval) -> None:
        for courier in self._couriers:
            courier.put(step, approval)

    def _run(self) -> None:
        loop = self._loop
        if loop is None:
            return
        asyncio.set_event_loop(loop)
        tasks = [loop.create_task(courier.run()) for courier in self._couriers]
        try:
            loop.run_forever()
        finally:
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            loop.close()

    def _report(self, report: Report) -> None:
        """Put on record, and into the log, what became of a message. On the couriers' thread."""
        name = report.channel.name
        if report.delivered:
            if self._complained.pop(name, None) is not None:
                logger.warning("%s takes notifications again", name)
        elif self.clock() - self._complained.get(name, float("-inf")) > QUIET_SECONDS:
            self._complained[name] = self.clock()
            logger.warning(
                "%s did not take a notification (tries: %d): %s\nhint: hushgate approvals notify-test",
                name, report.tries, report.why,
            )  # fmt: skip
        if self._home is not None and not self._home.is_closed():
            self._home.call_soon_threadsafe(self.record, "notified", told(report, self.clock()))


def told(report: Report, at: float) -> dict[str, Any]:
    """A report as it goes on record."""
    message = report.message
    return {
        "at": at,
        "channel": report.channel.name,
        "kind": report.channel.to.kind,
        "step": str(message.step),
        "approvals": [one.id for one in message.approvals[:LISTED]],
        "count": len(message.approvals),
        "outcome": "delivered" if report.delivered else "failed",
        "tries": report.tries,
        "why": report.why,
    }
