"""What a client is told when its exchange breaks outside of the hooks.

mitmproxy answers with a page of HTML that repeats the error's text, and some
of those texts quote bytes of the reply, which nobody has scanned. `install`
puts JSON in its place, in words of our own.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any, Final

from mitmproxy import http
from mitmproxy.net.http import http1
from mitmproxy.proxy.layers.http import _http1, _http2

OURS: Final = "hushgate: "
_ERRNO: Final = re.compile(r"\[Errno (-?[0-9]+)\]")
_NOT_HTTP: Final = (
    "Cannot parse HTTP response", "unexpected server response", "HTTP/1 protocol error", "HTTP/2 protocol error",
    "Received ",
)  # fmt: skip
_CERTIFICATE: Final = re.compile(r"Certificate verify failed: ([A-Za-z ,()'-]{1,80})\Z")


def told(status: int, message: str) -> tuple[str, str]:
    """An error's code, and what is said of it with a hint. `message` is mitmproxy's; none of its bytes are repeated."""
    if status == 413:
        return "request_too_large", (
            "this request's body is larger than limits.body_bytes allows, so nothing was forwarded. "
            "hint: send less, or raise the limit in hushgate.yaml"
        )
    if status == 431:
        return "request_too_large", (
            "this request's headers are larger than any server takes, so nothing was forwarded. hint: send less"
        )
    if status < 500:
        return "malformed_request", (
            "this is no valid HTTP request, so nothing was forwarded. hint: check what the client sends"
        )
    _, ours, said = message.partition(OURS)
    if ours:
        return "destination_refused", said
    if found := _CERTIFICATE.match(message):
        return "provider_untrusted", (
            f"the provider's certificate cannot be trusted ({found[1].strip()}), so nothing was sent to it. "
            "hint: a provider with a CA of its own needs egress.upstream_ca; else see who stands between"
        )
    if "body_size_limit" in message:
        return "reply_too_large", (
            "the provider's reply is larger than limits.body_bytes allows. hint: raise the limit in hushgate.yaml"
        )
    if message.startswith(_NOT_HTTP):
        return "bad_reply", (
            "the provider's reply is no valid HTTP, so it was stopped. hint: see who answers in the provider's place"
        )
    return "provider_unreachable", f"{_reach(message)}. hint: see whether the provider answers without the gate"


def _reach(message: str) -> str:
    if found := _ERRNO.search(message):
        number = int(found[1])
        why = "its name cannot be resolved" if number < 0 else os.strerror(number).lower()
        return f"the provider could not be reached ({why})"
    if "TLS" in message or "OpenSSL" in message or "SSL" in message:
        return "the provider could not be reached (the TLS handshake failed)"
    if "closed connection" in message or "connection closed" in message:
        return "the provider closed the connection before its reply was complete"
    return "the exchange with the provider broke off"


def body(status: int, message: str) -> bytes:
    """The error as JSON, in the shape most SDKs read."""
    code, says = told(status, message)
    error = {"type": code, "code": code, "param": None, "message": f"hushgate: {says}"}
    return json.dumps({"type": "error", "error": error, "message": error["message"]}).encode()


def response(status: int, message: str = "") -> bytes:
    """The whole HTTP/1 response; the connection closes behind it."""
    headers = {"content-type": "application/json", "connection": "close"}
    raw: bytes = http1.assemble_response(http.Response.make(status, body(status, message), headers))
    return raw


def install() -> None:
    """Replace mitmproxy's error pages, for the whole process."""
    one: Any = _http1
    two: Any = _http2
    one.make_error_response = response
    two.format_error = body
