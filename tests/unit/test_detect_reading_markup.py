"""HTML: what is shown, and what is not."""

from __future__ import annotations

from base64 import b64encode

from hushgate.detect.reading.files import read_file
from tests.made_files import PNG


def read(page: str) -> dict[object, str]:
    return {steps[-1]: text for steps, text in read_file(page.encode(), "HTML").texts}


def test_words_are_not_parted_by_what_stands_around_letters() -> None:
    page = (
        "<p>jane.<b>roe</b>&#64;exam<span class=x>ple.com</span></p><p>two</p><table><tr><td>a</td><td>b</td></table>"
    )
    assert [line.strip() for line in read(page)["page"].split("\n") if line.strip()] == [
        "jane.roe@example.com", "two", "a\tb",
    ]  # fmt: skip


def test_what_is_not_shown_is_read_beside() -> None:
    said = read("<!-- a comment --><a href='mailto:jane'>x</a><script>key = 1</script><style>p{}</style><?pi?><!x>")[
        "beside"
    ]
    for part in (" a comment ", "href=mailto:jane", "key = 1", "p{}", "pi?", "x"):
        assert part in said


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
