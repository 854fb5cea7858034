"""Values of one record in a request of any format, and in a reply: its text beside its tools' arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hushgate.detect.sources import Catalog
from hushgate.pipeline import Pipeline
from hushgate.values import Actor, Route
from tests.gate_cases import (
    DONE,
    JSON,
    STREAM,
    WHOLE,
    Book,
    answer,
    called,
    channels,
    chunk,
    inbound,
    made_policy,
    pipeline,
    prompt,
    said,
    sse,
    streamed,
)
from tests.known_cases import catalog_of, engine_of

NAME, ACCOUNT, OTHER = "Maria van den Berg", "ZK-47110815", "ZK-47110816"
ALL_PASS = "rules:\n  - {id: all-pass, when: {level: '<=regulated'}, then: allow}\n"
CLEARED = f"max_level: {{'*': confidential}}\n{ALL_PASS}"
BLOCK = (
    "rules:\n  - {id: hide, when: {level: '<=confidential'}, then: mask}\n"
    "  - {id: stay, when: {level: regulated}, then: block}\n"
)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return catalog_of(tmp_path_factory.mktemp("known"))


def gate(catalog: Catalog, folder: Path, rules: str, book: Book | None = None) -> Pipeline:
    return pipeline(book, detector=engine_of(catalog), rules=made_policy(folder, rules))


def turns(form: str, account: str) -> dict[str, Any]:
    """A name in an earlier turn and an account in a tool's arguments, as each format has them."""
    if form == "anthropic-messages":
        call = {"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {"account": account}}
        return {"model": "m", "system": f"You serve {NAME}.", "messages": [{"role": "assistant", "content": [call]}]}
    if form == "google-generate":
        call = {"functionCall": {"name": "look_up", "args": {"account": account}}}
        text = {"role": "user", "parts": [{"text": f"of {NAME}"}]}
        return {"contents": [text, {"role": "model", "parts": [call]}]}
    if form == "openai-responses":
        call = {"type": "function_call", "call_id": "c1", "name": "look_up", "arguments": f'{{"account": "{account}"}}'}
        return {"model": "m", "input": [{"role": "user", "content": f"of {NAME}"}, call]}
    return {"query": f"of {NAME}", "filters": [{"any": {"account": [account]}}]}


@pytest.mark.parametrize("form", ["anthropic-messages", "google-generate", "openai-responses", "generic"])
async def test_a_request_of_any_format(catalog: Catalog, tmp_path: Path, form: str) -> None:
    here, route = gate(catalog, tmp_path, BLOCK), Route("acme", "acme", "llm.acme.example", "/v1/x", form)
    for account in (OTHER, ACCOUNT, OTHER):
        done = await here.screen_request(inbound(turns(form, account), route=route, actor=Actor("alice", ())))
        assert (done.refusal is None) is (account == OTHER)
        assert done.decision is not None and len(done.decision.verdicts) == 2


async def test_headers_and_the_query_are_beside_the_body(catalog: Catalog, tmp_path: Path) -> None:
    here = gate(catalog, tmp_path, BLOCK)
    for more in ({"headers": (*JSON, ("x-customer", ACCOUNT))}, {"target": f"/v1/chat/completions?customer={ACCOUNT}"}):
        assert (await here.screen_request(inbound(prompt("of José Núñez"), **more))).refusal is None, more
        assert (await here.screen_request(inbound(prompt(f"of {NAME}"), **more))).refusal is not None, more


@pytest.mark.parametrize(("account", "gone"), [(ACCOUNT, True), (OTHER, False)])
async def test_a_stream_of_text_and_arguments(catalog: Catalog, tmp_path: Path, account: str, *, gone: bool) -> None:
    book = Book()
    here = gate(catalog, tmp_path, CLEARED, book)
    passage = await here.screen_request(inbound(prompt("who?")))
    reply = here.screen_reply(passage, STREAM)
    body = sse(
        said(f"It is {NAME}, I say. "), called(f'{{"account": "{account}"}}'), chunk({}, finish="tool_calls"), DONE
    )
    for cuts in ((), range(0, len(body), 7)):
        heard = channels(streamed(here.screen_reply(passage, STREAM), body, cuts))
        assert heard[(0, "content")] == f"It is {NAME}, I say. ", "it went before its company came"
        assert (account in heard[(0, "tool", 0)]) is not gone
    streamed(reply, body)
    await reply.close()
    told = {(f["entity"], f["rule"], f["level"]) for f in book.last("closed")["findings"]}
    if gone:
        assert ("PERSON", "catalog-together", "regulated") in told, "what was read again is on record"
    else:
        assert told == {("PERSON", "catalog-values", "confidential"), ("ACCOUNT", "catalog-values", "internal")}


async def test_a_whole_reply(catalog: Catalog, tmp_path: Path) -> None:
    here = gate(catalog, tmp_path, CLEARED)
    passage = await here.screen_request(inbound(prompt("who?")))
    for account, shown in ((ACCOUNT, False), (OTHER, True)):
        out = await here.screen_reply(passage, WHOLE).whole(
            str(answer(f"It is {NAME}. The account is {account}.")).replace("'", '"').encode()
        )
        assert isinstance(out, bytes)
        assert (NAME.encode() in out) is shown and (account.encode() in out) is shown


async def test_a_stream_that_is_collected_first(catalog: Catalog, tmp_path: Path) -> None:
    here = gate(catalog, tmp_path, CLEARED)
    here.strict_replies = True
    passage = await here.screen_request(inbound(prompt("who?")))
    body = sse(
        said(f"It is {NAME}, I say. "), called(f'{{"account": "{ACCOUNT}"}}'), chunk({}, finish="tool_calls"), DONE
    )
    out = await here.screen_reply(passage, STREAM).whole(body)
    assert isinstance(out, bytes)
    assert NAME.encode() not in out and ACCOUNT.encode() not in out


async def test_a_reply_is_not_beside_its_request(catalog: Catalog, tmp_path: Path) -> None:
    here = gate(catalog, tmp_path, CLEARED)
    passage = await here.screen_request(inbound(prompt(f"the account of {NAME}?")))
    heard = channels(streamed(here.screen_reply(passage, STREAM), sse(said(f"It is {ACCOUNT}. "), DONE)))
    assert heard == {(0, "content"): f"It is {ACCOUNT}. "}
