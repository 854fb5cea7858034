from __future__ import annotations

import base64
import zlib
from datetime import date, timedelta

import pytest

from hushgate.detect.checksums import CHECKSUMS
from hushgate.detect.validate import VALIDATORS

DIGITS62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def url64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def with_crc(prefix: str, body: str) -> str:
    number, check = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        check = DIGITS62[digit] + check
    return prefix + body + check


TABLE = [
    ("luhn", "4111 1111 1111 1111", True, "the usual sample"),
    ("luhn", "4111 1111 1111 1112", False, "one digit off"),
    ("luhn", "0000000000000000", False, "all digits equal"),
    ("card", "4111111111111111", True, "visa, 16"),
    ("card", "41111111111111", False, "visa has no 14"),
    ("card", "5105-1051-0510-5100", True, "mastercard"),
    ("card", "2223003122003222", True, "mastercard's second range"),
    ("card", "378282246310005", True, "amex, 15"),
    ("card", "30569309025904", True, "diners, 14"),
    ("card", "9111111111111111", False, "no such brand"),
    ("card", "", False, "nothing"),
    ("iban", "DE89 3704 0044 0532 0130 00", True, "with spaces"),
    ("iban", "gb29nwbk60161331926819", True, "lower case"),
    ("iban", "DE89370400440532013001", False, "checksum"),
    ("iban", "DE8937040044053201300", False, "too short for the country"),
    ("iban", "ZZ89370400440532013000", False, "no such country"),
    ("mod97", "NO9386011117947", True, "the shortest"),
    ("ssn", "536-90-4399", True, "plain"),
    ("ssn", "000-90-4399", False, "area 000"),
    ("ssn", "666-90-4399", False, "area 666"),
    ("ssn", "936-90-4399", False, "area 9xx"),
    ("ssn", "536-00-4399", False, "group 00"),
    ("ssn", "536-90-0000", False, "serial 0000"),
    ("ssn", "078-05-1120", False, "printed on a wallet insert"),
    ("itin", "912-78-1234", True, "group 78"),
    ("itin", "912-93-1234", False, "group 93 is not assigned"),
    ("itin", "812-78-1234", False, "does not begin with 9"),
    ("aba", "021000021", True, "New York"),
    ("aba", "021000022", False, "checksum"),
    ("aba", "411000021", False, "no such district"),
    ("nhs", "943 476 5919", True, "mod 11"),
    ("nhs", "943 476 5918", False, "mod 11 fails"),
    ("vin", "1HGCM82633A004352", True, "check digit"),
    ("vin", "WVWZZZ1JZXW000001", None, "Europe has no check digit"),
    ("vin", "1HGCM82633A00435O", False, "holds an O"),
    ("ip", "93.184.216.34", True, "public"),
    ("ip", "127.0.0.1", False, "loopback"),
    ("ip", "255.255.255.0", False, "a mask"),
    ("ip", "fe80::1%eth0", True, "with a zone"),
    ("ip", "12:34:56", False, "a time"),
    ("ip", "a::b", False, "a scope in C++"),
    ("ip", "dead::beef", False, "words in C++"),
    ("ip", "fe80::1", True, "short"),
    ("ip_any", "127.0.0.1", True, "any will do"),
    ("ip_any", "256.0.0.1", False, "not an address"),
    ("ip_private", "10.1.4.22", True, "RFC 1918"),
    ("ip_private", "93.184.216.34", False, "public"),
    ("ip_public", "93.184.216.34", True, "public"),
    ("ip_public", "192.168.0.7", False, "RFC 1918"),
    ("mac", "00:1B:44:11:3A:B7", True, "plain"),
    ("mac", "ff:ff:ff:ff:ff:ff", False, "broadcast"),
    ("btc", "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ", True, "base58check"),
    ("btc", "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyY", False, "checksum"),
    ("btc", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", True, "bech32, BIP 173's own"),
    ("btc", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", False, "bech32 checksum"),
    ("btc", "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", False, "mixed case"),
    ("base58check", "0OIl", False, "not in the alphabet"),
    ("eth", "0x" + "0" * 40, False, "nobody's"),
    ("eth", "0x52908400098527886E0F7030069857D2E4169EE7", None, "Keccak is not at hand"),
    ("jwt", url64(b'{"alg":"HS256"}') + ".e30.x", True, "has an algorithm"),
    ("jwt", url64(b'{"name":"x"}') + ".e30.x", False, "no header"),
    ("jwt", url64(b"nonsense") + ".e30.x", False, "not JSON"),
    ("jwt", url64(b"[" * 5000) + ".e30.x", False, "nested too deeply"),
    ("github_crc32", with_crc("gh" + "p_", "Zq" * 15), True, "checksum holds"),
    ("github_crc32", "gh" + "p_" + "Zq" * 18, None, "a failed checksum never drops"),
    ("github_crc32", "gh" + "p_", None, "cut off"),
    ("base64_32", b64(bytes(range(32))), True, "32 bytes"),
    ("base64_32", b64(bytes(range(31))), False, "31 bytes"),
    ("base64_64", b64(bytes(range(64))), True, "64 bytes"),
    ("base64_64", "!!!!", False, "not base64"),
    ("base64_pair", b64(b"carol:Kp3x"), True, "user and password"),
    ("base64_pair", b64(b"carol"), False, "no colon"),
    ("base64_pair", b64(b"carol:\x00\x01"), False, "not text"),
    ("birthday", "1985-03-14", True, "ISO"),
    ("birthday", "14.03.1985", True, "German"),
    ("birthday", "03/14/85", True, "American, two digits"),
    ("birthday", "19850314", True, "eight digits"),
    ("birthday", "14031985", True, "eight digits, day first"),
    ("birthday", "14 mars 1985", True, "French"),
    ("birthday", "March 14th, 1985", True, "English"),
    ("birthday", "14 de março de 1985", True, "Portuguese"),
    ("birthday", "14. października 1985", True, "Polish"),
    ("birthday", "99/99/1985", False, "no such day"),
    ("birthday", "1885-03-14", False, "nobody lives that long"),
    ("birthday", (date.today() + timedelta(days=400)).isoformat(), False, "in the future"),
    ("birthday", "no date", False, "no numbers"),
    ("grown_up", "1985-03-14", True, "a day of long ago"),
    ("grown_up", date.today().isoformat(), False, "born today"),
]


@pytest.mark.parametrize(("name", "value", "expected", "why"), TABLE, ids=[f"{r[0]}-{r[3]}" for r in TABLE])
def test_verdicts(name: str, value: str, expected: bool | None, why: str) -> None:
    assert VALIDATORS[name](value) is expected, why


@pytest.mark.parametrize("name", sorted(VALIDATORS))
@pytest.mark.parametrize("value", ["", "-", "0", "é" * 20, "٣" * 16, "\ud800", "A" * 5000, "9" * 5000])
def test_no_validator_raises(name: str, value: str) -> None:
    assert VALIDATORS[name](value) in (True, False, None)


def test_every_validator_is_in_the_table() -> None:
    assert {row[0] for row in TABLE} == set(VALIDATORS) - set(CHECKSUMS) | {"luhn"}
