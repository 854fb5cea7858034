from __future__ import annotations

import pytest

from hushgate.detect.fingerprint import Fingerprinter, normalise


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        ("123-45-6789", "123456789"),
        ("(212) 555-0101", "2125550101"),
        ("4111 1111 1111 1111", "4111111111111111"),
        ("12-34", "1234"),
        ("de89 3704 0044", "de8937040044"),
        ("DE89-3704-0044", "de8937040044"),
        ("Ada  Lovelace ", "ada lovelace"),
        ("Ada@Acme.Example", "ada@acme.example"),
        ("ｋｅｙ１", "key1"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
    ],
)
def test_spellings_of_a_value_have_one_form(value: str, normal: str) -> None:
    assert normalise(value) == normal


def test_a_fingerprint_is_keyed_and_32_hex_digits() -> None:
    one, other = Fingerprinter(b"k" * 32), Fingerprinter(b"l" * 32)
    assert one("123-45-6789") == one("123456789") != other("123456789")
    assert len(one("x")) == 32 and int(one("x"), 16) >= 0


def test_any_text_has_one() -> None:
    assert len(Fingerprinter(b"k" * 32)("\ud800")) == 32


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Fingerprinter(b"short")


def test_the_key_is_not_shown() -> None:
    assert "kkkk" not in repr(Fingerprinter(b"k" * 32))
