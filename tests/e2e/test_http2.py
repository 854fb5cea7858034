"""HTTP/2 clients in front of an HTTP/1 provider: what one protocol frames the other has to, too."""

from __future__ import annotations

import asyncio
import json
import ssl

import h2.config
import h2.connection
import h2.events

from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, chat
from tests.e2e.test_egress import tunnel

EMAIL = "erika.mustermann" + "@example.com"


async def post(gate: Gate, path: str, body: bytes, **fields: str) -> tuple[int, bytes]:
    """One POST over HTTP/2 without a content-length; its status and body."""
    _, reader, writer = await tunnel(gate, "api.openai.com:443")
    context = ssl.create_default_context(cafile=gate.ca)
    context.set_alpn_protocols(["h2"])
    await writer.start_tls(context, server_hostname="api.openai.com")
    one = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
    one.initiate_connection()
    pseudo = {":method": "POST", ":scheme": "https", ":authority": "api.openai.com", ":path": path}
    one.send_headers(1, [*pseudo.items(), *((name.replace("_", "-"), value) for name, value in fields.items())])
    one.send_data(1, body, end_stream=True)
    status, answer = 0, b""
    async with asyncio.timeout(15):
        while True:
            writer.write(one.data_to_send())
            for event in one.receive_data(await reader.read(65536)):
                if isinstance(event, h2.events.ResponseReceived):
                    status = int(dict(event.headers)[":status"])
                elif isinstance(event, h2.events.DataReceived):
                    answer += event.data
                elif isinstance(event, h2.events.StreamEnded | h2.events.StreamReset | h2.events.ConnectionTerminated):
                    writer.close()
                    return status, answer


async def test_a_body_without_a_length_is_no_second_request(gate: Gate, provider: Provider) -> None:
    status, answer = await post(
        gate, "/v1/chat/completions", json.dumps(chat("hello")).encode(), content_type="application/json"
    )
    assert status == 200
    assert json.loads(answer)["choices"][0]["message"]["content"] == "hello"

    # Cut in two by chunks that only the smuggled request has, the value looks like nothing.
    said = json.dumps(chat(EMAIL))
    at = said.index("example.com")
    pieces = "".join(f"{len(piece):x}\r\n{piece}\r\n" for piece in (said[:at], said[at:], ""))
    head = "POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\nTransfer-Encoding: chunked\r\n\r\n"
    status, _ = await post(gate, "/v1/notes", (head + pieces).encode(), content_type="text/plain")
    assert status == 200
    assert [request.path for request in provider.journal.requests] == ["/v1/chat/completions", "/v1/notes"]
    assert all(EMAIL.encode() not in request.body for request in provider.journal.requests)
