from __future__ import annotations

import json
import re

import pytest

from hushgate.errors import StateError
from hushgate.framing.sse import SSEDecoder
from hushgate.proxy.player import Player, Recorded, canonical, unknown

OLD_MAIL, NEW_MAIL = "<EMAIL_ADDRESS_aaaaaaaaaa>", "<EMAIL_ADDRESS_bbbbbbbbbb>"
OLD_NAME, NEW_NAME = "<PERSON_cccccccccc>", "<PERSON_dddddddddd>"
PATH = "/v1/chat/completions"


def ask(text: str, **more: object) -> bytes:
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": text}], **more}).encode()


def say(text: str) -> bytes:
    return json.dumps({"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}).encode()


def one(request: bytes, reply: bytes, content_type: str = "application/json", status: int = 200) -> Recorded:
    return Recorded("POST", PATH, request, status, content_type, reply)


def answer(player: Player, request: bytes) -> str | None:
    played = player.reply_for(request, method="POST", path=PATH)
    return None if played is None else played.body.decode()


def test_another_key_gets_its_own_placeholders_back() -> None:
    player = Player([one(ask(f"{OLD_MAIL} of {OLD_NAME}"), say(f"{OLD_NAME} has {OLD_MAIL}"))])
    assert len(player) == 1
    body = answer(player, ask(f"{NEW_MAIL} of {NEW_NAME}"))
    assert body is not None
    assert json.loads(body) == json.loads(say(f"{NEW_NAME} has {NEW_MAIL}"))


def test_the_same_key_gets_the_recorded_bytes() -> None:
    reply = b'{ "choices": [] }\n'
    played = Player([one(ask(OLD_MAIL), reply, status=429)]).reply_for(ask(OLD_MAIL), method="post", path=PATH)
    assert played is not None
    assert (played.status, played.content_type, played.body) == (429, "application/json", reply)


@pytest.mark.parametrize(
    ("request_body", "why"),
    [
        (ask(f"{NEW_MAIL} of {NEW_MAIL}"), "one value in place of two"),
        (ask(f"{NEW_NAME} of {NEW_MAIL}"), "other families"),
        (ask(f"{NEW_MAIL} of {NEW_NAME}!"), "other text"),
        (ask(f"{NEW_MAIL} of {NEW_NAME}", temperature=1), "another setting"),
        (ask("jane@example.com of Jane"), "not masked"),
        (b"not json", "not JSON"),
    ],
)
def test_what_was_not_recorded_has_no_answer(request_body: bytes, why: str) -> None:
    player = Player([one(ask(f"{OLD_MAIL} of {OLD_NAME}"), say("x"))])
    assert answer(player, request_body) is None, why


def test_method_and_path_belong_to_the_question() -> None:
    player = Player([one(ask("x"), say("x"))])
    assert player.reply_for(ask("x"), method="POST", path="/v1/other") is None
    assert player.reply_for(ask("x"), method="PUT", path=PATH) is None


def test_the_order_of_keys_and_who_asks_do_not_matter() -> None:
    player = Player([one(b'{"a":1,"b":{"c":2,"d":3},"user":"ci-1"}', say("x"))])
    assert answer(player, b'{"b": {"d": 3, "c": 2}, "a": 1, "metadata": {"run": "2"}}') is not None
    assert answer(player, b'{"a":1,"b":{"c":2,"d":3,"user":"ci-1"}}') is None  # Deeper down it is content.


def test_placeholders_in_keys_are_numbered_whatever_their_order() -> None:
    keys = ["<PERSON_aaaaaaaaaa>", "<PERSON_zzzzzzzzzz>"]
    names = [canonical("POST", "/", json.dumps({k: 1, "x": 2}).encode())[0] for k in keys]
    assert names[0] == names[1]


def test_what_was_asked_again_is_answered_in_order_then_as_at_last() -> None:
    player = Player([one(ask("x"), say("first")), one(ask("x"), say("second"))])
    spoken = [json.loads(answer(player, ask("x")) or "")["choices"][0]["message"]["content"] for _ in range(3)]
    assert spoken == ["first", "second", "second"]


def test_a_body_that_is_not_json_is_played_too() -> None:
    player = Player([one(f"ask {OLD_MAIL}".encode(), f"got {OLD_MAIL} \xff".encode("latin-1"), "text/plain")])
    played = player.reply_for(f"ask {NEW_MAIL}".encode(), method="POST", path=PATH)
    assert played is not None
    assert played.body == f"got {NEW_MAIL} \xff".encode("latin-1")


def frames(*texts: str, index: int = 0) -> bytes:
    return b"".join(
        b"data: " + json.dumps({"id": "c", "choices": [{"index": index, "delta": {"content": t}}]}).encode() + b"\n\n"
        for t in texts
    )


def said(stream: bytes) -> dict[int, str]:
    spoken: dict[int, str] = {}
    decoder = SSEDecoder()
    for event in [*decoder.feed(stream), *decoder.flush()]:
        if event.data and event.data != "[DONE]":
            choice = json.loads(event.data)["choices"][0]
            spoken[choice["index"]] = spoken.get(choice["index"], "") + choice["delta"]["content"]
    return spoken


def test_a_placeholder_cut_over_frames_is_renamed() -> None:
    text = f"mail {OLD_MAIL} now"
    recorded = b": hello\n\n" + frames(*text) + b"data: [DONE]\n\n"
    played = Player([one(ask(OLD_MAIL), recorded, "text/event-stream; charset=utf-8")]).reply_for(
        ask(NEW_MAIL), method="POST", path=PATH
    )
    assert played is not None
    assert said(played.body) == {0: f"mail {NEW_MAIL} now"}
    assert played.body.startswith(b": hello\n\n")
    assert played.body.endswith(b"data: [DONE]\n\n")
    assert played.body.count(b"\n\n") == recorded.count(b"\n\n")


def test_interleaved_choices_are_renamed_apart() -> None:
    halves = OLD_MAIL[:9], OLD_MAIL[9:]
    recorded = b"".join(frames(half, index=n) for half in halves for n in (0, 1))
    played = Player([one(ask(OLD_MAIL), recorded, "text/event-stream")]).reply_for(
        ask(NEW_MAIL), method="POST", path=PATH
    )
    assert played is not None
    assert said(played.body) == {0: NEW_MAIL, 1: NEW_MAIL}


def test_what_a_model_did_to_a_token_is_kept() -> None:
    player = Player([one(ask(OLD_MAIL), say("email_address_AAAAAAAAAA xEMAIL_ADDRESS_aaaaaaaaaab"))])
    body = answer(player, ask(NEW_MAIL))
    assert body is not None
    assert "email_address_bbbbbbbbbb xEMAIL_ADDRESS_aaaaaaaaaab" in body


def test_two_values_that_change_places() -> None:
    player = Player([one(ask(f"{OLD_MAIL} {NEW_MAIL}"), say(f"{OLD_MAIL} {NEW_MAIL}"))])
    body = answer(player, ask(f"{NEW_MAIL} {OLD_MAIL}"))
    assert re.findall(r"<[^>]+>", body or "") == [NEW_MAIL, OLD_MAIL]


def test_a_session_without_text_cannot_be_played() -> None:
    with pytest.raises(StateError) as caught:
        Player([])
    assert "transcripts: masked" in caught.value.hint


def test_the_refusal_names_the_exchange_and_says_what_to_do() -> None:
    refusal = unknown("x1")
    assert (refusal.status, refusal.decision_id) == (409, "x1")
    assert "hint:" in refusal.message
