"""Texts of channels are kept apart from what is whole in itself."""

from __future__ import annotations

from hushgate.values import Area, Kind, Location, Role
from hushgate.wire.base import Delta
from hushgate.wire.openai_frames import FrameWalk, Runs


def test_a_walk_gives_deltas_repeats_and_the_rest() -> None:
    found = Runs(ends=(("a",),), tools=[(("a", "arguments"), "mail")])
    found.told(("new",), ("a", "arguments"), again=False)
    found.told(("told", 0), ("b",), again=True)
    found.told(("empty",), ("c",), again=False)
    found.told(("gone",), ("d",), again=False)
    walk = FrameWalk(found, vocabulary=frozenset({"new", "told", "other", "empty"}), constants=frozenset())
    walk.value((), {"new": '{"x"', "told": ["y", "z"], "other": "o", "empty": ""}, Role.ASSISTANT, Kind.TOOL_ARGS)
    frame = walk.frame()
    at = Location(Area.FRAME, None, ("new",))
    assert frame.deltas == (Delta(("a", "arguments"), at, '{"x"', Role.ASSISTANT, Kind.TOOL_ARGS, True),)
    assert [(d.channel, d.text, d.json_string) for d in frame.repeats] == [(("b",), "y", False)]
    assert [segment.text for segment in frame.segments] == ["z", "o"]
    assert (frame.ends, frame.tools) == ((("a",),), ((("a", "arguments"), "mail"),))


def test_json_in_a_channel_is_not_opened() -> None:
    found = Runs()
    found.told((), ("a",), again=False)
    walk = FrameWalk(found, vocabulary=frozenset(), constants=frozenset())
    walk.value((), '{"a":"b"}', Role.ASSISTANT, Kind.TEXT)
    assert ([d.text for d in walk.frame().deltas], walk.segments) == (['{"a":"b"}'], ())
