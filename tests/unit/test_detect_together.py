from __future__ import annotations

import pytest

from hushgate.detect.compiled import ready
from hushgate.detect.page import Page
from hushgate.detect.recognize import Recognizers
from hushgate.detect.rules import load_rules
from hushgate.detect.together import Together, Whole
from hushgate.rulebook import BUILTIN, sources
from tests.detect_cases import FINGERPRINT, rule

PIECE = 4096
PATTERNS = [
    r"\b[0-9]{3}-[0-9]{4}\b",
    r"[0-9]{2}:[0-9]{2}",
    r"[A-F]{6,}",
    r"^[0-9]{1,9}$",
    r"[0-9]{4}(?:[ -][0-9]{4}){3}",
]
RULES = [ready(rule(f"r{n}", "X", pattern), {}) for n, pattern in enumerate(PATTERNS)]
TOGETHER = Together(RULES, range(len(RULES)))
WIDE = [ready(rule(f"w{n}", "X", pattern), {}) for n, pattern in enumerate([*PATTERNS, "x.*y", r"\bno .* one\b"])]
WHOLE = Whole(WIDE, range(len(WIDE)))


def _found(text: str, *spans: tuple[int, int]) -> dict[int, list[tuple[int, int]]]:
    return TOGETHER.look(text.encode(), spans or [(0, len(text))], range(len(RULES)))


def test_rules_that_match_nowhere_are_not_told_of() -> None:
    assert _found("words only " * 1000) == {}


@pytest.mark.parametrize("at", [*range(PIECE - 20, PIECE + 5), 2 * PIECE, 3 * PIECE - 7])
@pytest.mark.parametrize(("index", "value"), [(0, "555-1234"), (2, "ABCDEFABCDEF"), (4, "4111 1111 1111 1111")])
def test_a_match_at_any_place_lies_in_a_window_that_settles_it(at: int, index: int, value: str) -> None:
    text = ("x" * (at - 1) + " " + value + " ").ljust(4 * PIECE, "y")
    for spans in ([], [(at, at + 1)], [(at + len(value) - 1, at + len(value))]):
        windows = _found(text, *spans)[index]
        found = [RULES[index].search(text.encode(), low, high) for low, high in windows]
        assert (at, at + len(value)) in [one[0] for one in found if one is not None]
        assert sum(high - low for low, high in windows) < 2 * PIECE + 64


def test_edges_of_pieces_are_no_edges_of_words_or_lines() -> None:
    text = "9" * (4 * PIECE) + " 12:30"
    assert 0 not in _found(text)


def test_what_is_far_from_the_spans_is_not_looked_at() -> None:
    text = "555-1234" + " " * 300 + "12:30" + " " * 300 + "4111 1111 1111 1111"
    assert _found(text, (310, 312)).keys() == {1}


def test_a_few_rules_are_looked_for_one_by_one() -> None:
    found = TOGETHER.look(b"x" * 500, [(100, 101)], {0, 4})
    assert found == {0: [(92, 109)], 4: [(81, 120)]}


def test_rules_that_match_nowhere_on_a_page_are_dropped_whatever_their_width() -> None:
    text = "words only " * 1000 + "xy"
    every = [(0, len(text))]
    windows = dict.fromkeys(range(len(WIDE)), every) | {0: [(5, 50)]}
    WHOLE.narrow(text.encode(), windows)
    assert windows == {0: [(5, 50)], 5: every}


def test_small_pages_and_few_rules_are_left_alone() -> None:
    for text, chosen in (("words only", range(len(WIDE))), ("words only " * 1000, range(3))):
        windows = dict.fromkeys(chosen, [(0, len(text))])
        WHOLE.narrow(text.encode(), windows)
        assert windows.keys() == set(chosen)


def test_no_window_hides_a_match_of_a_built_in_rule_on_a_long_page() -> None:
    rules = load_rules(sources([BUILTIN], "detect"))
    made = Recognizers(rules)
    text = ("\n" + "words only " * 40 + "\n").join(example for one in rules for example in (*one.match, *one.no_match))
    for start in range(0, len(text), 60_000):
        page = Page([text[start : start + 60_000]])
        everywhere = {n: [(0, len(page.data))] for n, one in enumerate(rules) if _spoken(one.keywords, page)}
        seen = made.find(page, made.prefilter(page), keys=None, fingerprint=FINGERPRINT)
        whole = made.find(page, everywhere, keys=None, fingerprint=FINGERPRINT)
        assert seen.hits == whole.hits
        assert seen.faults == whole.faults == ()


def _spoken(keywords: tuple[str, ...], page: Page) -> bool:
    return not keywords or any(word.lower().encode() in page.lower for word in keywords)
