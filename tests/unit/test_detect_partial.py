from __future__ import annotations

import re

import pytest
import re2

from hushgate.detect.partial import beginnings, under_way

CARD = r"[0-9]{4} [0-9]{4} [0-9]{4}"


def _begins(pattern: str, text: str) -> int | None:
    way = under_way(pattern)
    assert way is not None
    found = re2.search(way + r"\z", text)
    if found is None or found.start() == len(text):
        return None
    begins: int = min((s for s, _ in map(found.span, range(1, found.re.groups + 1)) if s >= 0), default=found.start())
    return begins


@pytest.mark.parametrize(
    ("pattern", "text", "begins"),
    [
        (CARD, "pay 1234 ", 4),
        (CARD, "pay 1234 5678 9", 4),
        (CARD, "pay 1234 x", None),
        (CARD, "pay 123 ", None),
        (r"(?i)code is ([a-z]+ [0-9]+)", "CODE IS abc ", 8),
        (r"(?i)code is ([a-z]+ [0-9]+)", "code is ", None),
        (r"(?i)code is ([a-z]+ [0-9]+)", "xx abc ", None),
        (r'key="([^"]+)"', 'key="open sesame ', 5),
        (r'key="([^"]+)"', 'key="open" ', None),
        (r"(?s)-----BEGIN KEY-----.*?-----END KEY-----", "x -----BEGIN KEY-----\nabc\n", 2),
        (r"(?:Mr|Dr) (?:Smith|Jones)", "see Dr ", 4),
        (r"password is (\S{6,})", "password is 我的", 12),
        (r"password is ([^\s']+)", "password is hunter ", 12),
        (r"password is (\S{6,})", "password is hunter22 ", None),
    ],
)
def test_a_value_under_way_is_seen_from_its_start(pattern: str, text: str, begins: int | None) -> None:
    assert _begins(pattern, text) == begins


@pytest.mark.parametrize("pattern", [r"acme_[a-z0-9]{20}", r"password is (\w+)", r"[a-z.\d]+@[^\s\x{80}-\x{10ffff}]+"])
def test_values_that_end_with_a_run_need_no_such_pattern(pattern: str) -> None:
    assert under_way(pattern) is None


@pytest.mark.parametrize(
    "pattern", [CARD, r"a( b)?c", r"(?:x y|z{2,} w)+!", r"(?i)n[aä]me: (?P<secret>[A-Z][a-z]+ [A-Z]+)"]
)
def test_every_beginning_of_a_match_is_under_way(pattern: str) -> None:
    samples = {CARD: "1234 5678 9012", r"a( b)?c": "a bc", r"(?:x y|z{2,} w)+!": "x yzz wx y!"}
    text = samples.get(pattern, "Näme: Ada LOVE")
    whole = re.fullmatch(pattern, text)
    assert whole is not None
    start = whole.start(whole.re.groupindex.get("secret", 1 if whole.re.groups else 0))
    way = under_way(pattern)
    assert way is not None
    for end in range(start + 1, len(text)):
        found = re2.search(way + r"\z", text[:end])
        assert found is not None and found.start() < end, text[:end]


def test_all_beginnings_of_a_value_are_told_and_what_leads_to_it() -> None:
    begun = beginnings(r"(?i)password(?: is)? ([a-z]{3,8}[0-9])")
    assert begun is not None
    assert begun.led == len("password is ")
    for text in ("a", "abc", "ABCDEFGH1"):
        assert re2.fullmatch(begun.value, text), text
    for text in ("", "1", "abcdefghi", "ab1"):
        assert not re2.fullmatch(begun.value, text), text
    assert re2.search(begun.reached + r"\z", "my Password is the")
    assert not re2.search(begun.reached + r"\z", "my password is ")


def test_a_list_of_words_begins_with_no_other() -> None:
    begun = beginnings("(?:January|February|March|April|Mayday) [0-9]")
    assert begun is not None and begun.led == 0
    assert re2.fullmatch(begun.value, "Mar")
    assert not re2.fullmatch(begun.value, "Mary")


def test_classes_of_unicode_are_read() -> None:
    begun = beginnings(r"\p{Lu}[\p{Ll}'-]+: ([\pL]{2,9}\\p)")
    assert begun is not None
    assert re2.fullmatch(begun.value, "Éa\\")
    assert re2.search(begun.reached + r"\z", "Élan: é")
    assert under_way(r"name: (\p{L}+)") is not None  # of ideographs, too
    assert beginnings("[[:alpha:]]x") is None


@pytest.mark.parametrize(
    ("pattern", "before", "text"),
    [
        ("see (?i:my key) ([a-z]+)", "see MY KEY ", "see MY KEY abc"),
        ("(?i)a(?P<other>b(?P<secret>c))d", "AB", "ABCD"),
        ("foo(?:a(x)|b)", "", "fooax"),
        ("foo(?:a(x))+", "", "fooax"),
    ],
)
def test_what_leads_to_a_value_stands_whole_in_all_that_reaches_it(pattern: str, before: str, text: str) -> None:
    begun = beginnings(pattern)
    assert begun is not None
    assert re2.fullmatch(begun.before, before)
    reached = [text[:end] for end in range(len(text) + 1) if re2.fullmatch(begun.reached, text[:end])]
    assert reached and all(re2.match(begun.before, one) for one in reached)
