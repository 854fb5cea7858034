"""A gate as a user starts it: `hushgate up` in a process of its own, in front of the provider double."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from hushgate.ledger.query import Reader

START_SECONDS = 40.0


class Http2First(ssl.SSLContext):
    """Prefers HTTP/2, as curl does. httpx names it last, and the gate takes what comes first."""

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        super().set_alpn_protocols(sorted(alpn_protocols, key="h2".__ne__))


@dataclass
class Gate:
    """A running gate. `folder` holds its configuration and its state."""

    folder: Path
    config: Path
    state: Path
    process: subprocess.Popen[bytes]
    proxy: str
    ca: str
    log: Path
    command: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """Everything the gate wrote to its output so far."""
        return self.log.read_text(errors="replace")

    def client(self, **options: Any) -> httpx.AsyncClient:
        """An HTTP client that trusts the gate and goes through it."""
        context = (Http2First if options.get("http2") else ssl.SSLContext)(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.ca)
        proxy = options.pop("proxy", self.proxy)
        return httpx.AsyncClient(proxy=proxy, verify=context, timeout=options.pop("timeout", 30), **options)

    def openai(self, **options: Any) -> Any:
        """The OpenAI SDK, through the gate."""
        from openai import AsyncOpenAI

        options.setdefault("max_retries", 0)
        return AsyncOpenAI(api_key="sk-" + "fake-for-tests", http_client=self.client(), **options)

    def run(self, *arguments: str, stdin: str | None = None, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """A `hushgate` command on this gate's state."""
        places = ("--config", str(self.config), "--state", str(self.state))
        return hushgate(*arguments, *places, stdin=stdin, timeout=timeout)

    def run_in(self, environ: Mapping[str, str], command: str, *words: str) -> subprocess.CompletedProcess[str]:
        """The same with more in its environment; the options of places come first, a program may follow."""
        places = ("--config", str(self.config), "--state", str(self.state))
        return hushgate(command, *places, *words, env={**os.environ, **environ})

    def json(self, *arguments: str, stdin: str | None = None) -> Any:
        """The JSON that a reading command prints."""
        done = self.run(*arguments, "--json", stdin=stdin)
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    def shown(self, exchange: str) -> dict[str, Any] | None:
        """What is on record of an exchange by now, as `hushgate show --json` prints it."""
        with Reader(self.state / "ledger.db") as reader:
            return reader.exchange(exchange)

    async def closed(self, exchange: str) -> dict[str, Any]:
        """The record of an exchange once its end is on it."""
        async with asyncio.timeout(15):
            while not (shown := self.shown(exchange)) or shown["outcome"] is None:
                await asyncio.sleep(0.02)
        return shown

    async def settled(self, seconds: float = 15) -> None:
        """Until the end of each exchange is on record."""
        deadline = time.monotonic() + seconds
        while found := [x["id"] for x in self._exchanges() if x["outcome"] is None]:
            assert time.monotonic() < deadline, f"never closed: {[self.shown(one) for one in found[:3]]}"
            await asyncio.sleep(0.05)

    def _exchanges(self) -> list[dict[str, Any]]:
        with Reader(self.state / "ledger.db") as reader:
            return reader.exchanges(limit=2000)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of the events of a kind, oldest first."""
        with Reader(self.state / "ledger.db") as reader:
            return [event["payload"] for event in reader.events() if event["kind"] == kind]

    async def more_events(self, kind: str, than: int) -> list[dict[str, Any]]:
        """The events of a kind once there are more `than` so many."""
        async with asyncio.timeout(15):
            while len(found := self.events(kind)) <= than:
                await asyncio.sleep(0.05)
        return found

    def stop(self, number: int = signal.SIGTERM, timeout: float = 20) -> int:
        """End the gate; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout)


def hushgate(
    *arguments: str, stdin: str | None = None, timeout: float = 60, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        [sys.executable, "-m", "hushgate", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        env=dict(env) if env is not None else None,
        check=False,
    )


def write_config(folder: Path, provider_port: int, provider_ca: Path, **settings: Any) -> Path:
    """A configuration whose `api.openai.com` is the double on loopback."""
    config: dict[str, Any] = {
        "version": 1,
        "listen": "127.0.0.1:0",
        "detect": {"ner": "off"},  # its workers take seconds of CPU to start: for tests that want them
        "egress": {
            "resolve": {"api.openai.com": f"127.0.0.1:{provider_port}"},
            "upstream_ca": str(provider_ca),
        },
    }
    _merge(config, settings)
    path = folder / "hushgate.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


async def start(
    folder: Path,
    provider_port: int,
    provider_ca: Path,
    *,
    program: list[str] | None = None,
    verb: Sequence[str] = ("up",),
    env: Mapping[str, str] | None = None,
    state: Path | None = None,
    **settings: Any,
) -> Gate:
    """Start a gate and wait until it is ready; AssertionError with its output if it does not come up."""
    folder.mkdir(parents=True, exist_ok=True)
    config = write_config(folder, provider_port, provider_ca, **settings)
    state = state or folder / "state"
    log = folder / "gate.log"
    places = ["--config", str(config), "--state", str(state)]
    command = [*(program or [sys.executable, "-m", "hushgate"]), *verb, *places]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **(env or {})})
    gate = Gate(folder, config, state, process, "", "", log, command)
    deadline = time.monotonic() + START_SECONDS
    ready = state / "ready.json"
    while not ready.exists() or "hushgate ready on" not in gate.said:
        assert process.poll() is None, f"the gate ended with {process.returncode}:\n{gate.said}"
        assert time.monotonic() < deadline, f"the gate does not get ready:\n{gate.said}"
        await asyncio.sleep(0.05)
    said = json.loads(ready.read_text())
    gate.proxy, gate.ca = said["proxy"], said["ca"]
    return gate


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def chat(text: str, **more: Any) -> dict[str, Any]:
    """A chat completion request."""
    return {"model": "double:echo", "messages": [{"role": "user", "content": text}], **more}
