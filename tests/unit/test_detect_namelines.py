"""Names by their lines, without the tagger."""

from __future__ import annotations

import pytest

from hushgate.detect.namelines import in_lines, is_name
from hushgate.detect.wordclasses import WordClasses

CLASSES = WordClasses({
    "john": "32020", "smith": "03000", "ingrid": "30000", "tobias": "30000", "ruby": "30000", "and": "00030",
    "maría": "20000", "important": "00020", "late": "00030",
})  # fmt: skip


def found(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], rule.removeprefix("name-")) for start, end, rule, _ in in_lines(text, CLASSES)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # heads of mails and commits: a list knows a word of it, or the address has it
        ("commit 1f\nAuthor: John Doe <jd@example.com>\nDate: now", [("John Doe", "addressed")]),
        ("Signed-off-by: Xq Zwvrt <zwvrt@example.com>", [("Xq Zwvrt", "addressed")]),
        ('To: "Smith, Al" <a@example.com>, Ingrid <i@example.com>',
         [("Smith, Al", "addressed"), ("Ingrid", "addressed")]),
        ("> From: ingrid <i@example.com>", [("ingrid", "addressed")]),
        ("From: Billing Support <billing@example.com>", []),
        ("From: Xq Zwvrt <a@example.com>", []),
        ('see "Zwvrt, Xq" <xq.zwvrt@example.com> of them', [("Zwvrt, Xq", "addressed")]),
        (" * Author: John Doe <jd@example.com>", []),
        # labels before capitals
        ("PATIENT: JOHN SMITH", [("JOHN SMITH", "labelled")]),
        ("Name: MARÍA O’NEILL-DÍAZ", [("MARÍA O’NEILL-DÍAZ", "labelled")]),
        ("Name: TOP SECRET", []),
        ("name: HTTP", []),
        ("Name: PAYMENT GATEWAY", []),
        # told in small letters
        ("my name is john smith and i need help", [("john smith", "told")]),
        ("ich heiße ingrid, und du?", [("ingrid", "told")]),
        ("hello, me llamo tobias", [("tobias", "told")]),
        ("my name is important", []),
        ("my name is late", []),
        # speakers
        ("tobias: did you see it?\nruby: no\nbot: what", [("tobias", "speaker"), ("ruby", "speaker")]),
        ("[10:22] tobias: did you see it?\n[10:23] bot: here it is", [("tobias", "speaker")]),
        ("<ingrid> who takes this one\n<bot> I do", [("ingrid", "speaker")]),
        ("tobias: true\ningrid: false", []),
        ("ruby: the version is 3\nnode: the version is 20", []),
        # columns
        ("id,first_name,last_name\n1,li,van der berg\n2,Ana,Ng", [("li", "column"), ("van der berg", "column"),
                                                                   ("Ana", "column"), ("Ng", "column")]),
        ('name;email\n"Doe, Jo";j@example.com', [("Doe, Jo", "column")]),
        ("| Name | Phone |\n| --- | --- |\n| Jo Doe | 1 |\n\n| a | b |", [("Jo Doe", "column")]),
        ("customer\tphone\njo doe\t1\ntotal\t2", [("jo doe", "column")]),
        ("| customer |\n| --- |\n| jo doe |", [("jo doe", "column")]),
        ("const {\n  author,\n  engines,\n} = json", []),
        ("name,version\nleft-pad,1.3.0", []),
        ("name,email\n(none),x\nuser7,y", []),
        ("first_name,last_name\nrow of another width\na,b,c", []),
    ],
)  # fmt: skip
def test_names_by_their_lines(text: str, names: list[tuple[str, str]]) -> None:
    assert found(text) == names


def test_a_line_of_any_length_is_read_in_linear_time() -> None:
    assert found("name,email\n" + "a," * 100_000 + "\nTo: " + "x <" * 50_000) == []


@pytest.mark.parametrize(
    ("text", "one"),
    [("jo", True), ("Jo van der Berg", True), ("J. R. Smith", True), ("José-María O'Neill", True), ("", False),
     ("error", False), ("a b c d e f", False), ("x_y", False), ("jo2", False), ("王伟", True)],
)  # fmt: skip
def test_what_can_be_a_name(text: str, one: bool) -> None:
    assert is_name(text) is one
