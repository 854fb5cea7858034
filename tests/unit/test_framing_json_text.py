"""Characters and their spellings, wherever JSON text is cut."""

from __future__ import annotations

import pytest

from hushgate.framing.json_text import JsonText

CASES = [
    ("plain", "plain", list("plain")),
    ("", "", []),
    (r"a\nb", "a\nb", ["a", r"\n", "b"]),
    (r"\"\\\/\b\f\n\r\t", '"\\/\b\f\n\r\t', [r"\"", r"\\", r"\/", r"\b", r"\f", r"\n", r"\r", r"\t"]),
    (r"\u00e9\u00E9", "éé", [r"\u00e9", r"\u00E9"]),
    (r"\u0022", '"', [r"\u0022"]),
    (r"\\u0041", "\\u0041", [r"\\", "u", "0", "0", "4", "1"]),
    (r"\ud83d\ude00", "\ud83d\ude00", [r"\ud83d", r"\ude00"]),
    (r"\ud83d", "\ud83d", [r"\ud83d"]),
    ("😀", "😀", ["😀"]),
    (r"\x41", "\\x41", ["\\", "x", "4", "1"]),
    (r"\u00g1", "\\u00g1", list(r"\u00g1")),
    (r"\u00e", "\\u00e", list(r"\u00e")),
    ("\\", "\\", ["\\"]),
    ('{"a": [1, "b"]}', '{"a": [1, "b"]}', list('{"a": [1, "b"]}')),
]


@pytest.mark.parametrize(("text", "characters", "spellings"), CASES)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_each_character_with_its_spelling(text: str, characters: str, spellings: list[str], size: int) -> None:
    one = JsonText()
    pairs = [*(one.feed(text[at : at + size]) for at in range(0, len(text), size)), one.flush()]
    assert "".join(c for c, _ in pairs) == characters
    assert [s for _, more in pairs for s in more] == spellings


def test_an_open_escape_is_kept_back_and_nothing_else() -> None:
    one = JsonText()
    assert one.feed(r"ab\u00e") == ("ab", ["a", "b"])
    assert one.feed("9c") == ("éc", [r"\u00e9", "c"])
    assert one.flush() == ("", [])


def test_after_a_flush_it_starts_anew() -> None:
    one = JsonText()
    one.feed("\\")
    assert one.flush() == ("\\", ["\\"])
    assert one.feed("n") == ("n", ["n"])
