"""Files on their way out: read, masked, replaced or refused, against the counting provider."""

from __future__ import annotations

import io
import json
from base64 import b64decode, b64encode, encodebytes
from pathlib import Path
from shutil import which
from typing import Any

import httpx
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.doubles.chat import Reply
from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, children
from tests.made_files import OOXML, bomb, docx, encrypted_pdf, pdf, pptx, spelled, xlsx, zipped
from tests.multipart_readers import werkzeug

EMAIL = "erika.mustermann" + "@example.com"
TOKEN = "ghp_" + "a1B2c3D4e5" * 3 + "F6g7H8"
URL = "https://api.openai.com/v1/chat/completions"
FILES = "https://api.openai.com/v1/files"
REPLACE = """version: 1
rules:
  - {id: mask, when: {level: ">=confidential"}, then: mask}
attachments: replace
"""
TYPES = {"pdf": "application/pdf", "docx": OOXML + "wordprocessingml.document", "csv": "text/csv",
         "xlsx": OOXML + "spreadsheetml.sheet", "pptx": OOXML + "presentationml.presentation",
         "zip": "application/zip"}  # fmt: skip
DOCUMENTS = {
    "pdf": pdf(f"Write to {EMAIL}."),
    "docx": docx(f"Write to {EMAIL}."),
    "xlsx": xlsx(["Name", "Mail"], ["Erika", EMAIL]),
    "pptx": pptx("A title", f"Write to {EMAIL}."),
    "zip": zipped({"folder/a.csv": f"Erika,{EMAIL}"}),
}


def attached(data: bytes, ending: str) -> dict[str, Any]:
    url = f"data:{TYPES[ending]};base64,{b64encode(data).decode()}"
    file = {"type": "file", "file": {"file_data": url, "filename": f"contract.{ending}"}}
    content = [{"type": "text", "text": "Sum it up."}, file]
    return {"model": "double:echo", "messages": [{"role": "user", "content": content}]}


def sent(provider: Provider) -> Any:
    """The part that reached the provider in the file's place."""
    return json.loads(provider.journal.last.body)["messages"][0]["content"][1]


async def refused(gate: Gate, provider: Provider, body: Any, **how: Any) -> str:
    """The refusal's message, where nothing reached the provider."""
    async with gate.client() as client:
        answer = await client.post(how.pop("url", URL), **(how or {"json": body}))
    assert answer.status_code == how.get("status", 400), answer.text
    assert provider.journal.count == 0
    return str(answer.json()["error"]["message"])


@pytest.mark.parametrize("ending", DOCUMENTS)
async def test_a_document_with_a_value_is_blocked(gate: Gate, provider: Provider, ending: str) -> None:
    message = await refused(gate, provider, attached(DOCUMENTS[ending], ending))
    assert "rule attachment: confidential EMAIL_ADDRESS stands in a document" in message
    assert EMAIL not in message


async def test_documents_are_replaced_where_policy_says_so(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(REPLACE)
    gate = await start_gate(policy=str(policy))
    async with gate.client() as client:
        for ending, data in DOCUMENTS.items():
            await _is_replaced(gate, provider, client, ending, data)
        # Uploaded, it becomes a part of text.
        await client.post(FILES, data={"purpose": "user_data"}, files={"file": ("a.pdf", DOCUMENTS["pdf"])})
    request = provider.journal.last
    (_, _, purpose), (name, filename, text) = werkzeug(request.body, dict(request.headers)["content-type"])
    assert (purpose, name, filename) == (b"user_data", "file", "a.pdf.txt")
    assert text.startswith(b"Write to <EMAIL_ADDRESS_")
    workers = children(gate.process.pid)
    assert workers and gate.stop() == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers), "a reader outlives the gate"


async def _is_replaced(gate: Gate, provider: Provider, client: httpx.AsyncClient, ending: str, data: bytes) -> None:
    provider.journal.clear()
    answer = await client.post(URL, json=attached(data, ending))
    assert answer.status_code == 200, answer.text
    part = sent(provider)
    assert part["type"] == "text"
    assert part["text"].startswith(f"contract.{ending}\n\n")
    assert "<EMAIL_ADDRESS_" in part["text"]
    assert provider.journal.find(EMAIL) is None
    shown = await gate.closed(answer.headers["x-hushgate-decision"])
    (one,) = shown["coverage"]["attachments"]
    assert (one["type"], one["size"], shown["coverage"]["unread"]) == (ending.upper(), len(data), [])
    assert "(document)" in shown["findings"][0]["where"]


