"""The other end of an exchange: a job brings its token to the gate, through the proxy that the gate is."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

from ..errors import StateError
from .exchange import HOST, PATH, Given
from .form import Asked, write

SECONDS: Final = 30.0
MOST_BYTES: Final = 64 * 1024


class NoExchange(StateError):
    """The gate takes no CI job's token."""


def ask(proxy: str, asked: Asked) -> Given:
    """Exchange a token at the gate behind `proxy` (http://HOST:PORT); StateError with the gate's reason."""
    request = urllib.request.Request(f"http://{HOST}{PATH}", write(asked), method="POST")  # noqa: S310 - no other scheme
    request.set_proxy(_parts(proxy).netloc, _parts(proxy).scheme)
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=SECONDS) as answer:
            said = json.loads(answer.read(MOST_BYTES))
        return Given(said["name"], said["access_token"], int(said["expires_in"]), {}, said.get("scope", ""))
    except urllib.error.HTTPError as refused:
        if refused.code == 404:
            raise NoExchange(_reason(refused), hint="the gate has no `workloads`") from None
        raise StateError(_reason(refused), hint="docs/identity.md tells what a gate asks of a token") from None
    except OSError as why:
        raise StateError(f"no gate answers at that address ({type(why).__name__})", hint="check --proxy") from None
    except (ValueError, TypeError, KeyError):
        raise StateError("what answers there is no gate", hint="check --proxy") from None


def proxy_url(proxy: str, name: str, token: str) -> str:
    """What a program's HTTPS_PROXY is to be."""
    parts = _parts(proxy)
    return str(urlunsplit((parts.scheme, f"{quote(name)}:{quote(token)}@{parts.netloc}", "", "", "")))


def _parts(proxy: str) -> Any:
    parts = urlsplit(proxy)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise StateError("this is no gate's address", hint="write --proxy http://HOST:PORT, or https://")
    return parts


def _reason(refused: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(refused.read(MOST_BYTES))["error_description"])
    except (OSError, ValueError, TypeError, KeyError):
        return f"the gate answered {refused.code}"
