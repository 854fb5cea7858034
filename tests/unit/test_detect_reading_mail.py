"""E-mails: headers, texts and attachments, in whatever encoding."""

from __future__ import annotations

from email.message import EmailMessage

from hushgate.detect.reading.files import read_file
from tests.made_files import PNG, docx


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Jané <jane.roe@example.com>"
    made["Subject"] = "A contract"
    made.set_content("The text, né", cte="base64")
    return made


def test_headers_and_text() -> None:
    texts = dict(read_file(message().as_bytes(), "e-mail").texts)
    assert "From: Jané <jane.roe@example.com>" in texts["headers",]
    assert texts["text",] == "The text, né\n"


def test_alternatives_and_attachments() -> None:
    made = message()
    made.add_alternative("<p>jane.<b>roe</b>@example.com</p>", subtype="html")
    made.add_attachment(docx("in the document"), maintype="application", subtype="octet-stream", filename="a.docx")
    made.add_attachment(PNG, maintype="image", subtype="png", filename="a.png")
    made.add_attachment("ann,1", subtype="csv", filename="a.csv")
    made.add_attachment(message())
    contents = read_file(made.as_bytes(), "e-mail")
    texts = [text.strip() for _, text in contents.texts]
    assert {"jane.roe@example.com", "in the document", "ann,1"} <= set(texts)
    assert texts.count("The text, né") == 2
    assert [(reason, size) for _, reason, size in contents.unread] == [("image", len(PNG))]


def test_what_stands_around_the_parts_is_read_beside() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=X\n\nbefore\n--X\n\nin it\n--X--\nbehind\n"
    )  # fmt: skip
    contents = read_file(raw, "e-mail")
    assert [text.strip() for steps, text in contents.texts if steps == ("beside",)] == ["before", "behind"]


def test_an_unknown_charset_breaks_it() -> None:
    raw = b"Content-Type: text/plain; charset=unheard-of\n\nann\n"
    assert read_file(raw, "e-mail").unread == (((), "e-mail: it is broken", len(raw)),)


def test_what_mail_readers_leave_out_is_in_the_source() -> None:
    raw = (
        b"From jane@example.com Mon\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
        b"aGVsbG8=\n\nroe@example.com\n"
    )
    texts = dict(read_file(raw, "e-mail").texts)
    assert texts["text",] == "hello"
    assert texts["source", "beside"] == raw.decode()


def test_what_was_decoded_is_not_read_as_noise() -> None:
    made = message()
    made.add_attachment(docx("in the document"), maintype="application", subtype="octet-stream", filename="a.docx")
    made.add_attachment(message())
    raw = made.as_bytes()
    source = dict(read_file(raw, "e-mail").texts)["source", "beside"]
    assert "UEsDB" in raw.decode() and "UEsDB" not in source
    assert "VGhlIHRleHQ" in raw.decode() and "VGhlIHRleHQ" not in source
    assert source.startswith("From: ") and 'filename="a.docx"' in source
