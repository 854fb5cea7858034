"""AWS credentials that the gate may sign with: those of its environment, and profiles that it is told of.

botocore finds them (the extra `aws`), on a thread: some are fetched over the
network, and renewed. The gate's own environment is good only for clients that
have the very same key; a profile may be named for other keys of an account.
"""

from __future__ import annotations

import asyncio
import threading
from base64 import b32decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

FETCH_SECONDS: Final = 10.0
"""How long credentials may take to come."""


class NotInstalled(Exception):
    """botocore is not there."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key as botocore takes it. `origin` names the profile, "environment" for none."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(repr=False)
    origin: str = "environment"


@dataclass(slots=True)
class Wallet:
    """Credentials by access key or account. `profiles` is an access key's id, or an account -> a profile."""

    profiles: Mapping[str, str]
    environ_counts: bool = True
    _sessions: dict[str | None, Any] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    async def find(self, key_id: str) -> Credentials | None:
        """What to sign with in place of a key; None where the gate has nothing for it.

        Raises NotInstalled, TimeoutError, or what botocore raises.
        """
        profile = self.profiles.get(key_id) or self.profiles.get(account_of(key_id) or "")
        if profile is None and not self.environ_counts:
            return None
        found = await asyncio.wait_for(asyncio.to_thread(self._load, profile), FETCH_SECONDS)
        if profile is None and found is not None and found.access_key != key_id:
            return None
        return found

    def _load(self, profile: str | None) -> Credentials | None:
        with self._lock:
            session = self._sessions.get(profile)
            if session is None:
                session = self._sessions[profile] = _session(profile)
            credentials = session.get_credentials()
            if credentials is None:
                return None
            now = credentials.get_frozen_credentials()
        return Credentials(now.access_key, now.secret_key, now.token, profile or "environment")


def account_of(key_id: str) -> str | None:
    """The account that a key belongs to, twelve digits: encoded in the key's id. None for other ids."""
    try:
        raw = b32decode(key_id[4:].upper() + "=" * (-len(key_id[4:]) % 8))
    except ValueError:
        return None
    if len(key_id) != 20 or key_id[:4] not in ("AKIA", "ASIA"):
        return None
    return f"{(int.from_bytes(raw[:6], 'big') & 0x7FFFFFFFFF80) >> 7:012d}"


def _session(profile: str | None) -> Any:
    try:
        import botocore.auth
        import botocore.awsrequest  # noqa: F401 - what signs takes its time to load, too: here, on a thread
        from botocore.session import Session
    except ImportError:
        raise NotInstalled from None
    session = Session(profile=profile)
    if profile is None:
        # The machine's own role is asked for over the network, and is nobody's key but the machine's.
        session.get_component("credential_provider").remove("iam-role")
    return session
