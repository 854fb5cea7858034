"""Real wire traffic as files: what came, what was decided, what went on, what came back, what the client was given.

    POST https://api.openai.com/v1/chat/completions
    content-type: application/json

    {"model": "gpt-x", "messages": [{"role": "user", "content": "write to ann@acme.example"}]}
    ----- decision
    allow, confidential
    because mask-confidential: confidential EMAIL_ADDRESS is masked
    mask EMAIL_ADDRESS in body:/messages/0/content by mask-confidential
    read 4, opaque 3
    ----- forwarded
    {"model":"gpt-x","messages":[{"role":"user","content":"write to <EMAIL_ADDRESS_1>"}]}
    ----- reply
    200 text/event-stream

    data: {"choices":[{"index":0,"delta":{"content":"Wrote to <EMAIL_ADDRESS_1>"}}]}
    ----- restored
    data: {"choices":[{"index":0,"delta":{"content":"Wrote to ann@acme.example"}}]}
    ----- reply decision
    allow
    read 1, opaque 0

The first section and `reply` are written by hand; the others are what the gate
makes of them, or a `refused` one in place of all that. Placeholders are
numbered by their first occurrence; `<EMAIL_ADDRESS_1[:8]>` and
`<EMAIL_ADDRESS_1[8:]>` are two parts of one. A stream of AWS events is written one event
a line: its type and its payload. Lines end as HTTP has them (CR LF) in a body whose
headers say `x-lines: crlf`, which is not sent. A `dialogue` in the place of a reply
holds the messages of a WebSocket: see `tests.transcripts.dialogue`.
"""

from __future__ import annotations

import json
import random
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from hushgate.endpoints import Endpoints, load_endpoints
from hushgate.pipeline import Passage, Pipeline
from hushgate.replies.head import ReplyHead
from hushgate.replies.reply import Reply
from hushgate.values import Route
from hushgate.wire.base import Refusal
from hushgate.wire.registry import dialect
from tests.gate_cases import RULES, Book, inbound, pipeline
from tests.transcripts import dialogue
from tests.transcripts.numbers import Numbers

