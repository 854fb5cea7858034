"""JSON in its one reading: strict in, deterministic out (RFC 8259).

Everything two parsers could read differently is refused: duplicate keys (also
those that are equal only after unescaping), a byte order mark, UTF-16 and
UTF-32, invalid UTF-8, NaN and infinities, fractions that a double does not hold
and integers beyond all doubles, trailing content, and documents too deep or too
large. Lone surrogates written as escapes are kept, since a stream may cut an
emoji in two; so are integers from 2**53 on, which are ids: all of their digits
are read, though JavaScript rounds them.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Final

import orjson

from hushgate.errors import Malformed

MAX_DEPTH: Final = 128
"""Containers inside one another, the outermost included."""
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_CONTAINERS: Final = 2_000_000
"""Brackets in a body, those inside strings counted too: the memory they take is known beforehand."""

_DIGITS: Final = 308  # any integer of so many is finite as a double
_EXACT_DIGITS: Final = 15  # a double holds any decimal of 15 significant digits (IEEE 754)
_NEAR_ONE: Final = re.compile(r"-?[0-9]+\.[0-9]+\Z")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("the JSON has an object with the same key twice")
    return members


def _float(text: str) -> float:
    number = float(text)
    if len(text) <= _EXACT_DIGITS and _NEAR_ONE.match(text):
        return number
    if not isfinite(number):
        raise Malformed("the JSON has a number too large for a double")
    try:
        exact = Decimal(text) == Decimal(repr(number))
    except InvalidOperation:  # an exponent beyond all bounds
        exact = False
    if not exact:
        raise Malformed("the JSON has a number with more digits than a double holds")
    return number


def _integer(text: str) -> int:
    if len(text) > _DIGITS + text.startswith("-"):
        raise Malformed("the JSON has an integer with too many digits")
    return int(text)


def _constant(_: str) -> object:
    raise Malformed("the JSON has NaN or Infinity, which are not JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_float, parse_int=_integer, parse_constant=_constant
)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False)


def parse_json(raw: bytes, *, max_bytes: int = MAX_BYTES) -> object:
    """The document in `raw`; Malformed, without any of its text, if it has no one reading."""
    if len(raw) > max_bytes:
        raise Malformed(f"the body is larger than {max_bytes} bytes")
    if not raw:
        raise Malformed("the body is empty where JSON was expected")
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw[:4]:
        raise Malformed("the JSON is not plain UTF-8: a byte order mark, UTF-16 or UTF-32")
    if (value := _canonical(raw)) is not None:
        return value
    # The codec's own error holds the body: it ends here, not even as a context.
    try:
        text: str | None = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None:
        raise Malformed("the JSON is not valid UTF-8")
    return parse_text(text)


def _canonical(raw: bytes) -> object | None:
    """The document, if `raw` is byte for byte what `dump_json` writes: then it has one reading. None to look closer.

    Most clients send just that, and it costs a fraction of the strict reading.
    """
    if b'": ' in raw[:64] or raw[:1] not in (b"{", b"["):
        return None
    try:
        value: object = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    containers = raw.count(b"[") + raw.count(b"{")
    if containers > MAX_CONTAINERS or (containers > MAX_DEPTH and _deeper(value, MAX_DEPTH)):
        return None
    return value if orjson.dumps(value) == raw else None


def parse_text(text: str, *, max_depth: int = MAX_DEPTH) -> object:
    """The document in `text`, by the same rules as `parse_json`."""
    containers = text.count("[") + text.count("{")
    if containers > MAX_CONTAINERS:
        raise Malformed(f"the JSON has more than {MAX_CONTAINERS} brackets")
    # json's errors hold the whole document in `.doc`; `from None` would keep it as the context.
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        reason = f"the body is not valid JSON (at character {error.pos})"
    except RecursionError:
        reason = f"the JSON is nested deeper than {max_depth} levels"
    else:
        if containers > max_depth and _deeper(value, max_depth):
            raise Malformed(f"the JSON is nested deeper than {max_depth} levels")
        return value
    raise Malformed(reason)


def dump_json(value: object) -> bytes:
    """`value` as compact UTF-8, keys in their order, lone surrogates escaped."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        # Lone surrogates, integers beyond 64 bits, great depth: rare, and the standard library writes them.
        text = _ENCODER.encode(value)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return escape_surrogates(text).encode("utf-8")


def escape_surrogates(text: str) -> str:
    """JSON text with its lone surrogates as `\\udxxx`; they stand in strings only."""
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _deeper(value: object, depth: int) -> bool:
    level: list[object] = [value]
    for _ in range(depth):
        level = [
            child
            for container in level
            if isinstance(container, dict | list)
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True
