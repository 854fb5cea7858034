"""Whatever happens, no value that was found is anywhere in the state folder, in any form."""

from __future__ import annotations

import contextlib
from pathlib import Path

import httpx
import pytest

from tests.doubles import canary
from tests.doubles.chat import Reply
from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import chat

URL = "https://api.openai.com/v1/chat/completions"
CANARIES = (
    "canary.one" + "@example.com",
    "canary.two" + "@example.net",
    "ghp_" + "Canary0Token1" * 2 + "a1B2c3D4e5",
    "078-05-" + "1120",
    "4111111111" + "111111",
    "DE89370400440532" + "013000",
)
KEY = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEcanarycanary" * 12 + "\n-----END RSA PRIVATE " + "KEY-----"


def everything(folder: Path) -> dict[str, bytes]:
    """Each file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("transcripts", ["structure", "masked", "none"])
async def test_no_value_stays_in_the_state_folder(start_gate: Start, provider: Provider, transcripts: str) -> None:
    gate = await start_gate(transcripts=transcripts, detect={"ner": "builtin"})
    prompt = "ssn " + " and ".join(CANARIES)
    async with gate.client() as client:

        async def post(**options: object) -> None:
            with contextlib.suppress(httpx.HTTPError):
                await client.post(URL, **options)  # type: ignore[arg-type]

        await post(json=chat(prompt))
        await post(json=chat(prompt, stream=True))
        await post(json=chat(KEY + prompt))  # blocked
        provider.reply = Reply(text=prompt)
        await post(json=chat("x", model="gpt-4o"))  # told by the reply
        await post(json=chat("x", model="gpt-4o", stream=True))
        provider.reply = Reply(body=prompt.encode(), headers={"content-type": "text/plain"})
        await post(json=chat("x", model="gpt-4o"))
        provider.reply = Reply()
        await post(json={**chat(prompt), prompt: {"nested": {prompt: [prompt]}}})  # keys
        await post(json=chat(f'{{"arguments": "{prompt}"}}', user=prompt, metadata={"k": prompt}))
        await post(content=b'{"model":"x","model":"' + prompt.encode() + b'"}')  # malformed
        await post(content=prompt.encode()[:-1] + b"\xff", headers={"content-type": "application/json"})
        await post(content=canary.packed(repr(prompt).encode(), "gzip"), headers={"content-encoding": "gzip"})
        await post(json={**chat(prompt), "model": prompt})  # in what cannot be masked
        await client.get("https://api.openai.com/v1/files/" + CANARIES[0], params={"q": CANARIES[1]})
        await post(json=chat(prompt), headers={"x-note": CANARIES[0]})
        await post(content=b"\0" + prompt.encode(), headers={"content-type": "application/octet-stream"})
        for value in CANARIES:
            gate.run("where", "-", stdin=value)
        with contextlib.suppress(httpx.HTTPError):
            async with gate.client() as other:
                await other.post(f"https://{CANARIES[0].replace('@', '.')}/", json={})
        gate.process.kill()
        gate.process.wait()

    files = everything(gate.state) | {"gate.log": gate.log.read_bytes()}
    kept = [
        f"{value[:6]}... in {name} as {form}"
        for name, content in files.items()
        for value in (*CANARIES, KEY[40:72])
        if (form := canary.find(content, value))
    ]
    assert not kept, "\n".join(kept)
    assert any(name.endswith(".db") for name in files), "the ledger was looked at"
