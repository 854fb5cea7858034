"""Every reason that a reader gives has a kind; what is not known is `other`."""

from __future__ import annotations

from typing import Any

import pytest

from hushgate import filetypes
from hushgate.policy.unread import KINDS, OTHER, gates, kind_of, told
from hushgate.values import Area, Direction, Embedded, Gate, Location, Unread

BODY = Location(Area.BODY, None, ("a",))
INSIDE = Location(Area.BODY, 0, ("a", Embedded.DOCUMENT, 3))
LINES = Location(Area.BODY, 0, ("a", Embedded.TEXT, 0, "image_url"))


def unread(reason: str, at: Location = BODY) -> Unread:
    return Unread(at, reason, 1)


@pytest.mark.parametrize(
    ("reason", "at", "kind"),
    [
        ("image", BODY, "image"),
        ("audio", Location(Area.FRAME), "audio"),
        ("video", BODY, "video"),
        ("file", BODY, "file"),
        ("unknown binary", BODY, "file"),
        ("tokens", BODY, "tokens"),
        ("token ids", BODY, "tokens"),
        ("image/png", BODY, "image"),
        ("audio/mpeg", BODY, "audio"),
        ("application/octet-stream", BODY, "file"),
        ("model/gltf", BODY, "other"),
        ("unknown content type", BODY, "other"),
        ("binary message", Location(Area.FRAME), "other"),
        ("read again: ValueError", Location(Area.FRAME), "other"),
        ("its content, media type and filename do not say the same", BODY, "other"),
        ("it is not base64 with one reading", BODY, "other"),
        ("image, or so/it says", BODY, "other"),
        ("image", INSIDE, "image"),
        ("it is encrypted", INSIDE, "file"),
        ("PDF: it is broken", INSIDE, "file"),
        ("image", LINES, "image"),
        ("token ids", LINES, "tokens"),
        ("image", Location(Area.HEADER, None, (0, "x-note")), "other"),
        ("image", Location(Area.QUERY, None, ("q",)), "other"),
    ],
)
def test_kinds(reason: str, at: Location, kind: str) -> None:
    assert kind_of(unread(reason, at)) == kind


def test_every_type_of_file_has_a_kind_of_its_own() -> None:
    words = filetypes.DOCUMENTS | {filetypes.IMAGE, filetypes.AUDIO, filetypes.VIDEO, filetypes.BINARY}
    assert OTHER not in {kind_of(unread(word)) for word in words}


MEDIA = {"image", "audio", "video"}
ALL = set(KINDS)


@pytest.mark.parametrize(
    ("written", "sent", "told"),
    [
        (None, set(), MEDIA),
        ("allow", ALL, ALL),
        ("block", set(), set()),
        ({"image": "allow"}, {"image"}, MEDIA),
        ({"file": "allow"}, {"file"}, MEDIA | {"file"}),
        ({"image": "block"}, set(), MEDIA - {"image"}),
        ({"image": "allow", "other": "block"}, {"image"}, {"image"}),
        ({"image": "allow", "other": "hold"}, {"image"}, {"image"}),
        ({"audio": "block", "other": "allow"}, ALL - {"audio"}, ALL - {"audio"}),
        ({"request": "allow"}, ALL, MEDIA),
        ({"reply": "block"}, set(), set()),
        ({"reply": {"tokens": "allow"}}, set(), MEDIA | {"tokens"}),
        ({"request": {"image": "allow"}, "reply": "allow"}, {"image"}, ALL),
    ],
)
def test_gates(written: Any, sent: set[str], told: set[str]) -> None:
    made = gates(written)
    for way, allowed in ((Direction.REQUEST, sent), (Direction.REPLY, told)):
        assert set(made[way]) == ALL
        assert {kind for kind, gate in made[way].items() if gate is Gate.ALLOW} == allowed


def test_a_hold_is_a_hold() -> None:
    held = gates({"image": "allow", "other": "hold"})[Direction.REQUEST]
    assert {kind for kind, gate in held.items() if gate is Gate.HOLD} == ALL - {"image"}


def test_one_sentence_for_all_of_one_reason_and_kind() -> None:
    header = Location(Area.HEADER, None, (0, "x"))
    assert told([unread("image"), unread("audio"), unread("image"), unread("image", header)]) == {
        "body:/a and 1 more could not be read: image": "image",
        "body:/a could not be read: audio": "audio",
        "header:/0/x could not be read: image": "other",
    }
