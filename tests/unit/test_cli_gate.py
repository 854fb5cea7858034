from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hushgate.cli import gate
from hushgate.state import Ready, State
from tests.doubles.provider import Provider
from tests.unit.cli_runner import Runner, record, run
from tests.unit.test_cli_ledger import opened, recorded

__all__ = ["recorded", "run"]

MAIL = "grace.hopper@navy-mail.com"


@pytest.fixture
def joined(run: Runner) -> Iterator[Runner]:
    """A state folder whose gate seems to run."""
    state = State.open(run.state)
    held = state.lock()
    state.write_ready(Ready("http://127.0.0.1:9", "/x/ca-bundle.pem", None, os.getpid()))
    yield run
    held.release()


def test_up_serves_with_the_flags(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from hushgate.proxy import run as server

    served = []
    monkeypatch.setattr(server, "serve", lambda settings, on_ready, console: served.append(settings) or 0)
    assert run("up", "--listen", "127.0.0.1:0").code == 0
    assert served[0].listen == ("127.0.0.1", 0)
    assert served[0].state == run.state


def test_up_opens_the_console_where_it_is_asked_for(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from hushgate.console.server import Console
    from hushgate.proxy import run as server

    given = []
    monkeypatch.setattr(server, "serve", lambda settings, on_ready, console: given.append(console) or 0)
    assert run("up").code == 0
    assert run("up", "--console", "127.0.0.1:0").code == 0
    assert given == [None, Console]


def test_a_console_that_is_not_installed_is_said(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hushgate.console.server", None)
    done = run("up", "--console", "127.0.0.1:0")
    assert done.code == 3
    assert "hint: pip install 'hushgate[console]'" in done.err


@pytest.mark.parametrize("users", [False, True])
def test_up_says_on_a_terminal_how_to_use_it(run: Runner, monkeypatch: pytest.MonkeyPatch, users: bool) -> None:
    from hushgate.proxy import run as server

    State.open(run.state)
    if users:
        run("users", "add", "alice")
    ready = Ready("http://127.0.0.1:9", "/a b/ca.pem", None, 1)
    monkeypatch.setattr(server, "serve", lambda settings, on_ready, console: on_ready(ready) or 0)
    assert run("up").err == "", "others read it by line"
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    said = run("up").err
    proxy = "http://NAME:TOKEN@127.0.0.1:9" if users else "http://127.0.0.1:9"
    assert f"HTTPS_PROXY={proxy} SSL_CERT_FILE='/a b/ca.pem'" in said
    assert f"--state {run.state}" in said
    assert ("--proxy " + proxy in said) == users


def test_run_needs_a_command(run: Runner) -> None:
    assert run("run").code == 2
    assert run("run", "--").code == 2


def test_a_command_that_is_not_there_starts_no_gate(run: Runner) -> None:
    done = run("run", "--", "no-such-program")
    assert done.code == 127
    assert "error: no-such-program: command not found\nhint: " in done.err
    assert not run.state.exists()


def test_where_users_are_the_command_needs_one(joined: Runner) -> None:
    token = joined("users", "add", "alice").out.strip()
    done = joined("run", "--", "true")
    assert done.code == 3
    assert "hint: hushgate run --proxy http://NAME:TOKEN@HOST:PORT -- CMD" in done.err
    assert joined("run", "--proxy", f"http://alice:{token}@127.0.0.1:9", "--", "true").code == 0


def test_run_sets_the_environment_and_hands_the_code_on(joined: Runner, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write = f"open({str(out)!r}, 'w').write(os.environ['HTTPS_PROXY'] + ' ' + os.environ['SSL_CERT_FILE'])"
    show = f"import os, sys; {write}; sys.exit(5)"
    done = joined("run", "--session", "night", "--", sys.executable, "-c", show)
    assert done.code == 5
    assert out.read_text("utf-8") == "http://local%3Bsession%3Dnight:-@127.0.0.1:9 /x/ca-bundle.pem"


def test_the_summary_counts_what_the_command_did(
    recorded: Runner, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = recorded.state / "ledger.db"
    gate._summary(ledger, "one", 0.0)
    assert capsys.readouterr().err.splitlines() == [
        "hushgate: 2 exchanges, 1 value masked, 1 request stopped",
        "hint: hushgate show x2 says why",
    ]
    gate._summary(ledger, "two", 0.0)
    assert "hint: hushgate show x3 has the record" in capsys.readouterr().err
    gate._summary(ledger, "one", 2000.0)
    assert "nothing went to a governed host" in capsys.readouterr().err
    only_observed = opened(4, "seen") | {"enforced": False}
    record(recorded, "opened", only_observed)
    gate._summary(ledger, "seen", 0.0)
    assert "1 exchange, 0 values masked, 0 requests stopped" in capsys.readouterr().err
    gate._summary(Path("/nowhere/ledger.db"), None, 0.0)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    gate._summary(ledger, "one", 0.0)
    assert capsys.readouterr().err.startswith("\nhushgate: 2 exchanges")


@pytest.mark.e2e
async def test_curl_behind_a_gate_of_its_own(run: Runner, provider: Provider) -> None:
    import asyncio
    import subprocess

    if not shutil.which("curl"):
        pytest.skip("curl is not here")
    run.config.write_text(
        f"version: 1\ndetect: {{ner: 'off'}}\negress:\n  resolve: {{api.openai.com: '127.0.0.1:{provider.port}'}}\n"
        f"  upstream_ca: {provider.ca}\n",
        encoding="utf-8",
    )
    body = f'{{"model":"double:echo","messages":[{{"role":"user","content":"mail {MAIL}"}}]}}'
    command = [
        sys.executable, "-m", "hushgate", "run", "--config", str(run.config), "--state", str(run.state),
        "--session", "c", "--", "curl", "-sS", "-m", "30", "https://api.openai.com/v1/chat/completions",
        "-H", "content-type: application/json", "-d", body,
    ]  # fmt: skip
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    assert f"mail {MAIL}" in done.stdout
    assert provider.journal.find(MAIL) is None
    assert provider.journal.count == 1
    assert "hushgate: 1 exchange, 1 value masked, 0 requests stopped" in done.stderr
