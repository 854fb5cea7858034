from __future__ import annotations

import io
import sys

import pytest

from hushgate.cli import passwords
from hushgate.state import State
from hushgate.users import read_users
from tests.unit.cli_runner import Runner, run

__all__ = ["run"]

WORDS = b"turnip lantern orbit quill"


def kept(run: Runner) -> str:
    return read_users(State.open(run.state, create=False).users)[0].password


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> list[str]:
    """Sit at a terminal and type; the prompts that were shown."""
    shown: list[str] = []
    left = list(lines)

    def ask(prompt: str) -> str:
        shown.append(prompt)
        return left.pop(0)

    monkeypatch.setattr(passwords, "getpass", ask)
    monkeypatch.setattr(sys, "stdin", Terminal())
    return shown


def test_a_password_from_stdin(run: Runner) -> None:
    run("users", "add", "carol")
    done = run("users", "password", "carol", stdin=WORDS + b"\r\n")
    assert done.code == 0, done.err
    assert done.out == ""
    assert kept(run).startswith("$argon2id$")
    everything = b"".join(file.read_bytes() for file in run.state.rglob("*") if file.is_file())
    assert WORDS not in everything and WORDS.decode() not in done.err
    assert run("users", "password", "carol", "--remove").code == 0
    assert kept(run) == ""


def test_a_password_is_typed_twice(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    run("users", "add", "carol")
    shown = typed(monkeypatch, WORDS.decode(), WORDS.decode())
    assert run("users", "password", "carol").code == 0
    assert shown == ["password of carol: ", "once more: "]
    before = kept(run)
    typed(monkeypatch, WORDS.decode(), "turnip lantern orbit quilt")
    done = run("users", "password", "carol")
    assert done.code == 3 and "not the same\nhint: " in done.err
    typed(monkeypatch, "too short")
    assert "15 characters\nhint: " in run("users", "password", "carol").err
    assert kept(run) == before


def test_with_the_user_or_not_at_all(run: Runner) -> None:
    done = run("users", "add", "carol", "--role", "approver", "--password", stdin=b"short\n")
    assert done.code == 3 and done.out == ""
    assert run("users", "list", "--json").out.strip() == "[]"
    done = run("users", "add", "carol", "--role", "approver", "--password", stdin=WORDS)
    assert done.code == 0 and done.out.startswith("hga_")
    assert kept(run).startswith("$argon2id$")


def test_nobodys_password(run: Runner) -> None:
    run("users", "add", "carol")
    for more in ((), ("--remove",)):
        done = run("users", "password", "bob", *more, stdin=WORDS)
        assert done.code == 3 and "no such user\nhint: " in done.err
