"""A gate for one command: the one that runs, or one started for it; and the command itself.

Commands that share a state folder share the gate that the first of them
started. Each holds a shared lock on `run.lock`; whoever leaves last, and so
gets the lock alone, stops the gate, if it was started this way.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Final, Self

from hushgate.errors import StateError
from hushgate.state import Ready, State, write_private

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 35.0
FORWARDED: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


class Behind:
    """The gate to use while inside `with`. `own` says whether it runs for commands only."""

    def __init__(self, state: State, *, config: Path | None, proxy: str | None = None, ca: Path | None = None) -> None:
        self._state = state
        self._config = config
        self._named = proxy
        self._named_ca = ca
        self._hold = -1
        self._gate: subprocess.Popen[bytes] | None = None
        self.proxy = ""
        self.ca = ""
        self.own = False

    @property
    def _mark(self) -> Path:
        """Holds the pid of a gate that was started for commands."""
        return self._state.path / "run.pid"

    def __enter__(self) -> Self:
        if self._named is not None:
            self.proxy, self.ca = self._named, self._trust()
            return self
        place = self._state.path / "run.lock"
        self._hold = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._hold, fcntl.LOCK_SH)
        try:
            ready = self._state.read_ready() or self._start()
        except BaseException:
            os.close(self._hold)
            raise
        self.proxy, self.ca = ready.proxy, str(self._named_ca or ready.ca)
        self.own = self._marked() == ready.pid
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._hold < 0:
            return
        try:
            # Not by conversion: of two that leave at once, one has to get it.
            fcntl.flock(self._hold, fcntl.LOCK_UN)
            with suppress(BlockingIOError):
                fcntl.flock(self._hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop()
        finally:
            os.close(self._hold)
            self._hold = -1

    def _trust(self) -> str:
        if self._named_ca is not None:
            if not self._named_ca.is_file():
                raise StateError(f"there is no file {self._named_ca}", hint="name the gate's CA bundle")
            return str(self._named_ca)
        ready = self._state.read_ready()
        if ready is None:
            raise StateError(
                "it is not known which CA the gate at --proxy uses", hint="name its bundle: --ca ca-bundle.pem"
            )
        return ready.ca

    def _start(self) -> Ready:
        """Start a gate, or find the one that somebody else is starting."""
        with tempfile.TemporaryFile() as talk:
            gate = self._gate = self._spawn(talk)
            deadline = time.monotonic() + START_SECONDS
            while time.monotonic() < deadline:
                ready = self._state.read_ready()
                if ready is not None:
                    if ready.pid == gate.pid:
                        write_private(self._mark, f"{gate.pid}\n".encode())
                    else:
                        gate.wait(STOP_SECONDS)  # somebody else's was first, and ours says so and ends
                    return ready
                if gate.poll() is not None and not self._state.locked():
                    break
                time.sleep(0.02)
            gate.terminate()
            gate.wait(STOP_SECONDS)
            talk.seek(0)
            said = talk.read()[-4000:].decode("utf-8", "replace").strip()
        raise StateError(f"the gate did not start\n{said}".strip(), hint="`hushgate doctor` checks the set-up")

    def _spawn(self, talk: IO[bytes]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "hushgate", "up", "--listen", "127.0.0.1:0", "--state", str(self._state.path)]
        if self._config is not None:
            command += ["--config", str(self._config)]
        # A session of its own, so that Ctrl-C reaches the command and not the gate.
        return subprocess.Popen(  # noqa: S603 - ourselves
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=talk, start_new_session=True
        )

    def _marked(self) -> int | None:
        try:
            return int(self._mark.read_text("ascii"))
        except (OSError, ValueError):
            return None

    def _stop(self) -> None:
        ready = self._state.read_ready()
        if ready is None or ready.pid != self._marked():
            return
        with suppress(ProcessLookupError):
            os.kill(ready.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self._state.locked() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._gate is not None and self._gate.pid == ready.pid:
            self._gate.wait(STOP_SECONDS)
        self._mark.unlink(missing_ok=True)


def run_command(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command to its end, handing signals on; its exit code as a shell tells it."""
    try:
        child = subprocess.Popen(list(command), env=dict(environ))  # noqa: S603 - what the user asked for
    except FileNotFoundError:
        print(f"error: {command[0]}: command not found", file=sys.stderr)
        return 127
    except OSError as error:
        print(f"error: {command[0]}: {error.strerror}", file=sys.stderr)
        return 126

    def hand_on(number: int, frame: FrameType | None) -> None:
        # A key press reaches the whole foreground group: the child has it already.
        if number in (signal.SIGINT, signal.SIGQUIT) and _in_foreground():
            return
        with suppress(ProcessLookupError):
            child.send_signal(number)

    before = {number: signal.signal(number, hand_on) for number in FORWARDED}
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def _in_foreground() -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
