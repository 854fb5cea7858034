"""No masked value is left, and a restored text is the one that was masked."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from hushgate.transform.mask import Clash, mask
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.restore import Restorer
from hushgate.values import Direction, Finding, Kind, Level, Location, Role, Segment, Verdict

MAKE = Placeholders(b"k" * 32)
shared = st.sampled_from(["", "jane77", "ab1@ab1@", "1111 é"])
texts = st.lists(
    st.builds(lambda *parts: "".join(parts) or "a", *[st.text(alphabet="ab1@ é", max_size=20) | shared] * 4),
    min_size=1,
    max_size=4,
)


@given(texts, st.data())
def test_masking(contents: list[str], data: st.DataObject) -> None:
    segments = [
        Segment(Location(path=("m", n)), Direction.REQUEST, Role.USER, Kind.TEXT, text)
        for n, text in enumerate(contents)
    ]
    verdicts = []
    for _ in range(data.draw(st.integers(1, 5))):
        one = data.draw(st.sampled_from(segments))
        start = data.draw(st.integers(0, len(one.text) - 1))
        end = data.draw(st.integers(start + 1, len(one.text)))
        entity = data.draw(st.sampled_from(["PERSON", "US_SSN"]))
        found = Finding(one.location, start, end, entity, "pii", Level.CONFIDENTIAL, 1.0, "r", "", "00")
        verdicts.append(Verdict(found, True, "placeholder", True, ()))
    try:
        masked = mask(segments, verdicts, placeholders=MAKE, scope="a")
    except Clash:
        assume(False)

    again = mask(segments, verdicts[::-1], placeholders=MAKE, scope="a")
    assert again.edits == masked.edits
    back = Restorer({p.token: p.original for p in masked.placeholders})
    for segment in segments:
        edited = masked.edits.get(segment.location, segment.text)
        assert back.whole(edited) == segment.text
        for verdict in verdicts:
            source = next(one.text for one in segments if one.location == verdict.finding.location)
            value = source[verdict.finding.start : verdict.finding.end]
            assert len(value) < 6 or value.isalpha() or value not in edited
