"""`hushgate up` and `hushgate run`."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hushgate.cli.behind import Behind, run_command
from hushgate.cli.context import Exit, say, settings_of, state_of
from hushgate.endpoints import load_endpoints
from hushgate.errors import HushgateError, StateError
from hushgate.identity.asking import NoExchange, ask, proxy_url
from hushgate.identity.ci import job_token
from hushgate.identity.form import Asked
from hushgate.launch import child_environ
from hushgate.ledger.query import Reader
from hushgate.rulebook import sources
from hushgate.state import Ready

if TYPE_CHECKING:
    from hushgate.proxy.run import Opens


def up(args: argparse.Namespace) -> int:
    settings = settings_of(args, listen=args.listen, console=args.console)
    console = _console() if settings.console is not None else None
    from hushgate.proxy.run import serve

    def told(ready: Ready) -> None:
        if sys.stderr.isatty():
            users = state_of(settings).users.exists()
            say(_way_in(ready, users=users, config=args.config, state=args.state))

    return serve(settings, on_ready=told, console=console)


def _console() -> Opens:
    """What opens the console; StateError where what it is made with is not installed."""
    try:
        from hushgate.console.server import Console
    except ModuleNotFoundError as missing:
        raise StateError(
            f"the console needs {missing.name}, which is not installed", hint="pip install 'hushgate[console]'"
        ) from None
    return Console


def _way_in(ready: Ready, *, users: bool, config: Path | None, state: Path | None) -> str:
    """How a client comes to go through the gate."""
    proxy = ready.proxy.replace("://", "://NAME:TOKEN@") if users else ready.proxy
    places = {"--config": config, "--state": state, "--proxy": proxy if users else None}
    words = [f"{name} {shlex.quote(str(value))}" for name, value in places.items() if value is not None]
    return (
        f"hint: {' '.join(('hushgate run', *words, '-- CMD'))} runs a command behind it; docs/clients.md has more\n"
        f"hint: HTTPS_PROXY={proxy} SSL_CERT_FILE={shlex.quote(ready.ca)}"
    )


def run(args: argparse.Namespace) -> int:
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not command:
        say("error: no command to run\nhint: hushgate run -- CMD ...")
        return Exit.USAGE
    if shutil.which(command[0]) is None:
        say(f"error: {command[0]}: command not found\nhint: check its name and PATH")
        return 127
    settings = settings_of(args)
    endpoints = load_endpoints(sources(settings.endpoints, "endpoints"))
    state = state_of(settings, create=True)
    proxy = _as_job(args.proxy, args.audience)
    if state.users.exists() and not urlsplit(proxy or "").username:
        hint = "hushgate run --proxy http://NAME:TOKEN@HOST:PORT -- CMD"
        raise StateError("this gate lets in its users alone, and nobody is named", hint=hint)
    started = time.time()
    with Behind(state, config=args.config, proxy=proxy, ca=args.ca) as gate:
        environ = child_environ(os.environ, proxy=gate.proxy, bundle=gate.ca, endpoints=endpoints, session=args.session)
        code = run_command(command, environ)
    if not args.quiet and (gate.own or args.session):  # after the gate: by now all of it is on record
        _summary(state.ledger, args.session, started)
    return code


def _as_job(proxy: str | None, audience: str) -> str | None:
    """The gate's URL with a ticket for the CI job that this runs in; as it is outside of one, or with a name in it.

    A gate that takes no job's token is asked as it is: it says whom it lets in.
    """
    if proxy is None or urlsplit(proxy).username or (token := job_token(os.environ, audience)) is None:
        return proxy
    try:
        given = ask(proxy, Asked(token))
    except NoExchange:
        return proxy
    say(f"hushgate: this job is {given.name} to the gate, for {given.seconds // 60} minutes")
    return proxy_url(proxy, given.name, given.token)


def _summary(ledger: Path, session: str | None, since: float) -> None:
    """Two lines on what the gate did for the command, apart from what that printed. Never a reason to fail."""
    try:
        with Reader(ledger) as reader:
            shown = [x for x in reader.exchanges(session) if x["at"] >= since]
            full = [found for x in shown if (found := reader.exchange(x["id"]))]
    except HushgateError:
        return
    stopped = [x for x in full if x["gate"] != "allow" and x["enforced"]]
    changed = [x for x in full if x["gate"] == "allow" and x["enforced"]]
    sent = [f for x in changed for f in x["findings"] if f["direction"] == "request"]
    masked = sum(f["verdict"] == "mask" for f in sent)
    apart = "\n" if sys.stderr.isatty() else ""  # what the command said last may not have ended its line
    say(
        f"{apart}hushgate: {len(shown)} {_s(len(shown), 'exchange')}, {masked} {_s(masked, 'value')} masked, "
        f"{len(stopped)} {_s(len(stopped), 'request')} stopped"
    )
    if stopped:
        say(f"hint: hushgate show {stopped[-1]['id']} says why")
    elif shown:
        say(f"hint: hushgate show {shown[-1]['id']} has the record")
    else:
        say("hint: nothing went to a governed host through the gate; `hushgate doctor -- CMD` checks the way")


def _s(count: int, word: str) -> str:
    return word if count == 1 else word + "s"
