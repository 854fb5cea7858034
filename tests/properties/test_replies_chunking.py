"""However a reply is cut, the client gets the same; and what policy masks is in none of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from hushgate.framing.json_text import JsonText
from hushgate.pipeline import Passage
from hushgate.replies.reply import Reply
from hushgate.transform.restore import Restorer
from tests.doubles.canary import find
from tests.gate_cases import (
    CARD,
    CHAT,
    DONE,
    EMAIL,
    GENERIC,
    OTHER_EMAIL,
    PLACEHOLDERS,
    STREAM,
    TOKEN,
    WHOLE,
    Book,
    called,
    channels,
    chunk,
    documents,
    engine,
    inbound,
    passage,
    pipeline,
    said,
    sse,
    streamed,
)

SENT: Final = (EMAIL, CARD)
OTHER_CARD: Final = "5500 0000 " + "0000 0004"
SECRET: Final = "correctHorse" + "77!battery"
FOREIGN: Final = (OTHER_EMAIL, OTHER_CARD, TOKEN)
"""Found wherever they stand by themselves, and never sent by the client."""


@cache
def sent() -> Passage:
    """A prompt with two values in it, as it was forwarded."""
    return asyncio.run(passage(f"Write to {EMAIL}, charge {CARD}."))


def reply() -> Reply:
    return pipeline(Book()).screen_reply(sent(), STREAM)


TOKENS: Final = [p.token for p in sent().restorable]
LOOKALIKE: Final = "<EMAIL_ADDRESS_" + "aaaaaaaaaa>"
NOISE = st.text(st.sampled_from('abc 0 7<>_&\\"\n\t/{}[]:,.é漢😀\u00ad'), max_size=6)
WORDS = st.sampled_from(
    ["and", "mail to", "Karte", "so\nthen", 'a "b" c', "back\\slash", "😀🏽", "<b>", "&lt;", "<EMAIL_"]
)
PIECES = st.one_of(
    WORDS,
    NOISE,
    st.sampled_from(
        [*FOREIGN, *SENT, *TOKENS, *(t.strip("<>").lower() for t in TOKENS), LOOKALIKE, f"password: {SECRET}"]
    ),
)
TEXTS = st.builds(lambda parts, joint: joint.join(parts), st.lists(PIECES, max_size=6), st.sampled_from(["", " ", " "]))
PLAIN = st.lists(st.one_of(WORDS, st.sampled_from([*FOREIGN, *TOKENS])), max_size=6).map(" ".join)


@st.composite
def spelled(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> str:
    """Tool arguments, some characters of which are spelled as escapes."""
    ascii_only = draw(st.booleans())
    text = json.dumps({"to": draw(texts), "more": [draw(texts), 7, None]}, ensure_ascii=ascii_only)
    if draw(st.booleans()):
        for letter in draw(st.lists(st.sampled_from("em@5g_4"), max_size=3)):
            # "\\" is never left of such a letter, except in an escape that json.dumps made.
            text = "".join(
                f"\\u{ord(c):04x}" if c == letter and not _escaped(text, i) else c for i, c in enumerate(text)
            )
    return text


def _escaped(text: str, at: int) -> bool:
    """Whether a character belongs to an escape."""
    start = max(0, at - 5)
    return any(text[i] == "\\" and (text[i + 1] == "u" or i + 1 == at) for i in range(start, at))


@st.composite
def cut_text(draw: st.DrawFn, text: str) -> list[str]:
    at = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return [text[a:b] for a, b in zip([0, *at], [*at, len(text)], strict=True)]


NAMES: Final[tuple[tuple[Any, ...], ...]] = ((0, "content"), (1, "content"), (0, "tool", 0), (0, "tool", 1))


def _delta(name: tuple[Any, ...], piece: str) -> dict[str, Any]:
    return said(piece, name[0]) if name[1] == "content" else called(piece, name[2], name[0])


@st.composite
def streams(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> tuple[dict[tuple[Any, ...], str], bytes]:
    """The text of each channel, and a stream with all of them interleaved."""
    wanted = {name: draw(texts if name[1] == "content" else spelled(texts)) for name in NAMES}
    queues = {name: draw(cut_text(text)) for name, text in wanted.items()}
    frames: list[object] = [b": comment\n\n", chunk({"role": "assistant", "content": ""})]
    order = draw(st.permutations([name for name, pieces in queues.items() for _ in pieces]))
    for name in order:
        frames.append(_delta(name, queues[name].pop(0)))
        if draw(st.integers(0, 9)) == 0:
            frames.append(b": ping\r\n\r\n")
    if draw(st.booleans()):
        frames += [chunk({}, 0, "tool_calls"), chunk({}, 1, "stop")]
    frames += [USAGE, DONE]
    return wanted, sse(*frames)


USAGE: Final = {"id": "c1", "object": "chat.completion.chunk", "choices": [],
                "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}}  # fmt: skip


def expected(name: tuple[Any, ...], text: str) -> str:
    """Masked and restored as a whole, in one piece."""
    in_json = name[1] == "tool"
    characters, spellings = text, list(text)
    if in_json:
        json_text = JsonText()
        characters, spellings = json_text.feed(text)
        rest = json_text.flush()
        characters, spellings = characters + rest[0], spellings + rest[1]
    known = {v.finding.fingerprint for v in sent().decision.verdicts} if sent().decision else set()  # type: ignore[union-attr]
    out, at = [], 0
    scan = engine().stream()
    first = scan.feed(characters)
    behind = [hit.moved(hit.start + len(first.text), hit.end + len(first.text)) for hit in scan.flush().hits]
    for hit in (*first.hits, *behind):
        if hit.level.word in ("confidential", "regulated") and hit.fingerprint not in known:
            token = PLACEHOLDERS.token("alice", hit.entity, characters[hit.start : hit.end])
            out += ["".join(spellings[at : hit.start]), token]
            at = hit.end
    out.append("".join(spellings[at:]))
    restorer = Restorer({p.token: p.original for p in sent().restorable})
    return restorer.whole("".join(out), json_string=in_json)


CUTS = st.one_of(st.lists(st.integers(0, 4000), max_size=12), st.just(range(4000)))


@given(streams(), CUTS)
def test_any_cut_gives_each_channel_as_a_whole(
    made: tuple[dict[tuple[Any, ...], str], bytes], cuts: Sequence[int]
) -> None:
    wanted, body = made
    back = reply()
    out = streamed(back, body, cuts)
    assert back.outcome == "answered"
    got = channels(out)
    for name, text in wanted.items():
        assert got.get(name, "") == expected(name, text)
    for name in NAMES[2:]:
        json.loads(got[name])


@given(streams(), CUTS)
def test_what_is_not_text_stays_as_it_was(made: tuple[dict[tuple[Any, ...], str], bytes], cuts: Sequence[int]) -> None:
    _, body = made
    out = streamed(reply(), body, cuts)
    assert out.endswith(sse(USAGE, DONE)) or (out.endswith(DONE) and sse(USAGE) in out)
    assert out.startswith(b": comment\n\n")
    assert out.count(b": ping\r\n\r\n") == body.count(b": ping\r\n\r\n")
    for document in documents(out):
        assert document["id"] == "c1"


@given(streams(PLAIN), CUTS)
def test_no_masked_value_is_in_any_byte(made: tuple[dict[tuple[Any, ...], str], bytes], cuts: Sequence[int]) -> None:
    wanted, body = made
    out = streamed(reply(), body, cuts)
    for value in FOREIGN:
        assert find(out, value) is None
        for name, text in channels(out).items():
            meant = json.dumps(json.loads(text), ensure_ascii=False) if name[1] == "tool" else text
            assert value not in meant
    # Not by losing text: what the client had sent came back in full.
    text = channels(out).get((0, "content"), "")
    for known in sent().restorable:
        assert text.count(known.original) == wanted[0, "content"].count(known.token)


@given(st.text(st.characters(exclude_categories=["Cs"])) | spelled(), st.lists(st.integers(0, 200), max_size=10))
def test_any_cut_of_json_text_means_the_same(text: str, cuts: list[int]) -> None:
    at = [0, *sorted(min(c, len(text)) for c in cuts), len(text)]
    one = JsonText()
    pairs = [*(one.feed(text[a:b]) for a, b in zip(at, at[1:], strict=False)), one.flush()]
    characters = "".join(c for c, _ in pairs)
    spellings = [s for _, more in pairs for s in more]
    assert "".join(spellings) == text
    assert len(spellings) == len(characters)


@given(st.text(), st.booleans(), st.integers(0, 200))
def test_characters_are_what_json_says(text: str, ascii_only: bool, cut: int) -> None:
    written = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
    one = JsonText()
    pieces = [one.feed(written[:cut]), one.feed(written[cut:]), one.flush()]
    got = "".join(c for c, _ in pieces)
    # Two escapes of one character come out as its two surrogates.
    assert got.encode("utf-16-le", "surrogatepass") == text.encode("utf-16-le", "surrogatepass")


# Requests ------------------------------------------------------------------------------------------------------------

CANARIES: Final = (EMAIL, OTHER_EMAIL, CARD, OTHER_CARD, TOKEN)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-99, 99),
    st.sampled_from(["hello", "ein Text", "", "true", "42", "😀", 'quo"te', "back\\slash", "line\nend"]),
    st.sampled_from(CANARIES),
    st.sampled_from(CANARIES).map(lambda value: f"please use {value} for it"),
    st.just(CARD.replace(" ", "")),
)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(["a", "content", "text", "arguments", "input", "role", "name", "id", *CANARIES[:2]])
    return st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(keys, inner, max_size=3),
        st.dictionaries(keys, inner, min_size=1, max_size=2).map(json.dumps),
        st.lists(inner, min_size=1, max_size=2).map(lambda v: json.dumps(v, ensure_ascii=False)),
    )


TREES = st.recursive(LEAVES, _nested, max_leaves=8)
MESSAGES = st.builds(
    lambda role, content, more: {"role": role, "content": content, **more},
    st.sampled_from(["user", "system", "assistant", "tool", "developer"]),
    TREES,
    st.dictionaries(st.sampled_from(["name", "tool_calls", "tool_call_id", "refusal", "extra"]), TREES, max_size=2),
)
BODIES = st.one_of(
    TREES,
    st.builds(
        lambda messages, more: {"model": "gpt-x", "messages": messages, **more},
        st.lists(MESSAGES, max_size=3),
        st.dictionaries(st.sampled_from(["tools", "metadata", "user", "stop", "unknown"]), TREES, max_size=2),
    ),
)


def _meanings(value: Any) -> str:
    """Everything a body says, strings that hold JSON opened."""
    if isinstance(value, str):
        try:
            inner = json.loads(value)
        except ValueError:
            return value
        return value if not isinstance(inner, (dict, list)) else f"{value}\n{_meanings(inner)}"
    if isinstance(value, dict):
        return "\n".join(f"{k}\n{_meanings(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "\n".join(map(_meanings, value))
    return str(value)


@settings(max_examples=2 * (settings.default or settings()).max_examples)
@given(BODIES, st.booleans())
def test_a_request_is_refused_or_leaves_without_any_value_and_its_echo_is_whole(body: Any, generic: bool) -> None:
    asyncio.run(_round_trip(body, generic))


async def _round_trip(body: Any, generic: bool) -> None:
    book = Book()
    gate = pipeline(book)
    asked = inbound(body, route=GENERIC if generic else CHAT)
    done = await gate.screen_request(asked)
    for value in CANARIES:
        assert find(book.all_bytes(), value) is None
    if done.refusal is not None:
        assert find(done.refusal.message.encode(), "example.com") is None
        return
    raw = done.out.body if done.out.body is not None else asked.body
    said_in_all = raw + _meanings(json.loads(raw)).encode("utf-8", "surrogatepass")
    for value in (*CANARIES, CARD.replace(" ", "")):
        assert find(said_in_all, value) is None
    # The provider says all of it again.
    echoed = replace(done, exchange=replace(done.exchange, route=GENERIC))
    back = gate.screen_reply(echoed, WHOLE)
    whole = await back.whole(raw)
    assert isinstance(whole, bytes)
    assert _opened(json.loads(whole)) == _opened(json.loads(asked.body))


def _opened(value: Any) -> Any:
    """A document with its nested JSON parsed: how that was spaced and escaped may differ."""
    if isinstance(value, str):
        try:
            inner = json.loads(value)
        except ValueError:
            return value
        return ["json", _opened(inner)] if isinstance(inner, (dict, list)) else value
    if isinstance(value, dict):
        return {k: _opened(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_opened(v) for v in value]
    return value
