from __future__ import annotations

import pytest

from hushgate.detect.literals import DIGIT, FOREIGN, MOST, required
from hushgate.detect.widths import widest

SEPARATORS = (b"", b"_", b" ", b"-")


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"acme_[a-z]{3}", {(b"acme_", 0, 8)}),
        (r"(?i)\bAcmeT[0-9]?", {(b"acmet", 0, 5)}),
        (r"(?i)task", {(b"task", 0, 4)}),
        (r"[a-z]{2,4}@[a-z.]+", {(b"@", 4, 2)}),
        (r".*xyz", {(b"xyz", None, 3)}),
        (r"(?:abc|de[0-9])z", {(b"abc", 0, 4), (b"de", 0, 4)}),
        (r"(?:ab){2,3}", {(b"ab", 0, 4)}),
        (r"[é](?:key)[à-ÿ]", {("ékey".encode(), 0, 9)}),
        (r"[à-ÿ](?:key)[à-ÿ]", {(b"key", 4, 7)}),
        (r"(?i)é=", {("é=".encode(), 0, 3), ("É=".encode(), 0, 3)}),
        (r"(?i)å(?:key)", {(b"key", 4, 3)}),  # a third sign has the same cases as å
        (
            r"(?i)(?:app|account)[_ -]?key",
            {(b + s + b"key", 0, len(b + s) + 3) for b in (b"app", b"account") for s in SEPARATORS},
        ),
        (r"(?i)密码", {("密码".encode(), 0, 6)}),
        (r"(?i)пар.", {(x.encode(), 0, 10) for x in ("пар", "паР", "пАр", "пАР", "Пар", "ПаР", "ПАр", "ПАР")}),
        (r"(?i)о+", {(FOREIGN, 0, 4)}),  # о has a third case
        (r"(?:key|token)=[a-z]", {(b"key=", 0, 5), (b"token=", 0, 7)}),
        (r"user(?: id)?=", {(b"user=", 0, 5), (b"user id=", 0, 8)}),
        (r"user(?: id)?[a-z]", {(b"user", 0, 8)}),  # `user` stands for `user id`, too
        (r"(?:ab[0-9]|cd)=", {(b"ab", 0, 4), (b"cd", 0, 4)}),
        (r"key(?:_x)?", {(b"key", 0, 3)}),
        (r"\s+key\S*=", {(b"key", 160, 516)}),
        (r"[a-z]{2}[0-9]{3}x", {(DIGIT, 2, 4)}),
        (r"(?:key|ключ)[0-9]", {(b"key", 0, 4), ("ключ".encode(), 0, 9)}),
        (r"(?i)(?:get|ß)[0-9]", {(b"get", 0, 4), (FOREIGN, 0, 5)}),
        (r"[Kk][Ee]y", {(b"key", 0, 3)}),
        (r"(?:acme_a_|acme_b_)[0-9]", {(b"acme_a_", 0, 8), (b"acme_b_", 0, 8)}),  # a parser takes `acme_` out
        (r"a[bc]_[0-9]{2}", {(b"ab_", 0, 5), (b"ac_", 0, 5)}),
        (r"(?:sk-live|sk_test)[0-9]", {(b"sk-live", 0, 8), (b"sk_test", 0, 8)}),
        (r"(?:ab|abc)[0-9]", {(b"ab", 0, 4)}),
        (r"(?P<secret>to)ken", {(b"token", 0, 5)}),
    ],
)
def test_literals_and_how_far_the_match_reaches(
    pattern: str, literals: set[tuple[bytes, int | None, int | None]]
) -> None:
    assert {(x.text, x.before, x.after) for x in required(pattern)} == literals


@pytest.mark.parametrize(
    ("pattern", "signs", "reach"),
    [
        (r"token[a-z]{0,5}(?:=|: ?)", b":=", 12),
        (r"(?:key|secrets)\s?[\"']+x", b"\"'", 72),
        (r"key(?:.*=|:)", b"", 0),
        (r"token.*=", b"", 0),
        (r"token(?:=|is)", b"", 0),
    ],
)
def test_a_sign_that_must_follow(pattern: str, signs: bytes, reach: int) -> None:
    found = required(pattern)
    assert {x.signs for x in found} == {signs}
    assert max(x.reach for x in found) == reach


@pytest.mark.parametrize(
    "pattern",
    [
        "[a-f]{4}",
        "x[a-f]{3}",  # one common letter says little
        "(?:abc|[a-f]{3})",  # a branch without one
        "(?:abc)?[a-f]{3}",
        "[[:alpha:]]abc",  # not read by the standard library
        "abc{,3}d",  # read otherwise
        "|".join(f"{n:03}word" for n in range(MOST + 1)),
    ],
)
def test_no_literals_where_none_is_certain(pattern: str) -> None:
    assert required(pattern) == ()


@pytest.mark.parametrize(
    ("pattern", "bytes_"),
    [
        ("[0-9]{3}-?[0-9]{2}", 6),
        ("a|bcd", 3),
        ("é{2}", 8),
        ("(?i)k", 3),
        ("a+", None),
        (r"\pL", 4),
        ("[[:alpha:]]", None),
    ],
)
def test_the_widest_match(pattern: str, bytes_: int | None) -> None:
    assert widest(pattern) == bytes_
