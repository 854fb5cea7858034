"""Stock Presidio beside hushgate: here without a pipeline, as it is installed for the tests."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

from bench import stock
from bench.counts import Found
from bench.labelled import Span, Text

MAIL = Text("mail ada@acme-mail.com now", (Span(5, 22, "EMAIL"),))


def test_both_read_the_same_texts() -> None:
    tool = f"Presidio {version('presidio-analyzer')}, no pipeline"
    sets = {"one": [MAIL, Text("nothing at all")]}
    clean = [Text("self.st and nothing else " * 20, kind="code_py")]
    figures = stock.measure(Path(sys.prefix), sets, clean, lambda texts: [[Found(0, 4, "URL")] for _ in texts])
    assert list(figures["one"]) == [tool, "hushgate"]
    assert figures["one"][tool]["EMAIL_ADDRESS"] == {"labels": 1, "precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert figures["one"]["hushgate"]["EMAIL_ADDRESS"]["recall"] == 0.0
    told = "\n".join(stock.table(figures))
    assert "| one | EMAIL_ADDRESS | 1 | 1.000 | 1.000 |  | 0.000 |" in told
    assert "| URL |" in told.partition("clean texts")[2]


def test_a_sample_is_the_same_each_time() -> None:
    texts = [Text(str(n)) for n in range(50)]
    assert stock.sample(texts, 5) == stock.sample(texts, 5)
    assert len(stock.sample(texts, 5)) == 5
    assert stock.sample(texts, None) == texts == stock.sample(texts, 60)


def test_where_presidio_is_not_nothing_is_measured() -> None:
    assert stock.table({}) == []
