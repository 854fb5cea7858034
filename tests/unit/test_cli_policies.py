"""`hushgate policy lint|diff|explain`; `policy test` is tried with the rules."""

from __future__ import annotations

import json
import time

import pytest

from tests.unit.cli_runner import Runner, record, run
from tests.unit.test_cli_ledger import opened

__all__ = ["run"]

LOOSE = """
version: 1
rules:
  - {id: mask-all, when: {level: ">=internal"}, then: mask, style: redact}
  - {id: mail-may-go, when: {entity: EMAIL_ADDRESS, level: confidential}, then: allow}
  - {id: cards-stay, when: {entity: CREDIT_CARDS}, then: block}
  - {id: not-by-codex, when: {client: "codex*"}, then: block}
"""


@pytest.fixture
def own(run: Runner) -> Runner:
    run.config.write_text("version: 1\ndetect: {ner: 'off'}\npolicy: ./loose.yaml\n", encoding="utf-8")
    (run.config.parent / "loose.yaml").write_text(LOOSE, encoding="utf-8")
    return run


def test_lint(own: Runner) -> None:
    done = own("policy", "lint")
    assert done.code == 1
    assert "loose.yaml:5: mail-may-go contradicts mask-all, which masks all that it allows; masking wins" in done.out
    assert "loose.yaml:6: cards-stay can never speak: there is no entity CREDIT_CARDS" in done.out
    assert "4 rules, 2 remarks" in done.err
    assert [r["rule"] for r in json.loads(own("policy", "lint", "--json").out)] == ["mail-may-go", "cards-stay"]
    assert own("policy", "lint", "builtin").code == 0, "the built-in policy is clean"


def test_lint_takes_no_offence_at_what_a_catalog_may_name(own: Runner) -> None:
    folder = own.config.parent
    own.config.write_text(own.config.read_text("utf-8") + "catalog: [./catalog.yaml]\n", encoding="utf-8")
    columns = "version: 1\nkind: columns\nclasses: {c: {level: internal, category: crown, entity: CREDIT_CARDS}}\n"
    (folder / "catalog.yaml").write_text(columns + "assets: [{asset: t, columns: {card: c}}]\n", encoding="utf-8")
    done = own("policy", "lint")
    assert "there is no entity" not in done.out
    assert "mail-may-go contradicts" in done.out


def test_lint_knows_who_there_is(own: Runner) -> None:
    (own.config.parent / "loose.yaml").write_text("""
version: 1
max_level: {staff: internal, board: regulated, "*": public}
rules: [{id: wait, when: {group: interns, actor: [ann, "ci.*"]}, then: hold}]
""")
    assert own("policy", "lint").code == 0, "where there are no users, nobody can tell"
    assert own("users", "add", "ann", "--group", "staff").code == 0
    assert [r["says"] for r in json.loads(own("policy", "lint", "--json").out)] == [
        "can never speak: there is no group interns", "names ci.*, which is no actor", "names board, which is no group",
    ]  # fmt: skip
    own.config.write_text(own.config.read_text("utf-8") + "login: ./login.yaml\n", encoding="utf-8")
    assert "no group" not in own("policy", "lint").out, "a log-in brings groups of its own"


def test_diff(own: Runner) -> None:
    record(own, "opened", opened(1, "one"), opened(2, "one"), opened(3, "two"))
    done = own("policy", "diff", "builtin", str(own.config.parent / "loose.yaml"))
    assert done.code == 1
    assert "EMAIL_ADDRESS" in done.out
    assert "3 exchanges, 3 decided otherwise" in done.err
    assert "not-by-codex looks at what is not on record" in done.err
    told = json.loads(own("policy", "diff", "builtin", str(own.config.parent / "loose.yaml"), "--json").out)
    assert told["exchanges"] == told["changed"] == 3
    change = {key: told["changes"][0][key] for key in ("times", "direction", "what", "before", "after")}
    assert change == {
        "times": 3, "direction": "request", "what": "EMAIL_ADDRESS", "before": "masked (placeholder, restored)",
        "after": "masked (redact)",
    }  # fmt: skip
    assert own("policy", "diff", "builtin", "builtin").code == 0
    assert own("policy", "diff", "builtin", "unheard.yaml").code == 2


def test_diff_over_tests(own: Runner) -> None:
    tests = own.config.parent / "some.test.yaml"
    tests.write_text("""version: 1
tests:
  - {name: mail, given: {text: "write to theo@northwind-mail.com"}, expect: {gate: allow}}
  - {name: plain, given: {text: hello, actor: bob}, expect: {gate: block}}
""")
    loose = str(own.config.parent / "loose.yaml")
    done = own("policy", "diff", "builtin", loose, "--tests", str(tests))
    assert done.code == 1, done.err
    assert "2 tests, 1 decided otherwise" in done.err
    told = json.loads(own("policy", "diff", "builtin", loose, "--tests", str(tests), "--json").out)
    assert (told["tests"], told["changed"]) == (2, 1)
    (change,) = told["changes"]
    assert (change["what"], change["after"], change["tests"]) == ("EMAIL_ADDRESS", "masked (redact)", ["mail"])
    assert own("policy", "diff", "builtin", "builtin", "--tests", str(tests)).code == 0
    assert own("policy", "diff", "builtin", "builtin", "--tests", str(tests), "--since", "1").code == 2
    assert own("policy", "diff", "builtin", "builtin", "--tests", str(tests.with_name("none.yaml"))).code == 2


def test_ten_thousand_exchanges_are_compared(own: Runner) -> None:
    record(own, "opened", *(opened(n, f"s{n // 50}") for n in range(10_000)))
    began = time.process_time()
    assert json.loads(own("policy", "diff", "builtin", "builtin", "--json").out)["exchanges"] == 10_000
    print(f"10,000 exchanges: {time.process_time() - began:.1f} s of CPU")
