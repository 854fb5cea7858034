"""Runs commands of the command line in this process, on a state folder of their own."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from hushgate.cli import main, render
from hushgate.keys import Keys
from hushgate.ledger.sqlite import SqliteLedger
from hushgate.state import State


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str


class Runner:
    """`run("ca", "show")` as a user would type it, without names in workers unless the configuration asks."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.state = folder / "state"
        self.config = folder / "hushgate.yaml"
        self.config.write_text("version: 1\ndetect: {ner: 'off'}\n", encoding="utf-8")
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def on_terminal(self, yes: bool = True) -> None:
        """Let stdout be taken for a terminal, 80 columns wide."""
        self._monkeypatch.setattr(render, "on_terminal", lambda: yes)
        self._monkeypatch.setenv("COLUMNS", "80")

    def __call__(self, *words: str, stdin: bytes | None = None) -> Done:
        families = {"approvals", "grants", "ca", "users", "rules", "policy", "catalog"}
        depth = 2 if words[0] in families else 1
        where = ["--config", str(self.config), "--state", str(self.state)]
        if stdin is not None:
            self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        try:
            code = main([*words[:depth], *where, *words[depth:]])
        except SystemExit as ended:  # argparse
            code = int(ended.code or 0)
        said = self._capsys.readouterr()
        return Done(code, said.out, said.err)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    monkeypatch.chdir(tmp_path)
    return Runner(tmp_path, monkeypatch, capsys)


def record(run: Runner, kind: str, *payloads: dict[str, object]) -> None:
    """Put events on the record that `run` reads."""
    state = State.open(run.state)
    keys = Keys.load_or_create(state.path)
    ledger = SqliteLedger.open(
        state.ledger,
        signing_seed=keys.derive("checkpoints"),
        transcript_key=keys.derive("transcripts"),
        key_id=keys.key_id,
    )
    for payload in payloads:
        ledger.append_now(kind, payload)
    ledger.close()
