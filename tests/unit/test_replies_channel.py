"""One run of text: held back while it may still match, masked, restored."""

from __future__ import annotations

import json

import pytest

from hushgate.detect.engine import Engine
from hushgate.replies.channel import KEPT_TEXT, Channel, Collector, Plan, Released, Span
from hushgate.replies.rereading import moved
from hushgate.transform.restore import Restorer
from hushgate.values import Area, Direction, Finding, Kind, Level, Location, Role, Scan, Segment
from hushgate.wire.base import Delta
from tests.detect_cases import FAKE_KEY, RULES

ENGINE = Engine(RULES, fingerprint_key=b"k" * 32, cache_key=b"c" * 32)
AT = Location(Area.FRAME, None, ("choices", 0, "delta", "content"))
EMAIL = "erika@" + "example.com"
TOKEN = "<EMAIL_ADDRESS_" + "abcdefgh23>"
RESTORER = Restorer({TOKEN: "max@example.org"})


def sample(*, json_string: bool = False) -> Delta:
    return Delta(("choice", 0, "content"), AT, "", Role.ASSISTANT, Kind.TEXT, json_string)


def masking(_: Delta, released: Released) -> list[Span]:
    return [(hit.start, hit.end, f"[{hit.entity}]") for hit in released.hits]


def channel(*, json_string: bool = False) -> Channel:
    return Channel(sample(json_string=json_string), ENGINE.stream(), RESTORER, masking)


def through(one: Channel, text: str, size: int) -> str:
    return "".join(one.feed(text[at : at + size]) for at in range(0, len(text), size)) + one.flush()


SIZES = [1, 2, 3, 7, 10_000]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain text", "plain text"),
        (f"mail {EMAIL}!", "mail [EMAIL_ADDRESS]!"),
        (f"{EMAIL} {FAKE_KEY}", "[EMAIL_ADDRESS] [API_KEY]"),
        (f"to {TOKEN}.", "to max@example.org."),
        (f"{TOKEN} {EMAIL} {TOKEN}", "max@example.org [EMAIL_ADDRESS] max@example.org"),
        ("😀🏽 漢字", "😀🏽 漢字"),
    ],
)
def test_text_comes_out_masked_and_restored(text: str, expected: str, size: int) -> None:
    assert through(channel(), text, size) == expected


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_text_stays_json_and_keeps_its_spelling(size: int, ascii_only: bool) -> None:
    text = json.dumps({"to": EMAIL, "says": f'é "{TOKEN}" \\ \n 😀', "at": f"a\n{EMAIL}"}, ensure_ascii=ascii_only)
    out = through(channel(json_string=True), text, size)
    assert out == text.replace(EMAIL, "[EMAIL_ADDRESS]").replace(TOKEN, "max@example.org")
    assert json.loads(out)["at"] == "a\n[EMAIL_ADDRESS]"


@pytest.mark.parametrize("size", SIZES)
def test_a_value_spelled_in_escapes_is_found_in_its_characters(size: int) -> None:
    spelled = "".join(f"\\u{ord(c):04x}" for c in EMAIL)
    assert through(channel(json_string=True), f'{{"to":"{spelled}"}}', size) == '{"to":"[EMAIL_ADDRESS]"}'


def test_a_restored_value_is_escaped_in_json_text() -> None:
    restorer = Restorer({TOKEN: 'say "hi"\n'})
    one = Channel(sample(json_string=True), ENGINE.stream(), restorer, masking)
    out = through(one, json.dumps({"text": TOKEN}), 5)
    assert json.loads(out) == {"text": 'say "hi"\n'}


def test_a_value_is_held_until_it_is_known_and_words_are_not() -> None:
    one = channel()
    assert one.feed("hello there ") == "hello there "
    assert one.feed("erika@exa") == ""
    assert one.feed("mple.com") == ""
    assert one.feed(" and ") == "[EMAIL_ADDRESS] and "


