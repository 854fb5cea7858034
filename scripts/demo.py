"""A real AutoGen agent talks to a provider through hushgate, and you see both ends.

Everything runs on loopback: the provider is a double that speaks TLS and keeps
what it gets. The exit code is 0 only if nothing leaked and all came back.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.doubles import canary  # noqa: E402 - the doubles live beside the tests

EMAIL = "grace.hopper@navy-mail.com"
VALUES = {
    "e-mail": EMAIL,
    "phone": "+1 415 555 0132",
    "card": "4539 1488 0343 6467",
    "SSN": "536-22-8741",
    "token": "gh" + "p_R2d4Kq7Lx9Pw3Zt8Vb6Nm1Yc5Hj0Sf4Ga7De",
}
IBAN = "DE89 3704 0044 0532 0130 00"  # comes out of the agent's own tool
TASK = (
    f"Customer {EMAIL}, phone {VALUES['phone']}, SSN {VALUES['SSN']}, was charged twice on card {VALUES['card']}. "
    f"Our API token {VALUES['token']} still works. Open a ticket and tell the customer."
)
PLACEHOLDER = r"<[A-Z][A-Z0-9_]+_[a-z2-7]{10,26}>"


class Demo:
    """One run, in a folder of its own. `console` may record for a picture."""

    def __init__(self, console: Console, folder: Path) -> None:
        self.console = console
        self.folder = folder
        self.state = folder / "state"
        self.config = folder / "hushgate.yaml"
        self.journal = folder / "provider"
        self.journal.mkdir()
        self.checks: list[tuple[str, bool]] = []

    def hushgate(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a hushgate command and show how it was called, as one would type it."""
        words = [Path(w).name if w.startswith("/") else w for w in arguments if w != "--json"]
        self.console.print()
        self.console.print(Text("$ hushgate " + " ".join(words), style="bold"))
        where = ["--config", str(self.config), "--state", str(self.state)]
        return subprocess.run(
            [sys.executable, "-m", "hushgate", arguments[0], *where, *arguments[1:]],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=ROOT,
            env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        )

    def reading(self, *arguments: str) -> Any:
        """A reading command's JSON."""
        done = self.hushgate(*arguments, "--json")
        if not done.stdout:
            raise SystemExit(f"error: hushgate {arguments[0]} failed\n{done.stderr}")
        return json.loads(done.stdout)

    def check(self, says: str, good: bool) -> None:
        self.checks.append((says, good))

    def received(self) -> list[dict[str, Any]]:
        """The requests' bodies as they reached the provider."""
        raws = [file.read_bytes() for file in sorted(self.journal.glob("*.raw"))]
        return [json.loads(raw.partition(b"\r\n\r\n")[2]) for raw in raws]

    def agent(self, session: str, task: str) -> dict[str, Any]:
        """Run the agent behind the gate."""
        done = self.hushgate("run", "--session", session, "--", "python", "scripts/demo_agent.py", stdin=task)
        self.console.print(Text(done.stderr.strip(), style="dim"))
        try:
            return dict(json.loads(done.stdout))
        except ValueError:
            raise SystemExit(f"error: the agent did not answer\n{done.stdout}{done.stderr}") from None

    # What is shown -----------------------------------------------------------------------------------------------

    def journey(self) -> None:
        """An agent's prompt, what became of it, and the answer."""
        said = self.agent("support", TASK)
        if said["error"]:
            raise SystemExit(f"error: the agent failed: {said['error']}")
        answer, bodies = str(said["answer"]), self.received()
        self.console.print(_panel("the agent said", TASK, "red"))
        first, last = bodies[0]["messages"][-1]["content"], bodies[-1]["messages"][-1]["content"]
        later = Text("then, as its tool's result:", style="dim")
        got = Group(_marked(first, "cyan"), Text(), later, _marked(last, "cyan"))
        self.console.print(Panel(got, title="the provider got", title_align="left", border_style="cyan"))
        self.console.print(_panel("the agent's answer", answer, "green"))
        self.check("the agent's tool got the customer's own values", said["tool_saw"] == TASK)
        self.check("the answer holds every value again", all(v in answer for v in [*VALUES.values(), IBAN]))
        self.check("the provider got placeholders for them", all(len(_placeholders(t)) >= 5 for t in (first, last)))
        same = set(_placeholders(first)) <= set(_placeholders(last))
        self.check("the same value had the same placeholder in both requests", same)

    def refusal(self) -> None:
        """A private key goes nowhere, and the agent is told why."""
        before = len(self.received())
        key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        said = self.agent("deploy", "The deployment fails. Our key is:\n" + key.decode())
        error = str(said["error"])
        self.console.print(_panel("a second agent sent a private key, and was told", error, "red"))
        self.check("the private key was blocked", "blocked this request" in error and "PRIVATE_KEY" in error)
        self.check("the provider got nothing of it", len(self.received()) == before)

    def record(self) -> None:
        """What is on record, and what is not."""
        journeys = self.reading("where", EMAIL)
        columns = ("session", "direction", "destination", "entity", "verdict")
        self.console.print(_table(columns, journeys))
        self.check("`where` finds the e-mail's journeys", {j["session"] for j in journeys} == {"support"})
        sessions = self.reading("sessions")
        columns = ("session", "actor", "exchanges", "findings", "masked", "stopped", "level")
        self.console.print(_table(columns, [s | {"session": s["id"]} for s in sessions]))
        self.check("both sessions are on record", {s["id"] for s in sessions} == {"support", "deploy"})
        report = self.reading("verify")
        intact = "intact" if report["intact"] else "NOT INTACT"
        for name, value in (("record", intact), ("events", report["events"]), ("checkpoints", report["checkpoints"])):
            self.console.print(Text.assemble((f"{name:11}  ", "dim"), str(value)))
        self.check("the record is intact", report["intact"] is True)
        flows = self.folder / "support.mitm"
        told = self.hushgate("replay", "support", "--out", str(flows)).stderr.strip()
        self.console.print(Text(told.replace(f"{self.folder}/", ""), style="dim"))
        self.check("the session replays as mitmproxy flows", flows.is_file() and flows.stat().st_size > 0)

    def leaks(self) -> None:
        """Look for every value in every form: in what the provider got, in the state folder and in the replay."""
        places = {
            "the provider": list(self.journal.iterdir()),
            "the state folder": [f for f in self.state.rglob("*") if f.is_file()],
            "the replay": [self.folder / "support.mitm"],
        }
        forms = "in plain, base64, hex, percent or compressed form"
        for place, files in places.items():
            held = {
                f"{name} ({form})"
                for file in files
                for name, value in (VALUES | {"IBAN": IBAN}).items()
                if (form := canary.find(file.read_bytes(), value))
            }
            says = f"{place} holds {', '.join(sorted(held))}" if held else f"{place} holds no value, {forms}"
            self.check(says, bool(files) and not held)

    def verdict(self) -> int:
        marks = {True: (" \u2713 ", "green"), False: (" \u2717 ", "red")}
        lines = [Text.assemble(marks[good], says) for says, good in self.checks]
        self.console.print(Panel(Group(*lines), title="checked", title_align="left"))
        return 0 if all(good for _, good in self.checks) else 1


