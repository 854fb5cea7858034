"""How a known value becomes what is looked up: its spellings, and the part of each that a text is searched for.

A text is not tried at every word. Each spelling has an anchor: the sign of a mail address; else its longest run of
digits, if that has five; else a word that is no everyday one, and best not one that many values have. Of nothing but
everyday words (`Will Young`) two that stand together are the anchor, and count where both are written with capitals; of
a code of short pieces (`zq7-lm2`) letters and the digits behind them are. Where an anchor stands, as many tokens before
and behind it are tried as the spelling has.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import Final

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from hushgate.detect import everyday, known_forms

DIGITS: Final = 5
"""Digits of an anchor, at least."""
MOST_TOKENS: Final = 12
LONGEST: Final = 96
"""Bytes of a value's folded form, at most."""
SHORTEST_WORD: Final = 4
SHORTEST_WORDS: Final = 5
SHORTEST_CODE: Final = 6
SHORTEST_TOGETHER: Final = 3
LONG: Final = 9
"""Digits of a number that is known by them alone: without its first zeros, and where letters touch it on one side."""
TURNED: Final = 5
"""Words of a name, at most, whose surname may come first."""
_PIECE: Final = 3
"""Letters that stand together in a code, at most; more of them are a word."""
_REMEMBERED: Final = 1 << 16

_PHONE: Final = re.compile(r"\s*(?:\+[0-9]|00[0-9]{1,3}[ ()./-])[0-9 ()./-]{6,22}")
_ISO_DATE: Final = re.compile(r"\s*([12][0-9]{3})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0*)?)?Z?)?\s*")
_DOTTED_DATE: Final = re.compile(r"\s*([0-9]{1,2})\.([0-9]{1,2})\.([12][0-9]{3})\s*")
_SLASHED_DATE: Final = re.compile(r"\s*[0-9]{1,2}/[0-9]{1,2}/(?:[12][0-9])?[0-9]{2}\s*")
_UMLAUTS: Final = str.maketrans(dict(zip("äöüøåÄÖÜØÅ", "ae oe ue oe aa Ae Oe Ue Oe Aa".split(), strict=True)))
_SPELT_OUT: Final = re.compile(r"(?i)(?<![aeiouqy])([aou])e")
"""Where a vowel or `q` stands before it, as in Bauer and Jacques, it is no umlaut."""
_MONTHS: Final = b"january february march april may june july august september october november december".split()


class Anchor(IntEnum):
    """What a text is searched for."""

    WORD = 0
    NUMBER = 1
    SIGN = 2
    PAIR = 3
    CODE = 4


@dataclass(frozen=True, slots=True)
class Spelling:
    """One form of a value: its tokens `joined`, its anchor, and how many tokens stand on either side of that.

    Of an anchor that is made of several tokens none is counted.
    """

    joined: bytes
    kind: Anchor
    anchor: bytes
    before: int
    after: int

    @property
    def marked(self) -> bytes:
        """What it has its fingerprint of."""
        return marked(self.joined, self.kind)

    @property
    def bare(self) -> bool:
        """Whether the anchor is all of it."""
        return not self.before and not self.after and self.kind not in (Anchor.PAIR, Anchor.CODE)


def marked(joined: bytes, kind: int) -> bytes:
    """Everyday words are told from others: what is written in small letters is not looked up among them."""
    return b" " + joined if kind == Anchor.PAIR else joined


@lru_cache(maxsize=1)
def common_words() -> frozenset[bytes]:
    """Words of everyday text, names among them, folded."""
    return frozenset(word.encode() for word in everyday.frequent())


def refusal(value: str, words: Set[bytes], *, alone: bool) -> str:
    """Why a value is not taken; "" where it is. `alone`: it counts without others of its record."""
    found = _tokens(value)
    size = sum(map(len, found))
    if not size:
        return "empty"
    if len(found) > MOST_TOKENS or size > LONGEST:
        return "too long"
    if alone and _is_date(value):
        return "a date, which says too little alone"
    letters = [token for token in found if not token.isdigit()]
    shortest = SHORTEST_CODE if len(letters) < len(found) else SHORTEST_WORD if len(found) == 1 else SHORTEST_WORDS
    if size < (shortest if alone else SHORTEST_TOGETHER):
        return "too short"
    if (
        any(len(run) >= DIGITS for run, _, _ in _numbers(found))
        or value.count("@") == 1
        or (not alone and _is_date(value))
    ):
        return ""
    if not letters:
        return "too short"
    telling = any(token not in words and len(token) >= (SHORTEST_WORD if alone else 2) for token in letters)
    return "" if telling or _pair(found) is not None or _code(value, found) is not None else "everyday words"


