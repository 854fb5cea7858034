"""An organisation's own records, through a real gate: known by their fingerprints, told by their column."""

from __future__ import annotations

import asyncio
import base64
import shutil
from pathlib import Path

import httpx

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat, hushgate
from tests.e2e.test_masking import URL

IBAN = "DE89 3704 0044 0532 0130 00"
CSV = f"""\
name,account,born,iban
Maria van den Berg,ZK-47110815,1980-05-17,{IBAN}
José Núñez,ZK-47110816,1971-01-02,
"""
POLICY = """
version: 1
levels: {IBAN_CODE: internal}
rules:
  - {id: hide, when: {direction: request, level: confidential}, then: mask}
  - {id: records-stay, when: {direction: request, level: regulated}, then: block}
"""


async def ask(gate: Gate, text: str) -> httpx.Response:
    async with gate.client() as client:
        return await client.post(URL, json=chat(text))


async def test_records_are_known_in_prompts(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "customers.csv").write_text(CSV, "utf-8")
    values = tmp_path / "customers.values"
    (tmp_path / "columns.yaml").write_text("version: 1\nkind: columns\nclasses: {}\nassets: []\n")
    catalog = [str(tmp_path / name) for name in ("*.values", "columns.yaml")]
    gate = await start_gate(policy=str(tmp_path / "policy.yaml"), catalog=catalog)
    assert (await ask(gate, "ZK-47110815")).status_code == 200
    assert "ZK-47110815" in provider.journal.last.body.decode(), "nothing is known of it yet"

    words = ("--columns", "name,account,iban", "--together", "name,born")
    made = gate.run("catalog", "values", str(tmp_path / "customers.csv"), *words)
    assert made.returncode == 0, made.stderr
    async with asyncio.timeout(20):  # the gate takes the new file up
        while "ZK-47110815" in provider.journal.last.body.decode():
            await asyncio.sleep(0.2)
            await ask(gate, "ZK-47110815")

    hidden = base64.b64encode("of José Núñez, a customer".encode()).decode()
    told = await ask(gate, f"MARIA VAN DEN BERG has zk 4711 0815; {hidden}")
    assert told.status_code == 200
    sent = provider.journal.last.body.decode()
    assert "BERG" not in sent and "0815" not in sent and hidden not in sent
    assert "MARIA VAN DEN BERG has zk 4711 0815" in told.text, "restored"
    shown = gate.json("show", told.headers["x-hushgate-decision"])
    assert {finding["origin"] for finding in shown["findings"]} == {
        "customers.csv.name (values)", "customers.csv.account (values)"
    }  # fmt: skip

    other = "GB82 WEST 1234 5698 7654 32"
    assert (await ask(gate, f"from {IBAN} to {other}")).status_code == 200
    sent = provider.journal.last.body.decode()
    assert other in sent and "3704" not in sent, "what policy says of IBANs lowers no customer's own"

    count = provider.journal.count
    refused = await ask(gate, "Maria van den Berg was born on 17 May 1980")
    assert refused.status_code == 400
    assert "customers.csv.born" in refused.json()["error"]["message"]
    assert "1980" not in refused.text and "Berg" not in refused.text
    assert provider.journal.count == count
    assert (await ask(gate, "José Núñez was not born on 17 May 1980")).status_code == 200

    shutil.copyfile(values, tmp_path / "other.values")
    with (tmp_path / "other.values").open("r+b") as file:
        file.truncate(values.stat().st_size - 1)
    async with asyncio.timeout(20):
        while "other.values: is damaged" not in gate.said:
            await asyncio.sleep(0.1)
    assert (await ask(gate, "Maria van den Berg, 17 May 1980")).status_code == 400, "and the old rules stay in force"

    # A file that is mapped and written over knows nothing any more: no text is clean then, until it is whole again.
    (tmp_path / "other.values").unlink()
    shutil.copyfile(values, tmp_path / "whole")
    with values.open("r+b") as file:
        file.seek(4000)
        file.write(bytes(values.stat().st_size - 4000))
    count = provider.journal.count
    told = await ask(gate, "once more, Maria van den Berg")
    assert told.status_code == 503 and "written over" in told.text and provider.journal.count == count
    (tmp_path / "whole").replace(values)
    async with asyncio.timeout(20):
        while (told := await ask(gate, "and again, Maria van den Berg")).status_code == 503:
            await asyncio.sleep(0.2)
    assert told.status_code == 200 and "Berg" not in provider.journal.last.body.decode()


async def test_a_gate_does_not_start_with_what_another_key_made(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    (tmp_path / "customers.csv").write_text(CSV, "utf-8")
    gate = await start_gate()
    out = tmp_path / "theirs.values"
    words = (str(tmp_path / "customers.csv"), "--columns", "name", "--out", str(out))
    assert hushgate("catalog", "values", *words, "--state", str(tmp_path / "theirs")).returncode == 0
    gate.config.write_text(gate.config.read_text() + f"catalog: ['{out}']\n")
    gate.stop()
    told = gate.run("up")
    assert told.returncode == 2
    assert "theirs.values: was made with another key" in told.stderr
