"""What a client is told when its exchange breaks outside of the hooks, and who broke it.

mitmproxy answers with a page of HTML that repeats the error's text, and some
of those texts quote bytes of the reply, which nobody has scanned. `install`
puts JSON in its place, in words of our own. Its `error` hook does not tell
whether the client left or the provider failed; `left` does.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any, Final

from mitmproxy import http
from mitmproxy.net.http import http1
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import http as layers
from mitmproxy.proxy.layers.http._events import ErrorCode, RequestProtocolError

LEFT: Final = "hushgate.left"
OURS: Final = "hushgate: "
_ERRNO: Final = re.compile(r"\[Errno (-?[0-9]+)\]")
_CERTIFICATE: Final = re.compile(r"Certificate verify failed: ([A-Za-z ,()'-]{1,80})\Z")


def told(status: int, message: str) -> tuple[str, str]:
    """An error's code, and what is said of it with a hint. `message` is mitmproxy's; none of its bytes are repeated."""
    if status == 413:
        return "request_too_large", (
            "this request's body is larger than limits.body_bytes allows, so nothing was forwarded. "
            "hint: send less, or raise the limit in hushgate.yaml"
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
    return "provider_unreachable", f"{_reach(message)}. hint: see whether the provider answers without the gate"


def _reach(message: str) -> str:
    if found := _ERRNO.search(message):
        number = int(found[1])
        why = "its name cannot be resolved" if number < 0 else os.strerror(number).lower()
        return f"the provider could not be reached ({why})"
    if "TLS" in message or "OpenSSL" in message or "SSL" in message:
        return "the provider could not be reached (the TLS handshake failed)"
    if message == "server closed connection":
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


def left(flow: http.HTTPFlow) -> bool:
    """Whether it was the client that ended a broken exchange: its connection, or over HTTP/2 its stream."""
    return not flow.client_conn.connected or bool(flow.metadata.get(LEFT))


class Stream(layers.HttpStream):
    """mitmproxy's, which notes on the flow that the client left."""

    def handle_protocol_error(self, event: Any) -> CommandGenerator[None]:
        self._note(event)
        yield from super().handle_protocol_error(event)

    def check_killed(self, emit_error_hook: bool) -> CommandGenerator[bool]:
        for event in self._paused_event_queue:  # It left while a hook was running.
            self._note(event)
        return (yield from super().check_killed(emit_error_hook))

    def _note(self, event: object) -> None:
        if isinstance(event, RequestProtocolError) and (
            event.code in {ErrorCode.CANCEL, ErrorCode.CLIENT_DISCONNECTED}
            or event.message.startswith("stream reset by client")
        ):
            self.flow.metadata[LEFT] = True


def install() -> None:
    """Replace mitmproxy's error pages and note who broke what, for the whole process."""
    http_layers: Any = layers
    http_layers.HttpStream = Stream
    http_layers._http1.make_error_response = response
    http_layers._http2.format_error = body
