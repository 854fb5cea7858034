"""A transformer or a GLiNER model in the shipped tagger's place, up to the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from hushgate.detect.network_tagger import NetworkTagger, _wider
from hushgate.detect.nlp import Names
from hushgate.detect.taggers import Pipeline, read
from tests import made_taggers
from tests.detect_cases import FINGERPRINT
from tests.unit.cli_runner import Runner, run

__all__ = ["run"]

MADE = [
    pytest.param(made_taggers.classifier, {}, id="transformer"),
    pytest.param(made_taggers.gliner, {}, id="gliner-spans"),
    pytest.param(made_taggers.gliner, {"spans": False}, id="gliner-words"),
]


RULE: Final = """
version: 1
rules:
  - {id: badge, entity: BADGE, level: confidential, category: pii, says: One, pattern: 'AB-[0-9]{6}',
     match: [AB-123456], no_match: [AB-1]}
"""


def configured(run: Runner, folder: Path) -> None:
    """One rule alone: a worker that has all of them takes a second to start."""
    (folder / "one.yaml").write_text(RULE, "utf-8")
    run.config.write_text("version: 1\ndetect: {ner: ./tagger}\nrules: [./one.yaml]\n", encoding="utf-8")


@pytest.mark.parametrize(("made", "more"), MADE)
def test_each_text_has_its_own_names(tmp_path: Path, made: Any, more: dict[str, Any]) -> None:
    found = read(made(tmp_path, **more))
    assert not isinstance(found, Pipeline)
    texts = [
        "then Zoltar of Acme wrote",
        "",
        "nothing here",
        "word " * 300 + "and Quimby flew to Quux City with Zoltar",
    ]
    told = [
        [(text[one.start : one.end], one.label) for one in each]
        for text, each in zip(texts, NetworkTagger(found)(texts), strict=True)
    ]
    assert told[:3] == [[("Zoltar", "PERSON")], [], []]
    assert told[3][-2:] == [("Quux City", "LOCATION"), ("Zoltar", "PERSON")]


def test_it_takes_the_taggers_place_and_cues_count_beside_it(tmp_path: Path) -> None:
    names = Names(FINGERPRINT, str(made_taggers.classifier(tmp_path)))
    text = "then Zoltar of Acme flew to Quux with Ingrid Bergström, Dear Bob,"
    (hits,) = names.find([text], [None])
    found = [(text[hit.start : hit.end], hit.entity, hit.rule_id) for hit in hits]
    assert found == [
        ("Zoltar", "PERSON", "name-person"), ("Quux", "LOCATION", "name-location"), ("Bob", "PERSON", "name-greeted"),
    ]  # fmt: skip


def test_windows_grow_to_white_space_and_into_one_another() -> None:
    text = "word " * 100
    assert _wider(text, [(10, 20)]) == [(0, 220)]
    assert _wider(text, [(10, 20), (400, 430)]) == [(0, 500)]
    assert _wider(text, []) == []
    assert _wider("x" * 1000, [(400, 500)]) == [(400, 500)]


@pytest.mark.parametrize(("made", "more"), MADE[:2])
def test_one_line_of_the_configuration(run: Runner, tmp_path: Path, made: Any, more: dict[str, Any]) -> None:
    made(tmp_path / "tagger", **more)
    configured(run, tmp_path)
    text = "Yesterday we wrote to Zoltar Quimby, who lives in Quux City."
    done = run("scan", "--jsonl-in", "-", stdin=json.dumps({"id": 1, "text": text}).encode())
    assert (done.code, done.err) == (1, "")
    findings = json.loads(done.out)["findings"]
    assert [(text[one["start"] : one["end"]], one["entity"], one["rule"]) for one in findings] == [
        ("Zoltar Quimby", "PERSON", "name-person"), ("Quux City", "LOCATION", "name-location"),
    ]  # fmt: skip


def test_a_folder_that_is_not_whole_is_a_fault_of_the_configuration(run: Runner, tmp_path: Path) -> None:
    (made_taggers.gliner(tmp_path / "tagger") / "tokenizer.json").unlink()
    run.config.write_text("version: 1\ndetect: {ner: ./tagger}\n", encoding="utf-8")
    done = run("scan", "-", stdin=b"anything")
    assert done.code == 2
    assert "hushgate.yaml:2: detect.ner names ./tagger, which lacks tokenizer.json" in done.err
    assert "hint: write it with transformers" in done.err


def test_a_graph_that_cannot_be_loaded_leaves_nothing_unread(run: Runner, tmp_path: Path) -> None:
    folder = made_taggers.classifier(tmp_path / "tagger")
    (folder / "tokenizer.json").write_text("{}", "utf-8")
    configured(run, tmp_path)
    done = run("scan", "-", stdin=b"Yesterday we wrote to Zoltar Quimby.")
    assert done.code == 3
