"""Identifiers of the Americas. Sources: the issuers named, and each number's article in Wikipedia."""

from __future__ import annotations

import re
from typing import Final

from hushgate.detect.checksums.schemes import LETTERS, bare, day_of, digits, luhn, telling, weighted


def npi(value: str) -> bool:
    """US National Provider Identifier (CMS): Luhn behind the prefix 80840."""
    numbers = digits(value)
    return len(numbers) == 10 and numbers[0] in (1, 2) and luhn("80840" + "".join(map(str, numbers)))


def dea(value: str) -> bool:
    """US DEA registration: two letters, and odd places plus twice the even ones end in the last digit."""
    numbers = digits(value)
    total = sum(numbers[:6:2]) + 2 * sum(numbers[1:6:2])
    return len(numbers) == 7 and telling(numbers) and total % 10 == numbers[6]


def ca_sin(value: str) -> bool:
    """Canadian social insurance number: Luhn, and the first digit is neither 0 nor 8."""
    numbers = digits(value)
    return len(numbers) == 9 and numbers[0] not in (0, 8) and luhn(value)


def ca_ramq(value: str) -> bool:
    """Quebec health insurance: letters of the name, then year, month (a woman's 50 later), day and two more."""
    text = bare(value)
    month = int(text[6:8])
    return day_of(f"{text[4:6]}{month - 50 if month > 50 else month:02}{text[8:10]}")


_CURP: Final = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"


def mx_curp(value: str) -> bool:
    """Mexican CURP (RENAPO): a day of birth, and a check digit modulo 10."""
    text = value.upper()
    if len(text) != 18 or not day_of(text[4:10]):
        return False
    return (10 - weighted(map(_CURP.index, text[:17]), range(18, 1, -1)) % 10) % 10 == int(text[17])


_RFC: Final = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"


def mx_rfc(value: str) -> bool | None:
    """Mexican RFC (SAT): a day; the check character modulo 11 confirms, for some were given without."""
    text = re.sub(r"[- ]", "", value.upper()).rjust(13)
    if not day_of(text[4:10]):
        return False
    return True if "0A987654321"[weighted(map(_RFC.index, text[:12]), range(13, 1, -1)) % 11] == text[12] else None


def mx_clabe(value: str) -> bool:
    """Mexican bank account (CLABE): 3-7-1, each product modulo 10."""
    numbers = digits(value)
    total = sum(n * w % 10 for n, w in zip(numbers[:17], (3, 7, 1) * 6, strict=False))
    return len(numbers) == 18 and telling(numbers) and (10 - total % 10) % 10 == numbers[17]


def _twice_11(numbers: list[int], first: list[int], second: list[int]) -> bool:
    """Two check digits modulo 11, the second over the first as well; ten and eleven are 0."""
    size = len(first)
    one = -weighted(numbers, first) % 11 % 10
    two = -weighted(numbers, second) % 11 % 10
    return telling(numbers) and len(numbers) == size + 2 and numbers[size:] == [one, two]


def br_cpf(value: str) -> bool:
    """Brazilian CPF (Receita Federal): two check digits modulo 11."""
    return _twice_11(digits(value), list(range(10, 1, -1)), list(range(11, 1, -1)))


def br_cnpj(value: str) -> bool:
    """Brazilian CNPJ (Receita Federal): two check digits modulo 11."""
    tail = [9, 8, 7, 6, 5, 4, 3, 2]
    return _twice_11(digits(value), [5, 4, 3, 2, *tail], [6, 5, 4, 3, 2, *tail])


def br_pis(value: str) -> bool:
    """Brazilian PIS/PASEP/NIS: modulo 11."""
    numbers = digits(value)
    return len(numbers) == 11 and telling(numbers) and (
        -weighted(numbers, (3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) % 11 % 10 == numbers[10]
    )  # fmt: skip


def ar_cuit(value: str) -> bool:
    """Argentinian CUIT/CUIL (AFIP): a kind, and modulo 11."""
    numbers = digits(value)
    kind = numbers[0] * 10 + numbers[1]
    check = -weighted(numbers, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return len(numbers) == 11 and kind in (20, 23, 24, 27, 30, 33, 34, 50, 51, 55) and min(check, 9) == numbers[10]


def ar_cbu(value: str) -> bool:
    """Argentinian bank account (CBU, BCRA): two blocks with a check digit each."""
    numbers = digits(value)
    return (
        len(numbers) == 22
        and telling(numbers)
        and weighted(numbers[:8], (7, 1, 3, 9, 7, 1, 3, 1)) % 10 == 0
        and weighted(numbers[8:], (3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3, 1)) % 10 == 0
    )


def cl_rut(value: str) -> bool:
    """Chilean RUT/RUN: modulo 11, ten is K."""
    text = bare(value)
    body = [int(c) for c in reversed(text[:-1])]
    return telling(body) and "0123456789K"[-weighted(body, (2, 3, 4, 5, 6, 7) * 2) % 11] == text[-1]


def co_nit(value: str) -> bool:
    """Colombian NIT (DIAN): primes as weights, modulo 11."""
    numbers = digits(value)
    total = weighted(reversed(numbers[:-1]), (3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71))
    return telling(numbers) and (0, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1)[total % 11] == numbers[-1]


def pe_ruc(value: str) -> bool:
    """Peruvian RUC (SUNAT): a kind, and modulo 11."""
    numbers = digits(value)
    kind = numbers[0] * 10 + numbers[1]
    check = (11 - weighted(numbers, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 10
    return len(numbers) == 11 and kind in (10, 15, 16, 17, 20) and check == numbers[10]


def ec_cedula(value: str) -> bool:
    """Ecuadorian cedula: a province, a third digit of at most 6, Luhn."""
    numbers = digits(value)[:10]
    province = numbers[0] * 10 + numbers[1]
    return (1 <= province <= 24 or province == 30) and numbers[2] < 7 and luhn("".join(map(str, numbers)))


def uy_ci(value: str) -> bool:
    """Uruguayan identity card: modulo 10."""
    numbers = digits(value)
    numbers = [0] * (8 - len(numbers)) + numbers
    return telling(numbers) and weighted(numbers, (2, 9, 8, 7, 6, 3, 4, 1)) % 10 == 0


def ve_rif(value: str) -> bool:
    """Venezuelan RIF (SENIAT): a kind, and modulo 11."""
    text = bare(value)
    total = {"V": 4, "E": 8, "J": 12, "P": 16, "G": 20, "C": 12}[text[0]]
    total += weighted(digits(text), (3, 2, 7, 6, 5, 4, 3, 2))
    return "00987654321"[total % 11] == text[9]


def us_mbi(value: str) -> bool | None:
    """US Medicare beneficiary identifier (CMS): letters without S, L, O, I, B and Z."""
    letters = [c for c in bare(value) if c in LETTERS]
    return None if not set(letters) & set("SLOIBZ") else False
