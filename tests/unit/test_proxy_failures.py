from __future__ import annotations

import json

import pytest
from mitmproxy.net.http import http1
from mitmproxy.proxy.layers.http import _http1, _http2

from hushgate.proxy.egress import Blocked
from hushgate.proxy.failures import body, install, response


@pytest.mark.parametrize(
    ("status", "message", "code", "says"),
    [
        (413, "Request body exceeds mitmproxy's body_size_limit.", "request_too_large", "limits.body_bytes"),
        (431, "", "request_too_large", "headers"),
        (400, "Received 'x: secret' from client", "malformed_request", "no valid HTTP"),
        (502, "[Errno 111] Connect call failed ('10.0.0.7', 443)", "provider_unreachable", "connection refused"),
        (502, "[Errno -2] Name or service not known", "provider_unreachable", "cannot be resolved"),
        (502, "Multiple exceptions: [Errno 111] a, [Errno 101] b", "provider_unreachable", "connection refused"),
        (502, "Certificate verify failed: unable to get local issuer certificate", "provider_untrusted", "issuer"),
        (502, "Certificate verify failed: <b>secret@example.com</b>", "provider_unreachable", "broke off"),
        (502, "The remote server does not speak TLS.", "provider_unreachable", "TLS handshake"),
        (502, "server closed connection", "provider_unreachable", "closed the connection"),
        (502, "unexpected server response: b'secret@example.com'", "bad_reply", "no valid HTTP"),
        (502, "HTTP/1 protocol error: illegal chunk b'secret@example.com'", "bad_reply", "no valid HTTP"),
        (502, "stream reset by client (secret)", "provider_unreachable", "broke off"),
        (502, "Response body exceeds mitmproxy's body_size_limit.", "reply_too_large", "limits.body_bytes"),
        (502, "Connection killed: hushgate: no. hint: none", "destination_refused", "no"),
        (502, str(Blocked("it leads inside", "list the range")), "destination_refused", "inside"),
    ],
)
def test_what_is_told(status: int, message: str, code: str, says: str) -> None:
    error = json.loads(body(status, message))["error"]
    assert error["code"] == code
    assert says in error["message"]
    assert error["message"].startswith("hushgate: ")
    assert "hint: " in error["message"]
    assert "secret" not in error["message"]
    assert "10.0.0.7" not in error["message"]


def test_an_http1_response_is_whole() -> None:
    head, _, content = response(502, "x").partition(b"\r\n\r\n")
    read = http1.read_response_head(head.split(b"\r\n"))
    assert read.status_code == 502
    assert read.headers["content-type"] == "application/json"
    assert int(read.headers["content-length"]) == len(content)


def test_it_takes_the_place_of_mitmproxys_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http1, "make_error_response", _http1.make_error_response)
    monkeypatch.setattr(_http2, "format_error", _http2.format_error)
    install()
    assert _http1.make_error_response(400) == response(400)
    assert _http2.format_error(400, "") == body(400, "")
