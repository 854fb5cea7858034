"""What an AWS signature covers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from hushgate.errors import Malformed
from hushgate.wire.sigv4 import Signature, read_signature, still_fits, values, with_parameters

SCOPE = "AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request"
SIGNED = "content-length;content-type;host;x-amz-date"
WRITTEN = f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders={SIGNED}, Signature=5d672d79"
QUERY = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fbedrock%2Faws4_request"
    "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=5d672d79"
)


@dataclass(frozen=True)
class Form:
    target: str = "/model/m/converse"
    headers: tuple[tuple[str, str], ...] = (
        ("Host", "h"), ("Content-Type", "application/json"), ("Content-Length", "2"),
        ("X-Amz-Date", "20150830T123600Z"), ("X-Other", "1"),
    )  # fmt: skip
    body: bytes = b"{}"


DATE = ("X-Amz-Date", "20150830T123600Z")


def read(written: str = WRITTEN, target: str = "/") -> Signature | None:
    return read_signature(target, [("Authorization", written), DATE])


def test_a_header_is_read() -> None:
    signature = read()
    assert signature is not None
    assert (signature.key_id, signature.date, signature.region, signature.service) == SCOPE_PARTS
    assert signature.signed == ("content-length", "content-type", "host", "x-amz-date")
    assert (signature.value, signature.in_query, signature.body) == ("5d672d79", False, "")
    assert "AKIDEXAMPLE" not in repr(signature)


SCOPE_PARTS = ("AKIDEXAMPLE", "20150830", "us-east-1", "bedrock")


def test_a_query_is_read() -> None:
    signature = read_signature(f"/x?a=b&{QUERY}", [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")])
    assert signature is not None
    assert (signature.key_id, signature.date, signature.region, signature.service) == SCOPE_PARTS
    assert signature.at == "20150830T123600Z"
    assert (signature.signed, signature.in_query, signature.body) == (("host",), True, "UNSIGNED-PAYLOAD")


@pytest.mark.parametrize("written", ["Bearer AWS4-", "Basic AWS4", "AWS AKID:sig", ""])
def test_other_credentials_are_no_signature(written: str) -> None:
    assert read(written) is None
    assert read_signature("/x?X-Amz-Date=1", []) is None


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/", [("authorization", "AWS4-HMAC-SHA256")]),
        ("/", [("authorization", WRITTEN)]),
        ("/", [("authorization", WRITTEN), ("x-amz-date", "20150831T123600Z")]),
        ("/", [("authorization", "aws4-hmac-sha256 Credential=a")]),
        ("/", [("authorization", WRITTEN.replace("aws4_request", "other"))]),
        ("/", [("authorization", WRITTEN.replace("Signature=", "Signature=xyz"))]),
        ("/", [("authorization", WRITTEN), ("Authorization", "Bearer x")]),
        ("/", [("authorization", WRITTEN), ("Authorization", WRITTEN)]),
        (f"/?{QUERY}", [("authorization", WRITTEN)]),
        (f"/?{QUERY}", [("authorization", "Bearer x")]),
        (f"/?{QUERY}&x-amz-signature=1", []),
        ("/?X-Amz-Signature=1", []),
        ("/?%58-Amz-Signature=1", []),
    ],
)
def test_what_cannot_be_read_is_refused(target: str, headers: list[tuple[str, str]]) -> None:
    with pytest.raises(Malformed, match="AWS"):
        read_signature(target, headers)


def changed(name: str, value: str | None) -> Form:
    pairs = [(n, v) for n, v in Form.headers if n != name]
    return replace(Form(), headers=tuple(pairs + ([] if value is None else [(name, value)])))


@pytest.mark.parametrize(
    ("after", "fits", "why"),
    [
        (Form(), True, "nothing changed"),
        (replace(Form(), headers=tuple(reversed(Form.headers))), True, "the order of headers does not count"),
        (changed("X-Other", "2"), True, "it is not signed"),
        (changed("X-Other", None), True, "it is not signed"),
        (changed("Host", None), True, "HTTP/2 says it elsewhere, and it stays"),
        (replace(Form(), body=b"[]"), False, "the body"),
        (replace(Form(), target="/model/m/converse?"), False, "the target"),
        (changed("Content-Type", "text/plain"), False, "a signed header"),
        (changed("Content-Length", None), False, "a signed header is gone"),
        (replace(Form(), headers=(*Form.headers, ("content-type", "x"))), False, "a signed header twice"),
        (replace(Form(), headers=(*Form.headers, ("x-amz-content-sha256", "0"))), False, "another hash of the body"),
    ],
)
def test_what_is_covered(after: Form, fits: bool, why: str) -> None:
    signature = read()
    assert signature is not None
    assert still_fits(signature, Form(), after) is fits, why


def test_headers_of_one_connection_never_fit() -> None:
    signature = read(WRITTEN.replace("content-type", "connection"))
    assert signature is not None
    form = replace(Form(), headers=(*Form.headers, ("connection", "keep-alive")))
    assert not still_fits(signature, form, form)


def test_a_signed_header_that_is_not_there_never_fits() -> None:
    signature = read(WRITTEN.replace("content-type", "proxy-connection"))
    assert signature is not None
    assert not still_fits(signature, Form(), Form())


def test_an_unsigned_body_may_change() -> None:
    headers = (*Form.headers, ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"))
    before = replace(Form(), headers=headers)
    signature = read_signature("/", [("authorization", WRITTEN), *headers])
    assert signature is not None
    assert still_fits(signature, before, replace(before, body=b"[]"))
    assert not signature.in_chunks


def test_bodies_in_chunks_say_so() -> None:
    hash_said = ("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    signature = read_signature("/", [("authorization", WRITTEN), DATE, hash_said])
    assert signature is not None
    assert signature.in_chunks


def test_values_keep_their_order() -> None:
    assert values([("A", "1"), ("b", "2"), ("a", "3")], "a") == ["1", "3"]


def test_parameters_are_put_in_place_of_their_like() -> None:
    assert with_parameters("/x?a=1&%58-amz-Date=2&b=3", {"X-Amz-Date": "4/5", "c": "6 7", "B": None}) == (
        "/x?a=1&X-Amz-Date=4%2F5&c=6%207"
    )
