"""An array in pieces: elements, what is between them, and elements of the gate's own."""

from __future__ import annotations

import json

import pytest

from hushgate.errors import Malformed
from hushgate.framing.json_array import JSONArray


def told(*chunks: bytes) -> list[str | None]:
    array = JSONArray()
    return [e.data for chunk in chunks for e in array.feed(chunk)] + [e.data for e in array.flush()]


@pytest.mark.parametrize(
    ("body", "elements"),
    [
        (b'[{"a":1}\n,\r\n{"b":"]},{["}]\n', ['{"a":1}', '{"b":"]},{["}']),
        (b'[{"a":"\\"}"},[1,[2]],"x,]",-1.5,null]', ['{"a":"\\"}"}', "[1,[2]]", '"x,]"', "-1.5", "null"]),
        (b"[]", []),
        (b" [ ] ", []),
        (b'{"error":{"message":"no"}}', ['{"error":{"message":"no"}}']),
        (b"", []),
    ],
)
def test_elements_are_told_apart(body: bytes, elements: list[str]) -> None:
    assert [e for e in told(body) if e is not None] == elements
    assert [e for e in told(*(bytes([b]) for b in body)) if e is not None] == elements


@pytest.mark.parametrize("body", [b"1", b"[1]2", b"[,1]", b"[1,]", b"[}", b'{"a":1},{"b":2}', b'{"a":1}]', b"x[1]"])
def test_what_is_no_array_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match="no JSON array"):
        told(body)


def test_an_unfinished_element_is_given_out() -> None:
    assert told(b'[{"a":1},{"b"')[-1] == '{"b"'


@pytest.mark.parametrize("body", [b"[1,2]", b"[\n1\n,\n2\n]\n", b"[]", b"[1"])
def test_own_elements_leave_an_array(body: bytes) -> None:
    array, out, own = JSONArray(), b"", 0
    closed = False
    for source in (lambda: array.feed(body), array.flush):
        for element in source():
            if element.closes:
                closed = True
                out += array.frame('"rest"', last=True)
                own += 1
            elif element.data is not None:
                out += array.frame('"held"')
                own += 1
            out += element.raw
    if not closed:
        out += array.frame('"rest"', error=True)
        own += 1
    document = json.loads(out)
    assert len([e for e in document if isinstance(e, str)]) == own
    assert document[-1] == "rest"


@pytest.mark.parametrize(
    ("before", "handled"), [(b"", 0), (b"[", 0), (b'[{"a":1}', 1), (b'[{"a":1},', 1), (b"[1,2,3]", 2)]
)
def test_an_error_ends_the_array_wherever_it_comes(before: bytes, handled: int) -> None:
    array, out = JSONArray(), b""
    for element in array.feed(before):
        if element.data is not None:
            if not handled:
                break
            handled -= 1
        out += element.raw
    out += array.frame('{"error":1}', error=True)
    assert json.loads(out)[-1] == {"error": 1}


def test_a_whole_array_stays_whole() -> None:
    array, out = JSONArray(), b""
    with pytest.raises(Malformed, match="no JSON array"):
        for element in array.feed(b'[{"a":1}]{'):
            out += element.raw
    assert out + array.frame('{"error":1}', error=True) == b'[{"a":1}]'


def test_a_lone_object_gives_way_to_an_error() -> None:
    array = JSONArray()
    for _ in array.feed(b'{"a":1}'):
        assert array.frame('{"error":1}', error=True) == b'{"error":1}'
    assert array.frame('{"error":1}', last=True) == b""


def test_an_element_may_be_so_large_and_no_larger() -> None:
    assert [e.data for e in JSONArray(largest=6).feed(b"[12345,")][1] == "12345"
    with pytest.raises(Malformed, match="larger than 4 bytes"):
        [*JSONArray(largest=4).feed(b'["12345')]
    with pytest.raises(ValueError, match="no element"):
        next(iter(JSONArray().feed(b"["))).with_data("1")
