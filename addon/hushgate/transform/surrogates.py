"""Stand-ins that look like what they stand for, and mean nothing: keyed, one for a value, never turned back.

Digits stay digits, vowels vowels, capitals capitals, and what parts them stays.
Where a form is checked or assigned, the stand-in keeps to what is set aside for
examples: `example.com` and its kind (RFC 2606), 192.0.2.0/24 and its kind
(RFC 5737), 2001:db8::/32 (RFC 3849), 00-00-5E-00-53 (RFC 7042), 555-01xx. Cards
and IBANs get check digits that do not fit: a stand-in must not be a number that
somebody can be charged by. Of other numbers nobody can say that they are no one's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

_VOWELS: Final = "aeiou"
_CONSONANTS: Final = "bdfghklmnprstvz"
_DOMAINS: Final = ("example.com", "example.net", "example.org")
_NETS: Final = ("192.0.2", "198.51.100", "203.0.113")
_TRIES: Final = 8
_DIGITS: Final = frozenset("0123456789")
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}[0-9]{2}")
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?=\D|$)")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?=\D|$)")
_MONTH_FIRST: Final = re.compile(r"([A-Za-z]{3,9})(\.? )(\d{1,2})((?:st|nd|rd|th)?,? )(\d{4})")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})((?:st|nd|rd|th)?\.? )([A-Za-z]{3,9})(\.?,? )(\d{4})")


def surrogate(entity: str, value: str, drawn: Iterator[int]) -> str | None:
    """A stand-in for a value; `drawn` are bytes that nobody can guess. None where nothing would be hidden."""
    for _ in range(_TRIES):
        made = _MAKERS.get(entity, _shaped)(value, drawn)
        if made.casefold() != value.casefold():
            return made
    return None


def shifted(value: str, days: int) -> str | None:
    """A date so many days away, written as it was; None where it is not one that can be read."""
    try:
        if found := _YEAR_FIRST.match(value):
            year, sign, month, day = found.groups()
            then = date(int(year), int(month), int(day)) + timedelta(days)
            made = f"{then.year:04}{sign}{then.month:0{len(month)}}{sign}{then.day:0{len(day)}}"
        elif found := _YEAR_LAST.match(value):
            one, sign, two, year = found.groups()
            month_first = sign == "/" and int(one) <= 12
            month, day = (one, two) if month_first else (two, one)
            then = date(int(year), int(month), int(day)) + timedelta(days)
            parts = (f"{then.month:0{len(month)}}", f"{then.day:0{len(day)}}")
            made = sign.join((*(parts if month_first else parts[::-1]), f"{then.year:04}"))
        elif found := _MONTH_FIRST.match(value):
            name, gap, day, sep, year = found.groups()
            then = date(int(year), _month(name), int(day)) + timedelta(days)
            made = f"{_named(then.month, name)}{gap}{then.day}{_ordinal(sep, then.day)}{then.year:04}"
        elif found := _DAY_FIRST.match(value):
            day, gap, name, sep, year = found.groups()
            then = date(int(year), _month(name), int(day)) + timedelta(days)
            made = f"{then.day}{_ordinal(gap, then.day)}{_named(then.month, name)}{sep}{then.year:04}"
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return made if found.end() == len(value) else None


def _month(name: str) -> int:
    return next(n for n, month in enumerate((*_MONTHS, ""), 1) if n == 13 or month.startswith(name.lower()))


def _ordinal(sep: str, day: int) -> str:
    """What follows a day, with the ending of another: `st, ` to `nd, `."""
    if not sep[:1].isalpha():
        return sep
    return ("th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")) + sep[2:]


def _named(month: int, like: str) -> str:
    name = _MONTHS[month - 1]
    if len(like) <= 4 and like.lower() != "june":
        name = name[:3]
    return name.upper() if like.isupper() else name.capitalize() if like[0].isupper() else name


def _shaped(value: str, drawn: Iterator[int]) -> str:
    return "".join(_other(char, drawn) for char in value)


def _other(char: str, drawn: Iterator[int]) -> str:
    if char.isnumeric():
        return str(next(drawn) % 10)
    if not char.isalpha():
        return char
    letters = _VOWELS if char.lower() in _VOWELS else _CONSONANTS
    made = letters[next(drawn) % len(letters)]
    return made.upper() if char.isupper() else made


def _email(value: str, drawn: Iterator[int]) -> str:
    return f"{_shaped(value.rpartition('@')[0], drawn)}@{_DOMAINS[next(drawn) % len(_DOMAINS)]}"


def _address(value: str, drawn: Iterator[int]) -> str:
    if ":" in value:
        return f"2001:db8::{next(drawn) * 256 + next(drawn):x}"
    return f"{_NETS[next(drawn) % len(_NETS)]}.{1 + next(drawn) % 254}"


def _link(value: str, drawn: Iterator[int]) -> str:
    scheme, sign, rest = value.rpartition("://")
    host, slash, path = rest.partition("/")
    made = f"{_shaped(host.partition('.')[0], drawn)}.{_DOMAINS[next(drawn) % len(_DOMAINS)]}"
    return f"{scheme}{sign}{made}{slash}{_shaped(path, drawn)}"


def _hardware(value: str, drawn: Iterator[int]) -> str:
    made = iter(f"00005e0053{next(drawn):02x}")  # RFC 7042, section 2.1.2: for documentation.
    cased = str.upper if value.isupper() else str.lower
    return "".join(cased(next(made, "0")) if char.isalnum() else char for char in value)


def _phone(value: str, drawn: Iterator[int]) -> str:
    """Of the North American plan 555-0100 to 555-0199, which nobody has."""
    made = list(_shaped(value, drawn))
    places = [n for n, char in enumerate(made) if char in _DIGITS]
    code, plus = [value[n] for n in places], value.startswith("+")
    if len(places) == 10 + (code[:1] == ["1"]) and (code[0] == "1" or not plus):
        for place, digit in zip(places[-7:-2], "55501", strict=True):
            made[place] = digit
        made[places[-10]] = str(2 + next(drawn) % 8)
        if plus:
            made[places[0]] = "1"
    return "".join(made)


def _social(value: str, drawn: Iterator[int]) -> str:
    """Area 666 is never assigned (SSA, POMS RM 10201.035)."""
    made = list(_shaped(value, drawn))
    for place in [n for n, char in enumerate(made) if char in _DIGITS][:3]:
        made[place] = "6"
    return "".join(made)


def _date(value: str, drawn: Iterator[int]) -> str:
    days = 30 + next(drawn) + 4 * next(drawn)
    return shifted(value, days if next(drawn) % 2 else -days) or _shaped(value, drawn)


def _card(value: str, drawn: Iterator[int]) -> str:
    """The scheme stays; the check digit (Luhn, ISO/IEC 7812-1) is wrong, so that it is nobody's card."""
    made = list(_shaped(value, drawn))
    places = [n for n, char in enumerate(made) if char in _DIGITS]
    if not places:
        return "".join(made)
    if value[places[0]] in _DIGITS:
        made[places[0]] = value[places[0]]
    total = 0
    for n, place in enumerate(reversed(places[:-1])):
        doubled = int(made[place]) * (2 - n % 2)
        total += doubled - 9 if doubled > 9 else doubled
    made[places[-1]] = str((1 + next(drawn) % 9 - total) % 10)
    return "".join(made)


def _iban(value: str, drawn: Iterator[int]) -> str:
    """The country stays; 00 and 01 are never checks (ISO 13616-1: 02 to 98), so that it is nobody's account."""
    made = list(_shaped(value, drawn))
    places = [n for n, char in enumerate(made) if char.isalnum()]
    if len(places) < 5 or not _COUNTRY.match(value):
        return "".join(made)
    made[:2] = value[:2]
    made[places[2]] = made[places[3]] = "0"
    body = "".join(made[place] for place in places[4:]) + value[:2] + "00"
    if int("".join(str(int(char, 36)) for char in body)) % 97 == 1:  # 00 would pass for the 97 that fits.
        made[places[3]] = "1"
    return "".join(made)


_MAKERS: Final = {
    "EMAIL_ADDRESS": _email, "IP_ADDRESS": _address, "URL": _link, "MAC_ADDRESS": _hardware, "PHONE_NUMBER": _phone,
    "US_SSN": _social, "DATE_OF_BIRTH": _date, "DATE_TIME": _date, "CREDIT_CARD": _card, "IBAN_CODE": _iban,
}  # fmt: skip
