"""The code flow against a provider that keeps the rules, and against one that does not."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from hushgate.errors import Malformed, StateError
from hushgate.identity.issuers import LIFE_SECONDS
from hushgate.identity.oidc import Arrived, Oidc
from tests.openid_cases import CLIENT, HERE, SECRET, URL, Provider, sign_on


def came(provider: Provider, /, **settings: Any) -> Arrived:
    oidc = Oidc(sign_on(**settings), provider.fetch)
    place, pending = oidc.begin()
    return oidc.finish(pending, provider.authorize(place))


def test_who_logs_in_comes_back_as_who_it_is() -> None:
    arrived = came(Provider())
    assert (arrived.subject, arrived.name, arrived.groups) == ("s-1", "carol@acme.example", ("approvers",))
    leaving = parse_qs(urlsplit(arrived.leaving).query)
    assert leaving["post_logout_redirect_uri"] == [f"{HERE}/login"] and leaving["client_id"] == [CLIENT]
    assert leaving["id_token_hint"][0].count(".") == 2
    assert leaving["id_token_hint"][0] not in repr(arrived)


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()])
def test_each_kind_of_key(key: Any) -> None:
    assert came(Provider(keys={"k1": key}, claims={"at_hash": None})).subject == "s-1"


@pytest.mark.parametrize(
    ("ways", "secret"), [(["client_secret_post"], SECRET), (["client_secret_basic", "none"], ""), (None, SECRET)]
)
def test_how_the_client_names_itself(ways: list[str] | None, secret: str) -> None:
    provider = Provider(says={"token_endpoint_auth_methods_supported": ways})
    assert came(provider, client_secret=secret).subject == "s-1"


OTHER = ec.generate_private_key(ec.SECP256R1())
NOW = time.time()
BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"claims": {"nonce": "another"}}, "another log-in"),
    ({"claims": {"nonce": None}}, "another log-in"),
    ({"claims": {"aud": "another"}}, "not for this client"),
    ({"claims": {"aud": [CLIENT, "another"]}}, "not for this client"),
    ({"claims": {"aud": None}}, "not for this client"),
    ({"claims": {"azp": "another"}}, "another client"),
    ({"claims": {"iss": "https://evil.example"}}, "another issuer's"),
    ({"claims": {"iss": None}}, "another issuer's"),
    ({"claims": {"iss": URL + "/"}}, "another issuer's"),
    ({"claims": {"exp": NOW - 60}}, "expired"),
    ({"claims": {"exp": None}}, "from when and until when"),
    ({"claims": {"iat": None}}, "from when and until when"),
    ({"claims": {"iat": NOW + 600, "exp": NOW + 900}}, "not valid yet"),
    ({"claims": {"exp": NOW + 30 * 86400}}, "more than a day"),
    ({"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}}, "another one's"),
    ({"claims": {"at_hash": 7}}, "another one's"),
    ({"claims": {"sub": None}}, "of nobody"),
    ({"claims": {"sub": ""}}, "of nobody"),
    ({"claims": {"sub": ["s-1"]}}, "of nobody"),
    ({"claims": {"email_verified": False}}, "not verified"),
    ({"claims": {"email_verified": None, "groups": ["x"]}}, "not verified"),
    ({"claims": {"email_verified": "true"}}, "not verified"),
    ({"header": {"alg": "none"}}, "not signed"),
    ({"header": {"alg": "HS256"}}, "not signed"),
    ({"header": {"alg": "RS256"}}, "not signed"),
    ({"header": {"kid": "another"}}, "not signed"),
    ({"header": {"kid": None}}, "names no key"),
    ({"header": {"crit": ["b64"]}}, "names no key"),
    ({"signs_with": OTHER}, "not signed"),
]


@pytest.mark.parametrize(("broken", "why"), BROKEN)
def test_what_proves_nothing_lets_nobody_in(broken: dict[str, Any], why: str) -> None:
    with pytest.raises(Malformed, match=why):
        came(Provider(**broken))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"state": "another"}, "not begun in this browser"),
        ({"state": ""}, "not begun in this browser"),
        ({"state": "\u00e4"}, "not begun in this browser"),
        ({"iss": "https://evil.example"}, "another provider's"),
        ({"iss": ""}, "another provider's"),
        ({"code": ""}, "let nobody in$"),
        ({"error": "access_denied"}, r"let nobody in \(access_denied\)$"),
        ({"error": "<b>hello</b>"}, "let nobody in$"),
    ],
)
def test_an_answer_that_does_not_fit_redeems_nothing(change: dict[str, str], why: str) -> None:
    provider = Provider()
    oidc = Oidc(sign_on(), provider.fetch)
    place, pending = oidc.begin()
    with pytest.raises(Malformed, match=why):
        oidc.finish(pending, {**provider.authorize(place), **change})
    assert not any(url.endswith("/token") for url in provider.asked)


def test_an_answer_without_iss_counts_where_the_provider_does_not_send_it() -> None:
    for sends, fine in ((True, False), (False, True), (None, True)):
        provider = Provider(says={"authorization_response_iss_parameter_supported": sends})
        oidc = Oidc(sign_on(), provider.fetch)
        place, pending = oidc.begin()
        answer = {name: said for name, said in provider.authorize(place).items() if name != "iss"}
        if fine:
            assert oidc.finish(pending, answer).subject == "s-1"
        else:
            with pytest.raises(Malformed, match="another provider's"):
                oidc.finish(pending, answer)


def test_a_code_is_no_good_without_what_began_it() -> None:
    provider = Provider()
    oidc = Oidc(sign_on(), provider.fetch)
    stolen = provider.authorize(oidc.begin()[0])
    _, own = oidc.begin()
    with pytest.raises(StateError, match="invalid_grant"):
        oidc.finish(own, {**stolen, "state": own.state})


def test_what_the_id_token_leaves_out_is_asked_for() -> None:
    told = {"email": "carol@acme.example", "email_verified": True, "groups": "auditors"}
    provider = Provider(claims={"email": None, "email_verified": None, "groups": None}, told=told)
    arrived = came(provider)
    assert (arrived.name, arrived.groups) == ("carol@acme.example", ("auditors",))
    provider.told = {**told, "sub": "s-2"}
    with pytest.raises(Malformed, match="somebody else"):
        came(provider)
    provider.says = {"userinfo_endpoint": None}
    with pytest.raises(Malformed, match="gave no email"):
        came(provider)


def test_another_claim_can_be_the_name() -> None:
    provider = Provider(claims={"preferred_username": "Carol", "groups": {"a": 1}})
    arrived = came(provider, name="preferred_username")
    assert (arrived.name, arrived.groups) == ("Carol", ())


@pytest.mark.parametrize(
    "says",
    [{"issuer": URL + "/"}, {"authorization_endpoint": "http://login.example/auth"}, {"authorization_endpoint": 7}],
)
def test_a_provider_that_is_not_as_configured(says: dict[str, Any]) -> None:
    with pytest.raises(StateError):
        Oidc(sign_on(), Provider(says=says).fetch).begin()


def test_its_own_words_are_kept_an_hour() -> None:
    provider, now = Provider(), [0.0]
    oidc = Oidc(sign_on(), provider.fetch, lambda: now[0])
    for at, times in ((0, 1), (LIFE_SECONDS, 1), (LIFE_SECONDS + 1, 2)):
        now[0] = at
        oidc.begin()
        assert len(provider.asked) == times


def test_without_its_log_out_there_is_nowhere_to_go() -> None:
    assert came(Provider(says={"end_session_endpoint": None})).leaving == ""
    assert came(Provider(says={"end_session_endpoint": "javascript:alert(1)"})).leaving == ""


def test_nothing_of_it_is_said_by_a_repr() -> None:
    _, pending = Oidc(sign_on(), Provider().fetch).begin()
    for secret in (pending.nonce, pending.verifier, SECRET):
        assert secret not in repr((pending, sign_on()))
    assert len({pending.nonce, pending.verifier, pending.state}) == 3
