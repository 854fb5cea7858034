"""What a path of a host speaks: patterns of paths, and the ones that servers of OpenAI's API share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

OPENAI: Final = (
    ("/chat/completions", "POST", "openai-chat"),
    ("/completions", "POST", "openai-completions"),
    ("/responses", None, "openai-responses"),
    ("/responses/**", None, "openai-responses"),
    ("/realtime", "GET", "openai-realtime"),  # a WebSocket, as `/responses` may be
    ("/realtime/**", "GET", "openai-realtime"),
    ("/conversations", None, "openai-responses"),
    ("/conversations/**", None, "openai-responses"),
    ("/embeddings", "POST", "openai"),
    ("/messages", "POST", "anthropic-messages"),
    ("/messages/count_tokens", "POST", "anthropic-messages"),
)
"""Below a base such as `/v1`. OpenAI has no `/messages` there: compatible servers offer Anthropic's."""


@dataclass(frozen=True, slots=True)
class PathFormat:
    """What a path speaks. `path` may hold `*`, `{model}`, and `**` at its end; `method` None is any."""

    path: str
    format: str
    method: str | None = None

    def matches(self, method: str, path: str) -> bool:
        return self.match(method, path) is not None

    def match(self, method: str, path: str) -> re.Match[str] | None:
        """How a path fits; None if it does not."""
        if self.method is not None and self.method != method.upper():
            return None
        return _pattern(self.path).fullmatch(plain(path))


def openai_routes(bases: Iterable[str]) -> tuple[PathFormat, ...]:
    """The routes of OpenAI's API below these paths; below a base of its own, any other is `openai`, too."""
    roots = [plain(base).removesuffix("/") for base in bases]
    known = [PathFormat(root + path, format, method) for root in roots for path, method, format in OPENAI]
    return (*known, *(PathFormat(f"{root}/**", "openai") for root in roots if root))


def plain(path: str) -> str:
    """A path without query, repeated slashes and trailing slash."""
    return re.sub(r"/{2,}", "/", path.partition("?")[0]).rstrip("/") or "/"


@lru_cache(maxsize=1024)
def _pattern(path: str) -> re.Pattern[str]:
    steps = [_step(step) for step in path.split("/")]
    if path.endswith("/**"):
        steps[-1] = ".+"
    return re.compile("/".join(steps))


def _step(step: str) -> str:
    """A step of a route's path as a pattern; only the first `{model}` is one."""
    named = re.escape(step).replace(re.escape("{model}"), "(?P<model>[^/]+)", 1)
    return named.replace(re.escape("*"), "[^/]+")
