"""A WebSocket, both ways: no value leaves, none comes out that the client had not sent, and frames never matter.

Messages are events of a format with values in them, any JSON, or any bytes; a side may also send what is no WebSocket
at all. They go through the real layer, hooks and pipeline, once as single frames and once cut anywhere.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from hushgate.framing.messages import Message
from hushgate.values import Route, Verdict
from hushgate.wire.base import Channel
from hushgate.wire.registry import dialect
from tests.fuzz.draw import Draw, choices
from tests.fuzz.spelled import document, literal, readings
from tests.fuzz.target import Target
from tests.gate_cases import CARD, EMAIL, OTHER_EMAIL, PLACEHOLDERS, TOKEN, Book, inbound, pipeline
from tests.socket_gate import PING, SocketGate, Step, Who, closing, frame, frames

OURS: Final = (EMAIL, CARD, TOKEN)
FOREIGN: Final = (OTHER_EMAIL, "5500 0000 " + "0000 0004")
TOKENS: Final = (
    PLACEHOLDERS.token("alice", "EMAIL_ADDRESS", EMAIL), PLACEHOLDERS.token("alice", "CREDIT_CARD", CARD),
)  # fmt: skip
FORMS: Final = ("{}", "ask {} now", "({}), too")
ASKED: Final = tuple(form.format(value) for value in OURS for form in FORMS)
TOLD: Final = (*(form.format(value) for value in FOREIGN for form in FORMS), *TOKENS, EMAIL)
PIECES: Final = (
    *TOLD,
    " ",
    "\n",
    "ü",
    "😀",
    "<EMAIL_ADDRESS_",
    "4111 1111",
    " 1111",
    "@example.org",
    "jonas.",
    "\\",
    '"',
)
KEYS: Final = (
    "type", "item", "content", "text", "delta", "transcript", "arguments", "item_id", "output_index", "input", "error",
    "response", "output", "session", "instructions", "audio", "serverContent", "modelTurn", "parts", "clientContent",
    "turns", "toolCall", "functionCalls", "args", "setup", "choices", "id", "event_id", "model",
)  # fmt: skip
PATHS: Final = {
    "openai-realtime": "/v1/realtime",
    "openai-responses": "/v1/responses",
    "google-live": "/ws/live",
    "generic": "/v1/live",
}
_MAY_NOT: Final[dict[Who, tuple[str, ...]]] = {"provider": OURS, "client": FOREIGN}
MOST: Final = 12
_BY_ITSELF: Final = {value: re.compile(rf"(?:^|[ (]){re.escape(value)}(?:$|[ )])") for value in FOREIGN}
LOOP: Final = cache(asyncio.new_event_loop)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a side sends at once: a message, or bytes as they are; `broken`, if they need be no frame."""

    by: Who
    message: Message | None
    raw: bytes = b""
    broken: bool = False


def check(data: bytes) -> str:
    return LOOP().run_until_complete(_checked(Draw(data)))


async def _checked(draw: Draw) -> str:
    format = draw.pick(tuple(PATHS))
    cuts = Draw(bytes(draw.byte() for _ in range(24)))
    sent = _sent(draw, format)
    whole, book = await _played(sent, format, None)
    cut, _ = await _played(sent, format, cuts)
    if not any(one.broken for one in sent):  # Behind half a frame, what comes next is whatever its bytes say.
        assert _outcome(whole) == _outcome(cut), "frames matter"
    _none(book.all_bytes().decode("utf-8", "surrogatepass"), (*OURS, *FOREIGN), "a value is on record")
    for step in whole.steps:
        for message in step.to_provider:
            _none(message.payload.decode("utf-8", "replace"), OURS, "a value leaves")
        for who, values in _MAY_NOT.items():
            _none(step.closed.get(who, (0, ""))[1], values, "a value in a close")
        assert not any(value.encode() in ping for value in OURS for ping in step.pings), "a value in a ping"
    kept = any(_is_structure(verdict) for verdict in whole.verdicts)
    if not kept:
        _assert_masked(whole.steps, format)
    assert not kept or format != "generic", "a value is kept"
    ended = whole.steps[-1].closed
    return f"{format} {'kept' if kept else 'closed' if ended else 'open'}"


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a dialogue."""

    steps: list[Step]
    verdicts: list[Verdict]


async def _played(sent: list[Sent], format: str, cuts: Draw | None) -> tuple[Played, Book]:
    book = Book()
    gate = pipeline(book)
    route = Route("acme", "acme", "llm.acme.example", PATHS[format], format, method="GET")
    opening = await gate.screen_request(inbound(b"", route=route, headers=(), session="s"))
    assert opening.refusal is None
    socket = await SocketGate.open(gate, book, opening)
    dialogue = next(iter(socket.sockets.open)).dialogue
    for one in sent:
        raw, sizes = one.raw, []
        if one.message is not None:
            size = len(one.message.payload)
            places = [] if cuts is None else [cuts.below(size + 1) for _ in range(cuts.below(5))]
            raw = frames(one.message, one.by, places, pings=cuts is not None and cuts.flag())
            sizes = [] if cuts is None else [cuts.below(len(raw) + 1) for _ in range(cuts.below(5))]
        await socket.send(one.by, raw, sizes)
    replies = [*socket.finished, dialogue.reply]
    for reply in replies:
        await reply.close()
    return Played(socket.steps, [verdict for reply in replies for verdict in reply.verdicts_given]), book


def _outcome(played: Played) -> list[object]:
    return [(step.by, step.message, step.to_provider, step.to_client, step.closed) for step in played.steps]


def _is_structure(verdict: Verdict) -> bool:
    """Whether it keeps what the provider's own structure says, and not what the client had sent itself."""
    return not verdict.mask and all(reason.rule != "sent-by-client" for reason in verdict.reasons)


