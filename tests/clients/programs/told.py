"""What the Python programs share: a client is a set of cases, each a function of the prompt.

    python python-openai.py '{"text": "what comes back", "blocked": "what is refused"}'

A case is a function (or a coroutine function) that returns what the model said,
or a generator (plain or asynchronous) that yields it piece by piece. Each is
called with both prompts; what came of that is printed as JSON, by case:
`{"text", "pieces", "seconds", "refusal": {"type", "says"}}`.
`text` is null and `failed` tells why where the first prompt failed; `seconds`
lie between the first and the last piece. Without `blocked` no refusal is tried; with `only` that case alone is.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

type Case = Callable[[str], Any]


def run(*cases: Case) -> None:
    """Run the cases with what the command line says, and print what came of it."""
    task = json.loads(sys.argv[1])
    out = {case.__name__: _tried(case, task) for case in cases if task.get("only", case.__name__) == case.__name__}
    json.dump(out, sys.stdout)


def _tried(case: Case, task: dict[str, str]) -> dict[str, Any]:
    out: dict[str, Any] = {"text": None}
    try:
        pieces = _pieces(case, task["text"])
        out = {
            "text": "".join(piece for _, piece in pieces),
            "pieces": sum(1 for _, piece in pieces if piece),
            "seconds": pieces[-1][0] - pieces[0][0] if pieces else 0.0,
        }
    except Exception:
        out["failed"] = traceback.format_exc()
    if "blocked" not in task:
        return out
    try:
        said = "".join(piece for _, piece in _pieces(case, task["blocked"]))
        out["refusal"] = {"type": None, "says": said}
    except Exception as error:
        out["refusal"] = {"type": type(error).__name__, "says": str(error)}
    return out


def _pieces(case: Case, text: str) -> list[tuple[float, str]]:
    """What the model said, each piece with the time it came."""
    if inspect.isasyncgenfunction(case) or inspect.iscoroutinefunction(case):
        return asyncio.run(_async_pieces(case, text))
    said = case(text)
    return [(time.monotonic(), piece) for piece in ([said] if isinstance(said, str) else said)]


async def _async_pieces(case: Case, text: str) -> list[tuple[float, str]]:
    if inspect.isasyncgenfunction(case):
        return [(time.monotonic(), piece) async for piece in case(text)]
    return [(time.monotonic(), await case(text))]
