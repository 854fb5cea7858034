"""Is a group of words in prose that is not English a name? What the tagger knows of English misleads it there: words
that hold a sentence together, and in German every noun, look like names to it. So the lists decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hushgate.detect.languages import FUNCTION_WORDS
from hushgate.detect.namewords import NEVER, PARTICLES
from hushgate.detect.wordclasses import WordClasses

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")

type Part = tuple[int, int, float]
"""Code points and a score."""


def persons(text: str, start: int, end: int, said: str, language: str, classes: WordClasses) -> Iterator[Part]:
    """The names of persons in a group of words; `said` is what the tagger calls it."""
    for group in _groups(text, start, end, language, classes):
        names = [word[0] for word in group]
        if sure := _sure(names, said == "PERSON", language, classes):
            yield group[0].start(), group[-1].end(), sure


def is_place(text: str, start: int, end: int, language: str, classes: WordClasses) -> bool:
    """Is there a place that a list knows among the words with capitals?"""
    return any(
        classes(word[0])[2] > "0" and classes(word[0])[3] < "2" and not _shouted(word[0])
        for group in _groups(text, start, end, language, classes)
        for word in group
        if word[0][0].isupper()
    )


def _sure(names: list[str], said: bool, language: str, classes: WordClasses) -> float:
    """The score: 0 where it is no name. A surname alone is none in German, where nouns look like it."""
    known = [classes(name) for name in names if name.lower() not in PARTICLES]
    given, surname, common = known[0][0], known[-1][1], known[0][3]
    if names[0].islower():
        return 0.75 if said else 0.0
    if any(map(_shouted, names)):
        return 0.8 if len(known) > 1 and given > "0" and surname > "0" else 0.0
    if len(known) > 1 and (given > "0" or (said and len(names[0]) == 1)):
        return 0.9 if surname > "0" else 0.8
    if given > "1" and (common < "2" or (said and given > "2")):
        return 0.8 if said else 0.75
    if said and given > "0" and common == "0" and language != "de":
        return 0.75
    return 0.75 if said and surname > "1" and common < "2" and language != "de" else 0.0


def _shouted(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _groups(text: str, start: int, end: int, language: str, classes: WordClasses) -> Iterator[list[re.Match[str]]]:
    """Words with capitals, or that lists know as given names alone, that stand together; particles may be between them.

    Words of the language's sentences end a group.
    """
    group: list[re.Match[str]] = []
    for word in _WORD.finditer(text, start, end):
        lower = word[0].lower()
        if group and not _joined(group[-1], text[group[-1].end() : word.start()]):
            yield from _ended(group)
            group = []
        written = word[0][0].isupper() or word[0] in classes.clear
        named = written and lower not in FUNCTION_WORDS[language] and lower not in NEVER
        if named or (group and lower in PARTICLES and (classes(group[0][0])[0] > "0")):
            group.append(word)
        elif group:
            yield from _ended(group)
            group = []
    yield from _ended(group)


def _joined(word: re.Match[str], gap: str) -> bool:
    return gap == " " or (gap == ". " and len(word[0]) == 1)


def _ended(group: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    last = max((n for n, word in enumerate(group, 1) if word[0].lower() not in PARTICLES), default=0)
    if last:
        yield group[:last]
