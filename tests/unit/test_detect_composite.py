from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.detect.conditions import Requirement
from hushgate.detect.page import Page
from hushgate.detect.patterns import Patterns
from hushgate.detect.recognize import Recognizers
from hushgate.detect.stream import StreamScanner
from tests.detect_cases import FINGERPRINT, rule

USER = rule("user", "USER", r"user=([a-z]+)", reported=False)


def found(text: str, lines: int | None, columns: int | None = None, *, user=USER) -> list[str]:
    password = rule("pass", "PASSWORD", r"pass=([a-z]+)", requires=(Requirement("user", lines, columns),))
    made = Recognizers([password, user])
    page = Page([text])
    result = made.find(page, made.prefilter(page), keys=None, fingerprint=FINGERPRINT)
    return [text[h.start : h.end] for h in result.hits[0]]


@pytest.mark.parametrize(
    ("text", "lines", "columns", "counts"),
    [
        ("user=ann pass=secret", None, None, True),
        ("pass=secret", None, None, False),
        ("user=ann\n\n\npass=secret", None, None, True),
        ("user=ann\n\n\npass=secret", 3, None, True),
        ("user=ann\n\n\npass=secret", 2, None, False),
        ("pass=secret\n\nuser=ann", 2, None, True),
        ("pass=secret\n\nuser=ann", 0, None, False),
        ("user=ann pass=secret", 0, 9, True),
        ("user=ann pass=secret", 0, 8, False),
        ("é user=ann\né pass=secret", 1, 0, True),
    ],
)
def test_another_rule_has_to_match_near_by(text: str, lines: int | None, columns: int | None, counts: bool) -> None:
    assert found(text, lines, columns) == (["secret"] if counts else [])


def test_the_other_rule_may_be_told_of_itself() -> None:
    assert found("user=ann pass=secret", None, user=replace(USER, reported=True)) == ["ann", "secret"]


def test_a_stream_waits_for_what_may_still_come() -> None:
    password = rule("pass", "PASSWORD", r"pass=([a-z]+)", requires=(Requirement("user", 2),))
    stream = StreamScanner(Patterns([password, USER], FINGERPRINT))
    first = stream.feed("it is pass=secret and\n")
    assert first.text == "it is pass="
    later = stream.feed("user=ann \n")
    rest = stream.flush()
    assert [h.entity for h in (*later.hits, *rest.hits)] == ["PASSWORD"]
    assert first.text + later.text + rest.text == "it is pass=secret and\nuser=ann \n"
