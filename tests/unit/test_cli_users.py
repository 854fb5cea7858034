from __future__ import annotations

import json

from tests.unit.cli_runner import Runner, run

__all__ = ["run"]


def test_a_user_comes_and_goes(run: Runner) -> None:
    done = run("users", "add", "alice", "--group", "support", "--group", "eu")
    token = done.out.strip()
    assert done.code == 0
    assert len(token) >= 32
    assert token not in done.err
    assert not any(token.encode() in f.read_bytes() for f in run.state.rglob("*") if f.is_file())
    listed = json.loads(run("users", "list", "--json").out)
    assert [(u["name"], u["groups"]) for u in listed] == [("alice", ["support", "eu"])]
    assert "alice\tsupport, eu\t" in run("users", "list").out
    revoked = run("users", "revoke", "alice")
    assert revoked.code == 0
    assert "no user is left, and nobody is let in\nhint: " in revoked.err
    assert json.loads(run("users", "list", "--json").out) == []
    assert "nobody is let in" in run("users", "list").err


def test_a_gate_that_never_had_users_lets_in_everybody(run: Runner) -> None:
    run("ca", "path")  # makes the state folder
    assert "nobody" not in run("users", "list").err


def test_what_cannot_be_done_is_3(run: Runner) -> None:
    run("users", "add", "alice")
    for words in (("add", "alice"), ("revoke", "bob"), ("add", "a;b")):
        done = run("users", *words)
        assert done.code == 3
        assert "hint: " in done.err
