"""A whole request through the pipeline, with the real rules: it is refused, or no planted value leaves in any form.

Values are planted by themselves, as detection promises to find them: in any leaf, key, nested JSON string, escape,
query and header. They stand in no record and no refusal either.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace
from functools import cache
from typing import Any, Final
from urllib.parse import quote

from hushgate.pipeline import Passage
from hushgate.requests.inbound import Inbound
from hushgate.wire.encoding import decode_body
from tests.fuzz.draw import Draw, choices
from tests.fuzz.spelled import document, literal, meant, opens, readings
from tests.fuzz.target import Target
from tests.gate_cases import CARD, CHAT, EMAIL, GENERIC, OTHER_EMAIL, TOKEN, WHOLE, Book, inbound, pipeline

VALUES: Final = (EMAIL, OTHER_EMAIL, CARD, TOKEN)
SAID: Final = tuple(form.format(value) for value in VALUES for form in ("{}", "ask {} now", "({}), too", "\n{}\t"))
KEYS: Final = (
    "content", "text", "arguments", "role", "name", "id", "type", "url", "parameters", "description", "properties",
    "enum",
    "tool_calls", "function", "messages", "metadata", "tools", "user", "model", "image_url", *VALUES[:2],
    f"x {EMAIL} y",
)  # fmt: skip
NUMBERS: Final = (CARD.replace(" ", ""), f"-{CARD.replace(' ', '')}", f"{CARD.replace(' ', '')}.0")
OF_URLS: Final = frozenset(":/=(<&")
LOOP: Final = cache(asyncio.new_event_loop)


def check(data: bytes) -> str:
    draw = Draw(data)
    asked = _asked(draw)
    book = Book()
    gate = pipeline(book, transcripts=draw.pick(("structure", "masked")))
    done = LOOP().run_until_complete(gate.screen_request(asked))
    _assert_none(book.all_bytes().decode("utf-8", "surrogatepass"), "a value is on record")
    if done.refusal is not None:
        _assert_none(done.refusal.message, "a value is in a refusal")
        return done.refusal.code
    body = done.out.body if done.out.body is not None else asked.body
    target = done.out.target if done.out.target is not None else asked.target
    headers = done.out.headers if done.out.headers is not None else asked.headers
    _assert_none(body.decode("utf-8"), "a value leaves in the body")
    _assert_none(target, "a value leaves in the target")
    for _, value in headers:
        _assert_none(value, "a value leaves in a header")
    LOOP().run_until_complete(_echoed(done, body, asked))
    return "forwarded"


async def _echoed(done: Passage, body: bytes, asked: Inbound) -> None:
    """What the provider says again comes back as it was, but for what stands in a URL."""
    exchange = replace(done.exchange, route=GENERIC)
    back = await pipeline().screen_reply(replace(done, exchange=exchange), WHOLE).whole(body)
    before = decode_body(asked.body, asked.header("content-encoding"), 1 << 20)
    said_so = asked.header("content-type") == "application/json"
    if said_so and opens(before.decode()) and not any(OF_URLS & set(text) for text in meant(before.decode())):
        assert isinstance(back, bytes), "an echo is refused"
        assert _opened(json.loads(back)) == _opened(json.loads(before)), "an echo comes back as something else"


def _opened(value: Any) -> Any:
    """A document with its nested JSON parsed, since that may be spelled otherwise, and its numbers as text."""
    if isinstance(value, str):
        return ["json", _opened(json.loads(value))] if opens(value) else value
    if isinstance(value, dict):
        return {key: _opened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_opened(inner) for inner in value]
    return value if value is None else repr(value).removesuffix(".0")


def _asked(draw: Draw) -> Inbound:
    route = draw.pick((CHAT, GENERIC))
    headers = [("content-type", draw.pick(("application/json", "application/json", "text/plain", "", "image/png")))]
    if draw.below(4) == 3:
        headers.append(("x-note", draw.pick(SAID).strip()))
    target = route.path if draw.below(16) < 15 else f"/v1/files/{_percent(draw, draw.pick(SAID))}"
    if draw.below(4) == 3:
        target += f"?q={_percent(draw, draw.pick(SAID))}&{_percent(draw, draw.pick(KEYS))}=1"
    kind = draw.below(8)
    if kind == 7:
        headers[0] = ("content-type", "application/x-www-form-urlencoded")
        body = f"a={_percent(draw, draw.pick(SAID))}&{_percent(draw, draw.pick(KEYS))}={draw.text(8)}"
    elif kind == 6:
        headers[0] = ("content-type", "text/plain")
        body = draw.text(30) + " " + draw.pick(SAID) + draw.pick((" ", "\n", ",")) + draw.text(30)
    elif kind >= 3:
        body = document(draw, SAID, KEYS, numbers=NUMBERS)
    else:
        inner = ",".join(draw.some(lambda: _message(draw), 3))
        body = f'{{"model":"gpt-x","messages":[{inner}],{literal(draw, draw.pick(KEYS))}:{document(draw, SAID, KEYS)}}}'
    raw = body.encode("utf-8", "surrogatepass")
    if draw.below(8) == 7:
        headers.append(("content-encoding", "gzip"))
        raw = gzip.compress(raw, mtime=0)
    return inbound(raw, route=route, headers=headers, target=target)


def _message(draw: Draw) -> str:
    role = draw.pick(("user", "system", "assistant", "tool", "developer", "other"))
    content = document(draw, SAID, KEYS, numbers=NUMBERS)
    more = f",{literal(draw, draw.pick(KEYS))}:{document(draw, SAID, KEYS)}" if draw.flag() else ""
    return f'{{"role":"{role}","content":{content}{more}}}'


def _percent(draw: Draw, text: str) -> str:
    how = draw.below(3)
    if how == 0:
        return quote(text, safe="")
    raw = text.encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02x}" if how == 1 or draw.flag() or not chr(byte).isalnum() else chr(byte) for byte in raw)


def _assert_none(text: str, why: str) -> None:
    for reading in readings(text):
        for value in (*VALUES, NUMBERS[0]):
            assert value not in reading, why


SEEDS: Final = (
    bytes(8),
    bytes([0, 0, 3, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    bytes([1, 0, 0, 0, 3, 6, 0, 2, 0, 1, 3, 0, 0, 1, 0, 0, 0, 0, 3, 1, 1, 0, 1, 5]),
    bytes([0, 0, 0, 0, 0, 2, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 3, 0, 0, 1, 2, 0, 5, 0, 0, 0, 7]),
    bytes([1, 0, 0, 0, 7, 0, 3, 1, 4, 3, 97, 98]),
    bytes([0, 0, 0, 0, 6, 3, 97, 98, 99, 2, 0, 2, 65, 66]),
    bytes([0, 0, 0, 0, 4, 7, 3, 0, 0, 1, 20, 0, 0, 0, 1, 1, 0, 0, 3, 1, 3, 0, 1, 1, 0, 7]),
    *(bytes([number % 2, 0, 0, 0, number % 8]) + choices(number, 60) for number in range(24)),
)

TARGET: Final = Target(check, SEEDS, short=150)
