"""`hushgate scan`: classify text, files and folders without a proxy. Values are never printed."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from typing import Any, Final

from hushgate.app import make_engine, reads_images
from hushgate.cli import render, sarif
from hushgate.cli.commands import LEVELS
from hushgate.cli.context import Exit, passing_keys, say, settings_of
from hushgate.cli.texts import Piece, Texts, document_texts, file_texts, json_lines
from hushgate.detect.documents import Documents
from hushgate.detect.engine import Engine
from hushgate.policy.rules import RuleSet
from hushgate.rulebook import Rules
from hushgate.values import Direction, Finding, Kind, Level, Location, Role, Scan, Segment

AT_ONCE: Final = 8
"""Texts in work at a time; as many are held in memory."""
DEADLINE_MS: Final = 120_000


def scan(args: argparse.Namespace) -> int:
    names = args.files or ([] if sys.stdin.isatty() else ["-"])
    if not names:
        say("error: nothing to scan\nhint: hushgate scan FILE ..., or text on stdin")
        return Exit.USAGE
    settings = settings_of(args)
    patient = replace(settings, detect=replace(settings.detect, deadline_ms=DEADLINE_MS))
    rules = Rules.load(settings)
    engine = make_engine(patient, rules, passing_keys(settings, rules))
    lines = args.jsonl_in
    ocr = reads_images(settings)
    texts = json_lines(names) if lines else file_texts(names, ocr=ocr)
    shape = args.format or ("jsonl" if lines else "table")
    work = Work(engine, rules.policy, Level.parse(args.level), Documents(ocr=ocr))
    return asyncio.run(work.show(texts, shape))


class Work:
    """One scan: feeds texts to the engine, a few at a time, and tells results in the order of the input."""

    def __init__(self, engine: Engine, policy: RuleSet, least: Level, documents: Documents) -> None:
        self._engine = engine
        self._documents = documents
        self._policy = policy
        self._least = least
        self._found = False
        self._failed = False

    async def show(self, texts: Texts, shape: str) -> int:
        """Print everything; the exit code."""
        self._engine.start()
        try:
            async with contextlib.aclosing(self._results(texts)) as results:
                await SHAPES[shape](results)
        finally:
            await self._documents.close()
            await self._engine.close()
        return Exit.FAILED if self._failed else Exit.FOUND if self._found else Exit.FINE

    async def _pieces(self, texts: Texts) -> AsyncGenerator[Piece]:
        """Every text; those of documents as they are read."""
        while (item := await asyncio.to_thread(next, texts, None)) is not None:
            if isinstance(item, Piece):
                yield item
                continue
            (contents,) = await self._documents.read([item.document], scope="scan")
            for piece in document_texts(item.name, contents):
                yield piece

    async def _results(self, texts: Texts) -> AsyncGenerator[dict[str, Any]]:
        """A result a name: its level, and its findings by place."""
        pieces = self._pieces(texts)
        waiting: deque[tuple[Piece, asyncio.Task[Scan]]] = deque()
        result: dict[str, Any] | None = None
        more = True
        try:
            while more or waiting:
                while more and len(waiting) < AT_ONCE:
                    piece = await anext(pieces, None)
                    if piece is None:
                        more = False
                        break
                    waiting.append((piece, asyncio.create_task(self._judge(piece))))
                if not waiting:
                    break
                piece, task = waiting.popleft()
                result = self._add(result, piece, await task)
                if piece.last:
                    yield self._done(result)
                    result = None
        finally:
            for _, task in waiting:
                task.cancel()
            await pieces.aclose()

    async def _judge(self, piece: Piece) -> Scan:
        at = Location(path=tuple(piece.where.split("/")) if piece.where else ())
        segment = Segment(at, Direction.REQUEST, Role.USER, Kind.TEXT, piece.text, file=piece.file)
        return await self._engine.scan([segment], scope="scan")

    def _add(self, result: dict[str, Any] | None, piece: Piece, scan: Scan) -> dict[str, Any]:
        result = result or {"id": piece.name, "level": "public", "findings": {}, "unread": [], "faults": []}
        for finding in scan.findings:
            level = self._policy.levels.get(finding.entity, finding.level)
            if level >= self._least and piece.holds(finding.start, finding.end):
                told = _told(piece, finding, level)
                result["findings"].setdefault((piece.where, told["start"], told["end"], told["rule"]), told)
        result["unread"] += [{"where": w, "reason": reason, "size": size} for w, reason, size in piece.unread]
        result["faults"] += [*piece.faults, *(f"{f.where}: {f.reason}" for f in scan.faults)]
        return result

    def _done(self, result: dict[str, Any]) -> dict[str, Any]:
        found = list(result["findings"].values())
        if all("where" not in finding for finding in found):
            found.sort(key=lambda f: (f["start"], f["end"], f["rule"]))
        result["findings"] = found
        result["level"] = max((f["level"] for f in found), key=LEVELS.index, default="public")
        self._found |= bool(found)
        if result["faults"]:
            # What could not be judged has no level: it is not "public".
            self._failed, result["level"] = True, None
            say(f"error: {result['id']}: not judged: {'; '.join(result['faults'])}")
        else:
            del result["faults"]
        if not result["unread"]:
            del result["unread"]
        else:
            reasons = dict.fromkeys(one["reason"] for one in result["unread"])
            say(f"{result['id']}: not read in it: {', '.join(reasons)}")
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
    } | ({"where": piece.where} if piece.where else {})


def _place(name: object, finding: dict[str, Any]) -> str:
    return f"{name} {finding['where']}" if "where" in finding else str(name)


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
            rows += [(_place(r["id"], f), *(f[c] for c in columns[1:])) for f in r["findings"]]
        elif r["findings"]:
            places = [(_place(f"{f['line']}:{f['column']}", f), *(f[c] for c in columns[3:])) for f in r["findings"]]
            render.grid(places, title=r["id"])
    if not drawn:
        render.table(columns, rows)
    among = f"{holding} of {texts} texts" if texts > 1 else "this text"
    say(f"{count} {'finding' if count == 1 else 'findings'} in {among}" if count else "nothing found")


async def _as_sarif(results: AsyncIterator[dict[str, Any]]) -> None:
    render.as_json(sarif.log([result async for result in results]))


SHAPES: Final = {"table": _as_table, "json": _as_document, "jsonl": _as_lines, "sarif": _as_sarif}
