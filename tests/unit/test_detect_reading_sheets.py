"""Cells as what they show."""

from __future__ import annotations

import pytest

from hushgate.detect.reading.files import read_file
from tests.made_files import xlsx

S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def rows(cells: str, **more: bytes | str) -> list[str]:
    header = "<headerFooter><oddHeader>top</oddHeader></headerFooter>"
    sheet = f"<worksheet {S}><sheetData><row>{cells}</row></sheetData>{header}</worksheet>"
    contents = read_file(xlsx(["shared"], **{"xl/worksheets/sheet1.xml": sheet, **more}), "XLSX")
    (text,) = [text for steps, text in contents.texts if steps[-1] == "text"]
    return text.split("\n")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<c t="s"><v>0</v></c>', "shared"),
        ('<c t="s"><v>9</v></c>', "9"),
        ('<c t="inlineStr"><is><t>in</t><r><t>line</t></r></is></c>', "inline"),
        ('<c t="str"><f>A1&amp;"x"</f><v>made</v></c>', 'made =A1&"x"'),
        ('<c t="b"><v>1</v></c>', "1"),
        ("<c><v>4.111111111111111E15</v></c>", "4111111111111111"),
        ("<c><v>0.5</v></c>", "0.5"),
        ("<c><v>1E400</v></c>", "1E400"),
        ('<c s="1"><v>29347</v></c>', "1980-05-06"),
        ('<c s="1"><v>29347.5</v></c>', "1980-05-06 12:00:00"),
        ('<c s="1"><v>-1</v></c>', "-1"),
        ('<c t="d"><v>1980-05-06</v></c>', "1980-05-06"),
        ("<c><v>odd</v></c>", "odd"),
    ],
)
def test_cells(cell: str, shown: str) -> None:
    assert rows(cell) == [shown, "top"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("code", "is_date"), [("yyyy\\-mm", True), ('0.00 "days"', False), ("[Red]0", False)])
def test_own_formats_of_dates(code: str, is_date: bool) -> None:
    formats = f"<numFmts><numFmt numFmtId='200' formatCode='{code}'/></numFmts><cellXfs><xf numFmtId='200'/></cellXfs>"
    styles = {"xl/styles.xml": f"<styleSheet {S}>{formats}</styleSheet>"}
    assert rows("<c><v>29347</v></c>", **styles)[0] == ("1980-05-06" if is_date else "29347")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_strings_that_stand_in_no_cell_are_read_beside() -> None:
    more = {"xl/worksheets/sheet1.xml": f"<worksheet {S}><sheetData/></worksheet>"}
    assert (("strings", "beside"), "left over") in read_file(xlsx(["left over"], **more), "XLSX").texts


def test_rows_and_the_names_of_sheets() -> None:
    texts = read_file(xlsx(["Name", "Card"], ["Jane", 4111111111111111.0]), "XLSX").texts
    assert "Name\tCard\nJane\t4111111111111111" in [text for _, text in texts]
    assert "People of Acme" in [text for _, text in texts]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "cell",
    [
        "<c><v>1</v><v>jane@acme.example</v></c>",
        "<c><v>1</v><f>A1</f><f>jane@acme.example</f></c>",
        "<c><v>1</v><extLst>jane@acme.example</extLst></c>",
        "<c><v>1<x>jane@acme.example</x></v></c>",
        "<c><v>1</v></c>jane@acme.example",
        "<v>jane@acme.example</v>",
    ],
)
def test_text_that_no_cell_shows_is_read(cell: str) -> None:
    assert "jane@acme.example" in rows(cell)


def test_text_between_shared_strings_and_a_second_part_of_them_are_read() -> None:
    first = f"<sst {S}><si><t>one</t></si><extLst>two</extLst></sst>"
    second = f"<sst {S}><si><t>three</t></si></sst>"
    made = xlsx(**{"xl/sharedStrings.xml": first, "other/xl/sharedStrings.xml": second})
    assert {"one", "two", "three"} <= {line for _, text in read_file(made, "XLSX").texts for line in text.split("\n")}
