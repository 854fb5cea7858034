"""Texts in pieces that overlap, and what of a document is a text."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from hushgate.cli.texts import CHUNK, Piece, Sealed, _chunks, document_texts, file_texts
from hushgate.files import Contents
from tests.made_files import PNG, docx, pdf


@pytest.mark.parametrize("newline", ["\n", "", "\r\n"])
def test_chunks_put_together_are_the_file(newline: str) -> None:
    text = "\u00e9" * 100 + (f"line of text{newline}" * 20_000)
    pieces = list(_chunks("x", io.BytesIO(text.encode())))
    assert len(pieces) > 3
    whole = "".join(p.text[: p.again] for p in pieces)
    assert whole == text
    assert all(p.again is not None for p in pieces[:-1])
    assert pieces[-1].again is None
    assert all(text[p.start : p.start + len(p.text)] == p.text for p in pieces)
    assert all(p.line == text.count("\n", 0, p.start) for p in pieces)
    assert all(len(p.text) <= CHUNK for p in pieces)


def test_what_touches_a_cut_belongs_to_the_piece_that_holds_it_whole() -> None:
    piece = Piece("x", "a" * 100, start=50, again=80)
    assert not piece.holds(0, 5)
    assert piece.holds(1, 5)
    assert not piece.holds(90, 100)
    assert piece.holds(70, 100)  # longer than what is read again: nobody else sees more of it
    assert Piece("x", "a" * 100).holds(0, 100)


def test_documents_wait_to_be_read_and_texts_do_not(tmp_path: Path) -> None:
    for name, data in {"a.pdf": pdf("ann"), "b.docx": docx("bob"), "c.html": b"<p>x", "d.png": PNG + b"\0",
                       "e.pdf": b"just text", "f.eml": b"Subject: x\n\nhi"}.items():  # fmt: skip
        (tmp_path / name).write_bytes(data)
    found = {Path(item.name).name: item for item in file_texts([str(tmp_path)], ocr=False)}
    types = {name: item.document.type for name, item in found.items() if isinstance(item, Sealed)}
    assert types == {"a.pdf": "PDF", "b.docx": "DOCX", "f.eml": "e-mail"}
    assert {name for name, item in found.items() if isinstance(item, Piece)} == {"c.html", "e.pdf"}
    (image,) = file_texts([str(tmp_path / "d.png")], ocr=True)
    assert isinstance(image, Sealed) and image.document.type == "image"


def test_a_document_from_a_pipe_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    for data in (pdf("ann"), b"x" * 100_000):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Pipe(data)))
        items = list(file_texts(["-"], ocr=False))
        first = items[0]
        if isinstance(first, Sealed):
            assert first.document.data == data
        else:
            assert "".join(i.text[: i.again] for i in items if isinstance(i, Piece)) == data.decode()


def test_the_last_piece_of_a_document_tells_what_is_unread() -> None:
    contents = Contents(((("page", 1), "ann"), (("page", 2), "b" * (CHUNK + 9))), ((("object", 3), "image", 7),))
    pieces = list(document_texts("a.pdf", contents))
    assert [piece.where for piece in pieces] == ["page/1", "page/2", "page/2", ""]
    assert [piece.last for piece in pieces] == [False, False, False, True]
    assert pieces[-1].unread == (("object/3", "image", 7),) and pieces[-1].faults == ()


@pytest.mark.parametrize("contents", [Contents((), (((), "it is encrypted", 9),)), Contents(fault="it is encrypted")])
def test_one_that_nobody_can_read_is_a_fault(contents: Contents) -> None:
    (piece,) = document_texts("a.pdf", contents)
    assert (piece.text, piece.faults) == ("", ("it is encrypted",))
