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
    assert run("users", "revoke", "alice").code == 0
    assert json.loads(run("users", "list", "--json").out) == []
    assert "there are no users: whoever reaches the port may use the gate\nhint: " in run("users", "list").err


def test_what_cannot_be_done_is_3(run: Runner) -> None:
    run("users", "add", "alice")
    for words in (("add", "alice"), ("revoke", "bob"), ("add", "a;b")):
        done = run("users", *words)
        assert done.code == 3
        assert "hint: " in done.err
