"""Identifiers of western and southern Europe. Sources: the issuers named, and each number's article in Wikipedia."""

from __future__ import annotations

import string
from typing import Final

from hushgate.detect.checksums.schemes import LETTERS, bare, day, day_of, digits, luhn, mod_11_10, telling, weighted


def uk_nino(value: str) -> bool | None:
    """UK national insurance number (HMRC): a prefix that is given out."""
    return None if bare(value)[:2] not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ") else False


def uk_utr(value: str) -> bool:
    """UK unique taxpayer reference (HMRC): the first digit checks the others, modulo 11."""
    numbers = digits(value)
    total = weighted(numbers[1:], (6, 7, 8, 9, 10, 5, 4, 3, 2))
    return len(numbers) == 10 and telling(numbers) and (2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1)[total % 11] == numbers[0]


def uk_driving(value: str) -> bool | None:
    """UK driving licence (DVLA): the month (a woman's 50 later) and the day in it are real."""
    text = bare(value)
    month, number = int(text[6:8]), int(text[8:10])
    return None if day(4, month - 50 if month > 50 else month, number) else False


def ie_pps(value: str) -> bool:
    """Irish PPS number: a letter modulo 23."""
    text = bare(value)
    total = weighted(digits(text), range(8, 1, -1))
    total += 9 * (LETTERS.index(text[8]) + 1) if len(text) > 8 and text[8] != "W" else 0
    return ("W" + LETTERS)[total % 23] == text[7]


def de_tax_id(value: str) -> bool:
    """German tax id (BZSt): ISO 7064 MOD 11,10; of the first ten digits none occurs more than three times."""
    text = "".join(map(str, digits(value)))
    return len(text) == 11 and text[0] != "0" and max(map(text[:10].count, text[:10])) < 4 and mod_11_10(text)


def de_svnr(value: str) -> bool:
    """German pension insurance number (VKVV): a day of birth, and a check digit modulo 10 over cross sums."""
    text = bare(value)
    number, month = int(text[2:4]), int(text[4:6])
    body = [int(c) for c in f"{text[:8]}{LETTERS.index(text[8]) + 1:02}{text[9:11]}"]
    total = sum(sum(divmod(n * w, 10)) for n, w in zip(body, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True))
    return 1 <= (number - 50 if number > 50 else number) <= 31 and 1 <= month <= 12 and total % 10 == int(text[11])


def icao(value: str) -> bool:
    """Travel documents (ICAO 9303): 7-3-1 over the first characters, letters from A = 10, the last digit checks."""
    text = bare(value)
    return weighted((int(c, 36) for c in text[:-1]), (7, 3, 1) * 4) % 10 == int(text[-1], 36)


def de_id_card(value: str) -> bool | None:
    """German identity card or passport: ICAO's check digit; a card of the older kind (T and 8 digits) has none."""
    text = bare(value)
    return None if text[0] == "T" and text[1:].isdigit() else icao(text)


def de_kvnr(value: str) -> bool:
    """German health insurance number (KVNR): modulo 10 over cross sums."""
    text = bare(value)
    body = [int(c) for c in f"{LETTERS.index(text[0]) + 1:02}{text[1:9]}"]
    return sum(sum(divmod(n * w, 10)) for n, w in zip(body, (1, 2) * 5, strict=True)) % 10 == int(text[9])


def de_lanr(value: str) -> bool:
    """German doctor's number (KBV): 4-9, modulo 10."""
    numbers = digits(value)
    return telling(numbers) and -weighted(numbers[:6], (4, 9) * 3) % 10 == numbers[6]


