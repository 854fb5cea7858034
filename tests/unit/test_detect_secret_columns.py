from __future__ import annotations

import pytest

from hushgate.detect.patterns import Patterns
from hushgate.detect.secret_columns import RULE
from tests.detect_cases import FINGERPRINT, rule

COLUMN = rule(RULE, "API_KEY", "never-(matches)", category="secret")
KEY = "kq7Vx2Lw9Tb4Nz8Rd3Hc"


def found(text: str) -> list[str]:
    (verdict,) = Patterns([COLUMN], FINGERPRINT).scan([text])
    assert {hit.rule_id for hit in verdict.hits} <= {RULE}
    return [text[h.start : h.end] for h in verdict.hits]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("name,username,password\nAnn,ann,Lamp_2231\nBob,bob,Shelf!9918\n\nnext", ["Lamp_2231", "Shelf!9918"]),
        ("host;user;pw\r\nweb1;root;rX7wNe72\r\n", ["rX7wNe72"]),
        ("| user | password |\n|------|----------|\n| carol | Harbour#5 |\n", ["Harbour#5"]),
        (f" id | api_token\n----+-----------\n  1 | {KEY}\n  2 | {KEY[::-1]}\n(2 rows)\n", [KEY, KEY[::-1]]),
        (f"user\tsecret\nsvc\t{KEY}", [KEY]),
        (f'"name","API key"\n"é","{KEY}"\n', [KEY]),
        ("name,password\nAnn,required\nBob,${PW}\nEve,********\n", []),
        ("name,token\nAnn,identifier\n", []),
        ("| field | type |\n| --- | --- |\n| password | string |\n", []),
        ("see the password, and\nthe token, then\n", []),
        ("password,name", []),
        ("passwords, keys and tokens: all of them\nA1b2c3d4, x\n", []),
    ],
)
def test_cells_below_a_name(text: str, values: list[str]) -> None:
    assert found(text) == values


def test_only_with_its_rule() -> None:
    patterns = Patterns([rule("other", "X", "zz")], FINGERPRINT)
    assert patterns.scan(["name,password\nAnn,Lamp_2231\n"])[0].hits == ()
