"""The gate's own address, behind itself: a CI job brings a signed token and gets a ticket (RFC 8693).

A client asks `http://gate.hushgate.invalid/token` through the proxy it knows anyway. `.invalid` is no name of
anybody's (RFC 6761, 6.4): where no gate answers, the token goes nowhere.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Final

from mitmproxy import http

from hushgate.errors import HushgateError, Malformed
from hushgate.identity.exchange import HOST, PATH, Exchange
from hushgate.identity.form import Unfit, read
from hushgate.identity.pace import Pace, host
from hushgate.proxy.clients import address_of
from hushgate.proxy.guard import Verdict, give
from hushgate.replies.kit import Ledger

LARGEST: Final = 32 * 1024
ASKED: Final = "hushgate.exchange"
WRONG_TRIES: Final = 20
WRONG_SECONDS: Final = 60.0


class Issuing:
    """Answers exchanges. `exchange` is None where this gate has no workloads."""

    def __init__(self, exchange: Exchange | None, ledger: Ledger, clock: Callable[[], float]) -> None:
        self._exchange = exchange
        self._ledger = ledger
        self._clock = clock
        self._pace = Pace(time.monotonic, tries=WRONG_TRIES, seconds=WRONG_SECONDS)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Answer a request to the gate itself, or have its body read; others are the gate addon's."""
        if flow.request.host != HOST or flow.client_conn.tls_established:
            return
        flow.metadata[ASKED] = True
        flow.request.stream = False
        length = flow.request.headers.get("content-length", "")
        if self._exchange is None or flow.request.method != "POST" or flow.request.path != PATH:
            _answer(flow, 404, "invalid_request", f"there is nothing but POST {PATH}, where it is configured")
        elif not length.isascii() or not length.isdigit() or int(length) > LARGEST:
            _answer(flow, 413, "invalid_request", "a body of up to 32 KiB with its length is expected")
        elif (wait := self._pace.waits(host(address_of(flow)))) > 0:
            _answer(flow, 429, "slow_down", "too many tokens of this address were refused", retry=int(wait) + 1)
        else:
            give(flow, Verdict.READ_BODY)

    async def request(self, flow: http.HTTPFlow) -> None:
        """Exchange a token, or say why not; the token is in no answer and no record."""
        if flow.response is not None or not flow.metadata.get(ASKED) or self._exchange is None:
            return
        try:
            given = await asyncio.to_thread(self._exchange.take, read(flow.request.raw_content or b""))
        except Malformed as why:
            self._pace.wrong(host(address_of(flow)))
            hint = f". hint: {why.hint}" if why.hint else ""
            _answer(flow, 400, why.code if isinstance(why, Unfit) else "invalid_request", f"{why}{hint}")
            return
        except HushgateError as why:
            _answer(flow, 503, "temporarily_unavailable", str(why), retry=5)
            return
        self._ledger.append_soon(
            "exchanged",
            {
                "at": self._clock(),
                "actor": given.name,
                "token": given.id,
                "scope": given.scope,
                "seconds": given.seconds,
                "claims": dict(given.claims),
            },
        )
        _reply(
            flow,
            200,
            {
                "access_token": given.token,
                "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "token_type": "N_A",
                "expires_in": given.seconds,
                "name": given.name,
                **({"scope": given.scope} if given.scope else {}),
            },
        )


def _answer(flow: http.HTTPFlow, status: int, error: str, says: str, retry: int | None = None) -> None:
    _reply(flow, status, {"error": error, "error_description": f"hushgate: {says}"}, retry)


def _reply(flow: http.HTTPFlow, status: int, said: dict[str, object], retry: int | None = None) -> None:
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    if retry is not None:
        headers["retry-after"] = str(retry)
    flow.response = http.Response.make(status, json.dumps(said).encode(), headers)
    give(flow, Verdict.REFUSE)
