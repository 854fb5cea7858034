"""A streamed reply through scan, mask and restore: chunks never matter, no foreign value comes out, ours come back.

The stream is one a provider could send, of any format in any framing it may come in: runs of text and of tool
arguments, cut anywhere and interleaved, with other frames between them; or any documents, or any bytes.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from functools import cache
from typing import Any, Final

from hushgate.detect.stream import HOLD
from hushgate.replies.channel import Channel
from hushgate.replies.head import ReplyHead
from hushgate.replies.reply import Reply
from hushgate.transform.restore import Restorer
from hushgate.values import Kind, Location, Role, Route
from hushgate.wire.base import Delta, Refusal
from tests.fuzz import streamed_formats
from tests.fuzz.draw import Draw, choices
from tests.fuzz.spelled import document, literal, readings
from tests.fuzz.streamed_formats import FOREIGN, OURS, sent
from tests.fuzz.target import Target
from tests.gate_cases import (
    CHAT,
    DONE,
    EMAIL,
    GENERIC,
    OTHER_EMAIL,
    STREAM,
    TOKEN,
    WHOLE,
    Book,
    called,
    channels,
    chunk,
    engine,
    pipeline,
    said,
    sse,
    streamed,
)

CUTS: Final = 8
OF_URLS: Final = frozenset(":(=.")


PIECES: Final = (
    *FOREIGN, *OURS, *OURS, EMAIL, "password: correctHorse77!", "\\", "\\n", "\\\\", '"', "{", "}",
    "https://x.example/?q=", "<",
    "&lt;", "😀", "\n\n", "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE", "4111 1111", " 1111", "<EMAIL_ADDRESS_", ">",
    "ghp_", "@example.org",
    "%40", "\u00ad", "eyJhbGciOiJIUzI1NiJ9.", "x" * 40,
)  # fmt: skip
SAID: Final = (*(form.format(value) for value in FOREIGN for form in ("{}", "ask {} now", "({}), too")), *OURS)
KEYS: Final = (
    "choices", "message", "delta", "content", "tool_calls", "function", "arguments", "logprobs", "token", "error",
    "usage", "id", "model", "index", "created", "audio", "transcript", "role", f"x {OTHER_EMAIL} y",
)  # fmt: skip
LOOP: Final = cache(asyncio.new_event_loop)
JOINTS: Final = (" ", " ", ", ", "\n", "")


def check(data: bytes) -> str:
    draw = Draw(data)
    kind = draw.below(7)
    if kind == 5:
        return streamed_formats.runs(draw, _text, _judge)
    if kind == 6:
        return streamed_formats.documents(draw, KEYS)
    if kind == 0:
        return _any_bytes(draw)
    if kind == 1:
        return _one_channel(draw)
    if kind == 2:
        return _document(draw)
    texts = {name: _text(draw) for name in ((0, "content"), (1, "content"), (0, "tool", 0), (0, "tool", 1))}
    for name in ((0, "tool", 0), (0, "tool", 1)):
        texts[name] = literal(draw, texts[name])
    body = _stream(draw, texts)
    whole = streamed(_reply(), body)
    pieces = draw.cut(body)
    reply = _reply()
    cut = b"".join(map(reply.feed, pieces)) + reply.finish()
    assert reply.outcome == "answered", "a good stream is cut"
    got, other = channels(whole), channels(cut)
    assert got == other, "chunks matter"
    if kind == 4:
        _, collected = _whole(body, STREAM, strict_replies=True)
        assert isinstance(collected, bytes), "a good stream is refused"
        if not any(map(_word_first, texts.values())):
            assert channels(collected) == got, "a collected stream says something else"
    for run, text in texts.items():
        out = got.get(run, "")
        meant = json.loads(out) if run[1] == "tool" else out
        said_in_all = json.loads(text) if run[1] == "tool" else text
        tokens = [token for token in OURS if text.count(token[1:-1]) == said_in_all.count(token)]
        _judge(said_in_all, meant, tokens)
    return "runs"


def _word_first(text: str) -> bool:
    """Whether a value may begin with a word that a stream lets go, and a collected one masks."""
    early = engine()._patterns.early
    return any(early.stops(text, at) for at in range(len(text)) if not text[at].isspace())


def _document(draw: Draw) -> str:
    """A reply that is one document: no foreign value comes out in any form, or nothing does."""
    route = draw.pick((CHAT, GENERIC))
    raw = document(draw, SAID, KEYS).encode("utf-8", "surrogatepass")
    reply, out = _whole(raw, WHOLE, route)
    if not isinstance(out, bytes):
        return "a document refused"
    if any(not verdict.mask for verdict in reply.verdicts_given):  # the provider's own structure, which stays
        assert route is CHAT, "a value is kept"
        return "a document kept"
    for reading in readings(out.decode()):
        assert not any(value in reading for value in FOREIGN), "a foreign value comes out"
    return "a document"


def _whole(raw: bytes, head: ReplyHead, route: Route = CHAT, **changes: object) -> tuple[Reply, bytes | Refusal]:
    passage = replace(sent(), exchange=replace(sent().exchange, route=route))
    reply = pipeline(Book(), **changes).screen_reply(passage, head)
    return reply, LOOP().run_until_complete(reply.whole(raw))


def _judge(text: str, out: str, tokens: list[str]) -> None:
    """What came out of one run; `tokens` are ours whose letters are not spelled as escapes."""
    for value in FOREIGN:
        # By itself, not glued to something that makes another value of it.
        assert f" {value} " not in f" {out} " or "-----BEGIN" in text, "a foreign value comes out"
    if not OF_URLS & set(text):
        for token in tokens:
            assert f" {token} " not in f" {out} ", "a token of ours is left"


def _text(draw: Draw) -> str:
    joint = draw.pick(JOINTS)
    return joint.join(draw.some(lambda: draw.pick(PIECES) if draw.below(3) else draw.text(6), 8))


def _stream(draw: Draw, texts: dict[tuple[Any, ...], str]) -> bytes:
    """The texts as frames, interleaved."""
    queues = {name: _cut(draw, text) for name, text in texts.items()}
    frames: list[object] = [b": comment\n\n", chunk({"role": "assistant", "content": ""})]
    while queues:
        name = draw.pick(tuple(queues))
        piece = queues[name].pop(0)
        frames.append(said(piece, name[0]) if name[1] == "content" else called(piece, name[2], name[0]))
        if not queues[name]:
            del queues[name]
        if draw.below(8) == 7:
            frames.append(draw.pick((b": ping\r\n\r\n", b"event: x\ndata: [1, true]\n\n", b"id: 1\n\n")))
    if draw.flag():
        frames += [chunk({}, 0, "tool_calls"), chunk({}, 1, "stop")]
    return sse(*frames, DONE) if draw.flag() else sse(*frames)


def _cut(draw: Draw, text: str) -> list[str]:
    places = sorted(draw.below(len(text) + 1) for _ in range(draw.below(CUTS)))
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


def _any_bytes(draw: Draw) -> str:
    """Nothing raises, chunks do not matter, and what is masked elsewhere is masked here."""
    cuts = Draw(bytes(draw.byte() for _ in range(10)))
    body = draw.rest()
    whole = streamed(_reply(), body)
    reply = _reply()
    assert b"".join(map(reply.feed, cuts.cut(body))) + reply.finish() == whole, "chunks matter"
    return f"any bytes {reply.outcome}"


def _one_channel(draw: Draw) -> str:
    """What a run holds back is bounded, and pieces give what the whole gives."""
    in_json = draw.flag()
    text = draw.pick(JOINTS).join([_text(draw)] * draw.pick((1, 1, 3, 40)))
    whole = _channel(in_json)
    wanted = whole.feed(text) + whole.flush()
    one = _channel(in_json)
    out = ""
    for piece in draw.cut(text):
        out += one.feed(piece)
        assert one._scan.held <= HOLD + len(piece), "too much is held by the scan"  # type: ignore[attr-defined]
        assert len(one._restore._held) <= one._restore._known.bound, "too much is held by the restorer"
    assert out + one.flush() == wanted or len(text) > HOLD, "pieces matter"
    return "one run"


def _channel(in_json: bool) -> Channel:
    sample = Delta((), Location(), "", Role.ASSISTANT, Kind.TEXT, in_json)
    known = {verdict.finding.fingerprint for verdict in sent().decision.verdicts}  # type: ignore[union-attr]
    return Channel(
        sample,
        engine().stream(),
        Restorer(OURS),
        lambda _, released: [
            (hit.start, hit.end, f"[{hit.entity}]") for hit in released.hits if hit.fingerprint not in known
        ],
    )


def _reply() -> Reply:
    return pipeline(Book()).screen_reply(sent(), STREAM)


_GOOD: Final = sse(
    chunk({"role": "assistant", "content": ""}), said(f"mail {OTHER_EMAIL} "), said("now"), chunk({}, 0, "stop"), DONE
)
SEEDS: Final = (
    b"\0\3" + bytes(9) + _GOOD,
    b"\0\0" + bytes(9) + _GOOD.replace(b"data: {", b"data: [", 1),
    b"\0\0"
    + bytes(9)
    + sse(called('{"to": "' + OTHER_EMAIL[:8]), called(OTHER_EMAIL[8:] + '"}'), b'data: {"a":1,"a":2}\n\n'),
    b"\0\0" + bytes(9) + sse({"error": {"message": TOKEN}}, {"choices": [7, {"delta": {"content": [1]}}]}),
    *(bytes([1, number % 2]) + choices(number, 40) for number in range(12)),
    *(bytes([2 + number % 3]) + choices(number, 110) for number in range(30)),
    *(bytes([5 + number % 2, number]) + choices(number, 150) for number in range(60)),
)
WORDS: Final = (b"data: ", b"\n\n", b'"delta"', b'"content"', b'"choices"', b'"index"', b'"tool_calls"',
    b'"arguments"', b"[DONE]",
                b'"finish_reason":"stop"', OTHER_EMAIL.encode(), b"\xff", b"\\ud83d", b'":"', b"},{")  # fmt: skip

TARGET: Final = Target(check, SEEDS, WORDS, short=120)
