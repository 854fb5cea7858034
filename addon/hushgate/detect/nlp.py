"""Names in clear context by spaCy's matcher, and national identifiers by Presidio's recognizers.

Only worker processes import this. Neither library's own pipeline is used: both
read short windows round a cue word, so cost does not grow with the text around
it. Nothing is downloaded: the spaCy pipeline is a blank tokenizer, and
Presidio's recognizers are called one by one with their checksums.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import presidio_analyzer.pattern_recognizer as presidio
import spacy
import tldextract
from presidio_analyzer import predefined_recognizers as known
from spacy.matcher import Matcher
from spacy.tokens import Doc

from hushgate.detect.cues import CUES, IDENTIFIERS, named_by
from hushgate.detect.hit import Hit
from hushgate.detect.identifiers import OWN
from hushgate.detect.merge import merged
from hushgate.detect.namewords import NOT_NAMES, PARTICLES, SIGN_OFFS, TITLES
from hushgate.values import Level

_REACH: Final = 160
_REGEX_SECONDS: Final = 1

# Presidio skips a pattern that runs too long, with a warning. Here that has to be a fault.
presidio.REGEX_TIMEOUT_SECONDS = _REGEX_SECONDS
tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


class _Raise(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if "timed out" in str(record.msg):
            raise TimeoutError("a pattern ran too long")
        return True


presidio.logger.addFilter(_Raise())

# Recognizers whose checksum carries them once a word beside them says what the number is; all are in 2.2.362.
_IDENTIFIERS: Final = (
    ("AuTfnRecognizer", "AU_TFN"), ("AuAbnRecognizer", "AU_ABN"), ("AuAcnRecognizer", "AU_ACN"),
    ("AuMedicareRecognizer", "AU_MEDICARE"), ("InAadhaarRecognizer", "IN_AADHAAR"),
    ("EsNifRecognizer", "ES_NIF"), ("EsNieRecognizer", "ES_NIE"), ("ItFiscalCodeRecognizer", "IT_FISCAL_CODE"),
    ("ItVatCodeRecognizer", "IT_VAT_CODE"), ("PlPeselRecognizer", "PL_PESEL"),
    ("FiPersonalIdentityCodeRecognizer", "FI_PERSONAL_IDENTITY_CODE"), ("KrRrnRecognizer", "KR_RRN"),
)  # fmt: skip

_UPPER: Final = "A-ZÀ-ÖØ-ÞŁŚŻŽŠČĆĐİ"
_LOWER: Final = "a-zà-öø-ÿāăąćčďđęěğıłńňőřśšşťůűźżž"
_NAME: Final = rf"^(?:[{_UPPER}][{_LOWER}]+(?:['’-][{_UPPER}]?[{_LOWER}]+)*|[OD]['’][A-Z][a-z]+|Ma?c[A-Z][a-z]+)$"
_TOLD: Final = (
    "my name is|my name 's|name is|named|mein name ist|ich heiße|ich heisse|je m' appelle|je m'appelle|me llamo"
    "|mi nombre es|mi chiamo|mijn naam is|mon nom est"
)
_SPOKE: Final = "i am|i'm|i 'm|i ’m|this is|ich bin|je suis|soy|sono"
_LABELS: Final = (
    "patient customer client employee contact applicant tenant member recipient sender author kunde kundin patientin"
    " cliente"
)
_GREETINGS: Final = "dear hi hello hey liebe lieber hallo cher chère bonjour estimado estimada querido querida hola"
_FIELDS: Final = (
    "firstname lastname surname fullname forename vorname nachname nombre apellido apellidos nom prénom cognome"
)


def _patterns() -> dict[str, tuple[float, list[list[dict[str, Any]]]]]:
    """Rule id: (score, token patterns). The name itself is what is left without the cue's tokens."""
    name: dict[str, Any] = {"TEXT": {"REGEX": _NAME}, "LOWER": {"NOT_IN": sorted(NOT_NAMES)}}
    middle: dict[str, Any] = {
        "OP": "?",
        "TEXT": {"REGEX": r"^[A-Z]\.?$|^(?:de|da|di|del|van|von|der|den|la|le|bin|al|el|dos|du)$"},
    }
    dot: dict[str, Any] = {"OP": "?", "TEXT": "."}
    one: list[dict[str, Any]] = [name]
    two: list[dict[str, Any]] = [name, middle, middle, name, {**name, "OP": "?"}]
    some: list[dict[str, Any]] = [name, middle, middle, {**name, "OP": "?"}, {**name, "OP": "?"}]

    def said(cues: str) -> list[list[dict[str, Any]]]:
        return [[{"LOWER": word} for word in cue.split()] for cue in cues.split("|")]

    labelled: list[dict[str, Any]] = [
        {"LOWER": {"IN": _LABELS.split()}},
        {"LOWER": {"IN": ["name", "names"]}, "OP": "?"},
    ]
    colon: dict[str, Any] = {"TEXT": {"IN": [":", "=", "is", "-"]}, "OP": "?"}
    title: list[dict[str, Any]] = [{"LOWER": {"IN": sorted(TITLES)}}, dot]
    greeting: list[dict[str, Any]] = [{"LOWER": {"IN": _GREETINGS.split()}}]
    ending: list[dict[str, Any]] = [{"TEXT": {"IN": [",", "!", ":", ".", "-", "–"]}, "OP": "?"}]
    sign_off: list[dict[str, Any]] = [
        {"LOWER": {"IN": sorted(SIGN_OFFS)}},
        {"TEXT": {"IN": [",", "."]}, "OP": "?"},
        {"IS_SPACE": True},
    ]
    return {
        "name-told": (0.9, [[*cue, *some] for cue in said(_TOLD)]),
        "name-said": (0.75, [[*cue, *two] for cue in said(_SPOKE)]),
        "name-titled": (0.85, [[*title, *some]]),
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


class Names:
    """Names and national identifiers in texts. Loads in about a second; not for the event loop."""

    def __init__(self, fingerprint: Callable[[str], str]) -> None:
        self._fingerprint = fingerprint
        self._nlp = spacy.blank("xx")
        # Words keep their dashes and apostrophes: Schmidt-Meyer and O'Neill are one token each.
        tokenizer: Any = self._nlp.tokenizer
        tokenizer.infix_finditer = re.compile(r"""[:=,;()\[\]{}"<>|/\\]|--+""").finditer
        self._matcher = Matcher(self._nlp.vocab)
        self._scores: dict[str, float] = {}
        for rule_id, (score, patterns) in _patterns().items():
            self._matcher.add(rule_id, patterns, greedy="LONGEST")
            self._scores[rule_id] = score
        self._name = re.compile(_NAME)
        self._identifiers = [(getattr(known, name)(), entity) for name, entity in _IDENTIFIERS]

    def find(self, texts: Sequence[str], keys: Sequence[str | None]) -> list[tuple[Hit, ...]]:
        """The hits of each text; `keys` are the nearest object keys."""
        with self._nlp.memory_zone():
            return [merged(self._in_text(text, key)) for text, key in zip(texts, keys, strict=True)]

    def _in_text(self, text: str, key: str | None) -> Iterator[Hit]:
        if named_by(key) and self._is_name(text):
            yield self._hit(text, 0, len(text), "PERSON", Level.CONFIDENTIAL, 0.85, "name-key")
            return
        for start, end in _windows(text, CUES):
            doc = self._nlp.make_doc(text[start:end])
            for match, first, last in self._matcher(doc):
                rule_id = self._nlp.vocab.strings[match]
                span = self._span(doc, first, last, rule_id)
                if span is not None:
                    low, high = start + span[0], start + span[1]
                    # A name that touches the window's end may go on behind it: its own cue's window has it whole.
                    yield self._hit(text, low, high, "PERSON", Level.CONFIDENTIAL, self._scores[rule_id], rule_id)
        for start, end in _windows(text, IDENTIFIERS):
            yield from self._identified(text, start, end)

    def _span(self, doc: Doc, first: int, last: int, rule_id: str) -> tuple[int, int] | None:
        """Characters of the name tokens at the end of a match."""
        tokens = [token for token in doc[first:last] if not token.is_space]
        while tokens and not self._name_like(tokens[-1].text):
            tokens.pop()
        begin = len(tokens)
        while begin and (
            self._name_like(tokens[begin - 1].text)
            or tokens[begin - 1].lower_ in PARTICLES
            or _initial(tokens[begin - 1].text)
        ):
            begin -= 1
        tokens = tokens[begin:]
        while tokens and not self._name_like(tokens[0].text):
            tokens.pop(0)
        if not tokens:
            return None
        return tokens[0].idx, tokens[-1].idx + len(tokens[-1])

    def _name_like(self, word: str) -> bool:
        return word.lower() not in NOT_NAMES and word.lower() not in TITLES and self._name.match(word) is not None

    def _is_name(self, text: str) -> bool:
        words = text.split()
        return 0 < len(words) <= 5 and all(
            self._name_like(word.strip(",")) or word.lower() in PARTICLES or _initial(word) for word in words
        )

    def _identified(self, text: str, start: int, end: int) -> Iterator[Hit]:
        window = text[start:end]
        words = window.lower()
        for recognizer, entity in self._identifiers:
            if _any_whole(recognizer.context or (), words):
                for result in recognizer.analyze(window, [entity]):
                    if result.score >= 1.0:
                        yield self._identifier(text, start + result.start, start + result.end, entity)
        for own in OWN:
            if _any_whole(own.context, words):
                for low, high in own.find(window):
                    yield self._identifier(text, start + low, start + high, own.entity)

    def _identifier(self, text: str, start: int, end: int, entity: str) -> Hit:
        rule_id = f"id-{entity.lower().replace('_', '-')}"
        return self._hit(text, start, end, entity, Level.REGULATED, 0.9, rule_id)

    def _hit(self, text: str, start: int, end: int, entity: str, level: Level, score: float, rule_id: str) -> Hit:
        return Hit(start, end, entity, "pii", level, score, rule_id, "", self._fingerprint(text[start:end]))


def _initial(word: str) -> bool:
    return len(word.rstrip(".")) == 1 and word[0].isupper()


def _any_whole(phrases: Iterable[str], text: str) -> bool:
    return any(_whole(phrase.lower(), text) for phrase in phrases)


def _whole(word: str, text: str) -> bool:
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if (at == 0 or not text[at - 1].isalnum()) and (end == len(text) or not text[end].isalnum()):
            return True
        at = text.find(word, at + 1)
    return False


def _windows(text: str, cues: re.Pattern[str]) -> list[tuple[int, int]]:
    """Stretches round the cues, cut at white space, joined where they touch."""
    out: list[tuple[int, int]] = []
    for match in cues.finditer(text):
        low, high = max(0, match.start() - _REACH), min(len(text), match.end() + _REACH)
        while low and not text[low - 1].isspace() and match.start() - low < 2 * _REACH:
            low -= 1
        while high < len(text) and not text[high].isspace() and high - match.end() < 2 * _REACH:
            high += 1
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out
