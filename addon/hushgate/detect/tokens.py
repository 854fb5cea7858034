"""Text to the tokens that the tagger of names and the matcher read: the same in training and at work.

Words keep dashes, dots and apostrophes inside: Schmidt-Meyer, O'Neill, U.S. and an address are one token each. What
stands before or behind a word, and a genitive's 's, are tokens of their own; so is white space but single spaces.
"""

from __future__ import annotations

import re
from typing import Final

from spacy.tokens import Doc
from spacy.vocab import Vocab

_PIECE: Final = re.compile(r"https?://[^\s\"<>]+|--+|[:=,;()\[\]{}\"<>|/\\]|(?:(?!--)[^\s:=,;()\[\]{}\"<>|/\\])+|\s+")
_MARK: Final = r"[!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u27ff\u2e00-\u2e7f\u3000-\u303f\uff00-\uff0f\U0001f000-\U0001faff]"
# What stands before a word, the word, a genitive, what stands behind it. A dot after one capital is the initial's.
_PARTS: Final = re.compile(
    rf"((?:(?!@){_MARK})*)(.*?(?!{_MARK}).)?((?<=\w)['’][sS])?(\.(?<=\b[A-Z]\.))?({_MARK}*)$", re.DOTALL
)
_MARKS: Final = re.compile(r"(.)\1*", re.DOTALL)


class Tokens:
    """A tokenizer for a spaCy pipeline: text in, Doc out."""

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        blank = True  # what came last is white space, or nothing
        for piece in _PIECE.findall(text):
            if piece == " " and not blank:
                spaces[-1] = True  # one space belongs to the token before it; more, a tab or a line's end is a token
                continue
            if piece.isalpha():
                parts = [piece]
            elif piece.isspace():
                if piece[0] == " " and not blank:
                    spaces[-1] = True
                    piece = piece[1:]
                parts, blank = [piece], True
                words += parts
                spaces.append(False)
                continue
            else:
                parts = _parts(piece)
            blank = False
            words += parts
            spaces += [False] * len(parts)
        return Doc(self._vocab, words=words, spaces=spaces)

    # spaCy writes a tokenizer to disk with its pipeline: there is nothing to write.
    def to_bytes(self, **_: object) -> bytes:
        return b""


def _parts(piece: str) -> list[str]:
    """Word and marks of a run without white space."""
    if len(piece) == 1 or "://" in piece:
        return [piece]
    match = _PARTS.match(piece)
    if match is None or not match[2]:
        return [mark[0] for mark in _MARKS.finditer(piece)]
    before, word, genitive, dot, behind = match.groups()
    marks = [[mark[0] for mark in _MARKS.finditer(each)] for each in (before, behind)]
    return [*marks[0], word + (dot or ""), *([genitive] if genitive else []), *marks[1]]