async def test_a_document_without_a_value_leaves_as_it_came(gate: Gate, provider: Provider) -> None:
    async with gate.client() as client:
        body = attached(pdf("Nothing of anyone's."), "pdf")
        assert (await client.post(URL, json=body)).status_code == 200
    assert json.loads(provider.journal.last.body) == body


async def test_a_table_in_base64_is_masked_in_place(gate: Gate, provider: Provider) -> None:
    async with gate.client() as client:
        answer = await client.post(URL, json=attached(f"name,mail\r\nErika,{EMAIL}\r\n".encode(), "csv"))
    assert answer.status_code == 200, answer.text
    file = sent(provider)["file"]
    head, _, data = file["file_data"].partition(",")
    assert (head, file["filename"]) == ("data:text/csv;base64", "contract.csv")
    table = b64decode(data).decode()
    assert table.startswith("name,mail\r\nErika,<EMAIL_ADDRESS_") and table.endswith(">\r\n")


@pytest.mark.parametrize(
    ("data", "ending", "why"),
    [
        (bomb(), "zip", "more in it than is unpacked"),
        (encrypted_pdf("x"), "pdf", "it is encrypted"),
        (b"%PDF-1.7\nbroken", "pdf", "it is broken"),
        (b"just text", "pdf", "do not say the same"),
        (pdf("x"), "csv", "do not say the same"),
    ],
    ids=["bomb", "encrypted", "broken", "text", "mismatch"],
)
async def test_what_cannot_be_read_does_not_pass(
    gate: Gate, provider: Provider, data: bytes, ending: str, why: str
) -> None:
    message = await refused(gate, provider, attached(data, ending))
    assert "could not be read" in message and why in message


def batch(*bodies: dict[str, Any]) -> bytes:
    lines = [{"custom_id": f"{n}", "method": "POST", "url": "/v1/chat/completions", "body": body}
             for n, body in enumerate(bodies)]  # fmt: skip
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


async def test_a_key_in_a_line_of_an_uploaded_batch_is_masked(gate: Gate, provider: Provider) -> None:
    said = [{"model": "m", "messages": [{"role": "user", "content": text}]} for text in ("one", "two", f"key {TOKEN}")]
    lines = batch(*said)
    async with gate.openai() as client:
        await client.files.create(file=("batch.jsonl", io.BytesIO(lines)), purpose="batch")
    request = provider.journal.last
    headers = dict(request.headers)
    parts = {name: data for name, _, data in werkzeug(request.body, headers["content-type"])}
    assert parts["purpose"] == b"batch"
    first, second, third, end = parts["file"].split(b"\n")
    assert [first, second, end] == lines.split(b"\n")[:2] + [b""]
    masked = json.loads(third)["body"]["messages"][0]["content"]
    assert masked.startswith("key <") and TOKEN not in masked
    assert provider.journal.find(TOKEN) is None


async def test_the_prompt_of_a_transcription_is_masked_and_its_audio_is_unread(gate: Gate, provider: Provider) -> None:
    message = await refused(
        gate, provider, None, url="https://api.openai.com/v1/audio/transcriptions",
        data={"model": "whisper-1", "prompt": EMAIL}, files={"file": ("a.wav", b"RIFF\0\0\0\0WAVEfmt ", "audio/wav")},
    )  # fmt: skip
    assert "could not be read: audio" in message


LETTERS = pdf(spelled(EMAIL))
PLANTED = {
    "letter by letter.pdf": LETTERS,
    "in a picture.svg": b"<svg><image href='data:application/pdf;base64," + b64encode(LETTERS) + b"'/></svg>",
    "in a notebook.ipynb": json.dumps({"cells": [{"data": b64encode(DOCUMENTS["docx"]).decode()}]}).encode(),
    "among words.md": b"as base64:\n" + encodebytes(DOCUMENTS["zip"]) + b"so much for that\n",
    "an archive in an archive.zip": zipped({"a.zip": zipped({"b.docx": DOCUMENTS["docx"]})}),
    "a spread.ods": zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                            "content.xml": "<d><table-row><p>erika.<s>muster</s>mann@example.com</p></table-row></d>"}),
    "a letter in a letter.eml": b"Subject: x\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\nSubject: y\n"
                                b"Content-Transfer-Encoding: quoted-printable\n\nerika.muster=\nmann@example.com\n",
}  # fmt: skip


