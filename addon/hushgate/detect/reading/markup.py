"""HTML: what a page shows, and the files in its data URLs. Attributes, comments and scripts are in its source."""

from __future__ import annotations

import binascii
import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

from hushgate.detect.reading.found import Found, Steps
from hushgate.filetypes import decoded

_INLINE: Final = frozenset(
    "a abbr b bdi bdo cite code data dfn em font i kbd mark q s samp small span strike strong sub sup time tt u var wbr"
    .split()
)  # fmt: skip
"""Elements that do not part the words around them."""
_CELLS: Final = frozenset({"td", "th"})
_BASE64: Final = re.compile(
    r"(?:data:(?P<type>[^,\"'()<>]{0,400}?))?;\s*base64\s*,(?P<data>[^\"'()<>]*)", re.IGNORECASE
)
"""A data URL of base64, wherever it stands; its media type counts where it is near."""


def read(found: Found, steps: Steps, data: bytes, type: str, depth: int) -> None:
    """A page's text; what it does not show, its source says, which is read as well."""
    text = decoded(data)
    if text is None:
        raise ValueError("it is no text")
    page = _Page()
    page.feed(text[0])
    page.close()
    found.text((*steps, "page"), "".join(page.shown))
    for index, url in enumerate(_BASE64.finditer(unescape(text[0]))):
        _read_url(found, (*steps, "url", index), url["type"] or "", url["data"], depth)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._part(tag)
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _CELLS:
            self._part(tag)
        self._hidden = max(0, self._hidden - (tag in ("script", "style")))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.shown.append(data)

    def _part(self, tag: str) -> None:
        if tag in _CELLS:
            self.shown.append("\t")
        elif tag not in _INLINE:
            self.shown.append("\n")


def _read_url(found: Found, steps: Steps, media_type: str, base64: str, depth: int) -> None:
    from hushgate.detect.reading.files import read_inner

    bare = "".join(base64.split())
    try:
        data = binascii.a2b_base64(bare, strict_mode=True)
    except (binascii.Error, ValueError):
        found.skip(steps, "it is not base64 with one reading", len(base64))
        return
    found.unpacked(len(data), len(bare))
    read_inner(found, steps, "", data, media_type.strip().lower(), depth + 1)
