"""How parsers that none of us wrote read a form: werkzeug's, and the standard library's e-mail parser."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder

type Read = list[tuple[str | None, str | None, bytes]]
"""Name, filename and content of each part."""


def werkzeug(raw: bytes, content_type: str) -> Read:
    """Errors as werkzeug raises them."""
    boundary = parse_options_header(content_type)[1]["boundary"]
    decoder = MultipartDecoder(boundary.encode("ascii"))
    decoder.receive_data(raw)
    decoder.receive_data(None)
    read: Read = []
    event: Event = decoder.next_event()
    while not isinstance(event, Epilogue):
        if isinstance(event, Field | File):
            read.append((event.name, event.filename if isinstance(event, File) else None, b""))
        elif isinstance(event, Data):
            name, filename, data = read[-1]
            read[-1] = (name, filename, data + event.data)
        event = decoder.next_event()
    return read


def mail(raw: bytes, content_type: str) -> Read:
    """As MIME: without line ends that would be a matter of transport."""
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + raw)
    read: Read = []
    for part in message.iter_parts():
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes), "a part of parts"
        read.append((str(part.get_param("name", header="content-disposition")), part.get_filename(), data))
    return read
