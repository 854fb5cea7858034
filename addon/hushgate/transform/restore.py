"""Turning placeholders back: whole texts and streams, tolerant of what language models do to a token.

Only tokens of the given table are known; every look-alike stays. A token may
come back in another case, without its angle brackets (as a word of its own),
with the brackets as HTML entities or JSON escapes, or with Markdown's
backslash before an underscore. It stays a token inside of a URL.

A stream gives the same text for any chunking. It holds back the end of what
it got only while that can still become a token of the table: at most the
longest token plus its brackets and backslashes, `Restorer.bound` code points.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Self

from hushgate.tools import common, means
from hushgate.transform.surroundings import Surroundings
from hushgate.values import (
    Placeholder,
    Tools,
)

_FLAGS: Final = re.IGNORECASE | re.ASCII
_OPEN: Final = r"<|&lt;|&#60;|&#x3c;|\\{1,4}<|\\{1,4}u003c"
_CLOSE: Final = r">|&gt;|&#62;|&#x3e;|\\{1,4}>|\\{1,4}u003e"
_ESCAPE: Final = r"\\{1,4}(?:[bfnrt]|u[0-9a-f]{4})"
_PART_OPEN: Final = r"&(?:l(?:t)?|#(?:6(?:0)?|x(?:3(?:c)?)?)?)?|\\{1,4}(?:u(?:0(?:0(?:3)?)?)?)?"
_PART_CLOSE: Final = r"&(?:g(?:t)?|#(?:6(?:2)?|x(?:3(?:e)?)?)?)?|\\{1,4}(?:u(?:0(?:0(?:3)?)?)?)?"
_PART_ESCAPE: Final = r"\\{1,4}(?:u[0-9a-f]{0,3})?"
_APART: Final = r"(?<![a-z0-9_])"
_APART_IN_JSON: Final = rf"{_ESCAPE}|(?<=\\u003e)|{_APART}"
_TOOLS_KEPT: Final = 64
_BRACKETS: Final = 24
"""More than an opening and a closing bracket take in any form."""


def _longest(word: str) -> int:
    """Characters of a token with Markdown's backslashes before each underscore."""
    return len(word) + 4 * word.count("_")


def _candidate(before: str) -> re.Pattern[str]:
    """Anything shaped like a token, between brackets or as a word of its own."""
    return re.compile(
        rf"(?:(?P<open>{_OPEN})|{before})"
        r"(?P<word>(?:[a-z0-9]++(?:\\{0,4}_)++)++[a-z2-7]{10,26}+)(?![a-z0-9_]|\\{1,4}_)"
        rf"(?P<close>{_CLOSE})?",
        _FLAGS,
    )


def _unfinished(before: str, alone: str) -> re.Pattern[str]:
    """The end of a text that more text could make a candidate of."""
    return re.compile(
        rf"(?:(?:{alone})|(?:{_OPEN}|{before})(?P<word>[a-z0-9](?:[a-z0-9_]|\\{{1,4}}_)*)(?P<after>{_PART_CLOSE})?)\Z",
        _FLAGS,
    )


_SUFFIX: Final = re.compile(r"_([a-z2-7]{10,26})(?![a-z0-9_])", _FLAGS)
_IN_TEXT: Final = _candidate(_APART)
_IN_JSON: Final = _candidate(_APART_IN_JSON)
_END_OF_TEXT: Final = _unfinished(_APART, f"{_OPEN}|{_PART_OPEN}")
_END_OF_JSON: Final = _unfinished(_APART_IN_JSON, f"{_OPEN}|{_PART_OPEN}|{_ESCAPE}|{_PART_ESCAPE}")
_MAY_GO_ON: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_<&#;\\")


