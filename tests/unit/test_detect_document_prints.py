"""What is kept of documents: nothing of their text, and nothing that says nothing of one of them."""

from __future__ import annotations

from pathlib import Path

from bench.prose import Prose
from hushgate.detect.catalog_file import open_file
from hushgate.detect.document_prints import KIND, AskedOfDocuments, Read, import_documents
from hushgate.values import Level

KEY = b"k" * 32
ASKED = AskedOfDocuments(Level.CONFIDENTIAL, owner="board", most=2)
ONE, OTHER, THIRD, NOTICE = (Prose(seed).text(2000) for seed in range(4))


def test_the_file_holds_no_text(tmp_path: Path) -> None:
    place = tmp_path / "a.documents"
    told = import_documents([Read("plans/one.txt", ONE), Read("two.txt", OTHER)], ASKED, KEY, place)
    content = place.read_bytes()
    assert not any(word.encode() in content for word in ONE.split() if len(word) > 5)
    assert [path.name for path in tmp_path.iterdir()] == ["a.documents"]
    head = open_file(place, KEY, KIND).head
    assert head["names"] == ["plans/one.txt", "two.txt"]
    assert (head["level"], head["entity"], head["category"], head["owner"]) == (
        "confidential",
        "DOCUMENT",
        "ip",
        "board",
    )
    assert told.documents == 2 and told.fingerprints > 150 and told.short == ()


def test_pieces_of_one_document_are_one(tmp_path: Path) -> None:
    pieces = [Read("one", ONE[:1200]), Read("one", ONE[1000:]), Read("short", "a few words")]
    told = import_documents(pieces, ASKED, KEY, tmp_path / "a.documents")
    file = open_file(tmp_path / "a.documents", KEY, KIND)
    assert told.documents == 2 and told.short == ("short",)
    rows = list(file.arrays["prints"])
    assert rows == sorted(set(rows)) and set(file.arrays["documents"]) == {0}


def test_what_stands_in_too_many_documents_is_boilerplate(tmp_path: Path) -> None:
    alone = import_documents([Read("x", ONE)], ASKED, KEY, tmp_path / "a.documents").fingerprints
    pieces = [Read(name, NOTICE) for name in ("a", "b", "c")]
    told = import_documents([*pieces, Read("x", ONE)], ASKED, KEY, tmp_path / "a.documents")
    assert told.fingerprints == alone and told.common > 50
    assert told.alike == ("a", "b", "c") and not told.short


def test_what_is_to_be_ignored_is(tmp_path: Path) -> None:
    alone = import_documents([Read("x", ONE)], ASKED, KEY, tmp_path / "a.documents").fingerprints
    pieces = [Read("x", f"{ONE}\n\n{NOTICE}"), Read("", NOTICE), Read("", THIRD)]
    told = import_documents(pieces, ASKED, KEY, tmp_path / "a.documents")
    assert abs(told.fingerprints - alone) < 8, "but for runs across the seam"
    assert told.ignored > 50


def test_nothing_at_all(tmp_path: Path) -> None:
    told = import_documents([], ASKED, KEY, tmp_path / "a.documents")
    assert (told.documents, told.fingerprints) == (0, 0)
    assert open_file(tmp_path / "a.documents", KEY, KIND).head["names"] == []
