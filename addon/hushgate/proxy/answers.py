"""The answers hushgate gives itself. What happened, why, what to do; never what was sent."""

from __future__ import annotations

import json
from typing import Final

from mitmproxy import http

from hushgate.wire.base import Refusal
from hushgate.wire.registry import dialect

RETRY_AFTER: Final = "5"
REALM: Final = 'Basic realm="hushgate"'


def refusal(said: Refusal, format: str) -> http.Response:
    """A refusal in the error shape of the provider that was asked."""
    answer = dialect(format).refusal(said)
    headers = dict(answer.headers) | {"x-hushgate-decision": said.decision_id, "x-should-retry": "false"}
    if said.status == 503:
        headers["retry-after"] = RETRY_AFTER
    return http.Response.make(answer.status or said.status, answer.body, headers)


def _plain(status: int, code: str, message: str, **headers: str) -> http.Response:
    error = {"type": code, "code": code, "param": None, "message": message}
    body = json.dumps({"type": "error", "error": error, "message": message}).encode()
    named = {"content-type": "application/json", "x-should-retry": "false"}
    return http.Response.make(status, body, named | {k.replace("_", "-"): v for k, v in headers.items()})


def credentials_needed(*, certified: bool = False) -> http.Response:
    """407: this gate has users, and none was named with a good token, or by the certificate that was shown."""
    if certified:
        return _plain(
            407,
            "proxy_authentication_required",
            "hushgate: the certificate that this client shows is no user's, or another's than the credentials. "
            "hint: `hushgate users list` has the users; clients.names says where a certificate names one of them",
            proxy_authenticate=REALM,
        )
    return _plain(
        407,
        "proxy_authentication_required",
        "hushgate: this gate wants a user and a token. "
        "hint: set HTTPS_PROXY=http://NAME:TOKEN@HOST:PORT; `hushgate users add NAME` makes a token, `users ticket` "
        "and, in CI, `users exchange` a new one where it has expired",
        proxy_authenticate=REALM,
    )


def too_many_wrong(seconds: float) -> http.Response:
    """429 (RFC 6585, 4): credentials were wrong too often, and are not looked at for so long."""
    return _plain(
        429,
        "too_many_wrong_credentials",
        "hushgate: wrong proxy credentials came too often, so these were not looked at. "
        "hint: mend the token in HTTPS_PROXY, and wait as long as Retry-After says",
        retry_after=str(int(seconds) + 1),
    )


def turned_away(reason: str, hint: str) -> http.Response:
    """403 for a tunnel or request that may not go where it wants to."""
    return _plain(403, "destination_refused", f"hushgate: {reason}. hint: {hint}")


def out_of_scope(reason: str, scope: str, wanted: str) -> http.Response:
    """403 for what a token does not reach. `scope` says what it is good for, `wanted` what is to be asked for."""
    return _plain(
        403,
        "out_of_scope",
        f"hushgate: {reason}; it is {scope}. hint: ask for one with `hushgate users ticket NAME --endpoint {wanted}`, "
        "from the network it is to be used in; in CI with `hushgate users exchange`",
    )


def misdirected(reason: str) -> http.Response:
    """421 (RFC 9110, 15.5.20): the names of one request disagree."""
    return _plain(
        421,
        "misdirected_request",
        f"hushgate: {reason}, so nothing was forwarded. hint: use one host name for the tunnel, TLS and the request",
    )


def unknown_method() -> http.Response:
    """405: nothing but the usual methods goes to a governed host."""
    return _plain(
        405,
        "method_refused",
        "hushgate: this method is not known, so nothing was forwarded. hint: use GET, POST, PUT, PATCH or DELETE",
        allow="GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    )


def no_upgrade(why: str) -> http.Response:
    """426 (RFC 9110, 15.5.22): clients fall back to plain requests on it."""
    return _plain(
        426,
        "upgrade_refused",
        f"hushgate: {why}, so nothing was forwarded. hint: use the provider's HTTP API",
    )


def stopping() -> http.Response:
    """The gate stops, and a request came too late."""
    what = "hushgate stops, so nothing was forwarded. hint: try again once it runs"
    return _plain(503, "gate_stopping", what, retry_after="5")
