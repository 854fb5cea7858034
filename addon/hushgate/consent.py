"""What a held request tells those who decide on it, and what it is told. Values; the parts are `approvals`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, Self

from hushgate.values import Area, Decision, Exchange, Location, Verdict


class Presence(Protocol):
    """The client at the other end of a request that waits. `longest`: seconds that it may be let wait."""

    @property
    def longest(self) -> float: ...

    @property
    def here(self) -> bool:
        """Whether it can still be answered, as far as anybody can tell."""

    async def gone(self) -> None:
        """Return once it has left, or the gate stops."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many approvers have to agree, and of which groups: of any where none is named."""

    groups: tuple[str, ...] = ()
    approvers: int = 1

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """From what a rule's `hold` says."""
        groups = written.get("groups", ())
        return cls((groups,) if isinstance(groups, str) else tuple(groups), written.get("approvers", 1))

    def takes(self, groups: Sequence[str]) -> bool:
        """Whether an approver of these groups counts."""
        return not self.groups or not set(self.groups).isdisjoint(groups)

    def met(self, agreed: Sequence[Sequence[str]]) -> bool:
        """Whether enough have agreed; `agreed` has the groups of each one."""
        return sum(map(self.takes, agreed)) >= self.approvers


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a request's text, with a placeholder for each value that was found, at any level."""

    where: str
    who: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A held request. `content` is a digest of all it says, without a key: it stays in memory.

    `quorums`: what the rules that hold it ask for, an empty one where a rule asks for nothing of its own.
    `size` in bytes; `unmaskable`: what was found stands where nothing can be masked; `reveal` gives the value of the
    n-th verdict.
    """

    exchange: Exchange
    decision: Decision
    content: bytes = field(repr=False)
    size: int
    excerpts: tuple[Excerpt, ...] = field(default=(), repr=False)
    unmaskable: bool = False
    quorums: tuple[Quorum, ...] = (Quorum(),)
    reveal: Callable[[int], str] | None = field(default=None, repr=False)


class Outcome(StrEnum):
    """What became of asking. Only APPROVED lets a request go on."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    EXPIRED = "expired"
    USED = "used"
    LEFT = "left"
    NOBODY = "nobody"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a held request is told. `released` are fingerprints of findings that may go as they are."""

    outcome: Outcome
    approval: str | None = None
    by: tuple[str, ...] = ()
    reason: str = ""
    released: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has shown a token: a name, groups and roles."""

    name: str
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


def holding(decision: Decision) -> frozenset[str]:
    """The rules for which a request is held."""
    return frozenset(reason.rule for reason in decision.reasons)


def is_held(verdict: Verdict, rules: frozenset[str]) -> bool:
    """Whether a finding is one that the request is held for."""
    return any(reason.rule in rules for reason in verdict.reasons)


def names_model(at: Location) -> bool:
    """Whether the LLM's name may hold what was found here: the address can name it too, and so JSON inside it."""
    in_query = at.area is Area.QUERY and at.key in ("model", "deployment")
    return at.area is Area.PATH or in_query or at.path[:1] == ("model",)
