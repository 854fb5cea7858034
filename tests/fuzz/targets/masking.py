"""transform.mask: no masked value stays, and what is restored is what was masked; or a Clash."""

from __future__ import annotations

import re
from typing import Final

from hushgate.transform.mask import SPREAD_SHORTEST, Clash, mask
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.restore import Restorer
from hushgate.values import (
    PLACEHOLDER_PATTERN,
    Direction,
    Finding,
    Kind,
    Level,
    Location,
    Role,
    Segment,
    Verdict,
)
from tests.fuzz.draw import Draw, choices
from tests.fuzz.target import Target

MAKE: Final = Placeholders(b"k" * 32)
STAND_IN: Final = re.compile(rf"{PLACEHOLDER_PATTERN}|\[(?:PERSON|US_SSN|EMAIL_ADDRESS)(?:#[a-z2-7]+| \*....)?\]")
PIECES: Final = ("Anders", "son-", "4711", "on", " ", "a", "aa", "-47", "1A")
OF_URLS: Final = frozenset(":/.=(<&\\")


def check(data: bytes) -> str:
    draw = Draw(data)
    shared = draw.text(12)
    segments = []
    for number in range(1 + draw.below(4)):
        text = _text(draw) + (shared if draw.flag() else "") + _text(draw)
        place = Location(path=(f"k{number}",), is_key=draw.below(8) == 7)
        segments.append(Segment(place, Direction.REQUEST, Role.USER, Kind.TEXT, text))
    wanted = [draw.pick(segments) for _ in range(1 + draw.below(5))]
    verdicts = [_verdict(draw, one) for one in wanted if one.text]
    try:
        masked = mask(segments, verdicts, placeholders=MAKE, scope="a")
    except Clash:
        return "clash"
    assert mask(segments, verdicts[::-1], placeholders=MAKE, scope="a").edits == masked.edits, "their order matters"
    back = Restorer({placeholder.token: placeholder.original for placeholder in masked.placeholders})
    all_restorable = all(verdict.restorable and verdict.style == "placeholder" for verdict in verdicts)
    for segment in segments:
        edited = masked.edits.get(segment.location, segment.text)
        if all_restorable and not OF_URLS & set(segment.text):
            assert back.whole(edited) == segment.text, "what comes back is not what was there"
        for verdict in (verdict for verdict in verdicts if verdict.mask):
            found = verdict.finding
            (source,) = (one for one in segments if one.location == found.location)
            value = source.text[found.start : found.end]
            here = source is segment or not (segment.location.is_key and value.isidentifier())
            if here and len(value) >= SPREAD_SHORTEST and not value.isalpha():
                assert value not in STAND_IN.sub("\ue000", edited), "a masked value stays"
    return "masked" if masked.edits else "nothing to mask"


def _text(draw: Draw) -> str:
    """Anything, or pieces that overlap in many ways."""
    return draw.text(24) if draw.flag() else "".join(draw.some(lambda: draw.pick(PIECES), 6))


def _verdict(draw: Draw, segment: Segment) -> Verdict:
    start = draw.below(len(segment.text))
    end = start + 1 + draw.below(len(segment.text) - start)
    entity = draw.pick(("PERSON", "US_SSN", "EMAIL"))
    found = Finding(segment.location, start, end, entity, "pii", Level.CONFIDENTIAL, 1.0, "r", "", "00")
    style = draw.pick(("placeholder", "placeholder", "placeholder", "redact", "last4", "hash"))
    return Verdict(found, draw.below(8) != 7, style, draw.below(8) != 7, ())


SEEDS: Final = (
    *(b"\x06secret" + choices(number, 60) for number in range(6)),
    b"\x06secret\x02\x04abc \x01\x04 def\x03xyz\x01\x00\x02ab\x00\x00\x02\x00\x04\x05\x00\x00\x00\x01\x00\x06",
    b"\x0c4111 1111 ab\x03\x05call \x01\x05 now\x80\x05card \x01\x00\x05word \x00\x00\x00\x04\x00\x05\x0b"
    b"\x00\x00\x00\x00\x01\x00\x06\x01\x00\x01\x00\x02\x00\x04\x02\x00",
    b"\x08Erika123\x01\x03Hi \x01\x02.\x00\x00\x03\x00\x01\x01\x01\x03\x00\x00\x01\x01\x07\x07\x07\x00",
    b"\x00\x00\x00",
)  # fmt: skip
WORDS: Final = (b"secret", b"Erika", b"4111 1111", b"<PERSON_aaaaaaaaaa>", b"\xff\xfe", b"\x80")

TARGET: Final = Target(check, SEEDS, WORDS, short=800)
