"""Is a matched date one on which a living person can have been born?"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene gennaio gen januari janeiro styczen stycznia",
            "feb february februar fevrier fev febrero febbraio februari fevereiro luty lutego",
            "mar march marz maerz mrz mars marzo maart mrt marco marzec marca",
            "apr april avril avr abril abr aprile kwiecien kwietnia",
            "may mai mayo maggio mag mei maio maj maja",
            "jun june juni juin junio giugno giu junho czerwiec czerwca",
            "jul july juli juillet juil julio luglio lug julho lipiec lipca",
            "aug august aout agosto ago augustus sierpien sierpnia",
            "sep sept september septembre septiembre settembre set setembro wrzesien wrzesnia",
            "oct october okt oktober octobre octubre ottobre ott outubro out pazdziernik pazdziernika",
            "nov november novembre noviembre novembro listopad listopada",
            "dec december dez dezember decembre diciembre dic dicembre dezembro grudzien grudnia",
        ),
        start=1,
    )
    for name in names.split()
}
_PLAIN: Final = str.maketrans("áàâäãéèêëíïóôöõúûüçñńśźćęłż", "aaaaaeeeeiioooouuucnnszcelz")
_WORDS: Final = re.compile(r"[0-9]+|[^\W\d_]+")


def grown_up(value: str) -> bool:
    """A birthday of somebody of sixteen at least."""
    return birthday(value) and any(
        1900 <= int(word) <= date.today().year - 16 for word in _WORDS.findall(value) if word.isdigit()
    )


def birthday(value: str) -> bool:
    """A real day between 1900 and this year, in any common order, by digits or month names."""
    numbers: list[str] = []
    month: int | None = None
    for word in _WORDS.findall(value.lower()):
        if word.isdigit():
            numbers.append(word)
        elif (named := _MONTHS.get(word.translate(_PLAIN))) is not None:
            month = named
    if len(numbers) == 1 and len(numbers[0]) == 8 and month is None:
        n = numbers[0]
        return any(map(_real, (n[:4], n[4:], n[4:]), (n[4:6], n[2:4], n[:2]), (n[6:], n[:2], n[2:4])))
    if month is not None and len(numbers) == 2:
        day, year = sorted(numbers, key=len)
        return _real(year, str(month), day) or _real(day, str(month), year)
    if len(numbers) != 3:
        return False
    if len(numbers[0]) == 4:
        return _real(*numbers)
    first, second, year = numbers
    return _real(year, second, first) or _real(year, first, second)


def _real(year: str, month: str, day: str) -> bool:
    today = date.today()
    full = int(year)
    if len(year) == 2:
        full += 1900 if full > today.year % 100 else 2000
    try:
        return date(1900, 1, 1) <= date(full, int(month), int(day)) <= today
    except ValueError:
        return False
