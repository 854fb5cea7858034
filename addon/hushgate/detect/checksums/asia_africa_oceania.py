"""Identifiers of Asia, Africa and Oceania. Sources: the issuers named, and each number's article in Wikipedia."""

from __future__ import annotations

from typing import Final

from hushgate.detect.checksums.schemes import LETTERS, bare, day_of, digits, luhn, telling, verhoeff, weighted


def _text(value: str) -> str:
    return "".join(map(str, digits(value)))


def tr_tckn(value: str) -> bool:
    """Turkish identity number: two check digits modulo 10."""
    numbers = digits(value)
    one = (7 * sum(numbers[:9:2]) - sum(numbers[1:8:2])) % 10
    return len(numbers) == 11 and numbers[0] > 0 and telling(numbers) and numbers[9:] == [one, sum(numbers[:10]) % 10]


def tr_vkn(value: str) -> bool:
    """Turkish tax number (GIB): powers of two modulo 9, then modulo 10."""
    numbers = digits(value)
    total = 0
    for place, number in enumerate(numbers[:9]):
        shifted = (number + 9 - place) % 10
        total += (shifted * 2 ** (9 - place) % 9 or 9) if shifted else 0
    return len(numbers) == 10 and telling(numbers) and -total % 10 == numbers[9]


def il_id(value: str) -> bool:
    """Israeli identity number: Luhn over nine digits."""
    return luhn(_text(value).zfill(9))


def ae_id(value: str) -> bool:
    """Emirates ID: 784, a year of birth, and Luhn."""
    text = _text(value)
    return len(text) == 15 and text[:3] == "784" and text[3:5] in ("19", "20") and luhn(text)


def sa_id(value: str) -> bool:
    """Saudi identity or residence number: begins with 1 or 2, Luhn."""
    text = _text(value)
    return len(text) == 10 and text[0] in "12" and luhn(text)


def eg_id(value: str) -> bool:
    """Egyptian national number: a century, a day of birth, and a governorate."""
    text = _text(value)
    return (
        len(text) == 14 and text[0] in "23" and day_of(text[1:7]) and (1 <= int(text[7:9]) <= 35 or text[7:9] == "88")
    )


def za_id(value: str) -> bool:
    """South African identity number: a day of birth, a citizenship of 0 to 2, an 8 or 9, and Luhn."""
    text = _text(value)
    return len(text) == 13 and text[10] in "012" and text[11] in "89" and day_of(text[:6]) and luhn(text)


def in_aadhaar(value: str) -> bool:
    """Indian Aadhaar (UIDAI): the first digit is above 1, Verhoeff; not the same read backwards."""
    text = _text(value)
    return len(text) == 12 and text[0] > "1" and text != text[::-1] and verhoeff(text)


def in_gstin(value: str) -> bool | None:
    """Indian GSTIN: a state, and a check character modulo 36 that confirms."""
    text = bare(value)
    if not 1 <= int(text[:2]) <= 38 and text[:2] not in ("97", "99"):
        return False
    total = sum(sum(divmod(int(c, 36) * (1 + i % 2), 36)) for i, c in enumerate(text[:14]))
    return True if int(text[14], 36) == -total % 36 else None


def in_plate(value: str) -> bool | None:
    """Indian registration plate: the number is not zero."""
    return None if set(digits(value)[-4:]) != {0} else False


def cn_id(value: str) -> bool:
    """Chinese resident identity number (GB 11643): a day of birth, ISO 7064 MOD 11-2."""
    text = bare(value)
    if len(text) != 18 or not day_of(text[6:14]):
        return False
    total = sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(text[:17]))
    return "10X98765432"[total % 11] == text[17]


def hk_id(value: str) -> bool:
    """Hong Kong identity card: modulo 11, a missing first letter counts 36."""
    text = bare(value)
    body = text[:-1].rjust(8)
    total = weighted((36 if c == " " else int(c, 36) for c in body), range(9, 1, -1))
    return "0123456789A"[-total % 11] == text[-1]


_TAIWAN: Final = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))


