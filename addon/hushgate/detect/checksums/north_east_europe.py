"""Identifiers of northern and eastern Europe. Sources: the issuers named, and each number's article in Wikipedia."""

from __future__ import annotations

from typing import Final

from hushgate.detect.checksums.schemes import bare, day, day_of, digits, luhn, telling, weighted


def _text(value: str) -> str:
    return "".join(map(str, digits(value)))


def se_personnummer(value: str) -> bool:
    """Swedish personal number: a day (a coordination number's is 60 later), and Luhn over the last ten digits."""
    text = _text(value)
    number = int(text[-6:-4])
    return (
        len(text) in (10, 12)
        and day_of(f"{text[:-6]}{number - 60 if number > 60 else number:02}")
        and luhn(text[-10:])
        and (len(text) == 10 or text[:2] in ("18", "19", "20"))
    )


def se_org(value: str) -> bool:
    """Swedish organisation number: the third digit is at least 2, and Luhn."""
    numbers = digits(value)
    return len(numbers) == 10 and numbers[2] > 1 and luhn(value)


def no_fnr(value: str) -> bool:
    """Norwegian birth number: a day (a D number's is 40 later), and two check digits modulo 11."""
    numbers = digits(value)
    text = _text(value)
    number, month = int(text[:2]), int(text[2:4])
    one = -weighted(numbers, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    two = -weighted(numbers, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    real = day(4, month - 40 if month > 40 else month, number - 40 if number > 40 else number)
    return len(numbers) == 11 and real and numbers[9:] == [one, two]


def no_org(value: str) -> bool:
    """Norwegian organisation number: modulo 11, begins with 8 or 9."""
    numbers = digits(value)
    return len(numbers) == 9 and numbers[0] > 7 and -weighted(numbers, (3, 2, 7, 6, 5, 4, 3, 2)) % 11 == numbers[8]


def dk_cpr(value: str) -> bool | None:
    """Danish CPR number: a day; the checksum is no longer kept since 2007, so that it confirms alone."""
    numbers = digits(value)
    if len(numbers) != 10 or not day_of(_text(value)[:6], "dmy"):
        return False
    return True if weighted(numbers, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0 else None


def dk_cvr(value: str) -> bool:
    """Danish CVR number: modulo 11."""
    numbers = digits(value)
    return len(numbers) == 8 and numbers[0] > 0 and weighted(numbers, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def fi_hetu(value: str) -> bool:
    """Finnish personal identity code (DVV): a day, and a character modulo 31."""
    text = bare(value)
    body = text[:6] + text[-4:-1]
    return body.isdigit() and day_of(text[:6], "dmy") and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(body) % 31] == text[-1]


def fi_business(value: str) -> bool:
    """Finnish business id (PRH): modulo 11."""
    numbers = digits(value)
    return len(numbers) == 8 and telling(numbers) and (
        -weighted(numbers, (7, 9, 10, 5, 8, 4, 2)) % 11 == numbers[7]
    )  # fmt: skip


def is_kennitala(value: str) -> bool:
    """Icelandic kennitala: a day (a firm's is 40 later), and modulo 11."""
    text = _text(value)
    number = int(text[:2])
    return (
        len(text) == 10
        and day(4, int(text[2:4]), number - 40 if number > 40 else number)
        and weighted(digits(text), (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
        and text[9] in "089"
    )


def baltic(value: str) -> bool:
    """Estonian isikukood and Lithuanian asmens kodas: a day, and two rounds modulo 11."""
    numbers = digits(value)
    text = _text(value)
    if len(numbers) != 11 or not 0 < numbers[0] < 9 or not day_of(text[1:7]):
        return False
    check = weighted(numbers[:10], (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if check == 10:
        check = weighted(numbers[:10], (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return check == numbers[10]


def lv_pk(value: str) -> bool | None:
    """Latvian personal code: modulo 11 behind a day; those that begin with 32 say nothing."""
    numbers = digits(value)
    text = _text(value)
    if text[:2] == "32":
        return None
    check = (1 + weighted(numbers[:10], (10, 5, 8, 4, 2, 1, 6, 3, 7, 9))) % 11 % 10
    return len(numbers) == 11 and day_of(text[:6], "dmy") and check == numbers[10]


def pl_pesel(value: str) -> bool:
    """Polish PESEL: a day whose month tells the century, and modulo 10."""
    numbers = digits(value)
    text = _text(value)
    real = len(text) == 11 and day(4, int(text[2:4]) % 20, int(text[4:6]))
    return real and weighted(numbers, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def pl_nip(value: str) -> bool:
    """Polish NIP: modulo 11."""
    numbers = digits(value)
    return len(numbers) == 10 and telling(numbers) and weighted(numbers, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == numbers[9]


def pl_regon(value: str) -> bool:
    """Polish REGON: modulo 11."""
    numbers = digits(value)
    return len(numbers) == 9 and telling(numbers) and (
        weighted(numbers, (8, 9, 2, 3, 4, 5, 6, 7)) % 11 % 10 == numbers[8]
    )  # fmt: skip


def pl_id_card(value: str) -> bool:
    """Polish identity card: 7-3-1, the first digit behind the letters checks."""
    return weighted((int(c, 36) for c in bare(value)), (7, 3, 1, 9, 7, 3, 1, 7, 3)) % 10 == 0


def cz_birth(value: str) -> bool:
    """Czech and Slovak birth number: a day (a woman's month 50 later), and ten digits are a multiple of 11."""
    text = _text(value)
    month = int(text[2:4]) % 50
    real = day(4, month - 20 if month > 20 else month, int(text[4:6]))
    return real and (len(text) == 9 or int(text) % 11 == 0 or (int(text[:9]) % 11 == 10 and text[9] == "0"))


def cz_ico(value: str) -> bool:
    """Czech and Slovak firm's number (ICO): modulo 11."""
    numbers = digits(value)
    return len(numbers) == 8 and telling(numbers) and (
        (11 - weighted(numbers, range(8, 1, -1)) % 11) % 10 == numbers[7]
    )  # fmt: skip


def hu_taj(value: str) -> bool:
    """Hungarian social security number (TAJ): 3-7, modulo 10."""
    numbers = digits(value)
    return len(numbers) == 9 and telling(numbers) and weighted(numbers[:8], (3, 7) * 4) % 10 == numbers[8]


def hu_tax_id(value: str) -> bool:
    """Hungarian personal tax number: begins with 8, modulo 11."""
    numbers = digits(value)
    return len(numbers) == 10 and numbers[0] == 8 and weighted(numbers[:9], range(1, 10)) % 11 == numbers[9]


def ro_cnp(value: str) -> bool:
    """Romanian CNP: a day, and modulo 11."""
    numbers = digits(value)
    check = weighted(numbers[:12], (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return len(numbers) == 13 and numbers[0] > 0 and day_of(_text(value)[1:7]) and min(check, 10) % 10 + (
        check == 10
    ) == numbers[12]  # fmt: skip


def bg_egn(value: str) -> bool:
    """Bulgarian EGN: a day whose month tells the century, and modulo 11."""
    numbers = digits(value)
    text = _text(value)
    month = int(text[2:4])
    real = day(4, month % 20 if month > 20 else month, int(text[4:6]))
    return real and weighted(numbers, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == numbers[9]


def jmbg(value: str) -> bool:
    """JMBG, EMSO and their like in former Yugoslavia: a day, and modulo 11."""
    numbers = digits(value)
    text = _text(value)
    check = -weighted(numbers[:12], (7, 6, 5, 4, 3, 2) * 2) % 11
    year = (2000 if text[4] == "0" else 1000) + int(text[4:7])
    return len(numbers) == 13 and day(year, int(text[2:4]), int(text[:2])) and check % 10 == numbers[12]


def si_tax(value: str) -> bool:
    """Slovenian tax number: modulo 11."""
    numbers = digits(value)
    rest = -weighted(numbers, range(8, 1, -1)) % 11
    return len(numbers) == 8 and numbers[0] > 0 and rest > 0 and rest % 10 == numbers[7]


def ua_tax(value: str) -> bool:
    """Ukrainian taxpayer number (RNOKPP): modulo 11."""
    numbers = digits(value)
    return len(numbers) == 10 and telling(numbers) and (
        weighted(numbers, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == numbers[9]
    )  # fmt: skip


_INN: Final = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def ru_inn(value: str) -> bool:
    """Russian INN (FNS): one check digit of ten, or two of twelve, modulo 11."""
    numbers = digits(value)
    if not telling(numbers):
        return False
    if len(numbers) == 10:
        return weighted(numbers[:9], _INN[2:]) % 11 % 10 == numbers[9]
    return len(numbers) == 12 and numbers[10:] == [
        weighted(numbers[:10], _INN[1:]) % 11 % 10, weighted(numbers[:11], _INN) % 11 % 10
    ]  # fmt: skip


def ru_snils(value: str) -> bool:
    """Russian SNILS: modulo 101."""
    numbers = digits(value)
    check = weighted(numbers[:9], range(9, 0, -1)) % 101 % 100
    return len(numbers) == 11 and telling(numbers) and check == numbers[9] * 10 + numbers[10]


def kz_iin(value: str) -> bool:
    """Kazakh IIN: a day, and two rounds modulo 11."""
    numbers = digits(value)
    check = weighted(numbers[:11], range(1, 12)) % 11
    if check == 10:
        check = weighted(numbers[:11], (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return len(numbers) == 12 and day_of(_text(value)[:6]) and check == numbers[11]
