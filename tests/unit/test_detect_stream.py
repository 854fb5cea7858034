from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.detect.patterns import Patterns
from hushgate.detect.stream import HOLD, StreamScanner
from hushgate.errors import Unscannable
from tests.detect_cases import FAKE_KEY, FINGERPRINT, PEM_TEXT, RULES, rule

PATTERNS = Patterns(RULES, FINGERPRINT)
BADGE_BY_NAME = rule(
    "badge", "EMPLOYEE_ID", "AB-[0-9]{6}", context_words=("badge",), context_required=True, keywords=("badge",)
)


def _played(pieces: list[str]) -> tuple[str, list[tuple[int, int, str]]]:
    scanner, out, hits = StreamScanner(PATTERNS), "", []
    for released in [*map(scanner.feed, pieces), scanner.flush()]:
        hits += [(h.start + len(out), h.end + len(out), h.rule_id) for h in released.hits]
        out += released.text
    return out, hits


@pytest.mark.parametrize(
    "text",
    [
        f"the key is {FAKE_KEY}. Good?",
        "pay with 4111 1111 1111 1111 today",
        "my password is hunter2hunter2 and ssn 123-45-6788",
        "123-45-6788 is your social security number",
        "call +49 30 1234567 or ada@acme.example",
        f"here:\n{PEM_TEXT}\nkeep it",
        "héllo 4111-1111-1111-1111 wörld",
        "x ada%40acme.example and 12 34",
    ],
)
def test_chunks_do_not_matter(text: str) -> None:
    whole = [(h.start, h.end, h.rule_id) for h in PATTERNS.scan([text])[0].hits]
    assert whole
    for pieces in ([text], list(text), [text[i : i + 3] for i in range(0, len(text), 3)], [*text, "", ""]):
        assert _played(pieces) == (text, whole)


def test_prose_flows_word_by_word() -> None:
    scanner = StreamScanner(PATTERNS)
    assert [scanner.feed(piece).text for piece in ("The ", "quick bro", "wn fox")] == ["The ", "quick ", "brown "]
    assert scanner.flush().text == "fox"


def test_common_words_go_at_once() -> None:
    scanner = StreamScanner(PATTERNS)
    pieces = ("There", " is", " nothing", ",", " but", " blorp", " in", "side", " of", " it", ".")
    assert [scanner.feed(piece).text for piece in pieces] == [
        "There", " is", " nothing", ",", " but", " ", "blorp in", "side", " of", " it", "",
    ]  # fmt: skip


@pytest.mark.parametrize("pieces", [["the", "o@acme.example "], ["theo@acme.example "], list("theo@acme.example ")])
def test_a_value_loses_a_common_word_at_its_front_however_it_is_cut(pieces: list[str]) -> None:
    text, hits = _played(["ask ", *pieces])
    assert (text, hits) == ("ask theo@acme.example ", [(7, 21, "email")])


def test_a_longer_word_counts_where_a_shorter_one_has_gone() -> None:
    for pieces in (["with", "out@acme.example"], ["without", "@acme.example"], list("without@acme.example")):
        assert _played(pieces)[1] == [(7, 20, "email")]


def test_no_word_goes_where_a_value_waits_for_its_context() -> None:
    behind = Patterns([BADGE_BY_NAME], FINGERPRINT)
    assert StreamScanner(behind).feed("AB-123456 is there").text == ""
    text = "AB-123456 is there on her badge"
    for step in (1, 5, 99):
        scanner, hits, out = StreamScanner(behind), list[tuple[int, int]](), ""
        for released in [*(scanner.feed(text[i : i + step]) for i in range(0, len(text), step)), scanner.flush()]:
            hits += [(hit.start + len(out), hit.end + len(out)) for hit in released.hits]
            out += released.text
        assert hits == [(0, 9)]


def test_a_structural_string_loses_nothing() -> None:
    scanner = StreamScanner(PATTERNS, lambda _: True)
    assert scanner.feed("the").text == ""
    assert [hit.start for hit in scanner.feed("o@acme.example ").hits] == [0]


def test_scripts_without_spaces_flow_too() -> None:
    scanner = StreamScanner(PATTERNS)
    assert [scanner.feed(piece).text for piece in ("请写", "信给ada", "@acme.example", "谢谢")] == [
        "请写",
        "信给",
        "",
        "ada@acme.example谢谢",
    ]


@pytest.mark.parametrize("between", [" ", " ", "　", "我", ""])
def test_a_value_goes_on_behind_what_only_unicode_takes_for_a_space(between: str) -> None:
    text = f"password: hunter{between}22{between}33 ok"
    whole = [(h.start, h.end, h.rule_id) for h in PATTERNS.scan([text])[0].hits]
    assert whole == [(10, 22, "password-said")]
    assert _played(list(text)) == (text, whole)


def test_a_value_under_way_is_held_and_nothing_before_it() -> None:
    scanner = StreamScanner(PATTERNS)
    assert scanner.feed("pay 4111 1111 ").text == "pay "
    assert scanner.held == len("4111 1111 ")


def test_an_endless_run_is_released_in_bounded_parts() -> None:
    scanner = StreamScanner(PATTERNS)
    text = "x" * (HOLD * 3)
    out = "".join(scanner.feed(text[i : i + 100]).text for i in range(0, len(text), 100))
    assert scanner.held <= HOLD
    assert out + scanner.flush().text == text


def test_a_key_longer_than_the_hold_stays_covered() -> None:
    body = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2\n" * 200
    text = "k: -----BEGIN " + "PRIVATE KEY-----\n" + body + "-----END " + "PRIVATE KEY-----\nbye now"
    out, hits = _played([text[i : i + 50] for i in range(0, len(text), 50)])
    assert out == text
    covered = [False] * len(text)
    for start, end, _ in hits:
        covered[start:end] = [True] * (end - start)
    start, end = text.index("-----BEGIN"), text.index("\nbye")
    assert all(covered[start:end])
    assert not any(covered[:start]) and not any(covered[end + 1 :])


def test_a_rule_that_fails_ends_the_stream() -> None:
    def broken(value: str) -> bool:
        raise RuntimeError

    made = Patterns([rule("x", "X", "secret")], FINGERPRINT)
    made._recognizers._rules[0] = replace(made._recognizers._rules[0], checks=(broken,))  # noqa: SLF001
    scanner = StreamScanner(made)
    for _ in range(2):
        with pytest.raises(Unscannable):
            scanner.feed("a secret word ")
