"""A reply's head: what is one text, what is a text of its own, what is not read."""

from __future__ import annotations

import pytest

from hushgate.values import Kind
from hushgate.wire.reply_headers import read_reply_headers
from hushgate.wire.target import TOGETHER

USUAL = (
    ("Date", "Thu, 26 Nov 2026 15:30:42 GMT"),
    ("Content-Type", "application/json"),
    ("Content-Length", "4111111111111111"),
    ("Server", "cloudflare"),
    ("CF-RAY", "9a4f2c61de8b4f1a-FRA"),
    ("x-request-id", "0b6f2a90-11aa-4c2b-9f4e-2a7de1c0ffee"),
    ("request-id", "req_00aa11bb22cc33dd44ee55ff66aa77bb"),
    ("Set-Cookie", "__cf_bm=aB1.c-2_d; path=/; expires=Thu, 26-Nov-26 16:00:42 GMT; domain=.api.openai.com; HttpOnly"),
    ("openai-version", "2020-10-01"),
    ("openai-processing-ms", "412"),
    ("x-ratelimit-reset-tokens", "6m0.12s"),
    ("anthropic-ratelimit-requests-reset", "2026-11-26T15:30:42Z"),
)


def test_usual_headers_are_one_text_that_stays_the_same() -> None:
    (segment,) = read_reply_headers(USUAL).segments
    assert (segment.location, segment.kind) == (TOGETHER, Kind.OPAQUE)
    assert segment.text == "content-type\napplication/json\nserver\ncloudflare\nopenai-version\n2020-10-01"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date", "ask ann"), ("x-request-id", "ann"), ("x-request-id", "4111111111111111"),
        ("cf-ray", "4111111111111111-FRA"), ("openai-processing-ms", "123456789"), ("age", "078-05-1120"),
        ("set-cookie", "session=abc"), ("set-cookie", "__cf_bm=abc; ann"),
    ],
)  # fmt: skip
def test_what_looks_like_more_than_a_time_or_an_id_is_read(name: str, value: str) -> None:
    assert any(value in segment.text for segment in read_reply_headers([(name, value)]).segments)


def test_other_headers_are_texts_of_their_own() -> None:
    read = read_reply_headers([("X-Echo", "ann"), ("Location", "/a?b=ann"), ("Set-Cookie", "a=ann")])
    alone = [(s.location.path, s.kind, s.text) for s in read.segments if s.location != TOGETHER]
    assert alone == [
        ((0, "x-echo"), Kind.TEXT, "ann"),
        ((1, "location"), Kind.TEXT, "/a?b=ann"),
        ((2, "set-cookie"), Kind.OPAQUE, "a=ann"),
    ]
    assert read.segments[-1].text == "X-Echo\nLocation\nSet-Cookie"
    assert read.lines == ((0, 6, 0), (7, 15, 1), (16, 26, 2))
    assert read.fixed == {1, 2}


def test_bytes_that_are_not_utf_8_are_read_as_latin_1() -> None:
    read = read_reply_headers([("x-name", b"J\xf6rg".decode("utf-8", "surrogateescape"))])
    assert read.segments[0].text == "Jörg"
    assert read.fixed == {0}
