"""Any other JSON: every leaf and every key."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from hushgate.values import Area, Direction, Kind, Role
from hushgate.wire.base import Dialect, Frame, Refusal
from hushgate.wire.generic import Generic
from tests.made_files import PNG

DIALECT: Dialect = Generic()


def test_reads_every_leaf_and_key() -> None:
    reading = DIALECT.read_request({"model": "m", "stream": True, "input": ["ann", 123456789], "on": False})
    assert [s.text for s in reading.segments] == ["model", "m", "stream", "input", "ann", "123456789", "on"]
    assert {(s.role, s.kind, s.direction) for s in reading.segments} == {(Role.NONE, Kind.TEXT, Direction.REQUEST)}
    assert (reading.model, reading.stream) == ("m", True)


@pytest.mark.parametrize("doc", [None, [], {"model": 1}])
def test_a_model_is_a_string(doc: object) -> None:
    assert DIALECT.read_request(doc).model is None
    assert DIALECT.read_reply(doc).model is None


def test_reads_replies_and_frames() -> None:
    reply = DIALECT.read_reply({"model": "m"})
    assert ([s.direction for s in reply.segments], reply.model) == ([Direction.REPLY] * 2, "m")
    frame = DIALECT.read_frame({"x": "ann", "y": f"data:image/png;base64,{b64encode(PNG).decode()}"})
    assert frame == Frame(segments=frame.segments, unread=frame.unread)
    assert [s.text for s in frame.segments] == ["x", "ann", "y"]
    assert {s.location.area for s in frame.segments} | {u.location.area for u in frame.unread} == {Area.FRAME}
    assert [u.reason for u in frame.unread] == ["image"]


def test_has_no_channels_and_no_echoes() -> None:
    doc = {"a": 1}
    assert DIALECT.drop_echoes(doc, []) is doc
    assert (DIALECT.name, DIALECT.sentinel) == ("generic", None)
    with pytest.raises(ValueError, match="no channels"):
        DIALECT.delta_frame({}, (), "x")


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        (400, "policy_violation", "PERMISSION_DENIED"),
        (400, "malformed_request", "INVALID_ARGUMENT"),
        (503, "overloaded", "UNAVAILABLE"),
    ],
)
def test_refuses_in_a_shape_that_nearly_all_show(status: int, code: str, word: str) -> None:
    refusal = Refusal(status, "policy_violation", code, "No.", "d-1")
    answer = DIALECT.refusal(refusal)
    assert answer.headers == (("content-type", "application/json"),)
    assert json.loads(answer.body) == DIALECT.refusal_frame(refusal)
    assert json.loads(answer.body) == {
        "type": "error",
        "error": {"message": "No.", "type": "policy_violation", "code": code, "param": None, "status": word},
        "message": "No.",
        "request_id": "d-1",
    }


def test_a_refusal_names_the_request_where_it_is_known() -> None:
    answer = DIALECT.refusal(Refusal(400, "t", "c", "m", "d-1", "r-1"))
    assert json.loads(answer.body)["request_id"] == "r-1"
