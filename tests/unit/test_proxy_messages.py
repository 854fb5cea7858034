"""What leaves says how long it is, and carries nothing that nobody read."""

from __future__ import annotations

import pytest
from mitmproxy import http
from mitmproxy.test import tutils

from hushgate.proxy import messages
from hushgate.requests.inbound import AsItCame, Written


def request(body: bytes, **headers: str) -> http.Request:
    given = http.Headers([(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()])
    return tutils.treq(content=body, headers=given, trailers=http.Headers(x_note="unread"))


@pytest.mark.parametrize("out", [AsItCame, Written(b"a body")])
@pytest.mark.parametrize("headers", [{}, {"transfer_encoding": "chunked"}, {"content_length": "6"}])
def test_a_body_goes_with_its_length(out: Written, headers: dict[str, str]) -> None:
    made = request(b"a body", **headers)
    messages.put(out, made)
    assert made.headers.get_all("content-length") == ["6"]
    assert "transfer-encoding" not in made.headers
    assert made.trailers is None


def test_no_body_stays_none_and_empty_chunks_say_so() -> None:
    made = request(b"")
    messages.put(AsItCame, made)
    assert "content-length" not in made.headers
    made = request(b"", transfer_encoding="chunked")
    messages.put(AsItCame, made)
    assert made.headers["content-length"] == "0"


def test_edits_replace_target_headers_and_body() -> None:
    made = request(b"old", content_encoding="gzip", etag="of the old", x_keep="1")
    messages.put(Written(b"other", "/v1/other?q=1", (("x-note", "masked"), ("content-encoding", "gzip"))), made)
    assert made.path == "/v1/other?q=1"
    assert list(made.headers.fields) == [(b"x-note", b"masked"), (b"content-length", b"5")]
    assert made.raw_content == b"other"


@pytest.mark.parametrize(
    ("before", "body", "after"),
    [
        ({}, b"abc", {"content-length": "3"}),
        ({}, b"", {}),
        ({"content-length": "3"}, b"abc", {"content-length": "3"}),
        ({"content-length": "+3"}, b"abc", {"content-length": "3"}),
        ({"content-length": "3"}, b"", {"content-length": "0"}),
        ({"transfer-encoding": "chunked"}, b"abc", {"content-length": "3"}),
    ],
)
def test_a_request_says_its_length_once(before: dict[str, str], body: bytes, after: dict[str, str]) -> None:
    made = http.Request.make("POST", "https://api.openai.com/", b"", before)
    made.headers = http.Headers([(k.encode(), v.encode()) for k, v in before.items()])
    made.raw_content = body
    messages.put(Written(), made)
    assert dict(made.headers) == after