async def test_no_file_carries_a_value_out(gate: Gate, provider: Provider) -> None:
    async with gate.client() as client:
        for name, data in PLANTED.items():
            file = {"type": "file", "file": {"filename": name, "file_data": b64encode(data).decode()}}
            lines = batch({"model": "m", "messages": [{"role": "user", "content": [file]}]})
            asked = {"model": "double:echo", "messages": [{"role": "user", "content": [file]}]}
            sent = [await client.post(URL, json=asked), await client.post(FILES, files={"file": ("a.jsonl", lines)})]
            assert [answer.status_code for answer in sent] == [400, 400], name
            assert all("rule attachment: " in answer.json()["error"]["message"] for answer in sent), name
    assert provider.journal.count == 0


async def test_what_a_model_makes_comes_back_and_is_on_record(gate: Gate, provider: Provider) -> None:
    image = b64encode(b"\x89PNG\r\n\x1a\n" + bytes(80)).decode()
    for path, kind, reason, body in (
        ("images/generations", "application/json", "image", json.dumps({"data": [{"b64_json": image}]}).encode()),
        ("audio/speech", "audio/mpeg", "audio", b"\xff\xf3\x84" + bytes(80)),
    ):
        provider.reply = Reply(body=body, headers={"content-type": kind})
        async with gate.client() as client:
            answer = await client.post(f"https://api.openai.com/v1/{path}", json={"model": "m", "prompt": "a house"})
        assert (answer.status_code, answer.content) == (200, body)
        shown = await gate.closed(answer.headers["x-hushgate-decision"])
        assert [u["reason"] for u in shown["reply"]["coverage"]["unread"]] == [reason]


async def test_a_file_in_a_reply_is_masked_in_place(gate: Gate, provider: Provider) -> None:
    table = f"name,mail\nErika,{EMAIL}\n".encode()
    provider.reply = Reply(body=table, headers={"content-type": "application/octet-stream"})
    async with gate.client() as client:
        answer = await client.get("https://api.openai.com/v1/files/file-1/content")
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith("name,mail\nErika,<EMAIL_ADDRESS_") and EMAIL not in answer.text


TRICK = (
    b'--XX\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--XX\nContent-Disposition: '
    b'form-data; name="file"; filename="b.txt"\r\n\r\n' + EMAIL.encode() + b"\r\n--XX--\r\n"
)


async def test_a_trick_with_boundaries_is_refused(gate: Gate, provider: Provider) -> None:
    headers = {"content-type": "multipart/form-data; boundary=XX"}
    message = await refused(gate, provider, None, url=FILES, content=TRICK, headers=headers)
    assert "multipart body cannot be read" in message and EMAIL not in message
    twice = [("content-type", "multipart/form-data; boundary=XX"), ("content-type", "multipart/form-data; boundary=YY")]
    assert "in two ways" in await refused(gate, provider, None, url=FILES, content=TRICK, headers=twice)


@pytest.mark.skipif(which("tesseract") is None, reason="TESSERACT IS NOT INSTALLED: OCR IS UNTESTED")
async def test_an_address_in_a_picture_is_masked_by_its_text(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(REPLACE)
    gate = await start_gate(policy=str(policy), detect={"ocr": "tesseract"})
    image, out = Image.new("L", (900, 80), 255), io.BytesIO()
    ImageDraw.Draw(image).text((20, 20), f"Write to {EMAIL} today", fill=0, font=ImageFont.load_default(size=28))
    image.save(out, "PNG")
    url = f"data:image/png;base64,{b64encode(out.getvalue()).decode()}"
    content = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]
    async with gate.client() as client:
        answer = await client.post(
            URL, json={"model": "double:echo", "messages": [{"role": "user", "content": content}]}
        )
    assert answer.status_code == 200, answer.text
    assert sent(provider)["type"] == "text"
    assert sent(provider)["text"].startswith("Write to <EMAIL")
    assert provider.journal.find(EMAIL) is None