def _assert_masked(steps: list[Step], format: str) -> None:
    """No foreign value by itself in a message to the client, nor in what it puts together of several."""
    spoken, runs = dialect(format), dict[Channel, str]()
    for step in steps:
        for message in step.to_client:
            text = message.payload.decode("utf-8", "replace")
            for reading in readings(text):
                _apart(reading)
            try:
                frame_read = spoken.read_frame(json.loads(text))
            except ValueError:
                continue
            for delta in frame_read.deltas:
                runs[delta.channel] = runs.get(delta.channel, "") + delta.text
            for channel in [one for one in runs if frame_read.closes(one)]:
                _apart(runs.pop(channel))
    for text in runs.values():
        _apart(text)


def _apart(text: str) -> None:
    """No foreign value stands by itself in a text, not glued to what makes another value of it."""
    assert not any(_BY_ITSELF[value].search(text) for value in FOREIGN), "a foreign value comes out"


def _none(text: str, values: tuple[str, ...], why: str) -> None:
    for reading in readings(text):
        assert not any(value in reading for value in values), why


def _sent(draw: Draw, format: str) -> list[Sent]:
    """What both sides send, in its order."""
    sent: list[Sent] = []
    run = 0
    while draw.left > 0 and len(sent) < MOST:
        run += 1
        match draw.below(8):
            case 0 | 1:
                sent.append(_said("client", draw, _asked(draw, format)))
            case 2 | 3 | 4:
                sent += [_said("provider", draw, event) for event in _told(draw, format, run)]
            case 5:
                by: Who = "client" if draw.flag() else "provider"
                sent.append(_said(by, draw, document(draw, ASKED if by == "client" else TOLD, KEYS)))
            case 6:
                by = "client" if draw.flag() else "provider"
                sent.append(Sent(by, Message(bytes(draw.byte() for _ in range(draw.below(30))), binary=draw.flag())))
            case _:
                sent.append(_raw(draw))
    return sent


def _said(by: Who, draw: Draw, text: str) -> Sent:
    return Sent(by, Message(text.encode("utf-8", "surrogatepass"), binary=draw.below(4) == 3))


def _raw(draw: Draw) -> Sent:
    """A ping, a close, or what is no frame."""
    by: Who = "client" if draw.flag() else "provider"
    text = draw.pick(ASKED if by == "client" else TOLD)
    match draw.below(3):
        case 0:
            return Sent(by, None, frame(PING, text.encode(), masked=by == "client"))
        case 1:
            return Sent(by, None, closing(draw.pick((1000, 1001, 4000)), text, by))
        case _:
            return Sent(by, None, bytes(draw.byte() for _ in range(draw.below(40))), broken=True)


def _asked(draw: Draw, format: str) -> str:
    """An event of a client's."""
    text = literal(draw, draw.pick(ASKED) if draw.below(3) else draw.text(12))
    match format:
        case "openai-realtime":
            part = f'{{"type":"input_text","text":{text}}}'
            item = f'{{"type":"message","role":"user","content":[{part}]}}'
            return f'{{"type":"conversation.item.create","item":{item}}}'
        case "openai-responses":
            return f'{{"type":"response.create","model":"m","input":{text}}}'
        case "google-live":
            return f'{{"clientContent":{{"turns":[{{"role":"user","parts":[{{"text":{text}}}]}}]}}}}'
        case _:
            return f'{{"ask":{text}}}' if draw.flag() else draw.pick(ASKED)


def _told(draw: Draw, format: str, run: int) -> list[str]:
    """A run of text in a provider's events, and its end."""
    text = draw.pick((" ", "", "\n")).join(draw.some(lambda: draw.pick(PIECES), 6))
    pieces = draw.cut(text, 4)[: MOST // 2]
    made: list[Any]
    match format:
        case "google-live":
            made = [{"serverContent": {"modelTurn": {"parts": [{"text": piece}]}}} for piece in pieces]
            made.append({"serverContent": {"turnComplete": True}})
        case "generic":
            made = [{"told": text}]
        case _:
            ids = {"item_id": f"item_{run}", "output_index": 0, "content_index": 0}
            ids |= {"response_id": f"resp_{run}"} if format == "openai-realtime" else {}
            stem = "response.output_text"
            made = [{"type": f"{stem}.delta", **ids, "delta": piece} for piece in pieces]
            made.append({"type": f"{stem}.done", **ids, "text": "".join(pieces)})
    if draw.below(4) == 3:
        made.pop()
    return [json.dumps(one, ensure_ascii=draw.flag()) for one in made]


SEEDS: Final = (
    bytes(40),
    *(bytes([number % 4]) + choices(number, 24 + 12 * (number % 9)) for number in range(40)),
)

TARGET: Final = Target(check, SEEDS, short=60)
