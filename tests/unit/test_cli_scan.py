from __future__ import annotations

import json
from pathlib import Path

import pytest

from hushgate.cli.texts import CHUNK, OVERLAP
from tests.made_files import PNG, docx, encrypted_pdf, pdf, zipped
from tests.unit.cli_runner import Runner, run

__all__ = ["run"]

MAIL = "grace.hopper@navy-mail.com"
CARD = "4539 1488 0343 6467"


def test_a_table_of_places_without_values(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text(f"nothing here\nmail {MAIL} card {CARD}\n", encoding="utf-8")
    done = run("scan", str(file))
    assert done.code == 1
    assert MAIL not in done.out + done.err
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert rows[1][:5] == [str(file), "2", "6", "EMAIL_ADDRESS", "confidential"]
    assert rows[2][3] == "CREDIT_CARD"


def test_a_terminal_gets_findings_below_their_file(run: Runner, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "notes.txt").write_text(f"nothing here\nmail {MAIL} card {CARD}\n", encoding="utf-8")
    (folder / "other.txt").write_text("nothing\n", encoding="utf-8")
    run.on_terminal()
    done = run("scan", str(folder))
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[0] == [str(folder / "notes.txt")]
    assert [line[:2] for line in lines[1:]] == [["2:6", "EMAIL_ADDRESS"], [f"2:{12 + len(MAIL)}", "CREDIT_CARD"]]
    assert done.err == "2 findings in 1 of 2 texts\n"


def test_nothing_found_is_0(run: Runner) -> None:
    done = run("scan", "-", stdin=b"a plain sentence\n")
    assert done.code == 0
    assert len(done.out.splitlines()) == 1
    assert done.err == "nothing found\n"


def test_nothing_to_scan_is_2(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())
    assert run("scan").code == 2


def test_json_lines_in_and_out(run: Runner) -> None:
    texts = [f"\u00e9\u00e9 {MAIL}", "", "no", f"caf\U0001f600 {CARD}"] + [f"{n} x" for n in range(40)]
    lines = [json.dumps({"id": n if n % 2 else f"n{n}", "text": t}) for n, t in enumerate(texts)]
    done = run("scan", "--jsonl-in", "-", stdin="\n".join(lines).encode())
    assert done.code == 1
    out = [json.loads(line) for line in done.out.splitlines()]
    assert [o["id"] for o in out] == [n if n % 2 else f"n{n}" for n in range(len(texts))]
    first = out[0]["findings"][0]
    assert set(first) == {"start", "end", "entity", "level", "score", "rule", "layer"}
    assert texts[0][first["start"] : first["end"]] == MAIL
    assert out[0]["level"] == "confidential"
    assert out[3]["level"] == "regulated"
    last = out[3]["findings"][0]
    assert texts[3][last["start"] : last["end"]] == CARD
    assert out[1] == {"id": 1, "level": "public", "findings": []}


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": 1, "text": 2}', '{"text": "x"}', "\xff"])
def test_a_bad_line_is_named_and_not_told(run: Runner, line: str) -> None:
    good = json.dumps({"id": 1, "text": "x"})
    done = run("scan", "--jsonl-in", "-", stdin=f"{good}\n{line}\n".encode("latin-1"))
    assert done.code == 3
    assert "<stdin>:2 cannot be read" in done.err


def test_levels_of_the_policy_and_the_least_level(run: Runner, tmp_path: Path) -> None:
    policy = "version: 1\nlevels: {EMAIL_ADDRESS: regulated}\nrules:\n  - {id: a, then: warn}\n"
    (tmp_path / "policy.yaml").write_text(policy, encoding="utf-8")
    run.config.write_text("version: 1\ndetect: {ner: 'off'}\npolicy: ./policy.yaml\n", encoding="utf-8")
    done = run("scan", "-", "--format", "json", stdin=MAIL.encode())
    assert json.loads(done.out)[0]["level"] == "regulated"
    run.config.write_text("version: 1\ndetect: {ner: 'off'}\n", encoding="utf-8")
    assert run("scan", "-", "--level", "regulated", stdin=MAIL.encode()).code == 0


def test_folders(run: Runner, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    for name in ("a.txt", "deep/b.txt", ".git/c.txt"):
        (folder / name).write_text(MAIL, encoding="utf-8")
    out = json.loads(run("scan", str(folder), "--format", "json").out)
    assert [Path(o["id"]).name for o in out] == ["a.txt", "b.txt"]


def test_binary_files_in_a_folder_are_counted_and_not_read(run: Runner, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.bin").write_bytes(b"\0\1" + MAIL.encode())
    (folder / "b.txt").write_text(f"\u00e9 {MAIL}", encoding="latin-1")
    done = run("scan", str(folder), "--format", "json")
    assert [Path(o["id"]).name for o in json.loads(done.out)] == ["b.txt"]
    assert f"{folder}: 1 binary file not read\nhint: " in done.err
    assert run("scan", str(folder / "a.bin")).code == 1, "one that is named is read"


def test_a_missing_file_is_3(run: Runner) -> None:
    done = run("scan", "nowhere.txt")
    assert done.code == 3
    assert "error: nowhere.txt cannot be read: No such file or directory\nhint: " in done.err


def test_json_is_a_format(run: Runner) -> None:
    done = run("scan", "--json", "-", stdin=b"fine\n")
    assert json.loads(done.out) == [{"id": "<stdin>", "level": "public", "findings": []}]
    assert run("scan", "--json", "--format", "sarif", "-").code == 2


def test_sarif(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "a b.txt"
    file.write_text(f"x\n  {CARD}\n", encoding="utf-8")
    log = json.loads(run("scan", str(file), "--format", "sarif").out)
    assert log["version"] == "2.1.0"
    result = log["runs"][0]["results"][0]
    assert result["level"] == "error"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("a%20b.txt")
    assert place["region"] == {"startLine": 2, "startColumn": 3, "charOffset": 4, "charLength": len(CARD)}
    assert result["ruleId"] in {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert CARD not in json.dumps(log)


def test_values_on_a_cut_of_a_large_file_are_found_once(run: Runner, tmp_path: Path) -> None:
    text = ""
    wanted = []
    for at in (CHUNK - OVERLAP - 10, CHUNK - OVERLAP, CHUNK - 12, CHUNK - 3, 2 * CHUNK - OVERLAP - 20, 2 * CHUNK + 500):
        filler = ("lorem ipsum \u00e9\n" * CHUNK)[: at - len(text) - 1]
        text += filler + " "
        wanted.append(len(text))
        text += MAIL + "\n"
    file = tmp_path / "large.txt"
    file.write_text(text, encoding="utf-8", newline="")
    found = json.loads(run("scan", str(file), "--format", "json").out)[0]["findings"]
    assert [(f["start"], f["end"]) for f in found] == [(at, at + len(MAIL)) for at in wanted]
    assert [f["line"] for f in found] == [text.count("\n", 0, at) + 1 for at in wanted]
    assert [text.split("\n")[f["line"] - 1].index(MAIL) + 1 for f in found] == [f["column"] for f in found]


def test_documents_are_read(run: Runner, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(pdf("nothing", f"write to {MAIL}"))
    (folder / "b.zip").write_bytes(zipped({"deep.docx": docx(f"card {CARD}"), "c.png": PNG}))
    (folder / "c.txt").write_text("nothing\n", encoding="utf-8")
    done = run("scan", str(folder), "--format", "json")
    first, second, third = json.loads(done.out)
    assert [(f["entity"], f["where"], f["start"]) for f in first["findings"]] == [("EMAIL_ADDRESS", "page/2", 9)]
    assert {f["entity"] for f in second["findings"]} == {"CREDIT_CARD"}
    assert second["unread"] == [{"where": "1", "reason": "image", "size": len(PNG)}]
    assert third == {"id": str(folder / "c.txt"), "level": "public", "findings": []}
    assert done.code == 1 and f"{folder / 'b.zip'}: not read in it: image\n" in done.err
    table = run("scan", str(folder / "a.pdf")).out.splitlines()
    assert table[1].split("\t")[:4] == [f"{folder / 'a.pdf'} page/2", "1", "10", "EMAIL_ADDRESS"]
    log = json.loads(run("scan", str(folder / "a.pdf"), "--format", "sarif").out)
    (result,) = log["runs"][0]["results"]
    assert result["message"]["text"] == "EMAIL_ADDRESS (confidential), at page/2"
    assert list(result["locations"][0]["physicalLocation"]) == ["artifactLocation"]


def test_a_document_that_cannot_be_read_was_not_judged(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(encrypted_pdf("x"))
    done = run("scan", "a.pdf", "--format", "json")
    assert done.code == 3
    assert json.loads(done.out)[0]["level"] is None
    assert "error: a.pdf: not judged: it is encrypted\n" in done.err


def test_rules_for_some_files(run: Runner) -> None:
    folder = run.config.parent
    (folder / "gitleaks.toml").write_text("[[rules]]\nid = 'y'\nregex = 'yamlkey: (x+)'\npath = '[.]yaml$'\n")
    run.config.write_text("version: 1\ndetect: {ner: 'off'}\nrules: [./gitleaks.toml]\n", encoding="utf-8")
    for name in ("a.yaml", "a.py"):
        (folder / name).write_text("yamlkey: xxx\n")
    done = run("scan", "a.yaml", "a.py")
    assert [line.split("\t")[0] for line in done.out.splitlines()[1:]] == ["a.yaml"]
    assert run("scan", stdin=b"yamlkey: xxx").code == 1
