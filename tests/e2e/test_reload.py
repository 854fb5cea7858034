"""A gate reads its configuration again while it runs: all of what is right, nothing of what is wrong."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from pathlib import Path
from typing import Any

from tests.doubles.chat import Reply
from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat, write_config

URL = "https://api.openai.com/v1/chat/completions"
RULE = """
version: 1
rules:
  - id: {id}
    entity: EMPLOYEE_ID
    level: confidential
    category: pii
    says: "Badge number of an Acme employee"
    pattern: 'AB-[0-9]{{6}}'
    match: ["badge AB-123456"]
    no_match: ["badge AB-12345"]
"""
WORDS = """
version: 1
rules:
  - {id: acme-projects, entity: PROJECT, level: internal, category: other, says: "Projects", words_from: words.txt}
"""
POLICY = """
version: 1
rules:
  - {{id: hide-{name}, when: {{level: ">=confidential"}}, then: mask}}
"""
ENDPOINTS = """
version: 1
endpoints:
  - {id: acme, hosts: [llm.api.openai.com], routes: [{path: /v1/chat/completions, format: openai-chat}]}
"""
COLUMNS = """
version: 1
kind: columns
classes: {c: {level: confidential, category: pii}}
assets:
  - {asset: crm.customers, source: dbt, owner: crm, columns: {segment_code: c}}
"""
SWITCHES = 4
"""How often rules change under traffic."""
CSV = "name,account\nMaria van den Berg,ZK-47110815\n"


async def says(gate: Gate, text: str, since: int = 0) -> None:
    """Wait until the gate has said something more."""
    for _ in range(400):
        if text in gate.said[since:]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{text!r} is not in:\n{gate.said[since:]}")


async def masks(gate: Gate, provider: Provider) -> bool:
    """Whether the badge's number is masked now; AssertionError if the gate does not work."""
    async with gate.client() as client:
        assert (await client.post(URL, json=chat("my badge is AB-123456"))).status_code == 200
    return b"AB-123456" not in provider.journal.last.body


