"""Tokens beside a text, and tokens in its place."""

from __future__ import annotations

import pytest

from hushgate.values import Direction, Embedded, Kind, Location, Role
from hushgate.wire.openai_tokens import LONGEST_TOKEN, probabilities, probability, spelling, unspelled, words, written
from hushgate.wire.walk import Reader, Walk


def read(reader: Reader, value: object) -> Walk:
    walk = Walk(Direction.REPLY, vocabulary=frozenset({"token", "logprob", "top_logprobs", "bytes", "type", "text"}))
    reader(walk, (), value, Role.ASSISTANT)
    return walk


def said(reader: Reader, value: object) -> list[str]:
    return [segment.text for segment in read(reader, value).segments]


@pytest.mark.parametrize(
    ("text", "tokens", "left"),
    [
        ("Hi ann", ["Hi", " ann"], []),
        ("Hi ann", ["Hi", " bob"], ["Hi", " bob"]),
        ("Hi", [], []),
        (None, ["Hi"], ["Hi"]),
    ],
)
def test_tokens_are_read_unless_they_spell_the_text(text: object, tokens: list[str], left: list[str]) -> None:
    assert said(spelling(text), [{"token": token, "logprob": -0.123456789} for token in tokens]) == left
    assert said(words(text), tokens) == left


def test_odd_tokens_are_read() -> None:
    alternatives = [{"token": "x" * LONGEST_TOKEN, "logprob": -9.123456789}, {"token": "y" * (LONGEST_TOKEN + 1)}]
    odd = [{"token": "Hi", "logprob": "ann", "top_logprobs": alternatives}, "bob"]
    assert said(spelling("Hi"), odd) == ["Hi", "ann", "y" * (LONGEST_TOKEN + 1), "bob"]
    assert said(spelling("Hi"), "ann") == said(words("Hi"), "ann") == ["ann"]
    assert said(words("Hi7"), ["Hi", 7, ["ann"]]) == ["Hi", "ann"]


def test_measures_are_fractions_and_nothing_else() -> None:
    assert said(probability, -0.123456789) == []
    assert said(probability, 4111111111111111) == ["4111111111111111"]
    assert said(probabilities, [0.123456789, "ann", None]) == ["ann"]


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("ann", ["ann"]),
        (["ann", "bob"], ["ann", "bob"]),
        ([{"type": "text", "text": "ann"}], ["text", "ann"]),
        (["ann", ["bob"]], ["ann", "bob"]),
        (None, []),
        ([], []),
    ],
)
def test_written_text(value: object, texts: list[str]) -> None:
    walk = read(written, value)
    assert [segment.text for segment in walk.segments] == texts
    assert {segment.role for segment in walk.segments} <= {Role.USER}
    assert walk.unread == ()


@pytest.mark.parametrize(("value", "paths"), [([1, 2], [()]), ([[1, 2], [3]], [(0,), (1,)]), (["a", [1]], [(1,)])])
def test_token_ids_are_named_unread(value: object, paths: list[object]) -> None:
    walk = read(written, value)
    assert [(unread.location.path, unread.reason) for unread in walk.unread] == [(path, "token ids") for path in paths]
    assert all(unread.size > 0 for unread in walk.unread)
    assert all(segment.kind is Kind.TEXT for segment in walk.segments)


def test_a_request_has_tokens_that_are_read_and_stay() -> None:
    walk = Walk(Direction.REQUEST, vocabulary=frozenset({"token", "top_logprobs"}))
    tokens = [{"token": "Hi", "top_logprobs": [{"token": "bob"}]}, {"token": " ann"}]
    spelling("Hi ann")(walk, ("logprobs",), tokens, Role.ASSISTANT)
    assert [(s.location.path, s.kind, s.text) for s in walk.segments] == [
        (("logprobs",), Kind.OPAQUE, "Hi ann"),
        (("logprobs", 0, "top_logprobs", 0, "token"), Kind.TEXT, "bob"),
    ]


def test_tokens_beside_a_changed_text_go_and_those_beside_another_stay() -> None:
    doc = {"output": [{"text": "Hi", "logprobs": [1]}, {"text": '{"a": "Hi"}', "logprobs": [2]}, "x"], "logprobs": [3]}
    first, second = Location(path=("output", 0, "text")), Location(path=("output", 1, "text", Embedded.JSON, "a"))
    for at, gone in ((first, 0), (second, 1)):
        edited = unspelled(doc, [at])
        assert isinstance(edited, dict)
        assert [part["logprobs"] == [] for part in edited["output"][:2]] == [gone == 0, gone == 1]
        assert edited["logprobs"] == [3]
    assert unspelled(doc, [Location(path=("output", 9, "text"))]) == doc
    assert doc["output"][0] == {"text": "Hi", "logprobs": [1]}
