"""A WebSocket's messages in a transcript.

    GET https://api.openai.com/v1/realtime?model=gpt-x

    ----- dialogue
    client: {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": [...]}}
      allow, confidential
      mask EMAIL_ADDRESS in body:/item/content/0/text by mask-confidential
    -> {"type":"conversation.item.create","item":{"type":"message","role":"user","content":[...]}}

    provider: {"type": "response.output_text.delta", "delta": "Hello <EMAIL_ADDRESS_1>", ...}
    <- {"type":"response.output_text.delta","delta":"Hello erika.mustermann@example.com",...}

    provider closes: 1000 done
    <- closes 1000 done
    ----- reply decisions
    ex2: answered, allow
    read 1, opaque 0

Lines that begin with `client` or `provider` are written by hand, each a message or a close; `client leaves` breaks off.
What stands below one is what came of it: how it was decided, what went on to the provider (`->`), and what the
client was given (`<-`). A message is a text, or behind `binary` UTF-8, or behind `base64` any bytes.

Each dialogue is played message by message; with every message in frames of one byte that arrive byte by byte; and with
messages of one side in a row sent as one, in frames and chunks cut at random, pings between them. All come to the same.
"""

from __future__ import annotations

import random
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from hushgate.framing.messages import Message
from tests.gate_cases import Book
from tests.socket_gate import SocketGate, Step, Who, closing, frames
from tests.transcripts.numbers import Numbers

PLAYS: Final = 5

type Said = tuple[Who, str, str]
"""Who, what (`says`, `closes`, `leaves`), and the rest of the line."""
type Decided = Callable[[dict[str, Any]], str]


def script(section: str) -> list[Said]:
    """What is written by hand."""
    found: list[Said] = []
    for line in section.splitlines():
        head, colon, rest = line.partition(":")
        for who in ("client", "provider"):
            if head == who and colon:
                found.append((who, "says", rest.strip()))
            elif head in (f"{who} closes", f"{who} leaves"):
                found.append((who, head.removeprefix(f"{who} "), rest.strip()))
    return found


async def played(start: Callable[[Book], Any], section: str, numbers: Numbers, decided: Decided) -> tuple[str, str]:
    """The dialogue and the decisions on its replies, as the gate makes them now. `start` opens a socket on a book."""
    said = script(section)
    first = None
    for play in range(PLAYS):
        told = await _once(start, said, numbers, decided, play)
        first = told if first is None else first
        assert told == first, "the cuts of the messages show in what comes of them"
    assert first is not None
    return first


async def _once(
    start: Callable[[Book], Any], said: list[Said], numbers: Numbers, decided: Decided, play: int
) -> tuple[str, str]:
    book = Book()
    gate, opening = await start(book)
    socket = await SocketGate.open(gate, book, opening)
    draw = random.Random(play)
    steps = list[str]()
    told = 1
    for by, row in _rows(said, alone=play < 2):
        raw, sizes = b"", list[int]()
        for what, rest in row:
            rest = numbers.back(rest)
            if what == "leaves":
                await socket.leave(by)
            elif what == "closes":
                code, _, reason = rest.partition(" ")
                raw += closing(int(code), reason, by)
            else:
                raw += _framed(_message(rest), by, play, draw)
        if play:
            sizes = list(range(len(raw))) if play == 1 else [draw.randrange(len(raw) + 1) for _ in range(9)]
        await socket.send(by, raw, sizes)
        for (what, rest), step in zip(row, socket.steps[told:], strict=True):
            asked = f"{by}: {rest}" if what == "says" else f"{by} {what}: {rest}" if rest else f"{by} {what}"
            steps.append("\n".join([asked, *_came_of(step, numbers, decided)]) + "\n")
        told = len(socket.steps)
    for reply in socket.finished:
        await reply.close()
    return "\n".join(steps), "\n".join(_replies(book, decided))


def _rows(said: Iterable[Said], *, alone: bool) -> Iterator[tuple[Who, list[tuple[str, str]]]]:
    """What is sent at once: each by itself, or all that one side says in a row."""
    if alone:
        yield from ((by, [(what, rest)]) for by, what, rest in said)
    else:
        yield from ((by, [(what, rest) for _, what, rest in row]) for by, row in groupby(said, lambda one: one[0]))


def _framed(message: Message, by: Who, play: int, draw: random.Random) -> bytes:
    size = len(message.payload)
    if play == 0:
        return frames(message, by)
    if play == 1:
        return frames(message, by, range(size))
    return frames(message, by, [draw.randrange(size + 1) for _ in range(draw.randrange(6))], pings=True)


def _came_of(step: Step, numbers: Numbers, decided: Decided) -> Iterator[str]:
    if step.by == "client" and step.message is not None:
        if step.opened is None:
            yield "  allow, not recorded"
        elif step.opened[0] == "refused":
            yield f"  refused: {step.opened[1]['reasons'][0]['says']}"
        else:
            yield from (f"  {line}" for line in decided(step.opened[1]).splitlines())
    for arrow, messages, who in (("->", step.to_provider, "provider"), ("<-", step.to_client, "client")):
        yield from (f"{arrow} {numbers.out(_shown(message))}" for message in messages)
        if who in step.closed:
            code, reason = step.closed[who]  # type: ignore[index]
            yield f"{arrow} closes {code} {numbers.out(reason)}".rstrip()


def _replies(book: Book, decided: Decided) -> Iterator[str]:
    for kind, payload, _ in book.events:
        if kind == "closed":
            yield f"{payload['exchange']}: {payload['outcome']}, {decided(payload)}"


def _message(rest: str) -> Message:
    kind, _, payload = rest.partition(" ")
    if kind == "base64":
        return Message(b64decode(payload), binary=True)
    return Message(payload.encode(), binary=True) if kind == "binary" else Message(rest.encode())


def _shown(message: Message) -> str:
    if not message.binary:
        return message.payload.decode()
    try:
        return f"binary {message.payload.decode()}"
    except UnicodeDecodeError:
        return f"base64 {b64encode(message.payload).decode()}"
