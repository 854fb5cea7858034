"""Log-ins that an OpenID provider vouches for: what a browser carries on its way, and who comes back.

The cookie is sealed (authenticated encryption, with its time) under a key that ends with the gate: the gate
remembers nothing of log-ins that were begun, and of those that came back only that they did.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Final
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken

from hushgate.errors import Malformed
from hushgate.identity.arriving import arrive
from hushgate.identity.issuers import fetcher
from hushgate.identity.oidc import Arrived, Oidc, Pending
from hushgate.identity.single import SignOn, load_sign_on, roles_of
from hushgate.settings import Settings
from hushgate.users import Users

FLOW_SECONDS: Final = 600
"""How long somebody may take at the provider."""
MOST_USED: Final = 10_000
_STALE: Final = "this log-in was begun too long ago, in another browser, or before the gate was started anew"


def open_provider(settings: Settings, users: Users, key: bytes, environ: Mapping[str, str]) -> Provider | None:
    """The provider that the settings name, None without one; ConfigError where its file cannot be used."""
    if settings.login is None:
        return None
    host, port = settings.console or ("127.0.0.1", 0)
    url = settings.console_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    sign_on = load_sign_on(settings.login, environ, url)
    return Provider(sign_on, Oidc(sign_on, fetcher(settings.egress.upstream_ca, sign_on.ca)), users, key)


@dataclass(slots=True)
class Provider:
    """The provider of one console. `key` is the tokens key. For any thread; blocks while it asks the provider."""

    sign_on: SignOn
    oidc: Oidc
    users: Users
    key: bytes = field(repr=False)
    _seal: Fernet = field(default_factory=lambda: Fernet(Fernet.generate_key()), repr=False)
    _used: OrderedDict[str, None] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def host(self) -> str:
        """What the log-in page calls the provider."""
        return urlsplit(self.sign_on.issuer).hostname or ""

    def begin(self, onward: str) -> tuple[str, str]:
        """Where to send a browser, and the cookie that it has to bring back."""
        place, pending = self.oidc.begin()
        return place, self._seal.encrypt(json.dumps([onward, *astuple(pending)]).encode()).decode()

    def begun(self, cookie: str) -> tuple[str, Pending]:
        """Where to go on to, and what was begun; Malformed for a cookie that is none of ours, or too old."""
        try:
            onward, *pending = json.loads(self._seal.decrypt(cookie.encode(), FLOW_SECONDS))
        except (InvalidToken, ValueError):
            raise Malformed(_STALE) from None
        return onward, Pending(*pending)

    def finish(self, pending: Pending, answer: dict[str, str]) -> tuple[Arrived, str]:
        """Who came back, and the user that is; Malformed for whoever is not to be let in. Good for one try."""
        with self._lock:
            if pending.state in self._used:
                raise Malformed(_STALE)
            self._used[pending.state] = None
            while len(self._used) > MOST_USED:
                self._used.popitem(last=False)
        arrived = self.oidc.finish(pending, answer)
        who, roles = (self.sign_on.issuer, arrived.subject), roles_of(self.sign_on, arrived.groups)
        groups = [group.removeprefix("/") for group in arrived.groups]
        return arrived, arrive(self.users, self.key, who, arrived.name, groups, roles)
