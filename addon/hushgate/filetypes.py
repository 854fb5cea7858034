"""What a file is: its content says so, and what is said of it has to fit.

A receiver goes by the media type, the filename or the content, and nobody
knows which: where they do not say the same, the file has no one reading.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

TEXT: Final = "text"
JSON_LINES: Final = "JSON lines"
HTML: Final = "HTML"
RTF: Final = "RTF"
MAIL: Final = "e-mail"
PDF: Final = "PDF"
DOCX: Final = "DOCX"
XLSX: Final = "XLSX"
PPTX: Final = "PPTX"
ODF: Final = "OpenDocument"
EPUB: Final = "EPUB"
ZIP: Final = "ZIP"
OFFICE: Final = frozenset({DOCX, XLSX, PPTX, ODF, EPUB})
"""Documents that are a ZIP."""
DOCUMENTS: Final = OFFICE | {PDF, ZIP, HTML, RTF, MAIL}
"""What is read by a worker. Text, and JSON lines, are read as any other text."""
IMAGE: Final = "image"
AUDIO: Final = "audio"
VIDEO: Final = "video"
BINARY: Final = "unknown binary"
UNKNOWN_TEXT: Final = "text in another encoding than UTF-8 or UTF-16"
PROTECTED: Final = "it is encrypted: a protected Office document"
"""Under a password or rights management ([MS-OFFCRYPTO] 2.3.1)."""
MISMATCH: Final = "its content, media type and filename do not say the same"

_MEDIA: Final = frozenset({IMAGE, AUDIO, VIDEO})
_TEXTS: Final = frozenset({TEXT, JSON_LINES, HTML, MAIL})

_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
"""The head of a compound file ([MS-CFB]), and the name of the stream that an encrypted document is in."""
_MAGIC: Final = (
    (0, b"%PDF-", PDF), (0, b"PK\x03\x04", ZIP), (0, b"PK\x05\x06", ZIP), (0, b"{\\rt", RTF),
    (0, b"\x89PNG\r\n\x1a\n", IMAGE), (0, b"\xff\xd8\xff", IMAGE), (0, b"GIF8", IMAGE), (8, b"WEBP", IMAGE),
    (0, b"BM", IMAGE), (0, b"II*\0", IMAGE), (0, b"MM\0*", IMAGE), (0, b"\0\0\1\0", IMAGE), (4, b"ftyphei", IMAGE),
    (4, b"ftypmif1", IMAGE), (4, b"ftypavif", IMAGE), (4, b"ftypM4A", AUDIO), (8, b"WAVE", AUDIO), (0, b"ID3", AUDIO),
    (0, b"\xff\xfb", AUDIO), (0, b"\xff\xfa", AUDIO), (0, b"\xff\xf3", AUDIO), (0, b"\xff\xf2", AUDIO),
    (0, b"\xff\xf1", AUDIO), (0, b"\xff\xf9", AUDIO), (0, b"OggS", AUDIO), (0, b"fLaC", AUDIO),
    (4, b"ftyp", VIDEO), (0, b"\x1aE\xdf\xa3", VIDEO), (8, b"AVI ", VIDEO), (0, b"\0\0\1\xba", VIDEO),
)  # fmt: skip
_ENDINGS: Final = {
    "pdf": PDF, "docx": DOCX, "docm": DOCX, "xlsx": XLSX, "xlsm": XLSX, "pptx": PPTX, "pptm": PPTX, "zip": ZIP,
    "odt": ODF, "ods": ODF, "odp": ODF, "odg": ODF, "epub": EPUB, "rtf": RTF, "html": HTML, "htm": HTML,
    "xhtml": HTML, "eml": MAIL, "jsonl": JSON_LINES, "ndjson": JSON_LINES,
    **dict.fromkeys("txt csv tsv md markdown json xml yaml yml log py js ts java c h cpp go rs rb sh sql svg".split(),
                    TEXT),
    **dict.fromkeys("png jpg jpeg gif webp bmp tif tiff ico heic avif".split(), IMAGE),
    **dict.fromkeys("mp3 wav m4a ogg oga flac aac opus mpga".split(), AUDIO),
    **dict.fromkeys("mp4 webm mov avi mkv mpeg mpg".split(), VIDEO),
    **dict.fromkeys("doc xls ppt exe dll so bin gz tgz bz2 xz 7z rar tar parquet sqlite".split(), BINARY),
}  # fmt: skip
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
_TYPES: Final = {
    "application/pdf": PDF, "application/x-pdf": PDF, "application/zip": ZIP, "application/x-zip-compressed": ZIP,
    _OOXML + "wordprocessingml.document": DOCX, _OOXML + "spreadsheetml.sheet": XLSX,
    _OOXML + "presentationml.presentation": PPTX, "application/rtf": RTF, "text/rtf": RTF, "text/html": HTML,
    "application/xhtml+xml": HTML, "message/rfc822": MAIL, "application/jsonl": JSON_LINES,
    "application/x-ndjson": JSON_LINES, "application/ndjson": JSON_LINES, "application/x-jsonlines": JSON_LINES,
    "image/svg+xml": TEXT, "application/epub+zip": EPUB,
    **dict.fromkeys(
        (f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation", "graphics")),
        ODF),
    **dict.fromkeys(
        ("application/json", "application/xml", "application/yaml", "application/x-yaml", "application/javascript",
         "application/x-javascript", "application/typescript", "application/sql", "application/toml",
         "application/x-sh", "application/x-python", "application/csv"), TEXT),
}  # fmt: skip
_RAW_SOUND: Final = frozenset(
    f"audio/{kind}"
    for kind in "pcm l16 l24 l8 basic pcma pcmu x-raw x-pcm x-l16 mulaw x-mulaw alaw x-alaw g711".split()
)
"""Sound without a head (RFC 2586, RFC 3551): no first byte tells it."""
_SAYS_NOTHING: Final = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "application/x-unknown", "*/*"}
)
_CONTROL: Final = re.compile("[\0-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_HTML_OPENS: Final = re.compile(r"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html|head|body)\b", re.I | re.S)
_MAIL_OPENS: Final = re.compile(
    r"(?:return-path|received|delivered-to|from|to|subject|date|message-id|mime-version|content-type|x-[\w-]+"
    r"|dkim-signature|arc-[\w-]+):[^\0]*?^(?:mime-version|message-id|content-type|content-transfer-encoding):",
    re.I | re.M,
)
"""An e-mail as it is sent: it begins with a usual header, and has one that only programs write."""
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*[\"']?([^\s\"';,]*)", re.I)
_UTF8: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_LIKE_ASCII: Final = frozenset({"iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "cp1252"})
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip


def file_type(data: bytes, media_type: str, filename: str) -> str | None:
    """One of the words above; None where content, media type and filename do not fit together.

    A ZIP that should be an office document is said to be one: whether it is,
    shows when it is opened.
    """
    found = content(data)
    claims = claimed(media_type, filename)
    if (found == BINARY or data[:2] == b"BM") and media_type.partition(";")[0].strip().lower() in _RAW_SOUND:
        found = AUDIO
    if not all(_fits(found, claim) for claim in claims):
        return None
    if found == TEXT:
        if _other_charset(data, media_type):
            return None
        if not claims and (told := _told(data[:4096].decode("utf-8", "ignore"))):
            return told
        return max(claims - {TEXT}, default=TEXT) if len(claims - {TEXT}) < 2 else None
    if found == ZIP:
        precise = claims - {ZIP}
        return ZIP if not precise else precise.pop() if len(claims) == 1 else None
    return found


def _told(head: str) -> str | None:
    """What a text is that opens like this, where nobody says what it is."""
    if _HTML_OPENS.match(head[:2048]):
        return HTML
    return MAIL if _MAIL_OPENS.match(head.partition("\n\n")[0].partition("\r\n\r\n")[0]) else None


def mismatch(data: bytes, media_type: str, filename: str) -> str:
    """Why `file_type` knows no type, in a few words."""
    if content(data) == PROTECTED:
        return PROTECTED
    is_text = claimed(media_type, filename) <= _TEXTS and content(data) == BINARY and b"\0" not in data
    return UNKNOWN_TEXT if is_text else MISMATCH


def claimed(media_type: str, filename: str) -> set[str]:
    """What is said of a file, by its media type and by its filename's ending."""
    kind = media_type.partition(";")[0].strip().lower()
    claims = set()
    if "," in kind:
        claims.add(BINARY)  # Two places say two things.
    elif kind in _TYPES:
        claims.add(_TYPES[kind])
    elif kind not in _SAYS_NOTHING:
        family = kind.partition("/")[0]
        is_text = family == "text" or kind.endswith(("+json", "+xml"))
        claims.add(family if family in _MEDIA else TEXT if is_text else BINARY)
    if (ending := filename.rpartition(".")[2].strip().lower()) in _ENDINGS and "." in filename:
        claims.add(_ENDINGS[ending])
    return claims


