"""Secrets where people and programs put them, and what looks like one: cases made of templates, values made up.

In `secrets.txt` a case marks what has to be found with « », in `look_alikes.txt` nothing may be; `‹kind:n›` is n random
characters of a kind. Cases are parted by lines of `---`. They were written before looking at the rules.
"""

from __future__ import annotations

import base64
import random
import re
import string
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from hushgate.detect.patterns import Patterns
from hushgate.detect.rules import load_rules
from hushgate.values import Level

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "rules" / "detect"
BASE62 = string.ascii_letters + string.digits
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
KINDS = {
    "b62": BASE62, "hex": "0123456789abcdef", "hexl": "0123456789abcdef", "HEX": "0123456789ABCDEF",
    "up": string.ascii_uppercase + string.digits,
    "digits": string.digits, "alpha": string.ascii_letters, "alphal": string.ascii_lowercase, "b64u": BASE62 + "-_",
    "b64c": BASE62 + "+/", "b32": string.ascii_uppercase + "234567", "b32l": string.ascii_lowercase + "234567",
    "odd": BASE62 + "!@#%^&*(-_=+)", "b64h": BASE62 + "./", "bech": BECH32.upper(), "bechl": BECH32,
    "b58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
}  # fmt: skip
SEEDS = (1, 2)


def cases(name: str, seed: int) -> Iterator[str]:
    draw = random.Random(seed)

    def value(match: re.Match[str]) -> str:
        kind, _, size = match[1].partition(":")
        if kind == "uuid":
            return str(uuid.UUID(int=draw.getrandbits(128), version=4))
        if kind == "b64":
            return base64.b64encode(draw.randbytes(int(size))).decode()
        return "".join(draw.choice(KINDS[kind]) for _ in range(int(size)))

    for case in (HERE / name).read_text("utf-8").split("\n---\n"):
        yield re.sub("‹([^›]+)›", value, case.strip("\n"))


def marked(case: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without marks, and where they stood."""
    spans: list[tuple[int, int]] = []
    text = ""
    for n, part in enumerate(re.split("[«»]", case)):
        if n % 2:
            spans.append((len(text), len(text) + len(part)))
        text += part
    return text, spans


@pytest.fixture(scope="module")
def patterns() -> Patterns:
    return Patterns(load_rules(sorted(RULES.glob("*.yaml"))), lambda value: "")


@pytest.mark.parametrize("seed", SEEDS)
def test_secrets_are_found(patterns: Patterns, seed: int) -> None:
    missed, count = [], 0
    for case in cases("secrets.txt", seed):
        text, spans = marked(case)
        hits = [hit for hit in patterns.scan([text])[0].hits if hit.level >= Level.CONFIDENTIAL]
        for start, end in spans:
            count += 1
            if not any(hit.start < end and start < hit.end for hit in hits):
                missed.append(text)
    assert count > 200
    assert missed == []


@pytest.mark.parametrize("seed", SEEDS)
def test_look_alikes_are_left_alone(patterns: Patterns, seed: int) -> None:
    texts = list(cases("look_alikes.txt", seed))
    found = [(text, hit.rule_id) for text in texts for hit in patterns.scan([text])[0].hits if hit.category == "secret"]
    assert len(texts) > 200
    assert found == []
