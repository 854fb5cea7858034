"""What clients call themselves and their sessions, as it may go on record: without values that detection finds in it.

A user that an operator has added is called what the operator said, and an e-mail
address is a name that people log in with. A session's name, and the name that
anybody gives where there are no users, are free text: a token that stands in the
wrong place of the proxy's URL is one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from hushgate.pipeline import Pipeline
from hushgate.proxy.clients import Identity

SCOPE: Final = ";names"
"""No actor has this name: what is the same stays the same, for everybody who reads the record."""
KNOWN: Final = 1024
"""Names that are remembered as they are kept."""
_OF_PEOPLE: Final = frozenset({"EMAIL_ADDRESS"})


@dataclass(slots=True)
class Names:
    """Names as they are kept, by the rules in force."""

    pipeline: Pipeline
    _known: dict[tuple[frozenset[str], str], str] = field(default_factory=dict, repr=False)
    _by: object = None

    def of(self, identity: Identity | None, *, verified: bool) -> Identity | None:
        """An identity as it may go on record. `verified`: its actor is a user that was added."""
        if identity is None:
            return None
        actor, session = identity.actor, identity.session
        if not verified:
            actor = replace(actor, name=self._kept(actor.name, _OF_PEOPLE))
        return Identity(actor, None if session is None else self._kept(session, frozenset()))

    def free_text(self, text: str) -> str:
        """What people write, as it may go on record."""
        return self._masked(text, frozenset())

    def _kept(self, name: str, fine: frozenset[str]) -> str:
        key, detector = (fine, name), self.pipeline.detector
        if key not in self._known or detector is not self._by:
            if len(self._known) >= KNOWN or detector is not self._by:
                self._known.clear()
                self._by = detector
            self._known[key] = self._masked(name, fine)
        return self._known[key]

    def _masked(self, name: str, fine: frozenset[str]) -> str:
        """A name with placeholders for its values; Unscannable where a rule fails."""
        scanner = self.pipeline.detector.stream(opaque=True)
        out = ""
        for released in (scanner.feed(name), scanner.flush()):
            at = 0
            for hit in released.hits:
                if hit.entity not in fine:
                    value = released.text[hit.start : hit.end]
                    out += released.text[at : hit.start] + self.pipeline.placeholders.token(SCOPE, hit.entity, value)
                    at = hit.end
            out += released.text[at:]
        return out
