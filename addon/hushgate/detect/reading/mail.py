"""E-mails (RFC 5322, MIME): all headers, every text, attachments by what they are, and the source.

The source is read without base64 that was decoded: to patterns it is noise.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import cast

from hushgate.detect.reading.found import Found, Steps
from hushgate.files import BESIDE
from hushgate.filetypes import decoded


def read(found: Found, steps: Steps, data: bytes, type: str, depth: int) -> None:
    """A message, those it encloses included."""
    packed: list[str] = []
    _message(found, steps, BytesParser(policy=default).parsebytes(data), depth, packed)
    text = decoded(data)
    source = text[0] if text is not None else data.decode("latin-1")
    for each in packed:
        source = source.replace(each, "")
    found.text((*steps, "source", BESIDE), source)


def _message(found: Found, steps: Steps, message: EmailMessage, depth: int, packed: list[str]) -> None:
    found.text((*steps, "headers"), "\n".join(f"{name}: {value}" for name, value in message.items()))
    if message.is_multipart():
        for beside in (message.preamble, message.epilogue):
            found.text((*steps, BESIDE), beside or "")
        for index, part in enumerate(cast("list[EmailMessage]", message.get_payload())):
            found.unpacked(0, 0)
            _message(found, (*steps, index), part, depth, packed)
        return
    _note_packed(message, packed)
    kind = message.get_content_type()
    name = message.get_filename() or ""
    if message.get_content_maintype() == "text" and not name and kind != "text/html":
        found.text((*steps, "text"), str(message.get_content()))
        return
    _attachment(found, steps, name, message, kind, depth)


def _note_packed(part: EmailMessage, packed: list[str]) -> None:
    if str(part.get("content-transfer-encoding", "")).strip().lower() == "base64":
        raw = part.get_payload()
        part.get_payload(decode=True)  # what is wrong with it is then among its defects
        if isinstance(raw, str) and raw.strip() and not part.defects:
            packed.append(raw.strip())


def _attachment(found: Found, steps: Steps, name: str, message: EmailMessage, kind: str, depth: int) -> None:
    from hushgate.detect.reading.files import read_inner

    raw = message.get_payload(decode=True)
    data = raw if isinstance(raw, bytes) else b""
    charset = message.get_content_charset()
    if kind == "text/html" and not name:
        data = str(message.get_content()).encode("utf-8", "replace")
        charset = None
    found.unpacked(len(data), len(data))
    said = f"{kind}; charset={charset}" if charset and kind.startswith("text/") else kind
    read_inner(found, steps, name, data, said, depth + 1)
