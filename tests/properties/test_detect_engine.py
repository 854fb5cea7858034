"""Whatever the text and however it is cut: nothing raises, nothing is missed, nothing is lost."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hushgate.detect.hit import Hit
from hushgate.detect.layers import ENCODINGS, decoded
from hushgate.detect.page import Page
from hushgate.detect.patterns import Patterns
from hushgate.detect.recognize import Recognizers
from hushgate.detect.stream import StreamScanner
from tests.detect_cases import FAKE_KEY, FINGERPRINT, PEM_TEXT, RULES

PATTERNS = Patterns(RULES, FINGERPRINT)
EVERY = Recognizers(RULES)
ALONE = [(one, Recognizers([one])) for one in RULES]
VALUES = [
    FAKE_KEY, "ada@acme.example", "ssn 123-45-6788", "4111 1111 1111 1111", "password is hunter2hunter2", PEM_TEXT,
    "badge AB-123456", "AB-123456 on his badge", "+49 30 901820", "call 212-555-0142", "ada%40acme.example",
    "a3VlIGtleSBpcyBhY21lX2ExYjJhMWIyYTFiMmExYjJhMWIy", "\\nacme_" + "a1b2" * 5,
]  # fmt: skip
BEGUN = ["thevalue@acme.example", "because-of.it@acme.example", "hello,there@acme.example", "password: theHorse77x"]
WORDS = [
    "the",
    "theory",
    "because",
    "about,",
    "a",
    "12",
    "3.",
    "card",
    "my",
    "número",
    "ok,",
    "\n",
    "4111",
    "=",
    "—",
    "日本",
    "is",
    "-",
    "00",
    "“x”",
]
anything = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=200)
prose = st.lists(st.sampled_from(VALUES + BEGUN + WORDS * 2), max_size=12).map(" ".join)
filler = st.sampled_from(["words only " * 40, " " * 200, "x1-" * 300, "\n", "key 7, " * 50, "é " * 30, "a@b.c " * 99])
pages = st.lists(prose | filler, min_size=4, max_size=12).map("\n".join)
cuts = st.lists(st.integers(1, 40), min_size=1, max_size=20)


@given(anything | prose)
@example("\ud800\udfff" * 20)
@example("%ed%a0%80 \\ud800 &#55296; &#0; &#99999999;")
def test_hits_lie_in_the_text_in_order_and_apart(text: str) -> None:
    (verdict,) = PATTERNS.scan([text], ["key"])
    at = 0
    for hit in verdict.hits:
        assert at <= hit.start < hit.end <= len(text)
        at = hit.end


@given(st.lists(anything | prose, max_size=6))
def test_texts_scanned_together_are_judged_as_alone(texts: list[str]) -> None:
    together = PATTERNS.scan(texts, [None] * len(texts))
    assert [v.hits for v in together] == [PATTERNS.scan([text])[0].hits for text in texts]


@given(anything, anything)
def test_a_known_secret_between_any_texts_is_found(before: str, after: str) -> None:
    text = f"{before} {FAKE_KEY} {after}"
    start = len(before) + 1
    (verdict,) = PATTERNS.scan([text])
    assert any(h.start <= start and start + len(FAKE_KEY) <= h.end for h in verdict.hits)


def _streamed(text: str, sizes: list[int]) -> list[Hit]:
    scanner, out, hits, at, turn = StreamScanner(PATTERNS), "", list[Hit](), 0, 0
    pieces = []
    while at < len(text):
        size = sizes[turn % len(sizes)]
        pieces.append(text[at : at + size])
        at, turn = at + size, turn + 1
    for released in [*map(scanner.feed, pieces), scanner.flush()]:
        hits += [hit.moved(hit.start + len(out), hit.end + len(out)) for hit in released.hits]
        out += released.text
    assert out == text
    return hits


@settings(max_examples=4 * (settings.default or settings()).max_examples)
@given(prose, cuts)
def test_a_stream_has_the_hits_of_the_whole_however_it_is_cut(text: str, sizes: list[int]) -> None:
    """But for an everyday word at a value's front, which is in none of them however the text is cut."""
    hits, whole = _streamed(text, sizes), PATTERNS.scan([text])[0].hits
    assert hits == _streamed(text, [len(text) + 1])
    assert [hit.moved(full.start, hit.end) for hit, full in zip(hits, whole, strict=True)] == list(whole)
    for hit, full in zip(hits, whole, strict=True):
        word = text[full.start : hit.start]
        assert not word or (word in PATTERNS.early.words and full.entity == "EMAIL_ADDRESS")


@given(anything, cuts)
def test_a_stream_of_anything_loses_nothing(text: str, sizes: list[int]) -> None:
    scanner, out, at, turn = StreamScanner(PATTERNS), "", 0, 0
    while at < len(text):
        out += scanner.feed(text[at : at + sizes[turn % len(sizes)]]).text
        at, turn = at + sizes[turn % len(sizes)], turn + 1
    assert out + scanner.flush().text == text


@given(anything)
def test_every_offset_of_a_layer_leads_into_its_source(text: str) -> None:
    for layer in decoded(text, ENCODINGS):
        last = 0
        for i in range(len(layer.text)):
            start, end = layer.source(i, i + 1)
            assert last <= start < end <= len(text)
            last = start
        assert all(0 <= a < b <= len(layer.text) for a, b in layer.windows(5))


@settings(max_examples=200)
@given(prose | anything)
def test_windows_round_literals_hide_no_match(text: str) -> None:
    for one, made in ALONE:
        page = Page([text])
        windows = made.prefilter(page)
        seen = [h for hits in made.find(page, windows, keys=None, fingerprint=FINGERPRINT).hits for h in hits]
        whole = made.find(page, {0: [(0, len(page.data))]}, keys=None, fingerprint=FINGERPRINT)
        spoken = not one.keywords or any(word.encode().lower() in page.lower for word in one.keywords)
        assert seen == [h for hits in whole.hits for h in hits if spoken], one.id


@given(pages, st.lists(prose, max_size=3))
def test_windows_on_long_pages_hide_no_match_of_all_rules_together(text: str, beside: list[str]) -> None:
    page = Page([*beside, text])
    spoken = [not one.keywords or any(word.encode().lower() in page.lower for word in one.keywords) for one in RULES]
    everywhere = {n: [(0, len(page.data))] for n, said in enumerate(spoken) if said}
    seen = EVERY.find(page, EVERY.prefilter(page), keys=None, fingerprint=FINGERPRINT)
    assert seen == EVERY.find(page, everywhere, keys=None, fingerprint=FINGERPRINT)
