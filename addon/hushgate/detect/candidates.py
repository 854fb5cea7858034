"""Where in a text the tagger of names reads: round words that may be names, in lines that read like prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hushgate.detect.wordclasses import SEEN, WordClasses

AROUND: Final = 16
"""Code points round a candidate that are read with it: the words beside it. With 32 no more names are found."""
_CAPITALS: Final = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĪĮİĶŁĻŃŅŇŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽΑ-ΩА-ЯЁЄІЇҐ"
# A word with a capital that is no part of an identifier, a path, an address or a call.
_CAPITAL: Final = re.compile(
    rf"(?<![\w.$\\@:#%~=+-])(?:[a-z]{{2,4}}-)?[{_CAPITALS}][^\W\d_]*(?:['’-][^\W\d_]+)*(?![\w(\\$=]|[.:/][\w/])"
)
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_START: Final = re.compile(r"(?:^|[.!?:;>•*\n]|\s-)[\s\"'“(]*$")
_SIGN: Final = re.compile(r"[{}()\[\];=<>_|\\/$#*&+~^%@`]")
_ADDRESS: Final = re.compile(r"<?[\w.+-]+@[\w.-]+>?|<?https?://\S+")
_PREPROCESSOR: Final = r"#[ \t]*(?:define|undef|if|ifn?def|else|elif|endif|include|pragma|error|line)\b"
_REMARK: Final = re.compile(
    rf"^\s*(?!{_PREPROCESSOR})(?:#|\*|/\*|//|--|;|%|\.\.|\"{{3}}|'{{3}}|rem\b)|^\W*$", re.IGNORECASE
)
_SYNTAX: Final = re.compile(
    rf"^\s*{_PREPROCESSOR}|"
    r"^\s*(?:0x[0-9a-fA-F]+|\d+|'[^']*'|\"[^\"]*\"):\s[^#]*,\s*(?:#|//|$)|"
    r"[;{}]\s*$|^\s*(?:@\w|\$ |>>>|import\b|from\b.*\bimport\b|(?:async )?def\b|class\b.*[:{(]|return\b|elif\b|except\b"
    r"|(?:if|else|for|while|try)\b.*[:{]$|public\b|private\b|static\b|const\b|let\b.*=|var\b|fn\b|func\b|package\b"
    r"|using\b|extern\b|typedef\b|struct\b)|^\s*[\w.\[\]\"'*-]+\s*(?:[+*|&-]?=|:=)\s*\S|\w\(.*\)\s*[;:{]?\s*$|->|=>|::|=="
    r"|^\s*</?\w|^\s*[\[(]?\d[\d:T.,/ -]{9,}.*(?:\b(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE)\b|\[\d)"
)
_NOTICE: Final = re.compile(
    r"(?i)\bcopyrights?\b[:\s]*(?:\(c\)|©)?[:\s]*\d{4}|(?:\(c\)|©)\s*\d{4}|^copyright:|^upstream-"
    r"|\ball rights reserved\b|\bdisclaims? all\b|\bin no event (?:shall|will)\b|\bused in\s+advertising\b"
    r"|\bmakes? no\s+representations\b|^\W*upstream authors?\b",
    re.M,
)
_NOTICED: Final = (
    "copyright", "(c)", "©", "upstream", "rights reserved", "disclaim", "in no event", "used in", "representations"
)  # fmt: skip
"""One of these is in every notice, in small letters."""
_BY: Final = re.compile(
    r"(?i)\b(?:authors?|(?:writt|tak)en|contribut(?:ed|ions?|ors?)|maintain(?:ed|ers?)|ported|created|developed|supplied"
    r"|implemented|designed|credits?|thanks|patch(?:es)?)\b"
)
"""Who made a source file, and is told of in it."""
_SECOND: Final = re.compile(rf"\s+(?:[{_CAPITALS}]\.\s+)?[{_CAPITALS}][^\W\d_]")
LARGEST_LINE: Final = 2000
"""Code points of a line that are looked at to tell code from prose."""


def windows(text: str, classes: WordClasses) -> list[tuple[int, int]]:
    """Stretches of the text to read, cut at white space. None in source, and none in notices of copyright."""
    found: list[tuple[int, int]] = []
    code = _share_of_code(text)
    if code > 0.5:
        return found
    for low, high in sorted([*_capitals(text, classes, bool(code)), *_small(text, classes)]):
        start, end = max(0, low - AROUND), min(len(text), high + AROUND)
        while start and not text[start - 1].isspace() and low - start < 2 * AROUND:
            start -= 1
        while end < len(text) and not text[end].isspace() and end - high < 2 * AROUND:
            end += 1
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _share_of_code(text: str) -> float:
    """How much is source, markup, configuration or a log: 0 to 1 of the lines that are no remarks; 0 for one or two."""
    code = prose = 0
    if text.count("\n") < 2:
        return 0.0
    for line in text.split("\n"):
        if not _REMARK.match(line):
            if _is_code_line(line[:LARGEST_LINE]):
                code += 1
            else:
                prose += 1
    return code / (code + prose) if code > 2 else 0.0


def _is_code_line(line: str) -> bool:
    if _SYNTAX.search(line):
        return True
    rest = _ADDRESS.sub("", line) if "@" in line or "://" in line else line
    return len(_SIGN.findall(rest)) * 8 > len(rest)


def _capitals(text: str, classes: WordClasses, in_code: bool) -> Iterator[tuple[int, int]]:
    line_end, code, public = -1, False, False
    lower = text.lower()
    notices = any(word in lower for word in _NOTICED)
    notice_end, notice = -1, False
    for match in _CAPITAL.finditer(text):
        start, end = match.span()
        if notices and start >= notice_end:
            notice_end = _found(text, "\n\n", end)
            notice = _NOTICE.search(text, text.rfind("\n\n", 0, start) + 1, notice_end) is not None
        if notice:
            continue
        if start >= line_end:
            line_end = _found(text, "\n", end)
            line = text[text.rfind("\n", 0, start) + 1 : line_end][:LARGEST_LINE]
            code = _is_code_line(line) or (in_code and _REMARK.match(line) is not None)
            public = in_code and code and _BY.search(line) is not None
        known = classes(match[0])
        if end - start == 1 or _is_none(known) or (known[3] > known[0] and known[3] > "0" and _starts(text, start)):
            continue  # an everyday word that begins a sentence, or one that is no name anywhere
        if public:
            continue
        if code and (max(known[:2]) == "0" or not _SECOND.match(text, end)):
            continue  # among code a name is two words, the first of which is known
        yield start, end


def _is_none(known: str) -> bool:
    given, family, place, common, seen = tuple(known)
    if max(given, family, place) == "0":
        return common > "0" or SEEN[int(seen)] in ("nothing", "ORGANIZATION")
    return common == "3" and given < "2" and SEEN[int(seen)] == "nothing"


def _found(text: str, what: str, at: int) -> int:
    end = text.find(what, at)
    return len(text) if end < 0 else end


def _small(text: str, classes: WordClasses) -> Iterator[tuple[int, int]]:
    for word in classes.clear.intersection(_WORD.findall(text)):
        for match in re.finditer(rf"(?<![\w.$\\@:#%~=/<+-]){word}(?![\w(\\$=@/-]|\.\w)", text):
            yield match.span()


def _starts(text: str, at: int) -> bool:
    return _START.search(text, max(0, at - 6), at) is not None
