"""The keys of an issuer: fetched where it says (OpenID Connect Discovery 1.0, section 4), kept an hour, never longer.

A key that is not known is asked for once more, at most every minute: issuers
change their keys, and anybody can send a name that there is not. What cannot
be fetched refuses; nothing of a former answer lives on.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Protocol

from ..errors import StateError
from .jws import Key, keys_of

LIFE_SECONDS: Final = 3600.0
AGAIN_SECONDS: Final = 60.0
FETCH_SECONDS: Final = 10.0
MOST_BYTES: Final = 1024 * 1024
DISCOVERY: Final = "/.well-known/openid-configuration"


class Straight(urllib.request.HTTPRedirectHandler):
    """An issuer's documents are where it says, and nowhere else."""

    def redirect_request(self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


class Fetch(Protocol):
    """Gets a document over TLS; with a `form`, by POST. StateError where that fails."""

    def __call__(self, url: str, form: bytes | None = None, headers: Mapping[str, str] | None = None, /) -> bytes: ...


def fetcher(*cas: Path | None) -> Fetch:
    """Gets documents, trusting the system's roots and `cas`."""

    def fetch(url: str, form: bytes | None = None, headers: Mapping[str, str] | None = None, /) -> bytes:
        if not url.startswith("https://"):
            raise StateError("an issuer's keys are fetched over https alone")
        try:
            context = ssl.create_default_context()
            for ca in cas:
                if ca is not None:
                    context.load_verify_locations(ca)
            opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), Straight())
            request = urllib.request.Request(url, form, dict(headers or {}))  # noqa: S310 - https, above
            with opener.open(request, timeout=FETCH_SECONDS) as answer:
                raw: bytes = answer.read(MOST_BYTES + 1)
        except urllib.error.HTTPError as refused:
            raise StateError(f"{url} answered {refused.code}{_reason(refused)}") from None
        except (OSError, ValueError) as why:
            raise StateError(f"{url} cannot be fetched ({type(why).__name__})") from None
        if len(raw) > MOST_BYTES:
            raise StateError(f"{url} is too large")
        return raw

    return fetch


def _reason(refused: urllib.error.HTTPError) -> str:
    """The error code of an OAuth endpoint (RFC 6749, 5.2), where it is one."""
    try:
        said = str(json.loads(refused.read(MOST_BYTES))["error"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ""
    return f" ({said})" if len(said) <= 40 and said.isascii() and said.replace("_", "").isalpha() else ""


@dataclass(slots=True)
class Issuer:
    """One issuer's keys. `place` is an https URL, a file, or "" where discovery tells. Blocks; for any thread."""

    name: str
    place: str
    fetch: Fetch | Callable[[str], bytes] = field(repr=False)
    clock: Callable[[], float] = time.monotonic
    _keys: dict[str, Key] = field(default_factory=dict, repr=False)
    _fetched: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def key(self, kid: str) -> Key | None:
        """The key of that name, None if the issuer has none; StateError or Malformed where that cannot be told."""
        with self._lock:
            age = None if self._fetched is None else self.clock() - self._fetched
            if age is None or age > LIFE_SECONDS or (kid not in self._keys and age > AGAIN_SECONDS):
                self._keys, tried = {}, self.clock()
                try:
                    self._keys = keys_of(self._document())
                finally:
                    self._fetched = tried
            return self._keys.get(kid)

    def _document(self) -> bytes:
        if self.place and not self.place.startswith("https://"):
            try:
                return Path(self.place).read_bytes()
            except OSError as why:
                raise StateError(f"{self.place} cannot be read ({why.strerror})") from None
        return self.fetch(self.place or self._discovered())

    def _discovered(self) -> str:
        """The URL of the keys; the document has to name the issuer that was asked (section 4.3)."""
        try:
            said = json.loads(self.fetch(self.name.rstrip("/") + DISCOVERY))
            place, named = said["jwks_uri"], said["issuer"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise StateError(f"{self.name} does not say where its keys are") from None
        if named != self.name or not isinstance(place, str):
            raise StateError(f"{self.name} speaks for another issuer")
        return place
