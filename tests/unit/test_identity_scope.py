"""Scopes: what they let through, that two of them only narrow, and how they are written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushgate.endpoints import Endpoint
from hushgate.identity.scope import ANY, beyond, lets_model, of_words, outside, scope_of, told, words, written
from hushgate.values import Scope

VERTEX = Endpoint("google-vertex", "google", ("aiplatform.googleapis.com",), False, "https", (), "f", 1)
HOST = "aiplatform.googleapis.com"


@pytest.mark.parametrize(
    ("scope", "address", "in_it"),
    [
        ({}, "", True),
        ({"endpoints": ["google-vertex"]}, "10.0.0.1", True),
        ({"endpoints": ["google"]}, "10.0.0.1", True),
        ({"endpoints": [HOST]}, "10.0.0.1", True),
        ({"endpoints": ["AIplatform.GoogleAPIs.com"]}, "10.0.0.1", True),
        ({"endpoints": ["*.googleapis.com"]}, "10.0.0.1", True),
        ({"endpoints": ["openai", "google"]}, "10.0.0.1", True),
        ({"endpoints": ["openai"]}, "10.0.0.1", False),
        ({"endpoints": ["goog"]}, "10.0.0.1", False),
        ({"endpoints": ["googleapis.com"]}, "10.0.0.1", False),
        ({"endpoints": ["*.platform.googleapis.com"]}, "10.0.0.1", False),
        ({"from": ["10.0.0.0/8"]}, "10.255.0.1", True),
        ({"from": ["10.0.0.0/8"]}, "::ffff:10.1.2.3", True),
        ({"from": ["2001:db8::/32"]}, "2001:db8::7%eth0", True),
        ({"from": ["192.0.2.7"]}, "192.0.2.7", True),
        ({"from": ["10.0.0.0/8"]}, "11.0.0.1", False),
        ({"from": ["10.0.0.0/8"]}, "::1", False),
        ({"from": ["0.0.0.0/0", "::/0"]}, "", False),
        ({"from": ["10.0.0.0/8"], "endpoints": ["openai"]}, "10.0.0.1", False),
    ],
)
def test_what_a_scope_lets_through(scope: dict[str, Any], address: str, in_it: bool) -> None:
    scopes = (scope_of(scope),)
    assert (outside(scopes, VERTEX, HOST, address) is None) is in_it
    assert outside((*scopes, Scope(endpoints=("openai",))), VERTEX, HOST, address), "a second one only narrows"


def test_a_host_that_is_not_governed_has_to_be_named_itself() -> None:
    assert outside((Scope(endpoints=("google",)),), None, "pypi.example", "") == "this token is not for pypi.example"
    assert outside((Scope(endpoints=("pypi.example",)),), None, "pypi.example", "") is None


@pytest.mark.parametrize(
    ("limits", "model", "fine"),
    [
        ([], None, True),
        ([["gpt-4o"]], "gpt-4o", True),
        ([["gpt-4o"]], "gpt-4o-mini", False),
        ([["gpt-4o*"]], "gpt-4o-mini", True),
        ([["gpt-4o*"], ["gpt-4o-mini"]], "gpt-4o", False),
        ([["gpt-4o"]], None, False),
        ([["a", "b"]], "b", True),
    ],
)
def test_models(limits: list[list[str]], model: str | None, fine: bool) -> None:
    assert lets_model(tuple(scope_of({"models": one}) for one in limits), model) is fine


@pytest.mark.parametrize(
    "said",
    [
        {"endpoints": []}, {"endpoints": "openai"}, {"endpoints": [1]}, {"endpoints": ["a b"]}, {"endpoints": ["*"]},
        {"endpoints": ["a" * 300]}, {"from": ["10.0.0.1/8"]}, {"from": ["here"]}, {"models": ["*"]}, {"models": [""]},
        {"models": ["a*b"]}, {"until": ["x"]}, {"endpoints": ["x"] * 101},
    ],
)  # fmt: skip
def test_what_is_no_scope(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        scope_of(said)


def test_a_scope_is_told_in_words() -> None:
    scope = scope_of({"endpoints": ["openai", "cohere"], "from": ["10.0.0.0/8"], "models": ["gpt-4o*"]})
    assert told([scope]) == "for openai or cohere, with models gpt-4o*, from 10.0.0.0/8"
    assert words([scope]) == "endpoints:openai endpoints:cohere models:gpt-4o* from:10.0.0.0/8".replace("s:", ":")
    assert told([ANY]) == words([ANY]) == ""


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, None),
        ({"endpoints": ["openai"]}, None),
        ({"endpoints": ["cohere"]}, "cohere: there is openai"),
        ({"endpoints": ["api.openai.com"]}, None),
        ({"models": ["gpt-4o-mini"]}, None),
        ({"models": ["gpt-4o-*"]}, None),
        ({"models": ["gpt-*"]}, "gpt-*: there is gpt-4o*"),
        ({"from": ["10.1.0.0/16"]}, None),
        ({"from": ["0.0.0.0/0"]}, "0.0.0.0/0: there is 10.0.0.0/8"),
        ({"from": ["::/0"]}, "::/0: there is 10.0.0.0/8"),
    ],
)
def test_what_is_asked_beyond_a_limit(asked: dict[str, Any], says: str | None) -> None:
    limit = scope_of({"endpoints": ["openai"], "models": ["gpt-4o*"], "from": ["10.0.0.0/8"]})
    assert beyond(limit, scope_of(asked)) == says
    assert beyond(ANY, scope_of(asked)) is None


_PARTS = {
    "endpoints": st.lists(st.sampled_from(["openai", "a.example", "*.b.example"]), min_size=1, unique=True),
    "models": st.lists(st.from_regex(r"[a-z0-9][a-z0-9:/.]{0,5}\*?", fullmatch=True), min_size=1, unique=True),
    "from": st.lists(st.sampled_from(["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"]), min_size=1, unique=True),
}


@given(st.fixed_dictionaries({}, optional=_PARTS))
def test_what_is_written_is_read(said: dict[str, list[str]]) -> None:
    scope = scope_of(said)
    assert written(scope) == said
    assert scope_of(written(scope)) == scope
    if said:
        assert of_words(words([scope])) == scope


@given(st.text())
def test_any_words_are_a_scope_or_are_refused(text: str) -> None:
    try:
        scope = of_words(text)
    except ValueError:
        return
    assert scope != ANY
