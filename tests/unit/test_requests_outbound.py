"""A request as it goes out says how long it is, and nothing of bytes that it has no more."""

from __future__ import annotations

import pytest

from hushgate.requests.inbound import AsItCame, Headers, Written
from hushgate.requests.outbound import Outbound

CAME: Headers = (("Host", "h"), ("Content-Encoding", "gzip"), ("Content-Length", "3"), ("ETag", "x"), ("x-a", "1"))


def test_what_is_not_changed_goes_as_it_came() -> None:
    came = Outbound("/v1?a=b", CAME, b"abc")
    assert came.with_written(AsItCame) == came
    assert "abc" not in repr(came)


def test_what_was_written_stands_in_its_place() -> None:
    out = Written(b"other", "/v2", (*CAME, ("x-b", "2")))
    goes = Outbound("/v1", CAME, b"abc").with_written(out)
    assert goes == Outbound("/v2", (("Host", "h"), ("content-length", "5"), ("x-a", "1"), ("x-b", "2")), b"other")
    assert goes.with_written(Written(goes.body, goes.target, goes.headers)) == goes


@pytest.mark.parametrize(
    ("headers", "body", "length"),
    [
        ((), b"", None),
        ((), b"abc", "3"),
        ((("content-length", "+3"),), b"abc", "3"),
        ((("content-length", "3"), ("Content-Length", "3")), b"abc", "3"),
        ((("Transfer-Encoding", "chunked"),), b"abc", "3"),
        ((("transfer-encoding", "chunked"),), b"", "0"),
        ((("content-length", "0"),), b"", "0"),
    ],
)
def test_a_length_is_said_once(headers: Headers, body: bytes, length: str | None) -> None:
    goes = Outbound("/", headers, body).with_written(AsItCame)
    assert [v for n, v in goes.headers if n.lower() == "content-length"] == ([] if length is None else [length])
    assert all(name.lower() != "transfer-encoding" for name, _ in goes.headers)
