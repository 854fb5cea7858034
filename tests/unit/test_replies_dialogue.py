"""Both ways of a WebSocket, message by message, with the real pipeline behind them."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from hushgate.detect.engine import Engine
from hushgate.framing.messages import Message
from hushgate.pipeline import Pipeline
from hushgate.replies.dialogue import FAULT, LONGEST_REASON, METHOD, POLICY, Dialogue, Moves, closing
from hushgate.replies.head import ReplyHead
from hushgate.replies.socket import SocketReply
from hushgate.values import Route
from hushgate.wire.base import Refusal
from tests.detect_cases import rule
from tests.gate_cases import (
    EMAIL,
    OTHER_EMAIL,
    PEM,
    PLACEHOLDERS,
    Book,
    chunk,
    inbound,
    made_policy,
    pipeline,
    prompt,
    said,
)

CHAT = Route("openai", "openai", "api.openai.com", "/v1/chat", "openai-chat", method="GET")
GENERIC = Route("acme", "acme", "llm.acme.example", "/v1/anything", "generic", method="GET")
SWITCHED = ReplyHead(101, None, None, "messages")


class World:
    """A dialogue, what it put on record, and the replies it is done with."""

    def __init__(self, book: Book, dialogue: Dialogue, finished: list[SocketReply]) -> None:
        self.book, self.dialogue, self.finished = book, dialogue, finished

    async def say(self, document: object) -> Moves:
        raw = document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
        return await self.dialogue.said(Message(raw))

    def hear(self, *documents: object) -> list[Any]:
        """What the client gets of messages: documents."""
        out: list[Any] = []
        for one in documents:
            moves = self.dialogue.heard(Message(json.dumps(one).encode()))
            assert moves.close is None
            out += [json.loads(message.payload) for message in moves.to_client]
        return out

    async def closed(self) -> dict[str, Any]:
        """The record of the latest reply."""
        await self.dialogue.reply.close()
        return self.book.last("closed")


async def world(
    route: Route = CHAT, target: str = "/v1/chat", gate: Pipeline | None = None, book: Book | None = None
) -> World:
    book = book if book is not None else Book()
    gate = gate or pipeline(book)
    opening = await gate.screen_request(inbound(b"", route=route, headers=(), target=target, id="ex0", session="s1"))
    assert opening.refusal is None
    ids, finished = count(1), list[SocketReply]()
    reply = gate.screen_socket(opening, SWITCHED)
    dialogue = Dialogue(gate, opening, reply, lambda: f"ex{next(ids)}", finished.append)  # type: ignore[arg-type]
    return World(book, dialogue, finished)


def spoken(documents: list[Any]) -> str:
    """What a chat's chunks say together."""
    return "".join(d["choices"][0]["delta"].get("content", "") for d in documents)


async def test_each_message_is_an_exchange_of_the_session() -> None:
    here = await world(target="/v1/chat?model=gpt-x")
    moves = await here.say(prompt(f"write to {EMAIL}"))
    (sent,) = moves.to_provider
    assert EMAIL not in sent.payload.decode()
    await here.say({"messages": [{"role": "user", "content": "and now?"}]})
    opened = [payload for kind, payload, _ in here.book.events if kind == "opened"]
    assert [(o["exchange"], o["session"], o["method"], o["model"]) for o in opened] == [
        ("ex0", "s1", "GET", "gpt-x"), ("ex1", "s1", METHOD, "gpt-x"), ("ex2", "s1", METHOD, "gpt-x"),
    ]  # fmt: skip
    assert [finding["verdict"] for finding in opened[1]["findings"]] == ["mask"]
    assert [reply.exchange.id for reply in here.finished] == ["ex0", "ex1"]


async def test_what_was_masked_comes_back_in_any_later_reply_of_the_connection() -> None:
    here = await world()
    moves = await here.say(prompt(f"I am {EMAIL}"))
    token = json.loads(moves.to_provider[0].payload)["messages"][0]["content"].removeprefix("I am ")
    await here.say(prompt("who am I?"))
    got = here.hear(*(said(piece) for piece in (f"You are {token[:9]}", token[9:], ".")), chunk({}, finish="stop"))
    assert spoken(got) == f"You are {EMAIL}."
    elsewhere = await world()
    await elsewhere.say(prompt("who am I?"))
    assert token in spoken(elsewhere.hear(said(token), chunk({}, finish="stop"))), "another connection's stay"


async def test_a_text_that_comes_again_is_judged_anew_behind_another_message() -> None:
    here = await world(GENERIC)
    token = PLACEHOLDERS.token("alice", "EMAIL_ADDRESS", EMAIL)
    assert here.hear({"text": f"of {token}"}) == [{"text": f"of {token}"}], "nobody has sent it yet"
    await here.say({"text": f"I am {EMAIL}"})
    assert here.hear({"text": f"of {token}"}) == [{"text": f"of {EMAIL}"}]
    here.hear({"text": f"ask {OTHER_EMAIL}"})
    await here.say({"text": "and?"})
    here.hear({"text": f"ask {OTHER_EMAIL}"})
    assert [f["entity"] for f in (await here.closed())["findings"]] == ["EMAIL_ADDRESS"], "of this reply, too"


