"""The detection bench: what counts as right, and that it would see a worse detector."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

from bench import detect, labelled, peers
from bench.detect import Found
from bench.labelled import Span, Text


def test_a_finding_is_right_on_a_label_and_a_label_is_hit_by_a_finding() -> None:
    texts = [Text("....", (Span(0, 4, "EMAIL"), Span(10, 14, "GPE"), Span(20, 24, "SURNAME")))]
    hits = [[Found(3, 9, "EMAIL_ADDRESS", "a"), Found(10, 12, "STREET_ADDRESS", "b"), Found(30, 31, "PERSON", "c")]]
    counts = detect.entities(texts, hits)
    assert counts["EMAIL_ADDRESS"].row() == {"labels": 1, "precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert counts["STREET_ADDRESS"].row() == {"labels": 0, "precision": 1.0, "recall": None, "f1": None}
    assert counts["PERSON"].row() == {"labels": 1, "precision": 0.0, "recall": 0.0, "f1": None}
    assert counts["LOCATION"].row()["recall"] == 0.0


def test_sets_are_read_and_negatives_printed(tmp_path: Path) -> None:
    for name, row in {
        "pii/one": {"text": "ann", "spans": [{"start": 0, "end": 3, "label": "PERSON"}]},
        "pii/two": {"text": "1", "spans": [], "entity": "IMEI", "expected_len": 0},
        "secrets/three": {"text": "k=abc", "secret": "abc", "label": "x", "positive": True},
        "secrets/four": {"text": "k=abc", "secret": None, "label": "x", "positive": False},
    }.items():
        path = tmp_path / f"{name}.jsonl.gz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps(row).encode()))
    (tmp_path / "negatives.py").write_text('print(\'{"text": "a\\\\u2028b", "kind": "docs"}\')\n')
    assert labelled.pii(tmp_path) == {"one": [Text("ann", (Span(0, 3, "PERSON"),))]}
    assert labelled.unit(tmp_path) == [Text("1", (), "IMEI", "negative")]
    found = labelled.secrets(tmp_path)
    assert found == {"three": [Text("k=abc", (Span(2, 5, "x"),))], "four": [Text("k=abc", kind="negative")]}
    assert labelled.negatives(tmp_path) == [Text("a\u2028b", kind="docs")]
    assert labelled.negatives(tmp_path / "pii") == []


def test_shares_fall_with_what_is_missed() -> None:
    texts = [Text("k=abc", (Span(2, 5, "x"),)), Text("k=abd", (Span(2, 5, "x"),))]
    hit = [Found(0, 3, "API_KEY", "r")]
    assert detect.measure_secrets(texts, [hit, []]) == {"labels": 2, "recall": 0.5}
    cases = [Text("1", (Span(0, 1, "IMEI"),), "IMEI"), Text("2", (), "IMEI", "negative")]
    assert detect.measure_unit(cases, [[], [Found(0, 1, "IMEI", "r")]]) == {"positives": 0.0, "negatives": 0.0}
    empty = [Text("x" * 102400, kind="logs"), Text("y", kind="prose")]
    seen = detect.measure_negatives(empty, [[Found(0, 1, "PERSON", "r")], hit], frozenset({"API_KEY"}))
    assert (seen["PERSON per 100 KB"], seen["documents with a secret"]) == (1.0, 0.5)


def test_the_rules_own_examples_hold() -> None:
    figures = detect.measure_own(labelled.own())
    assert figures["examples"] > 400
    assert (figures["matched"], figures["left alone"]) == (1.0, 1.0)


@pytest.mark.parametrize("make", [detect.prose, detect.code, detect.json_text, detect.logs])
def test_text_for_speed_is_as_long_as_asked_and_never_the_same(make: object) -> None:
    assert callable(make)
    assert len(make(5000, 1)) == 5000
    assert make(5000, 1) == make(5000, 1) != make(5000, 2)


ECHO = """
import json, sys
for row in sys.stdin:
    print(json.dumps([word for word in json.loads(row).split() if word.isdigit()]), flush=True)
"""


def test_peers_are_measured_on_the_same_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "_PROGRAMS", {"pytest": ECHO})
    sets = {"one": [Text("k= 123", (Span(3, 6, "x"),)), Text("k= abc", (Span(3, 6, "x"),)), Text("none")]}
    figures = peers.measure(Path(sys.prefix), sets, [Text("a 1 b"), Text("clean")])
    (row,) = figures.values()
    assert list(figures) == [f"pytest {pytest.__version__}"]
    assert (row["one"], row["clean texts with a finding"]) == (0.5, 0.5)
    result = detect.Result(secrets={"one": {"labels": 2, "recall": 1.0}}, peers=figures)
    result.negatives["documents with a secret"] = 0.0
    assert f"| pytest {pytest.__version__} | 0.500 | 0.500 |" in detect.markdown(result)
    assert "| hushgate | 1.000 | 0.000 |  |" in detect.markdown(result)
