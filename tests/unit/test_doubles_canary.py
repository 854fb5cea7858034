"""The search for a value finds it in every form, and only there."""

from __future__ import annotations

import base64
import json

import pytest

from tests.doubles import canary

VALUE = 'zoë "the cat" 4111-1111'


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_packed(encoding: str) -> None:
    prose = " ".join(f"line {n} of some prose" for n in range(90)).encode()
    data = canary.packed(prose + VALUE.encode() + prose, encoding)
    assert VALUE.encode() not in data
    assert canary.find(data, VALUE) is not None
    assert canary.find(data, "another value") is None


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_packed_in_the_middle(encoding: str) -> None:
    assert canary.find(b"head\r\n\r\n" + canary.packed(VALUE.encode(), encoding) + b"tail", VALUE)


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("after", range(3))
def test_base64_at_any_offset(before: int, after: int) -> None:
    text = b"\xff" * before + VALUE.encode() + b"\xfe" * after
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert canary.find(b"x" + encode(text) + b"x", VALUE)


@pytest.mark.parametrize(
    "data",
    [
        VALUE.encode(),
        json.dumps({"a": VALUE}).encode(),
        json.dumps({"a": json.dumps({"b": VALUE})}).encode(),
        json.dumps({"a": VALUE}, ensure_ascii=False).encode(),
        VALUE.encode().hex().encode(),
        b"zo%C3%AB%20%22the%20cat%22%204111-1111",
    ],
)
def test_forms(data: bytes) -> None:
    assert canary.find(b"...." + data + b"....", VALUE)
    assert canary.find(data[: len(data) // 2], VALUE) is None
