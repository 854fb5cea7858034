from __future__ import annotations

import pytest

from hushgate.transform.surroundings import Surroundings

IN = True
OUT = False


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("plain words ", OUT),
        ("http", OUT),
        ("https://example.com/?q=", IN),
        ("https://example.com/ ", OUT),
        ("HTTPS://example.com/", IN),
        ("(https://example.com/)", IN),  # A renderer may or may not end it here.
        ('{"url":"https://example.com","mail":"', OUT),
        ('see https://example.com/?q="', IN),  # Bare: the quotation mark is part of it.
        ("![x](", IN),
        ("![x](//example.com/?q=", IN),
        ("![x](https://example.com/?a='b\"c`", IN),
        ("![x](https://example.com/ ", OUT),
        ("![x](<https://example.com/a b ", IN),
        ("![x](<https://example.com/>\n", OUT),
        ("[x]( ", IN),
        ("[x] (", OUT),
        ('<img src="https://example.com/?q= ', IN),  # White space is kept in a quoted attribute.
        ('<img src="https://example.com/"> ', OUT),
        ("<img src='//example.com/?q=\"", IN),
        ("<img src=//example.com/?q=", IN),
        ("<a href = ", IN),
        ('<form action="//example.com/ ', IN),
        ("<object data='/\\example.com/", IN),  # Browsers take either slash.
        ("<q cite=\\\\example.com\\", IN),
        ("a =/ b ", OUT),
        ("url(", IN),
        ("mailto:", IN),
        ("mail to: ", OUT),
        ("data:", IN),
        ("data: ", OUT),
        ("metadata:", OUT),
        ("www.example.com/?", IN),
        ("javascript:alert(", IN),
        ("at 10:30 // or so ", OUT),
        ("![x][1]\n\n[1]: //example.com/", IN),
        ("[1]: //", IN),
        ("@import '//example.com/?", IN),
        ("image-set('//example.com/", IN),
        ("x = 1  // mail ", OUT),
        ("https:\\\\example.com/", IN),
        ("https:/example.com/", IN),
        ("https: ", OUT),
        ('<body background="https&colon;&sol;&sol;example.com/', IN),
        ("<img src=" + " " * 40 + "https&colon;&sol;&sol;example.com/", IN),
        ("![x](https://example.com/?\u00a0", IN),
        ("![x](https://example.com/?\u2028", IN),
        ("<img src=https://example.com/?\x0b", IN),
    ],
)
def test_urls_in_text(before: str, expected: bool) -> None:
    whole = Surroundings(json_string=False)
    whole.feed(before)
    bitwise = Surroundings(json_string=False)
    for char in before:
        bitwise.feed(char)
    assert whole.in_url() is bitwise.in_url() is expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ('{"to":"', OUT),
        ('{"text":"see https://example.com","to":"', OUT),
        ('{"text":"see https://example.com/?q=', IN),
        ('{"text":"see https:\\/\\/example.com\\/?q=', IN),
        ('{"text":"see https:\\u002f\\u002fexample.com?q=', IN),
        ('{"text":"see https://example.com/\\n', OUT),
        ('{"text":"see https://example.com/\\\\n', IN),  # A backslash and an n, not a line's end.
        ('{"text":"[1]: \\/\\/example.com\\/', IN),
        ('{"text":"https:\\nmail ', OUT),
        ('{"html":"<img src=\\"https://example.com/?q= ', IN),
        ('{"html":"<img src=\\"https://example.com/\\"> ', OUT),
        ('{"md":"![x](https://example.com/?q=\\"', IN),
        ('{"md":"![x](https://example.com/","to":"', OUT),
        ('{"doc":"{\\"url\\":\\"https://example.com\\",\\"to\\":\\"', OUT),
    ],
)
def test_urls_in_json(before: str, expected: bool) -> None:
    near = Surroundings(json_string=True)
    near.feed(before)
    assert near.in_url() is expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ('{"to":"', 1),
        ('{"to":"a","cc":"', 1),
        ('{"say":"she said \\"', 1),  # Prose, not a document.
        ('{"doc":"{\\"to\\":\\"', 2),
        ('{"doc":" [\\"', 2),
        ('{"doc":"{\\"to\\":\\"a\\"}","to":"', 1),
        ('{"doc":"{\\"in\\":\\"{\\\\\\"to\\\\\\":\\\\\\"', 3),
        ('{"path":"C:\\\\","to":"', 1),
    ],
)
def test_how_deep_in_json(before: str, expected: int) -> None:
    near = Surroundings(json_string=True)
    near.feed(before)
    assert near.escapes() == expected


def test_text_needs_no_escapes() -> None:
    near = Surroundings(json_string=False)
    near.feed('{"to":"')
    assert near.escapes() == 0
