"""What a reply works with, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from hushgate.files import Contents, Document
from hushgate.policy.rules import RuleSet
from hushgate.replies.channel import Detector
from hushgate.requests.signed import SignedTexts
from hushgate.transform.placeholders import Placeholders
from hushgate.values import Decision


class Documents(Protocol):
    """Reads documents, in their order; what could not be judged is a fault."""

    async def read(self, files: Sequence[Document], *, scope: str) -> Sequence[Contents]: ...


class Ledger(Protocol):
    def append_soon(self, kind: str, payload: dict[str, object], transcript: bytes | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class ReplyKit:
    """What a reply needs from the gate. `rules` are those that decided the request, `limit` is decoded bytes.

    `remember` is told the names under which the provider keeps the reply. `documents` reads
    those of a reply that is collected, with `ocr` images, too.
    """

    detector: Detector
    rules: RuleSet
    placeholders: Placeholders
    ledger: Ledger
    enforce: bool
    strict: bool
    transcripts: str
    limit: int
    clock: Callable[[], float]
    remember: Callable[[Sequence[str]], None]
    signed: SignedTexts
    documents: Documents | None = None
    ocr: bool = False


class Cut(Exception):
    """The reply may not go on."""

    def __init__(self, decision: Decision) -> None:
        super().__init__("cut")
        self.decision = decision
