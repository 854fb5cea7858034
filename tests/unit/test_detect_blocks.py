from __future__ import annotations

import pytest

from hushgate.app import BUILTIN, sources
from hushgate.detect.blocks import Blocks
from hushgate.detect.compiled import ready
from hushgate.detect.page import Page
from hushgate.detect.recognize import Recognizers
from hushgate.detect.rules import load_rules
from tests.detect_cases import FINGERPRINT, rule

BLOCK = 4096
PATTERNS = [
    r"\b[0-9]{3}-[0-9]{4}\b",
    r"[0-9]{2}:[0-9]{2}",
    r"[A-F]{6,}",
    r"^[0-9]{1,9}$",
    r"[0-9]{4}(?:[ -][0-9]{4}){3}",
]
RULES = [ready(rule(f"r{n}", "X", pattern), {}) for n, pattern in enumerate(PATTERNS)]
BLOCKS = Blocks(RULES)


def _narrowed(text: str, *chosen: int) -> dict[int, list[tuple[int, int]]]:
    windows = {n: [(0, len(text))] for n in chosen or range(len(RULES))}
    BLOCKS.narrow(text.encode(), windows)
    return windows


def test_rules_that_match_nowhere_are_dropped() -> None:
    assert _narrowed("words only " * 1000) == {}


@pytest.mark.parametrize("at", [*range(BLOCK - 20, BLOCK + 5), 2 * BLOCK, 3 * BLOCK - 7])
@pytest.mark.parametrize(("index", "value"), [(0, "555-1234"), (2, "ABCDEFABCDEF"), (4, "4111 1111 1111 1111")])
def test_a_match_at_any_place_lies_in_a_window_that_settles_it(at: int, index: int, value: str) -> None:
    text = ("x" * (at - 1) + " " + value + " ").ljust(4 * BLOCK, "y")
    low, high = next(span for span in _narrowed(text)[index] if span[0] <= at < span[1])
    found = RULES[index].search(text.encode(), low, high)
    assert found is not None and found[0] == (at, at + len(value))
    assert high - low < 2 * BLOCK + 64


def test_edges_of_blocks_are_no_edges_of_words_or_lines() -> None:
    text = "9" * (4 * BLOCK) + " 12:30"
    assert 0 not in _narrowed(text)


def test_short_pages_and_few_rules_are_left_alone() -> None:
    assert _narrowed("words only") == {n: [(0, 10)] for n in range(len(RULES))}
    text = "words only " * 1000
    assert _narrowed(text, 0, 1) == {0: [(0, len(text))], 1: [(0, len(text))]}


def test_narrow_windows_are_left_alone() -> None:
    text = "words only " * 1000
    windows = {n: [(0, len(text))] for n in range(len(RULES))} | {0: [(5, 50)]}
    BLOCKS.narrow(text.encode(), windows)
    assert windows == {0: [(5, 50)]}


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
