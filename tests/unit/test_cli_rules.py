from __future__ import annotations

import json
from pathlib import Path

from hushgate.detect.loading import load
from tests.unit.cli_runner import Runner, run

__all__ = ["run"]

RULE = """
version: 1
rules:
  - id: acme-badge
    entity: EMPLOYEE_ID
    level: confidential
    category: pii
    says: "Badge number of an Acme employee"
    keywords: [badge]
    pattern: 'AB-[0-9]{6}'
    boundary: word
    match: ["badge AB-123456"]
    no_match: ["badge AB-12345"]
"""
POLICY = """
version: 1
rules:
  - {id: mask-badges, when: {direction: request, entity: EMPLOYEE_ID}, then: mask}
"""
GITLEAKS = r"""
[extend]
useDefault = true
[allowlist]
regexes = ['^demo']
[[rules]]
id = "a"
description = "It's: \"quoted\""
regex = '''(?i)a['"](x+)|b(y+)'''
entropy = 1.5
keywords = ["a"]
[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
regexes = ['#']
stopwords = ["no", "true"]
[[rules.required]]
id = "b"
withinLines = 2
[[rules]]
id = "b"
regex = "b(z+)"
secretGroup = 1
skipReport = true
"""
TESTS = """
version: 1
tests:
  - name: badge is masked
    given: {text: "badge AB-123456"}
    expect: {gate: allow, masked: [EMPLOYEE_ID]}
"""


def own(run: Runner, rule: str = RULE) -> Path:
    folder = run.config.parent
    (folder / "badge.yaml").write_text(rule, encoding="utf-8")
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "policy.test.yaml").write_text(TESTS, encoding="utf-8")
    text = "version: 1\ndetect: {ner: 'off'}\nrules: [./badge.yaml]\npolicy: ./policy.yaml\n"
    run.config.write_text(text, encoding="utf-8")
    return folder


def test_list(run: Runner) -> None:
    own(run)
    assert run("rules", "list").out.splitlines()[1].startswith("acme-badge\tEMPLOYEE_ID\tconfidential\tpii\t")
    listed = json.loads(run("rules", "list", "--json").out)
    assert listed[0]["level"] == "confidential"
    assert listed[0]["file"].endswith("badge.yaml")
    assert json.loads(run("rules", "list", "--json", "--entity", "NONE").out) == []


def test_list_says_which_rules_are_not_linear_and_what_is_left_out(run: Runner) -> None:
    folder = own(run, RULE.replace("AB-[0-9]{6}", "(?<!x)AB-[0-9]{6}"))
    (folder / "gitleaks.toml").write_text('[[rules]]\nid = "a"\nregex = "zz(x+)"\n[[rules]]\nid = "b"\npath = "c"\n')
    run.config.write_text(run.config.read_text().replace("[./badge.yaml]", "[./badge.yaml, ./gitleaks.toml]"))
    done = run("rules", "list")
    assert done.out.splitlines()[1].endswith("\truns on regex, in a worker under a deadline")
    assert done.out.splitlines()[2].endswith("\tfrom gitleaks")
    assert "gitleaks.toml:4: rule b looks at the names of files alone" in done.err
    assert "1 of 2 rules run on regex" in done.err
    listed = json.loads(run("rules", "list", "--json").out)
    told = [(r["engine"], r["origin"], r["examples"]) for r in listed]
    assert told == [("regex", "hushgate", 2), ("re2", "gitleaks", 0)]
    assert "1 rules of other formats have no examples" in run("rules", "test").err


def test_import_prints_rules_that_load_again(run: Runner) -> None:
    folder = own(run)
    file = folder / "gitleaks.toml"
    file.write_text(GITLEAKS, encoding="utf-8")
    done = run("rules", "import", str(file))
    assert done.code == 0
    assert "2 rules, 0 of them on regex" in done.err
    again = folder / "again.yaml"
    again.write_text(done.out, encoding="utf-8")
    assert load([again]).rules == load([file]).rules
    assert run("rules", "import", str(folder / "none.toml")).code == 2


def test_rules_are_tested_by_their_examples(run: Runner) -> None:
    own(run)
    done = run("rules", "test")
    assert (done.code, done.out) == (0, "")
    assert "1 rules, 2 examples, 0 failed" in done.err


def test_a_rule_that_fails_its_examples_is_told(run: Runner) -> None:
    own(run, RULE.replace("badge AB-123456", "badge AB-1234"))
    done = run("rules", "test")
    assert done.code in (1, 2)  # own rules are refused at load already
    assert "acme-badge" in done.out + done.err


def test_policy_tests(run: Runner) -> None:
    folder = own(run)
    done = run("policy", "test")
    assert done.code == 0
    assert "1 policy tests, 0 failed" in done.err
    (folder / "more.test.yaml").write_text(TESTS.replace("gate: allow", "gate: block"), encoding="utf-8")
    done = run("policy", "test", str(folder / "more.test.yaml"))
    assert done.code == 1
    assert "more.test.yaml:4: badge is masked\n  gate: expected block, got allow" in done.out
    report = json.loads(run("policy", "test", "--json", str(folder / "more.test.yaml")).out)
    assert report["passed"] is False
    assert report["tests"][0]["differences"] == [{"what": "gate", "expected": "block", "actual": "allow"}]


def test_a_policy_without_tests(run: Runner) -> None:
    (own(run) / "policy.test.yaml").unlink()
    done = run("policy", "test")
    assert done.code == 3
    assert "hint: write policy.test.yaml" in done.err


def test_the_fingerprint_of_a_value_is_the_gates_own(run: Runner) -> None:
    shown = run("rules", "fingerprint", "AB-123456")
    assert shown.code == 0 and len(shown.out.strip()) == 32
    assert json.loads(run("rules", "fingerprint", "ab 123456", "--json").out) == {"fingerprint": shown.out.strip()}
    assert run("rules", "fingerprint", "AB-123457").out != shown.out
    assert run("rules", "fingerprint", " ").code == 2
