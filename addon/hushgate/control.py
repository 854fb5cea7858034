"""The gate's control socket: how approvals are asked for, read and decided on. Never through the database.

A Unix socket, 0600 in the state folder; `ready.json` says where. A line of JSON asks: `{"do", "name", "token", ...}`,
and a line answers: `{"done": ...}`, or `{"error", "hint"}`. `watch` goes on answering, a line for each change.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from hushgate.approvals.cases import Approval, refusal, tally
from hushgate.approvals.deputies import Deputy
from hushgate.approvals.desk import Desk
from hushgate.approvals.grants import Grant, Terms
from hushgate.approvals.wishes import Wish
from hushgate.consent import Person
from hushgate.errors import HushgateError, Refused

NAME: Final = "control.sock"
LONGEST_PATH: Final = 100
"""Bytes that a socket's path may have (sun_path has 104 or 108)."""
LONGEST_LINE: Final = 64 * 1024
QUIET: Final = 30.0
"""Seconds after which a watcher hears that the gate is there."""
MOST_SHOWN: Final = 200
MOST_OPEN: Final = 100
"""Connections at a time: whoever opens more takes no descriptors from requests."""

type Said = dict[str, Any]
type Verify = Callable[[str, str], Person | None]


@dataclass(slots=True)
class Control:
    """Serves one desk. `verify` says whose name and token those are."""

    desk: Desk
    verify: Verify
    path: Path
    _server: asyncio.Server | None = None
    _folder: tempfile.TemporaryDirectory[str] | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self) -> Path:
        """Listen; the socket's path, in a folder of its own where the state folder's is too long for a socket."""
        if len(os.fsencode(self.path)) > LONGEST_PATH:
            self._folder = tempfile.TemporaryDirectory(prefix="hushgate-")  # 0700
            self.path = Path(self._folder.name) / NAME
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self.path, limit=LONGEST_LINE)
        self.path.chmod(0o600)
        return self.path

    def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.close()
        self.path.unlink(missing_ok=True)
        if self._folder is not None:
            self._folder.cleanup()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= MOST_OPEN:
            writer.close()
            return
        self._open.add(writer)
        try:
            with contextlib.suppress(ConnectionError, ValueError, asyncio.IncompleteReadError):
                while line := await reader.readline():
                    await self._answer(line, reader, writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            said = json.loads(line)
            person = self._person(said)
            if said["do"] == "watch":
                await self._watch(said, reader, writer)
                return
            done: Said = {"done": await do(self.desk, person, said)}
        except HushgateError as why:
            done = {"error": str(why), "hint": why.hint}
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            done = {"error": "the gate does not understand this", "hint": "use a hushgate of the same release"}
        await _write(writer, done)

    def _person(self, said: Said) -> Person:
        """Who says this, as of now."""
        person = self.verify(str(said["name"]), str(said["token"]))
        if person is None:
            hint = "hushgate users list; a revoked user's token is worth nothing"
            raise Refused("this name and token are not known", hint=hint)
        return person

    async def _watch(self, said: Said, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = self.desk.listen()
        try:
            while not reader.at_eof():
                told.clear()
                await _write(writer, {"done": await _list(self.desk, self._person(said), {"state": "pending"})})
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(told.wait(), QUIET)
        finally:
            self.desk.forget(told)


async def _write(writer: asyncio.StreamWriter, said: Said) -> None:
    writer.write(json.dumps(said).encode("ascii") + b"\n")
    await writer.drain()


async def do(desk: Desk, person: Person, said: Said) -> Any:
    """What `said["do"]` asks a desk for, in a person's name; Refused with the reason, or KeyError, TypeError,
    ValueError for what nobody understands.
    """
    try:
        return await _DOES[said["do"]](desk, person, said)
    except OverflowError:  # a number that is none, such as 1e400
        raise ValueError from None


async def _list(desk: Desk, person: Person, said: Said) -> object:
    state = said.get("state")
    shown = [told(one) for one in desk.visible(person) if state in (None, one.state)]
    return shown[-MOST_SHOWN:]


async def _show(desk: Desk, person: Person, said: Said) -> object:
    approval, excerpts, before, waiting = desk.shown(person, said["id"])
    history = [{name: told(one)[name] for name in ("id", "at", "state", "entities", "destination")} for one in before]
    return {
        **told(approval),
        "excerpts": [asdict(one) for one in excerpts],
        "history": history,
        "waiting": waiting,
        "refused": refusal(person, approval, desk.stands_for(person)),
        "deciders": desk.deciders(approval),
    }


async def _request(desk: Desk, person: Person, said: Said) -> object:
    terms = Terms(
        None, None, said["destination"], None, tuple(map(str, said["entities"])), (), bool(said["raw"]), (),
        None if said["uses"] is None else int(said["uses"]),
    )  # fmt: skip
    return told(await desk.request(person, terms, float(said["seconds"]), str(said["reason"])))


async def _approve(desk: Desk, person: Person, said: Said) -> object:
    raw, group = said.get("raw"), said.get("group")
    if not isinstance(raw, list | None) or not isinstance(group, str | None):
        raise ValueError
    wish = Wish(
        None if raw is None else tuple(map(int, raw)), bool(said.get("any_content")), group,
        said.get("uses", 1), said.get("seconds"),
    )  # fmt: skip
    return told(await desk.approve(person, said["id"], wish, said.get("link")))


async def _reject(desk: Desk, person: Person, said: Said) -> object:
    return told(await desk.reject(person, said["id"], str(said["reason"]), said.get("link")))


async def _reveal(desk: Desk, person: Person, said: Said) -> object:
    return await desk.reveal(person, said["id"], int(said["finding"]))


async def _grants(desk: Desk, person: Person, said: Said) -> object:
    now = desk.clock()
    return [_told_grant(one, now) for one in desk.visible_grants(person) if said.get("all") or one.open_at(now)]


async def _revoke(desk: Desk, person: Person, said: Said) -> object:
    return _told_grant(await desk.revoke(person, said["id"]), desk.clock())


async def _deputies(desk: Desk, person: Person, said: Said) -> object:
    return [_told_deputy(one) for one in desk.deputies(person)]


async def _deputy(desk: Desk, person: Person, said: Said) -> object:
    name = said["deputy"]
    return _told_deputy(await desk.name_deputy(person, None if name is None else str(name), float(said["seconds"])))


_DOES: Final[dict[str, Callable[[Desk, Person, Said], Awaitable[object]]]] = {
    "list": _list,
    "show": _show,
    "request": _request,
    "approve": _approve,
    "reject": _reject,
    "reveal": _reveal,
    "grants": _grants,
    "revoke": _revoke,
    "deputies": _deputies,
    "deputy": _deputy,
}


def told(approval: Approval) -> Said:
    """An approval as people read it."""
    held = [found.entity for found in approval.findings if found.held] or list(approval.terms.entities)
    reasons = [{"rule": rule, "says": says} for rule, says in approval.reasons]
    return {**approval.to_json(), "tally": tally(approval), "entities": list(dict.fromkeys(held)), "reasons": reasons}


def _told_deputy(deputy: Deputy) -> Said:
    said = deputy.to_json()
    del said["signature"]
    return said


def _told_grant(grant: Grant, now: float) -> Said:
    said = grant.to_json()
    terms = said.pop("terms")
    return {**said, **terms, "open": grant.open_at(now)}
