from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from hushgate.tools import means
from hushgate.transform.mask import Clash, Masked, mask
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.restore import Restorer
from hushgate.values import (
    NO_TOOL,
    Direction,
    Embedded,
    Finding,
    Kind,
    Level,
    Location,
    Role,
    Segment,
    Step,
    Verdict,
)

MAKE = Placeholders(b"k" * 32)


def at(*path: Step, is_key: bool = False) -> Location:
    return Location(path=path or ("messages", 0, "content"), is_key=is_key)


def segment(text: str, location: Location | None = None, kind: Kind = Kind.TEXT) -> Segment:
    return Segment(location or at(), Direction.REQUEST, Role.USER, kind, text)


def verdict(
    start: int,
    end: int,
    entity: str = "EMAIL_ADDRESS",
    *,
    location: Location | None = None,
    style: str = "placeholder",
    restorable: bool = True,
    masked: bool = True,
    level: Level = Level.CONFIDENTIAL,
    layer: str = "",
) -> Verdict:
    found = Finding(location or at(), start, end, entity, "pii", level, 1.0, "r", layer, "00")
    return Verdict(found, masked, style, restorable, ())


def on(text: str, value: str, entity: str = "EMAIL_ADDRESS", **more: object) -> Verdict:
    start = text.index(value)
    return verdict(start, start + len(value), entity, **more)  # type: ignore[arg-type]


def run(segments: list[Segment], verdicts: list[Verdict]) -> Masked:
    return mask(segments, verdicts, placeholders=MAKE, scope="alice")


def token(value: str, entity: str = "EMAIL_ADDRESS") -> str:
    return MAKE.token("alice", entity, value)


def test_a_value_is_replaced_and_can_be_turned_back() -> None:
    text = "mail jane@example.com now"
    masked = run([segment(text)], [on(text, "jane@example.com")])
    assert masked.edits == {at(): f"mail {token('jane@example.com')} now"}
    assert [(p.token, p.original) for p in masked.placeholders] == [(token("jane@example.com"), "jane@example.com")]
    assert masked.tokens == (token("jane@example.com"),)
    assert masked.count == 1
    assert "jane" not in repr(masked)
    back = Restorer({p.token: p.original for p in masked.placeholders})
    assert back.whole(masked.edits[at()]) == text


def test_several_in_one_text_and_a_kept_one() -> None:
    text = "a@example.com, b@example.com, c@example.com"
    masked = run(
        [segment(text)],
        [on(text, "c@example.com"), on(text, "a@example.com"), on(text, "b@example.com", masked=False)],
    )
    assert masked.edits[at()] == f"{token('a@example.com')}, b@example.com, {token('c@example.com')}"


def test_nothing_to_mask_edits_nothing() -> None:
    text = "jane@example.com"
    assert run([segment(text)], [on(text, text, masked=False)]) == Masked({}, (), (), 0)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 10, "A1"), (5, 16, "B1")], "<B1_*> tail"),  # Both ends go; the wider one names it.
        ([(0, 16, "A1"), (4, 8, "B1")], "<A1_*> tail"),
        ([(0, 8, "A1"), (8, 16, "B1")], "<A1_*><B1_*> tail"),  # Neighbours stay two.
        ([(0, 16, "A1"), (0, 16, "A1")], "<A1_*> tail"),
        ([(0, 6, "A1"), (5, 11, "B1"), (10, 16, "C1")], "<A1_*> tail"),
    ],
)
def test_overlapping_spans_leave_no_part(spans: list[tuple[int, int, str]], expected: str) -> None:
    text = "0123456789abcdef tail"
    for order in (spans, spans[::-1]):
        edited = run([segment(text)], [verdict(*span) for span in order]).edits[at()]
        assert re.sub(r"_[a-z2-7]{10}>", "_*>", edited) == expected


def test_the_higher_level_names_spans_of_one_width() -> None:
    text = "0123456789"
    both = [verdict(0, 10, "PHONE_NUMBER"), verdict(0, 10, "US_SSN", level=Level.REGULATED)]
    assert run([segment(text)], both).edits[at()].startswith("<US_SSN_")
    assert run([segment(text)], both[::-1]).edits[at()].startswith("<US_SSN_")


