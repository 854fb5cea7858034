"""Parts by their content types, as Google's uploads have them: read in one way or refused, and always written anew."""

from __future__ import annotations

import json
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart

import pytest

from hushgate.errors import Malformed
from hushgate.values import Area, Embedded, Kind, Location
from hushgate.wire.related import is_related, parse
from tests.multipart_readers import mail

TYPE = "multipart/related; boundary=XX"
META = b'Content-Type: application/json; charset=UTF-8\r\n\r\n{"file":{"display_name":"ann"}}'
FILE = b"Content-Type: text/csv\r\n\r\nann,1"


def body(*parts: bytes, end: bytes = b"--XX--\r\n") -> bytes:
    return b"".join(b"--XX\r\n" + part + b"\r\n" for part in parts) + end


def test_a_json_part_is_read_as_json_and_a_file_is_an_attachment() -> None:
    reading = parse(body(META, FILE), TYPE).reading()
    found = {(s.location.part, *s.location.path): s.text for s in reading.segments if not s.location.is_key}
    assert found[0, "part", Embedded.JSON, "file", "display_name"] == "ann"
    assert found[1, "part", "type"] == "text/csv"
    (file,) = reading.attachments
    assert (file.location, file.media_type, file.data) == (Location(Area.BODY, 1, ("part",)), "text/csv", b"ann,1")
    assert [unread.location for unread in reading.unread] == [file.location]


def test_a_plain_part_is_a_text_and_so_is_a_filename() -> None:
    named = b'Content-Disposition: attachment; filename="ann.txt"\r\nContent-ID: <a@b>\r\n\r\nhello'
    reading = parse(body(b"Content-Type: text/plain\r\n\r\n" + "grüße".encode(), named), TYPE).reading()
    assert [(s.location.part, *s.location.path, s.text, s.kind) for s in reading.segments] == [
        (0, "part", "grüße", Kind.TEXT),
        (1, "part", "id", "<a@b>", Kind.OPAQUE),
        (1, "part", "filename", "ann.txt", Kind.TEXT),
    ]
    assert [file.data for file in reading.attachments] == [b"hello"]


def test_edits_go_back_and_the_rest_stays() -> None:
    named = b'Content-Type: text/csv\r\nContent-Disposition: attachment; filename="a.csv"\r\n\r\nann'
    made = parse(
        body(META, named, b"Content-Type: image/x\r\n\r\n\xff"),
        'multipart/related; type="application/json"; boundary=XX',
    )
    raw, content_type = made.write(
        {
            Location(Area.BODY, 0, ("part", Embedded.JSON, "file", "display_name")): "B",
            Location(Area.BODY, 1, ("part", "filename")): "B.csv",
        },
        {1: b"B"},
        {},
    )
    assert content_type.startswith("multipart/related; boundary=")
    assert content_type.endswith('; type="application/json"')
    (_, _, meta), (_, filename, data), (_, _, rest) = mail(raw, content_type)
    assert (json.loads(meta), filename, data, rest) == ({"file": {"display_name": "B"}}, "B.csv", b"B", b"\xff")


def test_googles_client_for_python_ends_its_lines_in_lf() -> None:
    root = MIMEMultipart("related")
    root._write_headers = lambda _: None  # type: ignore[attr-defined] - as that client does it
    for kind, payload in ((("application", "json"), '{"name": "ann"}'), (("text", "plain"), "to ann\n")):
        part = MIMENonMultipart(*kind)
        part["Content-Transfer-Encoding"] = "binary"
        part.set_payload(payload)
        root.attach(part)
    raw = root.as_bytes()
    assert b"\r" not in raw
    made = parse(raw, f'multipart/related; boundary="{root.get_boundary()}"')
    assert [part.text for part in made.parts] == ['{"name": "ann"}', "to ann\n"]
    again, content_type = made.write({}, {}, {})
    assert again.count(b"\r\n") > 6, "it goes out as RFC 2046 has it"
    assert parse(again, content_type).write({}, {}, {}) == (again, content_type)


def test_mixed_is_read_alike() -> None:
    assert parse(body(META), "Multipart/Mixed; boundary=XX").write({}, {}, {})[1].startswith("multipart/mixed; ")
    assert is_related(" MULTIPART/mixed;boundary=x")
    assert not is_related("multipart/form-data; boundary=x")
    assert not is_related(None)


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/related",
        "multipart/related; boundary=",
        "multipart/related; boundary=XX; boundary=XX",
        "multipart/related; boundary=XX; start=a",
        "multipart/related; boundary=XX; type=application/xop+xml",
        "multipart/related; boundary=XX; charset=utf-7",
        "multipart/related; boundary*=utf-8''XX",
        'multipart/related; boundary="XX" more',
        "multipart/related, multipart/related; boundary=XX",
        'multipart/related; boundary="\u00fc"',
    ],
)
def test_content_types_with_more_than_one_reading(content_type: str) -> None:
    with pytest.raises(Malformed, match="content type"):
        parse(body(META), content_type)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"text\r\n" + body(META), "stands before"),
        (body(META, end=b"--XX--\r\nmore"), "followed by more"),
        (body(META, end=b""), "missing"),
        (body(META).replace(b"\r\n", b"\n", 1), "missing"),
        (body(META).replace(b"\r\n\r\n", b"\n\n"), "no end of its headers"),
        (body(b"Content-Type: multipart/mixed; boundary=YY\r\n\r\nx"), "holds parts"),
        (body(b"Content-Type: application/http\r\n\r\nPOST / HTTP/1.1"), "request of its own"),
        (body(b"Content-Transfer-Encoding: base64\r\n\r\nYW5u"), "transfer encoding"),
        (body(b"Content-Type: text/plain; charset=utf-7\r\n\r\nann"), "another charset"),
        (body(b'Content-Type: application/json\r\n\r\n{"a":1,"a":2}'), "same key twice"),
        (body(b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx"), "twice"),
        (body(b'Content-Disposition: attachment; name="a"\r\n\r\nx'), "a name"),
        (body(b'Content-Disposition: form-data; name="a"\r\n\r\nx'), "not plain attachment"),
        (body(b"Content-ID: <a b>\r\n\r\nx"), "Content-ID"),
        (body(b"MIME-Version: 2.0\r\n\r\nx"), "version"),
        (body(b"Content-Location: ann\r\n\r\nx"), "not read"),
        (body(b"Content-Length: 2\r\n\r\nx"), "longer or shorter"),
    ],
)
def test_what_has_more_than_one_reading_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        parse(raw, TYPE)


def test_a_part_that_says_no_type_is_plain_text() -> None:
    raw, content_type = parse(body(b"MIME-Version: 1.0\r\n\r\nann"), TYPE).write({}, {}, {})
    assert b"\r\nContent-Type: text/plain\r\n\r\nann\r\n" in raw
    assert [data for _, _, data in mail(raw, content_type)] == [b"ann"]
