"""The provider double keeps every byte, and answers as a provider does."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from tests.doubles.chat import Reply, ToolCall
from tests.doubles.journal import Received
from tests.doubles.provider import Provider

ROOT = Path(__file__).parents[2]
HELLO = {"model": "gpt", "messages": [{"role": "user", "content": "héllo"}]}


@pytest.fixture
async def client(provider: Provider) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=provider.url, verify=provider.authority.client_context()) as made:
        yield made


@pytest.fixture
async def sdk(provider: Provider, client: httpx.AsyncClient) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(api_key="none", base_url=f"{provider.url}/v1", http_client=client, max_retries=0)


async def test_nothing_arrived_is_zero(provider: Provider) -> None:
    journal = provider.journal
    assert (journal.connections, journal.handshakes, journal.bytes, journal.count) == (0, 0, 0, 0)


async def test_a_socket_without_a_handshake_counts(provider: Provider) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", provider.port)
    await asyncio.sleep(0.01)
    writer.close()
    assert (provider.journal.connections, provider.journal.handshakes) == (1, 0)


async def test_half_a_request_is_kept(provider: Provider) -> None:
    context = provider.authority.client_context()
    _, writer = await asyncio.open_connection("127.0.0.1", provider.port, ssl=context, server_hostname="localhost")
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nbadge AB-123456")
    await writer.drain()
    async with asyncio.timeout(2):
        while not provider.journal.find("AB-123456"):
            await asyncio.sleep(0.01)
    assert provider.journal.count == 0
    writer.close()


async def test_raw_bytes_of_pipelined_requests_stand_apart(provider: Provider) -> None:
    first = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
    second = b"POST /b?q=1 HTTP/1.1\r\nhost:  x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
    context = provider.authority.client_context()
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", provider.port, ssl=context, server_hostname="api.openai.com"
    )
    writer.write(first + second)
    await reader.readuntil(b'"b25l"}')
    await reader.readuntil(b'"dHdv"}')
    assert [r.raw for r in provider.journal.requests] == [first, second]
    assert [(r.body, r.path, r.sni, r.connection) for r in provider.journal.requests] == [
        (b"one", "/a", "api.openai.com", 1),
        (b"two", "/b", "api.openai.com", 1),
    ]
    writer.close()


async def test_http2_is_answered_and_kept_alike(provider: Provider) -> None:
    context = provider.authority.client_context()
    async with httpx.AsyncClient(base_url=provider.url, verify=context, http2=True) as client:
        whole, stream = await asyncio.gather(
            client.post("/v1/chat/completions", json=HELLO, headers={"x-note": "a note"}),
            client.post("/v1/chat/completions", json={**HELLO, "stream": True}),
        )
        big = await client.post("/v1/any", json={"text": "x" * 300_000})
    assert whole.http_version == stream.http_version == "HTTP/2"
    assert whole.json()["choices"][0]["message"]["content"] == "You said: héllo"
    assert stream.text.endswith("data: [DONE]\n\n")
    assert len(big.content) > 300_000, "more than one window"
    assert provider.journal.count == 3
    assert provider.journal.find("a note")
    assert {r.connection for r in provider.journal.requests} == {1}


@pytest.mark.parametrize("http2", [False, True])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_reply_that_is_cut_is_no_end(provider: Provider, http2: bool, stream: bool) -> None:
    provider.reply = Reply(cut=3)
    context = provider.authority.client_context()
    async with httpx.AsyncClient(base_url=provider.url, verify=context, http2=http2) as client:
        with pytest.raises(httpx.TransportError):
            await client.post("/v1/chat/completions", json={**HELLO, "stream": stream})


async def test_certificate_names_only_its_hosts(provider: Provider) -> None:
    context = provider.authority.client_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection("127.0.0.1", provider.port, ssl=context, server_hostname="other.example")
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection(
            "127.0.0.1", provider.port, ssl=ssl.create_default_context(), server_hostname="localhost"
        )


async def test_whole_reply(sdk: openai.AsyncOpenAI, provider: Provider) -> None:
    answer = await sdk.chat.completions.create(**_typed(HELLO))
    assert answer.choices[0].message.content == "You said: héllo"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert provider.journal.last.json["messages"] == HELLO["messages"]


@pytest.mark.parametrize("chunk", [1, 3, 1000])
async def test_streamed_reply(sdk: openai.AsyncOpenAI, chunk: int) -> None:
    stream = await sdk.chat.completions.create(
        **_typed(HELLO),
        stream=True,
        stream_options={"include_usage": True},
        n=2,
        extra_headers={"x-double-chunk": str(chunk), "x-double-choices": "2", "x-double-write": "5"},
    )
    text, finishes, usage = {0: "", 1: ""}, [], None
    pieces = 0
    async for event in stream:
        usage = event.usage or usage
        for choice in event.choices:
            text[choice.index] += choice.delta.content or ""
            pieces += bool(choice.delta.content)
            finishes += [choice.finish_reason] if choice.finish_reason else []
    assert text == {0: "You said: héllo", 1: "You said: héllo"}
    assert pieces == 2 * -(-len("You said: héllo") // chunk)
    assert (finishes, usage is not None) == (["stop", "stop"], True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("stream", [False, True])
async def test_encoded_reply(client: httpx.AsyncClient, encoding: str, stream: bool) -> None:
    answer = await client.post(
        "/v1/chat/completions", json={**HELLO, "stream": stream}, headers={"x-double-encoding": encoding}
    )
    assert answer.headers["content-encoding"] == encoding
    if stream:
        assert answer.text.endswith("data: [DONE]\n\n")
    else:
        assert answer.json()["choices"][0]["message"]["content"] == "You said: héllo"


async def test_tool_call_in_fragments_and_its_result(sdk: openai.AsyncOpenAI) -> None:
    asked = {"model": "double:tool:look_up", "messages": [{"role": "user", "content": 'a "b" \n c'}]}
    name, arguments = "", ""
    async for event in await sdk.chat.completions.create(
        **_typed(asked), stream=True, extra_headers={"x-double-chunk": "2"}
    ):
        for call in event.choices[0].delta.tool_calls or ():
            assert call.function is not None
            name += call.function.name or ""
            arguments += call.function.arguments or ""
    assert (name, json.loads(arguments)) == ("look_up", {"text": 'a "b" \n c'})
    result = {"role": "tool", "tool_call_id": "call_double_1", "content": "42"}
    answer = await sdk.chat.completions.create(**_typed({**asked, "messages": [*asked["messages"], result]}))
    assert answer.choices[0].message.content == "The tool said: 42"


@pytest.mark.parametrize(
    ("model", "says"), [("double:echo", "héllo"), ("double:text:a:b", "a:b"), ("double", "You said: héllo")]
)
async def test_model_names(sdk: openai.AsyncOpenAI, model: str, says: str) -> None:
    answer = await sdk.chat.completions.create(**_typed({**HELLO, "model": model}))
    assert answer.choices[0].message.content == says


async def test_status_by_model_name(sdk: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.InternalServerError):
        await sdk.chat.completions.create(**_typed({**HELLO, "model": "double:status:500"}))


async def test_other_paths(client: httpx.AsyncClient) -> None:
    vectors = (await client.post("/v1/embeddings", json={"model": "e", "input": ["a", "b"]})).json()
    assert [row["index"] for row in vectors["data"]] == [0, 1]
    assert (await client.get("/v1/models")).json()["data"][0]["id"] == "double"
    assert (await client.post("/v1/new?x=1", json={"a": 1})).json() == {
        "object": "echo",
        "target": "/v1/new?x=1",
        "body": {"a": 1},
    }


async def test_script_decides_and_may_pass(tmp_path: Path) -> None:
    def script(request: Received) -> Reply | None:
        if request.path == "/v1/models":
            return Reply(body=b"{}", status=418, headers={"x-made": "up"})
        return Reply(tool_calls=[ToolCall("f", "{}")]) if request.header("x-tool") else None

    async with (
        Provider(script=script, folder=tmp_path, reply=Reply(text="fixed"), tls=False) as provider,
        httpx.AsyncClient(base_url=provider.url) as client,
    ):
        scripted = await client.get("/v1/models")
        assert (scripted.status_code, scripted.headers["x-made"]) == (418, "up")
        usual = (await client.post("/v1/chat/completions", json=HELLO)).json()
        assert usual["choices"][0]["message"]["content"] == "fixed"
        tool = (await client.post("/v1/chat/completions", json=HELLO, headers={"x-tool": "1"})).json()
        assert tool["choices"][0]["finish_reason"] == "tool_calls"
        kept = [path.read_bytes() for path in sorted(tmp_path.iterdir())]
        assert kept == [request.raw for request in provider.journal.requests]
        assert len(kept) == 3


async def test_a_cut_stream_ends_without_its_end(client: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await client.post("/v1/chat/completions", json={**HELLO, "stream": True}, headers={"x-double-cut": "2"})


async def test_expect_continue_is_answered(provider: Provider) -> None:
    context = provider.authority.client_context()
    reader, writer = await asyncio.open_connection("127.0.0.1", provider.port, ssl=context, server_hostname="localhost")
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert b" 100 " in await reader.readuntil(b"\r\n\r\n")
    writer.write(b"{}")
    assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
    writer.close()


def test_as_a_program(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.doubles.provider", "--host-name", "llm.example", "--folder", str(tmp_path)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            trust = ssl.create_default_context(cafile=ready["ca"])
            with httpx.Client(verify=trust) as client:
                client.post(
                    f"https://127.0.0.1:{ready['port']}/v1/chat/completions",
                    json=HELLO,
                    headers={"host": "llm.example"},
                    extensions={"sni_hostname": "llm.example"},
                ).raise_for_status()
        finally:
            process.terminate()
    assert process.returncode == 0
    assert b"llm.example" in (tmp_path / "0001.raw").read_bytes()


def _typed(request: dict[str, Any]) -> dict[str, Any]:
    """Keeps mypy out of the SDK's overloads."""
    return request
