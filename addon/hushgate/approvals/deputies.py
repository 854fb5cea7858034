"""Deputies: who may decide in whose place, and until when; with the gate's signature over it. Pure.

A deputy decides with the rights of whom he stands for, and is on record as `dave for carol`. He never decides on what
he asked for himself, nor, in that place, on what the other one asked for; and a deputy has no deputy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from hushgate.approvals.cases import DECIDERS
from hushgate.approvals.signatures import statement
from hushgate.consent import Person
from hushgate.errors import Refused, Unfit

LONGEST: Final = 90 * 86400
"""Seconds that somebody may have a deputy."""


@dataclass(frozen=True, slots=True)
class Deputy:
    """`name` may decide in the place of `user` until then, in seconds since the epoch."""

    user: str
    name: str
    at: float
    until: float
    signature: str = field(default="", repr=False)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def statement(self) -> bytes:
        return statement("deputy", self.to_json())

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        return cls(**said)


def check_deputy(user: Person, name: str, until: float, now: float, everyone: Iterable[Person]) -> None:
    """Refused or Unfit where `user` may not have this deputy."""
    if DECIDERS.isdisjoint(user.roles):
        raise Refused(f"{user.name} decides on nothing, so nobody can do it for him")
    other = next((person for person in everyone if person.name == name), None)
    if other is None or other.name == user.name or not has_deciding_token(other):
        hint = "a deputy is another user who has a token that decides or reads: `hushgate users list`"
        raise Unfit(f"{name} cannot be the deputy of {user.name}", hint=hint)
    if not now < until <= now + LONGEST:
        raise Unfit("a deputy is named for 90 days at most, from now on", hint="--for 14d")


def has_deciding_token(person: Person) -> bool:
    """Whether he has come with a token of his own: the proxy's, which agents have, makes a developer of anybody."""
    return any(role != "developer" for role in person.roles)


def stands_for(
    person: Person, deputies: Iterable[Deputy], everyone: Sequence[Person], now: float
) -> tuple[Person, ...]:
    """Those in whose place a person may decide now."""
    if not has_deciding_token(person):
        return ()
    users = {one.user for one in deputies if one.name == person.name and one.at <= now < one.until}
    return tuple(one for one in everyone if one.name in users)
