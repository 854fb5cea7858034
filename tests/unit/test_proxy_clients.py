"""Who a client is, from its proxy credentials."""

from __future__ import annotations

from base64 import b64encode

import pytest

from hushgate.identity.badge import Badge
from hushgate.proxy.clients import identify
from hushgate.values import Actor


class Nobody:
    any = False

    def verify(self, name: str, token: str) -> Actor | None:
        raise AssertionError("nobody is asked where there are no users")

    def certified(self, badge: Badge) -> Actor | None:
        raise AssertionError("nobody is asked where there are no users")


class Alice:
    any = True

    def verify(self, name: str, token: str) -> Actor | None:
        return Actor("alice", ("dev",)) if (name, token) == ("alice", "t:1") else None

    def certified(self, badge: Badge) -> Actor | None:
        return Actor("alice", ("dev",), badge.id) if badge.san == ("alice",) else None


def basic(text: str) -> str:
    return "Basic " + b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("credentials", "name", "session"),
    [
        (None, "local", None),
        ("", "local", None),
        (basic("bob:x"), "bob", None),
        (basic("bob;session=nightly:x"), "bob", "nightly"),
        (basic("bob%3Bsession%3Dn%C3%A4chtlich:x"), "bob", "n\u00e4chtlich"),
        (basic("bob%00:x"), "local", None),
        (basic(";session=nightly"), "local", "nightly"),
        (basic("bob;color=red;session=n:"), "bob", "n"),
        ("Bearer abc", "local", None),
        ("Basic !!!", "local", None),
        ("Basic " + b64encode(b"\xff:\xff").decode(), "local", None),
        (basic("b\nb:x"), "local", None),
    ],
)
def test_without_users_the_name_is_taken_as_it_is(credentials: str | None, name: str, session: str | None) -> None:
    found = identify(credentials, Nobody())
    assert found is not None
    assert (found.actor.name, found.session) == (name, session)


@pytest.mark.parametrize("credentials", [None, basic("alice:wrong"), basic("bob:t:1"), basic(":t:1"), "Basic x"])
def test_with_users_a_wrong_token_is_nobody(credentials: str | None) -> None:
    assert identify(credentials, Alice()) is None


def test_with_users_a_right_token_names_actor_groups_and_session() -> None:
    found = identify(basic("alice;session=s1:t:1"), Alice())
    assert found is not None
    assert (found.actor, found.session) == (Actor("alice", ("dev",)), "s1")


@pytest.mark.parametrize(
    ("names", "credentials", "who"),
    [
        (("alice",), None, ("alice", None)),
        (("alice",), basic("alice;session=s1:-"), ("alice", "s1")),
        (("alice",), basic("local;session=s1:-"), ("alice", "s1")),
        (("alice",), basic(";session=s1:"), ("alice", "s1")),
        (("alice",), basic("alice:t:1"), ("alice", None)),
        (("alice",), basic("alice:wrong"), None),
        (("alice",), basic("bob:-"), None),
        (("alice",), basic(":t:1"), None),
        (("bob",), None, None),
        (("bob",), basic("alice:t:1"), None),
        ((), basic("alice:t:1"), None),
    ],
)
def test_who_shows_a_certificate(
    names: tuple[str, ...], credentials: str | None, who: tuple[str, str | None] | None
) -> None:
    found = identify(credentials, Alice(), Badge("x509:1", names, (), 9e9))
    assert (found and (found.actor.name, found.session)) == who
