from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hushgate.cli.behind import Behind, run_command
from hushgate.errors import StateError
from hushgate.state import Ready, State


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.open(tmp_path / "state")


def script(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_commands_exit_code_is_handed_on() -> None:
    assert run_command(script("raise SystemExit(7)"), os.environ) == 7
    assert run_command(script("import os; os.kill(os.getpid(), 9)"), os.environ) == 137


def test_the_environment_is_the_one_given() -> None:
    assert run_command(script("import os; raise SystemExit(int(os.environ['X']))"), {**os.environ, "X": "5"}) == 5


def test_commands_that_cannot_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["no-such-command-here"], os.environ) == 127
    plain = tmp_path / "plain"
    plain.write_text("x", encoding="utf-8")
    assert run_command([str(plain)], os.environ) == 126
    assert "command not found" in capfd.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_signals_are_handed_on(tmp_path: Path, number: signal.Signals) -> None:
    up = tmp_path / "up"
    child = (
        f"import signal, sys, time, pathlib; signal.signal({number}, lambda *_: sys.exit(40)); "
        f"pathlib.Path({str(up)!r}).touch(); time.sleep(20)"
    )

    def send() -> None:
        while not up.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    sender = threading.Thread(target=send)
    sender.start()
    assert run_command(script(child), os.environ) == 40
    sender.join()
    assert signal.getsignal(number) is before


def test_a_named_gate_is_used_as_it_is(state: State, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.touch()
    with Behind(state, config=None, proxy="http://a:b@gate.example:1", ca=bundle) as gate:
        assert (gate.proxy, gate.ca, gate.own) == ("http://a:b@gate.example:1", str(bundle), False)


def test_a_named_gate_needs_to_be_trusted(state: State, tmp_path: Path) -> None:
    with pytest.raises(StateError, match="which CA"), Behind(state, config=None, proxy="http://gate.example:1"):
        pass
    wrong = Behind(state, config=None, proxy="http://gate.example:1", ca=tmp_path / "nowhere.pem")
    with pytest.raises(StateError, match=r"nowhere\.pem"), wrong:
        pass


def test_a_running_gate_is_joined_and_left_alone(state: State) -> None:
    with state.lock():
        state.write_ready(Ready("http://127.0.0.1:9", "/x/ca-bundle.pem", None, os.getpid()))
        with Behind(state, config=None) as gate:
            assert (gate.proxy, gate.ca, gate.own) == ("http://127.0.0.1:9", "/x/ca-bundle.pem", False)
        assert state.read_ready() is not None


def test_a_gate_that_does_not_start_says_why(state: State, tmp_path: Path) -> None:
    config = tmp_path / "broken.yaml"
    config.write_text("version: 1\nfrobnicate: 1\n", encoding="utf-8")
    with pytest.raises(StateError, match="frobnicate"), Behind(state, config=config):
        pass


@pytest.mark.e2e
def test_commands_share_a_gate_and_the_last_one_stops_it(state: State, tmp_path: Path) -> None:
    config = tmp_path / "x.yaml"
    config.write_text("version: 1\ndetect: {ner: 'off'}\n", encoding="utf-8")
    first, second = Behind(state, config=config), Behind(state, config=config)
    with first:
        assert first.own
        ready = state.read_ready()
        assert ready is not None
        with second:
            assert second.own
            assert second.proxy == first.proxy == ready.proxy
        assert state.locked()
    assert not state.locked()
    assert state.read_ready() is None
    assert not (state.path / "run.pid").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(ready.pid, 0)


@pytest.mark.e2e
def test_two_that_start_at_once_end_up_behind_one_gate(state: State, tmp_path: Path) -> None:
    config = tmp_path / "x.yaml"
    config.write_text("version: 1\ndetect: {ner: 'off'}\n", encoding="utf-8")
    show = "import os, time; print(os.environ['HTTPS_PROXY'], flush=True); time.sleep(3)"
    command = [
        sys.executable, "-m", "hushgate", "run", "--quiet", "--config", str(config), "--state", str(state.path),
        "--", sys.executable, "-c", show,
    ]  # fmt: skip
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [one.communicate(timeout=60) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert len({out for out, _ in said}) == 1
    assert not state.locked()
