"""What was scanned, put into mitmproxy's messages: headers, bodies and streams."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mitmproxy import http
from mitmproxy.net.http.status_codes import RESPONSES

from hushgate.replies.reply import Reply
from hushgate.requests.inbound import Written
from hushgate.requests.outbound import OF_THE_BODY, Outbound
from hushgate.requests.rerouting import Destination


def put(out: Written, into: http.Request) -> None:
    """Leave in a request what was scanned, or the edited form of it, and nothing else."""
    came = Outbound(into.path, tuple(into.headers.items(multi=True)), into.raw_content or b"")
    goes = came.with_written(out)
    if goes.target != came.target:
        into.path = goes.target
    if goes.headers != came.headers:
        into.headers = _headers(goes.headers)
    if out.body is not None:
        into.raw_content = goes.body
    into.trailers = None  # Nobody has scanned them.


def redirect(request: http.Request, to: Destination) -> None:
    """Send a request to another host."""
    request.scheme = to.endpoint.scheme
    request.port = 443 if request.scheme == "https" else 80
    request.host = to.host


def replace_headers(response: http.Response, headers: Sequence[tuple[str, str]]) -> None:
    """Put these headers into a reply, and the usual words for its status: a provider may write anything there."""
    response.reason = RESPONSES.get(response.status_code, "")
    if tuple(response.headers.items(multi=True)) != tuple(headers):
        response.headers = _headers(headers)


def _headers(pairs: Sequence[tuple[str, str]]) -> http.Headers:
    return http.Headers(
        [(name.encode("utf-8", "surrogateescape"), value.encode("utf-8", "surrogateescape")) for name, value in pairs]
    )


def replace_body(message: http.Message, body: bytes) -> None:
    """Give a message another body, and no header that speaks of the old one."""
    for header in (*OF_THE_BODY, "transfer-encoding"):
        message.headers.pop(header, None)
    message.raw_content = body
    message.headers["content-length"] = str(len(body))


def stream(reply: Reply) -> Callable[[bytes], list[bytes]]:
    """mitmproxy's stream callable. b"" would end an HTTP/1 body, so nothing is an empty list."""

    def pump(chunk: bytes) -> list[bytes]:
        try:
            out = reply.feed(chunk) if chunk else reply.finish()
        except BaseException as failure:  # Whatever escaped here would leave the client hanging.
            out = reply.stop(failure)
        return [out] if out else []

    return pump
