"""Streamed replies of any format, in any framing it may come in: what `targets/replies.py` draws, and their laws."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any, Final

from hushgate.framing.registry import open_framing
from hushgate.pipeline import Passage
from hushgate.replies.head import ReplyHead
from hushgate.replies.reply import Reply
from hushgate.values import Route
from hushgate.wire.base import FRAMINGS
from hushgate.wire.registry import FORMATS, ONLY_SOCKETS, SOCKETS, dialect
from tests.fuzz.draw import Draw
from tests.fuzz.spelled import document, literal, readings
from tests.gate_cases import CARD, EMAIL, OTHER_EMAIL, TOKEN, Book, passage, pipeline
from tests.properties.forms import Form, Name
from tests.properties.forms_bedrock import EVENT_STREAM
from tests.properties.test_formats_chunking import FORMS, in_json
from tests.properties.test_wire_json import WORDS as OF_FORMATS

FOREIGN: Final = (OTHER_EMAIL, TOKEN, "5500 0000 " + "0000 0004")
"""Values that the client did not send: none may come out."""
APART: Final = tuple(form.format(value) for value in FOREIGN for form in (" ask {} now ", ' "{}", too', " ({})\n"))
"""Texts in which one stands by itself, whatever is said before and behind them."""
OPENED: Final = ReplyHead(101, None, None, "messages")
CUTS: Final = 8


@cache
def sent() -> Passage:
    """A prompt with two values in it, as it was forwarded."""
    return asyncio.run(passage(f"Write to {EMAIL}, charge {CARD}."))


OURS: Final = {placeholder.token: placeholder.original for placeholder in sent().restorable}


def heads(format: str) -> tuple[ReplyHead, ...]:
    """How a reply of a format may be streamed, one head a framing."""
    spoken = dialect(format)
    own = {framing: kind for kind in (*FRAMINGS, "application/json", "application/stream+json")
           if (framing := spoken.framing(kind)) is not None}  # fmt: skip
    found = [] if format in ONLY_SOCKETS else [ReplyHead(200, kind, None) for kind in own.values()]
    return (*found, *([OPENED] if format in SOCKETS else []))


WAYS: Final = tuple((format, head) for format in sorted(FORMATS) for head in heads(format))


def _framing(format: str, head: ReplyHead) -> str:
    return head.framing or dialect(format).framing(head.media_type) or ""


def _reply(format: str, head: ReplyHead) -> Reply:
    route = Route("acme", "acme", "llm.acme.example", "/x", format)
    given = replace(sent(), exchange=replace(sent().exchange, route=route))
    made = pipeline(Book())
    return made.screen_socket(given, head) if head is OPENED else made.screen_reply(given, head)


def _given(reply: Reply, pieces: Iterable[bytes]) -> bytes:
    return b"".join(map(reply.feed, pieces)) + reply.finish()


def runs(draw: Draw, text: Callable[[Draw], str], judge: Callable[[str, str, list[str]], None]) -> str:
    """Runs of text, cut anywhere and interleaved, as a format tells them, in one of its framings."""
    form: Form = draw.pick(FORMS)
    ways = [head for head in heads(form.format) if form.media_type not in (EVENT_STREAM, head.media_type)]
    head = draw.pick([ReplyHead(200, form.media_type, None), *ways] if form.media_type != EVENT_STREAM else
                     [ReplyHead(200, EVENT_STREAM, None)])  # fmt: skip
    # A lone surrogate cannot stand in UTF-8, which is what most of these write.
    wanted = {name: text(draw).encode("utf-8", "replace").decode() for name in form.names}
    wanted = {name: literal(draw, said) if in_json(name) else said for name, said in wanted.items()}
    frames = _interleaved(draw, form, wanted)
    if draw.flag():
        frames += form.end(wanted)
    native = head.media_type == form.media_type
    framing = _framing(form.format, head)
    body = form.packed(frames) if native else _packed(form.format, framing, frames)
    whole, reply = _given(_reply(form.format, head), [body]), _reply(form.format, head)
    cut = _given(reply, draw.cut(body))
    assert reply.outcome == "answered", f"a good stream of {form.id} as {framing} is cut"
    got, other = ({name: "".join(told) for name, told in _heard(form, stream, native, framing).items()}
                  for stream in (whole, cut))  # fmt: skip
    assert got == other, f"chunks matter to {form.id} as {framing}"
    for name, said in wanted.items():
        out = got.get(name, "")
        meant, all_of_it = (json.loads(out), json.loads(said)) if in_json(name) else (out, said)
        judge(all_of_it, meant, [token for token in OURS if said.count(token[1:-1]) == all_of_it.count(token)])
    return f"runs as {framing}"


def _interleaved(draw: Draw, form: Form, wanted: dict[Name, str]) -> list[dict[str, Any]]:
    queues = {name: _pieces(draw, said) for name, said in wanted.items()}
    frames = []
    while queues:
        name = draw.pick(tuple(queues))
        frames.append(form.frame(name, queues[name].pop(0)))
        if not queues[name]:
            del queues[name]
    return frames


def _pieces(draw: Draw, text: str) -> list[str]:
    places = sorted(draw.below(len(text) + 1) for _ in range(draw.below(CUTS)))
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


def _packed(format: str, framing: str, frames: list[Any]) -> bytes:
    """Documents in any framing, as the gate itself would write them."""
    spoken, made = dialect(format), open_framing(framing)
    told = [made.frame(json.dumps(one, ensure_ascii=False), spoken.event_name(one)) for one in frames]
    return _array(told) if framing == "json-array" else b"".join(told)


def _array(elements: list[bytes]) -> bytes:
    return b"[" + b",".join(one.strip(b", \r\n") for one in elements) + b"]"


def _heard(form: Form, stream: bytes, native: bool, framing: str) -> dict[Name, list[str]]:
    if native:
        found = form.opened(stream)
    else:
        reader = open_framing(framing)
        events = [*reader.feed(stream), *reader.flush()]
        found = [json.loads(event.data) for event in events if event.data is not None]
    texts: dict[Name, list[str]] = {}
    for one in found:
        for name, piece in form.heard(one):
            texts.setdefault(name, []).append(piece)
    return texts


def documents(draw: Draw, keys: tuple[str, ...]) -> str:
    """Any documents at all in any format and framing: chunks do not matter, and no foreign value comes out."""
    format, head = draw.pick(WAYS)
    framing = _framing(format, head)
    names = (*keys, *OF_FORMATS)
    told = [document(draw, APART, names) for _ in range(1 + draw.below(4))]
    made = open_framing(framing)
    frames = [made.frame(one.replace("\n", " ").replace("\r", " ")) for one in told]
    body = _array(frames) if framing == "json-array" else b"".join(frames)
    whole, reply = _reply(format, head), _reply(format, head)
    out = _given(whole, [body])
    assert _given(reply, draw.cut(body)) == out, f"chunks matter to {format} as {framing}"
    assert reply.outcome == whole.outcome, f"chunks matter to how {format} as {framing} ends"
    if whole.outcome == "answered" and all(verdict.mask for verdict in whole.verdicts_given):
        for event in open_framing(framing).feed(out):
            for reading in readings(event.data or ""):
                assert not any(value in reading for value in FOREIGN), f"a foreign value comes out of {format}"
    return f"{framing} {whole.outcome}"
