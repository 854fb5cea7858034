"""`hushgate policy explain`: of a text, of stdin, and of exchanges on record."""

from __future__ import annotations

import json

from tests.unit.cli_runner import Runner, record, run
from tests.unit.test_cli_ledger import opened
from tests.unit.test_cli_policies import own

__all__ = ["own", "run"]


def test_explain_a_text(own: Runner) -> None:
    prompt = own.config.parent / "prompt.txt"
    prompt.write_text("write to grace.hopper@navy-mail.com", encoding="utf-8")
    done = own("policy", "explain", str(prompt))
    assert done.code == 0
    for line in (
        "request: allow, confidential",
        "confidential EMAIL_ADDRESS, found by email-address: masked (redact)",
        "confidential EMAIL_ADDRESS is masked: mask-all (",
        "loose.yaml:4)",
    ):
        assert line in done.out
    assert "grace" not in done.out + done.err
    told = json.loads(own("policy", "explain", str(prompt), "--direction", "reply", "--json").out)
    assert told[0]["direction"] == "reply"
    assert told[0]["findings"][0]["verdict"] == "redact"


def test_explain_an_exchange(own: Runner) -> None:
    record(own, "opened", opened(1, "one"))
    assert "request, by the policy of now: allow, confidential" in own("policy", "explain", "x1").out
    done = own("policy", "explain", "x999")
    assert done.code == 3
    assert "there is no file and no exchange x999" in done.err


def test_explain_what_somebody_says(own: Runner) -> None:
    (own.config.parent / "loose.yaml").write_text("""
version: 1
rules:
  - {id: pass, when: {level: ">=public"}, then: allow}
  - {id: interns-wait, when: {group: interns, source: ci, session: "night-*", client: "codex/*"}, then: hold}
  - {id: closed, when: {during: {from: "22:00", to: "24:00"}, region: us-east-1, area: query}, then: block}
""")
    said = ("policy", "explain", "-", "--json", "--group", "staff", "--group", "interns", "--source", "ci")
    told = json.loads(own(*said, "--session", "night-1", "--client", "codex/1", stdin=b"hello").out)[0]
    assert (told["gate"], told["route"]) == ("hold", None)
    assert told["silent"]["closed"].startswith("it asks for region us-east-1 and during another time")
    host = "bedrock-runtime.us-east-1.amazonaws.com"
    late = ("--at", "2030-01-31T22:30Z", "--host", host, "--area", "query", "--destination", "aws-bedrock")
    told = json.loads(own("policy", "explain", "-", "--json", *late, stdin=b"hello").out)[0]
    assert (told["gate"], set(told["silent"])) == ("block", {"pass", "interns-wait"})
    for wrong in (("--at", "soon"), ("--at", "2030-01-31"), ("--kind", "novel"), ("--role", "king")):
        assert own("policy", "explain", "-", *wrong, stdin=b"hello").code == 2


def test_explain_what_was_decided_then(own: Runner) -> None:
    clash = [{"rule": "placeholder-clash", "says": "two values have the same placeholder"}]
    record(own, "opened", opened(1, "one") | {"gate": "block", "reasons": clash, "enforced": False})
    done = own("policy", "explain", "x1")
    assert done.out.startswith("on record: block, confidential, on record alone\n  because two values have the same")
    assert "request, by the policy of now: allow, confidential" in done.out
    assert "not-by-codex looks at what is not on record" in done.err
    (told,) = json.loads(own("policy", "explain", "x1", "--json").out)
    assert (told["recorded"]["gate"], told["recorded"]["reasons"], told["gate"]) == ("block", clash, "allow")


def test_explain_what_was_refused_before(own: Runner) -> None:
    head = {key: opened(1, "one")[key] for key in ("exchange", "session", "actor", "groups", "at", "host", "path")}
    why = [{"rule": "malformed", "says": "the body has the key model twice"}]
    record(own, "refused", head | {"direction": "request", "gate": "block", "level": "public", "reasons": why})
    done = own("policy", "explain", "x1")
    assert (done.code, "because the body has the key model twice: malformed" in done.out) == (0, True)
    assert "this was refused before any policy was asked" in done.out
    assert json.loads(own("policy", "explain", "x1", "--json").out)[0]["recorded"]["reasons"] == why
