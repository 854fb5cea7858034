"""`scripts/fuzz` itself: it runs a target, and keeps what failed so that it can be repeated."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import __main__ as runner
from tests.fuzz.target import Target


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=runner.ROOT)


def test_a_target_runs_for_its_time() -> None:
    done = run("json_fragments", "--seconds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "json_fragments: " in done.stdout
    assert done.stdout.endswith("nothing found\n")


def test_an_unknown_target_is_named() -> None:
    done = run("nothing_of_ours")
    assert done.returncode == 2
    assert "no target is called nothing_of_ours" in done.stderr


def test_what_failed_is_shortened_kept_and_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def check(data: bytes) -> str:
        if b"X" in data:
            raise AssertionError("an X")
        return "fine"

    monkeypatch.setattr(runner, "ROOT", tmp_path)
    target = Target(check, (b"a",))
    runner.save("made_up", tmp_path, target, b"abcXdef", AssertionError("an X"))
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == b"X"
    assert f"repeat: scripts/fuzz made_up --repeat {kept.name}" in capsys.readouterr().out
    monkeypatch.setattr(runner, "loaded", lambda name: target)
    monkeypatch.setattr(sys, "argv", ["fuzz", "hosts", "--repeat", str(kept)])
    with pytest.raises(AssertionError, match="an X"):
        runner.main()
