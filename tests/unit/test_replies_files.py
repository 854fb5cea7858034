"""Files in replies: read, masked, restored or stopped like those of requests; a transcript keeps nothing unread."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hushgate.files import Contents, Document
from hushgate.policy.rules import RuleSet
from hushgate.replies.head import ReplyHead
from hushgate.wire.base import Refusal
from tests.gate_cases import (
    DONE,
    EMAIL,
    GENERIC,
    OTHER_EMAIL,
    STREAM,
    WHOLE,
    Book,
    inbound,
    made_policy,
    passage,
    pipeline,
    prompt,
    said,
    sse,
    streamed,
)

PNG = b"\x89PNG\r\n\x1a\n" + OTHER_EMAIL.encode() + bytes(60)
PDF = b"%PDF-1.7 ..........................................................."


@dataclass
class Reading:
    """Reads every document as these contents."""

    contents: Contents
    asked: list[str] = field(default_factory=list)

    async def read(self, files: Sequence[Document], *, scope: str) -> Sequence[Contents]:
        self.asked += [file.type for file in files]
        return [self.contents for _ in files]


def b64(data: bytes | str) -> str:
    return b64encode(data if isinstance(data, bytes) else data.encode()).decode()


async def answered(body: Any, head: ReplyHead = WHOLE, **changes: Any) -> bytes | Refusal:
    gate = pipeline(**changes)
    done = await gate.screen_request(inbound(prompt(f"write to {EMAIL}"), route=GENERIC))
    raw = body(done.restorable[0].token) if callable(body) else body
    return await gate.screen_reply(done, head).whole(raw if isinstance(raw, bytes) else json.dumps(raw).encode())


async def test_a_text_in_a_file_is_masked_and_restored() -> None:
    out = await answered(lambda token: {"file": f"data:text/csv;base64,{b64(f'{token},{OTHER_EMAIL}')}"})
    assert isinstance(out, bytes)
    mine, _, other = b64decode(json.loads(out)["file"].partition(",")[2]).decode().partition(",")
    assert mine == EMAIL and other.startswith("<EMAIL_ADDRESS_")


async def test_a_file_that_is_the_body_is_one_as_well() -> None:
    out = await answered(f"a,{OTHER_EMAIL}".encode(), ReplyHead(200, "application/octet-stream", None))
    assert isinstance(out, bytes) and out.startswith(b"a,<EMAIL_ADDRESS_")


@pytest.mark.parametrize(
    ("contents", "why"),
    [
        (Contents(((("page", 1), f"to {OTHER_EMAIL}"),)), "stands in a document"),
        (Contents((), ((("page", 1), "it is encrypted", 9),)), "could not be read: it is encrypted"),
        (Contents(fault="reading it took longer than 10 s"), "reading it took longer"),
    ],
)
async def test_a_document_that_says_what_may_not_pass_stops_the_reply(contents: Contents, why: str) -> None:
    reading = Reading(contents)
    out = await answered({"file": b64(PDF)}, documents=reading)
    assert isinstance(out, Refusal) and why in out.message and OTHER_EMAIL not in out.message
    assert reading.asked == ["PDF"]


async def test_a_clean_document_passes_as_it_came() -> None:
    said = Contents((((("page", 1)), "nothing of anyone's"),))
    body = {"file": b64(PDF)}
    assert await answered(body, documents=Reading(said)) == json.dumps(body).encode()


async def test_a_document_is_replaced_where_policy_says_so(tmp_path: Path) -> None:
    rules = made_policy(tmp_path, "rules: [{id: m, then: mask}]\nattachments: replace\n")
    reading = Reading(Contents(((("page", 1), f"to {OTHER_EMAIL}"),)))
    part = {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": b64(PDF)}}
    out = await answered({"content": [part]}, documents=reading, rules=rules)
    assert isinstance(out, bytes)
    (left,) = json.loads(out)["content"]
    assert left["source"]["type"] == "text" and left["source"]["data"].startswith("to <EMAIL_ADDRESS_")


@pytest.mark.parametrize(
    ("data", "reason"),
    [(PNG, "image"), (b"RIFF\0\0\0\0WAVEfmt ", "audio"), (b"\0\1\2", None), (b"plain " + OTHER_EMAIL.encode(), None)],
)
async def test_of_what_streams_only_media_pass_unread(data: bytes, reason: str | None) -> None:
    book = Book()
    gate = pipeline(book)
    reply = gate.screen_reply(await passage("hi", gate), STREAM)
    kind = "audio/wav" if reason == "audio" else "image/png"
    out = streamed(reply, sse({"made": f"data:{kind};base64,{b64(data)}"}, DONE))
    await reply.close()
    assert (b64(data).encode() in out) is (reason is not None)
    assert [u["reason"] for u in book.last("closed")["coverage"]["unread"]] == [reason or "file"]


def kept(book: Book) -> list[Any]:
    return [json.loads(transcript) for _, _, transcript in book.events if transcript]


@pytest.fixture
def lax(tmp_path: Path) -> RuleSet:
    return made_policy(tmp_path, "rules: [{id: m, then: mask}]\nunread: allow\n")


async def test_a_masked_transcript_of_a_request_keeps_nothing_unread(lax: RuleSet) -> None:
    book = Book()
    reading = Reading(Contents(((("page", 1), "nothing of anyone's"),)))
    gate = pipeline(book, transcripts="masked", rules=lax, documents=reading)
    content = [
        {"type": "text", "text": f"write to {EMAIL}"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(PNG)}"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": b64(PDF)}},
        {"type": "text", "text": f"see data:font/woff;base64,{b64(bytes(range(90)))} there"},
    ]
    done = await gate.screen_request(inbound({"model": "m", "messages": [{"role": "user", "content": content}]}))
    assert done.refusal is None
    (one,) = kept(book)
    words, image, file, amid = one["body"]["messages"][0]["content"]
    assert words["text"].startswith("write to <EMAIL_ADDRESS_")
    assert image["image_url"]["url"] == f"[image: {len(b64(PNG)) + 22} bytes left out]"
    assert file["file"] == {"filename": "a.pdf", "file_data": f"[PDF: {len(PDF)} bytes left out]"}
    assert amid["text"].startswith("[unknown binary: ")
    assert b64(PNG).encode() not in book.all_bytes()


@pytest.mark.parametrize("content_type", ["image/png", "application/octet-stream"])
async def test_one_of_a_body_that_is_a_file_keeps_a_note(lax: RuleSet, content_type: str) -> None:
    book = Book()
    gate = pipeline(book, transcripts="masked", rules=lax)
    done = await gate.screen_request(inbound(PNG, route=GENERIC, headers=[("content-type", content_type)]))
    await gate.screen_reply(done, ReplyHead(200, content_type, None)).whole(PNG)
    reply = gate.screen_reply(done, ReplyHead(200, content_type, None))
    assert await reply.whole(PNG) == PNG
    await reply.close()
    assert [one["text"] for one in kept(book)] == [f"[image: {len(PNG)} bytes left out]"] * 2
    assert OTHER_EMAIL.encode() not in book.all_bytes()


async def test_one_of_a_form_keeps_a_note_for_its_file(lax: RuleSet) -> None:
    book = Book()
    body = b'--XX\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + PNG + b"\r\n--XX--\r\n"
    asked = inbound(body, route=GENERIC, headers=[("content-type", "multipart/form-data; boundary=XX")])
    assert (await pipeline(book, transcripts="masked", rules=lax).screen_request(asked)).refusal is None
    assert f"[image: {len(PNG)} bytes left out]" in kept(book)[0]["text"]
    assert OTHER_EMAIL.encode() not in book.all_bytes()


async def test_one_of_a_stream_keeps_notes(lax: RuleSet) -> None:
    book = Book()
    gate = pipeline(book, transcripts="masked", rules=lax)
    reply = gate.screen_reply(await passage("hi", gate), STREAM)
    image = {"made": f"data:image/png;base64,{b64(PNG)}"}
    assert b64(PNG).encode() in streamed(reply, sse(said(f"to {OTHER_EMAIL} "), image, DONE))
    await reply.close()
    frames = "".join(kept(book)[-1]["frames"])
    assert "<EMAIL_ADDRESS_" in frames and "bytes left out]" in frames
    assert b64(PNG).encode() not in book.all_bytes() and OTHER_EMAIL.encode() not in book.all_bytes()


async def test_one_of_a_whole_reply_keeps_notes(lax: RuleSet) -> None:
    book = Book()
    gate = pipeline(book, transcripts="masked", rules=lax)
    reply = gate.screen_reply(await gate.screen_request(inbound(prompt("hi"), route=GENERIC)), WHOLE)
    body = {"data": [{"b64_json": b64(PNG)}], "text": f"to {OTHER_EMAIL}", OTHER_EMAIL: 1}
    await reply.whole(json.dumps(body).encode())
    await reply.close()
    one = kept(book)[-1]["body"]
    assert one["data"] == [{"b64_json": f"[image: {len(b64(PNG))} bytes left out]"}]
    assert one["text"].startswith("to <EMAIL_ADDRESS_")
    assert b64(PNG).encode() not in book.all_bytes() and OTHER_EMAIL.encode() not in book.all_bytes()
