"""Is a text worth looking for names in? A cheap question, asked of every fresh text."""

from __future__ import annotations

import re
from typing import Final

from hushgate.detect.compiled import compile_pattern, key_phrase

WHOLE: Final = 2048
"""Code points up to which a text is read whole."""
BEFORE: Final = 64
BEHIND: Final = 192
"""Code points around a cue that are read in a longer one."""

_CUE_WORDS: Final = (
    r"\b(?:my name|name'?s|named|i am|i'm|this is|called|call me|mr|mrs|ms|miss|dr|prof|sir|madam|dear|hi"
    r"|hello|hey|regards|sincerely|thanks|thank you|cheers|best|yours|signed|patient|customer|client|employee"
    r"|contact|applicant|tenant|first name|last name|full name|surname|name|from|attn|cc|ceo|manager|wife"
    r"|husband|son|daughter|mother|father|herr|frau|name ist|heiße|heisse|ich bin|liebe|lieber|geehrte[rn]?"
    r"|grüße|gruß|grüßen|gruss|patientin|kunde|kundin|vorname|nachname|monsieur|madame|mme|mlle|je m'appelle"
    r"|je suis|nom|prénom|cher|chère|cordialement|bonjour|señor|señora|sr|sra|don|doña|me llamo|mi nombre|soy"
    r"|nombre|apellidos?|estimad[oa]|querid[oa]|saludos|atentamente)\b"
)
_IDENTIFIER_WORDS: Final = (
    r"\b(?:tfn|abn|acn|tax file|medicare|social insurance|sin|nas|assurance sociale|aadhaar|uidai|dni|nif|nie"
    r"|codice fiscale|fiscal|partita iva|piva|pesel|nric|fin|hetu|henkil(?:ö|o)tunnus|rrn|resident registration"
    r"|steuer(?:-?id|identifikationsnummer|nummer)|idnr|personnummer|samordningsnummer|personal identity)\b"
)
CUES: Final = re.compile(_CUE_WORDS, re.IGNORECASE)
IDENTIFIERS: Final = re.compile(_IDENTIFIER_WORDS, re.IGNORECASE)
_ANY_CUE: Final = compile_pattern(f"(?i:{_CUE_WORDS})", capture=False)
_ANY_IDENTIFIER: Final = compile_pattern(f"(?i:{_IDENTIFIER_WORDS})", capture=False)
_CAPITAL: Final = compile_pattern(r"\p{Lu}[\p{Ll}'’]", capture=False)
_DIGITS: Final = compile_pattern(r"[0-9][0-9 .-]{0,2}[0-9]", capture=False)
_KEY_WORDS: Final = frozenset(
    "firstname lastname surname fullname forename givenname familyname customer patient employee contact client"
    " recipient sender assignee author owner manager vorname nachname nom prenom nombre apellido apellidos".split()
)


def named_by(key: str | None) -> bool:
    """Does the key say that its value is a person's name: `first_name`, `customerName`, `patient`?"""
    if not key:
        return False
    words = key_phrase(key).split()
    joined = "".join(words)
    return joined in _KEY_WORDS or joined.endswith(
        ("firstname", "lastname", "surname", "fullname", "middlename", "customername", "patientname", "contactname",
         "employeename", "clientname", "holdername", "personname", "displayname", "realname")
    )  # fmt: skip


def worth_reading(text: str, key: str | None) -> bool:
    """Has the text a word that a name stands beside, or a key that promises one?"""
    if len(text) < 3:
        return False
    if len(text) <= 128 and named_by(key):
        return True
    return len(text) >= 8 and _has_cue(text)


def _has_cue(text: str) -> bool:
    raw = text.encode("utf-8", "replace")
    if _ANY_CUE.search(raw) and _CAPITAL.search(raw):
        return True
    return bool(_ANY_IDENTIFIER.search(raw) and _DIGITS.search(raw))


def passages(text: str) -> list[tuple[int, int]]:
    """Where in a long text names can stand, as code points: what is around its cues. Short texts are read whole.

    A name is looked for beside a cue only, so that the rest of a log or a file need not be read for names.
    """
    if len(text) <= WHOLE:
        return [(0, len(text))]
    found: list[tuple[int, int]] = []
    raw = text.encode("utf-8", "replace")
    plain = len(raw) == len(text)
    for pattern in (_ANY_CUE, _ANY_IDENTIFIER):
        last = 0
        points = 0
        for match in pattern.finditer(raw):
            if not plain:
                points += len(raw[last : match.start()].decode("utf-8", "ignore"))
                last = match.start()
            at = match.start() if plain else points
            found.append((max(0, at - BEFORE), min(len(text), at + BEHIND)))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return [(start, end) for start, end in merged if _has_cue(text[start:end])]
