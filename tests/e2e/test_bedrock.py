"""boto3 through the gate to a Bedrock that checks every signature."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
import pytest_asyncio
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, EventStreamError

from tests.doubles.bedrock import AGENTS, BEARER, HOST, Bedrock, event
from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, start

KEY_ID, SECRET = "AKIAQNZGKIQY5" + "6JQ7WML", "fakeSecretOfTheClient" + "fake"
SESSION_ID = "ASIAQNZGKIQY5" + "6JQ7WMX"
STRANGER = "AKIASTRANGER" + "EXAMPLE1"
EMAIL = "erika.mustermann" + "@example.com"
OTHER = "jonas.becker" + "@example.org"
CARD = "4111 1111 " + "1111 1111"
PROMPT = f"Write to {EMAIL}, charge card {CARD}."
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEfakefake" * 20 + "\n-----END RSA PRIVATE " + "KEY-----"
MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
ARN = "arn:aws:bedrock:us-east-1:029608264753:inference-profile/us.anthropic.claude-3"
TOOL = {"toolSpec": {"name": "send_mail", "inputSchema": {"json": {"type": "object"}}}}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cloud() -> AsyncIterator[Provider]:
    async with Provider(hosts=(HOST, AGENTS), http2=False) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def signing_gate(cloud: Provider, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gate]:
    """A gate that has the client's own key in its environment, and a profile for another key of the account."""
    folder = tmp_path_factory.mktemp("aws")
    (folder / "credentials").write_text(f"[work]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
    running = await start(
        folder,
        cloud.port,
        cloud.ca,
        egress={"resolve": dict.fromkeys((HOST, AGENTS), f"127.0.0.1:{cloud.port}")},
        aws={"profiles": {SESSION_ID: "work"}},
        env={
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
            "AWS_CONFIG_FILE": str(folder / "none"),
        },
    )
    yield running
    assert running.stop() == 0, running.said


@pytest.fixture
def bedrock(cloud: Provider) -> Bedrock:
    cloud.journal.clear()
    cloud.script = made = Bedrock({KEY_ID: SECRET})
    return made


type Clients = Callable[..., Any]


@pytest.fixture
def client() -> Iterator[Clients]:
    """Makes boto3 clients of a gate, and closes them and the streams they are given back."""
    made: list[Any] = []

    def make(gate: Gate, key_id: str = KEY_ID, secret: str = SECRET, service: str = "bedrock-runtime") -> Any:
        aws = boto3.client(
            service, "us-east-1", aws_access_key_id=key_id, aws_secret_access_key=secret, verify=gate.ca,
            config=Config(proxies={"https": gate.proxy}, retries={"total_max_attempts": 3}),
        )  # fmt: skip
        made.append(aws)
        return aws

    yield make
    for aws in made:
        aws.close()


async def called[T](call: Callable[[], T]) -> T:
    """boto3 blocks, and the double lives on this loop."""
    return await asyncio.to_thread(call)


def conversation(text: str = PROMPT) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [{"text": text}]}]}


def streamed(made: Any) -> tuple[dict[int, str], list[str]]:
    """The text of each block, and the kinds of events."""
    texts: dict[int, str] = {}
    kinds: list[str] = []
    with closing(made["stream"]):
        for one in made["stream"]:
            ((kind, what),) = one.items()
            kinds.append(kind)
            if kind == "contentBlockDelta":
                delta = what["delta"]
                piece = delta["text"] if "text" in delta else delta["toolUse"]["input"]
                texts[what["contentBlockIndex"]] = texts.get(what["contentBlockIndex"], "") + piece
    return texts, kinds


@pytest.mark.parametrize("model", [MODEL, ARN])
async def test_converse_is_masked_signed_anew_and_restored(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients, model: str
) -> None:
    done = await called(lambda: client(signing_gate).converse(modelId=model, **conversation()))
    assert done["output"]["message"]["content"] == [{"text": PROMPT}]
    assert bedrock.signed_by == [KEY_ID]
    for value in (EMAIL, CARD):
        assert cloud.journal.find(value) is None
    assert "<EMAIL_ADDRESS_" in cloud.journal.last.body.decode()
    shown = await signing_gate.closed(done["ResponseMetadata"]["HTTPHeaders"]["x-hushgate-decision"])
    assert shown["model"] == model
    assert shown["outcome"] == "answered"
    assert {finding["entity"] for finding in shown["findings"]} >= {"EMAIL_ADDRESS", "CREDIT_CARD"}


