"""The recognizer classes that come with Presidio, by name, for users' registries. Importing this imports Presidio."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import tldextract
from presidio_analyzer import PatternRecognizer, predefined_recognizers

PREFIX: Final = "presidio:"
"""In front of a class's name: the validator that is its check."""

# Presidio's check of mail addresses would fetch a list of domains.
tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

_NOT_PATTERNS: Final = {
    "PhoneRecognizer": "hushgate's own rules find PHONE_NUMBER",
}
_MODELS: Final = "it is no pattern recognizer; names are found by `detect.ner`"


@cache
def named(name: str, entity: str | None = None) -> Any:
    """A recognizer with `patterns`, `context` and `supported_entities`; why there is none; None for no such class."""
    found = getattr(predefined_recognizers, name, None)
    if not inspect.isclass(found):
        return None
    if not issubclass(found, PatternRecognizer):
        return _NOT_PATTERNS.get(name, _MODELS)
    takes = inspect.signature(found.__init__).parameters
    given: dict[str, Any] = {"supported_entity": entity} if entity and "supported_entity" in takes else {}
    return found(**given)


def names() -> list[str]:
    """All classes."""
    return [name for name, found in vars(predefined_recognizers).items() if inspect.isclass(found)]


def validator(name: str) -> Callable[[str], bool | None]:
    """The check of a class: True confirms, False drops, None says nothing. KeyError where there is none."""
    recognizer = named(name.removeprefix(PREFIX))
    if not isinstance(recognizer, PatternRecognizer):
        raise KeyError(name)

    def judged(value: str) -> bool | None:
        if recognizer.invalidate_result(value):
            return False
        said = recognizer.validate_result(value)
        return None if said is None else bool(said)

    return judged
