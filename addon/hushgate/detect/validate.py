"""Judgements on a matched value, by name, for a rule's `validate` list.

A validator takes the value as it stood in the text. True confirms it, False
drops the match, None says nothing (a checksum that fixtures and cut-off
tokens fail on may confirm but never drops).
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import string
import zlib
from collections.abc import Callable, Mapping
from typing import Final

from hushgate.detect.checksums import CHECKSUMS
from hushgate.detect.checksums.schemes import digits as _digits
from hushgate.detect.dates import birthday, grown_up

type Verdict = bool | None
type Validator = Callable[[str], Verdict]

# Length of a country's IBAN (ISO 13616 registry).
_IBAN_LENGTHS: Final[Mapping[str, int]] = {
    code: length
    for length, codes in {
        15: "NO", 16: "BE", 18: "DK FK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC",
        33: "RU",
    }.items()
    for code in codes.split()
}  # fmt: skip

# Issuer prefixes and lengths (ISO/IEC 7812, the brands' public ranges).
_CARD_BRANDS: Final[tuple[tuple[int, int, int, frozenset[int]], ...]] = tuple(
    (low, high, len(str(low)), frozenset(lengths))
    for low, high, lengths in (
        (4, 4, (13, 16, 19)),
        (51, 55, (16,)), (2221, 2720, (16,)),
        (34, 34, (15,)), (37, 37, (15,)),
        (300, 305, (14, 16)), (309, 309, (14, 16)), (36, 36, (14, 16)), (38, 39, (14, 16)),
        (6011, 6011, (16, 19)), (644, 649, (16, 19)), (65, 65, (16, 19)),
        (3528, 3589, (16, 17, 18, 19)), (1800, 1800, (15,)), (2131, 2131, (15,)),
        (62, 62, (16, 17, 18, 19)), (81, 81, (16, 17, 18, 19)),
        (50, 50, tuple(range(12, 20))), (56, 58, tuple(range(12, 20))),
        (60, 60, tuple(range(16, 20))), (61, 61, tuple(range(12, 20))), (63, 63, tuple(range(12, 20))),
        (66, 69, tuple(range(12, 20))),
        (2200, 2204, (16,)), (9792, 9792, (16,)),
    )
)  # fmt: skip

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def card(value: str) -> Verdict:
    """A brand's prefix with one of that brand's lengths."""
    digits = "".join(map(str, _digits(value)))
    return any(
        low <= int(digits[:width] or -1) <= high and len(digits) in sizes for low, high, width, sizes in _CARD_BRANDS
    )


def iban(value: str) -> Verdict:
    """ISO 13616: the country's length, and ISO 7064 mod 97-10."""
    bare = "".join(c for c in value.upper() if c.isalnum())
    if _IBAN_LENGTHS.get(bare[:2]) != len(bare) or not bare.isascii():
        return False
    return int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1


def ssn(value: str) -> Verdict:
    """US Social Security number: no area 000, 666 or 9xx, no zero group or serial, no well-known sample."""
    digits = "".join(map(str, _digits(value)))
    if len(digits) != 9 or digits[:3] in ("000", "666") or digits[0] == "9":
        return False
    if digits[3:5] == "00" or digits[5:] == "0000" or len(set(digits)) == 1:
        return False
    return digits not in {"078051120", "219099999", "457555462"}


def itin(value: str) -> Verdict:
    """US individual taxpayer number: 9xx and a group that the IRS assigns."""
    digits = "".join(map(str, _digits(value)))
    group = int(digits[3:5] or 0)
    return len(digits) == 9 and digits[0] == "9" and (50 <= group <= 65 or 70 <= group <= 99 and group not in (89, 93))


def aba(value: str) -> Verdict:
    """US bank routing number: a Federal Reserve prefix and the 3-7-1 checksum."""
    digits = _digits(value)
    if len(digits) != 9 or len(set(digits)) < 3:
        return False
    prefix = digits[0] * 10 + digits[1]
    assigned = prefix <= 12 or 21 <= prefix <= 32 or 61 <= prefix <= 72 or prefix == 80
    return assigned and sum(d * w for d, w in zip(digits, (3, 7, 1) * 3, strict=True)) % 10 == 0


def nhs(value: str) -> Verdict:
    """UK NHS number: mod 11. One in eleven numbers passes, so a rule needs context too."""
    digits = _digits(value)
    if len(digits) != 10 or len(set(digits)) < 2:
        return False
    return sum(d * w for d, w in zip(digits, range(10, 0, -1), strict=True)) % 11 == 0


def vin(value: str) -> Verdict:
    """Vehicle identification number, ISO 3779: the North American check digit confirms; others do not have one."""
    table = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    upper = value.upper()
    if len(upper) != 17 or any(c not in string.digits and c not in table for c in upper):
        return False
    rest = sum((int(c) if c.isdigit() else table[c]) * w for c, w in zip(upper, weights, strict=True)) % 11
    return True if upper[8] == "0123456789X"[rest] else None