def content(data: bytes) -> str:
    """What the content alone says: a word above; of texts, only TEXT."""
    if decoded(data) is not None and not data.startswith((b"%PDF-", b"{\\rt")):
        return TEXT
    if data.startswith(_COMPOUND) and _ENCRYPTED in data:
        return PROTECTED
    return next((word for at, magic, word in _MAGIC if data.startswith(magic, at)), BINARY)


def decoded(data: bytes) -> tuple[str, str] | None:
    """Text and its codec: UTF-8, with or without a byte order mark, or UTF-16 with one; None for anything else."""
    mark, codec = next((each for each in _BOMS if data.startswith(each[0])), (b"", "utf-8"))
    bare = data[len(mark) :]
    try:
        text = bare.decode("utf-8" if codec == "utf-8-sig" else codec)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else (text, codec)


def encoded(text: str, codec: str) -> bytes:
    """The bytes that `decoded` would read as this text."""
    mark = next((mark for mark, name in _BOMS if name == codec), b"")
    return mark + text.encode("utf-8" if codec == "utf-8-sig" else codec, "replace")


def _fits(found: str, claim: str) -> bool:
    if found == TEXT:
        return claim in _TEXTS
    if found == ZIP:
        return claim == ZIP or claim in OFFICE
    return found == claim or {found, claim} <= {AUDIO, VIDEO}  # One container holds either.


def _other_charset(data: bytes, media_type: str) -> bool:
    """Whether a text says that it is in a charset that would make other letters of it."""
    said = {name.lower() for name in _CHARSET.findall(media_type)}
    if not said:
        return False
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if utf16 or len(said) > 1:
        return not (utf16 and said == {"utf-16"})
    return not (said <= _UTF8 or (said <= _LIKE_ASCII and data.isascii()))
