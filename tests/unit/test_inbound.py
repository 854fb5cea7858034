"""Requests read into exchanges, and edits put back."""

from __future__ import annotations

import gzip
import json

import pytest

from hushgate.errors import Malformed
from hushgate.inbound import AsItCame, Reader
from hushgate.values import Area, Location
from tests.gate_cases import JSON, KEY, inbound, prompt

READER = Reader(KEY, 1 << 20)
PLACE = Location(Area.BODY, None, ("messages", 0, "content"))


def test_a_request_without_edits_leaves_as_it_came() -> None:
    assert READER.write(READER.read(inbound(prompt("hi"))), {}) == AsItCame


def test_an_edit_changes_its_own_leaf() -> None:
    read = READER.read(inbound(prompt("hi", user="u")))
    written = READER.write(read, {PLACE: "ho"})
    assert written.body is not None
    assert json.loads(written.body) == prompt("ho", user="u")


def test_an_encoded_body_leaves_decoded() -> None:
    raw = gzip.compress(json.dumps(prompt("hi")).encode())
    read = READER.read(inbound(raw, headers=(*JSON, ("content-encoding", "gzip"))))
    assert json.loads(READER.write(read, {}).body or b"") == prompt("hi")


def test_a_bomb_is_malformed() -> None:
    raw = gzip.compress(b" " * (2 << 20))
    with pytest.raises(Malformed):
        READER.read(inbound(raw, headers=(*JSON, ("content-encoding", "gzip"))))


def test_header_and_query_edits_go_back_to_their_places() -> None:
    read = READER.read(
        inbound(prompt("hi"), target="/v1/chat/completions?note=secret", headers=(*JSON, ("x-note", "n")))
    )
    places = {s.text: s.location for s in read.exchange.segments}
    written = READER.write(read, {places["secret"]: "S", places["n"]: "N"})
    assert written.target == "/v1/chat/completions?note=S"
    assert ("x-note", "N") in (written.headers or ())


def test_a_conversation_keeps_its_name_while_it_grows() -> None:
    first = READER.read(inbound(prompt("hi"))).exchange.session
    longer = prompt("hi")
    longer["messages"] += [{"role": "assistant", "content": "yes?"}, {"role": "user", "content": "more"}]
    assert READER.read(inbound(longer)).exchange.session == first
    assert READER.read(inbound(prompt("other"))).exchange.session != first
    assert READER.read(inbound(prompt("hi"), session="named")).exchange.session == "named"
    assert "hi" not in first.replace("alice", "")


def test_the_model_is_read_into_the_route() -> None:
    assert READER.read(inbound(prompt("hi"))).exchange.route.model == "gpt-x"


def test_more_texts_than_may_be_are_malformed() -> None:
    reader = Reader(KEY, 1 << 20, 10)
    assert len(reader.read(inbound({"list": [f"t{n}" for n in range(7)]})).exchange.segments) == 10
    with pytest.raises(Malformed, match="limits.segments") as caught:
        reader.read(inbound({"list": [f"t{n}" for n in range(8)]}))
    assert "limits.segments" in caught.value.hint
