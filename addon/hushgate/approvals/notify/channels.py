"""Where notifications go, as it was configured, and what of each is told there. Values; secrets are references."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hushgate.values import Level

if TYPE_CHECKING:
    from hushgate.approvals.cases import Approval

HOOKS: Final = ("slack", "teams", "webhook")


class Step(StrEnum):
    """What a message is about."""

    OPENED = "opened"
    AGREED = "agreed"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WAITING = "waiting"
    TEST = "test"


ASKS: Final = frozenset({Step.OPENED, Step.AGREED, Step.WAITING})
"""Steps that ask for something. All others tell of an end."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A URL that takes POST. `url` and `secret` are references (`env:`, `file:`); a webhook's URL may be one itself."""

    kind: str
    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Addresses, and the server that takes mail for them: `smtp://HOST:PORT` or `smtps://HOST:PORT`."""

    server: str
    sender: str
    to: tuple[str, ...]
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    kind: str = "email"


@dataclass(frozen=True, slots=True)
class Channel:
    """One entry of `approvals.notify`, at a line of its file. `level`: the lowest that is told; `groups`: of
    whom, where any are named; `ends`: whether it is told what became of it.
    """

    name: str
    to: Hook | Mailbox
    level: Level = Level.PUBLIC
    groups: tuple[str, ...] = ()
    ends: bool = True
    line: int = field(default=0, compare=False)

    def takes(self, approval: Approval, step: Step) -> bool:
        """Whether a step is told here. What was asked beforehand has no level, and is."""
        low = bool(approval.level) and Level[approval.level.upper()] < self.level
        strange = bool(self.groups) and set(self.groups).isdisjoint(approval.groups)
        return not low and not strange and (self.ends or step in ASKS)
