from __future__ import annotations

import base64
import time
import tracemalloc

import pytest

from hushgate.detect.layers import ENCODINGS, decoded, present
from hushgate.detect.page import Page

ALL = ENCODINGS
SECRET = "the password is hunter2!"


def _layers(text: str) -> dict[str, str]:
    return {layer.layer: layer.text for layer in decoded(text, ALL)}


@pytest.mark.parametrize(
    ("layer", "text", "inner"),
    [
        ("escape", r"a\npass\u0077ord \"q\" \x41 \ud83d\ude00", 'a\npassword "q" A 😀'),
        ("escape", r"\\\\\\\"k\\\\u0040\\u0041\\\\\\/ \\u0042\\\\t", '"k@\\u0041/ \\u0042\t'),
        ("percent", "x%40y.com%C3%A9", "x@y.comé"),
        ("entity", "a&#64;b&#x2e;com &amp; &nosuch;", "a@b.com & &nosuch;"),
        ("invisible", "a\u200bb\u00adc\ufeff", "abc"),
        ("folded", "ｋｅｙ１２３ Аpple ٤", "key123 Apple 4"),
        ("folded", "a \U000e006b\U000e0065\U000e0079", "a key"),
        ("folded", "a \U000e015b\U000e0155\U000e0169", "a key"),
        ("base64", base64.b64encode(SECRET.encode()).decode(), SECRET),
        ("base64", base64.b64encode(SECRET.encode()).decode().rstrip("="), SECRET),
        ("base64", base64.urlsafe_b64encode(("ÿ?>" + SECRET).encode()).decode(), "ÿ?>" + SECRET),
        ("base64", base64.b64encode(SECRET.encode("utf-16-le")).decode(), SECRET),
        ("base64", base64.b64encode(SECRET.encode("utf-16-be")).decode(), SECRET),
        ("base64", base64.b64encode(SECRET.encode("utf-16")).decode(), SECRET),
        ("base64", base64.b64encode(("ü; " + SECRET).encode("utf-16-le")).decode().rstrip("="), "ü; " + SECRET),
        ("base64", base64.encodebytes((SECRET * 9).encode()).decode().strip(), SECRET * 9),
        ("hex", SECRET.encode().hex(), SECRET),
        ("hex", SECRET.encode().hex().upper(), SECRET),
    ],
)
def test_what_is_encoded_comes_out(layer: str, text: str, inner: str) -> None:
    assert _layers(text)[layer] == inner


@pytest.mark.parametrize(
    "text",
    [
        "plain prose, nothing else",
        "self.assertEqualWithLongName(first, second)",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "/usr/local/lib/python3.13/site-packages/thing",
        base64.b64encode(bytes(range(128, 200))).decode(),
        base64.b64encode(b"too short").decode(),
        "100% of x & y; z",
    ],
)
def test_what_is_not_encoded_has_no_layers(text: str) -> None:
    assert _layers(text) == {}


def test_an_encoded_run_behind_a_prefix_is_found_and_spans_itself() -> None:
    run = base64.b64encode(SECRET.encode()).decode()
    (layer,) = decoded(f"x tok_{run} y", ALL)
    assert layer.source(4, 8) == (6, 6 + len(run))


def test_offsets_lead_back_exactly() -> None:
    (layer,) = decoded("ab%40cd", ALL)
    assert [layer.source(i, i + 1) for i in range(5)] == [(0, 1), (1, 2), (2, 5), (5, 6), (6, 7)]
    assert layer.source(1, 4) == (1, 6)


def test_only_the_gates_that_hit_are_tried() -> None:
    assert list(decoded("ab%40cd", ALL - {"percent"})) == []


def test_a_text_full_of_escapes_is_cut_into_windows_in_no_time() -> None:
    (layer,) = decoded(r"a\"" * 50_000, frozenset({"escape"}))
    begun = time.process_time()
    assert layer.windows(256) == [(0, 100_000)]
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    "text",
    [
        '\\"' * 20_000,
        "\\u0041" * 20_000,
        "%41" * 20_000,
        "&#65;" * 20_000,
        "41" * 20_000,
        base64.encodebytes(b"A" * 60_000).decode(),
    ],
    ids=["quotes", "escapes", "percent", "entities", "hex", "base64"],
)
def test_what_is_nothing_but_an_encoding_costs_a_few_bytes_for_each_of_its_characters(text: str) -> None:
    encodings = present(Page([text]))
    tracemalloc.start()
    try:
        (layer,) = decoded(text, encodings)
        assert layer.windows(64)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * len(text), f"{peak / len(text):.1f} bytes a character"
