"""Parts of documents in texts: recognised though they were edited, with their document's name."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from bench.passages import reworded
from bench.prose import Prose
from hushgate.detect.document_prints import AskedOfDocuments, Read, import_documents
from hushgate.detect.hit import Hit
from hushgate.detect.known_documents import KnownDocuments
from hushgate.errors import ConfigError, Unscannable
from hushgate.values import Level, Origin

KEY = b"k" * 32
PLAN = """
The acquisition of the northern bakery chain will be announced on the third of March, after the supervisory board has
agreed to the price. Until then nobody outside the steering group may speak of it. We expect the regulator to ask for a
sale of some four branches in the harbour district, which would cost us about a tenth of the promised turnover.

Größere Öfen für die Filialen am Hafen kosten etwa zwölf Millionen, und für die übrigen genügt es, die Öfen zu
überholen. Über die Höhe der Rücklagen entscheidet der Aufsichtsrat im Frühjahr, sobald der Abschluß fertig ist.
"""
CODE = '''
def settle(rows, bounds):
    """Put rows in the order of their weights."""
    heavy = [row for row in rows if row.weight > bounds.upper]
    light = [row for row in rows if row.weight <= bounds.upper]
    for row in sorted(heavy, key=lambda row: row.weight):
        if row.owner is None and not bounds.permits(row):
            raise ValueError(f"row {row.number} has no owner")
        yield row.number, row.weight * bounds.factor
    yield from ((row.number, row.weight) for row in light)
'''


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> KnownDocuments:
    place = tmp_path_factory.mktemp("documents") / "a.documents"
    pieces = [Read("plans/bakery.docx", PLAN), Read("src/settle.py", CODE), Read("noise.txt", Prose(1).text(3000))]
    import_documents(pieces, AskedOfDocuments(Level.REGULATED, "PLAN", owner="board"), KEY, place)
    return KnownDocuments([place], KEY, lambda value: f"print of {len(value)}")


def found(known: KnownDocuments, text: str) -> list[Hit]:
    return known.find(["no", text], None)[1]


def test_a_pasted_paragraph_is_covered_from_end_to_end(known: KnownDocuments) -> None:
    paragraph = PLAN.strip().split("\n\n")[0]
    text = f"Improve this, please:\n\n{paragraph}\n\nKeep it short."
    (hit,) = found(known, text)
    assert text[hit.start : hit.end].strip() == paragraph
    assert (hit.entity, hit.category, hit.level, hit.rule_id) == ("PLAN", "ip", Level.REGULATED, "catalog-documents")
    assert hit.origin == Origin("documents", "plans/bakery.docx", "", "board")
    assert hit.score == 1.0
    assert hit.fingerprint == f"print of {hit.end - hit.start}"


@pytest.mark.parametrize("around", ["{}", "Ünal: {} ü", "{}\n" + "other words of nothing at all " * 30])
def test_however_it_is_written(known: KnownDocuments, around: str) -> None:
    for part in PLAN.strip().split("\n\n"):
        for form in (part, part.upper(), part.replace("\n", " "), part.replace(" ", "\n> "), part.replace(",", " –")):
            text = around.format(form)
            (hit,) = found(known, text)
            assert hit.start <= text.index(form) + 20 and hit.end >= text.index(form) + len(form) - 20


@pytest.mark.parametrize("form", ["{:4d}  {}", "{}:{}", "{:6d}\u2192{}", "{}\t{}"])
def test_with_the_lines_numbered(known: KnownDocuments, form: str) -> None:
    lines = [form.format(n, line) for n, line in enumerate(CODE.strip().split("\n"), 97)]
    text = "\n".join(["This is it:", *lines])
    (hit,) = found(known, text)
    assert hit.start <= text.index("Put rows") and hit.end >= text.index("in light")


def test_what_a_text_repeats_counts_once(known: KnownDocuments) -> None:
    line = 'raise ValueError(f"row {row.number} has no owner") yield row.number'
    assert line.replace(" yield", "\n        yield") in CODE
    text = "\n".join(f"{line} # {word}" for word in "quartz feldspar mica granite basalt gneiss schist marble".split())
    assert found(known, text) == []


def test_edited(known: KnownDocuments) -> None:
    seen = [bool(found(known, reworded(PLAN, 0.1, random.Random(seed)))) for seed in range(20)]
    assert all(seen)


def test_a_function_is_known_by_other_indents_and_some_other_names(known: KnownDocuments) -> None:
    text = CODE.replace("    ", "\t").replace("heavy", "big").replace("light", "small")
    (hit,) = found(known, text)
    assert hit.origin is not None and hit.origin.asset == "src/settle.py"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The acquisition of the northern bakery chain will be announced.",
        Prose(2).text(3000),
        "=" * 4000,
        "0, " * 2000,
        "ö" * 1000,
    ],
)
def test_what_is_no_part_of_one_is_not(known: KnownDocuments, text: str) -> None:
    assert found(known, text) == []


def test_sentences_far_apart_are_no_passage(known: KnownDocuments) -> None:
    sentences = PLAN.replace("\n", " ").split(". ")
    text = "".join(f"{sentence}. {Prose(n + 10).text(1500)}" for n, sentence in enumerate(sentences[:2]))
    assert all(hit.end - hit.start < 400 for hit in found(known, text))


def test_two_documents_in_one_text(known: KnownDocuments) -> None:
    text = f"{PLAN}\n{Prose(5).text(900)}\n{CODE}"
    assert [hit.origin.asset for hit in sorted(found(known, text), key=lambda h: h.start) if hit.origin] == [
        "plans/bakery.docx", "src/settle.py",
    ]  # fmt: skip


def test_another_key_is_told(tmp_path: Path) -> None:
    place = tmp_path / "a.documents"
    import_documents([Read("x", PLAN)], AskedOfDocuments(Level.REGULATED), KEY, place)
    with pytest.raises(ConfigError, match="was made with another key"):
        KnownDocuments([place], b"j" * 32, str)


def test_where_its_file_is_written_over_nothing_is_found_clean(tmp_path: Path) -> None:
    place = tmp_path / "a.documents"
    import_documents([Read("plan.txt", PLAN)], AskedOfDocuments(Level.REGULATED, "PLAN"), KEY, place)
    os.utime(place, ns=(1, 1))
    known = KnownDocuments([place], KEY, str)
    assert found(known, PLAN) and known.intact
    os.truncate(place, 100)
    assert not known.intact
    with pytest.raises(Unscannable, match="written over"):
        found(known, PLAN)
