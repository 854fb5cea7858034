"""An organisation's own documents, through a real gate: a pasted paragraph is known, and its document told."""

from __future__ import annotations

import base64
from pathlib import Path

from bench.prose import Prose
from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.test_catalog_values import POLICY, ask

PLAN, STRATEGY, PUBLIC = (Prose(seed).text(1500) for seed in (31, 32, 33))


async def test_paragraphs_are_known_in_prompts(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    for level, name, text in (("confidential", "plan.txt", PLAN), ("regulated", "strategy.md", STRATEGY)):
        (tmp_path / level / "docs").mkdir(parents=True)
        (tmp_path / level / "docs" / name).write_text(text, "utf-8")
    files = [str(tmp_path / f"{level}.documents") for level in ("confidential", "regulated")]
    gate = await start_gate(policy=str(tmp_path / "policy.yaml"))
    for level, file in zip(("confidential", "regulated"), files, strict=True):
        made = gate.run("catalog", "documents", str(tmp_path / level), "--level", level, "--out", file)
        assert made.returncode == 0, made.stderr
    gate.stop()
    gate = await start_gate(policy=str(tmp_path / "policy.yaml"), catalog=files, keys=str(gate.state / "keys"))

    part = PLAN[200:800]
    for pasted in (part, part.upper(), base64.b64encode(part.encode()).decode()):
        told = await ask(gate, f"Improve this, please:\n\n{pasted}\n\nKeep it short.")
        assert told.status_code == 200
        sent = provider.journal.last.body.decode()
        assert pasted[100:200] not in sent and "Keep it short" in sent
        shown = gate.json("show", told.headers["x-hushgate-decision"])
        assert "docs/plan.txt (documents)" in {finding.get("origin") for finding in shown["findings"]}

    count = provider.journal.count
    refused = await ask(gate, f"Improve this, please:\n\n{STRATEGY[200:800]}")
    assert refused.status_code == 400
    assert "docs/strategy.md" in refused.json()["error"]["message"]
    assert provider.journal.count == count

    told = await ask(gate, f"Improve this, please:\n\n{PUBLIC[200:260]}")
    assert told.status_code == 200