def test_an_escape_cut_in_two_is_held() -> None:
    one = channel(json_string=True)
    assert one.feed('"a \\u00') == '"a '
    assert one.feed("e9 ") == "\\u00e9 "
    assert one.flush() == ""


def test_an_escape_that_never_ends_comes_out_as_it_stands() -> None:
    one = channel(json_string=True)
    assert one.feed('"\\u00') + one.flush() == '"\\u00'


def test_what_is_kept_is_the_providers_text_up_to_a_bound() -> None:
    one = channel()
    through(one, f"mail {EMAIL} ", 3)
    assert one.segment() == Segment(AT, Direction.REPLY, Role.ASSISTANT, Kind.TEXT, f"mail {EMAIL} ")
    long = channel()
    through(long, "word " * 20_000, 1000)
    assert len(long.segment().text) == KEPT_TEXT


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 1, "A"), (1, 2, "B")], "ABc def"),
        ([(1, 5, "X"), (0, 3, "Y")], "Yef"),  # they overlap: the first stands, the rest of the second goes
        ([(0, 7, "X"), (2, 3, "Y")], "X"),
        ([(6, 7, "X")], "abc deX"),
    ],
)
@pytest.mark.parametrize("json_string", [False, True])
def test_spans_in_any_order_and_overlapping(spans: list[Span], expected: str, json_string: bool) -> None:
    class All:
        hits = (object(),)

        def __init__(self, text: str) -> None:
            self.text = text

    class OnePiece:
        def feed(self, text: str) -> Released:
            return All(text)  # type: ignore[return-value]

        def flush(self) -> Released:
            return All("")  # type: ignore[return-value]

    one = Channel(sample(json_string=json_string), OnePiece(), Restorer({}), lambda _, __: spans)
    assert one.feed("abc def") + one.flush() == expected


# Reading twice -------------------------------------------------------------------------------------------------------


def planned(texts: list[str], sizes: tuple[int, int]) -> list[str]:
    """Texts through a first reading, the whole detector, and a second reading, cut differently each time."""
    first = Collector()
    for text in texts:
        through(Channel(sample(), first.stream(), Restorer({}), masking), text, sizes[0])
    segments = first.segments(Segment(Location(Area.FRAME), Direction.REPLY, Role.ASSISTANT, Kind.TEXT, ""))
    assert [s.text for s in segments] == texts
    assert len({s.location for s in segments}) == len(texts)
    found = tuple(
        Finding(s.location, h.start, h.end, h.entity, h.category, h.level, h.score, h.rule_id, h.layer, h.fingerprint)
        for s in segments
        for h in ENGINE.scan_now(s.text)
    )
    plan = Plan(Scan(found), moved)
    return [through(Channel(sample(), plan.stream(), RESTORER, masking), text, sizes[1]) for text in texts]


@pytest.mark.parametrize("sizes", [(1, 1), (3, 1000), (1000, 3), (7, 5)])
def test_a_second_reading_masks_what_the_first_found(sizes: tuple[int, int]) -> None:
    texts = [f"mail {EMAIL}, {EMAIL}", "nothing", f"{FAKE_KEY}", "", f"x {TOKEN} {EMAIL}"]
    assert planned(texts, sizes) == [
        "mail [EMAIL_ADDRESS], [EMAIL_ADDRESS]", "nothing", "[API_KEY]", "", "x max@example.org [EMAIL_ADDRESS]",
    ]  # fmt: skip


def test_a_text_the_first_reading_did_not_see_has_no_findings() -> None:
    plan = Plan(Scan(), moved)
    assert through(Channel(sample(), plan.stream(), RESTORER, masking), "abc", 1) == "abc"


async def test_neither_reading_scans() -> None:
    assert await Collector().scan([], scope="alice") == Scan()
    with pytest.raises(NotImplementedError):
        await Plan(Scan(), moved).scan([], scope="alice")


def test_the_level_of_a_hit_is_known() -> None:
    assert {h.level for h in ENGINE.scan_now(FAKE_KEY)} == {Level.REGULATED}