class Restorer:
    """Knows the tokens of one exchange. `table` maps each token, `<...>`, to its original.

    `tools` says of tokens which tools' arguments they come back in: of others, any tool's.
    """

    __slots__ = ("_by_tool", "_originals", "_sorted", "_suffixes", "_table", "_tools", "bound")

    def __init__(self, table: Mapping[str, str], tools: Mapping[str, Tools] | None = None) -> None:
        self._table = dict(table)
        self._tools = {token: limits for token, limits in (tools or {}).items() if limits and token in table}
        self._by_tool: dict[str, Restorer] = {}
        self._originals = {token.strip("<>").lower(): original for token, original in table.items()}
        self._sorted = sorted(self._originals)
        self._suffixes = {word.rpartition("_")[2] for word in self._sorted}
        self.bound = max(map(_longest, self._sorted), default=0) + _BRACKETS

    @classmethod
    def of(cls, known: Iterable[Placeholder]) -> Self:
        """For the placeholders of an exchange."""
        known = tuple(known)
        return cls({p.token: p.original for p in known}, {p.token: p.tools for p in known})

    def learn(self, more: Iterable[Placeholder]) -> None:
        """Know these from now on, too; what is known already comes back where every telling of it allows."""
        for one in more:
            if one.token not in self._table:
                word = one.token.strip("<>").lower()
                self._table[one.token] = self._originals[word] = one.original
                insort(self._sorted, word)
                self._suffixes.add(word.rpartition("_")[2])
                self.bound = max(self.bound, _longest(word) + _BRACKETS)
            if limits := common(self._tools.get(one.token, ()), one.tools):
                self._tools[one.token] = limits
            self._by_tool.clear()

    def into(self, tool: str | None) -> Restorer:
        """What of it comes back in the arguments of a tool ("": one that cannot be named); None: in what is said."""
        if tool is None or not self._tools:
            return self
        narrower = self._by_tool.get(tool)
        if narrower is None:
            left = {t: o for t, o in self._table.items() if t not in self._tools or means(self._tools[t], tool)}
            narrower = Restorer(left)
            if len(self._by_tool) >= _TOOLS_KEPT:
                self._by_tool.clear()
            self._by_tool[tool] = narrower
        return narrower

    def __repr__(self) -> str:
        return f"Restorer({len(self._sorted)} tokens)"

    def whole(self, text: str, *, json_string: bool = False) -> str:
        """Restore a complete text; see `stream`."""
        stream = self.stream(json_string=json_string)
        return stream.feed(text) + stream.flush()

    def stream(self, *, json_string: bool = False) -> StreamRestorer:
        """A restorer for one channel.

        With `json_string` the text is JSON text (tool-call arguments): what is
        put in is escaped, as often as the place is nested in strings that are
        JSON documents.
        """
        return StreamRestorer(self, json_string=json_string)

    def _original(self, word: str) -> str | None:
        return self._originals.get(word.replace("\\", "").lower())

    def _begins(self, word: str, *, complete: bool) -> bool:
        """Whether some token begins with this word, or with `complete` is this word."""
        plain = word.replace("\\", "").lower()
        if complete:
            return plain in self._originals
        at = bisect_left(self._sorted, plain)
        return at < len(self._sorted) and self._sorted[at].startswith(plain)


class StreamRestorer:
    """Restores one channel, chunk by chunk."""

    __slots__ = ("_candidate", "_held", "_idle", "_known", "_left", "_near", "_unfinished")

    def __init__(self, known: Restorer, *, json_string: bool) -> None:
        self._known = known
        self._idle = not known._sorted
        self._candidate = _IN_JSON if json_string else _IN_TEXT
        self._unfinished = _END_OF_JSON if json_string else _END_OF_TEXT
        self._near = Surroundings(json_string=json_string)
        self._held = ""
        self._left = ""

    def feed(self, chunk: str) -> str:
        """Take the next chunk; give what is settled."""
        if self._idle:
            return chunk
        text = self._held + chunk
        return self._restored(text, self._settled(text))

    def flush(self) -> str:
        """Give what was held: no more text comes."""
        return self._restored(self._held, len(self._held))

    def _settled(self, text: str) -> int:
        """How much of the text no later text can change."""
        if not text or text[-1] not in _MAY_GO_ON:
            return len(text)
        whole = self._left + text
        base = len(self._left)
        at = max(base, len(whole) - self._known.bound)
        while found := self._unfinished.search(whole, at):
            word, after = found["word"], found["after"]
            # A backslash may lead an underscore, so it says nothing about where the word ends.
            ended = after is not None and after.startswith("&")
            if word is None or self._known._begins(word, complete=ended):
                return found.start() - base
            at = found.start() + 1
        return len(text)

    def _restored(self, text: str, settled: int) -> str:
        """Restore the settled part, and hold the rest. A token that begins in it is settled as a whole."""
        whole = self._left + text
        at = base = len(self._left)
        end = base + settled
        pieces: list[str] = []
        for found in self._tokens(whole, base):
            if found.start() >= end:
                break
            original = self._known._original(found["word"])
            if original is None:
                continue
            start, stop = found.span("word")
            if found["open"] is not None and found["close"] is not None:
                start, stop = found.start("open"), found.end("close")
                if found["open"].endswith("<") and not found["close"].startswith("\\"):
                    start = found.end("open") - 1  # Backslashes before it alone are the text's own: `C:\Users\<...>`.
            self._near.feed(whole[at:start])
            pieces += (whole[at:start], whole[start:stop] if self._near.in_url() else self._escaped(original))
            self._near.feed(whole[start:stop])
            at = stop
        end = max(end, at)
        self._near.feed(whole[at:end])
        pieces.append(whole[at:end])
        self._left = whole[max(0, end - 8) : end]
        self._held = whole[end:]
        return "".join(pieces)

    def _tokens(self, text: str, at: int) -> Iterator[re.Match[str]]:
        """Candidates from `at` on that end like a token of the table does."""
        for hit in _SUFFIX.finditer(text, at):
            if hit[1].lower() not in self._known._suffixes or hit.start() < at:
                continue
            # The false ones before it are passed over; none of them reaches into a true one.
            near = max(at, hit.start() - self._known.bound), hit.end() + _BRACKETS
            for found in self._candidate.finditer(text, *near):
                if found.end("word") >= hit.end():
                    if found.start("word") < hit.start():
                        at = found.end()
                        yield found
                    break

    def _escaped(self, original: str) -> str:
        for _ in range(self._near.escapes()):
            original = json.dumps(original, ensure_ascii=False)[1:-1]
        return original
