"""Lines of JSON: told apart, rewritten, added."""

from __future__ import annotations

import pytest

from hushgate.errors import Malformed
from hushgate.framing.ndjson import NDJSON


def test_lines_keep_their_ends_and_blank_ones_carry_nothing() -> None:
    lines = NDJSON()
    found = [*lines.feed(b'{"a":1}\n\n{"b":2}\r\n{"c"'), *lines.feed(b":3}"), *lines.flush()]
    assert [(line.raw, line.data) for line in found] == [
        (b'{"a":1}\n', '{"a":1}'),
        (b"\n", None),
        (b'{"b":2}\r\n', '{"b":2}'),
        (b'{"c":3}', '{"c":3}'),
    ]
    assert found[2].with_data("{}") == b"{}\r\n"
    assert found[3].with_data("{}") == b"{}"


def test_a_line_cannot_become_two() -> None:
    lines = NDJSON()
    (line,) = lines.feed(b"{}\n")
    for write in (line.with_data, lines.frame):
        with pytest.raises(ValueError, match="a line cannot carry this"):
            write("{}\n{}")


def test_a_line_of_its_own_stands_alone() -> None:
    lines = NDJSON()
    assert lines.frame("{}") == b"{}\n"
    assert [line.raw for line in (*lines.feed(b"1"), *lines.flush())] == [b"1"]
    assert lines.frame("{}", last=True) == b"\n{}\n"
    assert lines.frame("{}", last=True) == b"{}\n"


def test_a_line_may_be_so_large_and_no_larger() -> None:
    assert len([*NDJSON(largest=4).feed(b"123\n")]) == 1
    for chunks in ([b"1234\n"], [b"12", b"345"]):
        lines = NDJSON(largest=4)
        with pytest.raises(Malformed, match="larger than 4 bytes"):
            [line for chunk in chunks for line in lines.feed(chunk)]


def test_what_came_before_a_line_too_large_is_given_out() -> None:
    seen = []
    with pytest.raises(Malformed):
        for line in NDJSON(largest=3).feed(b"1\n12345\n"):
            seen.append(line.data)
    assert seen == ["1"]
