"""Forms of parts: read in one way or refused, and always written anew."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hushgate.errors import Malformed
from hushgate.values import Area, Embedded, Kind, Location
from hushgate.wire.multipart import MAX_PARTS, Multipart, is_multipart, parse
from tests.multipart_readers import werkzeug

TYPE = "multipart/form-data; boundary=XX"
FILE = b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\nann,1'


def body(*parts: bytes, end: bytes = b"--XX--\r\n") -> bytes:
    return b"".join(b"--XX\r\n" + part + b"\r\n" for part in parts) + end


def part(value: bytes, name: str = "prompt", more: str = "") -> bytes:
    return f'Content-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value


def texts(form: Multipart) -> list[tuple[object, ...]]:
    return [(s.location.part, *s.location.path, s.text) for s in form.reading().segments if not s.location.is_key]


def test_fields_are_texts_and_files_attachments() -> None:
    form = parse(body(part(b"gpt-image", "model"), part("écris".encode()), FILE, part(b"true", "stream")), TYPE)
    reading = form.reading()
    assert texts(form) == [
        (0, "model", "gpt-image"),
        (1, "prompt", "écris"),
        (2, "file", "type", "text/csv"),
        (2, "file", "filename", "a.csv"),
        (3, "stream", "true"),
    ]
    assert (reading.model, reading.stream) == ("gpt-image", True)
    (file,) = reading.attachments
    assert (file.location, file.media_type, file.filename, file.data) == (
        Location(Area.BODY, 2, ("file",)), "text/csv", "a.csv", b"ann,1",
    )  # fmt: skip
    assert [(u.location.part, u.size) for u in reading.unread] == [(2, 5)]


def test_names_of_fields_are_read_unless_they_are_known() -> None:
    form = parse(body(part(b"x", "prompt"), part(b"x", "ann@example.com")), TYPE)
    assert [(s.text, s.kind) for s in form.reading().segments if s.location.is_key] == [
        ("ann@example.com", Kind.OPAQUE)
    ]


def test_json_in_a_part_is_read_as_json() -> None:
    json_part = b'Content-Disposition: form-data; name="data"\r\nContent-Type: application/json\r\n\r\n{"a":"ann"}'
    form = parse(body(json_part), TYPE)
    assert (0, "data", Embedded.JSON, "a", "ann") in texts(form)
    with pytest.raises(Malformed, match="same key twice"):
        parse(body(json_part.replace(b'"ann"', b'1,"a":2')), TYPE)


def test_what_is_no_text_is_a_file() -> None:
    form = parse(body(part(b"\xff\0")), TYPE)
    assert [a.data for a in form.reading().attachments] == [b"\xff\0"]


def test_edits_go_back_and_the_rest_stays() -> None:
    form = parse(body(part(b'{"k": "ann", "n": 1}', "data"), part(b"ann"), FILE), TYPE)
    raw, content_type = form.write(
        {
            Location(Area.BODY, 0, ("data", Embedded.JSON, "k")): "A",
            Location(Area.BODY, 1, ("prompt",)): "B",
            Location(Area.BODY, 2, ("file", "filename")): 'C".csv',
        },
        {2: b"D,1"},
        {},
    )
    assert werkzeug(raw, content_type) == [
        ("data", None, b'{"k": "A", "n": 1}'),
        ("prompt", None, b"B"),
        ("file", 'C".csv', b"D,1"),
    ]


def test_a_text_takes_the_place_of_a_file() -> None:
    raw, content_type = parse(body(FILE), TYPE).write({}, {}, {0: "masked"})
    assert werkzeug(raw, content_type) == [("file", "a.csv.txt", b"masked")]
    assert b"Content-Type: text/plain; charset=utf-8\r\n" in raw


@pytest.mark.parametrize(
    "at",
    [
        Location(Area.BODY, None, ("prompt",)),
        Location(Area.BODY, 7, ("prompt",)),
        Location(Area.BODY, 0, ("other",)),
        Location(Area.BODY, 0, ("prompt",), True),
        Location(Area.BODY, 0, ("prompt", "filename")),
        Location(Area.BODY, 1, ("file",)),
    ],
)
def test_no_edit_gets_lost(at: Location) -> None:
    with pytest.raises(LookupError):
        parse(body(part(b"x"), FILE), TYPE).write({at: "y"}, {}, {})


def test_written_anew_it_has_one_form() -> None:
    sent = b"content-disposition:form-data;NAME=prompt\r\nContent-Length: 1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nx"
    raw, content_type = parse(body(sent, end=b"--XX--"), 'Multipart/Form-Data;boundary="XX"').write({}, {}, {})
    boundary = content_type.partition("boundary=")[2].encode()
    assert raw == (
        b"--" + boundary + b'\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx\r\n--' + boundary + b"--\r\n"
    )
    assert parse(raw, content_type).write({}, {}, {}) == (raw, content_type)


def test_the_boundary_stands_in_no_part() -> None:
    first, content_type = parse(body(part(b"x")), TYPE).write({}, {}, {})
    boundary = content_type.partition("boundary=")[2]
    assert boundary.encode() not in first.replace(b"--" + boundary.encode(), b"")


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=XX; boundary=YY",
        "multipart/form-data; boundary=XX, multipart/form-data; boundary=YY",
        "multipart/form-data; charset=utf-7; boundary=XX",
        'multipart/form-data; boundary="XX',
        'multipart/form-data; boundary="X\\X"',
        "multipart/form-data; boundary*=utf-8''XX",
        "multipart/form-data; boundary=" + "X" * 71,
    ],
)
def test_content_types_with_more_than_one_reading(content_type: str) -> None:
    assert is_multipart(content_type)
    with pytest.raises(Malformed):
        parse(body(part(b"x")), content_type)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "last boundary"),
        (body(), "last boundary"),
        (body(part(b"x"), end=b""), "last boundary"),
        (body(part(b"x"), end=b"--XX"), "last boundary"),
        (body(part(b"x"), end=b"--XX--\r\nsecret"), "last boundary"),
        (body(part(b"x")) + body(part(b"y")), "line of its own"),
        (b"secret\r\n" + body(part(b"x")), "before its first"),
        (b"\r\n" + body(part(b"x")), "before its first"),
        (body(part(b"x")).replace(b"\r\n", b"\n"), "last boundary"),
        (body(part(b"x\r\n--XX")), "line of its own"),
        (body(part(b"x\n--XX\ny")), "line of its own"),
        (body(part(b"x")).replace(b"--XX\r\n", b"--XX \r\n"), "line of its own"),
        (body(b"no headers"), "end of its headers"),
        (body(b"\r\nno headers"), "end of its headers"),
        (body(b"Content-Type: text/plain\r\n\r\nx"), "no Content-Disposition"),
        (body(part(b"x").replace(b"form-data", b"attachment")), "plain form-data"),
        (body(part(b"x", more='; name="other"')), "twice"),
        (body(part(b"x", more='; filename="a"; filename="b"')), "twice"),
        (body(part(b"x", more='; filename="a"; FileName="b"')), "twice"),
        (body(part(b"x", more="; filename=\"a\"; filename*=utf-8''b")), "plain form-data"),
        (body(part(b"x", more='; filename="a\\"b"')), "plain form-data"),
        (body(part(b"x", more='; filename="a"b"')), "plain form-data"),
        (body(part(b"x", more="; x=y")), "other parameters"),
        (body(part(b"x", name="")), "no name"),
        (body(part(b"utf-7", name="_charset_")), "another charset"),
        (body(part(b"x", more=";\r\n filename=a")), "folded"),
        (body(part(b"x").replace(b'"prompt"', b'"pro\nmpt"')), "folded"),
        (body(part(b"x").replace(b'"prompt"', "\"pro\u2028mpt\"".encode())), "folded"),
        (body(part(b"x").replace(b'"prompt"', b'"\xff"')), "not plain UTF-8"),
        (body(part(b"x").replace(b"\r\n\r\n", b"\r\nX-Other: 1\r\n\r\n")), "do not have"),
        (body(b"content-disposition: form-data; name=a\r\n" + part(b"x")), "twice"),
        (body(part(b"eA==").replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n")), "encoding"),
        (body(part(b"x").replace(b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\n")), "longer or shorter"),
        (body(part(b"x").replace(b"\r\n\r\n", b"\r\nContent-Type: multipart/mixed\r\n\r\n")), "holds parts"),
        (body(part(b"x").replace(b"\r\n\r\n", b"\r\nContent-Type: text\r\n\r\n")), "content type"),
        (body(part(b"x").replace(b"\r\n\r\n", b"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n")), "charset"),
        (body(*[part(b"x")] * (MAX_PARTS + 1)), "more than"),
    ],
)  # fmt: skip
def test_what_has_more_than_one_reading_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why) as caught:
        parse(raw, TYPE)
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("parts", [[part(b"x")], [part(b"x")] * MAX_PARTS, [part(b""), FILE, part(b"\r\n")]])
def test_the_other_parser_reads_the_same(parts: Sequence[bytes]) -> None:
    raw = body(*parts)
    assert werkzeug(*parse(raw, TYPE).write({}, {}, {})) == werkzeug(raw, TYPE)
