"""HTML: what is shown, and what is not."""

from __future__ import annotations

from base64 import b64encode

import pytest

from hushgate.detect.reading.files import read_file
from tests.made_files import PNG, zipped


def read(page: str) -> dict[object, str]:
    return {steps[-1]: text for steps, text in read_file(page.encode(), "HTML").texts}


def test_words_are_not_parted_by_what_stands_around_letters() -> None:
    page = (
        "<p>jane.<b>roe</b>&#64;exam<span class=x>ple.com</span></p><p>two</p><table><tr><td>a</td><td>b</td></table>"
    )
    assert [line.strip() for line in read(page)["page"].split("\n") if line.strip()] == [
        "jane.roe@example.com", "two", "a\tb",
    ]  # fmt: skip


def test_what_is_not_shown_is_in_the_source() -> None:
    source = "<!-- a comment --><a href='mailto:jane'>x</a jane><jane>y<script>key = 1</script jane><?pi?><!x><p jane"
    found = read(source)
    assert (found["page"].split(), found["beside"]) == (["x", "y"], source)


def test_files_in_urls_are_read_by_what_they_are() -> None:
    def url(media_type: str, data: bytes) -> str:
        return f"data:{media_type};base64,{b64encode(data).decode()}"

    page = f"<img src='{url('image/png', PNG)}'><a href='{url('text/csv', b'ann,1')}'><a href='data:x;base64,!!'>"
    contents = read_file(page.encode(), "HTML")
    assert (("url", 1), "ann,1") in contents.texts
    assert [(steps, reason) for steps, reason, _ in contents.unread] == [
        (("url", 0), "image"),
        (("url", 2), "it is not base64 with one reading"),
    ]


@pytest.mark.parametrize(
    "place",
    [
        "<a href='{}'>", "<a href=' {}'>", "<p style='background:url({})'>",
        "<style>p {{ background: url({}) }}</style>", "<!--{}<-->", "{}",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "head",
    ["data:application/zip;base64,", "DATA:; base64 ,", "data:;name=" + "x" * 999 + ";base64,", "data&colon;;base64,"],
)
def test_files_in_urls_are_known_wherever_they_stand(place: str, head: str) -> None:
    packed = b64encode(zipped({"a.txt": "ann"})).decode()
    url = head + packed[:20] + "\n" + packed[20:].replace("=", "&#61;")
    contents = read_file(f"<html>x {place.format(url)}".encode(), "HTML")
    assert "ann" in [text for _, text in contents.texts]
    assert contents.unread == ()


def test_words_about_urls_are_no_file() -> None:
    assert read_file(b"<html>data:x;base64,<b>and so on</b>", "HTML").unread == ()
