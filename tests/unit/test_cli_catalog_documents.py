"""`hushgate catalog documents`: a folder becomes a file, and its paragraphs are known."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from bench.prose import Prose
from hushgate.cli.catalog_documents import FILLER, LICENCES, notices
from tests.unit.cli_runner import Runner, run

__all__ = ["run"]

PLAN, SOURCE, PUBLIC = (Prose(seed).text(1500) for seed in (21, 22, 23))


def word_file(text: str) -> bytes:
    out = io.BytesIO()
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        )
        paragraphs = "".join(f"<w:p><w:r><w:t>{part}</w:t></w:r></w:p>" for part in text.split("\n"))
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{paragraphs}</w:body></w:document>")
    return out.getvalue()


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    folder = tmp_path / "plans"
    (folder / "src").mkdir(parents=True)
    (folder / "merger.docx").write_bytes(word_file(PLAN))
    (folder / "src" / "settle.py").write_text(f"{SOURCE}\n\n{PUBLIC}", "utf-8")
    (folder / "note.txt").write_text("too little", "utf-8")
    return folder


def test_paragraphs_of_a_folder_are_known(run: Runner, plans: Path, tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "notice.txt").write_text(PUBLIC, "utf-8")
    done = run("catalog", "documents", "plans", "--level", "confidential", "--ignore", "public", "--owner", "board")
    assert done.code == 0, done.err
    said = done.err.splitlines()
    assert said[0].startswith("wrote plans.documents: 3 documents, ")
    assert "of what is to be ignored" in said[1]
    assert said[2] == "too short to be known: note.txt"

    run.config.write_text(run.config.read_text() + "catalog: ['*.documents']\n")
    for name, text in {"plan": PLAN[300:900], "source": SOURCE[200:800], "public": PUBLIC[200:900]}.items():
        (tmp_path / f"{name}.txt").write_text(f"Shorten this.\n\n{text}\n", "utf-8")
    told = {r["id"]: r for r in json.loads(run("scan", "--json", "plan.txt", "source.txt", "public.txt").out)}
    assert told["plan.txt"]["level"] == told["source.txt"]["level"] == "confidential"
    assert told["public.txt"]["findings"] == []
    assert "known from merger.docx (documents, board)" in run("policy", "explain", "plan.txt").out


def test_what_came_of_it_as_json(run: Runner, plans: Path) -> None:
    told = json.loads(run("catalog", "documents", str(plans), "--level", "internal", "--json").out)
    assert (told["file"], told["documents"], told["too_short"], told["unread"]) == (
        "plans.documents", 3, ["note.txt"], [],
    )  # fmt: skip


def test_versions_of_one_document_are_told(run: Runner, plans: Path) -> None:
    for n in range(4):
        (plans / f"draft{n}.txt").write_text(f"{Prose(31).text(3000)} Version {n}.", "utf-8")
    done = run("catalog", "documents", "plans", "--level", "internal", "--most", "3")
    told = (
        "not known, since nearly all of it stands in too many documents: draft0.txt, draft1.txt, draft2.txt, draft3.txt"
    )
    assert told in done.err.splitlines() and done.err.splitlines()[-1].startswith("hint: versions of one document")
    told = json.loads(run("catalog", "documents", "plans", "--level", "internal", "--json").out)
    assert told["alike"] == []


def test_filler_is_no_document(run: Runner, plans: Path) -> None:
    (plans / "template.txt").write_text(FILLER.replace("\n", " "), "utf-8")
    done = run("catalog", "documents", "plans", "--level", "internal")
    assert "too short to be known: note.txt, template.txt" in done.err


def test_a_document_that_cannot_be_read_is_told(run: Runner, plans: Path, tmp_path: Path) -> None:
    (plans / "broken.docx").write_bytes(word_file(PLAN)[:400])
    (plans / "other.pdf").write_bytes(b"%PDF-1.7 and no more")
    (plans / "unicode.txt").write_bytes("Öfen".encode("utf-16"))
    done = run("catalog", "documents", "plans", "--level", "internal")
    assert done.code == 3
    assert "not read, or not all of it: " in done.err and "other.pdf" in done.err
    assert done.err.splitlines()[-1] == "not read, since it is no text: plans/unicode.txt"
    told = json.loads(run("catalog", "documents", "plans", "--level", "internal", "--json").out)
    assert told["binary"] == ["plans/unicode.txt"]
    assert (tmp_path / "plans.documents").is_file(), "of the others"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["plans", "--level", "internal", "--out", "a.txt"], 2, "a.txt is no name for it"),
        (["plans", "--level", "internal", "--entity", "a plan"], 2, "a plan is no name of an entity"),
        (["nowhere", "--level", "internal"], 3, "nowhere is no folder"),
        (["plans", "--level", "internal", "--ignore", "nowhere"], 3, "nowhere is no folder"),
        (["plans"], 2, "--level"),
    ],
)
def test_what_cannot_be_asked_for(run: Runner, plans: Path, words: list[str], code: int, told: str) -> None:
    done = run("catalog", "documents", *words)
    assert done.code == code
    assert told in done.err and "hint: " in done.err


def test_licences_of_this_machine_are_ignored(run: Runner, plans: Path) -> None:
    texts = [path.read_text("utf-8", "replace") for path in notices()]
    licence = max((text for text in texts if "Permission is hereby granted, free of charge" in text), key=len)
    assert LICENCES.is_absolute()
    (plans / "COPYING").write_text(licence, "utf-8")
    done = run("catalog", "documents", "plans", "--level", "internal")
    assert "too short to be known: COPYING, note.txt" in done.err
