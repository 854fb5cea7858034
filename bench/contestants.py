"""Who takes part: each a program of its own on loopback, and what its whole process tree costs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
HOST = "api.openai.com"  # governed by the built-in endpoints
PATIENCE = 60.0  # seconds to start
TICK = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """A contestant could not be measured."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """`proxy` is where its proxy listens, None for the provider itself; `target` what a client CONNECTs to."""

    name: str
    pid: int
    proxy: int | None
    target: str
    port: int

    def cpu(self) -> float:
        """Seconds of CPU so far: every thread of every process of the tree."""
        return sum(map(_cpu_of, _tree(self.pid)))

    def rss(self) -> int:
        """Bytes of memory, shared pages counted once a process."""
        return sum(_rss_of(pid) for pid in _tree(self.pid))


def _tree(root: int) -> Iterator[int]:
    yield root
    for task in _entries(Path(f"/proc/{root}/task")):
        for child in (task / "children").read_text().split():
            yield from _tree(int(child))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        raise BenchError(f"{folder} is gone: the process has ended, or this is not Linux") from None


def _cpu_of(pid: int) -> float:
    """Time on a CPU in nanoseconds from schedstat, and in clock ticks that of children who have ended."""
    alive = sum(int((task / "schedstat").read_text().split()[0]) for task in _entries(Path(f"/proc/{pid}/task")))
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return alive / 1e9 + (int(stat[13]) + int(stat[14])) / TICK


def _rss_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def program(command: Sequence[str | Path], folder: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    """Runs `command` until the block is left; its stderr goes to a file in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            assert process.stdout is not None
            process.stdout.close()


@dataclass(frozen=True, slots=True)
class Upstream:
    """The double, as the others reach it."""

    port: int
    ca: str
    pid: int


@contextmanager
def upstream(folder: Path, command: Sequence[str] = ()) -> Iterator[Upstream]:
    """The double of `command`, or the usual one."""
    usual = ["tests.doubles.provider", "--count-only", "--host-name", HOST]
    command = [sys.executable, "-m", *(command or usual)]
    with program(command, folder, "provider") as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline() or "{}")
        if not ready:
            raise BenchError("the provider double did not start")
        yield Upstream(ready["port"], ready["ca"], process.pid)


@contextmanager
def pruned(folder: Path, up: Upstream) -> Iterator[Contestant]:
    port = free_port()
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "bench.pruned",
        "--port",
        str(port),
        "--confdir",
        folder,
        "--upstream-ca",
        up.ca,
    ]
    with program(command, folder, "pruned") as process:
        _wait_for(port, process, folder)
        yield Contestant("pruned", process.pid, port, "localhost", up.port)


@contextmanager
def stock(folder: Path, up: Upstream, *, stream: bool = False) -> Iterator[Contestant]:
    port, name = free_port(), "stock stream" if stream else "stock"
    command: list[str | Path] = [BIN / "mitmdump", "-q", "--listen-host", "127.0.0.1", "-p", str(port)]
    command += ["--set", f"confdir={folder}", "--set", f"ssl_verify_upstream_trusted_ca={up.ca}"]
    command += ["-s", ROOT / "bench" / "stream_addon.py"] if stream else []
    with program(command, folder, name) as process:
        _wait_for(port, process, folder)
        yield Contestant(name, process.pid, port, "localhost", up.port)


@contextmanager
def gate(
    folder: Path,
    up: Upstream,
    *,
    ner: str,
    hosts: Sequence[str] = (HOST,),
    settings: Mapping[str, object] | None = None,
) -> Iterator[Contestant]:
    """hushgate as a user starts it, with these hosts pinned to the double, and more settings."""
    port, name = free_port(), "hushgate" if ner == "off" else "hushgate ner"
    state = folder / "state"
    shutil.rmtree(state, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "version": 1,
        "listen": f"127.0.0.1:{port}",
        "state": str(state),
        "detect": {"ner": ner},
        "egress": {
            "resolve": dict.fromkeys(hosts, f"127.0.0.1:{up.port}"),
            "allow_addresses": ["127.0.0.0/8"],
            "upstream_ca": up.ca,
        },
        **(settings or {}),
    }
    (folder / "hushgate.yaml").write_text(json.dumps(config))  # JSON is YAML
    command: list[str | Path] = [BIN / "hushgate", "up", "--config", folder / "hushgate.yaml"]
    with program(command, folder, name) as process:
        _wait_for(port, process, folder, ready=state / "ready.json")
        yield Contestant(name, process.pid, port, hosts[0], 443)


def direct(up: Upstream) -> Contestant:
    return Contestant("direct", up.pid, None, "localhost", up.port)


def _wait_for(port: int, process: subprocess.Popen[str], folder: Path, ready: Path | None = None) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if ready is None or ready.exists():
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise BenchError(f"{folder.name} did not start:\n{words(folder)}")


def words(folder: Path) -> str:
    """The last of what the programs in `folder` wrote to stderr."""
    said = ((path.stem, path.read_text()[-2000:]) for path in sorted(folder.rglob("*.log")))
    return "\n".join(f"-- {name}\n{text}" for name, text in said if text)


def tls_context() -> ssl.SSLContext:
    """A client that looks at no certificate: it measures, and sends nothing but made-up text to loopback."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
