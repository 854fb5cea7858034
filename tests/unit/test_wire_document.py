"""JSON is read in its one reading, or refused without a word of it."""

from __future__ import annotations

import json

import pytest

from hushgate.errors import Malformed
from hushgate.wire.document import MAX_DEPTH, dump_json, escape_surrogates, parse_json, parse_text

REFUSED = [
    (b"", "empty"),
    (b"  ", "not valid JSON"),
    (b'{"a":1,"a":2}', "same key twice"),
    (b'{"a":1,"\\u0061":2}', "same key twice"),
    (b'[{"x":{"k":1,"k":1}}]', "same key twice"),
    (b'\xef\xbb\xbf{"a":1}', "byte order mark"),
    ('{"a":1}'.encode("utf-16"), "UTF-16"),
    ('{"a":1}'.encode("utf-16-le"), "UTF-16"),
    ('{"a":1}'.encode("utf-16-be"), "UTF-16"),
    ('{"a":1}'.encode("utf-32"), "UTF-32"),
    ('{"a":1}'.encode("utf-32-be"), "UTF-32"),
    (b'{"a":"\xff"}', "not valid UTF-8"),
    (b'{"a":"\xed\xa0\x80"}', "not valid UTF-8"),
    (b'{"a":"\xc0\x80"}', "not valid UTF-8"),
    (b"[NaN]", "NaN"),
    (b"[Infinity]", "Infinity"),
    (b"[-Infinity]", "Infinity"),
    (b"[1e999]", "too large"),
    (b"[-1e999]", "too large"),
    (b"[1e-999]", "more digits"),
    (b"[0.12345678901234567890]", "more digits"),
    (b"[" + b"9" * 5000 + b"]", "too many digits"),
    (b"[1" + b"0" * 308 + b"]", "too many digits"),
    (b"[-1" + b"0" * 308 + b"]", "too many digits"),
    (b"[1e-99999999999999999999]", "more digits"),
    (b"[0e99999999999999999999]", "more digits"),
    (b'{"a":1} x', "not valid JSON"),
    (b'{"a":1}{"b":2}', "not valid JSON"),
    (b'{"a":1}\0', "not valid JSON"),
    (b'{"a":"line\nend"}', "not valid JSON"),
    (b'{"a":"\x00"}', "not valid JSON"),
    (b"{'a':1}", "not valid JSON"),
    (b'{"a":1,}', "not valid JSON"),
    (b"[01]", "not valid JSON"),
    (b"[1]//c", "not valid JSON"),
    (b'["\\x41"]', "not valid JSON"),
    (b"\x0c[1]", "not valid JSON"),
    (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "deeper than 128"),
    (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "deeper than 128"),
    (b"[" * 200_000, "deeper than 128"),
]


@pytest.mark.parametrize(("raw", "reason"), REFUSED, ids=range(len(REFUSED)))
def test_refuses_what_has_no_one_reading(raw: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        parse_json(raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"null", None),
        (b' \t\r\n{"a": [1, 2.5, true, null, "x"]} \n', {"a": [1, 2.5, True, None, "x"]}),
        (b'"\\ud83d"', "\ud83d"),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b"[1.10, 1e3, 0.1, 1.7976931348623157e308, 5e-324]", [1.1, 1000.0, 0.1, 1.7976931348623157e308, 5e-324]),
        (b"[12345678901234567890123]", [12345678901234567890123]),
        (b"[-" + b"9" * 308 + b"]", [-(10**308 - 1)]),
        (b'{"Content":1,"content":2}', {"Content": 1, "content": 2}),
        (b'"\x7f"', "\x7f"),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)),
    ],
    ids=range(10),
)
def test_reads_json(raw: bytes, value: object) -> None:
    assert parse_json(raw) == value


def test_brackets_inside_strings_are_not_depth() -> None:
    assert parse_json(json.dumps("[" * 1000).encode()) == "[" * 1000


def test_size_is_bounded() -> None:
    assert parse_json(b"[1]", max_bytes=3) == [1]
    with pytest.raises(Malformed, match="larger than 2 bytes"):
        parse_json(b"[1]", max_bytes=2)


def test_brackets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hushgate.wire.document.MAX_CONTAINERS", 3)
    assert parse_json(b"[[{}]]") == [[{}]]
    with pytest.raises(Malformed, match="more than 3 brackets"):
        parse_json(b"[[{},{}]]")


def test_depth_can_be_set() -> None:
    assert parse_text("[[1]]", max_depth=2) == [[1]]
    with pytest.raises(Malformed, match="deeper than 1 "):
        parse_text("[[1]]", max_depth=1)


@pytest.mark.parametrize("raw", [raw for raw, _ in REFUSED if len(raw) < 200], ids=str)
def test_an_error_holds_nothing_of_the_body(raw: bytes) -> None:
    canary = b'{"canary-4929": ' + raw + b"}"
    with pytest.raises(Malformed) as caught:
        parse_json(canary)
    assert "canary" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        ({"b": 1, "a": "é"}, '{"b":1,"a":"é"}'.encode()),
        ("\ud83d", b'"\\ud83d"'),
        ({"\udc00": ["x\U0001f600"]}, b'{"\\udc00":["x\xf0\x9f\x98\x80"]}'),
        ('\n\x00"\\', b'"\\n\\u0000\\"\\\\"'),
    ],
)
def test_dumps_compact_utf8(value: object, raw: bytes) -> None:
    assert dump_json(value) == raw
    assert parse_json(raw) == value


def test_dumps_what_only_the_standard_library_writes() -> None:
    assert dump_json([1 << 80, "\ud800"]) == b'[1208925819614629174706176,"\\ud800"]'


def test_escapes_lone_surrogates_only() -> None:
    assert escape_surrogates('"a\udfffé"') == '"a\\udfffé"'
