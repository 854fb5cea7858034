"""Phone numbers: cheap RE2 shapes first, then the phonenumbers library's metadata judges each candidate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hushgate.detect.rules import Rule
from hushgate.values import Level

_REGIONS: Final = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "AT", "CH", "IN", "AU", "BR", "PL", "PT", "IL", "JP")
_WORDS: Final = tuple(
    """phone telephone tel cell cellphone mobile fax call text sms whatsapp dial ring reach contact hotline number
    telefon telefonnummer handy rufnummer mobil anrufen téléphone portable appeler teléfono móvil llamar celular
    telefono cellulare chiamare telefoon bellen telefone celular komórka""".split()
)


def international(value: str) -> bool:
    """A number with `+` (or 00) and a country code that some country assigns."""
    import phonenumbers

    text = value if value.lstrip("(").startswith("+") else "+" + value.lstrip("0")
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(_main(text), None))
    except phonenumbers.NumberParseException:
        return False


def national(value: str) -> bool:
    """A number that is valid in one of the regions that are looked at, as written there."""
    import phonenumbers

    digits = sum(c.isdigit() for c in value)
    if not 7 <= digits <= 15:
        return False
    for region in _REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(_main(value), region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _main(value: str) -> str:
    return value.replace("(0)", "")


VALIDATORS: Final[Mapping[str, Callable[[str], bool | None]]] = {
    "phone_international": international,
    "phone_national": national,
}

_EXTENSION: Final = r"(?:[ ,;]{0,2}(?:x|ext\.?|extension|#)[ .:]?[0-9]{1,6})?"


def _rule(rule_id: str, pattern: str, validator: str, score: float, *, required: bool = False) -> Rule:
    return Rule(
        id=rule_id,
        entity="PHONE_NUMBER",
        level=Level.CONFIDENTIAL,
        category="pii",
        says="A telephone number",
        pattern=pattern,
        match=(),
        no_match=(),
        boundary="digit",
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
        r"(?:\([0-9]{2,5}\)[ .\-/]?[0-9]{2,5}(?:[ .\-/][0-9]{2,5}){0,3}|\b[0-9]{3}[\-][0-9]{3}[\-][0-9]{4}\b)" + _EXTENSION,
        "phone_national",
        0.6,
    ),
    _rule(
        "phone-in-context",
        r"\b(?:1[ .\-])?\(?[0-9]{2,5}\)?[ .\-/]?[0-9]{2,5}(?:[ .\-/]?[0-9]{2,5}){0,4}" + _EXTENSION,
        "phone_national",
        0.5,
        required=True,
    ),
)