class Spellings:
    """Every form in which a value may be written. It learns which words many values have."""

    __slots__ = ("_used", "_words")

    def __init__(self, words: Set[bytes]) -> None:
        self._words = words
        self._used: Counter[bytes] = Counter()

    def __call__(self, value: str) -> Iterator[Spelling]:
        """Each form once, the value's own first."""
        seen: set[bytes] = set()
        for form in _forms(value):
            joined = b"".join(form)
            if joined not in seen:
                seen.add(joined)
                yield self._spelled(value, form, joined)

    def _spelled(self, value: str, found: Sequence[bytes], joined: bytes) -> Spelling:
        size = len(found)
        if value.count("@") == 1:
            before = len(known_forms.tokens(value.partition("@")[0]))
            return Spelling(joined, Anchor.SIGN, b"", before, size - before)
        run, first, last = max(_numbers(found), key=lambda run: len(run[0]), default=(b"", 0, 0))
        if len(run) >= DIGITS:
            return Spelling(joined, Anchor.NUMBER, run, first, size - 1 - last)
        letters = [n for n, token in enumerate(found) if not token.isdigit()]
        if (code := _code(value, found)) is not None:
            return Spelling(joined, Anchor.CODE, found[code] + found[code + 1], code, size - 2 - code)
        rare = [n for n in letters if found[n] not in self._words and len(found[n]) > 1]
        if not rare and (pair := _pair(found)) is not None:
            return Spelling(joined, Anchor.PAIR, found[pair] + found[pair + 1], pair, size - 2 - pair)
        at = self._rarest(found, rare or letters)
        return Spelling(joined, Anchor.WORD, found[at], at, size - 1 - at)

    def _rarest(self, found: Sequence[bytes], among: list[int]) -> int:
        if len(among) == 1:
            return among[0]
        used = self._used
        at = min(among, key=lambda n: (used[found[n]].bit_length(), -len(found[n])))
        used[found[at]] += 1
        if len(used) > _REMEMBERED:
            self._used = Counter(dict(used.most_common(_REMEMBERED // 2)))
        return at


@lru_cache(maxsize=4)
def _tokens(value: str) -> list[bytes]:
    """Of a value that is asked about twice in a row."""
    return known_forms.tokens(value)


def _forms(value: str) -> Iterator[Sequence[bytes]]:
    found = _tokens(value)
    yield found
    if day := _day(value):
        year, month, name = b"%04d" % day.year, b"%02d" % day.month, _MONTHS[day.month - 1]
        for d in (b"%02d" % day.day, b"%d" % day.day):
            yield from ([year, month, d], [d, month, year], [month, d, year], [d, name, year], [name, d, year])
        yield [b"%d" % day.day, b"%d" % day.month, year]
        yield [b"%d" % day.month, b"%d" % day.day, year]
    elif _PHONE.fullmatch(value):
        yield from _dialled(value)
    elif all(map(bytes.isdigit, found)):
        if len(bare := b"".join(found).lstrip(b"0")) >= LONG:
            yield [bare]  # A spreadsheet leaves zeros out, and so does who dials from abroad.
    elif "@" not in value:
        for spelt in _spelt(found, value):
            yield spelt
            yield from _turned(spelt)


def _spelt(found: Sequence[bytes], value: str) -> Iterator[Sequence[bytes]]:
    """With its umlauts, without them, and with what stands for them: `Jürgen` and `Juergen` are one name."""
    yield found
    composed = written = value
    if not value.isascii():
        composed = unicodedata.normalize("NFC", value)
        written = composed.translate(_UMLAUTS)
    if written == composed:
        written = _SPELT_OUT.sub(r"\1", composed)
    if written != composed:
        yield known_forms.tokens(written)


def _turned(found: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Words as in a list of names, `Hallowell, John`; and without the initials amid them."""
    if not 2 <= len(found) <= TURNED or any(map(bytes.isdigit, found)):
        return
    short = [found[0], *(word for word in found[1:-1] if len(word) > 1), found[-1]]
    for words in (found, short):
        yield words
        yield [*words[1:], words[0]]
        yield [words[-1], *words[:-1]]


def _dialled(value: str) -> Iterator[list[bytes]]:
    """A number in international form: with and without what is dialled from abroad, and from within."""
    digits = re.sub(r"[^0-9]", "", value.replace("(0)", "")).removeprefix("00")
    code = next((digits[:n] for n in (1, 2, 3) if int(digits[:n] or 0) in COUNTRY_CODE_TO_REGION_CODE), "")
    within = digits[len(code) :]
    # `007-92-8289` is no number in Russia.
    if code and len(within) >= (SHORTEST_CODE if "+" in value else SHORTEST_CODE + 1):
        for form in (code + within, f"00{code}{within}", f"{code}0{within}", f"0{within}", within):
            yield [form.encode()]


def _is_date(value: str) -> bool:
    return len(value) > 5 and _day(value) is not None or bool(_SLASHED_DATE.fullmatch(value))


def _day(value: str) -> date | None:
    """The day of a date that can be read in one way."""
    if not value[:1].isdigit() and not value[:1].isspace():
        return None
    if match := _ISO_DATE.fullmatch(value):
        year, month, day = match.groups()
    elif match := _DOTTED_DATE.fullmatch(value):
        day, month, year = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _numbers(found: Sequence[bytes]) -> list[tuple[bytes, int, int]]:
    """Runs of digits with nothing but other signs between their groups: joined, first token, last token."""
    runs: list[tuple[bytes, int, int]] = []
    for n, token in enumerate(found):
        if token.isdigit():
            if runs and runs[-1][2] == n - 1:
                runs[-1] = (runs[-1][0] + token, runs[-1][1], n)
            else:
                runs.append((token, n, n))
    return runs


def _code(value: str, found: Sequence[bytes]) -> int | None:
    """The most telling letters with digits behind them, of a code without a word in it that is written as one."""
    size = sum(map(len, found))
    if len(found) < 3 or size < SHORTEST_CODE or len(value.split()) > 1:
        return None
    if any(len(token) > _PIECE and not token.isdigit() for token in found):
        return None
    fits = [n for n in range(len(found) - 1) if not found[n].isdigit() and found[n + 1].isdigit()]
    return max(fits, key=lambda n: len(found[n] + found[n + 1]), default=None)


def _pair(found: Sequence[bytes]) -> int | None:
    """The first of two words that stand together."""
    words = [not token.isdigit() and len(token) > 1 for token in found]
    return next((n for n in range(len(found) - 1) if words[n] and words[n + 1]), None)
