"""`hushgate`, but one hook at a time breaks: the one named in the file $FAULT (`hook exception`), or none."""

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

from hushgate import pipeline
from hushgate.cli import main
from hushgate.proxy.addon import Gate
from hushgate.proxy.tunnel import Layers
from hushgate.replies import Reply

FAULT = Path(os.environ["FAULT"])
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


for hook in ("http_connect", "server_connect", "requestheaders", "request", "responseheaders", "response"):
    setattr(Gate, hook, breakable(hook, getattr(Gate, hook)))
Layers.next_layer = breakable("next_layer", Layers.next_layer)  # type: ignore[method-assign]
pipeline.decide = breakable("decide", pipeline.decide)
pipeline.mask = breakable("mask", pipeline.mask)
Reply.feed = breakable("feed", Reply.feed)  # type: ignore[method-assign]

if __name__ == "__main__":
    sys.exit(main())
