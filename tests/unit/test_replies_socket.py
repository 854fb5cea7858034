"""A provider's stream over a WebSocket, told of reply by reply."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hushgate.framing.messages import Message, packed, unpacked
from hushgate.replies.head import ReplyHead
from hushgate.replies.socket import SocketReply
from hushgate.replies.stream import SAID_KNOWN
from hushgate.requests.inbound import Reader
from hushgate.values import Area, Location, Route, Unread
from tests.gate_cases import KEY, OTHER_EMAIL, Book, chunk, inbound, made_policy, passage, pipeline, said

HEAD = ReplyHead(101, None, None, "messages")
REALTIME = Route("openai", "openai", "api.openai.com", "/v1/realtime", "openai-realtime", method="GET")
SOUND = Unread(Location(Area.FRAME), "audio", 10)


async def reply(book: Book | None = None, **changes: Any) -> SocketReply:
    gate = pipeline(book, **changes)
    return gate.screen_socket(await passage("hi", gate), HEAD)


def told(*documents: object) -> bytes:
    return packed([Message(json.dumps(document).encode()) for document in documents])


async def test_messages_come_and_go_packed() -> None:
    one = await reply()
    out = one.feed(told(said("well"), chunk({}, finish="stop"))) + one.finish()
    assert [json.loads(message.payload)["choices"][0]["finish_reason"] for message in unpacked(out)][-1] == "stop"
    assert one.stopped is None


async def test_more_may_pass_than_a_body_may_hold() -> None:
    one = await reply(reader=Reader(KEY, 2000))
    for _ in range(3):
        assert one.feed(told({"id": "x" * 1000})), "a connection is no body"


async def test_a_stop_says_why() -> None:
    one = await reply()
    out = one.feed(packed([Message(b"{broken")]))
    assert one.stopped is not None
    assert one.stopped.code == "unreadable_reply"
    assert b"unreadable_reply" in out
    assert one.feed(told(said("more"))) == b""


async def test_what_is_unread_is_judged_once(tmp_path: Path) -> None:
    blocked = await reply(rules=made_policy(tmp_path, "rules: []\nunread: block\n"))
    assert Message(b"s").packed() not in blocked.pass_unread(Message(b"s").packed(), SOUND)
    assert blocked.stopped is not None
    assert blocked.stopped.code == "policy_violation"
    allowed = await reply(rules=made_policy(tmp_path, "rules: []\nunread: allow\n"))
    for _ in range(3):
        assert allowed.pass_unread(b"s", SOUND) == b"s"
    assert allowed.unread == [SOUND]


async def test_the_stream_goes_on_in_the_next_reply() -> None:
    book = Book()
    gate = pipeline(book)
    one = gate.screen_socket(await passage("hi", gate), HEAD)
    two = gate.screen_socket(await passage("ho", gate), HEAD)
    held = one.feed(told(said(OTHER_EMAIL[:6])))
    one.hand_over(two)
    out = held + two.feed(told(said(OTHER_EMAIL[6:]), chunk({}, finish="stop"))) + two.finish()
    assert OTHER_EMAIL.encode() not in out
    await one.close()
    assert book.last("closed")["findings"] == []
    await two.close()
    assert [f["entity"] for f in book.last("closed")["findings"]] == ["EMAIL_ADDRESS"]


async def test_a_long_connection_remembers_its_latest_texts() -> None:
    gate = pipeline()
    opening = await gate.screen_request(inbound({"type": "response.create"}, route=REALTIME))
    one = gate.screen_socket(opening, HEAD)
    for number in range(SAID_KNOWN + 5):
        ids = {"response_id": f"resp_{number}", "item_id": "i", "output_index": 0, "content_index": 0}
        one.feed(told({"type": "response.output_text.delta", "delta": f"text {number}", **ids}))
        one.feed(told({"type": "response.output_text.done", "text": f"text {number}", **ids}))
    await one.close()
    assert one.read == SAID_KNOWN + 5, "none was read a second time"


async def test_a_transcript_is_cut_where_no_text_is() -> None:
    book = Book()
    gate = pipeline(book, transcripts="masked")
    replies = [gate.screen_socket(await passage("hi", gate), HEAD) for _ in range(4)]
    halves = (OTHER_EMAIL[:9], OTHER_EMAIL[9:], "well")
    for number, half in enumerate(halves):
        replies[number].feed(told(said(half), *([chunk({}, finish="stop")] if number else [])))
        replies[number].hand_over(replies[number + 1])
        await replies[number].close()
    kept = [transcript for kind, _, transcript in book.events if kind == "closed"]
    assert [OTHER_EMAIL[:9].encode() in (one or b"") for one in kept] == [False] * 3
    assert [OTHER_EMAIL[9:].encode() in (one or b"") for one in kept] == [False] * 3
    assert kept[0] is None
    assert kept[1] is not None and b"<EMAIL_ADDRESS_" in kept[1]
    assert kept[2] is not None and b"well" in kept[2]