def at_svnr(value: str) -> bool:
    """Austrian social insurance number: the fourth digit is the others modulo 11; then a day of birth."""
    numbers = digits(value)
    text = "".join(map(str, numbers))
    checked = weighted(numbers, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11 == numbers[3]
    return numbers[0] > 0 and checked and 1 <= int(text[4:6]) <= 31


def ch_ahv(value: str) -> bool:
    """Swiss and Liechtenstein AHV number: EAN-13 behind 756."""
    numbers = digits(value)
    return numbers[:3] == [7, 5, 6] and len(numbers) == 13 and weighted(numbers, (1, 3) * 7) % 10 == 0


def ch_uid(value: str) -> bool:
    """Swiss UID (BFS): modulo 11."""
    numbers = digits(value)
    return telling(numbers) and -weighted(numbers[:8], (5, 4, 3, 2, 7, 6, 5, 4)) % 11 == numbers[8]


def fr_nir(value: str) -> bool:
    """French social security number (INSEE): 97 minus the number modulo 97; Corsica is 19 and 18."""
    text = bare(value).replace("2A", "19", 1).replace("2B", "18", 1)
    return len(text) == 15 and text.isdigit() and 97 - int(text[:13]) % 97 == int(text[13:])


def fr_spi(value: str) -> bool:
    """French tax number (DGFiP): the first ten digits modulo 511 are the last three."""
    text = "".join(map(str, digits(value)))
    return len(text) == 13 and telling(digits(text)) and int(text[:10]) % 511 == int(text[10:])


_CONTROL: Final = "TRWAGMYFPDXBNJZSQVHLCKE"


def es_nif(value: str) -> bool:
    """Spanish NIF, DNI and NIE: a letter modulo 23; a NIE's X, Y, Z is 0, 1, 2."""
    text = bare(value)
    body = text[:-1].replace("X", "0", 1).replace("Y", "1", 1).replace("Z", "2", 1)
    return body.isdigit() and telling(digits(body)) and _CONTROL[int(body) % 23] == text[-1]


def es_cif(value: str) -> bool:
    """Spanish CIF (AEAT): a check digit as Luhn has it, or its letter."""
    text = bare(value)
    check = next(n for n in range(10) if luhn(f"{text[1:8]}{n}") or text[1:8] == "0000000")
    return text[8] in (str(check), "JABCDEFGHI"[check])


def es_nuss(value: str) -> bool:
    """Spanish social security number: the rest modulo 97 is the last two digits."""
    text = "".join(map(str, digits(value)))
    body = text[:2] + text[3:10] if text[2] == "0" else text[:10]
    return len(text) == 12 and telling(digits(text)) and int(body) % 97 == int(text[10:])


def es_ccc(value: str) -> bool:
    """Spanish bank account (CCC): two check digits modulo 11."""
    numbers = digits(value)
    if len(numbers) != 20:
        return False

    def check(part: list[int]) -> int:
        rest = -weighted(part, (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11
        return 1 if rest == 10 else rest

    return telling(numbers) and numbers[8:10] == [check([0, 0, *numbers[:8]]), check(numbers[10:])]


_ODD: Final = dict(
    zip(
        string.digits + LETTERS,
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
         10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip


def it_fiscal_code(value: str) -> bool:
    """Italian fiscal code (DM 23/12/1976): a letter modulo 26 over odd and even places."""
    text = bare(value)
    total = sum(map(_ODD.__getitem__, text[:15:2]))
    total += sum(int(c) if c.isdigit() else LETTERS.index(c) for c in text[1:15:2])
    return len(text) == 16 and LETTERS[total % 26] == text[15]


def it_vat(value: str) -> bool:
    """Italian VAT number: Luhn over eleven digits."""
    return len(digits(value)) == 11 and digits(value)[:7] != [0] * 7 and luhn(value)


def pt_nif(value: str) -> bool:
    """Portuguese NIF (AT): modulo 11."""
    numbers = digits(value)
    check = -weighted(numbers, range(9, 1, -1)) % 11 % 10
    return len(numbers) == 9 and numbers[0] > 0 and telling(numbers) and check == numbers[8]


def pt_cc(value: str) -> bool:
    """Portuguese citizen card: Luhn over twelve characters, letters from A = 10."""
    text = bare(value)
    values = [int(c, 36) for c in reversed(text)]
    total = sum(v if i % 2 == 0 else (2 * v - 9 if v > 4 else 2 * v) for i, v in enumerate(values))
    return len(text) == 12 and telling(values) and total % 10 == 0


def pt_niss(value: str) -> bool:
    """Portuguese social security number: primes as weights, modulo 10."""
    numbers = digits(value)
    total = weighted(numbers, (29, 23, 19, 17, 13, 11, 7, 5, 3, 2))
    return len(numbers) == 11 and numbers[0] in (1, 2) and 9 - total % 10 == numbers[10]


def nl_bsn(value: str) -> bool:
    """Dutch BSN: the eleven test."""
    numbers = digits(value)
    numbers = [0] * (9 - len(numbers)) + numbers
    return telling(numbers) and weighted(numbers, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def be_nrn(value: str) -> bool:
    """Belgian national register number: 97 minus the rest modulo 97, behind a 2 for who was born since 2000."""
    text = "".join(map(str, digits(value)))
    month = int(text[2:4]) % 20
    keys = (97 - int(text[:9]) % 97, 97 - int("2" + text[:9]) % 97)
    return len(text) == 11 and month <= 12 and int(text[4:6]) <= 31 and int(text[9:]) in keys


def be_enterprise(value: str) -> bool:
    """Belgian enterprise number: 97 minus the first eight digits modulo 97."""
    text = "".join(map(str, digits(value)))
    return len(text) == 10 and text[0] in "01" and telling(digits(text)) and 97 - int(text[:8]) % 97 == int(text[8:])


def lu_id(value: str) -> bool:
    """Luxembourg's national number: a day of birth, and Luhn over the first twelve digits."""
    text = "".join(map(str, digits(value)))
    return len(text) == 13 and day_of(text[:8]) and luhn(text[:12])


def gr_afm(value: str) -> bool:
    """Greek AFM: powers of two, modulo 11."""
    numbers = digits(value)
    total = weighted(numbers, (256, 128, 64, 32, 16, 8, 4, 2))
    return len(numbers) == 9 and telling(numbers) and total % 11 % 10 == numbers[8]


def gr_amka(value: str) -> bool:
    """Greek AMKA: a day of birth, and Luhn."""
    text = "".join(map(str, digits(value)))
    return len(text) == 11 and day_of(text[:6], "dmy") and luhn(text)


def mt_vat(value: str) -> bool:
    """Maltese VAT number: modulo 37."""
    numbers = digits(value)
    return telling(numbers) and weighted(numbers, (3, 4, 6, 7, 8, 9, 10, 1)) % 37 == 0
