"""Token patterns of names beside words that say so, in the form that spaCy's matcher takes."""

from __future__ import annotations

from typing import Any, Final

from hushgate.detect.namewords import GREETINGS, NOT_NAMES, SIGN_OFFS, SURNAMES, TITLES

_UPPER: Final = "A-ZÀ-ÖØ-ÞŁŚŻŽŠČĆĐİ"
_LOWER: Final = "a-zà-öø-ÿāăąćčďđęěğıłńňőřśšşťůűźżž"
NAME: Final = rf"^(?:[{_UPPER}][{_LOWER}]+(?:['’-][{_UPPER}]?[{_LOWER}]+)*|[OD]['’][A-Z][a-z]+|Ma?c[A-Z][a-z]+)$"
_TOLD: Final = (
    "my name is|my name 's|name 's|name is|named|mein name ist|ich heiße|ich heisse|je m' appelle|je m'appelle|me llamo"
    "|mi nombre es|mi chiamo|mijn naam is|ik heet|mon nom est|meu nome é|chamo-me|nazywam się|mam na imię"
)
_SPOKE: Final = "i am|i'm|i 'm|i ’m|this is|ich bin|je suis|soy|sono|ik ben|sou|jestem"
_SHORT: Final = frozenset(
    "ms sr sra don sig rev sir miss pan pani pana panu heer dona doña menina fru sgt lord judge".split()
)
"""Titles that are other words, or units, in small letters."""
_LABELS: Final = (
    "patient customer client employee contact applicant tenant member recipient sender author kunde kundin patientin"
    " cliente"
)
_FIELDS: Final = (
    "firstname lastname surname fullname forename vorname nachname nombre apellido apellidos nom prénom cognome"
)


def token_patterns() -> dict[str, tuple[float, list[list[dict[str, Any]]]]]:
    """Rule id: (score, token patterns). The name itself is what is left without the cue's tokens."""
    name: dict[str, Any] = {"TEXT": {"REGEX": NAME}, "LOWER": {"NOT_IN": sorted(NOT_NAMES)}}
    middle: dict[str, Any] = {
        "OP": "?",
        "TEXT": {"REGEX": r"^[A-Z]\.?$|^(?:de|da|di|del|van|von|der|den|la|le|bin|al|el|dos|du)$"},
    }
    dot: dict[str, Any] = {"OP": "?", "TEXT": "."}
    one: list[dict[str, Any]] = [name]
    two: list[dict[str, Any]] = [name, middle, middle, name, {**name, "OP": "?"}]
    some: list[dict[str, Any]] = [name, middle, middle, {**name, "OP": "?"}, {**name, "OP": "?"}]

    called: dict[str, Any] = {**name, "LOWER": {"NOT_IN": sorted(NOT_NAMES - SURNAMES)}}

    def said(cues: str) -> list[list[dict[str, Any]]]:
        return [[{"LOWER": word} for word in cue.split()] for cue in cues.split("|")]

    labelled: list[dict[str, Any]] = [
        {"LOWER": {"IN": _LABELS.split()}},
        {"LOWER": {"IN": ["name", "names"]}, "OP": "?"},
    ]
    colon: dict[str, Any] = {"TEXT": {"IN": [":", "=", "is", "-"]}, "OP": "?"}
    shouted = sorted(form for word in _SHORT for form in (word.capitalize(), word.upper()))
    titles: list[dict[str, Any]] = [{"LOWER": {"IN": sorted(TITLES - _SHORT)}}, {"TEXT": {"IN": shouted}}]
    greeting: list[dict[str, Any]] = [
        {"LOWER": {"IN": sorted(GREETINGS - {"morning", "evening", "afternoon", "buenas", "buenos", "yo"})}}
    ]
    ending: list[dict[str, Any]] = [{"TEXT": {"IN": [",", "!", ":", ".", "-", "–"]}, "OP": "?"}]
    sign_off: list[dict[str, Any]] = [
        {"LOWER": {"IN": sorted(SIGN_OFFS)}},
        {"TEXT": {"IN": [",", "."]}, "OP": "?"},
        {"IS_SPACE": True},
    ]
    return {
        "name-told": (0.9, [[*cue, *some] for cue in said(_TOLD)]),
        "name-said": (0.75, [[*cue, *two] for cue in said(_SPOKE)]),
        "name-titled": (0.85, [[title, dot, called, *some[1:]] for title in titles]),
        "name-greeted": (0.8, [
            [*greeting, *one, *ending, {"IS_SPACE": True}], [*greeting, *one, {"TEXT": ","}], [*greeting, *two],
        ]),
        "name-signed": (0.8, [[*sign_off, *some]]),
        "name-labelled": (0.8, [[*labelled, colon, *two], [{"LOWER": "name"}, {"TEXT": {"IN": [":", "="]}}, *some]]),
        "name-field": (0.85, [
            [{"LOWER": {"IN": _FIELDS.split()}}, {"TEXT": {"IN": [":", "="]}}, *some],
            [{"LOWER": {"IN": ["first", "last", "full"]}}, {"LOWER": "name"}, {"TEXT": {"IN": [":", "=", "is"]}},
             *some],
        ]),
    }  # fmt: skip
