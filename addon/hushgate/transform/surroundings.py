"""Where a placeholder stands in a reply: inside a URL or not, and how deep in nested JSON strings.

A value put into a URL could be carried away by whoever renders the text, so a
URL is ended only by what every renderer takes for its end: white space where
it stands bare or is a Markdown destination, its own quote in an attribute.
In doubt the URL goes on, and a placeholder stays a placeholder.
"""

from __future__ import annotations

import re
from typing import Final

_FLAGS: Final = re.IGNORECASE | re.ASCII
_SPACE: Final = r"(?:\s|\\[nrt])"

# Each begins with a literal sign, so that `re` jumps from one to the next; what leads up to it is looked back at.
_START: Final = re.compile(
    r":(?:(?P<scheme>//|(?:(?<=https:)|(?<=http:))[/\\](?![\"nrt]))|(?!\s)(?P<named>"
    + "|".join(
        rf"(?<={name}:)(?<![a-z0-9]{name}:)" for name in ("mailto", "tel", "sms", "data", "javascript", "blob", "cid")
    )
    + rf"))|\((?:(?P<dest>(?<=\]\()){_SPACE}*(?P<angle><)?|(?P<css>(?<=url\()(?<![a-z0-9]url\()))"
    r"|=(?P<attr>\s*+)(?P<quoted>\\{0,7}(?P<quote>[\"'`]))?(?P<relative>(?=//|[/\\]{2}[a-z0-9\[]))?"
    r"|\.(?P<www>(?<=www\.)(?<![a-z0-9.]www\.))"
    r"|/(?P<host>/(?=[a-z0-9\[]|\Z))",  # No scheme: the page's own, as in `[1]: //host/` or `@import "//host/"`.
    _FLAGS,
)
_ATTRIBUTE: Final = re.compile(
    r"(?<![a-z0-9])(?:href|src|srcset|poster|background|formaction|ping|lowsrc|dynsrc|imagesrcset)\s{0,16}\Z", _FLAGS
)
_ATTRIBUTE_WINDOW: Final = 32
_SCHEME: Final = re.compile(
    r"(?P<lead>.?)(?P<slashes>\\*)(?P<quote>[\"'`])[a-z][a-z0-9+.\-]{0,31}\Z", _FLAGS | re.DOTALL
)
_SCHEME_WINDOW: Final = 48

# Other white space is part of a destination for Markdown, and of an attribute for HTML.
_TEXT_ENDS: Final = {
    "bare": re.compile(r"[ \t\n\r\f]"),
    "angle": re.compile(r"[\r\n]"),
    '"': re.compile(r'[" \t\n\r\f]'),
    "'": re.compile(r"[' \t\n\r\f]"),
    "`": re.compile(r"[` \t\n\r\f]"),
    '="': re.compile('"'),
    "='": re.compile("'"),
    "=`": re.compile("`"),
}
_BREAK: Final = r"(?<!\\)(?:\\\\)*\\[nrt]"
_CLOSE: Final = r'(?<!\\)(?:\\\\)*"'
# The JSON string that a URL stands in ends it, whatever the URL was opened by.
_JSON_ENDS: Final = {
    "bare": re.compile(rf"[ \t\n\r\f]|{_BREAK}|{_CLOSE}"),
    "angle": re.compile(rf"[\r\n]|{_BREAK}|{_CLOSE}"),
    '"': re.compile(rf'[" \t\n\r\f]|{_BREAK}'),
    "'": re.compile(rf"[' \t\n\r\f]|{_BREAK}|{_CLOSE}"),
    "`": re.compile(rf"[` \t\n\r\f]|{_BREAK}|{_CLOSE}"),
    '="': re.compile('"'),
    "='": re.compile(rf"'|{_CLOSE}"),
    "=`": re.compile(rf"`|{_CLOSE}"),
}
# JSON has more than one way to write a slash or a letter; a URL is one however it is written.
_ESCAPED: Final = re.compile(r"\\{1,4}(?:(/)|u00(2[013-9a-f]|[3-7][0-9a-f]))", _FLAGS)
_QUOTE: Final = re.compile(r'(\\*)"')
_OPENS_DOCUMENT: Final = re.compile(r"(?:\s|\\[nrt])*[{\[]")


class Surroundings:
    """Takes a text in pieces; says what its end stands in.

    Pieces are only kept until someone asks, since most replies hold nothing to
    restore: then what was kept is read once. Askers ask at places that the
    text decides, never at chunk boundaries.
    """

    __slots__ = ("_depth", "_ends", "_json", "_kept", "_nested", "_url")

    def __init__(self, *, json_string: bool) -> None:
        self._json = json_string
        self._ends = _JSON_ENDS if json_string else _TEXT_ENDS
        self._kept: list[str] = []
        self._url: str | None = None
        self._depth = 0
        self._nested = False

    def feed(self, text: str) -> None:
        """Go on by this much."""
        self._kept.append(text)

    def in_url(self) -> bool:
        """Whether the text so far ends inside of a URL."""
        self._read()
        return self._url is not None

    def escapes(self) -> int:
        """How many times a text must be escaped to stand here: 0 outside of JSON.

        Two and more only inside of a string that is a JSON document itself;
        quotation marks in prose do not count.
        """
        if not self._json:
            return 0
        self._read()
        return max(1, self._depth) if self._nested else 1

    def _read(self) -> None:
        if not self._kept:
            return
        text = "".join(self._kept)
        self._kept.clear()
        if self._json:
            self._read_quotes(text)
            if "\\" in text:
                text = _ESCAPED.sub(_unescaped, text)
        self._read_urls(text)

    def _read_urls(self, text: str) -> None:
        at = 0
        while True:
            if self._url is None:
                found = _START.search(text, at)
                if found is not None:
                    self._url = _kind(found)
            else:
                found = self._ends[self._url].search(text, at)
                if found is not None:
                    self._url = None
            if found is None:
                return
            at = found.end()

    def _read_quotes(self, text: str) -> None:
        for found in _QUOTE.finditer(text):
            level = _level(len(found[1]))
            if level <= self._depth:
                self._depth = level - 1
            elif level == self._depth + 1:
                self._depth = level
                if level == 1:
                    self._nested = _OPENS_DOCUMENT.match(text, found.end()) is not None


def _unescaped(found: re.Match[str]) -> str:
    char = found[1] or chr(int(found[2], 16))
    return found[0] if char in '"\\' else char


def _level(slashes: int) -> int:
    """Which nesting a quotation mark behind so many backslashes belongs to: 1 is the outermost."""
    level = 1
    while slashes % 2:
        slashes //= 2
        level += 1
    return level


def _kind(start: re.Match[str]) -> str | None:
    """What ends the URL that starts here, as a key of the tables above; None where none does."""
    if start["scheme"] is not None:
        text = start.string
        before = _SCHEME.search(text[max(0, start.start() - _SCHEME_WINDOW) : start.start()])
        if before is not None:
            return "=" + before["quote"] if before["lead"] == "=" else before["quote"]
    elif start["attr"] is not None:
        if start["relative"] is None and not _ATTRIBUTE.search(
            start.string[max(0, start.start() - _ATTRIBUTE_WINDOW) : start.start()]
        ):
            return None
        return "=" + start["quote"] if start["quote"] else "bare"
    return "angle" if start["angle"] else "bare"
