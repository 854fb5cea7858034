"""Recognizers of one's own in Python: classes of Presidio's `EntityRecognizer`. For workers alone.

Presidio's loop, context enhancer and models do not run: a recognizer is asked for each text by itself, with the tokens
of a blank English pipeline as its `nlp_artifacts`. As in Presidio's registry (`presidio.py`), a word of its context
beside a value raises the score, and what scores less than the threshold then is not told of.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Final, cast

import presidio_analyzer.pattern_recognizer
import spacy
import tldextract
from presidio_analyzer import EntityRecognizer
from presidio_analyzer.nlp_engine import SpacyNlpEngine

from hushgate.detect.expressions import context_pattern
from hushgate.detect.hit import Hit
from hushgate.detect.presidio import CONTEXT_ADDS, LEAST_IN_CONTEXT, entity_name
from hushgate.values import Level

_LANGUAGE: Final = "en"
_NEAR: Final = 64
_REGEX_SECONDS: Final = 1
_LONGEST: Final = 1 << 30

# Presidio skips a pattern that runs too long, with a warning. Here that has to be a fault. And it would fetch a list of
# domains to check addresses with.
presidio_analyzer.pattern_recognizer.REGEX_TIMEOUT_SECONDS = _REGEX_SECONDS
tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


class _Raise(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if "timed out" in str(record.msg):
            raise TimeoutError("a pattern ran too long")
        return True


presidio_analyzer.pattern_recognizer.logger.addFilter(_Raise())


class Recognizers:
    """Those named `package.module:Class`. `known`: level and category of the entities that rules find.

    Raises what importing or making one raises; TypeError where it is no recognizer.
    """

    def __init__(
        self, named: Sequence[str], known: Mapping[str, tuple[Level, str]], fingerprint: Callable[[str], str]
    ) -> None:
        self._all = [(name.partition(":")[2], _made(name)) for name in named]
        self._context = [
            context_pattern(words) if (words := tuple(one.context or ())) else None for _, one in self._all
        ]
        self._known = known
        self._fingerprint = fingerprint
        self._nlp = spacy.blank(_LANGUAGE)
        self._nlp.max_length = _LONGEST
        self._engine = cast(Any, SpacyNlpEngine(models=[{"lang_code": _LANGUAGE, "model_name": "blank"}]))
        self._engine.nlp = {_LANGUAGE: self._nlp}

    def find(self, text: str) -> Iterator[Hit]:
        """What they say of a text. Whatever one of them raises; ValueError where a place is none of the text."""
        with self._nlp.memory_zone():
            artifacts = self._engine.process_text(text, _LANGUAGE)
            for (name, one), context in zip(self._all, self._context, strict=True):
                for result in one.analyze(text, one.supported_entities, artifacts) or ():
                    start, end, score = int(result.start), int(result.end), float(result.score)
                    if not 0 <= start < end <= len(text):
                        raise ValueError(f"{name} tells of a place that is none")
                    if context is not None and context.search(_round(text, start, end)):
                        score = max(score + CONTEXT_ADDS, LEAST_IN_CONTEXT)
                    if score >= LEAST_IN_CONTEXT:
                        yield self._hit(name, text, start, end, result.entity_type, min(1.0, score))

    def _hit(self, name: str, text: str, start: int, end: int, entity: str, score: float) -> Hit:
        called = entity_name(entity)
        level, category = self._known.get(called, (Level.CONFIDENTIAL, "pii"))
        rule = "recognizer-" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "-", name).lower()[:48].strip("-")
        return Hit(start, end, called, category, level, round(score, 2), rule, "", self._fingerprint(text[start:end]))


def _made(name: str) -> Any:
    module, _, called = name.partition(":")
    found = getattr(import_module(module), called)
    if not (isinstance(found, type) and issubclass(found, EntityRecognizer)):
        raise TypeError(f"{name} is no class of presidio_analyzer.EntityRecognizer")
    made: Any = found
    return made()


def _round(text: str, start: int, end: int) -> bytes:
    return f"{text[max(0, start - _NEAR) : start]} {text[end : end + _NEAR]}".lower().encode("utf-8", "replace")
