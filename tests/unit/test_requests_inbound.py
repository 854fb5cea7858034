"""Requests read into exchanges, and edits put back."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest

from hushgate.errors import Malformed
from hushgate.files import Contents
from hushgate.requests.inbound import AsItCame, Reader
from hushgate.values import Area, Location
from tests.gate_cases import CHAT, JSON, KEY, inbound, prompt
from tests.multipart_readers import werkzeug

READER = Reader(KEY, 1 << 20)
PLACE = Location(Area.BODY, None, ("messages", 0, "content"))


def test_a_request_without_edits_leaves_as_it_came() -> None:
    assert READER.write(READER.read(inbound(prompt("hi"))), {}) == AsItCame


def test_an_edit_changes_its_own_leaf() -> None:
    read = READER.read(inbound(prompt("hi", user="u")))
    written = READER.write(read, {PLACE: "ho"})
    assert written.body is not None
    assert json.loads(written.body) == prompt("ho", user="u")


def test_an_encoded_body_leaves_decoded() -> None:
    raw = gzip.compress(json.dumps(prompt("hi")).encode())
    read = READER.read(inbound(raw, headers=(*JSON, ("content-encoding", "gzip"))))
    assert json.loads(READER.write(read, {}).body or b"") == prompt("hi")


def test_a_bomb_is_malformed() -> None:
    raw = gzip.compress(b" " * (2 << 20))
    with pytest.raises(Malformed):
        READER.read(inbound(raw, headers=(*JSON, ("content-encoding", "gzip"))))


def test_header_and_query_edits_go_back_to_their_places() -> None:
    read = READER.read(
        inbound(prompt("hi"), target="/v1/chat/completions?note=secret", headers=(*JSON, ("x-note", "n")))
    )
    places = {s.text: s.location for s in read.exchange.segments}
    written = READER.write(read, {places["secret"]: "S", places["n"]: "N"})
    assert written.target == "/v1/chat/completions?note=S"
    assert ("x-note", "N") in (written.headers or ())


def test_a_conversation_keeps_its_name_while_it_grows() -> None:
    first = READER.read(inbound(prompt("hi"))).exchange.session
    longer = prompt("hi")
    longer["messages"] += [{"role": "assistant", "content": "yes?"}, {"role": "user", "content": "more"}]
    assert READER.read(inbound(longer)).exchange.session == first
    assert READER.read(inbound(prompt("other"))).exchange.session != first
    assert READER.read(inbound(prompt("hi"), session="named")).exchange.session == "named"
    assert "hi" not in first.replace("alice", "")


def test_the_model_is_read_into_the_route() -> None:
    assert READER.read(inbound(prompt("hi"))).exchange.route.model == "gpt-x"
    deployment = replace(CHAT, model="gpt-y")
    assert READER.read(inbound(prompt("hi"), route=deployment)).exchange.route.model == "gpt-y", "Azure asks the path's"


def test_more_texts_than_may_be_are_malformed() -> None:
    reader = Reader(KEY, 1 << 20, 10)
    assert len(reader.read(inbound({"list": [f"t{n}" for n in range(7)]})).exchange.segments) == 10
    with pytest.raises(Malformed, match="limits.segments") as caught:
        reader.read(inbound({"list": [f"t{n}" for n in range(8)]}))
    assert "limits.segments" in caught.value.hint


FORM = (("content-type", "multipart/form-data; boundary=XX"), ("x-note", "n"))
PARTS = (
    b'--XX\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nann\r\n'
    b'--XX\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nbob,1\r\n--XX--\r\n'
)


def test_a_form_is_always_written_anew() -> None:
    read = READER.read(inbound(PARTS, headers=FORM))
    assert [(file.type, file.size) for file in read.exchange.files] == [("text", 5)]
    assert read.exchange.unread == ()
    written = READER.write(read, {})
    headers = dict(written.headers or ())
    assert headers["x-note"] == "n"
    assert headers["content-type"] != dict(FORM)["content-type"]
    places = {s.text: s.location for s in read.exchange.segments}
    written = READER.write(read, {places["ann"]: "A", places["bob,1"]: "B,1", places["n"]: "N"})
    assert werkzeug(written.body or b"", dict(written.headers or ())["content-type"]) == [
        ("prompt", None, b"A"),
        ("file", "a.csv", b"B,1"),
    ]
    assert dict(written.headers or ())["x-note"] == "N"


def test_a_form_that_says_two_things_is_malformed() -> None:
    with pytest.raises(Malformed, match="multipart"):
        READER.read(inbound(PARTS, headers=(*FORM, FORM[0])))


def test_two_content_types_are_malformed() -> None:
    for first, second in ((TEXT_BODY, FORM[:1]), (JSON, TEXT_BODY)):
        with pytest.raises(Malformed, match="in two ways what its body is"):
            READER.read(inbound(PARTS, headers=(*first, *second)))


PDF = base64.b64encode(b"%PDF-1.7").decode()
ATTACHED = {"type": "file", "file": {"file_data": PDF, "filename": "a.pdf"}}


def attached(*more: object) -> dict[str, object]:
    return {"model": "gpt-x", "messages": [{"role": "user", "content": [ATTACHED, *more]}]}


def test_a_document_is_unread_until_it_was_read() -> None:
    read = READER.read(inbound(attached()))
    (unread,) = read.exchange.unread
    assert read.exchange.files == ()
    done = READER.with_contents(read, [Contents((((1,), "ann"),), (((2,), "image", 3),))])
    assert [(u.location.path[-1], u.reason) for u in done.exchange.unread] == [(2, "image")]
    assert [(file.location, file.type) for file in done.exchange.files] == [(unread.location, "PDF")]
    (segment,) = [s for s in done.exchange.segments if s.text == "ann"]
    body = json.loads(READER.write(done, {segment.location: "A"}).body or b"")
    assert body["messages"][0]["content"] == [{"type": "text", "text": "a.pdf\n\nA"}]


def test_a_document_that_could_not_be_judged_is_a_fault_and_unread() -> None:
    read = READER.read(inbound(attached()))
    done = READER.with_contents(read, [Contents(fault="its worker died")])
    assert done.exchange.unread == read.exchange.unread
    assert [(fault.where, fault.reason) for fault in done.faults] == [
        ("the PDF at body:/messages/0/content/0/file/file_data", "its worker died")
    ]


def test_too_many_texts_in_a_document_are_malformed() -> None:
    reader = Reader(KEY, 1 << 20, 10)
    read = reader.read(inbound(attached()))
    with pytest.raises(Malformed, match="limits.segments"):
        reader.with_contents(read, [Contents(tuple(((n,), "x") for n in range(9)))])


TEXT_BODY = (("content-type", "text/plain"),)


def test_a_document_that_is_the_whole_body_is_read_and_cannot_be_replaced() -> None:
    raw = base64.b64encode(b"%PDF-1.7" + b" " * 60)
    read = READER.read(inbound(raw, headers=TEXT_BODY))
    assert [document.type for document in read.documents] == ["PDF"]
    done = READER.with_contents(read, [Contents((((1,), "ann"),))])
    (segment,) = [s for s in done.exchange.segments if s.text == "ann"]
    with pytest.raises(Malformed, match="no text can stand"):
        READER.write(done, {segment.location: "A"})


def test_a_document_in_a_part_whose_type_another_part_says_cannot_be_replaced() -> None:
    raw = b"--X\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7" + b" " * 60 + b"\r\n--X--\r\n"
    read = READER.read(inbound(raw, headers=(("content-type", "multipart/related; boundary=X"),)))
    done = READER.with_contents(read, [Contents((((1,), "ann"),))])
    (segment,) = [s for s in done.exchange.segments if s.text == "ann"]
    with pytest.raises(Malformed, match="another part says"):
        READER.write(done, {segment.location: "A"})
    assert b"%PDF-1.7" in (READER.write(done, {}).body or b"")


def test_text_in_a_url_within_a_form_is_edited_in_place() -> None:
    url = "data:text/plain;base64," + base64.b64encode(b"ann").decode()
    form = (("content-type", "application/x-www-form-urlencoded"),)
    read = READER.read(inbound(urlencode({"file": url}).encode(), headers=form))
    (segment,) = [s for s in read.exchange.segments if s.text == "ann"]
    ((_, written),) = parse_qsl((READER.write(read, {segment.location: "A"}).body or b"").decode())
    assert written == "data:text/plain;base64," + base64.b64encode(b"A").decode()


@pytest.mark.parametrize("media_type", ["application/octet-stream", "application/jsonl"])
def test_a_body_that_is_a_file_is_read_and_edited_as_one(media_type: str) -> None:
    read = READER.read(inbound(b'not json: ann\n{"k": "bob"}', headers=(("content-type", media_type),)))
    assert read.exchange.unread == ()
    edits = {s.location: s.text.replace("bob", "B") for s in read.exchange.segments if "bob" in s.text}
    assert READER.write(read, edits).body == b'not json: ann\n{"k": "B"}'


def test_a_body_that_is_no_text_stays_unread() -> None:
    for media_type, reason in (("image/png", "image"), ("text/plain", "its content, media type and filename")):
        raw = b"\x89PNG\r\n\x1a\n\0"
        read = READER.read(inbound(raw, headers=(("content-type", media_type),)))
        assert [u.reason.startswith(reason) for u in read.exchange.unread] == [True]
        assert READER.write(read, {}) == AsItCame


def test_an_image_is_read_where_ocr_is_on_and_its_masked_text_takes_its_place() -> None:
    url = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n\0").decode()
    body = {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]}
    assert READER.read(inbound(body)).documents == []
    reader = replace(READER, ocr=True)
    read = reader.read(inbound(body))
    assert [document.type for document in read.documents] == ["image"]
    assert [unread.reason for unread in read.exchange.unread] == ["image"]
    done = reader.with_contents(read, [Contents(((("picture", 1), "ann"),))])
    assert (done.exchange.unread, [file.type for file in done.exchange.files]) == ((), ["image, by OCR"])
    (segment,) = [s for s in done.exchange.segments if s.text == "ann"]
    written = json.loads(reader.write(done, {segment.location: "A"}).body or b"")
    assert written["messages"][0]["content"] == [{"type": "text", "text": "A"}]
