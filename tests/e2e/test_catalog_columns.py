"""A gate that knows an organisation's columns: tables in prompts are masked by them, though no pattern would match."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat, hushgate

URL = "https://api.openai.com/v1/chat/completions"
EXPORT = """\
table,column,tags,owner
crm.customers,segment_code,PII,crm team
crm.customers,name,PII,crm team
hr.staff,pay_band,Restricted,people team
"""
POLICY = """\
version: 1
rules:
  - {id: pass, when: {level: "<=internal"}, then: allow}
  - {id: hide, when: {level: confidential}, then: mask}
  - {id: staff-stays-home, when: {level: regulated, direction: request}, then: block}
"""
PSQL = """\
Who of these is new?

 id | name        | segment_code
----+-------------+--------------
  1 | quince tree | blue-seven
  2 | medlar      | NULL
(2 rows)
"""
FRAME = """\
Look at this frame:
          town segment_code
0      Bergamo    teal four
1  Castelfidar  umber eight
"""
ROWS = 'Sum this up: [{"town": "Bergamo", "segmentCode": "ochre six"}, {"town": "Lodi", "segmentCode": 17171}]'

BARE = '[{"town": "Bergamo", "name": "service tree", "segmentCode": ["rust nine"]}, {"age": 41, "segmentCode": 17172}]'

LISTS = '{"columns": ["town", "segment_code"], "data": [["Bergamo", "larch two"], ["Lodi", "pine nine"]]}'
QUOTED = """\
> Please look at these:
>
> town,segment_code
> Bergamo,alder six
> Lodi,elm eight
"""
UPDATE = "UPDATE crm.customers SET town = 'Bergamo', segment_code = 'birch five' WHERE id = 7"


async def ask(gate: Gate, text: str) -> httpx.Response:
    async with gate.client() as client:
        return await client.post(URL, json=chat(text))


async def test_tables_are_masked_by_their_columns(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    export, columns = tmp_path / "export.csv", tmp_path / "columns.yaml"
    export.write_text(EXPORT)
    (tmp_path / "policy.yaml").write_text(POLICY)
    imported = hushgate("catalog", "import", str(export), "--out", str(columns))
    assert imported.returncode == 0, imported.stderr
    gate = await start_gate(catalog=[str(columns)], policy=str(tmp_path / "policy.yaml"), detect={"ner": "off"})

    for text, secrets, plain in (
        (PSQL, ["quince tree", "blue-seven", "medlar"], ["Who of these is new?", "NULL", "(2 rows)"]),
        (FRAME, ["teal four", "umber eight"], ["Bergamo", "Castelfidar", "town segment_code"]),
        (BARE, ["service tree", "rust nine", "17172"], ["Bergamo", "segmentCode", "41"]),
        (LISTS, ["larch two", "pine nine"], ["Bergamo", "Lodi", "segment_code"]),
        (QUOTED, ["alder six", "elm eight"], ["Please look", "Bergamo", "town,segment_code"]),
        (UPDATE, ["birch five"], ["Bergamo", "WHERE id = 7"]),
        (ROWS, ["ochre six", "17171"], ["Bergamo", "Lodi", "segmentCode"]),
    ):
        told = await ask(gate, text)
        assert told.status_code == 200, told.text
        sent = provider.journal.last.body.decode()
        assert not [secret for secret in secrets if secret in sent], sent
        assert all(word in sent for word in plain), sent
        assert sent.count("PERSONAL_DATA_") == len(secrets)
        content = json.loads(sent)["messages"][-1]["content"]
        assert text is not BARE or json.loads(content)[1]["age"] == 41
        assert all(secret in told.json()["choices"][0]["message"]["content"] for secret in secrets), "restored"

    exchange = told.headers["x-hushgate-decision"]
    known = {finding["origin"] for finding in gate.json("show", exchange)["findings"]}
    assert known == {"crm.customers.segment_code (csv, crm team)"}
    assert "crm.customers.segment_code" in gate.run("show", exchange).stdout

    count = provider.journal.count
    refused = await ask(gate, "| town | Pay band |\n|---|---|\n| Lodi | nine |\n")
    assert refused.status_code == 400
    message = refused.json()["error"]["message"]
    assert "staff-stays-home" in message and "hr.staff.pay_band (csv, people team)" in message and "nine" not in message
    assert provider.journal.count == count
