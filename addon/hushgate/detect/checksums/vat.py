"""VAT numbers with their country in front: forms as VIES has them, checksums where they are published."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from hushgate.detect.checksums import north_east_europe as east
from hushgate.detect.checksums import west_europe as west
from hushgate.detect.checksums.schemes import digits, luhn, mod_11_10, telling, weighted


def _at(text: str) -> bool:
    total = sum(sum(divmod(n * w, 10)) for n, w in zip(digits(text), (1, 2, 1, 2, 1, 2, 1), strict=False))
    return (-total - 4) % 10 == int(text[-1])


def _fr(text: str) -> bool:
    """The two first characters are letters for some; digits are 12 + 3 times the rest modulo 97."""
    return luhn(text[2:]) and (not text[:2].isdigit() or int(text[:2]) == (12 + 3 * (int(text[2:]) % 97)) % 97)


def _gb(text: str) -> bool:
    """Modulo 97, or 42 or 55 left; branches have three more digits."""
    numbers = digits(text)
    total = weighted(numbers, range(8, 1, -1)) + numbers[7] * 10 + numbers[8]
    return telling(numbers) and total % 97 in (0, 42, 55)


def _nl(text: str) -> bool:
    """The eleven test, or modulo 97 with the country and the B for who has no BSN in it."""
    return west.nl_bsn(text[:9]) or int(f"2321{text[:9]}11{text[10:]}") % 97 == 1


def _lu(text: str) -> bool:
    return int(text[:6]) % 89 == int(text[6:])


def _hu(text: str) -> bool:
    return telling(digits(text)) and weighted(digits(text), (9, 7, 3, 1, 9, 7, 3, 1)) % 10 == 0


def _ro(text: str) -> bool:
    numbers = digits(text.zfill(10))
    return weighted(numbers, (7, 5, 3, 2, 1, 7, 5, 3, 2)) * 10 % 11 % 10 == numbers[9]


def _ee(text: str) -> bool:
    return weighted(digits(text), (3, 7, 1, 3, 7, 1, 3, 7, 1)) % 10 == 0


def _sk(text: str) -> bool:
    return int(text) % 11 == 0


def _es(text: str) -> bool:
    """A firm's, or a person's, where it is not one of the kinds K, L and M."""
    if text[0] in "KLM":
        return True
    return west.es_nif(text) if text[0].isdigit() or text[0] in "XYZ" else west.es_cif(text)


_FORMS: Final[Mapping[str, tuple[str, Callable[[str], bool] | None]]] = {
    "AT": (r"U\d{8}", _at),
    "BE": (r"[01]\d{9}", west.be_enterprise),
    "BG": (r"\d{9,10}", None),
    "CY": (r"\d{8}[A-Z]", None),
    "CZ": (r"\d{8,10}", None),
    "DE": (r"[1-9]\d{8}", mod_11_10),
    "DK": (r"\d{8}", east.dk_cvr),
    "EE": (r"\d{9}", _ee),
    "EL": (r"\d{9}", west.gr_afm),
    "ES": (r"[A-Z0-9]\d{7}[A-Z0-9]", _es),
    "FI": (r"\d{8}", east.fi_business),
    "FR": (r"[0-9A-HJ-NP-Z]{2}\d{9}", _fr),
    "GB": (r"\d{9}(?:\d{3})?", _gb),
    "HR": (r"\d{11}", mod_11_10),
    "HU": (r"\d{8}", _hu),
    "IE": (r"\d{7}[A-W][A-I]?", west.ie_pps),
    "IT": (r"\d{11}", west.it_vat),
    "LT": (r"\d{9}|\d{12}", None),
    "LU": (r"\d{8}", _lu),
    "LV": (r"\d{11}", None),
    "MT": (r"\d{8}", west.mt_vat),
    "NL": (r"\d{9}B\d{2}", _nl),
    "PL": (r"\d{10}", east.pl_nip),
    "PT": (r"\d{9}", west.pt_nif),
    "RO": (r"\d{2,10}", _ro),
    "SE": (r"\d{10}01", lambda text: luhn(text[:10])),
    "SI": (r"\d{8}", east.si_tax),
    "SK": (r"\d{10}", _sk),
    "XI": (r"\d{9}(?:\d{3})?", _gb),
    "CHE": (r"\d{9}(?:MWST|TVA|IVA)?", west.ch_uid),
    "NO": (r"\d{9}(?:MVA)?", east.no_org),
}


def vat(value: str) -> bool | None:
    """A VAT number of the EU, Britain, Norway or Switzerland: its form, and its checksum where one is known."""
    text = re.sub(r"[^0-9A-Z]", "", value.upper())
    country = "CHE" if text.startswith("CHE") else text[:2]
    form, check = _FORMS.get(country, (r"$.", None))
    body = text[len(country) :]
    if re.fullmatch(form, body) is None:
        return False
    return check(body) if check is not None else None
