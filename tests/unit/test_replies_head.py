"""The head of a reply: masked, or left out, never restored."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate_cases import EMAIL, OTHER_EMAIL, STREAM, TOKEN, WHOLE, Book, made_policy, passage, pipeline

KEPT = (("content-type", "application/json"), ("server", "double"), ("x-echo", "nothing"))


async def head(*headers: tuple[str, str], book: Book | None = None, sent: str = "hi", **changes: object) -> object:
    gate = pipeline(book, **changes)
    reply = gate.screen_reply(await passage(sent, gate), WHOLE)
    out = await reply.screen_headers((*KEPT, *headers))
    await reply.close()
    assert out[: len(KEPT)] == KEPT
    return dict(out[len(KEPT) :])


async def test_a_value_in_a_header_of_its_own_is_masked_and_on_record() -> None:
    book = Book()
    out = await head(("X-Account", f"owner {OTHER_EMAIL}"), book=book)
    assert isinstance(out, dict)
    assert out["X-Account"].startswith("owner <EMAIL_ADDRESS_")
    closed = book.last("closed")
    assert [(f["entity"], f["where"], f["verdict"]) for f in closed["findings"]] == [
        ("EMAIL_ADDRESS", "header:/3/x-account", "mask")
    ]
    assert closed["coverage"]["scanned"] == 2
    assert OTHER_EMAIL.encode() not in book.all_bytes()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Location", f"/login?user={OTHER_EMAIL}"),
        ("location", "/login?user=" + OTHER_EMAIL.replace("@", "%40")),
        ("set-cookie", f"user={OTHER_EMAIL}; Path=/"),
        ("x-request-id", OTHER_EMAIL),
        ("openai-organization", TOKEN),
        ("date", OTHER_EMAIL),
        (TOKEN, "1"),
        ("x-name", b"J\xf6rg ".decode("utf-8", "surrogateescape") + OTHER_EMAIL),
    ],
)
async def test_a_header_that_cannot_hold_a_placeholder_goes(name: str, value: str) -> None:
    assert await head((name, value), ("x-more", "stays")) == {"x-more": "stays"}


@pytest.mark.parametrize("name", ["location", "set-cookie", "x-echo-too"])
async def test_no_placeholder_turns_back_in_a_header(name: str) -> None:
    gate = pipeline()
    done = await passage(f"write to {EMAIL}", gate)
    said = (*KEPT, (name, f"/to?{done.restorable[0].token}"))
    assert await gate.screen_reply(done, WHOLE).screen_headers(said) == said


async def test_what_is_only_observed_stays() -> None:
    assert await head(("x-account", OTHER_EMAIL), enforce=False) == {"x-account": OTHER_EMAIL}


async def test_a_header_that_policy_blocks_ends_the_reply(tmp_path: Path) -> None:
    rules = made_policy(
        tmp_path, "rules: [{id: no, when: {direction: reply, area: header, level: '>=public'}, then: block}]"
    )
    book = Book()
    gate = pipeline(book, rules=rules)
    done = await passage("hi", gate)
    whole, stream = gate.screen_reply(done, WHOLE), gate.screen_reply(done, STREAM)
    for reply in (whole, stream):
        assert await reply.screen_headers((*KEPT, ("x-account", OTHER_EMAIL))) == ()
    refused = await whole.whole(b'{"secret": 1}')
    assert not isinstance(refused, bytes)
    assert refused.code == "policy_violation"
    out = stream.feed(b"data: secret\n\n") + stream.feed(b"data: more\n\n") + stream.finish()
    assert b"policy_violation" in out
    assert b"secret" not in out
    await stream.close()
    assert (book.last("closed")["gate"], book.last("closed")["outcome"]) == ("block", "cut")
