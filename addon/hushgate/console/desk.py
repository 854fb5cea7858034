"""What the pages and the API know of the gate, and all that they may ask of it. For many threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from hushgate.console.counter import Counter
from hushgate.console.visitors import Visitor
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.errors import LedgerError
from hushgate.ledger.overview import Overview
from hushgate.policy.rules import RuleSet
from hushgate.users import User

LONGEST_VALUE: Final = 4096
"""Characters of a value that is looked for."""

UNENFORCED: Final = " is not enforced; it says: "
"""What parts a rule's id from its words in the warning of a rule that only watches."""


class Record(Protocol):
    """The gate's own ledger, which writes."""

    def append_now(self, kind: str, payload: dict[str, Any]) -> None:
        """Return when the event is on disk; LedgerError when it is not."""


@dataclass(frozen=True, slots=True)
class Desk:
    """`health` tells how the gate is now; `policy` gives the rules in force; `users` everybody who may use it;
    `counter` has its approvals.
    """

    ledger: Path
    record: Record
    fingerprints: bytes = field(repr=False)
    transcripts: bytes = field(repr=False)
    policy: Callable[[], RuleSet]
    health: Callable[[], Mapping[str, Any]]
    users: Callable[[], tuple[User, ...]]
    counter: Counter

    @contextmanager
    def reading(self) -> Iterator[Overview]:
        """The ledger, for one answer."""
        with Overview(self.ledger) as reader:
            yield reader

    def look_up(self, value: str, visitor: Visitor) -> list[dict[str, Any]]:
        """Where a value travelled. That somebody asked is on record before it is told; the value never is."""
        print_of = Fingerprinter(self.fingerprints)(value)
        with self.reading() as reader:
            found = reader.where([print_of])
        self.record.append_now(
            "looked-up",
            {
                "by": visitor.name,
                "at": time.time(),
                "fingerprint": print_of,
                "found": len(found),
                "through": "console",
            },
        )
        return found

    def exchange(self, name: str, visitor: Visitor) -> dict[str, Any] | None:
        """An exchange, if it is there and the visitor may see it."""
        with self.reading() as reader:
            found = reader.exchange(name)
        mine = found is not None and (visitor.sees is None or found["actor"] == visitor.sees)
        return found if mine else None

    def kept(self, session: str, actor: str | None) -> tuple[dict[tuple[str, str], Any], str | None]:
        """What is kept of a session's texts, by exchange and direction; and why it cannot be read, if so."""
        found: dict[tuple[str, str], Any] = {}
        try:
            with self.reading() as reader:
                for exchange, direction, said in reader.transcripts(session, self.transcripts, actor=actor):
                    found[exchange, direction] = said
        except LedgerError as error:
            return found, str(error)
        return found, None


def watching(warnings: list[dict[str, Any]]) -> dict[str, int]:
    """How often each rule that is not enforced would have done something, by its id."""
    hits: dict[str, int] = {}
    for row in warnings:
        rule, found, _ = str(row["says"]).partition(UNENFORCED)
        if found:
            hits[rule] = hits.get(rule, 0) + row["times"]
    return hits
