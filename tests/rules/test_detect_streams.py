"""Every example of the built-in rules, streamed in pieces, gives the hits of the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect.patterns import Patterns
from hushgate.detect.rules import load_rules
from hushgate.detect.stream import StreamScanner
from tests.detect_cases import FINGERPRINT

RULES = load_rules(sorted((Path(__file__).parents[2] / "rules" / "detect").glob("*.yaml")))
PATTERNS = Patterns(RULES, FINGERPRINT)


@pytest.mark.parametrize("step", [1, 4])
def test_the_examples_of_every_rule_stream_as_they_scan(step: int) -> None:
    wrong = set()
    for rule in RULES:
        for example in (*rule.match, *rule.no_match):
            text = f"see: {example} and so on"
            scanner, out, hits = StreamScanner(PATTERNS), "", []
            pieces = [scanner.feed(text[i : i + step]) for i in range(0, len(text), step)]
            for released in [*pieces, scanner.flush()]:
                hits += [hit.moved(hit.start + len(out), hit.end + len(out)) for hit in released.hits]
                out += released.text
            assert out == text
            if hits != list(PATTERNS.scan([text])[0].hits):
                wrong.add(rule.id)
    assert wrong == set()
