"""Phone numbers: cheap RE2 shapes first, then the phonenumbers library's metadata judges each candidate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal

from hushgate.detect.rules import Rule
from hushgate.values import Level

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_REGIONS: Final = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "AT", "CH", "IN", "AU", "BR", "PL", "PT", "IL", "JP")
_WORDS: Final = tuple(
    """
    phone phones telephone tel cell cellphone mobile fax call called calling sms whatsapp hotline answering
    voicemail desk landline contact reach text number telefon telefonnummer handy rufnummer mobil anrufen anruf
    téléphone portable appeler appelez teléfono móvil llamar llame celular telefono cellulare chiamare telefoon
    mobiel bellen telefone ligar telefonu komórka zadzwoń
    """.split()
)


_DATE: Final = re.compile(
    r"(?:19|20)[0-9]{2}([-./ ])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])([-./ ])(?:0?[1-9]|[12][0-9]|3[01])\2(?:19|20)[0-9]{2}"
)


def international(value: str) -> bool:
    """`+` (or 00) with a country code, and a length that country has.

    Lengths, not assigned ranges: numbers made up for a demonstration or with a typo are somebody's too.
    """
    import phonenumbers

    text = value if value.lstrip("(").startswith("+") else "+" + value.lstrip("0")
    return any(phonenumbers.is_possible_number(number) for number in _read(text, None))


def national(value: str) -> bool:
    """Valid in one of the regions that are looked at, or of the length and grouping of one there; no date."""
    import phonenumbers

    digits = sum(c.isdigit() for c in value)
    if not 7 <= digits <= 15 or len(set(value) & set("0123456789")) < 3 or _DATE.fullmatch(value):
        return False
    for region in _REGIONS:
        if any(phonenumbers.is_valid_number(number) for number in _read(value, region)):
            return True
    grouped = any(c in " -.()/" for c in value.strip("() "))
    return grouped and any(
        phonenumbers.is_possible_number(n) for region in ("US", "GB", "DE") for n in _read(value, region)
    )


def _read(value: str, region: str | None) -> Iterator[PhoneNumber]:
    import phonenumbers

    try:
        yield phonenumbers.parse(value.replace("(0)", ""), region)
    except phonenumbers.NumberParseException:
        return


def examples() -> list[str]:
    """A number of each region that is looked at, as it is written there: who judges them has all that is needed."""
    import phonenumbers

    found = [phonenumbers.example_number(region) for region in _REGIONS]
    form = phonenumbers.PhoneNumberFormat.NATIONAL
    return [phonenumbers.format_number(number, form) for number in found if number is not None]


VALIDATORS: Final[Mapping[str, Callable[[str], bool | None]]] = {
    "phone_international": international,
    "phone_national": national,
}

_EXTENSION: Final = r"(?:[ ,;]{0,2}(?:x|ext\.?|extension|#)[ .:]?[0-9]{1,6})?"


def _rule(
    rule_id: str,
    pattern: str,
    validator: str,
    score: float,
    *,
    required: bool = False,
    boundary: Literal["token", "digit"] = "digit",
) -> Rule:
    return Rule(
        id=rule_id,
        entity="PHONE_NUMBER",
        level=Level.CONFIDENTIAL,
        category="pii",
        says="A telephone number",
        pattern=pattern,
        match=(),
        no_match=(),
        boundary=boundary,
        keywords=_WORDS if required else (),
        context_words=_WORDS,
        context_required=required,
        validate=(validator,),
        score=score,
        context_score=0.95,
    )


RULES: Final = (
    _rule(
        "phone-international",
        r"(?:\+|\b00)[ ]?[1-9][0-9]{0,2}(?:[ .\-/]?\(?[0-9]{1,5}\)?){1,6}" + _EXTENSION,
        "phone_international",
        0.8,
    ),
    _rule(
        "phone-separated",
        r"(?:\([0-9]{2,5}\)[ .\-/]?[0-9]{2,5}(?:[ .\-/][0-9]{2,5}){0,3}|\b[0-9]{3}[\-][0-9]{3}[\-][0-9]{4}\b)"
        + _EXTENSION,
        "phone_national",
        0.6,
    ),
    _rule(
        "phone-in-context",
        r"\b(?:1[ .\-])?\(?[0-9]{2,5}\)?[ .\-/]?[0-9]{2,5}(?:[ .\-/]?[0-9]{2,5}){0,4}" + _EXTENSION,
        "phone_national",
        0.5,
        required=True,
        boundary="token",  # `terminal-695817180-line` is a name.
    ),
)
