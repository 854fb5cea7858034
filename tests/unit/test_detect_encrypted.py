"""Encrypted content is random text in a structural string: nothing in it is a finding by chance."""

from __future__ import annotations

import base64
import random

from hushgate.values import Direction, Kind, Location, Role, Segment
from tests.gate_cases import TOKEN, engine


def blob(number: int, words: tuple[str, ...] = ()) -> str:
    """A long run as OpenAI's `encrypted_content` is one, with these in the midst of it."""
    parts = [base64.urlsafe_b64encode(random.Random(f"{number}-{part}").randbytes(300)).decode() for part in range(3)]
    return "gAAAAAB" + "".join(a + b for a, b in zip(parts, (*words, "", "", ""), strict=False))


async def found(text: str) -> list[str]:
    at = Location(path=("input", 0, "encrypted_content"))
    segment = Segment(at, Direction.REQUEST, Role.ASSISTANT, Kind.OPAQUE, text)
    scan = await engine().scan([segment], scope="alice")
    scanner = engine().stream(opaque=True)
    streamed = [*scanner.feed(text).hits, *scanner.flush().hits]
    assert [f.entity for f in scan.findings] == [hit.entity for hit in streamed]
    return [f.entity for f in scan.findings]


async def test_words_that_a_blob_spells_by_chance_are_no_findings() -> None:
    for number in range(20):
        assert await found(blob(number, ("kEY-", "Token-"))) == []


async def test_a_token_that_stands_by_itself_is_found_all_the_same() -> None:
    assert await found(f"{blob(1)} {TOKEN}") == ["GITHUB_TOKEN"]
