"""A job's token against a ticket: each way to cheat, tried with tokens that are signed here."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hushgate.errors import Malformed
from hushgate.identity.exchange import Exchange
from hushgate.identity.form import Asked, Unfit
from hushgate.identity.issuers import fetcher
from hushgate.identity.scope import scope_of
from hushgate.identity.tickets import TicketBook, Tickets
from hushgate.identity.workloads import Workload
from hushgate.values import Actor
from tests.doubles.issuer import Issuer, b64, token
from tests.doubles.pki import Authority

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    authority = Authority.create(tmp_path_factory.mktemp("issuer"))
    with Issuer(authority.issue("127.0.0.1")) as running:
        yield running


@pytest.fixture
def exchange(issuer: Issuer, tmp_path: Path) -> Exchange:
    rule = Workload("agents", issuer.url, "hushgate", "", {"repository": ("acme/agents",)}, ("ci", "dev"), 5)
    ca = issuer.certificate.parent / "ca.pem"
    return Exchange([rule], Tickets(tmp_path / "tickets.json", KEY), fetcher(ca))


def test_a_jobs_token_is_good_for_one_ticket(exchange: Exchange, issuer: Issuer, tmp_path: Path) -> None:
    once = issuer.token()
    given = exchange.take(Asked(once))
    assert (given.name, given.seconds, given.claims) == ("ci.agents", 300, {"repository": "acme/agents"})
    assert given.token not in repr(given)
    book = TicketBook(tmp_path / "tickets.json", KEY)
    assert book.actor(given.name, given.token, None) == Actor("ci.agents", ("ci", "dev"))
    with pytest.raises(Malformed, match="exchanged before"):
        exchange.take(Asked(once))
    kept = (tmp_path / "tickets.json").read_text()
    assert not any(part in kept for part in once.split("."))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"aud": "somebody-else"}, "no rule"),
        ({"iss": "https://ci.other.example"}, "no rule"),
        ({"repository": "mallory/agents"}, "no rule"),
        ({"repository": None}, "no rule"),
        ({"exp": 1000.0}, "expired"),
        ({"iat": 4e9}, "not valid yet"),
        ({"jti": None}, "no `jti`"),
        ({"jti": 5}, "no `jti`"),
    ],
)
def test_a_genuine_token_that_is_not_for_this(
    exchange: Exchange, issuer: Issuer, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(Malformed, match=says):
        exchange.take(Asked(issuer.token(**changes)))


def test_a_token_is_remembered_by_whatever_it_is_called(exchange: Exchange, issuer: Issuer) -> None:
    once = issuer.token(jti="\ud800")
    exchange.take(Asked(once))
    with pytest.raises(Malformed, match="before"):
        exchange.take(Asked(once))


def test_forged_tokens(exchange: Exchange, issuer: Issuer) -> None:
    claims, own = issuer.claims(), issuer.keys["k1"]
    mallory = ec.generate_private_key(ec.SECP256R1())
    public = own.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    said = f"{b64(json.dumps({'alg': 'HS256', 'kid': 'k1'}).encode())}.{b64(json.dumps(claims).encode())}"
    unsigned = f"{b64(json.dumps({'alg': 'none', 'kid': 'k1'}).encode())}.{b64(json.dumps(claims).encode())}."
    head, _, signature = issuer.token().split(".")
    for forged in (
        token(mallory, "k1", claims),
        token(mallory, "k9", claims),
        token(own, "k1", claims, alg="RS256"),
        token(own, "k1", claims, alg="none"),
        unsigned,
        f"{said}.{b64(hmac.digest(public, said.encode(), 'sha256'))}",
        f"{head}.{b64(json.dumps(claims).encode())}.{signature}",
    ):
        with pytest.raises(Malformed, match="not signed with a key of its issuer"):
            exchange.take(Asked(forged))


def test_a_token_that_no_rule_is_for_makes_nobody_fetch(exchange: Exchange, issuer: Issuer) -> None:
    before = issuer.asked
    for n in range(20):
        with pytest.raises(Malformed):
            exchange.take(Asked(issuer.token(iss=f"https://ci{n}.example")))
    assert issuer.asked == before


def test_an_unknown_key_is_asked_for_at_most_once_a_minute(exchange: Exchange, issuer: Issuer) -> None:
    begun, before = time.monotonic(), issuer.asked
    for n in range(20):
        with pytest.raises(Malformed):
            exchange.take(Asked(token(issuer.keys["k1"], f"k{n + 5}", issuer.claims())))
    assert time.monotonic() - begun < 30
    assert issuer.asked == before + 1


def test_what_is_asked_for_only_narrows(issuer: Issuer, tmp_path: Path) -> None:
    limit = scope_of({"endpoints": ["openai", "cohere"]})
    claims = {"repository": ("acme/agents",)}
    rule = Workload("agents", issuer.url, "hushgate", "", claims, ("ci",), 5, limit)
    place = tmp_path / "tickets.json"
    exchange = Exchange([rule], Tickets(place, KEY), fetcher(issuer.certificate.parent / "ca.pem"))
    given, asked = exchange.take(Asked(issuer.token())), scope_of({"endpoints": ["openai"], "models": ["gpt-4o"]})
    narrow = exchange.take(Asked(issuer.token(), asked))
    book = TicketBook(place, KEY)
    wide_actor = book.actor(given.name, given.token, None)
    actor = book.actor(narrow.name, narrow.token, None)
    assert actor is not None and wide_actor is not None
    assert (wide_actor.scopes, actor.scopes) == ((limit,), (limit, asked))
    assert (actor.token, given.scope) == (narrow.id, "endpoint:openai endpoint:cohere")
    once = issuer.token()
    with pytest.raises(Unfit, match="mistral: there is openai or cohere") as refused:
        exchange.take(Asked(once, scope_of({"endpoints": ["mistral"]})))
    assert refused.value.code == "invalid_scope"
    assert exchange.take(Asked(once)), "what was refused is not used up"
