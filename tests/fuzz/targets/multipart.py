"""wire.multipart and wire.related: what is accepted means the same to werkzeug and to an e-mail parser.

Forms as they came and as they go; related parts, which werkzeug does not know, as they go.
"""

from __future__ import annotations

from typing import Final

from hushgate.errors import Malformed
from hushgate.wire.multipart import parse
from hushgate.wire.related import is_related
from hushgate.wire.related import parse as parse_related
from tests.fuzz.draw import Draw
from tests.fuzz.target import Target
from tests.multipart_readers import Read, mail, werkzeug

_TYPES: Final = (
    "multipart/form-data; boundary=XX",
    'multipart/form-data;boundary="X X"',
    "Multipart/Form-Data; boundary=--",
    "multipart/form-data; boundary=XX; charset=utf-8",
    "multipart/related; boundary=XX",
    'multipart/mixed; type="application/json"; boundary=XX',
)
_MARKS: Final = (b"XX", b"X X", b"--", b"XX", b"XX", b"XX")
_HEADS: Final = (
    b'Content-Disposition: form-data; name="a"',
    b'content-disposition: form-data; name=a; filename="b.csv"',
    b'Content-Disposition: form-data; filename="%22"; name="a;b"',
    b"Content-Type: text/plain; charset=utf-8",
    b"Content-Type: application/json",
    b"Content-Type: multipart/mixed; boundary=YY",
    b"Content-Length: 1",
    b"Content-ID: <a@b>",
    b'Content-Disposition: attachment; filename="a"',
    b"MIME-Version: 1.0",
    b"Content-Transfer-Encoding: base64",
    b" folded",
)
_CONTENTS: Final = (
    b"x",
    b"",
    b'{"a":1}',
    b"\r\n",
    b"--",
    b"\r\n--X",
    b"\xff\0",
    b"ann\r\n",
    b"\n--XX\n",
    b"\r\n--XX--\r\n",
)
_ENDS: Final = (b"--\r\n", b"--", b"", b"\r\n", b"--\r\nmore")


def check(data: bytes) -> str:
    """The first byte says which boundary is meant, the second whether the rest is a body, or choices that make one."""
    draw = Draw(data)
    which = draw.below(len(_TYPES))
    return judge(draw.rest() if draw.flag() else _body(draw, b"--" + _MARKS[which]), _TYPES[which])


def judge(raw: bytes, content_type: str) -> str:
    if is_related(content_type):
        return _judge_related(raw, content_type)
    try:
        form = parse(raw, content_type)
    except Malformed as refused:
        assert refused.__context__ is None, "an error that may hold the body"
        return "refused"
    meant: Read = [(part.name, part.filename, part.data) for part in form.parts]
    assert _spelled(meant) == _spelled(werkzeug(raw, content_type)), "werkzeug reads what came otherwise"
    written, its_type = form.write({}, {}, {})
    try:
        goes = werkzeug(written, its_type)
    except ValueError as why:
        raise AssertionError("werkzeug cannot read what goes") from why
    assert _spelled(meant) == _spelled(goes), "werkzeug reads what goes otherwise"
    assert [part[2] for part in meant] == [part[2] for part in mail(written, its_type)], "a mail has other parts"
    again = parse(written, its_type)
    assert again.parts == form.parts, "it is not its own reading"
    assert again.write({}, {}, {}) == (written, its_type), "it has a second form"
    return "accepted"


def _judge_related(raw: bytes, content_type: str) -> str:
    try:
        made = parse_related(raw, content_type)
    except Malformed as refused:
        assert refused.__context__ is None, "an error that may hold the body"
        return "refused"
    written, its_type = made.write({}, {}, {})
    assert [part.data for part in made.parts] == [part[2] for part in mail(written, its_type)], "a mail has other parts"
    again = parse_related(written, its_type)
    assert again.parts == made.parts, "it is not its own reading"
    assert again.write({}, {}, {}) == (written, its_type), "it has a second form"
    return "accepted"


def _spelled(read: Read) -> Read:
    """As browsers write quotes; which werkzeug undoes."""
    return [(name and name.replace("%22", '"'), file and file.replace("%22", '"'), data) for name, file, data in read]


def _body(draw: Draw, mark: bytes) -> bytes:
    pieces = [b"\r\n" if draw.below(16) == 15 else b""]
    for _ in range(draw.below(4)):
        heads = [_HEADS[0] if draw.flag() else draw.pick(_HEADS), *draw.some(lambda: draw.pick(_HEADS), 2)]
        line = b"\n" if draw.below(16) == 15 else b"\r\n"
        content = draw.pick(_CONTENTS) if draw.flag() else draw.text(12).encode("utf-8", "replace")
        pieces.append(mark + line + line.join(heads) + line * 2 + content + line)
    return b"".join(pieces) + mark + draw.pick(_ENDS)


_PART: Final = b'--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
SEEDS: Final = (
    b"\x00\x01" + _PART + b"--XX--\r\n",
    b"\x00\x01" + _PART * 2 + b"--XX--",
    b"\x00\x01" + _PART.replace(b'"a"', b'"a"; filename="b%22.csv"\r\nContent-Type: text/csv') + b"--XX--\r\n",
    b"\x00\x01" + _PART.replace(b'"a"', b"\"a\"; filename*=utf-8''b") + b"--XX--\r\n",
    b"\x00\x01preamble\r\n" + _PART + b"--XX--\r\n",
    b"\x00\x01" + _PART.replace(b"\r\n", b"\n") + b"--XX--\n",
    b"\x01\x01" + _PART.replace(b"XX", b"X X") + b"--X X--\r\n",
    b"\x02\x01" + _PART.replace(b"--XX", b"----") + b"------\r\n",
    b"\x04\x01--XX\r\nContent-Type: application/json\r\n\r\n{}\r\n--XX\r\nContent-Type: a/b\r\n\r\nx\r\n--XX--",
    b"\x05\x01--XX\nContent-ID: a\n\nx\r\n--XX--\n",
    b"\x00\x00\x00\x02\x01\x00\x00\x01\x01\x00\x00",
)
WORDS: Final = (
    b"--XX", b"\r\n", b"\n", b"\r\n\r\n", b"--XX--", b'name="a"', b"; filename=b", b"filename*=", b'"', b"\\", b";",
    b"Content-Type: text/plain\r\n", b"Content-Disposition: form-data; ", b"%22", b"\xc2\x85", b"\xe2\x80\xa8", b"\0",
)  # fmt: skip

TARGET: Final = Target(check, SEEDS, WORDS, short=1500)
