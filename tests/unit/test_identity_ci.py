"""The token of the CI job that something runs in, from a double of GitHub's endpoint."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hushgate.errors import StateError
from hushgate.identity.ci import job_token
from tests.doubles.actions import BEARER, Actions


@pytest.fixture
def actions() -> Iterator[Actions]:
    with Actions(lambda audience: f"signed.for.{audience}") as running:
        yield running


def test_outside_of_a_job_there_is_none() -> None:
    assert job_token({}, "hushgate") is None
    assert job_token({"HUSHGATE_ID_TOKEN": " "}, "hushgate") is None
    assert job_token({"ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:9"}, "hushgate") is None


def test_github_is_asked_for_one_with_the_audience(actions: Actions) -> None:
    assert job_token(actions.environ, "https://gate.example/&x=1") == "signed.for.https://gate.example/&x=1"
    assert actions.asked == ["https://gate.example/&x=1"]


def test_gitlab_has_it_ready(actions: Actions) -> None:
    assert job_token({"HUSHGATE_ID_TOKEN": "a.b.c\n", **actions.environ}, "hushgate") == "a.b.c"
    assert actions.asked == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(403, None), (500, None), (302, None), (200, b"no json"), (200, b'{"value":7}'), (200, b"{}"), (200, b"[]")],
)
def test_what_the_system_does_not_give(actions: Actions, status: int, body: bytes | None) -> None:
    actions.status, actions.body = status, body
    with pytest.raises(StateError, match="gives no token") as refused:
        job_token(actions.environ, "hushgate")
    assert refused.value.hint and BEARER not in str(refused.value)
    assert len(actions.asked) == 1, "and no other place is asked"


def test_a_bearer_goes_nowhere_in_plain_text() -> None:
    for url in ("http://ci.example/t", "ftp://127.0.0.1/", "http://localhost.example/"):
        environ = {"ACTIONS_ID_TOKEN_REQUEST_URL": url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": BEARER}
        with pytest.raises(StateError, match="no https URL"):
            job_token(environ, "hushgate")
    gone = {"ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:9/t", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": BEARER}
    with pytest.raises(StateError, match="gives no token"):
        job_token(gone, "hushgate")
