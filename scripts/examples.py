#!/usr/bin/env python3
"""Run the examples of a page, and write down what they print. Run with the project's Python.

    python scripts/examples.py                 docs/cli.md anew
    python scripts/examples.py docs/other.md

A `console` block holds commands behind `$ ` and what they print; a block
behind `<!-- file: NAME -->` is a file that they use. All of a page runs in one
shell, on a terminal, in an empty home, in front of the provider double of the
tests. What differs from run to run (ids, times, ports) is taken as equal.
`tests/e2e/test_docs_examples.py` compares.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SECONDS: Final = 60.0
"""How long one command may take."""
COLUMNS: Final = 128
HOME: Final = "/home/you"

BLOCK: Final = re.compile(r"(?:<!-- file: (\S+) -->\n)?```(\w*)\n(.*?)```\n", re.DOTALL)
IDS: Final = re.compile(r"\b[xag][a-z2-7]{20}\b|\b[0-9a-f]{12,128}\b|\bhg[at]?_[\w-]{32}")
VARYING: Final = re.compile(
    "|".join(
        (
            IDS.pattern,
            r"(?<=_)[a-z2-7]{10}(?=>)",  # a placeholder's keyed part
            r"\b[0-9a-f]{32}\b",  # a keyed fingerprint
            r"\b(?:[0-9A-F]{2}:){31}[0-9A-F]{2}\b",
            r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9:]{8})?",
            r"\b[0-9]{10}\.[0-9]+\b",  # seconds since the epoch
            r"(?<=checkpoints      )[0-9]+",  # one more each minute
            r"(?<=ready in )[0-9.]+",
            r"(?<=127\.0\.0\.1:)[0-9]+",
            r"(?:(?<=pid )|(?<=\"pid\": ))[0-9]+",
            r"[0-9]+(?= (?:GiB free|detection rules|governed hosts|rules,|examples|pass|names))",
        )
    )
)
_BUSY: Final = re.compile(r"ready on \S+\n(?:hint: .*\n){2}|shown on \S+ .*\n")
_SERVES: Final = re.compile(r"ready on \S+\n")
_MARKS: Final = re.compile(r"\r|\x1b\[[0-9;]*m")
_DONE: Final = "\x01done"


@dataclass
class Shell:
    """One bash on a terminal, for a whole page."""

    folder: Path
    environ: dict[str, str]
    heard: str = ""
    known: dict[str, str] = field(default_factory=dict)
    """Ids as the page has them, and as they are in this run."""

    def __post_init__(self) -> None:
        self._ours, theirs = pty.openpty()
        command = ["bash", "--norc", "--noprofile", "-s"]
        self._bash = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=theirs, stderr=theirs, cwd=self.folder, env=self.environ,
            start_new_session=True, text=True,
        )  # fmt: skip
        os.close(theirs)
        self._tell("set -m")

    def run(self, line: str) -> str:
        """Run a line as the page has it; what it prints."""
        for old, new in self.known.items():
            line = line.replace(old, new)
        self._tell(f"(exit $code)\n{{ {line}\n}} </dev/null; code=$?; printf '\\001done\\n'")
        said = self._listen(_DONE)
        if line.rstrip().endswith("&"):
            said += self._listen(_SERVES if "--serve" in line else _BUSY)
        return "\n".join(one.rstrip() for one in said.replace(str(self.folder), HOME).splitlines()).rstrip("\n")

    def close(self) -> None:
        """End everything that this shell started."""
        self._tell("kill -TERM $(jobs -p) 2>/dev/null; wait; exit")
        with suppress(subprocess.TimeoutExpired):
            self._bash.wait(SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(self._bash.pid, signal.SIGKILL)
        os.close(self._ours)
        if self._bash.stdin is not None:
            with suppress(BrokenPipeError):
                self._bash.stdin.close()

    def _tell(self, text: str) -> None:
        assert self._bash.stdin is not None
        self._bash.stdin.write(text + "\n")
        self._bash.stdin.flush()

    def _listen(self, until: str | re.Pattern[str]) -> str:
        """What is heard up to the end of `until`; what comes later stays."""
        deadline = time.monotonic() + SECONDS
        pattern = re.compile(re.escape(until) + r"\n") if isinstance(until, str) else until
        while (found := pattern.search(self.heard)) is None:
            ready, _, _ = select.select([self._ours], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no end after {SECONDS} seconds: {self.heard[-2000:]}")
            self.heard += _MARKS.sub("", os.read(self._ours, 65536).decode("utf-8", "replace"))
        end = found.start() if until is _DONE else found.end()
        said, self.heard = self.heard[:end], self.heard[found.end() :]
        return said


def same(page: str, fresh: str) -> bool:
    """Whether two outputs are equal but for what varies."""
    return VARYING.sub("~", page) == VARYING.sub("~", fresh)


def played(text: str, shell: Shell) -> Iterator[tuple[str, str, str]]:
    """Run a page's blocks. For each command: its line, what the page says it prints, and what it prints."""
    for block in BLOCK.finditer(text):
        name, kind, body = block.groups()
        if name:
            (shell.folder / name).write_text(body, "utf-8")
        if kind != "console":
            continue
        for command in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            line, _, before = command.partition("\n")
            before, fresh = before.rstrip("\n"), shell.run(line)
            shell.known |= dict(zip(IDS.findall(before), IDS.findall(fresh), strict=False))
            yield line, before, fresh


@contextmanager
def stage() -> Iterator[Shell]:
    """An empty home, a provider double, and a shell in which `hushgate` is found and leads to it."""
    with tempfile.TemporaryDirectory(prefix="hushgate-docs-") as place:
        home = Path(place)
        program = [sys.executable, "-m", "tests.doubles.provider", "--count-only"]
        with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as double:
            try:
                assert double.stdout is not None
                told = json.loads(double.stdout.readline())
                shell = Shell(home, _environ(home, told))
                try:
                    yield shell
                finally:
                    shell.close()
            finally:
                double.terminate()


def _environ(home: Path, double: dict[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUSHGATE_", "XDG_")) and "PROXY" not in k.upper()}
    return kept | {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "USER": "you", "LOGNAME": "you", "LC_ALL": "C.UTF-8", "PS1": "",
        "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": str(COLUMNS),
        "HUSHGATE_LISTEN": "127.0.0.1:0",
        "HUSHGATE_DETECT_NER": "off",  # its workers take seconds to start
        "HUSHGATE_EGRESS_RESOLVE": f"api.openai.com=127.0.0.1:{double['port']}",
        "HUSHGATE_EGRESS_UPSTREAM_CA": double["ca"],
    }  # fmt: skip


def rewritten(text: str, shell: Shell) -> str:
    """A page with what its examples print now; what is equal but for what varies, and every id, stays as it is."""
    for line, before, fresh in played(text, shell):
        if not same(before, fresh):
            for old, new in shell.known.items():
                fresh = fresh.replace(new, old)
            fresh = re.sub(r"(?<=127\.0\.0\.1:)[0-9]+", "8888", fresh)
            was, now = (f"$ {line}\n{out}\n" if out else f"$ {line}\n" for out in (before, fresh))
            text = text.replace(was, now, 1)
    return text


def main() -> None:
    for name in sys.argv[1:] or ["docs/cli.md"]:
        page = Path(name) if sys.argv[1:] else ROOT / name
        text = page.read_text("utf-8")
        with stage() as shell:
            page.write_text(rewritten(text, shell), "utf-8")


if __name__ == "__main__":
    main()
