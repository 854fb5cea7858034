"""What a policy looks at, through a real gate: the program, the source, how much there is, what stands together."""

from __future__ import annotations

import re
from pathlib import Path

import httpx

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat
from tests.e2e.test_masking import CARD, EMAIL, URL

POLICY = """
version: 1
max_level: {"*": internal}
combinations: [{entities: [EMAIL_ADDRESS, CREDIT_CARD], level: regulated}]
rules:
  - {id: pass, when: {level: "<=internal"}, then: allow}
  - {id: hide, when: {level: ">=confidential"}, then: mask, style: {CREDIT_CARD: surrogate, "*": placeholder}}
  - {id: no-robots, when: {client: "robot/*"}, then: block, message: "No robots here."}
  - {id: no-tables, when: {entity: EMAIL_ADDRESS, count: ">=3"}, then: block}
  - {id: no-records, when: {together: [EMAIL_ADDRESS, CREDIT_CARD], level: regulated}, then: block}
exceptions:
  - {id: drill, lifts: no-records, when: {model: "double:*"}, until: 2099-01-01, reason: "A drill of this test"}
"""


async def ask(gate: Gate, text: str, model: str = "double:echo", agent: str = "tests") -> httpx.Response:
    async with gate.client() as client:
        return await client.post(URL, json=chat(text) | {"model": model}, headers={"user-agent": agent})


def code(refused: httpx.Response) -> str:
    assert refused.status_code == 400
    return str(refused.json()["error"]["message"])


async def test_what_a_policy_looks_at(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    gate = await start_gate(policy=str(tmp_path / "policy.yaml"), detect={"ner": "off"})

    told = await ask(gate, f"write to {EMAIL}")
    assert EMAIL in told.text
    assert EMAIL not in provider.journal.last.body.decode()

    count = provider.journal.count
    assert "No robots here." in code(await ask(gate, "hello", agent="robot/1.0"))
    three = ", ".join(f"{name}@example.com" for name in ("ada.lovelace", "grace.hopper", "alan.turing"))
    assert "no-tables" in code(await ask(gate, three))
    assert "no-records" in code(await ask(gate, f"{EMAIL} pays with {CARD}", model="other"))
    assert provider.journal.count == count

    told = await ask(gate, f"{EMAIL} pays with {CARD}")
    sent = provider.journal.last.body.decode()
    assert CARD not in sent and EMAIL not in sent
    assert re.search(r"pays with 4\d{3} \d{4} \d{4} \d{4}", sent), "a stand-in of the same shape"
    assert EMAIL in told.text and CARD not in told.text, "which does not come back"
    exchange = gate.json("show", told.headers["x-hushgate-decision"])
    assert any(warning.startswith("drill lifts no-records until 2099-01-01") for warning in exchange["warnings"])
    assert exchange["source"] in ("ci", "person")
    assert exchange["kinds"]
