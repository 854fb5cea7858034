from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

import hushgate
from hushgate.cli import context
from hushgate.errors import ConfigError, ConfigFault, StateError
from tests.unit.cli_runner import Runner, run

__all__ = ["run"]


def python(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, *words], input=stdin, capture_output=True, timeout=60, check=False)


def test_help_is_fast_and_imports_little() -> None:
    code = "import sys; from hushgate.cli.commands import parser; parser(); print(*sys.modules)"
    loaded = set(python("-c", code).stdout.decode().split())
    assert not loaded & {"mitmproxy", "rich", "cryptography", "asyncio", "yaml", "sqlite3", "hushgate.app", "ssl"}
    took = []
    for _ in range(3):
        started = time.perf_counter()
        assert python("-m", "hushgate", "--help").returncode == 0
        took.append(time.perf_counter() - started)
    assert min(took) < 0.5  # 0.1 s on an idle machine


def test_version() -> None:
    done = python("-m", "hushgate", "--version")
    assert done.stdout.decode().strip() == f"hushgate {hushgate.__version__}"


@pytest.mark.parametrize("words", [[], ["nothing"], ["scan", "--format", "poem"], ["show"], ["ca"], ["--conf", "x"]])
def test_usage_errors_are_2(words: list[str]) -> None:
    done = python("-m", "hushgate", *words)
    assert done.returncode == 2
    assert not done.stdout
    assert done.stderr.decode().splitlines()[-1].startswith("hint: hushgate")


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(context, "load_settings", fails)


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (StateError("no", hint="do this"), 3, "error: no\nhint: do this\n"),
        (StateError("no"), 3, "error: no\n"),
        (ConfigError([ConfigFault("x.yaml", 3, "bad", "good")]), 2, "x.yaml:3: bad\n  hint: good"),
        (PermissionError(13, "Permission denied", "/x"), 3, "error: Permission denied: /x"),
        (KeyboardInterrupt(), 130, ""),
        (RuntimeError("a secret"), 3, "error: RuntimeError at hushgate.cli.context:"),
    ],
)
def test_errors_become_words_and_codes(
    run: Runner, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, says: str
) -> None:
    fail_with(monkeypatch, error)
    done = run("sessions")
    assert done.code == code
    assert says in done.err
    assert "a secret" not in done.err
    assert done.out == ""


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hushgate", "rules", "list", "--state", str(tmp_path / "s")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None and program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 0


def test_a_bad_configuration_is_told_with_file_and_line(run: Runner) -> None:
    run.config.write_text("version: 1\nfrobnicate: 1\nenforce: perhaps\n", encoding="utf-8")
    done = run("rules", "list")
    assert done.code == 2
    assert "hushgate.yaml:2" in done.err
    assert "hushgate.yaml:3" in done.err
