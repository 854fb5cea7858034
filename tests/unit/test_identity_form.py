"""The form of an exchange: what it may ask for, and what it may not."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushgate.identity.form import GRANT, TOKEN_TYPE, Asked, Unfit, read, write
from hushgate.identity.scope import ANY
from hushgate.values import Scope

BASE = [("grant_type", GRANT), ("subject_token_type", TOKEN_TYPE), ("subject_token", "t.t.t")]


def form(*more: tuple[str, str]) -> bytes:
    return urlencode([*BASE, *more]).encode()


@pytest.mark.parametrize(
    ("more", "scope"),
    [
        ([], ANY),
        ([("scope", "")], ANY),  # as if it were left out (RFC 6749, 3.2)
        ([("scope", "endpoint:openai from:10.0.0.0/8")], Scope(("openai",), None, ("10.0.0.0/8",))),
        ([("audience", "openai"), ("audience", "cohere")], Scope(("openai", "cohere"))),
        ([("resource", "https://api.openai.com/")], Scope(("api.openai.com",))),
        ([("resource", "https://api.openai.com"), ("scope", "model:gpt-4o")], Scope(("api.openai.com",), ("gpt-4o",))),
    ],
)
def test_what_may_be_asked_for(more: list[tuple[str, str]], scope: Scope) -> None:
    asked = read(form(*more))
    assert (asked.token, asked.scope) == ("t.t.t", scope)
    assert "t.t.t" not in repr(asked)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ([("scope", "admin")], "invalid_scope"),
        ([("scope", "endpoint:a b")], "invalid_scope"),
        ([("scope", "from:everywhere")], "invalid_scope"),
        ([("audience", "a b")], "invalid_target"),
        ([("resource", "http://api.openai.com/")], "invalid_target"),
        ([("resource", "https://api.openai.com/v1")], "invalid_target"),
        ([("resource", "https://a:b@api.openai.com/")], "invalid_target"),
        ([("resource", "https://[")], "invalid_target"),
        ([("audience", "openai"), ("scope", "endpoint:cohere")], "invalid_target"),
        ([("subject_token", "second")], "invalid_request"),
        ([("x", "y")] * 60, "invalid_request"),
    ],
)
def test_what_may_not(more: list[tuple[str, str]], code: str) -> None:
    with pytest.raises(Unfit) as refused:
        read(form(*more))
    assert refused.value.code == code


@pytest.mark.parametrize("body", [b"", b"\xff", b"a", urlencode(BASE[:2]).encode(), urlencode(BASE[1:]).encode()])
def test_what_is_no_form(body: bytes) -> None:
    with pytest.raises(Unfit):
        read(body)


def test_what_is_written_is_read() -> None:
    for scope in (ANY, Scope(("openai",), ("gpt-4o*",), ("2001:db8::/32",))):
        assert read(write(Asked("t.t.t", scope))) == Asked("t.t.t", scope)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for one in (body, form() + b"&" + body):
        try:
            read(one)
        except Unfit as refused:
            assert refused.code
