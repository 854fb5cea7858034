"""A gate with rules of its users': of gitleaks' format and Presidio's, and with patterns that may take for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat, hushgate

URL = "https://api.openai.com/v1/chat/completions"
OWN = r"""
version: 1
rules:
  - id: never-ending
    entity: NEVER_ID
    level: confidential
    category: pii
    says: "Takes twice as long with each letter more"
    pattern: '(?=y)(?:y|yy)+$'
    match: ["yyyy"]
    no_match: ["x"]
"""
GITLEAKS = """
[[rules]]
id = "acme-token"
regex = '''acmetok-([a-z0-9]{10})'''
keywords = ["acmetok"]
[[rules.allowlists]]
stopwords = ["demo"]
"""
PRESIDIO = """
recognizers:
  - name: Acme customer
    supported_entity: CUSTOMER
    patterns: [{name: number, regex: '(?<!order )AC-[0-9]{6}', score: 0.9}]
"""
PUBLIC = """
version: 1
adjust: [{{rule: gitleaks-acme-token, exclude: [{{fingerprints: [{}]}}]}}]
"""
DEADLINE_MS = 1500


async def ask(gate: Gate, text: str) -> httpx.Response:
    async with gate.client() as client:
        return await client.post(URL, json=chat(text))


async def test_rules_of_users(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    state = tmp_path / "state"
    mark = hushgate("rules", "fingerprint", "-", "--state", str(state), stdin="zz12cd34ef\n").stdout.strip()
    files = {
        "public.yaml": PUBLIC.format(mark),
        "own.yaml": OWN,
        "gitleaks.toml": GITLEAKS,
        "presidio.yaml": PRESIDIO,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    rules = ["builtin", *(str(tmp_path / name) for name in files)]
    gate = await start_gate(rules=rules, detect={"ner": "off", "deadline_ms": DEADLINE_MS}, state=state)

    told = await ask(gate, "use acmetok-ab12cd34ef and acmetok-demo123456 for AC-123456, order AC-654321")
    assert told.status_code == 200
    sent = provider.journal.last.body.decode()
    assert "ab12cd34ef" not in sent and "AC-123456" not in sent
    assert "acmetok-demo123456" in sent and "order AC-654321" in sent
    assert "ab12cd34ef" in told.text and "AC-123456" in told.text  # restored

    await ask(gate, "acmetok-zz12cd34ef is known to be public, acmetok-zz12cd34eg is not")
    sent = provider.journal.last.body.decode()
    assert "acmetok-zz12cd34ef" in sent and "zz12cd34eg" not in sent

    count = provider.journal.count
    refused = await ask(gate, "y" * 80 + " and x")
    assert refused.status_code == 503, "a time-out is a fault, and a fault blocks"
    assert provider.journal.count == count
    assert refused.json()["error"]["code"] == "gate_fault"

    assert (await ask(gate, "and all is well again")).status_code == 200


LISTS = """
version: 1
rules:
  - id: acme-projects
    entity: PROJECT
    level: confidential
    category: business
    says: "Name of a project"
    words_from: projects.txt
    exclude: [{values_from: told.txt}]
    hotwords: [{words: [novel], score: 0, window: 40}]
  - id: acme-customers
    entity: CUSTOMER
    level: confidential
    category: business
    says: "Name of a customer"
    words_from: customers.csv
    column: name
    endings: [s]
"""


async def test_word_lists_that_change(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    many = [f"Quorbe{n:04d}" for n in range(2000)]
    files = {
        "lists.yaml": LISTS,
        "projects.txt": "# of this year\nNightjar Blue\n" + "\n".join(many) + "\n",
        "told.txt": "Quorbe0007\n",
        "customers.csv": "id,name\n1,Velmoranti\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    gate = await start_gate(rules=["builtin", str(tmp_path / "lists.yaml")], detect={"ner": "off"})

    told = await ask(gate, "NIGHTJAR\nblue, quorbe1999 and Quorbe0007 for velmorantis; in the novel Quorbe0003")
    assert told.status_code == 200
    sent = provider.journal.last.body.decode()
    assert not any(word in sent.lower() for word in ("nightjar", "quorbe1999", "velmoranti"))
    assert "Quorbe0007" in sent and "Quorbe0003" in sent
    assert "NIGHTJAR" in told.text and "quorbe1999" in told.text  # restored

    (tmp_path / "projects.txt").write_text("\n".join([*many, "Zephyrwind"]) + "\n")
    for _ in range(200):
        await ask(gate, "about Zephyrwind")
        if "Zephyrwind" not in provider.journal.last.body.decode():
            break
        await asyncio.sleep(0.1)
    assert "Zephyrwind" not in provider.journal.last.body.decode()
    await ask(gate, "Nightjar Blue is told of now")
    assert "Nightjar Blue" in provider.journal.last.body.decode()