async def test_an_agent_of_the_companys_own_is_asked_as_a_model_is(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients
) -> None:
    arn = "arn:aws:bedrock-agentcore:us-east-1:029608264753:runtime/mailer-Ab1"
    asked = json.dumps({"prompt": PROMPT}).encode()

    def call(payload: bytes) -> bytes:
        agents = client(signing_gate, service="bedrock-agentcore")
        with closing(agents.invoke_agent_runtime(agentRuntimeArn=arn, payload=payload)["response"]) as response:
            return bytes(response.read())

    assert json.loads(await called(lambda: call(asked))) == {"prompt": PROMPT}
    assert bedrock.signed_by == [KEY_ID]
    assert cloud.journal.find(EMAIL) is None
    with pytest.raises(ClientError, match="PRIVATE_KEY"):
        await called(lambda: call(json.dumps({"prompt": PEM}).encode()))
    assert bedrock.signed_by == [KEY_ID], "it was not asked again"


async def test_what_is_clean_keeps_the_clients_signature(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients
) -> None:
    done = await called(lambda: client(signing_gate).converse(modelId=MODEL, **conversation("hello")))
    assert done["output"]["message"]["content"] == [{"text": "hello"}]
    assert bedrock.signed_by == [KEY_ID]


@pytest.mark.parametrize("chunk", [1, 3, 50])
async def test_converse_stream_gets_its_values_back(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients, chunk: int
) -> None:
    bedrock.chunk = chunk
    aws = client(signing_gate)
    texts, kinds = await called(lambda: streamed(aws.converse_stream(modelId=MODEL, **conversation())))
    assert texts == {0: PROMPT}
    assert kinds[0] == "messageStart"
    assert kinds[-3:] == ["contentBlockStop", "messageStop", "metadata"]
    asked = {**conversation(), "toolConfig": {"tools": [TOOL]}}
    texts, _ = await called(lambda: streamed(aws.converse_stream(modelId=MODEL, **asked)))
    assert texts[0] == "calling"
    assert json.loads(texts[1]) == {"text": PROMPT}
    assert bedrock.signed_by == [KEY_ID, KEY_ID]
    assert cloud.journal.find(EMAIL) is None


@pytest.mark.parametrize("chunk", [1, 7])
async def test_a_vendors_body_is_masked_and_restored(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients, chunk: int
) -> None:
    bedrock.chunk = chunk
    aws, body = client(signing_gate), json.dumps({"prompt": PROMPT, "max_tokens": 9})

    def whole() -> str:
        with closing(aws.invoke_model(modelId=MODEL, body=body)["body"]) as reply:
            return str(json.loads(reply.read())["outputs"][0]["text"])

    def in_chunks() -> str:
        with closing(aws.invoke_model_with_response_stream(modelId=MODEL, body=body)["body"]) as stream:
            return "".join(json.loads(one["chunk"]["bytes"])["outputs"][0]["text"] for one in stream)

    assert await called(whole) == await called(in_chunks) == json.dumps({"max_tokens": 9, "prompt": PROMPT})
    assert bedrock.signed_by == [KEY_ID, KEY_ID]
    assert cloud.journal.find(EMAIL) is None


async def test_a_stream_does_not_tell_what_the_client_did_not_send(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients
) -> None:
    pieces = [f"ask {OTHER[:9]}", OTHER[9:], " now"]
    bedrock.events = b"".join(
        event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}}) for piece in pieces
    )
    texts, _ = await called(lambda: streamed(client(signing_gate).converse_stream(modelId=MODEL, **conversation("hi"))))
    assert texts[0].startswith("ask <EMAIL_ADDRESS_")
    assert texts[0].endswith(" now")


async def test_an_error_in_mid_stream_shows_after_what_was_said(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients
) -> None:
    bedrock.events = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "my card is 4111"}}) + event(
        "throttlingException", {"message": "slow down"}, kind="exception"
    )
    made = await called(lambda: client(signing_gate).converse_stream(modelId=MODEL, **conversation("hi")))
    said: list[str] = []

    def read() -> None:
        with closing(made["stream"]):
            for one in made["stream"]:
                said.append(one["contentBlockDelta"]["delta"]["text"])

    with pytest.raises(EventStreamError, match="slow down"):
        await called(read)
    assert "".join(said) == "my card is 4111"