async def test_a_value_cut_over_two_messages_of_both_sides_is_masked() -> None:
    here = await world()
    await here.say(prompt("who?"))
    got = here.hear(said(f"it is {OTHER_EMAIL[:7]}"))
    await here.say(prompt("go on"))
    got += here.hear(said(OTHER_EMAIL[7:]), chunk({}, finish="stop"))
    assert OTHER_EMAIL not in spoken(got)
    assert spoken(got).startswith("it is <EMAIL_ADDRESS_")
    assert [f["entity"] for f in (await here.closed())["findings"]] == ["EMAIL_ADDRESS"]


async def test_a_reply_goes_on_record_with_the_message_before_it() -> None:
    here = await world()
    here.hear({"id": "hello"})
    await here.say(prompt("one"))
    here.hear(said(OTHER_EMAIL), chunk({}, finish="stop"))
    await here.say(prompt("two"))
    here.hear(said("nothing here"), chunk({}, finish="stop"))
    for reply in [*here.finished, here.dialogue.reply]:
        await reply.close()
    closed = [payload for kind, payload, _ in here.book.events if kind == "closed"]
    assert [(c["exchange"], len(c["findings"]), c["coverage"]["scanned"]) for c in closed] == [
        ("ex0", 0, 0), ("ex1", 1, 1), ("ex2", 0, 1),
    ]  # fmt: skip
    assert all(c["stream"] and c["status"] == 101 and c["outcome"] == "answered" for c in closed)


async def test_what_is_said_after_rules_changed_goes_by_the_new_ones(tmp_path: Path) -> None:
    book = Book()
    gate = pipeline(book, rules=made_policy(tmp_path, "rules: []\nunread: allow\n"))
    here = await world(gate=gate, book=book)
    sound = {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "AAAA"}}]}]}
    await here.say(sound)
    await here.say(sound)
    count = len(book.events)
    assert spoken(here.hear(said("of nightjar-7 "), chunk({}, finish="stop"))) == "of nightjar-7 "

    own = rule("own", "EMPLOYEE_ID", "nightjar-[0-9]", score=0.9)
    gate.detector = Engine([own], fingerprint_key=b"f" * 32, cache_key=b"c" * 32)
    gate.rules = made_policy(tmp_path, "rules: [{id: hide, when: {entity: EMPLOYEE_ID}, then: mask}]\nunread: allow\n")
    await here.say(sound)
    assert len(book.events) == count + 1, "what would add nothing is on record, with the revision that it goes by"
    assert book.last("opened")["revision"] == gate.rules.revision
    assert spoken(here.hear(said("of nightjar-7 "), chunk({}, finish="stop"))).startswith("of <EMPLOYEE_ID_")
    await here.say(sound)
    assert len(book.events) == count + 1
    assert [f["rule"] for f in (await here.closed())["findings"]] == ["own"]


async def test_a_refused_message_is_never_sent_and_closes_where_the_protocol_has_no_words() -> None:
    here = await world(GENERIC)
    moves = await here.say({"text": PEM})
    assert not moves.to_provider
    assert moves.close is not None
    code, reason = moves.close
    assert code == POLICY
    assert "policy_violation" in reason
    assert "hushgate show ex1" in reason
    assert len(reason.encode()) <= LONGEST_REASON
    assert here.book.last("opened")["gate"] == "block"


@pytest.mark.parametrize(
    "raw",
    [b'{"a":1,"a":2}', b'{"a":', b'{"a":NaN}', b'\xef\xbb\xbf{"a":1}', b" " * 9000 + b'{"a":1,"a":2}', b'\n["a",]'],
)
async def test_a_message_with_more_than_one_reading_is_refused(raw: bytes) -> None:
    here = await world(GENERIC)
    moves = await here.say(raw)
    assert not moves.to_provider
    assert moves.close is not None
    assert "malformed_request" in moves.close[1]


async def test_a_text_that_is_no_json_is_read_as_text() -> None:
    here = await world(GENERIC)
    moves = await here.say(f"mail {EMAIL}".encode())
    assert EMAIL.encode() not in moves.to_provider[0].payload
    assert moves.to_provider[0].payload.startswith(b"mail <EMAIL_ADDRESS_")


async def test_a_binary_message_is_unread_unless_it_is_json() -> None:
    here = await world(GENERIC)
    moves = await here.dialogue.said(Message(b"\0\1\2\xff", binary=True))
    assert moves.close is not None
    assert "unknown binary" in moves.close[1]
    moves = await here.dialogue.said(Message(json.dumps({"text": EMAIL}).encode(), binary=True))
    (sent,) = moves.to_provider
    assert sent.binary
    assert EMAIL.encode() not in sent.payload


