from __future__ import annotations

import json

from hushgate.identity.uses import Uses
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


def test_what_a_token_is_good_for(run: Runner) -> None:
    added = run("users", "add", "alice", "--endpoint", "openai", "--from", "10.0.0.0/8", "--expires", "8h")
    assert added.code == 0 and "good for openai, from 10.0.0.0/8" in added.err
    token = run("users", "ticket", "alice", "--model", "gpt-4o*", "--expires", "30m")
    assert token.code == 0 and "for 0.5 hours, good with models gpt-4o*" in token.err
    for words in (
        ("ticket", "alice", "--endpoint", "cohere"),
        ("ticket", "alice", "--from", "0.0.0.0/0"),
        ("ticket", "alice", "--endpoint", "opnai"),
        ("add", "bob", "--from", "here"),
        ("add", "bob", "--model", "*"),
    ):
        refused = run("users", *words)
        assert refused.code == 3 and "hint: " in refused.err
    assert "did you mean openai" in run("users", "add", "bob", "--endpoint", "opnai").err

    (listed,) = json.loads(run("users", "list", "--json").out)
    assert listed["scope"] == {"endpoints": ["openai"], "from": ["10.0.0.0/8"]}
    assert 8 * 3600 - 60 < listed["expires"] - listed["added"] <= 8 * 3600 + 1
    own, ticket = listed["tokens"]
    assert (own["expires"], own["scopes"], own["last_use"]) == (None, [], None)
    assert ticket["scopes"] == [{"models": ["gpt-4o*"]}] and ticket["expires"] is not None
    uses = Uses(run.state / "uses.json", lambda: 7300.0)
    uses.note(ticket["id"])
    uses.save()
    (listed,) = json.loads(run("users", "list", "--json").out)
    assert [one["last_use"] for one in listed["tokens"]] == [None, 7200]
    shown = run("users", "list").out
    assert ticket["id"] in shown and "for openai, from 10.0.0.0/8" in shown and "with models gpt-4o*" in shown
    for secret in (added.out.strip(), token.out.strip()):
        assert secret not in shown and secret[4:] not in (run.state / "tickets.json").read_text()


def test_one_token_is_taken_back_or_all(run: Runner) -> None:
    for words in (("add", "alice"), ("ticket", "alice"), ("ticket", "alice")):
        run("users", *words)
    ids = [one["id"] for one in json.loads(run("users", "list", "--json").out)[0]["tokens"]]
    assert len(set(ids)) == 3
    for id in (ids[1], ids[0]):
        assert run("users", "revoke", "alice", "--token", id).code == 0
        again = run("users", "revoke", "alice", "--token", id)
        assert again.code == 3 and "no such token\nhint: " in again.err
    assert [one["id"] for one in json.loads(run("users", "list", "--json").out)[0]["tokens"]] == [ids[2]]
    assert run("users", "revoke", "alice").code == 0
    assert json.loads(run("users", "list", "--json").out) == []
