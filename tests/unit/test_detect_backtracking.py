from __future__ import annotations

import time

import pytest

from hushgate.detect.backtracking import compile_backtracking, matches
from hushgate.detect.expressions import Refused
from hushgate.detect.patterns import Patterns
from hushgate.detect.stream import StreamScanner
from hushgate.errors import Unscannable
from hushgate.values import Fault
from tests.detect_cases import FINGERPRINT, rule

CATASTROPHE = r"(?=x)(x|xx)+$"
BOOM = "x" * 64 + "-"


def test_spans_of_matches_and_groups() -> None:
    pattern = compile_backtracking(r"(?<=#)(a)|(b)(?!c)")
    assert list(matches(pattern, "#a bc b", time.monotonic() + 5)) == [
        ((1, 2), (1, 2), (-1, -1)),
        ((6, 7), (-1, -1), (6, 7)),
    ]


def test_time_is_bounded() -> None:
    begun = time.process_time()
    with pytest.raises(TimeoutError):
        list(matches(compile_backtracking(CATASTROPHE), BOOM, time.monotonic() + 0.1))
    assert time.process_time() - begun < 2


def test_what_no_engine_takes_is_refused() -> None:
    with pytest.raises(Refused):
        compile_backtracking("(")


def test_a_rule_is_judged_like_any_other() -> None:
    slow = rule(
        "x", "X", r"(?i)(?<!no )badge (\w{4,9})", backtracking=True, keywords=("badge",), filters=("placeholder",)
    )
    patterns = Patterns([slow], FINGERPRINT)
    texts = ["é badge ab12", "no badge ab12", "badge xxxx", "Badge cd34 badge ef56", "bädge ab12"]
    verdicts = patterns.scan(texts)
    found = [[text[h.start : h.end] for h in v.hits] for text, v in zip(texts, verdicts, strict=True)]
    assert found == [["ab12"], [], [], ["cd34", "ef56"], []]


def test_one_that_takes_too_long_is_a_fault() -> None:
    patterns = Patterns([rule("boom", "X", CATASTROPHE, backtracking=True)], FINGERPRINT)
    assert patterns.backtracking
    (verdict,) = patterns.scan([BOOM], seconds=0.05)
    assert verdict.faults == (Fault("detect:boom", "deadline"),)
    assert patterns.scan(["nothing"])[0].faults == ()


def test_a_stream_ends_where_one_takes_too_long() -> None:
    stream = Patterns([rule("boom", "X", CATASTROPHE, backtracking=True)], FINGERPRINT)
    with pytest.raises(Unscannable):
        StreamScanner(stream).feed(f"{BOOM} and ")
