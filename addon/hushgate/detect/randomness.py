"""Would nobody have written this by hand? A small character model, since entropy cannot tell.

Shannon entropy over one short value keeps half of all identifiers and drops
most random hex; how surprising each character is after the one before tells
them apart. The table was counted over the 47,000 identifiers of the Python
standard library (tests left out).

Measured on 20,000 identifiers of other packages, 10 to 40 characters long, and 2,000 random texts of each kind, in
percent that are taken for random (the model / Shannon over 3.5 bits): identifiers 2.8 / 26; hexadecimal of 20 digits
100 / 24, of 32 100 / 80; base 32 of 16 100 / 56; small letters and digits, 12: 98 / 14, 16: 100 / 67; base 62 of 12
98 / 33; letters of 16 97 / 88.
"""

from __future__ import annotations

import re
import string
from typing import Final

_SYMBOLS: Final = string.ascii_lowercase + "0_"
# Surprise of one symbol after another in identifiers of the Python standard library, in half bits
# (base 36): a row for the first symbol, a column for the second; `0` is any digit, `_` anything else.
_SURPRISE: Final[tuple[str, ...]] = (
    "ha88ifakbld687nam685cafedjda", "6cbe7fhg8aj6ef8ck99d6lil9ga7", "6ide7ei7br79fg5gk9c6ahkqemc7",
    "8ffa5egj6ilahh8hlcbdahijel93", "9g98dbdkgmiaa7gbd678hceadkf4", "8fdc87ei4mo8gg6hm7ba9mipdpa7",
    "bggg4iba8ooadacit98dbhjnjhf3", "4hgf5iki7sgeef6ipad9ckkogni5", "bb89bb9nili8947aka77kbmctblc",
    "7lbf4glgaiaegl6bli8f5lglflc5", "afde4cdg8mkbhcdehd8edibkhlg3", "7efa4fij6oh7hg6dphb9afjqakh6",
    "5bge4ijj8nhcaf77thadbllmeqi7", "7i977a7h9lcdgc9ekg86bcjmhlh5", "cc98icckejc985a9s5a99c9ekih8",
    "5hed6ehd9uh7ig79j6b8bhgoauf6", "ffeggkihknnbhcifbb9h1iinnne5", "7hbc4fck7qddbc7fqa89cehlbpj5",
    "bjag6gfa8nddfhaagg859hgkcni3", "7hce5gk86phdfg8dm8abbigkaih4", "b9bd8cdm9qk796d8q787hklhok6c",
    "5geh2ghk6rfgffcgneghjlgmkkc8", "5hed8gj95nkcd88gq78fijffqng5", "dg8f9ckf9qlechf8lge5ggjcak45",
    "eddfcgikcrlbb9e6od78gfdkigf2", "8idf2fnd6nndcg9engegengndfb7", "abb8bbuklonjkjkkqnjllppnmo24",
    "9a7899aa8hd99aa8g9789cbbihgy",
)  # fmt: skip
_SHORT, _SHORT_BITS, _BITS = 12, 4.9, 4.7
_JUDGED: Final = 512
"""Characters that are judged: a run that many near matches begin in may be very long."""


def _symbols(value: str) -> list[str]:
    """Letters folded, digits as `0`, the rest as one `_`; an inner capital begins a word."""
    found, before = ["_"], ""
    for char in value:
        symbol = char.lower() if char.isascii() and char.isalpha() else "0" if char.isdigit() else "_"
        if char.isupper() and before.islower():
            found.append("_")
        if symbol != "_" or found[-1] != "_":
            found.append(symbol)
        before = char
    return found if found[-1] == "_" else [*found, "_"]


def surprise(value: str) -> float:
    """Bits per symbol under a model of identifiers: about 3.6 for names, 6 for random base 62."""
    symbols = [_SYMBOLS.index(s) for s in _symbols(value)]
    if len(symbols) < 2:
        return 0.0
    pairs = list(zip(symbols, symbols[1:], strict=False))
    return sum(int(_SURPRISE[a][b], 36) for a, b in pairs) / 2 / len(pairs)


def is_random(value: str) -> bool:
    """Would nobody have written this by hand? Judged by alphabet and length, and by no more than its beginning."""
    bare = value[:_JUDGED].strip("=\"' ")
    if len(bare) < 8 or bare.isdigit():
        return False
    joined = bare.removeprefix("0x").replace("-", "")
    if all(c in string.hexdigits for c in joined):
        return len(joined) >= 16 and len(set(joined.lower())) >= 8 and not joined.isalpha()
    if sum(c.isalpha() for c in bare) < 4:
        return False
    return surprise(bare) > (_BITS if len(bare) >= _SHORT else _SHORT_BITS)


_PART: Final = re.compile(r"[A-Za-z0-9]+")
_NAMED: Final = re.compile(r"[A-Za-z]+[0-9]{0,4}|[0-9]{1,5}[A-Za-z]?")
_TURN: Final = re.compile(r"[A-Za-z](?=[0-9])|[0-9](?=[A-Za-z])")
_DATED: Final = re.compile(r"v?[0-9]+(?:\.[0-9]+)+\b|(?:19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9]|[0-9]+(?:[:_.][0-9]+)+$")


def is_issued(value: str) -> bool:
    """May an issuer have handed this out? Only for a value beside its name, where less than chance is enough.

    Ten letters and digits that mix, other than a version, a date, or words and short numbers in a row; digits alone
    where there are fourteen, and letters alone where they are random, or are all hexadecimal.
    """
    bare = value[:_JUDGED].strip("=\"' ")
    parts = _PART.findall(bare)
    core = "".join(parts)
    if len(core) < 10 or _DATED.match(bare) or len(set(core)) < 5:
        return False
    if is_random(bare):
        return True
    if core.isdigit():
        return len(core) >= 14
    if all(c in string.hexdigits for c in core):
        return len(core) >= (12 if any(c.isdigit() for c in core) else 20)
    if all(_NAMED.fullmatch(part) for part in parts):
        return False
    return len(_TURN.findall(core)) >= 3 or sum(c.isdigit() for c in core) >= 5
