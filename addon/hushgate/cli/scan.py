"""`hushgate scan`: classify text, files and folders without a proxy. Values are never printed."""

from __future__ import annotations

import argparse
import asyncio
import codecs
import contextlib
import json
import os
import sys
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

from hushgate.app import Rules, make_engine
from hushgate.cli import render, sarif
from hushgate.cli.commands import LEVELS
from hushgate.cli.context import Exit, say, settings_of
from hushgate.detect.engine import Engine
from hushgate.errors import StateError
from hushgate.keys import Keys
from hushgate.policy.rules import RuleSet
from hushgate.values import Direction, Finding, Kind, Level, Location, Role, Scan, Segment

AT_ONCE: Final = 8
"""Texts in work at a time; as many are held in memory."""
CHUNK: Final = 64 * 1024
OVERLAP: Final = 4 * 1024
"""Code points of a large file that are read in one piece, and again with the next."""
HEAD: Final = 8 * 1024
"""Bytes of a file that tell whether it is binary, as git does."""
DEADLINE_MS: Final = 120_000
_NOT_ENTERED: Final = frozenset({".git", ".hg", ".svn"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A text on its way: `name` an id or a path, `start` code points and `line` lines before it.

    `again` is where in `text` the next piece begins; None in the last one.
    """

    name: Any
    text: str
    start: int = 0
    line: int = 0
    again: int | None = None

    def holds(self, start: int, end: int) -> bool:
        """Whether a finding here is whole. What touches a cut is seen whole by the other piece."""
        if self.start and start == 0:
            return False
        return self.again is None or end < len(self.text) or start <= self.again


def scan(args: argparse.Namespace) -> int:
    names = args.files or ([] if sys.stdin.isatty() else ["-"])
    if not names:
        say("error: nothing to scan\nhint: hushgate scan FILE ..., or text on stdin")
        return Exit.USAGE
    settings = settings_of(args)
    patient = replace(settings, detect=replace(settings.detect, deadline_ms=DEADLINE_MS))
    rules = Rules.load(settings)
    # Nothing is kept, so the keys need not outlive the command.
    engine = make_engine(patient, rules, Keys(os.urandom(32)))
    lines = args.jsonl_in
    pieces = _json_lines(names) if lines else _file_pieces(names)
    shape = args.format or ("jsonl" if lines else "table")
    work = Work(engine, rules.policy, Level.parse(args.level))
    return asyncio.run(work.show(pieces, shape))


class Work:
    """One scan: feeds texts to the engine, a few at a time, and tells results in the order of the input."""

    def __init__(self, engine: Engine, policy: RuleSet, least: Level) -> None:
        self._engine = engine
        self._policy = policy
        self._least = least
        self._found = False
        self._failed = False

    async def show(self, pieces: Iterator[Piece], shape: str) -> int:
        """Print everything; the exit code."""
        self._engine.start()
        try:
            async with contextlib.aclosing(self._results(pieces)) as results:
                await SHAPES[shape](results)
        finally:
            await self._engine.close()
        return Exit.FAILED if self._failed else Exit.FOUND if self._found else Exit.FINE

    async def _results(self, pieces: Iterator[Piece]) -> AsyncGenerator[dict[str, Any]]:
        """A result a name: its level, and its findings by place."""
        waiting: deque[tuple[Piece, asyncio.Task[Scan]]] = deque()
        result: dict[str, Any] | None = None
        more = True
        try:
            while more or waiting:
                while more and len(waiting) < AT_ONCE:
                    piece = await asyncio.to_thread(next, pieces, None)
                    if piece is None:
                        more = False
                        break
                    waiting.append((piece, asyncio.create_task(self._judge(piece))))
                if not waiting:
                    break
                piece, task = waiting.popleft()
                result = self._add(result, piece, await task)
                if piece.again is None:
                    yield self._done(result)
                    result = None
        finally:
            for _, task in waiting:
                task.cancel()

    async def _judge(self, piece: Piece) -> Scan:
        segment = Segment(Location(), Direction.REQUEST, Role.USER, Kind.TEXT, piece.text)
        return await self._engine.scan([segment], scope="scan")

    def _add(self, result: dict[str, Any] | None, piece: Piece, scan: Scan) -> dict[str, Any]:
        result = result or {"id": piece.name, "level": "public", "findings": {}, "faults": []}
        for finding in scan.findings:
            level = self._policy.levels.get(finding.entity, finding.level)
            if level >= self._least and piece.holds(finding.start, finding.end):
                told = _told(piece, finding, level)
                result["findings"].setdefault((told["start"], told["end"], told["rule"]), told)
        result["faults"] += [f"{f.where}: {f.reason}" for f in scan.faults]
        return result

    def _done(self, result: dict[str, Any]) -> dict[str, Any]:
        found = sorted(result["findings"].values(), key=lambda f: (f["start"], f["end"], f["rule"]))
        result["findings"] = found
        result["level"] = max((f["level"] for f in found), key=LEVELS.index, default="public")
        self._found |= bool(found)
        if result["faults"]:
            # What could not be judged has no level: it is not "public".
            self._failed, result["level"] = True, None
            say(f"error: {result['id']}: not judged: {'; '.join(result['faults'])}")
        else:
            del result["faults"]
        return result


def _told(piece: Piece, finding: Finding, level: Level) -> dict[str, Any]:
    return {
        "start": piece.start + finding.start,
        "end": piece.start + finding.end,
        "entity": finding.entity,
        "level": level.word,
        "score": round(finding.score, 3),
        "rule": finding.rule_id,
        "layer": finding.layer,
        "line": piece.line + piece.text.count("\n", 0, finding.start) + 1,
        "column": finding.start - piece.text.rfind("\n", 0, finding.start),
    }


def _without_places(result: dict[str, Any]) -> dict[str, Any]:
    findings = [{k: v for k, v in f.items() if k not in ("line", "column")} for f in result["findings"]]
    return result | {"findings": findings}


async def _as_lines(results: AsyncIterator[dict[str, Any]]) -> None:
    async for result in results:
        render.json_line(_without_places(result))
        sys.stdout.flush()


async def _as_document(results: AsyncIterator[dict[str, Any]]) -> None:
    render.as_json([result async for result in results])


async def _as_table(results: AsyncIterator[dict[str, Any]]) -> None:
    """Off a terminal a line a finding; on one, the findings below the name of their text."""
    drawn = render.on_terminal()
    columns = ("where", "line", "column", "entity", "level", "score", "rule", "layer")
    rows, texts, holding, count = [], 0, 0, 0
    async for r in results:
        texts, holding, count = texts + 1, holding + bool(r["findings"]), count + len(r["findings"])
        if not drawn:
            rows += [(r["id"], *(f[c] for c in columns[1:])) for f in r["findings"]]
        elif r["findings"]:
            places = [(f"{f['line']}:{f['column']}", *(f[c] for c in columns[3:])) for f in r["findings"]]
            render.grid(places, title=r["id"])
    if not drawn:
        render.table(columns, rows)
    among = f"{holding} of {texts} texts" if texts > 1 else "this text"
    say(f"{count} {'finding' if count == 1 else 'findings'} in {among}" if count else "nothing found")


async def _as_sarif(results: AsyncIterator[dict[str, Any]]) -> None:
    render.as_json(sarif.log([result async for result in results]))


SHAPES: Final = {"table": _as_table, "json": _as_document, "jsonl": _as_lines, "sarif": _as_sarif}


def _json_lines(names: Iterable[str]) -> Iterator[Piece]:
    for name in names:
        with _opened(name) as file:
            for number, raw in enumerate(file, 1):
                if not raw.strip():
                    continue
                try:
                    said = json.loads(raw)
                    piece = Piece(said["id"], said["text"])
                    fine = isinstance(piece.text, str)
                except (ValueError, TypeError, KeyError, RecursionError):
                    fine = False
                if not fine:
                    hint = 'each line is a JSON object {"id": ..., "text": "..."}'
                    raise StateError(f"{_called(name)}:{number} cannot be read", hint=hint)
                yield piece


def _file_pieces(names: Iterable[str]) -> Iterator[Piece]:
    for name in names:
        walked, binary = name != "-" and Path(name).is_dir(), 0
        for path in _files(name):
            with _opened(path) as file:
                if walked and _is_binary(file):
                    binary += 1
                else:
                    yield from _chunks(_called(path), file)
        if binary:
            many = "1 binary file" if binary == 1 else f"{binary} binary files"
            say(f"{name}: {many} not read\nhint: name a file to have its bytes read as text")


def _is_binary(file: IO[bytes]) -> bool:
    """Whether a file at its beginning begins as no text does; it is at its beginning afterwards."""
    head = file.read(HEAD)
    file.seek(0)
    return b"\0" in head


def _chunks(name: str, file: IO[bytes]) -> Iterator[Piece]:
    """A file in pieces that overlap, so that what stands on a cut is seen whole. Cuts are at line ends if possible."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    text, start, line = "", 0, 0
    while raw := file.read(CHUNK):
        text += decoder.decode(raw)
        while len(text) > CHUNK:
            again = text.rfind("\n", 1, CHUNK - OVERLAP) + 1 or CHUNK - OVERLAP
            yield Piece(name, text[:CHUNK], start, line, again)
            line += text.count("\n", 0, again)
            start += again
            text = text[again:]
    yield Piece(name, text + decoder.decode(b"", True), start, line)


def _files(name: str) -> Iterator[str]:
    path = Path(name)
    if name == "-" or not path.is_dir():
        yield name
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(f for f in folders if f not in _NOT_ENTERED)
        yield from (str(Path(folder, f)) for f in sorted(files) if Path(folder, f).is_file())


def _opened(name: str) -> contextlib.AbstractContextManager[IO[bytes]]:
    if name == "-":
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        hint = "name files or folders, or - for stdin"
        raise StateError(f"{name} cannot be read: {error.strerror}", hint=hint) from None


def _called(name: str) -> str:
    return "<stdin>" if name == "-" else name
