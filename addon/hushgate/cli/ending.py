"""What lets people and the gate in, and ends soon: for `hushgate doctor`."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography import x509

from hushgate.cli.programs import Finding
from hushgate.errors import StateError
from hushgate.identity.tickets import read_tickets
from hushgate.proxy import listener
from hushgate.settings import Settings
from hushgate.state import State
from hushgate.users import read_users

SOON: Final = 7 * 86400.0
MOST_NAMED: Final = 10
_HINT: Final = "`hushgate users ticket NAME` gives another token; a user is added anew"


def examine(settings: Settings, state: State) -> Iterator[Finding]:
    """Users, their tokens, and the gate's certificate for its clients. Jobs' tickets end all the time."""
    now = time.time()
    try:
        users = [(user.name, user.expires) for user in read_users(state.users) if user.expires]
        tickets = [(f"{one.name} ({one.id})", one.expires) for one in read_tickets(state.tickets) if not one.job]
    except StateError as error:
        yield Finding("users", False, str(error), error.hint)
        return
    for what, ends in (("users", users), ("tokens", tickets)):
        soon = sorted((at, name) for name, at in ends if now < at < now + SOON)
        if soon:
            named = ", ".join(f"{name} in {_span(at - now)}" for at, name in soon[:MOST_NAMED])
            more = f" and {len(soon) - MOST_NAMED} more" if len(soon) > MOST_NAMED else ""
            yield Finding(f"{what} that end soon", None, named + more, _HINT)
    if settings.clients.certificate is not None:
        yield _certificate(settings, settings.clients.certificate, now)


def _certificate(settings: Settings, file: Path, now: float) -> Finding:
    what = "TLS to clients"
    try:
        listener.context(settings.clients)
        left = x509.load_pem_x509_certificates(file.read_bytes())[0].not_valid_after_utc.timestamp() - now
    except StateError as error:
        return Finding(what, False, str(error), error.hint)
    except (OSError, ValueError, ssl.SSLError):
        return Finding(what, False, f"{file} cannot be read", "it has to be PEM")
    if left <= 0:
        return Finding(what, False, "the gate's certificate has ended", "renew the file that clients.certificate names")
    hint = "renew the file that clients.certificate names, and restart the gate" if left < SOON else ""
    return Finding(what, True if left >= SOON else None, f"the gate's certificate ends in {_span(left)}", hint)


def _span(seconds: float) -> str:
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}" + "s" * (count > 1)
    return "less than a minute"