async def test_the_configuration_is_read_again(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()
    (gate.folder / "more.yaml").write_text(RULE.format(id="acme-badge"))
    whole = gate.config.read_text()
    gate.config.write_text("version: 1\nrules: [builtin, ./more.yaml]\nenforce: perhaps\n")
    await says(gate, "enforce must be true or false")
    gate.config.write_text(whole)
    await says(gate, "the rules say what they said before")
    assert not await masks(gate, provider)

    settings = {"rules": ["builtin", "./more.yaml"], "egress": {"other_hosts": "block"}}
    write_config(gate.folder, provider.port, provider.ca, **settings)
    gate.process.send_signal(signal.SIGHUP)
    await says(gate, "these changed settings wait for a restart: egress.other_hosts")
    assert await masks(gate, provider)


def furnish(folder: Path) -> dict[str, Any]:
    """A folder with a file of each kind that is read while a gate runs, and the settings that name them."""
    folder.mkdir()
    (folder / "badges.yaml").write_text(RULE.format(id="acme-badge"))
    (folder / "projects.yaml").write_text(WORDS)
    (folder / "words.txt").write_text("Blue Heron\n")
    (folder / "policy.yaml").write_text(POLICY.format(name="all"))
    (folder / "endpoints.yaml").write_text(ENDPOINTS)
    (folder / "columns.yaml").write_text(COLUMNS)
    (folder / "customers.csv").write_text(CSV)
    return {
        "rules": ["builtin", *(str(folder / name) for name in ("badges.yaml", "projects.yaml"))],
        "policy": str(folder / "policy.yaml"),
        "endpoints": ["builtin", str(folder / "endpoints.yaml")],
        "catalog": [str(folder / "columns.yaml"), str(folder / "*.values"), str(folder / "*.documents")],
    }


WRONG = [
    ("badges.yaml", RULE.format(id="acme-badge").replace("[0-9]{6}'", "[0-9]{6'"), "acme-badge", "a pattern"),
    (
        "badges.yaml",
        RULE.format(id="acme-badge").replace("{6}", "{7}"),
        "does not find its match example",
        "an example",
    ),
    ("badges.yaml", "", "badges.yaml", "nothing at all"),
    ("badges.yaml", RULE.format(id="acme-badge")[:90], "badges.yaml", "half a file"),
    ("badges.yaml", b"version: 1\nrules: [\xff]\n", "is not UTF-8", "other bytes"),
    ("badges.yaml", RULE.format(id="us-ssn"), "us-ssn", "another's id"),
    ("words.txt", "# none\n", "the word list is empty", "no words"),
    (
        "policy.yaml",
        POLICY.format(name="all") + "  - {id: x, when: {entity: EMAIL}, then: perhaps}\n",
        "perhaps",
        "an action",
    ),
    ("policy.yaml", "- a\n", "policy.yaml", "a list"),
    (
        "endpoints.yaml",
        ENDPOINTS.replace("llm.api.openai.com", "llm.elsewhere.example"),
        "llm.elsewhere.example",
        "a host",
    ),
    ("columns.yaml", COLUMNS.replace("segment_code: c", "segment_code: d"), "columns.yaml", "a class"),
    ("customers.values", b"hushgate catalogue", "is no file of", "no values"),
    ("plan.documents", b"", "plan.documents", "no documents"),
    ("hushgate.yaml", "version: 1\nrules: [builtin, ./nowhere.yaml]\n", "nowhere.yaml", "a file that there is not"),
    ("hushgate.yaml", "version: 1\npolicy: builtin:nothing\n", "builtin:nothing", "a pack that there is not"),
]


def put(file: Path, content: bytes) -> None:
    """In a file's place: what is mapped of a file that was written over is gone."""
    beside = file.with_name(f"{file.name}.new")
    beside.write_bytes(content)
    beside.replace(file)


async def test_what_is_wrong_is_refused_whatever_file_it_is_in(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    gate = await start_gate(**furnish(folder))
    made = gate.run("catalog", "values", str(folder / "customers.csv"), "--columns", "account")
    assert made.returncode == 0, made.stderr
    await says(gate, "changed rules are in force")
    for name, wrong, told, reason in WRONG:
        file = gate.config if name == "hushgate.yaml" else folder / name
        right = file.read_bytes() if file.exists() else None
        since = len(gate.said)
        put(file, wrong if isinstance(wrong, bytes) else wrong.encode())
        await says(gate, "are refused, the old ones stay in force", since)
        assert told in gate.said[since:], (reason, gate.said[since:])
        assert "hint:" in gate.said[since:] or file.name in gate.said[since:], (reason, gate.said[since:])
        assert await masks(gate, provider), reason
        since = len(gate.said)
        if right is None:
            file.unlink()
            gate.process.send_signal(signal.SIGHUP)
        else:
            put(file, right)
        await says(gate, "say what they said before", since)

    # What cannot be read, and what is gone.
    for name in ("badges.yaml", "policy.yaml", "columns.yaml", "customers.values"):
        file, kept, since = folder / name, folder / f"{name}.kept", len(gate.said)
        file.rename(kept)
        file.mkdir()
        await says(gate, "are refused, the old ones stay in force", since)
        assert name in gate.said[since:]
        file.rmdir()
        await says(gate, f"{name} is gone, its rules stay in force", since)
        assert str(folder / "policy.yaml") not in gate.said[since:] or name == "policy.yaml", "the others are there"
        assert await masks(gate, provider)
        since = len(gate.said)
        kept.rename(file)
        await says(gate, "say what they said before", since)
    assert not any(event.get("policy") is None for event in gate.events("config-changed"))
    assert gate.stop() == 0


async def test_an_exchange_goes_by_one_set_of_rules_while_many_come_into_force(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rules.yaml").write_text(RULE.format(id=f"badge-{name}"))
        (tmp_path / name / "policy.yaml").write_text(POLICY.format(name=name))
    now = tmp_path / "now"
    now.symlink_to("a")
    rules, policy = ["builtin", str(now / "rules.yaml")], str(now / "policy.yaml")
    gate = await start_gate(rules=rules, policy=policy)
    provider.reply = Reply(text="of badge AB-654321, as you said, and of no other badge", chunk=6, delay=0.02)
    answers: list[tuple[str, str]] = []
    done = asyncio.Event()

    async def talk(number: int) -> None:
        async with gate.client() as client:
            while not done.is_set():
                streamed = {"stream": True} if number % 2 else {}
                told = await client.post(URL, json=chat(f"my badge is AB-12345{number}", model="any", **streamed))
                assert told.status_code == 200, told.text
                answers.append((told.headers["x-hushgate-decision"], told.text))

    talking = [asyncio.ensure_future(talk(number)) for number in range(4)]
    for number in range(SWITCHES):
        since = len(gate.said)
        other = tmp_path / "next"
        other.symlink_to("ba"[number % 2])
        other.replace(now)
        if number % 3:
            gate.process.send_signal(signal.SIGHUP)
        await says(gate, "changed rules are in force", since)
    done.set()
    await asyncio.gather(*talking)
    await gate.settled()
    revisions = dict(zip((event["policy"] for event in gate.events("config-changed")), "ba", strict=False))
    assert len(gate.events("config-changed")) == SWITCHES and len(revisions) == 2
    seen: Counter[str] = Counter()
    for decision, text in answers:
        assert "AB-654321" not in text, "masked in the reply"
        shown = gate.shown(decision)
        assert shown is not None
        name = revisions[shown["revision"]]
        seen[name] += 1
        assert {finding["rule"] for finding in shown["findings"]} == {f"badge-{name}"}, shown
        assert all(f"hide-{name}" in str(finding["reasons"]) for finding in shown["findings"]), shown
        assert {finding["direction"] for finding in shown["findings"]} == {"request", "reply"}, shown
    assert min(seen["a"], seen["b"]) > 5, seen


async def test_many_changes_in_a_row_are_one(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(RULE.format(id="badge-0"))
    gate = await start_gate(rules=["builtin", str(own)])
    for number in range(1, 13):
        own.write_text(RULE.format(id=f"badge-{number}"))
        await asyncio.sleep(0.1)
    await says(gate, "changed rules are in force")
    await asyncio.sleep(1)
    assert gate.said.count("changed rules are in force") <= 2
    async with gate.client() as client:
        told = await client.post(URL, json=chat("my badge is AB-123456"))
    shown = gate.shown(told.headers["x-hushgate-decision"])
    assert shown is not None and [finding["rule"] for finding in shown["findings"]] == ["badge-12"]