def test_a_masked_span_swallows_what_a_kept_one_shares_with_it() -> None:
    text = "0123456789"
    edited = run([segment(text)], [verdict(0, 6), verdict(4, 10, masked=False)]).edits[at()]
    assert edited == f"{token('012345')}6789"


def test_what_may_not_come_back_wins_over_what_may() -> None:
    text = "jane@example.com and jane@example.com"
    both = [verdict(0, 16), verdict(21, 37, restorable=False)]
    masked = run([segment(text)], both)
    assert masked.placeholders == ()
    assert masked.tokens == (token("jane@example.com"),)


def test_a_value_comes_back_in_tools_that_every_place_allows() -> None:
    text = "jane@example.com and jane@example.com"
    mail, find = replace(verdict(0, 16), tools=(("mail",),)), replace(verdict(21, 37), tools=(("find",),))
    (both,) = run([segment(text)], [mail, find]).placeholders
    assert both.tools == (("mail",), ("find",))
    other = at("messages", 1, "content")
    (spread,) = run([segment(text), segment("jane@example.com", other)], [mail]).placeholders
    assert spread.tools == (("mail",),)
    (merged,) = run([segment(text[:16])], [mail, replace(verdict(0, 16), tools=NO_TOOL)]).placeholders
    assert not means(merged.tools, "mail")


def test_a_value_of_two_entities_comes_back_as_the_narrower_one_may() -> None:
    text = "12345678 or 12345678"
    masked = run([segment(text)], [verdict(0, 8, "PHONE_NUMBER"), verdict(12, 20, "US_SSN", restorable=False)])
    assert (len(masked.tokens), masked.placeholders) == (2, ())


def test_two_styles_on_one_place_redact() -> None:
    text = "4111111111111111"
    masked = run([segment(text)], [verdict(0, 16, "CREDIT_CARD"), verdict(0, 16, "CREDIT_CARD", style="last4")])
    assert masked.edits[at()] == "[CREDIT_CARD]"
    assert masked.placeholders == masked.tokens == ()


def test_an_encoded_finding_replaces_the_whole_blob() -> None:
    text = "blob amFuZUBleGFtcGxlLmNvbQ== end"
    masked = run([segment(text)], [on(text, "amFuZUBleGFtcGxlLmNvbQ==", layer="base64")])
    assert masked.edits[at()] == f"blob {token('amFuZUBleGFtcGxlLmNvbQ==')} end"


def test_keys_and_embedded_documents_are_edited_in_place() -> None:
    key = at("tags", "jane@example.com", is_key=True)
    deep = at("arguments", Embedded.JSON, "to")
    masked = run(
        [segment("jane@example.com", key), segment("jane@example.com", deep)],
        [verdict(0, 16, location=key), verdict(0, 16, location=deep)],
    )
    assert set(masked.edits) == {key, deep}


# Elsewhere -----------------------------------------------------------------------------------------------------------


def test_a_value_that_detection_missed_elsewhere_goes_too() -> None:
    text = "passport X1234567 and again X1234567"
    other = at("messages", 1, "content")
    masked = run([segment(text), segment("see X1234567!", other)], [on(text, "X1234567", "PASSPORT")])
    stand_in = token("X1234567", "PASSPORT")
    assert masked.edits == {at(): f"passport {stand_in} and again {stand_in}", other: f"see {stand_in}!"}
    assert masked.count == 3


def test_values_that_overlap_go_elsewhere_too_each_by_itself() -> None:
    text, other = "login jane77:s3cret+pw now", at("messages", 1, "content")
    found = [on(text, "jane77:s3cret", "LOGIN"), on(text, "s3cret+pw", "PASSWORD")]
    masked = run([segment(text), segment("it was s3cret+pw, or jane77:s3cret", other)], found)
    assert masked.edits[other] == f"it was {token('s3cret+pw', 'PASSWORD')}, or {token('jane77:s3cret', 'LOGIN')}"


