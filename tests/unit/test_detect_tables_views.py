"""Texts without what their lines begin with, and without escapes; places are those of the text itself."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.views import views


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("> a,b\n> 1,2\n", "a,b\n1,2\n"),
        ("Hi:\n> > a\n> > b\nso\n", "Hi:\na\nb\nso\n"),
        ("     1\ta,b\n     2\t1,2\n", "a,b\n1,2\n"),
        ("   1→a\n   2→b\n", "a\nb\n"),
        ("x.csv:1:a,b\nx.csv:2:1,2\n", "a,b\n1,2\n"),
        ("[2024-06-01 10:00:00] INFO  a,b\n[2024-06-01 10:00:01] INFO  1,2\n", "a,b\n1,2\n"),
        ("app-1  | a,b\napp-1  | 1,2\n", "a,b\n1,2\n"),
        ("# a,b\n# 1,2\n", "a,b\n1,2\n"),
        ("# a | b\n# --+--\n# 1 | 2\n", "a | b\n--+--\n1 | 2\n"),
        ("@@ -1,2 +1,2 @@\n a,b\n-1,2\n+1,3\n", "@@ -1,2 +1,2 @@\na,b\n1,2\n1,3\n"),
        ("\ufeffa,b\n1,2\n", "a,b\n1,2\n"),
        ("id\ta\n101\tx\n102\ty\n", "id\ta\n101\tx\n102\ty\n"),
        ("id  | a\n101 | x\n102 | y\n", "id  | a\n101 | x\n102 | y\n"),
        ("+---+\n| a |\n+---+\n", "+---+\n| a |\n+---+\n"),
        ("> a\nb\n> c\n", "> a\nb\n> c\n"),
    ],
)
def test_leads(text: str, shown: str) -> None:
    (view,) = views(text)
    assert view.text == shown


def test_escapes() -> None:
    text = 'é said {"out": "a,b\\n1,\\"x\\"\\n"} to us\nand so on'
    plain, view = views(text)
    assert plain.text == text
    assert view.text == 'é said {\nout\n: \na,b\n1,"x"\n\n} to us\n\n'
    low = view.text.index('"x"')
    start, end = view.span(low, low + 3)
    assert text[start:end] == '\\"x\\"'


@pytest.mark.parametrize("text", ["> a,b\n> 1,2\n> 3,4\n", "\ufeffa\n# b\n# c\nd", 'x "a\\nb\\tc\\\\d\\n" y'])
def test_places(text: str) -> None:
    for view in views(text):
        for at, sign in enumerate(view.text):
            start, end = view.span(at, at + 1)
            assert 0 <= start < end <= len(text) + 2
            assert sign in "\n\t\\" or text[start] == sign