async def test_what_could_not_be_recorded_is_not_sent() -> None:
    book = Book()
    here = await world(GENERIC, book=book)
    book.full = True
    moves = await here.say({"text": "hello"})
    assert not moves.to_provider
    assert moves.close is not None
    assert moves.close[0] == FAULT
    assert "ledger_unavailable" in moves.close[1]


async def test_what_adds_nothing_is_counted_and_not_recorded(tmp_path: Path) -> None:
    book = Book()
    rules = made_policy(tmp_path, "rules: []\nunread: allow\n")
    here = await world(gate=pipeline(book, rules=rules), book=book)
    sound = {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "AAAA"}}]}]}
    picture = {
        "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "data:image/png;base64,A"}]}]
    }
    recorded: list[int] = []
    for message in (sound, sound, picture, picture, {"model": "gpt-x"}):
        assert (await here.say(message)).to_provider
        recorded.append(len(book.events))
    assert recorded == [2, 2, 3, 4, 4], "of a sound the first piece, each picture, and no bare command"
    for _ in range(2):
        assert (await here.dialogue.said(Message(b"\0\1\2\xff", binary=True))).to_provider
    assert len(here.book.events) == 5, "bytes that nobody knows may be a sound as well"
    assert here.dialogue.sent.messages == 7
    assert [reply.exchange.id for reply in here.finished] == ["ex0", "ex1", "ex3", "ex4"]


async def test_a_binary_reply_is_unread_once_and_policy_decides(tmp_path: Path) -> None:
    sound = Message(b"\0\xff" * 8, binary=True)
    here = await world()
    moves = here.dialogue.heard(sound)
    assert moves.close is not None
    assert moves.close[0] == POLICY
    assert not any(message == sound for message in moves.to_client)
    assert here.dialogue.heard(Message(b"{}")).to_client == (), "nothing follows"

    book = Book()
    allowing = pipeline(book, rules=made_policy(tmp_path, "rules: []\nunread: allow\n"))
    here = await world(gate=allowing, book=book)
    assert here.dialogue.heard(sound).to_client == (sound,)
    assert here.dialogue.heard(sound).to_client == (sound,)
    assert len((await here.closed())["coverage"]["unread"]) == 1


async def test_a_reply_that_cannot_be_read_ends_it() -> None:
    here = await world()
    moves = here.dialogue.heard(Message(b'{"a":1,"a":2}'))
    assert moves.close is not None
    assert moves.close[0] == FAULT
    assert "same key twice" in moves.close[1]
    assert json.loads(moves.to_client[0].payload)["error"]["code"] == "unreadable_reply"
    assert (await here.closed())["outcome"] == "cut"


async def test_at_the_end_comes_what_was_held_and_a_scanned_reason() -> None:
    here = await world()
    assert spoken(here.hear(said(OTHER_EMAIL))) == ""
    moves = here.dialogue.ended(1007, f"ask {OTHER_EMAIL} about it")
    assert moves.close is not None
    assert moves.close[0] == 1007
    assert moves.close[1].startswith("ask <EMAIL_ADDRESS_")
    assert spoken([json.loads(message.payload) for message in moves.to_client]).startswith("<EMAIL_ADDRESS_")
    assert (await world()).dialogue.ended(1000, '{"a": "json"}') == Moves(close=(1000, ""))
    assert (await world()).dialogue.ended(1000, "") == Moves(close=(1000, ""))


def test_a_reason_is_cut_between_characters() -> None:
    code, reason = closing(Refusal(400, "t", "c", "hushgate: " + "ü" * 200, "ex1"))
    assert code == POLICY
    assert LONGEST_REASON - 1 <= len(reason.encode()) <= LONGEST_REASON
    assert reason.endswith("ü")


async def test_no_text_in_reprs() -> None:
    here = await world()
    await here.say(prompt(f"I am {EMAIL}"))
    assert EMAIL not in repr(here.dialogue)


async def test_a_message_costs_what_it_says_and_not_what_was_said_before() -> None:
    here = await world()
    first = here.dialogue.reply.restorer
    for number in range(3):
        assert (await here.say(prompt(f"I am user{number}@example.com"))).to_provider
    assert here.dialogue.reply.restorer is first, "what comes back is not put together anew"
    token = PLACEHOLDERS.token("alice", "EMAIL_ADDRESS", "user0@example.com")
    assert spoken(here.hear(said(f"{token}. "), said("bye"), chunk({}, finish="stop"))) == "user0@example.com. bye"
    assert [len(reply.table) for reply in here.finished] == [0, 1, 1]


def test_a_close_names_the_approval_first() -> None:
    _, reason = closing(Refusal(400, "t", "approval_required", "hushgate: " + "w" * 200, "ex1", approval="a1"))
    assert reason.startswith("hushgate approval_required a1, `hushgate show ex1`: www")
