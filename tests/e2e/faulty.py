"""`hushgate`, but one hook at a time breaks: the one named in the file $FAULT (`Class.hook exception`), or none."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mitmproxy import exceptions
from mitmproxy.hooks import all_hooks

from hushgate import cli, outcome, pipeline
from hushgate.proxy.addon import Gate
from hushgate.proxy.tunnel import Layers
from hushgate.proxy.wiring import GateMaster
from hushgate.replies.reply import Reply
from hushgate.replies.socket import SocketReply

FAULT = Path(os.environ.get("FAULT", os.devnull))
RAISED: dict[str, Callable[[], BaseException]] = {
    "ValueError": lambda: ValueError("canary-in-exception"),
    "AddonHalt": exceptions.AddonHalt,
    "OptionsError": lambda: exceptions.OptionsError("no"),
    "CancelledError": asyncio.CancelledError,
    "RecursionError": RecursionError,
    "MemoryError": MemoryError,
}


def breakable(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """`work`, unless the fault file names it."""

    def fault() -> str:
        hook, _, what = FAULT.read_text().strip().partition(" ")
        return what if hook == name else ""

    @functools.wraps(work)
    def plain(*arguments: Any, **named: Any) -> Any:
        if what := fault():
            if what == "silent":
                return None
            raise RAISED[what]()
        return work(*arguments, **named)

    @functools.wraps(work)
    async def waiting(*arguments: Any, **named: Any) -> Any:
        if what := fault():
            if what == "silent":
                return None
            raise RAISED[what]()
        return await work(*arguments, **named)

    return waiting if inspect.iscoroutinefunction(work) else plain


def hooks() -> dict[str, type]:
    """Every hook that an addon of the gate has, `Class.hook`, and the class: mitmproxy's own addons included."""

    async def chain() -> list[type]:
        return [type(addon) for addon in GateMaster().addons.chain]

    classes = [*asyncio.run(chain()), Gate, Layers]
    names = list(all_hooks)
    return {f"{kind.__name__}.{name}": kind for kind in classes for name in names if hasattr(kind, name)}


def main() -> int:
    for name, kind in hooks().items():
        hook = name.partition(".")[2]
        setattr(kind, hook, breakable(name, getattr(kind, hook)))
    pipeline.settle = breakable("decide", pipeline.settle)
    outcome.mask = breakable("mask", outcome.mask)
    for kind in (Reply, SocketReply):
        setattr(kind, "feed", breakable("feed", kind.feed))  # noqa: B010 - a method
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
