"""Speaking to a running gate through its control socket, as somebody."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import json
import os
import socket
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, Self

from hushgate.cli.context import settings_of, state_of
from hushgate.errors import Refused, StateError
from hushgate.launch import APPROVERS_TOKEN

SECONDS: Final = 15.0


class Control:
    """One connection, as the one that `--as` names; StateError where no gate runs."""

    def __init__(self, args: argparse.Namespace) -> None:
        ready = state_of(settings_of(args)).read_ready()
        if ready is None or ready.control is None:
            raise StateError("no gate runs on this state folder", hint="hushgate up; or name the folder with --state")
        self._who = {"name": args.name_as or getpass.getuser(), "token": _token(args.name_as)}
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(SECONDS)
        try:
            self._socket.connect(ready.control)
        except OSError as why:
            self._socket.close()
            hint = "commands that decide run under the gate's own account"
            raise StateError(f"the gate's control socket cannot be used: {why.strerror}", hint=hint) from None
        self._lines = self._socket.makefile("rb")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # A thread that still reads would keep the lines from closing.
        self._lines.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __call__(self, do: str, **said: object) -> Any:
        """What the gate has done; Refused with its words where it has not."""
        self._say(do, said)
        return self._heard()

    def watch(self) -> Iterator[Any]:
        """What is pending, now and after each change, until the gate ends."""
        self._say("watch", {})
        self._socket.settimeout(None)
        while True:
            yield self._heard()

    def _say(self, do: str, said: dict[str, object]) -> None:
        self._socket.sendall(json.dumps({"do": do, **self._who, **said}).encode() + b"\n")

    def _heard(self) -> Any:
        line = self._lines.readline()
        if not line:
            raise StateError("the gate has ended", hint="hushgate up")
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"], hint=answer["hint"])
        return answer["done"]


def _token(name: str | None) -> str:
    """Never an argument: those show in the list of processes."""
    if token := os.environ.get(APPROVERS_TOKEN, ""):
        return token
    if sys.stdin.isatty():
        return getpass.getpass(f"token of {name or getpass.getuser()}: ")
    raise StateError(
        "nobody's token is given", hint=f"set {APPROVERS_TOKEN}, or run it on a terminal, which asks for it"
    )
