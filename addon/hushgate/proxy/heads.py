"""What the head of a message has to say: one host, one length, and nothing of a body that was changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mitmproxy import http
from mitmproxy.net.http.status_codes import RESPONSES

from hushgate.proxy.egress import check_names

CHANGED_BODY: Final = ("content-encoding", "content-md5", "digest", "content-digest", "repr-digest", "etag")


def misdirected(flow: http.HTTPFlow, connected: str) -> str | None:
    """What differs in the names of a request, its target's included (RFC 9112, 3.2.2); None if nothing does."""
    request, sni = flow.request, flow.client_conn.sni
    names = [request.authority] if request.is_http2 else request.headers.get_all("host")
    if len(names) != 1:
        return "the request has not exactly one host"
    if not request.path.startswith("/") and request.path != "*":
        return "the request's target is no path"
    target = check_names(connected, sni, request.authority) if request.authority else None
    return target or check_names(connected, sni, names[0])


def say_length(request: http.Request) -> None:
    """Have the head say how long the body is, as HTTP/2 need not.

    mitmproxy hands such a request on to an HTTP/1 provider as it is: the body
    would be read as further requests, which nobody has judged.
    """
    length = str(len(request.raw_content or b""))
    headers = request.headers
    if "transfer-encoding" in headers or (length == "0" and "content-length" not in headers):
        return
    if headers.get_all("content-length") != [length]:
        headers["content-length"] = length


def replace_headers(response: http.Response, headers: Sequence[tuple[str, str]]) -> None:
    """Put these headers into a reply, and the usual words for its status: a provider may write anything there."""
    response.reason = RESPONSES.get(response.status_code, "")
    if tuple(response.headers.items(multi=True)) != tuple(headers):
        response.headers = http.Headers([(_raw(name), _raw(value)) for name, value in headers])


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def replace_body(message: http.Message, body: bytes) -> None:
    """Put another body into a message."""
    for header in (*CHANGED_BODY, "transfer-encoding"):
        message.headers.pop(header, None)
    message.raw_content = body
    message.headers["content-length"] = str(len(body))
