"""Files in base64 are found wherever they stand; what only looks a little like one is text."""

from __future__ import annotations

from base64 import b64encode, encodebytes

import pytest

from hushgate.wire.inline import files_in, is_one

PDF = b64encode(b"%PDF-1.7" + b" " * 100).decode()
PNG = b64encode(b"\x89PNG\r\n\x1a\n" + bytes(100)).decode()
LINES = encodebytes(b"PK\x03\x04" + bytes(range(200))).decode()
FONT = "data:font/woff2;charset=x;base64," + b64encode(bytes(range(90))).decode()


@pytest.mark.parametrize("text", [PDF, PNG, LINES, b64encode(b"\x1f\x8b\x08\0" + bytes(80)).decode()])
def test_alone(text: str) -> None:
    assert is_one(text)


@pytest.mark.parametrize("behind", [b"\0", b"\xff", b"j"])
@pytest.mark.parametrize(
    "magic",
    [b"%PDF-", b"PK\3\4", b"PK\5\6", b"\xd0\xcf\x11\xe0\xa1\xb1", b"{\\rt", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff",
     b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"\x1f\x8b\x08", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ\0", b"BZh1", b"BZh9",
     b"(\xb5/\xfd", b"Rar!\x1a\x07", b"OggS\0", b"fLaC", b"ID3\3", b"SQLite format 3"],
)  # fmt: skip
def test_every_first_byte_is_known_whatever_follows(magic: bytes, behind: bytes) -> None:
    assert is_one(b64encode(magic + behind * 60).decode())


@pytest.mark.parametrize("text", [PDF + " and more", PDF[:60], "every word", "/9j/", b64encode(b"x" * 90).decode()])
def test_what_is_no_file_alone(text: str) -> None:
    assert not is_one(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"look: {PDF}.", [PDF]),
        (f"src='{FONT}' b: {PNG}", [FONT, PNG]),
        (f"![x](data:image/png;base64,{PNG})", [f"data:image/png;base64,{PNG}"]),
        (f"DATA:image/png; BASE64,{PNG}", [f"DATA:image/png;BASE64,{PNG}"]),
        (f"-----BEGIN PKCS7-----\n{LINES}-----END PKCS7-----", ["".join(LINES.split())]),
        (f"a,{PDF}", []),
        ("data:image/png;base64,iVBORw0KGgo=", []),
        ("it begins like JVBERi0 and ends; base64, as they say", []),
        (b64encode(bytes(range(200))).decode(), []),
        ("", []),
    ],
)
def test_amid_a_text(text: str, found: list[str]) -> None:
    assert list(files_in(text)) == found