def _address(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(value.strip("[]").partition("%")[0].partition("/")[0])
    except ValueError:
        return None


def ip(value: str) -> Verdict:
    """An address that can be some host's: not a mask, nor 0.0.0.0, ::, or loopback, nor C++ (`a::b`)."""
    found = _address(value)
    if found is None or found.is_unspecified or found.is_loopback or found.is_multicast:
        return False
    if found.version == 4:
        return int(found) >> 24 not in (0, 255)
    return any(c.isdigit() for c in value) and (value.count(":") > 2 or len(value.partition(":")[0]) == 4)


def ip_any(value: str) -> Verdict:
    """Any address at all."""
    return _address(value) is not None


def ip_private(value: str) -> Verdict:
    """An address that is not routed on the internet."""
    found = _address(value)
    return found is not None and found.is_private


def ip_public(value: str) -> Verdict:
    """An address that is routed on the internet."""
    found = _address(value)
    return found is not None and not found.is_private


def mac(value: str) -> Verdict:
    """Neither the zero nor the broadcast address, nor one of two digits alone."""
    bare = "".join(c for c in value.lower() if c in string.hexdigits)
    return len(bare) == 12 and len(set(bare)) > 2


def _base58check(value: str) -> bool:
    number = 0
    for c in value:
        digit = _BASE58.find(c)
        if digit < 0:
            return False
        number = number * 58 + digit
    zeros = len(value) - len(value.lstrip("1"))
    raw = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    return len(raw) > 4 and hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def _bech32(value: str) -> bool:
    """BIP 173 and BIP 350."""
    if value.lower() != value and value.upper() != value:
        return False
    head, _, body = value.lower().rpartition("1")
    if not head or any(c not in _BECH32 for c in body):
        return False
    check = 1
    steps = [ord(c) >> 5 for c in head] + [0] + [ord(c) & 31 for c in head] + [_BECH32.index(c) for c in body]
    for step in steps:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ step
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> i & 1 else 0
    return check in (1, 0x2BC830A3)


def base58check(value: str) -> Verdict:
    """Base58Check, as Bitcoin's addresses and WIF keys (and Litecoin's, Dogecoin's, Tron's) have it."""
    return _base58check(value)


def btc(value: str) -> Verdict:
    """A Bitcoin address: Base58Check or Bech32(m)."""
    return _bech32(value) if value[:3].lower() == "bc1" else _base58check(value)


def eth(value: str) -> Verdict:
    """An Ethereum address; EIP-55 needs Keccak, so mixed case only keeps it, and zero-like ones drop."""
    return False if len(set(value[2:].lower())) < 6 else None


def jwt(value: str) -> Verdict:
    """The header decodes to a JSON object with `alg` or `typ` (RFC 7519, RFC 7515)."""
    head = value.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and not header.keys().isdisjoint({"alg", "typ", "enc", "kid"})


def github_crc32(value: str) -> Verdict:
    """GitHub's newer tokens (and npm's) end in the CRC-32 of the rest, in base 62. Confirms, never drops."""
    _, _, body = value.rpartition("_")
    if len(body) < 12:
        return None
    number, wanted = zlib.crc32(body[:-6].encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        wanted = _BASE62[digit] + wanted
    return True if wanted == body[-6:] else None


def _decoded_size(value: str, size: int) -> Verdict:
    plain = value.replace("-", "+").replace("_", "/")
    try:
        return len(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)) == size
    except ValueError:
        return False


def base64_32(value: str) -> Verdict:
    """Base64 of 32 bytes."""
    return _decoded_size(value, 32)


def base64_64(value: str) -> Verdict:
    """Base64 of 64 bytes, as Azure's storage keys are."""
    return _decoded_size(value, 64)


def base64_pair(value: str) -> Verdict:
    """Base64 of `user:password`, as in HTTP Basic (RFC 7617)."""
    try:
        user, colon, password = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).partition(b":")
    except ValueError:
        return False
    return bool(colon and password and all(b >= 32 for b in user + password))


VALIDATORS: Final[Mapping[str, Validator]] = {
    "card": card,
    "iban": iban,
    "mod97": iban,
    "ssn": ssn,
    "itin": itin,
    "aba": aba,
    "nhs": nhs,
    "vin": vin,
    "ip": ip,
    "ip_any": ip_any,
    "ip_private": ip_private,
    "ip_public": ip_public,
    "mac": mac,
    "base58check": base58check,
    "btc": btc,
    "eth": eth,
    "jwt": jwt,
    "github_crc32": github_crc32,
    "base64_32": base64_32,
    "base64_64": base64_64,
    "base64_pair": base64_pair,
    "birthday": birthday,
    "grown_up": grown_up,
    **CHECKSUMS,
}
