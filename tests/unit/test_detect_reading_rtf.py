"""RTF: all text, however it is spelled."""

from __future__ import annotations

import pytest

from hushgate.detect.reading.files import read_file


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1 jane.{\b roe}@example.com\par two}", "jane.roe@example.com\ntwo"),
        (rb"{\rtf1\ansi\ansicpg1252 \'e9t\'e9}", "été"),
        (rb"{\rtf1\ansicpg1251 \'c0}", "А"),
        (rb"{\rtf1\ansicpg99999 \'e9}", "é"),
        (rb"{\rtf1 \u233?t\u233\'e9}", "été"),
        (rb"{\rtf1 \uc2 \u233??x\uc0 \u233 y}", "éxéy"),
        (rb"{\rtf1 \u-10179?\u-8704?}", "😀"),
        (rb"{\rtf1 a\{b\}\\c\~d\_e}", "a{b}\\c d-e"),
        (rb"{\rtf1{\*\generator Jane}{\v hidden}\deleted gone}", "Janehiddengone"),
        (b"{\\rtf1 ja\r\nne\\\nx\\emdash y\\tab z}", "jane\nx—y\tz"),
    ],
)
def test_text(rtf: bytes, text: str) -> None:
    assert read_file(rtf, "RTF").texts == ((("text",), text), (("source", "beside"), rtf.decode()))


def test_pictures_and_objects_are_unread() -> None:
    contents = read_file(rb"{\rtf1 a{\pict\pngblip 89504e}{\object{\objdata 0105}}b\bin3 }}}c}", "RTF")
    assert contents.texts[0] == (("text",), "abc")
    assert [(reason, size) for _, reason, size in contents.unread] == [
        ("image", 6), ("an embedded object", 4), ("unknown binary", 3),
    ]  # fmt: skip


@pytest.mark.parametrize("rtf", [rb"{\rtf1 a", rb"{\rtf1 a}}", b"{\\rtf1 a}\\"])
def test_broken_groups_break_the_file(rtf: bytes) -> None:
    assert read_file(rtf, "RTF").unread == (((), "RTF: it is broken", len(rtf)),)


def test_what_is_skipped_is_in_the_source() -> None:
    texts = dict(read_file(rb"{\rtf1 a\uc40\u65 jane.roe@example.com}", "RTF").texts)
    assert texts["text",] == "aA"
    assert "jane.roe@example.com" in texts["source", "beside"]
