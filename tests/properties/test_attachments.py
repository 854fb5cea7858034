"""A value in a text file never leaves, however the file is carried and spelled; everything around it stays."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate_cases import EMAIL, GENERIC, JSON, TOKEN, inbound, pipeline
from tests.multipart_readers import werkzeug

_AROUND = st.text("abc äß漢😀\t\n,;:'\"{}<>&%", max_size=30)
_CODECS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
_SHAPES = st.sampled_from(["plain", "json", "lines"])
_ENDINGS = {"plain": "txt", "json": "json", "lines": "jsonl"}


def _file(shape: str, before: str, value: str, after: str) -> str:
    text = f"{before} {value} {after}"
    if shape == "plain":
        return text
    one = json.dumps({"a": 1.50, "text": text, "ü": ["x"]})
    return one if shape == "json" else f'{{"b": "{before.isascii()}"}}\n\n{one}\n'


def _texts(shape: str, file: str) -> str:
    if shape == "plain":
        return file
    return str(json.loads(file if shape == "json" else file.split("\n")[2])["text"])


async def _sent(raw: bytes, name: str, how: str) -> tuple[bytes, str]:
    """What of a file leaves the gate, and how it is called there."""
    if how == "form":
        body = b'--XX\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n\r\n' + raw
        asked = inbound(
            body + b"\r\n--XX--\r\n", route=GENERIC, headers=[("content-type", "multipart/form-data; boundary=XX")]
        )
    else:
        carried = b64encode(raw).decode()
        file = {"file_data": f"data:;base64,{carried}" if how == "url" else carried, "filename": name}
        asked = inbound({"messages": [{"role": "user", "content": [{"type": "file", "file": file}]}]}, headers=JSON)
    done = await pipeline().screen_request(asked)
    assert done.refusal is None, done.refusal
    assert done.out.body is not None, "nothing was masked"
    if how == "form":
        ((_, filename, data),) = werkzeug(done.out.body, dict(done.out.headers or ())["content-type"])
        return data, filename or ""
    file = json.loads(done.out.body)["messages"][0]["content"][0]["file"]
    return b64decode(file["file_data"].partition(",")[2] or file["file_data"]), file["filename"]


@pytest.mark.parametrize("how", ["form", "url", "bare"])
@given(_AROUND, st.sampled_from([EMAIL, TOKEN]), _AROUND, _CODECS, _SHAPES)
def test_a_value_in_a_file_never_leaves(how: str, before: str, value: str, after: str, codec: str, shape: str) -> None:
    name = f"a.{_ENDINGS[shape]}"
    raw = _file(shape, before, value, after).encode(codec)
    sent, filename = asyncio.run(_sent(raw, name, how))
    assert filename == name
    assert sent[:2] == raw[:2] or codec == "utf-8", "the file is in another encoding"
    left = sent.decode("utf-16" if codec == "utf-16" else "utf-8-sig")
    assert value not in left
    said = _texts(shape, left)
    assert said.startswith(f"{before} <") and said.endswith(f"> {after}")
    if shape != "plain":
        assert '"a": 1.5' in left and '"x"' in left, "what stands around it has changed"
