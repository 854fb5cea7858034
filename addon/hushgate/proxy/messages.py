"""What was scanned, put into mitmproxy's messages: headers, bodies and streams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from mitmproxy import http
from mitmproxy.net.http.status_codes import RESPONSES

from hushgate.inbound import Written
from hushgate.replies import Reply

CHANGED_BODY: Final = ("content-encoding", "content-md5", "digest", "content-digest", "repr-digest", "etag")
"""Headers that are about bytes which are no longer the body's."""


def put(out: Written, into: http.Request) -> None:
    """Leave in a request what was scanned, or the edited form of it, and nothing else."""
    if out.target is not None:
        into.path = out.target
    if out.headers is not None:
        into.headers = _headers(out.headers)
    if out.body is not None:
        replace_body(into, out.body)
    _frame(into)
    into.trailers = None  # Nobody has scanned them.


def _frame(request: http.Request) -> None:
    """Say how long the body is: one that came over HTTP/2, or in chunks, need not say it.

    HTTP/1 takes bytes behind a request that does not say it for the next request, which nobody would have read.
    """
    chunked = request.headers.pop("transfer-encoding", None)
    if request.raw_content or chunked or "content-length" in request.headers:
        request.headers["content-length"] = str(len(request.raw_content or b""))


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
    for header in (*CHANGED_BODY, "transfer-encoding"):
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
