"""Names by the lines that they stand in: heads of mails and commits, speakers of a chat, columns of a table, and what
is told in small letters. The words beside a name in its sentence are nametokens'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from hushgate.detect.cues import named_by
from hushgate.detect.namewords import NOT_NAMES, PARTICLES, PRODUCTS
from hushgate.detect.wordclasses import WordClasses

type Spot = tuple[int, int, str, float]
"""Start, end, rule, score."""

_WORD: Final = r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*\.?"
_NAME: Final = rf"{_WORD}(?:,? {_WORD}){{0,4}}"
_HEAD: Final = re.compile(
    r"(?im)^(?:> ?)*(?:author|commit(?:ter)?|(?:signed-off|co-authored|reviewed|acked|tested|reported|suggested)-by"
    r"|from|to|cc|bcc|reply-to|sender|von|an|de|à|para|da|van|aan|od|do)[ \t]*:[ \t]*(?=\S)(?P<rest>[^\n]{4,2000})"
)
_ADDRESSED: Final = re.compile(rf"(?:^|(?<=[,;\"']))\s*(?P<name>{_NAME})[\"']?\s*<(?P<box>[^\s<>@]+)@[^\s<>]+>")
_QUOTED: Final = re.compile(rf"[\"'](?P<name>{_NAME})[\"']\s*<(?P<box>[^\s<>@]+)@[^\s<>]+>")
_CAPITALS: Final = re.compile(r":[ \t]*(?P<name>[^\W\d_a-z]{2,}(?:[ ,'’-]+[^\W\d_a-z]+){1,3})(?![^\W\d_])")
_LABEL: Final = re.compile(
    r"(?i)\b(?:name|patient|customer|client|employee|contact|applicant|tenant|passenger|attn|kunde|nom|nombre|nome)"
    r"[ \t]*$"
)
_TELLING: Final = (
    "my name", "name ist", "heiße", "heisse", "appelle", "mon nom", "me llamo", "nombre es", "mi chiamo", "mijn naam",
    "ik heet", "meu nome", "chamo-me", "nazywam", "na imię",
)  # fmt: skip
_TOLD: Final = re.compile(
    r"(?i)\b(?:my name(?: i|')s|name ist|ich hei(?:ß|ss)e|je m['’]appelle|mon nom est|me llamo|mi nombre es|mi chiamo"
    r"|mijn naam is|ik heet|meu nome é|chamo-me|nazywam się|mam na imię)[ \t]+"
    r"(?P<name>[^\W\d_]{2,20}(?: [^\W\d_]{2,20}){0,2})"
)
_SPEAKER: Final = re.compile(
    r"(?m)^(?:\[[\d:. apmAPM/-]{4,20}\] ?)?<?(?P<name>[a-zà-öø-ÿ]{3,15})(?:>|:) (?P<said>\S.*)$"
)
_PERSONAL: Final = frozenset(
    "email mail phone tel mobile address street city zip postcode birth dob birthday age gender sex salary department"
    " role title ssn patient employee customer telefon adresse ort stadt geburtsdatum ville correo teléfono".split()
)
_HEADING: Final = re.compile(r"^(?:[^\W\d]|[ ./()#-]){0,30}$")
_FILLER: Final = re.compile(r"^[\s:=|+-]*$")
_LONGEST: Final = 2000
"""Code points of a line that can be a row."""


def in_lines(text: str, classes: WordClasses) -> Iterator[Spot]:
    """The places of names; none of them is looked for in source, where such lines are not."""
    if "@" in text:
        yield from dict.fromkeys(_addresses(text, classes))
    for match in _CAPITALS.finditer(text):
        start, words = match.start(), re.split("[ ,]+", match["name"])
        if _LABEL.search(text, max(0, start - 16), start) and all(map(_may_name, words)) and _listed(words, classes):
            yield *match.span("name"), "name-labelled", 0.8
    lower = text.lower()
    if any(words in lower for words in _TELLING):
        for match in _TOLD.finditer(text):
            if size := _told(match["name"], classes):
                yield match.start("name"), match.start("name") + size, "name-told", 0.85
    yield from _speakers(text, classes)
    if "\n" in text:
        yield from _columns(text)


def _listed(words: Iterable[str], classes: WordClasses) -> bool:
    return any(max(classes(word)[:2]) > "0" for word in words)


def _addresses(text: str, classes: WordClasses) -> Iterator[Spot]:
    for head in _HEAD.finditer(text):
        yield from _addressed(_ADDRESSED.finditer(head["rest"]), head.start("rest"), classes)
    yield from _addressed(_QUOTED.finditer(text), 0, classes)


def _addressed(found: Iterable[re.Match[str]], at: int, classes: WordClasses) -> Iterator[Spot]:
    """Names before addresses: a list knows one of the words, or the address has it."""
    for match in found:
        words = [word for word in re.split(r"[\s,.]+", match["name"].lower()) if word]
        if any(word in NOT_NAMES for word in words):
            continue
        box = match["box"].lower()
        if _listed(words, classes) or any(len(word) > 2 and word in box for word in words):
            yield at + match.start("name"), at + match.end("name"), "name-addressed", 0.85


def _told(words: str, classes: WordClasses) -> int:
    """Code points of the name that words in small letters begin with; 0 for none."""
    if words.lower() != words:
        return 0  # nametokens reads names with capitals
    size = 0
    for word in words.split():
        known = classes(word)
        named = max(known[:2]) > "0" if size else known[0] > "0"
        if word in NOT_NAMES or (known[3] > "0" and not named) or (known[3] > "1" and known[0] < "2"):
            break
        size += len(word) + bool(size)
    return size


def _speakers(text: str, classes: WordClasses) -> Iterator[Spot]:
    """Given names in small letters before what was said; one line alone may be a setting."""
    found = list(_SPEAKER.finditer(text))
    lines = [match for match in found if _is_given(classes(match["name"]))]
    persons = {match["name"] for match in lines} - PRODUCTS
    if len(found) > 1 and persons and any(match["said"].count(" ") > 1 for match in lines):
        for match in lines:
            yield *match.span("name"), "name-speaker", 0.75


def _is_given(known: str) -> bool:
    return known[0] > "1" and known[3] < "3" and known[0] >= known[3]


def _columns(text: str) -> Iterator[Spot]:
    """The cells of columns whose head says that they are names."""
    at, named, width = 0, frozenset[int](), 0
    for line in text.splitlines(keepends=True):
        cells = list(_cells(line.rstrip("\r\n"))) if len(line) < _LONGEST else []
        if len(cells) < 2:
            named = frozenset()
        elif named and len(cells) == width:
            for n in named:
                value, start = cells[n]
                if is_name(value):
                    yield at + start, at + start + len(value), "name-column", 0.85
        elif heads := _heads([value for value, _ in cells]):
            named, width = heads, len(cells)
        elif not all(_FILLER.match(value) for value, _ in cells):
            named = frozenset()
        at += len(line)


def _cells(line: str) -> Iterator[tuple[str, int]]:
    """Cells, and where they begin; a row that is drawn with bars has an empty one at each end."""
    separator = next((mark for mark in "\t|;," if mark in line), None)
    if separator is None:
        return
    at = 0
    for part in line.split(separator) if '"' not in line else _quoted(line, separator):
        value = part.strip().strip('"')
        yield value, at + part.find(value)
        at += len(part) + 1


def _quoted(line: str, separator: str) -> Iterator[str]:
    begun, inside = 0, False
    for n, char in enumerate(line):
        if char == '"':
            inside = not inside
        elif char == separator and not inside:
            yield line[begun:n]
            begun = n + 1
    yield line[begun:]


def _heads(cells: list[str]) -> frozenset[int]:
    """The columns of names, if the cells are a table's head."""
    words = [re.split(r"[\s_.-]+", cell.lower()) for cell in cells]
    listed = bool(cells[0]) and not cells[-1]  # one word and a comma: an item of a list
    if (listed and len(cells) == 2) or not all(map(_HEADING.match, cells)):
        return frozenset()
    personal = any(_PERSONAL.intersection(each) for each in words)
    return frozenset(
        n for n, cell in enumerate(cells) if named_by(cell) or (personal and cell.lower() in ("name", "names", "nom"))
    )


def is_name(text: str, name_like: Callable[[str], bool] | None = None) -> bool:
    """Up to five words that can be a name, in any letters; `name_like` says more of each."""
    words = text.replace(",", " ").split()
    return 0 < len(words) <= 5 and all(
        (name_like or _may_name)(word) or word.lower() in PARTICLES or _initial(word) for word in words
    )


def _may_name(word: str) -> bool:
    return re.fullmatch(_WORD, word) is not None and word.lower() not in NOT_NAMES


def _initial(word: str) -> bool:
    return len(word.rstrip(".")) == 1 and word[0].isupper()
