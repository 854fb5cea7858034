"""Microsoft's sensitivity labels of Office files and PDFs."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from pypdf import PdfWriter

from hushgate.detect.reading import office, pdf
from hushgate.detect.reading.found import Found
from hushgate.detect.reading.labels import label_lines
from hushgate.filetypes import DOCX

GUID = "87ba5c36-b7cf-4793-bbc2-bd5b3a9f95ca"
OTHER = "1b1d8ea1-1b3c-4c4d-9a3a-0b8a52c1c4aa"
CUSTOM = f"""<?xml version="1.0"?>
<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
 xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">
<property pid="2" name="MSIP_Label_{GUID}_Enabled"><vt:lpwstr>true</vt:lpwstr></property>
<property pid="3" name="MSIP_Label_{GUID}_Name"><vt:lpwstr>Highly Confidential</vt:lpwstr></property>
</Properties>"""
INFO = f"""<?xml version="1.0"?>
<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata">
<clbl:label id="{{{OTHER}}}" enabled="1" method="Privileged" siteId="{{{GUID}}}" removed="0"/>
</clbl:labelList>"""
BODY = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p>Hello</w:p></w:document>'
)


def docx(**parts: str) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as package:
        package.writestr("word/document.xml", BODY)
        for name, xml in parts.items():
            package.writestr({"custom": "docProps/custom.xml", "info": "docMetadata/LabelInfo.xml"}[name], xml)
    return out.getvalue()


def said(found: Found) -> list[str]:
    return [text for steps, text in found.texts if "labels" in steps]


def test_an_office_file_says_its_label_by_name() -> None:
    found = Found()
    office.read(found, (), docx(custom=CUSTOM), DOCX, 0)
    assert said(found) == [f"MSIP_Label_{GUID}_Name: Highly Confidential"]


def test_an_office_file_that_knows_the_guid_alone() -> None:
    found = Found()
    office.read(found, (), docx(info=INFO), DOCX, 0)
    assert said(found) == [f"MSIP_Label_{OTHER}_Name: {OTHER}"]


def test_an_office_file_without_a_label() -> None:
    found = Found()
    office.read(found, (), docx(), DOCX, 0)
    assert said(found) == []


def test_a_pdf_says_its_label() -> None:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_metadata({f"/MSIP_Label_{GUID}_Name": "Confidential", f"/MSIP_Label_{GUID}_Enabled": "True"})
    out = BytesIO()
    writer.write(out)
    found = Found()
    pdf.read(found, (), out.getvalue(), "pdf", 0)
    assert said(found) == [f"MSIP_Label_{GUID}_Name: Confidential"]


def test_a_label_that_was_taken_off_is_none() -> None:
    properties = [(f"MSIP_Label_{GUID}_Enabled", "False"), (f"MSIP_Label_{GUID}_Name", "Secret")]
    assert label_lines(properties) == []
    assert label_lines([], [{"id": OTHER, "enabled": "0", "removed": "1"}]) == []
    assert label_lines([], [{"id": OTHER, "enabled": "0", "removed": "0"}]) == []


def test_both_places_of_one_label_are_one() -> None:
    properties = [(f"MSIP_Label_{GUID}_Name", "General")]
    assert label_lines(properties, [{"id": f"{{{GUID.upper()}}}", "enabled": "1"}]) == [
        f"MSIP_Label_{GUID}_Name: General"
    ]


def test_labels_of_other_tools_are_told_as_a_field() -> None:
    said_by = [("Sensitivity", "Strictly  Confidential"), ("bjDocumentSecurityLabel", "OFFICIAL-SENSITIVE")]
    assert label_lines([*said_by, ("Title", "Confidential"), ("Company", "Acme")]) == [
        "Classification: Strictly Confidential",
        "Classification: OFFICIAL-SENSITIVE",
    ]