def test_no_occurrence_hides_behind_another() -> None:
    found = [verdict(0, 6, "PERSON", location=at("a")), verdict(0, 8, "ID", location=at("b"))]
    segments = [segment("Anders", at("a")), segment("son-4711", at("b")), segment("see Anderson-4711", at("c"))]
    assert run(segments, found).edits[at("c")] == f"see Ander{token('son-4711', 'ID')}"


def test_a_key_in_which_something_was_found_keeps_no_second_occurrence() -> None:
    name = at("b", is_key=True)
    text = "jane_doe77 or jane_doe77"
    assert run([segment(text, name)], [verdict(0, 10, "LOGIN", location=name)]).edits[name].count("jane_doe77") == 0


def test_a_value_that_was_found_in_two_ways_goes_the_narrower_way_elsewhere() -> None:
    found = [
        on("X1234567", "X1234567", "PASSPORT", location=at("a"), style="last4", restorable=False),
        on("X1234567", "X1234567", "ID", location=at("b"), style="hash", restorable=False),
        on("X1234567", "X1234567", "ID", location=at("c")),
    ]
    segments = [segment("X1234567", at(name)) for name in "abc"] + [segment("see X1234567!", at("d"))]
    for verdicts in (found, found[::-1], found[1:] + found[:1]):
        assert run(segments, verdicts).edits[at("d")] == "see [ID]!"


@pytest.mark.parametrize("many", [1, 40, 600])
def test_it_makes_no_difference_how_many_values_there_are(many: int) -> None:
    values = [f"user{n:04}@example.com" for n in range(many)]
    text = " ".join(values)
    other = at("messages", 1, "content")
    masked = run([segment(text), segment(f"é {text}", other)], [on(text, v) for v in values])
    assert masked.edits[other] == "é " + " ".join(map(token, values))
    assert masked.count == 2 * many


def test_lone_surrogates_do_not_stop_it() -> None:
    values = [f"user{n:04}@example.com" for n in range(20)]
    text = " ".join(values)
    other = at("messages", 1, "content")
    masked = run([segment(text), segment(f"\ud800 {text}", other)], [on(text, v) for v in values])
    assert "@" not in masked.edits[other]


@pytest.mark.parametrize(
    ("elsewhere", "spreads"),
    [
        ("Anders was here", True),
        ("Anderson was here", False),  # Another name.
        ("(Anders)", True),
        ("anders", False),
    ],
)
def test_a_plain_word_spreads_as_a_whole_word(elsewhere: str, spreads: bool) -> None:
    other = at("messages", 1, "content")
    masked = run([segment("Anders"), segment(elsewhere, other)], [verdict(0, 6, "PERSON")])
    assert (other in masked.edits) is spreads


def test_short_values_opaque_segments_and_names_of_fields_are_left_alone() -> None:
    opaque, key, mail_key = at("id"), at("tags", "Anders", is_key=True), at("tags", "jane@example.com", is_key=True)
    text = "Anders jane@example.com 12345"
    masked = run(
        [
            segment(text),
            segment("jane@example.com", opaque, Kind.OPAQUE),
            segment("Anders", key),
            segment("jane@example.com", mail_key),
            segment("12345", at("n")),
        ],
        [on(text, "Anders", "PERSON"), on(text, "jane@example.com"), on(text, "12345", "PIN_CODE")],
    )
    assert set(masked.edits) == {at(), mail_key}


def test_an_occurrence_that_sticks_out_of_a_masked_span_is_masked_with_it() -> None:
    text = "abcdef123 then xxabcdef123"
    masked = run([segment(text)], [verdict(0, 9, "KEY_ID"), verdict(15, 20, "OTHER_ID")])
    assert "abcdef123" not in masked.edits[at()]
    assert masked.edits[at()].count("<") == 2


# Clashes -------------------------------------------------------------------------------------------------------------


