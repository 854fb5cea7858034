"""Is a text worth looking for names in? A cheap question, asked of every fresh text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from hushgate.detect.expressions import compile_pattern, key_phrase
from hushgate.detect.namewords import GREETINGS, SIGN_OFFS, TITLES

WHOLE: Final = 2048
"""Code points up to which a text is read whole; a longer one is looked at in parts of so many."""

_SAID: Final = (
    "my name|name's|named|i am|i'm|this is|called|call me|patient|customer|client|employee|contact|applicant|tenant"
    "|first name|last name|full name|surname|name|attn|name ist|heiße|heisse|ich bin|kunde|kundin|patientin|vorname"
    "|nachname|je m'appelle|je suis|nom|prénom|me llamo|mi nombre|soy|nombre|apellido|apellidos|mi chiamo|sono|cognome"
    "|mijn naam|ik heet|ik ben|meu nome|chamo-me|sou|nazywam się|mam na imię|jestem|passenger|member|recipient|sender"
    "|author"
).split("|")


def _words(words: Iterable[str]) -> str:
    """Whole words. RE2's word edges are ASCII's: none is asked for beside another letter."""
    plain = sorted(word for word in words if word[-1].isascii() and word[0].isascii())
    rest = sorted(word for word in words if word not in plain)
    return rf"\b(?:{'|'.join(plain)})\b|(?:{'|'.join(rest)})"


CUES: Final = compile_pattern(f"(?i:{_words({*_SAID, *TITLES, *SIGN_OFFS, *GREETINGS})})", capture=False)
"""Over UTF-8; `places` finds them in a text."""
_SMALL: Final = compile_pattern(
    r"(?m:^(?:\[[^\]\n]{4,20}\] ?)?<?[a-z]{3,15}[>:] \S|\b(?i:i|me|my|ask|tell|call|with|from|for|to|and) [a-z]{3,}\b)",
    capture=False,
)
"""What a text in small letters says where it may name somebody."""
_CAPITAL: Final = compile_pattern(r"\p{Lu}[\p{Ll}'’]", capture=False)
_KEY_WORDS: Final = frozenset(
    "firstname lastname surname fullname forename givenname familyname customer patient employee contact client"
    " recipient sender assignee author owner manager vorname nachname nom prenom nombre apellido apellidos".split()
)


_ENDINGS: Final = (
    "firstname", "lastname", "surname", "fullname", "middlename", "customername", "patientname", "contactname",
    "employeename", "clientname", "holdername", "personname", "displayname", "realname",
)  # fmt: skip
_ALONE: Final = (
    "firstname", "lastname", "surname", "fullname", "middlename", "forename", "givenname", "familyname", "vorname",
    "nachname", "prenom", "nombre", "apellido", "apellidos", "patientname", "employeename",
)  # fmt: skip


def named_by(key: str | None) -> bool:
    """Does the key say that its value is a person's name: `first_name`, `customerName`, `patient`?"""
    joined = _joined(key)
    return joined in _KEY_WORDS or joined.endswith(_ENDINGS)


def tells_names_alone(key: str) -> bool:
    """Is what such a key holds a name in any letters, as a customer or a contact need not be?"""
    return _joined(key).endswith(_ALONE)


def _joined(key: str | None) -> str:
    return "".join(key_phrase(key).split()) if key else ""


def places(cues: Any, text: str) -> Iterator[tuple[int, int]]:
    """Where the cues stand, as code points."""
    raw = text.encode("utf-8", "replace")
    plain = len(raw) == len(text)
    last = points = 0
    for match in cues.finditer(raw):
        start, end = match.span()
        if plain:
            yield start, end
        else:
            points += len(raw[last:start].decode())
            last = start
            yield points, points + len(raw[start:end].decode())


FIELD: Final = re.compile(
    r"""(?<![\w.])["']?(?P<key>[A-Za-z][\w-]{0,38}[A-Za-z])["']\s*:\s*["'](?P<value>[^"'\n]{2,60})["']"""
)
"""A quoted key and its quoted value, in JSON and what is like it inside a text."""


def worth_reading(text: str, key: str | None) -> bool:
    """Has the text a word with a capital, one that a name stands beside, or a key that promises one?

    This is asked on the event loop; the worker looks closer.
    """
    if len(text) < 3:
        return False
    if len(text) <= 128 and named_by(key):
        return True
    return len(text) >= 8 and (_may_hold(text) or (len(text) <= WHOLE and _in_small(text)))


def _may_hold(text: str) -> bool:
    raw = text.encode("utf-8", "replace")
    return _CAPITAL.search(raw) is not None or CUES.search(raw) is not None


def _in_small(text: str) -> bool:
    return _SMALL.search(text.encode("utf-8", "replace")) is not None


def passages(text: str) -> list[tuple[int, int]]:
    """The parts of a long text where names can stand, as code points. Short texts are read whole.

    Parts are cut at the ends of lines; parts beside one another are one. Most of a log or of data is left out.
    """
    if len(text) <= WHOLE:
        return [(0, len(text))]
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = text.rfind("\n", start, start + WHOLE) + 1 if start + WHOLE < len(text) else len(text)
        if end <= start:
            end = text.rfind(" ", start, start + WHOLE) + 1
        if end <= start:
            end = min(len(text), start + WHOLE)
        if _may_hold(text[start:end]):
            if found and found[-1][1] == start:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
        start = end
    return found
