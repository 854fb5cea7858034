"""`hushgate doctor`: what is set up, what is not, and what to do about it."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import ssl
import time
from asyncio import Runner
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from hushgate.app import probe_worker, reads_images
from hushgate.cli import ending, programs, render, trial
from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.cli.programs import Finding
from hushgate.detect.engine import Engine
from hushgate.errors import ConfigError, HushgateError, StateError
from hushgate.ledger.query import Reader
from hushgate.notifying import carriers
from hushgate.proxy import ca
from hushgate.proxy.ca import Authority
from hushgate.rulebook import Rules, permitted, policy_file
from hushgate.settings import Settings
from hushgate.state import State

EXTRAS: Final = (
    ("documents", "docs", ("pypdf", "defusedxml"), "PDF and office documents are unread"),
    ("AWS", "aws", ("botocore",), "requests signed for AWS (SigV4) are refused"),
)
"""What extras install, and what goes without them."""
_LATELY: Final = 30 * 24 * 3600.0


def doctor(args: argparse.Namespace) -> int:
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    findings = []
    for finding in _examine(args, command):
        findings.append(finding)
        if not args.json:
            mark = {True: "\u2713", False: "\u2717", None: "\u2022"}[finding.good]
            render.line(f"{mark} {finding.what}: {finding.says}")
            if finding.hint:
                render.line(f"  hint: {finding.hint}")
    if args.json:
        render.as_json([{"what": f.what, "good": f.good, "says": f.says, "hint": f.hint} for f in findings])
    wrong = sum(f.good is False for f in findings)
    say(f"{wrong} to fix" if wrong else "all is well")
    return Exit.FOUND if wrong else Exit.FINE


def _examine(args: argparse.Namespace, command: list[str]) -> Iterator[Finding]:
    try:
        settings = settings_of(args)
    except ConfigError as error:
        yield Finding("configuration", False, str(error), "fix these; the schema is in docs/configuration.md")
        return
    yield Finding("configuration", True, "can be used")
    try:
        state = state_of(settings, create=True)
    except StateError as error:
        yield Finding("state folder", False, str(error), error.hint)
        return
    yield Finding("state folder", True, f"{state.path} is private")
    yield _try("keys", lambda: f"key {keys_of(settings, state, create=True).key_id}")
    rules: list[Rules] = []
    yield _try("rules", lambda: _rules(settings, rules))
    if not rules:
        return
    with trial.engine_of(settings, rules[0]) as (engine, runner):  # and one worker for both
        worker = _try("detection", lambda: f"a worker is ready in {runner.run(probe_worker(engine)):.1f} s")
        yield worker
        if worker.good:  # Without one no test of a policy says anything.
            yield _try("policy tests", lambda: _policy(settings, rules[0], engine, runner))
    for what, extra, modules, without in EXTRAS:
        if missing := [name for name in modules if find_spec(name) is None]:
            verb = "is" if len(missing) == 1 else "are"
            says = f"{without}: {' and '.join(missing)} {verb} not installed"
            yield Finding(what, None, says, f"pip install 'hushgate[{extra}]'")
    if settings.detect.ocr != "off":
        yield _try("OCR", lambda: "images are read" if reads_images(settings) else "off")
    authority: list[Authority] = []
    yield _try("CA", lambda: _authority(settings, state, rules[0], authority))
    if authority and (warning := authority[0].warning()):
        yield Finding("CA", False, warning, "hushgate ca rotate")
    if state.ledger.exists():
        yield _try("ledger", lambda: _ledger(state))
        yield from _other_hosts(state)
    yield from ending.examine(settings, state)
    yield from _channels(settings, state)
    yield from _gate(settings, state, authority)
    if command and authority:
        yield from programs.examine(command, os.environ, authority[0])


def _try(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except HushgateError as error:
        return Finding(what, False, str(error), error.hint)


def _rules(settings: Settings, out: list[Rules]) -> str:
    rules = Rules.load(settings)
    out.append(rules)
    hosts = len(rules.endpoints.hosts())
    return f"{len(rules.detect)} detection rules, {len(rules.policy.rules)} policy rules, {hosts} governed hosts"


def _policy(settings: Settings, rules: Rules, engine: Engine, runner: Runner) -> str:
    report = trial.judge(rules, [trial.beside(policy_file(settings))], engine, runner)
    if not report.passed:
        raise StateError(f"{len(report.failures)} of {len(report.outcomes)} fail", hint="hushgate policy test")
    return f"{len(report.outcomes)} pass"


def _authority(settings: Settings, state: State, rules: Rules, out: list[Authority]) -> str:
    intercepted = rules.endpoints.intercepted()
    authority = ca.open_authority(state.path, permitted(settings))
    if faults := ca.uncovered(authority, intercepted):
        raise ConfigError(faults)
    out.append(authority)
    return f"good until {authority.signer_ends:%Y-%m-%d}, limited to {len(authority.permitted)} names"


def _ledger(state: State) -> str:
    free = shutil.disk_usage(state.path).free
    if free < 256 << 20:
        raise StateError(f"only {free >> 20} MiB are free in {state.path}", hint="a full disk stops all requests")
    with Reader(state.ledger) as reader:
        return f"{len(reader.sessions())} sessions, {free >> 30} GiB free; `hushgate verify` checks it in full"


def _other_hosts(state: State) -> Iterator[Finding]:
    """Likely LLMs that tunnels led to, unread."""
    with Reader(state.ledger) as reader:
        passed = reader.tunnels(since=time.time() - _LATELY)
    hosts = sorted({t["host"] for t in passed if t.get("likely_llm") and t.get("outcome") == "passed"})
    if hosts:
        says = f"tunnels passed unread to {', '.join(hosts)}, likely LLMs, in the last 30 days"
        yield Finding("other hosts", None, says, "govern them with a file under `endpoints:`, or block them")


def _channels(settings: Settings, state: State) -> Iterator[Finding]:
    """Whether the channels of notifications can be opened from here, and what each did at last."""
    if not settings.approvals.notify:
        return
    yield _try("notifications", lambda: f"channels: {len(carriers(settings))}, their secrets are there")
    lately: dict[str, dict[str, Any]] = {}
    if state.ledger.exists():
        with Reader(state.ledger) as reader:
            lately = {said["channel"]: said for said in reader.notified(since=time.time() - _LATELY)}
    for channel in settings.approvals.notify:
        if (last := lately.get(channel.name)) is not None and last["outcome"] != "delivered":
            says = f"{render.moment(last['at'])}: {last['why']} (tries: {last['tries']})"
            yield Finding(channel.name, False, says, "hushgate approvals notify-test")


def _gate(settings: Settings, state: State, authority: list[Authority]) -> Iterator[Finding]:
    ready = state.read_ready()
    if ready is None:
        host, port = settings.listen
        yield _try("gate", lambda: _free(host, port))
        return
    yield Finding("gate", True, f"runs on {ready.proxy} (pid {ready.pid})")
    if ready.proxy.startswith("https:"):
        yield Finding("gate's TLS", None, "clients speak TLS to it", "curl --proxy-cacert CA -x URL tries it")
    elif authority:
        host = next(p for p in authority[0].permitted)
        yield _try("gate's TLS", lambda: handshake(ready.proxy, host, authority[0].roots))


def _free(host: str, port: int) -> str:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            hint = "another program has the port: use --listen or `listen:`"
            raise StateError(f"{host}:{port} cannot be used: {error.strerror}", hint=hint) from None
    return f"not running; {host}:{port} is free"


def handshake(proxy: str, host: str, roots: Path) -> str:
    """Ask the gate for a tunnel to a governed host and check its certificate as a client would."""
    parts = urlsplit(proxy)
    try:
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as raw:
            raw.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode("ascii"))
            said = b""
            while b"\r\n\r\n" not in said and len(said) < 65536 and (more := raw.recv(4096)):
                said += more
            status = said.split(b" ", 2)[1:2]
            if status == [b"407"]:
                return "asks for a user and token, as it should with users configured"
            if status != [b"200"]:
                raise StateError(f"the gate refused a tunnel to {host}", hint="see the gate's own output")
            with ssl.create_default_context(cafile=str(roots)).wrap_socket(raw, server_hostname=host) as tls:
                tls.getpeercert()
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or error.reason or "TLS failed"
        raise StateError(f"{host} through the gate: {reason}", hint="restart the gate after `ca rotate`") from None
    except OSError as error:
        raise StateError(f"{proxy} cannot be reached: {error.strerror or error}", hint="restart the gate") from None
    return f"{host} is served and trusted"
