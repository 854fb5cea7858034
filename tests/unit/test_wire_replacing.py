"""A text in the place of a file, in each format's own shape."""

from __future__ import annotations

import copy
import json
from base64 import b64encode
from typing import Any

import pytest

from hushgate.errors import Malformed
from hushgate.values import Embedded, Location
from hushgate.wire.attachments import open_files
from hushgate.wire.registry import dialect
from hushgate.wire.replacing import replace_file


@pytest.mark.parametrize(
    ("part", "below", "expected"),
    [
        (
            {"type": "file", "file": {"file_data": "B", "filename": "a.pdf"}},
            ("file", "file_data"),
            {"type": "text", "text": "a.pdf\n\nmasked"},
        ),
        ({"type": "image_url", "image_url": {"url": "B"}}, ("image_url", "url"), {"type": "text", "text": "masked"}),
        ({"type": "image_url", "image_url": "B"}, ("image_url",), {"type": "text", "text": "masked"}),
        ({"type": "input_image", "image_url": "B"}, ("image_url",), {"type": "input_text", "text": "masked"}),
        (
            {"type": "image", "source": {"type": "base64", "data": "B"}, "cache_control": {"type": "ephemeral"}},
            ("source", "data"),
            {"type": "text", "text": "masked", "cache_control": {"type": "ephemeral"}},
        ),
        ({"type": "image", "mime_type": "image/png", "data": "B"}, ("data",), {"type": "text", "text": "masked"}),
        ({"image": {"format": "png", "source": {"bytes": "B"}}}, ("image", "source", "bytes"), {"text": "masked"}),
        ({"type": "input_file", "file_data": "B"}, ("file_data",), {"type": "input_text", "text": "masked"}),
        (
            {
                "type": "document",
                "title": "t",
                "source": {"type": "base64", "media_type": "application/pdf", "data": "B"},
            },
            ("source", "data"),
            {
                "type": "document",
                "title": "t",
                "source": {"type": "text", "media_type": "text/plain", "data": "masked"},
            },
        ),
        ({"inlineData": {"mimeType": "application/pdf", "data": "B"}}, ("inlineData", "data"), {"text": "masked"}),
        (
            {"type": "document", "mime_type": "application/pdf", "data": "B"},
            ("data",),
            {"type": "text", "text": "masked"},
        ),
        (
            {"uri": "file:///a.pdf", "mimeType": "application/pdf", "blob": "B"},
            ("blob",),
            {"uri": "file:///a.pdf", "mimeType": "text/plain", "text": "masked"},
        ),
        ({"inline_data": {"mime_type": "application/pdf", "data": "B"}}, ("inline_data", "data"), {"text": "masked"}),
        (
            {"document": {"name": "n", "format": "pdf", "source": {"bytes": "B"}}},
            ("document", "source", "bytes"),
            {"document": {"name": "n", "format": "txt", "source": {"bytes": b64encode(b"masked").decode()}}},
        ),
        (
            {"type": "document_url", "document_url": "data:,B", "document_name": "n"},
            ("document_url",),
            {"type": "text", "text": "n\n\nmasked"},
        ),
    ],
)
def test_shapes(part: dict[str, Any], below: tuple[str, ...], expected: dict[str, Any]) -> None:
    document = {"messages": [{"content": ["before", part, "behind"]}], "n": 1}
    unchanged = copy.deepcopy(document)
    replaced = replace_file(document, Location(path=("messages", 0, "content", 1, *below)), "masked")
    assert replaced == {"messages": [{"content": ["before", expected, "behind"]}], "n": 1}
    assert document == unchanged


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"data": "B"}, ("data",)),
        ("B", ()),
        ({"type": "video", "source": {"data": "B"}}, ("source", "data")),
        ({"tool": '{"inlineData":{"data":"B"}}'}, ("tool", Embedded.JSON, "inlineData", "data")),
    ],
)
def test_where_no_text_fits_nothing_leaves(document: object, path: tuple[Any, ...]) -> None:
    with pytest.raises(Malformed, match="no text can stand"):
        replace_file(document, Location(path=path), "masked")


B = b64encode(b"%PDF-1.7").decode()


@pytest.mark.parametrize(
    ("format", "body"),
    [
        ("openai-chat", {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_data": B}}]}]}),
        ("openai-responses", {"input": [{"role": "user", "content": [{"type": "input_file", "file_data": B}]}]}),
        (
            "anthropic-messages",
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {
                                "type": "document",
                                "source": {"type": "base64", "media_type": "application/pdf", "data": B},
                            }
                        ],
                    }
                ]
            },
        ),
        ("google-generate", {"contents": [{"parts": [{"inlineData": {"mimeType": "application/pdf", "data": B}}]}]}),
        (
            "bedrock-converse",
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [{"document": {"name": "n", "format": "pdf", "source": {"bytes": B}}}],
                    }
                ]
            },
        ),
        (
            "openai-chat",
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [{"type": "document_url", "document_url": f"data:application/pdf;base64,{B}"}],
                    }
                ]
            },
        ),
        ("generic", {"parts": [{"inlineData": {"data": f"data:application/pdf;base64,{B}"}}]}),
    ],
)
def test_what_each_format_reads_as_a_file_can_be_replaced(format: str, body: dict[str, Any]) -> None:
    reading, (file,) = open_files(dialect(format).read_request(body))
    assert file.type == "PDF"
    replaced = json.dumps(replace_file(body, file.attachment.location, "masked"))
    assert B not in replaced
    assert "masked" in replaced or b64encode(b"masked").decode() in replaced