FOLDER: Final = Path(__file__).parent
AWS: Final = "application/vnd.amazon.eventstream"
_HEAD: Final = re.compile(r"^----- (.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A file: its sections by name, in their order."""

    request: str
    sections: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Transcript:
        first, *rest = _HEAD.split(path.read_text("utf-8"))
        return cls(first, dict(zip(rest[::2], rest[1::2], strict=True)))

    def text(self) -> str:
        """As it stands in its file."""
        return self.request + "".join(f"----- {name}\n{said}" for name, said in self.sections.items())


def cases() -> list[Path]:
    """Every transcript."""
    return sorted(FOLDER.glob("*/*.txt"))


@cache
def endpoints() -> Endpoints:
    return load_endpoints([RULES / "endpoints" / "builtin.yaml", FOLDER / "endpoints.yaml"])


async def played(given: Transcript) -> Transcript:
    """The transcript as the gate makes it now."""
    book, numbers = Book(), Numbers()
    gate = pipeline(book)
    head, body = _message(given.request)
    passage = await gate.screen_request(_inbound(head, body))
    if not book.events or book.events[-1][0] == "refused" or passage.refusal is not None:
        assert passage.refusal is not None
        said = {"decision": _decision(book.events[-1][1])} if book.kinds() == ["opened"] else {}
        return Transcript(given.request, said | {"refused": numbers.out(_refused(passage))})
    came = _inbound(head, body)
    target = "" if passage.out.target is None else f"{came.route.method} {passage.out.target}\n"
    changed = [f"{k}: {v}\n" for k, v in passage.out.headers or () if (k, v) not in came.headers]
    out = body if passage.out.body is None else passage.out.body
    text = out.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    forwarded = numbers.out(_line(target + "".join(changed) + text))
    sections = {"decision": _decision(book.last("opened")), "forwarded": forwarded}
    if (said := given.sections.get("dialogue")) is not None:
        told, replies = await dialogue.played(lambda book: _opened(book, head, body), said, numbers, _decision)
        return Transcript(given.request, sections | {"dialogue": told, "reply decisions": replies})
    if (reply := given.sections.get("reply")) is None:
        return Transcript(given.request, sections)
    sections["reply"] = reply
    first = None
    for cut in _cuts(len(reply)):
        restored = await _replied(gate, passage, numbers.back(reply), cut)
        first = restored if first is None else first
        assert restored == first, "the cuts of the reply show in what the client is given"
    assert first is not None
    return Transcript(
        given.request,
        sections
        | {
            "restored": numbers.out(_line(first.replace("\r\n", "\n"))),
            "reply decision": _decision(book.last("closed")),
        },
    )


async def _opened(book: Book, head: list[str], body: bytes) -> tuple[Pipeline, Passage]:
    gate = pipeline(book)
    return gate, await gate.screen_request(_inbound(head, body))


def _message(text: str) -> tuple[list[str], bytes]:
    head, _, body = text.partition("\n\n")
    lines = head.split("\n")
    plain = body.removesuffix("\n")
    if "x-lines: crlf" in lines:
        lines.remove("x-lines: crlf")
        plain = plain.replace("\n", "\r\n") + "\r\n"
    return lines, plain.encode("utf-8", "surrogatepass")


def _inbound(head: list[str], body: bytes) -> Any:
    method, _, url = head[0].partition(" ")
    at = urlsplit(url)
    endpoint = endpoints().find(at.hostname or "")
    assert endpoint is not None, f"{at.hostname} is not governed"
    format, model = endpoint.speaks(method, at.path)
    route = Route(
        endpoint.id, endpoint.provider, at.hostname or "", at.path, format, method, model, endpoint.self_hosted
    )
    headers = [(name, value) for line in head[1:] for name, _, value in [line.partition(": ")]]
    target = at.path + (f"?{at.query}" if at.query else "")
    return inbound(body, route=route, headers=headers, target=target)


def _decision(record: dict[str, Any]) -> str:
    """The lines of a decision."""
    at = record["gate"] + (f", {record['level']}" if "level" in record else "")
    lines = [at, *(f"because {reason['rule']}: {reason['says']}" for reason in record.get("reasons", ()))]
    for found in record["findings"]:
        layer = f" under {found['layer']}" if found["layer"] else ""
        by = ", ".join(found["reasons"])
        lines.append(f"{found['verdict']} {found['entity']} in {found['where']}{layer} by {by}")
    coverage = record["coverage"]
    lines += [f"unread {part['where']}: {part['reason']}" for part in coverage["unread"]]
    lines.append(f"read {coverage['scanned']}, opaque {coverage['opaque']}")
    return "\n".join(lines) + "\n"


def _refused(passage: Passage) -> str:
    assert passage.refusal is not None
    answer = dialect(passage.exchange.route.format).refusal(passage.refusal)
    headers = "".join(f"{name}: {value}\n" for name, value in answer.headers)
    return f"{answer.status or passage.refusal.status}\n{headers}\n{answer.body.decode()}\n"


async def _replied(gate: Any, passage: Passage, text: str, cut: Iterable[int]) -> str:
    lines, body = _message(text)
    status, _, content_type = lines[0].partition(" ")
    if content_type == AWS:
        body = _aws(body.decode())
    reply: Reply = gate.screen_reply(passage, ReplyHead(int(status), content_type or None, None))
    if reply.streams:
        places = [0, *sorted(min(len(body), at) for at in cut), len(body)]
        pieces = [body[a:b] for a, b in zip(places, places[1:], strict=False)]
        out = b"".join(reply.feed(piece) for piece in pieces if piece) + reply.finish()
    else:
        whole = await reply.whole(body)
        out = whole if isinstance(whole, bytes) else _stopped(whole, passage)
    await reply.close()
    return _aws_lines(out) if content_type == AWS and reply.streams else out.decode("utf-8", "surrogateescape")


def _stopped(refusal: Refusal, passage: Passage) -> bytes:
    return f"{refusal.status} ".encode() + dialect(passage.exchange.route.format).refusal(refusal).body


def _cuts(length: int) -> Iterator[list[int]]:
    """Whole, byte by byte, and a few ways at random, always the same."""
    yield []
    yield list(range(4 * length))
    draw = random.Random(length)
    for _ in range(3):
        yield [draw.randrange(max(1, 2 * length)) for _ in range(draw.randrange(1, 12))]


def _line(text: str) -> str:
    return text if text.endswith("\n") or not text else text + "\n"


def _aws(text: str) -> bytes:
    """Lines of events as the bytes of a stream."""
    from hushgate.framing.registry import open_framing

    framing = open_framing("aws-event-stream")
    rows = [line.partition(" ") for line in text.splitlines() if line]
    return b"".join(framing.frame(payload, name) for name, _, payload in rows)


def _aws_lines(raw: bytes) -> str:
    from botocore.eventstream import EventStreamBuffer

    buffer = EventStreamBuffer()
    buffer.add_data(raw)
    lines = []
    for message in buffer:
        kind = message.headers.get(":event-type") or f"!{message.headers.get(':exception-type')}"
        payload = json.loads(message.payload)
        if kind == "chunk":  # What is inside of it is told.
            payload = json.loads(b64decode(payload["bytes"]))
        lines.append(f"{kind} {json.dumps(payload, ensure_ascii=False, separators=(',', ':'))}")
    return "\n".join(lines)
