"""What the word lists know of a word: is it a given name, a surname, a place, a word of everyday text."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Final

UNKNOWN: Final = "00000"

SEEN: Final = ("unsure", "PERSON", "LOCATION", "ORGANIZATION", "nothing")
"""What the fifth digit means."""


class WordClasses:
    """Classes of lower-case words, five digits: how strongly it is a given name, surname, place, common word (0 to 3),
    and what it mostly is where it is written with a capital (SEEN).

    A given name or surname is stronger the more languages' lists hold it; a common word the more often it was read.
    """

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = dict(classes)
        self.clear = frozenset(
            word
            for word, name in classes.items()
            if name[0] > "1" and name[3] == "0" and len(word) > 2 and word.isalpha()
        )
        """Given names of several languages that are no everyday words: known without a capital."""

    def everyday(self) -> list[str]:
        """The commonest words of everyday text."""
        return [word for word, name in self._classes.items() if name[3] == "3" and word.isascii()]

    @classmethod
    def parsed(cls, content: bytes) -> WordClasses:
        """From a file's content: compressed lines of a class and its words."""
        classes: dict[str, str] = {}
        for line in gzip.decompress(content).decode().split("\n"):
            if line:
                name, *words = line.split(" ")
                classes.update(dict.fromkeys(words, name))
        return cls(classes)

    def written(self) -> bytes:
        """What `parsed` reads, the same bytes for the same classes."""
        by_class: dict[str, list[str]] = {}
        for word, name in sorted(self._classes.items()):
            by_class.setdefault(name, []).append(word)
        text = "".join(f"{name} {' '.join(words)}\n" for name, words in sorted(by_class.items()))
        return gzip.compress(text.encode(), mtime=0)

    def __call__(self, word: str) -> str:
        """The class of a word in any letter case; of Anne-Marie that of Anne, if the whole is unknown."""
        lower = word.lower()
        found = self._classes.get(lower)
        if found is None and ("-" in lower or "’" in lower):
            found = self._classes.get(lower.replace("’", "'")) or self._classes.get(lower.partition("-")[0])
        return found or UNKNOWN

    def norm(self, word: str) -> str:
        """The part of the class that the tagger reads: the lists', not what was seen in the texts it was trained on."""
        return self(word)[:4]