async def test_a_broken_stream_is_refused_in_mid_stream(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients
) -> None:
    good = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "good. "}})
    bedrock.events = good + good[:-1] + b"\0"
    made = await called(lambda: client(signing_gate).converse_stream(modelId=MODEL, **conversation("hi")))
    with pytest.raises(EventStreamError, match="checksum.*hint:") as refused:
        await called(lambda: streamed(made))
    assert refused.value.response["Error"]["Code"] == "validationException"


async def test_a_refusal_is_shown_and_not_asked_again(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients
) -> None:
    aws = client(signing_gate)
    for call in (aws.converse, aws.converse_stream):
        with pytest.raises(ClientError, match="hushgate blocked this request") as refused:
            await called(lambda call=call: call(modelId=MODEL, **conversation(PEM)))  # type: ignore[misc]
        assert refused.value.response["Error"]["Code"] == "ValidationException"
        assert "hint:" in str(refused.value)
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert cloud.journal.count == 0


async def test_the_gate_signs_for_who_has_the_secret_and_nobody_else(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients
) -> None:
    for key_id, says in ((KEY_ID, "wrong already"), (STRANGER, "no credentials")):
        with pytest.raises(ClientError, match=f"{says}.*hint:") as refused:
            await called(
                lambda key_id=key_id: client(signing_gate, key_id, "guessed").converse(modelId=MODEL, **conversation())  # type: ignore[misc]
            )
        assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert cloud.journal.count == 0


async def test_a_profile_signs_for_another_key(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients
) -> None:
    done = await called(
        lambda: client(signing_gate, SESSION_ID, "of the session").converse(modelId=MODEL, **conversation())
    )
    assert done["output"]["message"]["content"] == [{"text": PROMPT}]
    assert bedrock.signed_by == [KEY_ID]


async def test_a_bearer_token_needs_no_signature(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, client: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", BEARER)
    aws = boto3.client(
        "bedrock-runtime", "us-east-1", verify=signing_gate.ca, config=Config(proxies={"https": signing_gate.proxy})
    )
    done = await called(lambda: aws.converse(modelId=MODEL, **conversation()))
    assert done["output"]["message"]["content"] == [{"text": PROMPT}]
    aws.close()
    assert bedrock.signed_by == ["bearer"]
    assert cloud.journal.find(EMAIL) is None


@pytest.mark.parametrize("http2", [True, False])
async def test_a_signature_holds_over_either_http(
    signing_gate: Gate, cloud: Provider, bedrock: Bedrock, http2: bool
) -> None:
    body = json.dumps(conversation()).encode()
    request = AWSRequest("POST", f"https://{HOST}/model/m%3A0/converse?b=2&a=%20x", data=body)
    request.headers["Content-Type"] = "application/json"
    request.headers["Accept-Encoding"] = "gzip, deflate"
    request.headers["Content-Length"] = str(len(body))
    SigV4Auth(Credentials(KEY_ID, SECRET), "bedrock", "us-east-1").add_auth(request)
    async with signing_gate.client(http2=http2) as plain:
        answer = await plain.post(request.url, content=body, headers=dict(request.headers))
    assert answer.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
    assert answer.json()["output"]["message"]["content"] == [{"text": PROMPT}]
    assert bedrock.signed_by == [KEY_ID]
    assert cloud.journal.find(EMAIL) is None


async def test_without_credentials_policy_says_what_passes(
    cloud: Provider, bedrock: Bedrock, client: Clients, tmp_path: Path
) -> None:
    nobody = {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"), "AWS_CONFIG_FILE": str(tmp_path / "none")}
    for resign, clean_passes in (("block", False), ("pass-if-clean", True)):
        gate = await start(
            tmp_path / resign,
            cloud.port,
            cloud.ca,
            egress={"resolve": {HOST: f"127.0.0.1:{cloud.port}"}},
            aws={"resign": resign},
            env={**nobody, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
        )
        bedrock.signed_by.clear()
        try:
            with pytest.raises(ClientError, match="AWS_BEARER_TOKEN_BEDROCK"):
                await called(lambda gate=gate: client(gate).converse(modelId=MODEL, **conversation()))  # type: ignore[misc]
            assert bedrock.signed_by == []
            if clean_passes:
                await called(lambda gate=gate: client(gate).converse(modelId=MODEL, **conversation("hello")))  # type: ignore[misc]
                assert bedrock.signed_by == [KEY_ID]
            else:
                with pytest.raises(ClientError, match="no credentials"):
                    await called(lambda gate=gate: client(gate).converse(modelId=MODEL, **conversation("hello")))  # type: ignore[misc]
        finally:
            assert gate.stop() == 0, gate.said
