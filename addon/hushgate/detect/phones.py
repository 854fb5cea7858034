"""Phone numbers: cheap RE2 shapes first, then the phonenumbers library's metadata judges each candidate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import re2

from hushgate.detect.rules import Rule
from hushgate.values import Level

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_REGIONS: Final = (
    "US", "GB", "DE", "FR", "ES", "IT", "NL", "PL", "PT", "AT", "CH", "BE", "IE", "SE", "NO", "DK", "FI", "CZ", "HU",
    "GR", "RO", "CY", "IN", "AU", "NZ", "BR", "MX", "AR", "CL", "CO", "ZA", "IL", "TR", "JP", "KR", "SG",
)  # fmt: skip
_BARE: Final = ("US", "IN")
"""Where numbers of ten digits are written without a gap or a zero in front."""
_WORDS: Final = tuple(
    word.replace("_", " ")
    for word in """
    phone phones telephone tel cellphone cell_phone mobile fax whatsapp sms hotline answering voicemail landline
    call_me call_us text_me reach_me phone_number mobile_number cell_number fax_number contact_number toll_free
    telefon telefonnummer tel.nr telefonnr handy handynummer rufnummer mobil mobilnummer mobiltelefon festnetz anrufen
    anruf rückruf ruf
    téléphone tél portable appeler appelez appelle rappeler rappelez joindre numéro_de_téléphone telephone
    teléfono tfno móvil movil celular llamar llame llámame llama cel telefono cellulare cell chiamare chiamami chiama
    telefoon telefoonnummer mobiel bellen bel telefone telemóvel telemovel ligar liga ligue
    telefonu telefonicznie komórka komórkowy kom zadzwoń dzwonić numer_telefonu tlf telefonnummer puhelin puh
    电话 電話 手机 携帯
    """.split()
)
"""Say that what stands beside them is such a number."""
_HINTS: Final = tuple(
    word.replace("_", " ")
    for word in """
    call called calling text contact reach ring desk message registered dial rang erreichst erreicht kontakt contacter
    contacto contactar contatto contacteer contato my_number his_number her_number their_number your_number
    meine_nummer ihre_nummer mon_numéro mi_número mio_numero mijn_nummer mój_numer meu_número
    """.split()
)
"""May stand beside a telephone number, and beside much else."""

_KINDS: Final = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip
"""What the library knows numbers as; one of no kind is not valid."""
_GAPS: Final = str.maketrans("", "", " .-/()")
_DATE: Final = re.compile(
    r"(?:19|20)[0-9]{2}([-./ ])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])([-./ ])(?:0?[1-9]|[12][0-9]|3[01])\2(?:19|20)[0-9]{2}"
)
_OTHER: Final = re.compile(
    r"(?:19|20)[0-9]{2} ?[-/. ] ?(?:19|20)[0-9]{2}"  # from a year to another
    r"|[0-9]{5}-[0-9]{4}"  # a ZIP code
    r"|\((?:19|20)[0-9]{2}\).*"  # the year of a publication
)
_EMPLOYER: Final = re.compile(r"[1-9][0-9]-[0-9]{7}")
"""The number of a US employer."""


def international(value: str) -> bool:
    """`+` (or 00) with a country code, and a length that country has.

    Lengths, not assigned ranges: numbers made up for a demonstration or with a typo are somebody's too.
    """
    import phonenumbers

    text = value if value.lstrip("(").startswith("+") else "+" + value.lstrip("0")
    if value.startswith("001 0"):
        return False
    return any(phonenumbers.is_possible_number(number) for number in _read(text, None))


def national(value: str) -> bool:
    """Valid in one of the regions that are looked at, or of the length and grouping of one there; no date."""
    import phonenumbers

    if not _countable(value):
        return False
    if assigned(value):
        return True
    return _grouped(value) and any(
        phonenumbers.is_possible_number(n) for region in ("US", "GB", "DE") for n in _read(value, region)
    )


def assigned(value: str) -> bool:
    """Valid in one of the regions that are looked at: in a range that is given out there."""
    import phonenumbers

    return _countable(value) and any(
        phonenumbers.is_valid_number(number) for region in _worth_reading(value) for number in _read(value, region)
    )


def hinted(value: str) -> bool:
    """In groups, and valid somewhere; or ten digits that are one where numbers are written so."""
    import phonenumbers

    if _grouped(value):
        return _EMPLOYER.fullmatch(value) is None and assigned(value)
    return _countable(value) and any(
        phonenumbers.is_valid_number(number)
        for region in (_REGIONS if value.startswith("0") else _BARE)
        for number in _read(value, region)
    )


def _countable(value: str) -> bool:
    digits = sum(c.isdigit() for c in value)
    plain = 7 <= digits <= 15 and len(set(value) & set("0123456789")) >= 3
    return plain and _DATE.fullmatch(value) is None and _OTHER.fullmatch(value) is None


def _grouped(value: str) -> bool:
    return any(c in " -.()/" for c in value.strip("() "))


def _worth_reading(value: str) -> Sequence[str]:
    """The regions in one of which a number may be valid, told by its digits: the library takes 10 us for each."""
    bare = value.replace("(0)", "").translate(_GAPS)
    if not (bare.isascii() and bare.isdigit()):
        return _REGIONS
    forms, every = _forms()
    found = forms.Match(bare.encode())
    if found is None or len(_REGIONS) not in found:  # It always matches, unless there is no memory left.
        return _REGIONS
    return [_REGIONS[n] for n in dict.fromkeys((*sorted(found), *every)) if n < len(_REGIONS)]


@cache
def _forms() -> tuple[Any, Sequence[int]]:
    """A set of what the digits of valid numbers look like, by index of region; and regions of which it cannot be said.

    What the library compares with the forms that a country has is the number as it is, or without the country's code
    and the prefix for calls inside it. After the prefix for calls abroad anything may follow.
    """
    import phonenumbers

    metadata: Callable[[str], Any] = phonenumbers.PhoneMetadata.metadata_for_region
    options = re2.Options()
    options.never_capture = True
    forms = re2.Set.FullMatchSet(options)
    every = []
    for n, region in enumerate(_REGIONS):
        own = metadata(region)
        if own.national_prefix_transform_rule:
            every.append(n)
        parts = [metadata(one) for one in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[own.country_code]]
        kinds = [getattr(part, kind) for part in parts if part is not None for kind in _KINDS]
        valid = "|".join(
            {kind.national_number_pattern: None for kind in kinds if kind and kind.national_number_pattern}
        )
        prefix = own.national_prefix_for_parsing
        begun = f"(?:{own.country_code})?" + (f"(?:{prefix}){{0,2}}" if prefix else "")
        forms.Add(f"(?:{own.international_prefix})[0-9]*|{begun}(?:{valid})".encode())
    forms.Add(b"[0-9]*")
    forms.Compile()
    return forms, every


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
    "phone_assigned": assigned,
    "phone_hinted": hinted,
}

_END: Final = r"(?:[ ,;]{0,2}(?:x|ext\.?|extension|#)[ .:]?[0-9]{1,6}|\b)"
"""An extension, or no letter: what goes on is a hash."""
_BEFORE: Final = (
    r"(?:^|[^\w\s.:/+\-] ?|[A-Za-z\x{c0}-\x{24f}\x{370}-\x{52f}\x{3040}-\x{9fff}\x{ac00}-\x{d7a3}]{2}[:.,]?\s{1,2})"
)
"""A word or a mark, but no other figure: not in the middle of a row of them."""
_APART: Final = r"(?:^|[^\w.-])"
_AFTER: Final = r"(?:$|[^\w-]|-(?i:office|fax|home|mobile|cell|work|tel|phone|desk))"
"""`terminal-695817180-line` is a name."""
_GROUPS: Final = r"(?:1[ .\-])?\(?[0-9]{2,5}\)?(?:[ ]?[./\-][ ]?|[ ])?[0-9]{2,11}(?:[ .\-/][0-9]{2,5}){0,4}"


def _rule(
    rule_id: str, pattern: str, validator: str, score: float, words: tuple[str, ...] = (), *, window: int = 64
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
        boundary="digit",
        keywords=words,
        context_words=words or _WORDS,
        context_required=bool(words),
        context_window=window,
        validate=(validator,),
        score=score,
        context_score=0.95,
    )


RULES: Final = (
    _rule(
        "phone-international",
        r"\+[ ]?[1-9][0-9]{0,2}(?:[ .\-/]?\(?[0-9]{1,9}\)?){1,6}" + _END,
        "phone_international",
        0.8,
    ),
    _rule(
        "phone-international-zeros",
        _BEFORE + r"(00[1-9][0-9]{0,2}(?:[ .\-/]\(?[0-9]{1,9}\)?){2,6}" + _END + ")",
        "phone_international",
        0.7,
    ),
    _rule(
        "phone-separated",
        r"(?:\([0-9]{2,5}\)[ .\-/]?[0-9]{2,9}(?:[ .\-/][0-9]{2,5}){0,3}"
        r"|\b(?:1[.\-])?[2-9][0-9]{2}(?:-[0-9]{3}-|\.[0-9]{3}\.)[0-9]{4})" + _END,
        "phone_national",
        0.6,
    ),
    _rule(
        "phone-with-zero",
        _BEFORE + r"(0[1-9][0-9]{0,4}(?:(?:[ ]?/[ ]?|[ .\-])[0-9]{2,9}(?:[ .][0-9]{2,5}){0,4}|-[0-9]{4}-[0-9]{4}))"
        r"(?:$|[^\w\s.:/\-]|[.:]?\s(?:$|[^0-9]{2}))",
        "phone_assigned",
        0.6,
    ),
    _rule("phone-in-context", f"{_APART}({_GROUPS}{_END}){_AFTER}", "phone_national", 0.5, _WORDS),
    _rule("phone-beside-hint", f"{_APART}({_GROUPS}{_END}){_AFTER}", "phone_hinted", 0.5, _HINTS, window=32),
)
