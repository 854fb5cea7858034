"""Values of one record in one prompt, wherever in it they stand: more than each alone, through a real gate."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.doubles.chat import Reply
from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat, hushgate, start
from tests.e2e.test_attachments import TYPES
from tests.e2e.test_masking import URL
from tests.made_files import docx

CSV = (
    "name,account,born,code\nMaria van den Berg,ZK-47110815,1980-05-17,551204\n"
    "José Núñez,ZK-47110816,1971-01-02,551205\nMaria van den Berg,ZK-47110817,1971-01-02,551206\n"
)
POLICY = """
version: 1
rules:
  - {id: hide, when: {level: confidential}, then: mask}
  - {id: records-stay, when: {level: regulated}, then: block}
"""
NAME, ACCOUNT, OTHER, BORN = "Maria van den Berg", "ZK-47110815", "ZK-47110816", "17 May 1980"
type Message = dict[str, Any]


def said(text: str, role: str = "user") -> Message:
    return {"role": role, "content": text}


def called(arguments: str) -> Message:
    call = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": arguments}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def answered(content: str) -> Message:
    return {"role": "tool", "tool_call_id": "call_1", "content": content}


def attached(text: str) -> Message:
    url = f"data:{TYPES['docx']};base64,{b64encode(docx(text)).decode()}"
    return {"role": "user", "content": [{"type": "file", "file": {"file_data": url, "filename": "letter.docx"}}]}


PLACES: dict[str, list[Message]] = {
    "two messages": [said(f"It is about {NAME}."), said("ok", "assistant"), said(f"account {ACCOUNT}")],
    "the system's words": [said(f"You serve {NAME}.", "system"), said(f"account {ACCOUNT}")],
    "a tool's arguments": [said(f"It is about {NAME}."), called(json.dumps({"account": ACCOUNT}))],
    "keys of a result": [called("{}"), answered(json.dumps({"customer": {"label": NAME}, "accounts": [ACCOUNT]}))],
    "parts of a message": [{"role": "user", "content": [{"type": "text", "text": t} for t in (NAME, ACCOUNT)]}],
    "an encoding": [said(b64encode(f"the customer is {NAME}".encode()).decode()), said(ACCOUNT)],
    "a number": [said(f"{NAME} has called."), called('{"code": 551204}')],
    "a day": [said(f"{NAME} has called."), called(json.dumps({"day": BORN}))],
}


async def ask(gate: Gate, messages: list[Message], **more: Any) -> httpx.Response:
    async with gate.client() as client:
        return await client.post(URL, json={**chat(""), "messages": messages, **more})


def replaced(messages: list[Message], value: str, by: str) -> list[Message]:
    encoded = (b64encode(f"the customer is {one}".encode()).decode() for one in (value, by))
    made = json.dumps(messages).replace(next(encoded), next(encoded)).replace(value, by)
    return list(json.loads(made))


def others(messages: list[Message]) -> list[Message]:
    """With what another customer has in place of all but the name."""
    for value, by in ((ACCOUNT, OTHER), (BORN, "2 May 1980"), ("551204", "551205")):
        messages = replaced(messages, value, by)
    return messages


def catalog_in(folder: Path) -> dict[str, Any]:
    """How a gate starts that knows the records, with the policy above."""
    (folder / "policy.yaml").write_text(POLICY)
    (folder / "customers.csv").write_text(CSV, "utf-8")
    words = ["--columns", "name,account,code"]
    for other in ("account", "born", "code"):
        words += ["--together", f"name,{other}"]
    made = hushgate("catalog", "values", str(folder / "customers.csv"), *words, "--state", str(folder / "state"))
    assert made.returncode == 0, made.stderr
    policy, catalog = str(folder / "policy.yaml"), [str(folder / "customers.values")]
    return {"policy": policy, "catalog": catalog, "state": folder / "state"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def knowing(standing_provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gate]:
    folder = tmp_path_factory.mktemp("knowing")
    gate = await start(folder, standing_provider.port, standing_provider.ca, **catalog_in(folder))
    yield gate
    assert gate.stop() == 0, gate.said
    assert gate.run("verify").returncode == 0


async def test_a_name_and_an_account_of_one_record(knowing: Gate, provider: Provider) -> None:
    gate = knowing
    for place, messages in PLACES.items():
        for alone in (replaced(messages, NAME, "Nobody"), others(messages)):
            count = provider.journal.count
            assert (told := await ask(gate, alone)).status_code == 200, (place, told.text)
            assert provider.journal.count == count + 1
            sent = provider.journal.last.body.decode()
            assert not any(value in sent for value in (NAME, ACCOUNT, OTHER, "551204", "551205")), place
        count = provider.journal.count
        refused = await ask(gate, messages)
        assert refused.status_code == 400, place
        assert provider.journal.count == count, place
        message = refused.json()["error"]["message"]
        assert "of the same record" in message and "records-stay" in message, place
        assert NAME not in refused.text and ACCOUNT not in refused.text and BORN not in refused.text
        shown = gate.shown(refused.headers["x-hushgate-decision"])
        assert shown is not None
        origins = {f["origin"] for f in shown["findings"]}
        beside = {"a day": "born", "a number": "code"}.get(place, "account"), "name"
        assert {f["rule"] for f in shown["findings"]} == {"catalog-together"}
        assert origins == {
            f"customers.csv.{one} (values), beside {other} of the same record" for one, other in (beside, beside[::-1])
        }


async def test_a_document_is_beside_the_messages(knowing: Gate, provider: Provider) -> None:
    gate = knowing
    assert (await ask(gate, [attached("a letter"), said(NAME)])).status_code == 200
    count = provider.journal.count
    assert (await ask(gate, [attached(f"the letter of {BORN}"), said("Sum it up.")])).status_code == 200
    refused = await ask(gate, [attached(f"the letter of {BORN}"), said("Sum it up for"), said(NAME)])
    assert refused.status_code == 400 and "beside name of the same record" in refused.text
    assert provider.journal.count == count + 1


async def test_in_shadow_it_goes_and_is_on_record(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    gate = await start_gate(**catalog_in(tmp_path), enforce=False)
    told = await ask(gate, PLACES["two messages"])
    assert told.status_code == 200 and NAME in provider.journal.last.body.decode()
    shown = await gate.closed(told.headers["x-hushgate-decision"])
    assert (shown["gate"], shown["enforced"], shown["level"]) == ("block", False, "regulated")


@pytest.mark.parametrize("stream", [False, True])
async def test_a_reply_is_beside_itself(knowing: Gate, provider: Provider, *, stream: bool) -> None:
    async def heard(account: str) -> str:
        provider.reply = Reply(text=f"It is {NAME}, I think, and the account is {account}. Anything else?")
        told = await ask(knowing, [said("who?")], model="gpt-4o", stream=stream)
        assert ("records-stay" in told.text) is (account == ACCOUNT)
        return "".join(re.findall(r'"content": ?"([^"]*)"', told.text))

    other, cut = await heard(OTHER), await heard(ACCOUNT)
    assert "Anything else" in other and "Anything else" not in cut
    assert all(value not in given for given in (other, cut) for value in (NAME, ACCOUNT, OTHER))
