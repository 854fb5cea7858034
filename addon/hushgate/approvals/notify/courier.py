"""One channel's outbox: what is to be told there, one after the other, tried again for a while, many as one.

Whatever happens here, a held request neither goes on nor stops for it.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from hushgate.approvals.cases import Approval
from hushgate.approvals.notify import messages
from hushgate.approvals.notify.carrying import Undelivered
from hushgate.approvals.notify.channels import ASKS, Channel, Step
from hushgate.approvals.notify.messages import Message

TOGETHER: Final = 5
"""More than so many that ask at once are one message."""
PENDING: Final = 1000
ENDS: Final = 100
TOLD: Final = 1000
"""Bounds of what is kept: what is still to ask, ends still to tell, and approvals whose ends are to be told."""

logger = logging.getLogger("hushgate.notify")


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds: `gap` between messages, `lull` after one for many; tries begin `first` apart, end `longest` apart,
    and are given up after `patience`.
    """

    gap: float = 1.0
    lull: float = 10.0
    first: float = 1.0
    longest: float = 60.0
    patience: float = 900.0


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message. `status` is what the receiver answered, if it is a number at all."""

    channel: Channel
    message: Message
    tries: int
    why: str | None = None

    @property
    def delivered(self) -> bool:
        return self.why is None


@dataclass(slots=True)
class Courier:
    """`carry` delivers one message or raises Undelivered; `link` gives where an approval is decided on, or all are."""

    channel: Channel
    carry: Callable[[Message], Awaitable[None]]
    link: Callable[[Approval | None], str | None]
    report: Callable[[Report], None]
    pace: Pace = Pace()
    clock: Callable[[], float] = time.time
    _asks: OrderedDict[str, tuple[Step, Approval]] = field(default_factory=OrderedDict)
    _ends: deque[tuple[Step, Approval]] = field(default_factory=lambda: deque(maxlen=ENDS))
    _told: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, step: Step, approval: Approval) -> None:
        """Take up a step, to be told soon. Never waits; what asked and is over by then is not told."""
        if step in ASKS:
            if self.channel.takes(approval, step):
                self._asks[approval.id] = (step, approval)
                self._asks.move_to_end(approval.id)
                if len(self._asks) > PENDING:
                    self._asks.popitem(last=False)
        else:
            self._asks.pop(approval.id, None)
            if approval.id in self._told and self.channel.takes(approval, step):
                self._ends.append((step, approval))
            self._told.pop(approval.id, None)
        self._bell.set()

    def __len__(self) -> int:
        return len(self._asks) + len(self._ends)

    async def run(self) -> None:
        """Deliver, for as long as there is something."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                while (message := self._next()) is not None:
                    await self.deliver(message)
                    await asyncio.sleep(self.pace.lull if message.step is Step.WAITING else self.pace.gap)
            except Exception as fault:  # the channel goes on; the fault's text may quote what nobody may see
                logger.error("%s: a notification could not be made: %s", self.channel.name, type(fault).__name__)
                self._bell.set()

    def _next(self) -> Message | None:
        now = self.clock()
        self._asks = OrderedDict((id, one) for id, one in self._asks.items() if now < one[1].expires_at)
        if len(self._asks) > TOGETHER:
            many = [approval for _, approval in self._asks.values()]
            self._asks.clear()
            return messages.waiting(many, now, f"{many[-1].id}.{Step.WAITING}.{len(many)}", self.link(None))
        if self._asks:
            _, (step, approval) = self._asks.popitem(last=False)
            self._told[approval.id] = None
            if len(self._told) > TOLD:
                self._told.popitem(last=False)
            return messages.about(approval, step, now, self.link(approval))
        if self._ends:
            step, approval = self._ends.popleft()
            return messages.about(approval, step, now)
        return None

    async def deliver(self, message: Message) -> Report:
        """Try until it is taken, cannot be, comes too late, or patience is over; what became of it."""
        ends = self.clock() + self.pace.patience
        if message.asks and message.approvals:
            ends = min(ends, max(one.expires_at for one in message.approvals))
        tries, wait = 0, self.pace.first
        while True:
            tries += 1
            why = await self._tried(message)
            if why is None or not why.again:
                break
            pause = max(wait * random.uniform(0.5, 1.0), why.after)  # noqa: S311 - spreads tries, hides nothing
            wait = min(wait * 2, self.pace.longest)
            if self.clock() + pause > ends:
                break
            await asyncio.sleep(pause)
            if self._overtaken(message):
                why = Undelivered("overtaken: it was decided before the receiver took it", again=False)
                break
        report = Report(self.channel, message, tries, None if why is None else str(why))
        self.report(report)
        return report

    async def _tried(self, message: Message) -> Undelivered | None:
        try:
            await self.carry(message)
        except Undelivered as why:
            return why
        except Exception as fault:  # its text may quote what nobody may see
            return Undelivered(f"hushgate failed at it ({type(fault).__name__})", again=False)
        return None

    def _overtaken(self, message: Message) -> bool:
        """Whether what it asks for was decided in the meantime (its end took it from `_told`), or is asked anew."""
        if not message.asks or len(message.approvals) != 1:
            return False
        id = message.approvals[0].id
        if id in self._told:
            return id in self._asks
        self._ends = deque((end for end in self._ends if end[1].id != id), maxlen=ENDS)
        return True
