"""`hushgate approvals watch` on a terminal: what it draws there, what keys do, and how it leaves."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from hushgate.approvals.desk import Desk
from hushgate.consent import Excerpt
from hushgate.control import NAME, Control
from hushgate.state import Ready, State
from tests.approving import BOB, asked, desk

MARKS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
HOME = "\x1b[H"
OUT = "\x1b[?1049l"
"""Back from the terminal's other screen."""


class Terminal:
    """A program on a terminal of so many columns and lines."""

    def __init__(self, command: list[str], environment: dict[str, str], columns: int, lines: int) -> None:
        self.said = ""
        self._master, slave = pty.openpty()
        self.resize(columns, lines)
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def _read(self) -> None:
        try:
            self.said += os.read(self._master, 65536).decode()
        except OSError:  # the program has ended
            asyncio.get_running_loop().remove_reader(self._master)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    @property
    def screen(self) -> list[str]:
        """The lines of what was drawn last."""
        drawn = MARKS.sub("", self.said.rpartition(HOME)[2]).replace("\r", "")
        return [line.rstrip() for line in drawn.split("\n")]

    async def shows(self, fits: Callable[[list[str]], bool]) -> list[str]:
        deadline = time.monotonic() + 30
        while not fits(self.screen):
            assert time.monotonic() < deadline, self.said[-3000:]
            await asyncio.sleep(0.02)
        return self.screen

    async def ends(self) -> int:
        return await asyncio.to_thread(self.process.wait, 20)


@pytest_asyncio.fixture(loop_scope="session")
async def watched(tmp_path: Path) -> AsyncIterator[tuple[Desk, Terminal, Control]]:
    """A desk behind a control socket, and bob who watches it."""
    state = State.open(tmp_path / "state")
    made = desk(clock=time.time)
    control = Control(made, lambda name, token: BOB if (name, token) == ("bob", "t") else None, state.path / NAME)
    with state.lock():
        path = await control.start()
        state.write_ready(Ready("http://127.0.0.1:1", "ca", None, os.getpid(), str(path)))
        command = [sys.executable, "-m", "hushgate", "approvals", "watch", "--as", "bob", "--state", str(state.path)]
        kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        terminal = Terminal(command, {**kept, "HUSHGATE_TOKEN": "t", "TERM": "xterm-256color"}, 80, 24)
        try:
            yield made, terminal, control
        finally:
            if terminal.process.poll() is None:
                terminal.process.kill()
                terminal.process.wait()
            control.stop()


async def hold(made: Desk, content: str, words: int = 5) -> None:
    text = Excerpt("body:/messages/0/content", "user/text", "to <EMAIL_ADDRESS_aaaaaaaaaa> " + "word " * words)
    await made.ask(asked(content, excerpts=(text,)), None)


async def test_an_evening_at_the_terminal(watched: tuple[Desk, Terminal, Control]) -> None:
    made, terminal, _ = watched
    await terminal.shows(lambda lines: lines[0] == "nothing waits for approval")
    await hold(made, "one", words=800)
    lines = await terminal.shows(lambda lines: any("--- a1 (1 of " in line for line in lines))
    assert len(lines) == 24 and max(map(len, lines)) <= 80 and lines[-1].endswith("q: leave")
    assert any("<EMAIL_ADDRESS_aaaaaaaaaa>" in line for line in lines) and lines[1].startswith("> 29m")

    terminal.resize(44, 12)
    lines = await terminal.shows(lambda lines: len(lines) == 12)
    assert max(map(len, lines)) <= 44 and lines[1].startswith("> ")
    terminal.resize(80, 24)
    await terminal.shows(lambda lines: len(lines) == 24)

    await hold(made, "two")
    await hold(made, "three")
    await terminal.shows(lambda lines: lines[0] == "3 wait for approval")
    terminal.press("a")
    await terminal.shows(lambda lines: "a1 is approved" in lines[-2])
    await terminal.shows(lambda lines: any(line.startswith("--- a2 ") for line in lines))
    terminal.press("r")
    await terminal.shows(lambda lines: "why not?" in lines[-2])
    terminal.press("ask the n\u00e4chste")
    await terminal.shows(lambda lines: "n\u00e4chste_" in lines[-2])
    terminal.press("\r")
    await terminal.shows(lambda lines: "a2 is rejected" in lines[-2])
    assert made.book.approvals["a2"].reason == "ask the n\u00e4chste"
    await terminal.shows(lambda lines: any(line.startswith("--- a3 ") for line in lines))
    terminal.press("q")
    assert await terminal.ends() == 0
    assert OUT in terminal.said, "the terminal is as it was"


@pytest.mark.parametrize("leaves", ["interrupted", "the gate ends"])
async def test_it_leaves_the_terminal_as_it_was(watched: tuple[Desk, Terminal, Control], leaves: str) -> None:
    made, terminal, control = watched
    await hold(made, "one")
    await terminal.shows(lambda lines: any(line.startswith("--- a1 ") for line in lines))
    if leaves == "interrupted":
        terminal.process.send_signal(signal.SIGINT)
        assert await terminal.ends() == 130
    else:
        control.stop()
        assert await terminal.ends() == 3
    assert OUT in terminal.said and "Traceback" not in terminal.said
