"""Every error hushgate raises on purpose.

    HushgateError
    |-- ConfigError        what the user wrote cannot be used; carries every fault at once
    |-- StateError         the state folder, its keys or its lock cannot be used
    |-- Malformed          a message that has no one reading (400 malformed_request)
    |   `-- OutOfScope     a message for an LLM that its token is not good for (400 out_of_scope)
    |-- Unsigned           a request whose AWS signature the gate cannot keep right (400 policy_violation)
    |-- Unroutable         a request that cannot go where policy sends it (400 policy_violation)
    |-- Unscannable        a text could not be judged in time or at all: a fault, never "clean"
    |-- Refused            somebody may not do what he asks for: decide on an approval, see a value
    |   |-- Absent         there is no such thing, or it is not his to see
    |   |-- TooLate        it could be done, and cannot any more: decided, expired, shown already
    |   `-- Unfit          what he asks for does not fit what it is about
    `-- LedgerError        the record could not be made durable: nothing may be forwarded

Messages say what happened, why, and what to do; never any traffic.
"""

from __future__ import annotations

from dataclasses import dataclass


class HushgateError(Exception):
    """Base of the tree. `hint` is what to do about it, shown on a line of its own."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class ConfigFault:
    """One thing wrong in one file. `line` counts from 1; 0 where none is known."""

    file: str
    line: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" + (f"\n  hint: {self.hint}" if self.hint else "")


class ConfigError(HushgateError):
    """Configuration that cannot be used: all faults at once."""

    def __init__(self, faults: list[ConfigFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


class StateError(HushgateError):
    """The state folder cannot be used."""


class Malformed(HushgateError):
    """A message that has no one reading: refused before anything is decided."""

    rule = "malformed"


class OutOfScope(Malformed):
    """A message for an LLM that its token is not good for."""

    rule = "token-scope"


class Unsigned(HushgateError):
    """A request whose AWS signature would be wrong, or may not be renewed."""


class Unroutable(HushgateError):
    """A request that another endpoint would not understand, or that may not go there as it is."""


class Unscannable(HushgateError):
    """A text could not be judged."""


class Refused(HushgateError):
    """Somebody may not do this, or it cannot be done any more."""


class Absent(Refused):
    """There is no such thing, or it is not theirs to see: one answer for both."""


class TooLate(Refused):
    """It cannot be done any more."""


class Unfit(Refused):
    """What is asked for does not fit what it is about."""


class LedgerError(HushgateError):
    """The record could not be made durable."""
