from __future__ import annotations

import base64

import pytest

from hushgate.detect import patterns as module
from hushgate.detect.patterns import Patterns, label
from tests.detect_cases import FAKE_KEY, FINGERPRINT, RULES

PATTERNS = Patterns(RULES, FINGERPRINT)


def _found(text: str, key: str | None = None) -> list[tuple[str, str, str]]:
    (verdict,) = PATTERNS.scan([text], [key])
    assert verdict.faults == ()
    return [(text[h.start : h.end], h.rule_id, h.layer) for h in verdict.hits]


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"key {FAKE_KEY} ok", (FAKE_KEY, "acme-key", "")),
        (f"x {_b64('key is ' + FAKE_KEY)} y", (_b64("key is " + FAKE_KEY), "acme-key", "base64")),
        (f"x {_b64(_b64('key is ' + FAKE_KEY))} y", (_b64(_b64("key is " + FAKE_KEY)), "acme-key", "base64>base64")),
        ("x ada%40acme.example y", ("ada%40acme.example", "email", "percent")),
        ("x ada&#64;acme.example y", ("ada&#64;acme.example", "email", "entity")),
        ("x ada@ac\u200bme.example y", ("ada@ac\u200bme.example", "email", "invisible")),
        ("x ａｄａ@acme.example y", ("ａｄａ@acme.example", "email", "folded")),
        (r"{\"a\":\"b\n" + FAKE_KEY + r"\n\"}", (FAKE_KEY, "acme-key", "")),
        (r"\u0041da@acme.example", (r"\u0041da@acme.example", "email", "escape")),
        ("say -- 4111 1111 1111 1111 — now", ("4111 1111 1111 1111", "card", "")),
        ("x " + FAKE_KEY.encode().hex() + " y", (FAKE_KEY.encode().hex(), "acme-key", "hex")),
    ],
)
def test_values_are_found_plain_and_under_encodings(text: str, found: tuple[str, str, str]) -> None:
    assert found in _found(text)


def test_three_encodings_are_one_too_many() -> None:
    assert _found(_b64(_b64(_b64("key is " + FAKE_KEY)))) == []


def test_the_fingerprint_is_of_the_inner_value() -> None:
    plain, encoded = PATTERNS.scan([FAKE_KEY, _b64("key is " + FAKE_KEY)])
    assert plain.hits[0].fingerprint == encoded.hits[0].fingerprint == FINGERPRINT(FAKE_KEY)


def test_a_key_labels_a_short_value() -> None:
    assert _found("hunter2hunter2", "password") == [("hunter2hunter2", "password-said", "")]
    assert _found("hunter2hunter2", "content") == []
    assert _found("hunter2hunter2") == []


@pytest.mark.parametrize(
    ("key", "text", "made"),
    [
        ("password", "x", "password: "),
        ("content", "x", ""),
        ("password", "x\ny", ""),
        ("password", "x" * 600, ""),
        ("a b", "x", ""),
        (None, "x", ""),
    ],
)
def test_what_becomes_a_label(key: str | None, text: str, made: str) -> None:
    assert label(key, text) == made


def test_many_texts_have_their_own_verdicts() -> None:
    texts = ["nothing", "ada@acme.example", "", FAKE_KEY, "x ada%40acme.example"]
    verdicts = PATTERNS.scan(texts, [None] * len(texts))
    assert [[h.rule_id for h in v.hits] for v in verdicts] == [[], ["email"], [], ["acme-key"], ["email"]]
    assert verdicts == [PATTERNS.scan([text])[0] for text in texts]


def test_more_decoded_text_than_is_looked_at_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 10)
    (verdict,) = PATTERNS.scan(["x" * 20 + "%40"])
    assert [f.where for f in verdict.faults] == ["detect:layers"]


def test_a_value_under_way_is_where_it_starts() -> None:
    assert PATTERNS.under_way("é pay 4111 1111 ") == 6
    assert PATTERNS.under_way("é pay now ") == 10
