"""Chunk boundaries never matter, and what is held back is bounded."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from hushgate.transform.restore import Restorer

TABLE = {
    "<EMAIL_ADDRESS_k7f2qd3mxa>": "jane@example.com",
    "<SECRET_NOTE_zzzz222233>": 'say "hi"\nC:\\x',
    "<PERSON_abcdefghij>": "Ann",
}
KNOWN = Restorer(TABLE)

WORDS = [t.strip("<>") for t in TABLE]
OPENS = ["<", "&lt;", "\\u003c", "\\<", "", "&", "\\", "<<", "\\n", "\\\\n", "&#60;", "\\\\u003C", "x", "_", " "]
CLOSES = [">", "&gt;", "\\u003e", "\\>", "", "&", "\\", "&g", "a", "_", " ", ">>", "&#x3E;"]
OTHER = [
    " ", "_", "\\", "n", "u003c", "<", ">", "&", "lt;", "email_", "EMAIL_ADDRESS_", "PERSON", "https", "://",
    "x.com/", "](", "href=", '"', "'", '\\"', '{"a":', "\n", ".", "foo_aaaaaaaaaa", "PERSON_aaaaaaaaaa", "&#x3", "//",
    "u003e", "\\u003e",
]  # fmt: skip


@st.composite
def tokens(draw: st.DrawFn) -> str:
    word = draw(st.sampled_from(WORDS))
    shape = draw(st.integers(0, 4))
    if shape == 1:
        word = word.lower()
    elif shape == 2:
        word = word.replace("_", draw(st.sampled_from(["\\_", "\\\\_"])))
    elif shape == 3:
        word = word[: draw(st.integers(1, len(word)))]
    return draw(st.sampled_from(OPENS)) + word + draw(st.sampled_from(CLOSES))


texts = st.lists(st.one_of(tokens(), st.sampled_from(OTHER), st.text(max_size=3)), max_size=9).map("".join)


@given(texts, st.booleans(), st.data())
def test_any_chunking_gives_the_same_text(text: str, json_string: bool, data: st.DataObject) -> None:
    whole = KNOWN.whole(text, json_string=json_string)
    cuts = data.draw(
        st.one_of(st.just(list(range(len(text)))), st.lists(st.integers(0, len(text)), max_size=8).map(sorted))
    )
    stream = KNOWN.stream(json_string=json_string)
    pieces = []
    given_out = 0
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        pieces.append(stream.feed(text[start:end]))
        given_out = end
        assert len(stream._held) <= min(KNOWN.bound, given_out)
    assert "".join(pieces) + stream.flush() == whole


@given(st.text(), st.booleans())
def test_text_without_our_tokens_passes_unchanged(text: str, json_string: bool) -> None:
    assert KNOWN.whole(text, json_string=json_string) == text


@given(st.text(st.characters(blacklist_categories=["Cs"])), st.lists(st.sampled_from(list(TABLE)), max_size=3))
def test_restored_arguments_still_parse(text: str, placed: list[str]) -> None:
    document = {"a": text, "b": [f"{token} and" for token in placed]}
    raw = json.dumps(document, ensure_ascii=False)
    restored = json.loads(KNOWN.whole(raw, json_string=True))
    if "<" not in text and "\\" not in text and ":" not in text and "(" not in text and "=" not in text:
        assert restored["b"] == [f"{TABLE[token]} and" for token in placed]


@given(
    st.lists(st.sampled_from(list(TABLE)), min_size=1, max_size=4), st.text(alphabet="abc/?=&'\"`<>)(]", max_size=12)
)
def test_nothing_is_put_into_a_link(placed: list[str], between: str) -> None:
    link = "![x](https://example.org/?" + between.join(placed)
    assert KNOWN.whole(link) == link
