"""Labelled texts and files through a real gate: refused or held by their level, and on record by their label."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat
from tests.made_files import OOXML, docx, labelled, labelled_by_id, pdf, pptx, protected_office, stream, xlsx

OPENAI = "https://api.openai.com/v1/chat/completions"
ANTHROPIC = "https://api.anthropic.com/v1/messages"
GUID = "87ba5c36-b7cf-4793-bbc2-bd5b3a9f95ca"
BOARD = "1b1d8ea1-1b3c-4c4d-9a3a-0b8a52c1c4aa"
LABELS = f"""
version: 1
labels:
  Board Only: regulated
  {BOARD}: regulated
  Project Blue: confidential
  Canteen: public
"""
POLICY = """
version: 1
rules:
  - {id: low, when: {level: "<=internal"}, then: allow}
  - {id: mask, when: {level: ">=confidential"}, then: mask}
  - {id: labelled-waits, when: {direction: request, category: label, level: confidential}, then: hold}
  - {id: labelled-stays, when: {direction: request, category: label, level: regulated}, then: block}
"""
XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    f'xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/"><pdfx:MSIP_Label_{GUID}_Enabled>true</pdfx:MSIP_Label_{GUID}_Enabled>'
    f"<pdfx:MSIP_Label_{GUID}_Name>Board Only</pdfx:MSIP_Label_{GUID}_Name>"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def pdf_info(name: str) -> bytes:
    said = f"/MSIP_Label_{GUID}_Enabled (true) /MSIP_Label_{GUID}_Name ({name}) /MSIP_Label_{GUID}_Method (Standard)"
    return pdf("Hello", info=said)


def pdf_xmp() -> bytes:
    return pdf("Hello", objects=[stream("/Type /Metadata /Subtype /XML", XMP.encode())])


FILES = {
    "docx, by name": ("docx", docx("Hello", **labelled(GUID, Name="Board Only")), "own-label-board-only"),
    "docx, by id": ("docx", docx("Hello", **labelled_by_id(BOARD)), "own-label-1b1d8ea1"),
    "docx, sub-label": (
        "docx",
        docx("Hello", **labelled(GUID, Name="Highly Confidential\\All Employees")),
        "mip-strict",
    ),
    "xlsx": ("xlsx", xlsx(["a", 1], **labelled(GUID, Name="Streng vertraulich")), "mip-strict"),
    "pptx": ("pptx", pptx("Hello", **labelled(GUID, Name="board only")), "own-label-board-only"),
    "pdf, information": ("pdf", pdf_info("Board Only"), "own-label-board-only"),
    "pdf, XMP": ("pdf", pdf_xmp(), "own-label-board-only"),
}
PASS = {
    "public, as the file says": ("docx", docx("Hello", **labelled(GUID, Name="Canteen"))),
    "taken off": ("docx", docx("Hello", **labelled(GUID, Name="Blue Moon", Enabled="false"))),
    "everybody's": ("xlsx", xlsx(["a", 1], **labelled(GUID, Name="defa4170-0d19-0005-0004-bc88714345d2"))),
    "general": ("pdf", pdf_info("General")),
}
TYPES = {"pdf": "application/pdf", "docx": OOXML + "wordprocessingml.document",
         "xlsx": OOXML + "spreadsheetml.sheet", "pptx": OOXML + "presentationml.presentation"}  # fmt: skip


def openai(ending: str, data: bytes) -> tuple[str, dict[str, Any]]:
    url = f"data:{TYPES[ending]};base64,{b64encode(data).decode()}"
    file = {"type": "file", "file": {"file_data": url, "filename": f"plan.{ending}"}}
    content = [{"type": "text", "text": "Sum it up."}, file]
    return OPENAI, {"model": "double:echo", "messages": [{"role": "user", "content": content}]}


def anthropic(ending: str, data: bytes) -> tuple[str, dict[str, Any]]:
    source = {"type": "base64", "media_type": TYPES[ending], "data": b64encode(data).decode()}
    content = [{"type": "document", "source": source}, {"type": "text", "text": "Sum it up."}]
    return ANTHROPIC, {"model": "double:echo", "max_tokens": 9, "messages": [{"role": "user", "content": content}]}


@pytest_asyncio.fixture(loop_scope="session")
async def labels(start_gate: Start, tmp_path: Path) -> AsyncIterator[Gate]:
    (tmp_path / "labels.yaml").write_text(LABELS)
    (tmp_path / "policy.yaml").write_text(POLICY)
    yield await start_gate(
        rules=["builtin", str(tmp_path / "labels.yaml")],
        policy=str(tmp_path / "policy.yaml"),
        detect={"ner": "off"},
    )


async def post(gate: Gate, url: str, body: Any) -> httpx.Response:
    async with gate.client() as client:
        return await client.post(url, json=body, headers={"anthropic-version": "2023-06-01", "x-api-key": "none"})


async def test_labelled_files_and_texts(labels: Gate, provider: Provider) -> None:
    for called, (ending, data, rule) in FILES.items():
        for form in (openai, anthropic):
            refused = await post(labels, *form(ending, data))
            assert refused.status_code == 400, (called, refused.text)
            message = refused.json()["error"]["message"]
            assert "labelled-stays" in message and "regulated" in message, (called, message)
            assert rule in message, (called, message)
            exchange = labels.json("show", refused.headers["x-hushgate-decision"])
            assert exchange["level"] == "regulated" and exchange["gate"] == "block"
            assert rule in json.dumps(exchange["findings"]), called
    assert provider.journal.count == 0

    for form in (openai, anthropic):
        refused = await post(labels, *form("docx", protected_office()))
        assert refused.status_code == 400
        assert "it is encrypted: a protected Office document" in refused.json()["error"]["message"]
    assert provider.journal.count == 0

    for called, (ending, data) in PASS.items():
        told = await post(labels, *openai(ending, data))
        assert told.status_code == 200, (called, told.text)
    assert provider.journal.count == len(PASS)

    refused = await post(labels, OPENAI, chat("Sum up:\n\nBOARD ONLY\n\nThe plan"))
    assert refused.status_code == 400 and "own-label-board-only" in refused.json()["error"]["message"]
    # Nobody is named who could approve: a hold blocks.
    held = await post(labels, OPENAI, chat("Sensitivity: Project Blue\n\nThe plan"))
    assert held.status_code == 400 and "labelled-waits" in held.json()["error"]["message"], held.text
    assert provider.journal.count == len(PASS)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("TLP:RED\n\nThe campaign uses this domain", 400),
        ("Streng vertraulich\n\nVorlage", 400),
        ("VS - NUR FÜR DEN DIENSTGEBRAUCH\n\nLage", 400),
        ("CONFIDENTIAL - INTERNAL ONLY\n\nRevenue by quarter", 200),
        ("TLP:CLEAR\n\nNews", 200),
    ],
)
async def test_the_built_in_policy(gate: Gate, provider: Provider, text: str, status: int) -> None:
    answer = await post(gate, OPENAI, chat(text))
    assert answer.status_code == status, answer.text
    assert provider.journal.count == (status == 200)
    if status == 200:
        assert text.splitlines()[0] in json.loads(provider.journal.last.body)["messages"][0]["content"]
    else:
        assert "labelled-regulated-stays" in answer.json()["error"]["message"]