def tw_id(value: str) -> bool:
    """Taiwanese identity number: a letter for the place, modulo 10."""
    text = bare(value)
    first = _TAIWAN[text[0]]
    return (first // 10 + first % 10 * 9 + weighted(digits(text[1:]), (8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


def kr_rrn(value: str) -> bool | None:
    """Korean resident or foreigner registration number: a day of birth; the check digit confirms (none since 2020)."""
    numbers = digits(value)
    text = _text(value)
    if len(text) != 13 or not day_of(text[:6]):
        return False
    check = (11 - weighted(numbers, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return True if check == numbers[12] or (text[6] in "5678" and (check + 2) % 10 == numbers[12]) else None


def kr_brn(value: str) -> bool:
    """Korean business registration number (NTS): modulo 10."""
    numbers = digits(value)
    total = weighted(numbers[:9], (1, 3, 7, 1, 3, 7, 1, 3, 5)) + numbers[8] * 5 // 10
    return len(numbers) == 10 and telling(numbers) and -total % 10 == numbers[9]


def jp_my_number(value: str) -> bool:
    """Japanese individual number: modulo 11."""
    numbers = digits(value)
    rest = weighted(numbers, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return len(numbers) == 12 and telling(numbers) and (0 if rest < 2 else 11 - rest) == numbers[11]


def jp_corporate(value: str) -> bool:
    """Japanese corporate number: the first digit checks the others, modulo 9."""
    numbers = digits(value)
    return len(numbers) == 13 and telling(numbers) and 9 - weighted(numbers[:0:-1], (1, 2) * 6) % 9 == numbers[0]


_NRIC: Final = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
_NRIC_OFFSETS: Final = {"T": 4, "G": 4, "M": 3}


def sg_nric(value: str) -> bool:
    """Singapore NRIC and FIN: a letter that the first one and the weighted digits choose, modulo 11."""
    text = bare(value)
    total = weighted(digits(text), (2, 7, 6, 5, 4, 3, 2)) + _NRIC_OFFSETS.get(text[0], 0)
    return _NRIC[text[0]][total % 11] == text[8]


def sg_uen(value: str) -> bool | None:
    """Singapore UEN (ACRA): a letter modulo 11 for businesses and local companies; others say nothing."""
    text = bare(value)
    numbers = digits(text)
    if text[0].isalpha():
        return None
    if len(text) == 9:
        return "XMKECAWLJDB"[weighted(numbers, (10, 4, 9, 3, 8, 2, 7, 1)) % 11] == text[8]
    return "ZKCMDNERGWH"[weighted(numbers, (10, 8, 6, 4, 9, 7, 5, 3, 1)) % 11] == text[9]


def th_id(value: str) -> bool:
    """Thai identity number: modulo 11."""
    numbers = digits(value)
    check = (11 - weighted(numbers[:12], range(13, 1, -1)) % 11) % 10
    return len(numbers) == 13 and numbers[0] > 0 and telling(numbers) and check == numbers[12]


def my_kad(value: str) -> bool:
    """Malaysian MyKad: a day of birth."""
    return len(_text(value)) == 12 and day_of(_text(value)[:6])


def id_nik(value: str) -> bool:
    """Indonesian NIK: a province and a day of birth, a woman's 40 later."""
    text = _text(value)
    number = int(text[6:8])
    return len(text) == 16 and "11" <= text[:2] <= "96" and day_of(
        f"{number - 40 if number > 40 else number:02}{text[8:12]}", "dmy"
    )  # fmt: skip


def au_tfn(value: str) -> bool:
    """Australian tax file number: modulo 11."""
    numbers = digits(value)
    return len(numbers) == 9 and telling(numbers) and weighted(numbers, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def au_abn(value: str) -> bool:
    """Australian business number (ABR): modulo 89, the first digit less one."""
    numbers = digits(value)
    return len(numbers) == 11 and numbers[0] > 0 and (
        weighted([numbers[0] - 1, *numbers[1:]], (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) % 89 == 0
    )  # fmt: skip


def au_acn(value: str) -> bool:
    """Australian company number (ASIC): modulo 10."""
    numbers = digits(value)
    return len(numbers) == 9 and telling(numbers) and weighted(numbers, (8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def au_medicare(value: str) -> bool:
    """Australian Medicare card: begins with 2 to 6, modulo 10."""
    numbers = digits(value)
    return len(numbers) in (10, 11) and 1 < numbers[0] < 7 and (
        weighted(numbers, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == numbers[8]
    )  # fmt: skip


def nz_ird(value: str) -> bool:
    """New Zealand IRD number: modulo 11, other weights where ten is left."""
    numbers = digits(value)
    numbers = [0] * (9 - len(numbers)) + numbers
    check = -weighted(numbers[:8], (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    if check == 10:
        check = -weighted(numbers[:8], (7, 4, 3, 2, 5, 2, 7, 6)) % 11
    return telling(numbers) and 10_000_000 < int("".join(map(str, numbers))) < 150_000_000 and check == numbers[8]


_NHI: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def nz_nhi(value: str) -> bool | None:
    """New Zealand health index (HISO 10046): modulo 11; one that ends in a letter says nothing."""
    text = bare(value)
    if not text[6].isdigit():
        return None
    total = weighted((_NHI.index(c) + 1 if c in LETTERS else int(c) for c in text[:6]), range(7, 1, -1))
    return total % 11 != 0 and (11 - total % 11) % 10 == int(text[6])
