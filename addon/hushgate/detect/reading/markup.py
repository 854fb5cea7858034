"""HTML: what a page shows, and what it does not: attributes, comments, scripts, files in data URLs."""

from __future__ import annotations

import binascii
from html.parser import HTMLParser
from typing import Final

from hushgate.detect.reading.found import Found, Steps
from hushgate.files import BESIDE
from hushgate.filetypes import decoded

_INLINE: Final = frozenset(
    "a abbr b bdi bdo cite code data dfn em font i kbd mark q s samp small span strike strong sub sup time tt u var wbr"
    .split()
)  # fmt: skip
"""Elements that do not part the words around them."""
_CELLS: Final = frozenset({"td", "th"})


def read(found: Found, steps: Steps, data: bytes, type: str, depth: int) -> None:
    """A page's text as one, and everything beside it as another."""
    text = decoded(data)
    if text is None:
        raise ValueError("it is no text")
    page = _Page()
    page.feed(text[0])
    page.close()
    found.text((*steps, "page"), "".join(page.shown))
    found.text((*steps, BESIDE), "\n".join(page.beside))
    for index, url in enumerate(page.files):
        _read_url(found, (*steps, "url", index), url, depth)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self.beside: list[str] = []
        self.files: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._part(tag)
        self._hidden += tag in ("script", "style")
        for name, value in attrs:
            if value and value[:5].lower() == "data:" and ";base64," in value[:256].lower():
                self.files.append(value)
            elif value:
                self.beside.append(f"{name}={value}")
            else:
                self.beside.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _CELLS:
            self._part(tag)
        self._hidden = max(0, self._hidden - (tag in ("script", "style")))

    def handle_data(self, data: str) -> None:
        (self.beside if self._hidden else self.shown).append(data)

    def handle_comment(self, data: str) -> None:
        self.beside.append(data)

    def handle_decl(self, decl: str) -> None:
        self.beside.append(decl)

    def handle_pi(self, data: str) -> None:
        self.beside.append(data)

    def unknown_decl(self, data: str) -> None:
        self.beside.append(data)

    def _part(self, tag: str) -> None:
        if tag in _CELLS:
            self.shown.append("\t")
        elif tag not in _INLINE:
            self.shown.append("\n")


def _read_url(found: Found, steps: Steps, url: str, depth: int) -> None:
    from hushgate.detect.reading.files import read_inner

    head, _, rest = url.partition(",")
    try:
        data = binascii.a2b_base64(rest, strict_mode=True)
    except (binascii.Error, ValueError):
        found.skip(steps, "it is not base64 with one reading", len(url))
        return
    found.unpacked(len(data), len(rest))
    read_inner(found, steps, "", data, head[5:].lower().removesuffix(";base64"), depth + 1)