def _marked(text: str, colour: str) -> Text:
    shown = Text(text)
    shown.highlight_regex(PLACEHOLDER, f"bold {colour}")
    shown.highlight_words([*VALUES.values(), IBAN], f"bold {colour}")
    return shown


def _panel(title: str, text: str, colour: str) -> Panel:
    return Panel(_marked(text, colour), title=title, title_align="left", border_style=colour)


def _placeholders(text: str) -> list[str]:
    return re.findall(PLACEHOLDER, text)


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, header_style="dim")
    for row in rows:
        table.add_row(*(str(row[c]) for c in columns))
    return table


@contextmanager
def running(command: list[str], ready: str, folder: Path) -> Iterator[str]:
    """A program that runs meanwhile; gives the first line of `ready` (stdout or stderr) that it writes."""
    log = folder / f"{Path(command[2]).name}.{ready}"
    with log.open("wb") as out:
        program = subprocess.Popen(
            command, cwd=ROOT, **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, ready: out}
        )
        try:
            deadline = time.monotonic() + 60
            while b"\n" not in log.read_bytes():
                if program.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"error: {' '.join(command[1:4])} did not start\n{log.read_text()}")
                time.sleep(0.02)
            yield log.read_text().splitlines()[0]
        finally:
            program.send_signal(signal.SIGTERM)
            program.wait(40)


def show(console: Console, folder: Path) -> int:
    """The whole demo; the exit code."""
    demo = Demo(console, folder)
    provider = [sys.executable, "-m", "tests.doubles.provider", "--folder", str(demo.journal)]
    with running(provider, "stdout", folder) as told:
        at = json.loads(told)
        demo.config.write_text(
            "version: 1\n"
            "listen: 127.0.0.1:0\n"
            "transcripts: masked\n"
            "egress:\n"
            f"  resolve: {{api.openai.com: '127.0.0.1:{at['port']}'}}\n"
            f"  upstream_ca: {at['ca']}\n",
            encoding="utf-8",
        )
        where = ["--config", str(demo.config), "--state", str(demo.state)]
        console.print(Text("$ hushgate up", style="bold"))
        with running([sys.executable, "-m", "hushgate", "up", *where], "stderr", folder) as ready:
            console.print(Text(ready, style="dim"))
            demo.journey()
            demo.refusal()
            demo.record()
        demo.leaks()
    return demo.verdict()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep state, replay and what the provider got in DIR")
    parser.add_argument("--svg", metavar="FILE", type=Path, help="write a picture of the output")
    options = parser.parse_args()
    console = Console(record=options.svg is not None, width=112 if options.svg else None, highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="hushgate-demo-"))
    try:
        code = show(console, folder)
        if options.keep:
            shutil.copytree(folder, options.keep, dirs_exist_ok=True)
            kept = options.keep
            console.print(f"kept in {kept}; hushgate replay support --state {kept / 'state'} opens mitmweb")
        if options.svg:
            options.svg.parent.mkdir(parents=True, exist_ok=True)
            # Without the fonts that rich would have the reader's browser fetch.
            drawn = re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title="scripts/demo"), flags=re.DOTALL)
            # The fake token, spelled so that no scanner of repositories takes it for a real one.
            options.svg.write_text(drawn.replace("ghp_", "gh&#112;_"), encoding="utf-8")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
