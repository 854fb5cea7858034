"""wire.document: what is accepted has one meaning, to us, to the standard library, to orjson and to JavaScript."""

from __future__ import annotations

import json
import struct
from typing import Any, Final

import orjson

from hushgate.errors import Malformed
from hushgate.wire.document import dump_json, parse_json
from tests.fuzz.draw import Draw
from tests.fuzz.node import node
from tests.fuzz.spelled import damaged, document
from tests.fuzz.target import Target


def check(data: bytes) -> str:
    """The first byte says whether the rest is JSON, or choices that make some."""
    draw = Draw(data)
    return judge(draw.rest() if draw.flag() else damaged(draw, document(draw)))


def judge(raw: bytes) -> str:
    try:
        value = parse_json(raw)
    except Malformed as refused:
        assert refused.__context__ is None and refused.__cause__ is None, "an error that may hold the body"
        return "refused"
    meaning = meaning_of(value)
    for body in (raw, dump_json(value)):
        assert meaning_of(json.loads(body, object_pairs_hook=_pairs)) == meaning, "json reads it otherwise"
        try:
            fast = orjson.loads(body)
        except orjson.JSONDecodeError:  # lone surrogates: it has none
            pass
        else:
            assert meaning_of(fast) == meaning, "orjson reads it otherwise"
        if (javascript := node()) is not None:
            assert javascript.ask("json", body) == meaning, "Node reads it otherwise"
    return "accepted"


def meaning_of(value: Any) -> Any:
    """A value as lists: numbers as the bits of the double they are to JavaScript, members by key."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return ["number", str(struct.unpack(">Q", struct.pack(">d", float(value) + 0.0))[0])]
    if isinstance(value, list):
        return ["array", [meaning_of(item) for item in value]]
    keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return ["object", [[key, meaning_of(value[key])] for key in keys]]


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({key for key, _ in pairs}) == len(pairs), "a key twice"
    return dict(pairs)


SEEDS: Final = (
    b'\x01{"model":"gpt-x","messages":[{"role":"user","content":"hi \xf0\x9f\x98\x80"}],"seed":7}',
    b'\x01{"model": "gpt-x", "stop": ["\\u0061", "\\ud83d\\ude00", "\\/"], "temperature": 0.70, "seed": -0}',
    b'\x01[1.0,1,-0.0,1e5,1E+2,12345678901234567890,0.1,null,true,"\\ud800"]',
    b'\x01{"a":1,"\\u0061":2}',
    b'\x01{"a":{"b":[{"c":1,"c":1}]}}',
    b'\x01{"a":NaN}',
    b"\x01[1e999]",
    b"\x01[0.1000000000000000055511151231257827]",
    b'\x01\xef\xbb\xbf{"a":1}',
    b'\x01{\x00"\x00a\x00"\x00:\x001\x00}\x00',
    b'\x01{"a":"\xc0\xa2"}',
    b'\x01{"a":1}{"a":2}',
    b'\x01{"a":"{\\"b\\":\\"{}\\"}"}',
    b"\x01" + b"[" * 130 + b"]" * 130,
    b"\x01" + b"[" * 120 + b"]" * 120,
    b'\x01{"__proto__":{"a":1},"constructor":2,"1":3,"0":4}',
    b"\x00\x06\x00\x03\x00\x00a\x01b",
)  # fmt: skip
WORDS: Final = (
    b'"', b"\\", b"\\u", b"\\ud83d", b"\\ude00", b"{", b"}", b"[", b"]", b":", b",", b"null", b"true", b"false", b"NaN",
    b"Infinity", b"1e", b"e-", b"-0", b".0", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\x80", b"\xc2\x85",
    b"\xe2\x80\xa8",
    b'"a":', b'"\\u0061":', b"9007199254740993", b"1" * 20, b"\0", b"\x7f", b"//",
)  # fmt: skip

TARGET: Final = Target(check, SEEDS, WORDS, short=1500)
