"""How a format streams, as tests of all of them see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.gate_cases import documents, sse

type Name = tuple[Any, ...]
"""A run: `("tool", 0)` and the like hold JSON text, any other plain text."""


@dataclass(frozen=True)
class Form:
    """How a format streams.

    `frame` is a document with a piece of a run, `heard` gives those of a
    document back; `end` are the documents after the last piece, given each
    run's whole text; `again` is what a document tells once more in full.
    """

    format: str
    media_type: str
    names: tuple[Name, ...]
    frame: Callable[[Name, str], dict[str, Any]]
    heard: Callable[[dict[str, Any]], Iterable[tuple[Name, str]]]
    end: Callable[[dict[Name, str]], list[dict[str, Any]]]
    again: Callable[[dict[str, Any]], dict[Name, str]] = lambda _: {}
    packed: Callable[[list[dict[str, Any]]], bytes] = lambda frames: sse(*frames)
    opened: Callable[[bytes], list[Any]] = documents

    @property
    def id(self) -> str:
        return f"{self.format}-{self.media_type}"
