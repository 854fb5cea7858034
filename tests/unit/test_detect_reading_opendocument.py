"""OpenDocument: paragraphs, rows, headers, metadata, and what is in the package."""

from __future__ import annotations

import pytest

from hushgate.detect.reading.files import read_file
from tests.made_files import PNG, zipped

NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)


def odf(body: str, kind: str = "text", **more: bytes | str) -> bytes:
    content = f"<office:document-content {NAMES}><office:body>{body}</office:body></office:document-content>"
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content, **more})


def test_a_paragraph_is_a_line_whatever_it_is_made_of() -> None:
    raw = odf(
        "<text:h>A title</text:h><text:p>jane.<text:span>r</text:span>oe@example<text:s/>com<text:tab/>x"
        "<text:line-break/>y</text:p>"
    )
    assert dict(read_file(raw, "OpenDocument").texts)[1, "text"] == "A title\njane.roe@example com\tx\ny"


def test_cells_are_read_in_rows() -> None:
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    row = f"<table:table-row>{cell.format('ann')}{cell.format('Oslo')}</table:table-row>"
    raw = odf(f"<table:table>{row}{row}</table:table>", "spreadsheet")
    assert dict(read_file(raw, "OpenDocument").texts)[1, "text"] == "ann\tOslo\nann\tOslo"


def test_headers_metadata_attributes_and_files_in_it_are_read() -> None:
    meta = f"<office:document-meta {NAMES}><office:meta>by Jane</office:meta></office:document-meta>"
    styles = f"<office:document-styles {NAMES}><text:p>a header</text:p></office:document-styles>"
    raw = odf(
        '<text:p text:note="of a picture">x</text:p>',
        **{"meta.xml": meta, "styles.xml": styles, "Pictures/a.png": PNG, "b.csv": "ann,1"},
    )
    contents = read_file(raw, "OpenDocument")
    texts = {text for _, text in contents.texts}
    assert {"a header", "by Jane", "ann,1"} <= texts
    assert any("of a picture" in text for text in texts)
    assert [reason for _, reason, _ in contents.unread] == ["image"]


def test_without_its_name_it_is_known_by_its_member() -> None:
    assert ((1, "text"), "ann") in read_file(odf("<text:p>ann</text:p>"), "ZIP").texts


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped({"a.txt": "x"}), "OpenDocument: it is broken"),
        (odf("<text:p>"), "XML that cannot be read"),
    ],
)
def test_what_is_none_or_broken_is_unread(data: bytes, reason: str) -> None:
    assert reason in [why for _, why, _ in read_file(data, "OpenDocument").unread]