def test_two_values_with_one_token_clash() -> None:
    class Worn(Placeholders):
        def suffix(self, scope: str, value: str) -> str:
            return "aaaaaaaaaa"

    text = "a@example.com b@example.com"
    with pytest.raises(Clash) as caught:
        mask(
            [segment(text)],
            [on(text, "a@example.com"), on(text, "b@example.com")],
            placeholders=Worn(b"k" * 32),
            scope="alice",
        )
    assert "example" not in str(caught.value)


def test_an_echo_of_our_token_stays_and_means_the_same() -> None:
    text = f"jane@example.com {token('jane@example.com')}"
    masked = run([segment(text)], [verdict(0, 16)])
    assert masked.edits[at()] == f"{token('jane@example.com')} {token('jane@example.com')}"


def test_a_look_alike_that_is_not_ours_is_left_alone() -> None:
    text = "jane@example.com <EMAIL_ADDRESS_aaaaaaaaaa>"
    masked = run([segment(text)], [verdict(0, 16)])
    assert masked.edits[at()].endswith(" <EMAIL_ADDRESS_aaaaaaaaaa>")
    assert len(masked.placeholders) == 1


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (Kind.OPAQUE, verdict(0, 5)),
        (Kind.TEXT, verdict(0, 6)),
        (Kind.TEXT, verdict(3, 3)),
        (Kind.TEXT, verdict(-1, 3)),
        (Kind.TEXT, verdict(0, 3, location=at("elsewhere"))),
    ],
)
def test_a_finding_that_cannot_be_masked_clashes(kind: Kind, found: Verdict) -> None:
    with pytest.raises(Clash):
        run([segment("12345", kind=kind)], [found])


@pytest.mark.parametrize("count", [2, 50, 700])
def test_values_are_found_elsewhere_however_many_there_are(count: int) -> None:
    names = [f"user{n:04}@example.com" for n in range(count)]
    listed, elsewhere = segment(" ".join(names), at("a")), segment(f"({names[-1]})x{names[0]}é", at("b"))
    masked = run([listed, elsewhere], [on(listed.text, name, location=at("a")) for name in names])
    assert masked.edits[at("a")] == " ".join(map(token, names))
    assert masked.edits[at("b")] == f"({token(names[-1])})x{token(names[0])}é"
    assert masked.count == count + 2


def test_a_list_of_many_values_takes_its_time_once() -> None:
    names = [f"user{n:05}@example.com" for n in range(20_000)]
    text, length = " ".join(names), len(names[0])
    found = [verdict(start, start + length) for start in range(0, len(text), length + 1)]
    began = time.process_time()
    assert run([segment(text)], found).count == len(names)
    assert time.process_time() - began < 10  # Comparing each with each took minutes.


def test_a_surrogate_of_an_earlier_turn_stays_what_it_is() -> None:
    asked, mail, born = (
        segment("ada.lovelace@northwind.test, born 1984-05-10", at("a")),
        "ada.lovelace@northwind.test",
        "1984-05-10",
    )

    def found(text: str, location: Location, *values: tuple[str, str]) -> list[Verdict]:
        return [on(text, value, entity, style="surrogate", location=location) for value, entity in values]

    first = found(asked.text, at("a"), (mail, "EMAIL_ADDRESS"), (born, "DATE_OF_BIRTH"))
    made, _, day = run([asked], first).edits[at("a")].partition(", born ")
    again = segment(f"To {made}, born {day}; not bob.babbage@northwind.test", at("b"))
    second = found(
        again.text,
        at("b"),
        (made, "EMAIL_ADDRESS"),
        (day, "DATE_OF_BIRTH"),
        ("bob.babbage@northwind.test", "EMAIL_ADDRESS"),
    )
    edits = run([asked, again], [*first, *second]).edits
    assert edits[at("a")] == f"{made}, born {day}"
    assert edits[at("b")].startswith(f"To {made}, born "), "and so does the model's view of it"
    assert day not in edits[at("b")], "a day may be a real one by chance"
    assert "babbage" not in edits[at("b")]
    alone = run([again], second).edits[at("b")]
    assert made not in alone, "alone, nobody can tell that it is none"
