"""Office documents: every text of every part, whatever it is made of."""

from __future__ import annotations

import pytest

from hushgate.detect.reading.files import read_file
from tests.made_files import PNG, docx, pptx, xlsx, zipped

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def beside(contents_texts: tuple[tuple[tuple[object, ...], str], ...]) -> str:
    return "\n".join(text for steps, text in contents_texts if steps[-1] == "beside")


def shown(data: bytes, type: str) -> list[str]:
    return [text for steps, text in read_file(data, type).texts if steps[-1] != "beside"]


def test_runs_make_one_line() -> None:
    assert shown(docx("jane.roe@example.com", "two & more"), "DOCX") == ["jane.roe@example.com\ntwo & more"]
    assert shown(pptx("jane.roe@example.com", "two"), "PPTX") == ["jane.roe@example.com\ntwo"]


def test_deleted_and_hidden_text_tabs_and_fields() -> None:
    body = (
        "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/></w:r><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
        "<w:r><w:instrText> MAILTO jane</w:instrText></w:r></w:p>"
    )
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    assert shown(docx(**{"word/document.xml": document}), "DOCX") == ["a\tb\ndeleted MAILTO jane"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("part", ["header1", "footer2", "footnotes", "endnotes", "comments"])
def test_what_people_read_beside_the_body(part: str) -> None:
    more = {f"word/{part}.xml": f"<w:x {W}><w:p><w:r><w:t>ann</w:t></w:r></w:p></w:x>"}
    assert shown(docx("body", **more), "DOCX") == ["body", "ann"]


def test_metadata_links_and_names_are_read_beside() -> None:
    more = {
        "docProps/core.xml": "<p><creator>Jane Roe</creator></p>",
        "word/_rels/document.xml.rels": '<r><x Target="https://x.example/?who=jane"/></r>',
        "word/media/jane.png": PNG,
        "word/ids.xml": '<r a="0a1b2c3d" b="4294967295" c="{28A0092B-C50C-407E-A947-70E740481C1C}"/>',
    }
    contents = read_file(docx("body", **more), "DOCX")
    said = beside(contents.texts)
    assert "Jane Roe" in said and "who=jane" in said and "word/media/jane.png" in said
    assert "4294967295" not in said and "28A0092B" not in said
    assert [reason for _, reason, _ in contents.unread] == ["image"]


def test_a_file_in_a_document_is_read() -> None:
    contents = read_file(docx("body", **{"word/embeddings/a.xlsx": xlsx(["ann"])}), "DOCX")
    assert "ann" in [text for _, text in contents.texts]


@pytest.mark.parametrize(
    "xml",
    ["<a>", '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "<!DOCTYPE a><a/>", "\0", '<?xml version="1.0" encoding="?"?>'],
)
def test_xml_with_more_than_one_reading_is_unread(xml: str) -> None:
    contents = read_file(docx("body", **{"word/more.xml": xml}), "DOCX")
    assert [reason for _, reason, _ in contents.unread] == ["XML that cannot be read"]


def test_deep_xml_breaks_the_document() -> None:
    deep = "<a>" * 20_000 + "</a>" * 20_000
    contents = read_file(docx("body", **{"word/deep.xml": deep}), "DOCX")
    assert [reason for _, reason, _ in contents.unread] == ["DOCX: it is broken"]


def test_a_package_of_another_kind_is_broken() -> None:
    assert read_file(zipped({"a.xml": "<a/>"}), "PPTX").unread[0][1] == "PPTX: it is broken"


HIDDEN = "jane@acme.example"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "xml",
    [
        f"<!-- {HIDDEN} --><a/>",
        f"<a><b/><!-- {HIDDEN} --></a>",
        f"<a/><?note {HIDDEN}?>",
        f'<a xmlns:x="mailto:{HIDDEN}"/>',
        f'<x:a xmlns:x="mailto:{HIDDEN}"/>',
        f'<a href="http://schemas.example/{HIDDEN}"/>',
        '<a to="j@b.example"/>'.replace("j@b.example", HIDDEN),
        f"<a><b/>{HIDDEN}</a>",
    ],
)
def test_what_the_xml_says_beside_its_elements_is_read(xml: str) -> None:
    contents = read_file(docx("body", **{"word/more.xml": xml}), "DOCX")
    assert HIDDEN in beside(contents.texts)


def test_short_addresses_in_attributes_are_read_and_names_of_schemas_are_not() -> None:
    xml = '<a xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" a="j@b.de" b="left" c="00AB12CD"/>'
    lines = beside(read_file(docx("body", **{"word/more.xml": xml}), "DOCX").texts).split("\n")
    assert "j@b.de" in lines
    assert not {"left", "00AB12CD"} & set(lines) and not [line for line in lines if "openxmlformats" in line]


def test_who_wrote_something_is_a_text_of_its_own() -> None:
    xml = '<a xmlns:w="urn:w"><w:ins w:author="Mara Lindqvist" w:id="1"/><w:del w:author="Mara Lindqvist"/></a>'
    contents = read_file(docx("body", **{"word/more.xml": xml}), "DOCX")
    assert [text for steps, text in contents.texts if steps[-1] == "author"] == ["Mara Lindqvist"]
