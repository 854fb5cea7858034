"""What the rest of the gate sees of a ledger."""

from __future__ import annotations

from typing import Final, Protocol

KINDS: Final = frozenset(
    {
        "chain-opened",  # the first of every chain: who writes, and where the chains before it ended
        "chain-closed",  # the last of a chain that ended well
        "opened",  # a request was read and decided on; durable before it leaves
        "forwarded",  # its body went to the provider
        "refused",  # the client got a refusal instead
        "closed",  # its reply ended, somehow
        "tunnel",  # bytes passed through to a host that is not governed; or a WebSocket ended, and what it carried
        "config-changed",  # other rules or settings are in force now
        "exchanged",  # a CI job's signed token, for a proxy token
        "logged-in",  # someone came into the console, and how
        "logged-out",  # and left it
        "login-failed",  # or tried to
        "looked-up",  # someone asked where a value travelled
        "exported",  # someone took records away
        "approval",  # asked, approved, rejected, expired
        "grant",  # given, used, revoked
        "deputy",  # somebody named who decides in his place, or nobody any more
        "notified",  # approvers were told of something, or could not be
        "pruned",  # records were erased, and which
        "dropped",  # records that nothing waited for were lost while the disk failed, and how many
    }
)


class Ledger(Protocol):
    """Takes events. Payloads are JSON-ready and belong to the ledger from the call on."""

    async def append(self, kind: str, payload: dict[str, object], transcript: bytes | None = None) -> None:
        """Return when the event is on disk; LedgerError when it is not, and then nothing may be forwarded."""

    def append_soon(self, kind: str, payload: dict[str, object], transcript: bytes | None = None) -> None:
        """Write the event shortly. If that fails, `append` raises until it has been made good."""

    @property
    def healthy(self) -> bool:
        """Whether the last write succeeded."""
