"""Signatures of what goes out, checked as AWS checks them: by a double that shares no code with the gate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest

from hushgate.errors import Unsigned
from hushgate.requests.aws import Credentials, NotInstalled
from hushgate.requests.inbound import AsItCame, Inbound, Written
from hushgate.requests.outbound import Outbound
from hushgate.requests.signing import Signer
from hushgate.values import Actor, Route
from tests.doubles.sigv4 import WrongSignature, check

KEY_ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+" + "bPxRfiCYEXAMPLEKEY"  # AWS's own example
OTHER_ID, OTHER_SECRET = "AKIDOTHER", "otherSecret" + "fake"
SECRETS = {KEY_ID: SECRET, OTHER_ID: OTHER_SECRET}
OWN = Credentials(KEY_ID, SECRET, None)
SESSION = Credentials(OTHER_ID, OTHER_SECRET, "a-session-token", "work")
HOST = "bedrock-runtime.us-east-1.amazonaws.com"
TARGET = "/model/anthropic.claude-3-haiku%3A0/converse"
BODY = b'{"messages":[]}'
MASKED = Written(b'{"messages":["<EMAIL_ADDRESS_aaaaaaaaaa>"]}')


@dataclass
class Ring:
    """Credentials for any key; what was asked for."""

    credentials: Credentials | None = None
    asked: list[str] = field(default_factory=list)

    async def find(self, key_id: str) -> Credentials | None:
        self.asked.append(key_id)
        return self.credentials


def signed(
    headers: dict[str, str] | None = None,
    *,
    auth: Any = SigV4Auth,
    body: bytes = BODY,
    target: str = TARGET,
    credentials: Credentials = OWN,
) -> Inbound:
    """A request as botocore signs it."""
    request = AWSRequest("POST", f"https://{HOST}{target}", data=body if auth is SigV4Auth else b"")
    for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
        request.headers[name] = value
    made = auth(credentials, "bedrock", "us-east-1")
    made.payload = lambda _: sha256(body).hexdigest()  # botocore would move a body into the query
    made.add_auth(request)
    pairs = (*request.headers.items(), ("Host", HOST), ("User-Agent", "x"))
    if "Content-Length" not in request.headers:
        pairs += (("Content-Length", str(len(body))),)
    sent = request.url.removeprefix(f"https://{HOST}")
    route = Route("aws-bedrock", "aws", HOST, target, "bedrock-converse")
    return Inbound("ex1", route, Actor("alice"), None, sent, pairs, body)


def checked(inbound: Inbound, out: Written, secrets: dict[str, str] = SECRETS) -> str:
    """Whose signature is on what goes out, as AWS sees it."""
    goes = Outbound.as_it_came(inbound).with_written(out)
    return check(inbound.route.method, goes.target, goes.headers, goes.body, secrets)


def test_the_double_is_right_about_awss_own_example() -> None:
    """IAM ListUsers, and get-vanilla of the Signature Version 4 test suite."""
    scope = "20150830/us-east-1"
    example = [
        ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
        ("host", "iam.amazonaws.com"),
        ("x-amz-date", "20150830T123600Z"),
        ("authorization", f"AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}/iam/aws4_request, "
         "SignedHeaders=content-type;host;x-amz-date, "
         "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"),
    ]  # fmt: skip
    assert check("GET", "/?Version=2010-05-08&Action=ListUsers", example, b"", SECRETS) == KEY_ID
    vanilla = [
        ("Host", "example.amazonaws.com"),
        ("X-Amz-Date", "20150830T123600Z"),
        ("Authorization", "AWS4-HMAC-SHA256 "
         f"Credential={KEY_ID}/{scope}/service/aws4_request, SignedHeaders=host;x-amz-date, "
         "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ]  # fmt: skip
    secret = {KEY_ID: "wJalrXUtnFEMI/K7MDENG+" + "bPxRfiCYEXAMPLEKEY"}
    assert check("GET", "/", vanilla, b"", secret) == KEY_ID
    with pytest.raises(WrongSignature):
        check("GET", "/", vanilla, b"changed", secret)


async def test_a_changed_body_is_signed_anew() -> None:
    inbound = signed()
    assert checked(inbound, AsItCame) == KEY_ID
    with pytest.raises(WrongSignature):
        checked(inbound, MASKED)
    out = await Signer(Ring(OWN)).seal(inbound, MASKED)
    assert checked(inbound, out) == KEY_ID
    assert out.body == MASKED.body
    assert len([n for n, _ in out.headers or () if n.lower() == "authorization"]) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Encoding": "gzip, deflate", "Content-Length": str(len(BODY)), "X-Stainless-Lang": "python"},
        {"X-Amz-Content-SHA256": sha256(BODY).hexdigest(), "Amz-Sdk-Invocation-Id": "1"},
        {"Content-Encoding": "gzip", "ETag": "of the old body"},
        {"X-Spaced": "  a   b  "},
    ],
)
async def test_whatever_was_signed_is_signed_again(headers: dict[str, str]) -> None:
    inbound = signed(headers)
    assert checked(inbound, AsItCame) == KEY_ID
    out = await Signer(Ring(OWN)).seal(inbound, MASKED)
    assert checked(inbound, out) == KEY_ID
    before = {n.lower(): v for n, v in inbound.headers}
    after = {n.lower(): v for n, v in Outbound.as_it_came(inbound).with_written(out).headers}
    gone = {"content-encoding", "etag"} & before.keys()
    assert after.keys() == before.keys() - gone
    changed = {"authorization", "content-length", "x-amz-content-sha256"}
    assert {n: v for n, v in after.items() if n not in changed} == {
        n: v for n, v in before.items() if n not in changed | gone
    }


async def test_a_changed_target_or_header_is_signed_anew() -> None:
    inbound = signed({"X-Amzn-Bedrock-Request-Metadata": "ann"}, target=f"{TARGET}?b=2&a=%20x&a=1")
    headers = tuple((n, "masked" if n.startswith("X-Amzn-Bedrock") else v) for n, v in inbound.headers)
    for written in (Written(headers=headers), Written(target=f"{TARGET}?b=3&a=%20x"), Written(body=b"{}")):
        with pytest.raises(WrongSignature):
            checked(inbound, written)
        assert checked(inbound, await Signer(Ring(OWN)).seal(inbound, written)) == KEY_ID


async def test_a_header_of_the_connection_that_was_signed_is_signed_no_more() -> None:
    inbound = signed()
    names = ("SignedHeaders=content-type;", "SignedHeaders=connection;content-type;")
    without = tuple((n, v.replace(*names)) for n, v in inbound.headers)
    with pytest.raises(Unsigned, match="wrong already"):
        await Signer(Ring(OWN)).seal(replace(inbound, headers=without), AsItCame)
    out = await Signer(Ring(SESSION)).seal(replace(inbound, headers=without), AsItCame)
    assert checked(inbound, out) == OTHER_ID
    assert "connection" not in dict(out.headers or ())["Authorization"]


async def test_another_key_brings_its_own_token() -> None:
    session = Credentials(KEY_ID, SECRET, "the-clients-token")
    for client, gate, key_id in ((session, SESSION, OTHER_ID), (OWN, SESSION, OTHER_ID), (session, OWN, KEY_ID)):
        inbound = signed(credentials=client)
        out = await Signer(Ring(gate)).seal(inbound, MASKED)
        assert checked(inbound, out) == key_id
        tokens = [v for n, v in out.headers or () if n.lower() == "x-amz-security-token"]
        assert tokens == ([gate.token] if gate.token else [])


async def test_the_gate_signs_nothing_for_who_does_not_have_the_secret() -> None:
    forged = signed(credentials=Credentials(KEY_ID, "guessed", None))
    replayed = replace(signed(), body=b'{"messages":["other"]}')
    told = signed({"X-Amz-Content-SHA256": sha256(BODY).hexdigest()})
    for inbound in (forged, replayed, replace(told, body=b'{"messages":["other"]}')):
        with pytest.raises(Unsigned, match="wrong already") as refused:
            await Signer(Ring(OWN)).seal(inbound, MASKED)
        assert refused.value.hint
        assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("resign", "out", "enforced", "passes"),
    [
        ("block", AsItCame, True, False),
        ("block", MASKED, True, False),
        ("block", AsItCame, False, True),
        ("block", MASKED, False, False),
        ("pass-if-clean", AsItCame, True, True),
        ("pass-if-clean", MASKED, True, False),
        ("pass-if-clean", Written(b"{}"), False, False),
    ],
)
async def test_without_credentials(resign: Any, out: Written, enforced: bool, passes: bool) -> None:
    signer = Signer(Ring(None), resign)
    if passes:
        assert await signer.seal(signed(), out, enforced=enforced) is out
        return
    with pytest.raises(Unsigned, match="no credentials") as refused:
        await signer.seal(signed(), out, enforced=enforced)
    assert "AWS_BEARER_TOKEN_BEDROCK" in refused.value.hint


async def test_with_credentials_what_is_clean_keeps_the_clients_signature() -> None:
    ring = Ring(OWN)
    assert await Signer(ring).seal(signed(), AsItCame) is AsItCame
    assert ring.asked == [KEY_ID]


async def test_what_is_not_signed_is_nobodys_business() -> None:
    ring = Ring(OWN)
    inbound = replace(signed(), headers=(("Authorization", "Bearer token"), ("Content-Type", "application/json")))
    assert await Signer(ring).seal(inbound, MASKED) is MASKED
    assert ring.asked == []


async def test_a_body_in_signed_chunks_is_refused() -> None:
    inbound = signed({"X-Amz-Content-SHA256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"})
    for resign in ("block", "pass-if-clean"):
        with pytest.raises(Unsigned, match="STREAMING"):
            await Signer(Ring(OWN), resign).seal(inbound, AsItCame)  # type: ignore[arg-type]


async def test_a_body_that_is_not_signed_may_change() -> None:
    inbound = signed({"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    masked = replace(MASKED, body=b"{}".ljust(len(BODY)))
    assert await Signer(Ring(OWN)).seal(inbound, masked) is masked


@pytest.mark.parametrize("target", [TARGET, f"{TARGET}?a=b%20c"])
@pytest.mark.parametrize("client", [OWN, Credentials(KEY_ID, SECRET, "the/clients+token")])
async def test_a_url_that_was_signed_beforehand_is_signed_anew(target: str, client: Credentials) -> None:
    inbound = signed(auth=SigV4QueryAuth, target=target, credentials=client)
    assert "X-Amz-Signature=" in inbound.target
    assert checked(inbound, AsItCame) == KEY_ID
    assert await Signer(Ring(OWN)).seal(inbound, AsItCame) is AsItCame
    with pytest.raises(WrongSignature):
        checked(inbound, MASKED)
    for gate in (client, SESSION):
        out = await Signer(Ring(gate)).seal(inbound, MASKED)
        assert checked(inbound, out) == gate.access_key
        assert out.target is not None
        assert out.target.startswith(target)
        assert ("X-Amz-Security-Token=" in out.target) == bool(gate.token)
    forged = signed(auth=SigV4QueryAuth, target=target, credentials=replace(client, secret_key="guessed"))
    with pytest.raises(Unsigned, match="wrong already"):
        await Signer(Ring(client)).seal(forged, MASKED)


async def test_a_signature_of_another_kind_is_not_renewed() -> None:
    inbound = signed()
    other = tuple((n, v.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")) for n, v in inbound.headers)
    assert await Signer(Ring(OWN)).seal(replace(inbound, headers=other), AsItCame) is AsItCame
    with pytest.raises(Unsigned, match="cannot renew"):
        await Signer(Ring(OWN)).seal(replace(inbound, headers=other), MASKED)


async def test_what_signs_may_be_missing() -> None:
    class Missing(Ring):
        async def find(self, key_id: str) -> Credentials | None:
            raise NotInstalled

    with pytest.raises(Unsigned, match="not installed") as refused:
        await Signer(Missing()).seal(signed(), MASKED)
    assert "hushgate[aws]" in refused.value.hint


@pytest.mark.parametrize(
    "host", ["llm.acme.example", "bedrock-runtime.us-east-1.amazonaws.com.acme.example", "amazonaws.com"]
)
async def test_nobody_but_aws_gets_a_signature_of_the_gates(host: str) -> None:
    inbound, ring = signed(), Ring(SESSION)
    inbound = replace(inbound, route=replace(inbound.route, host=host))
    with pytest.raises(Unsigned, match="not one of AWS's"):
        await Signer(ring).seal(inbound, MASKED)
    assert not ring.asked
