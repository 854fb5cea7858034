from __future__ import annotations

import io as memory
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import io
from mitmproxy.http import HTTPFlow

from hushgate.errors import LedgerError, StateError
from hushgate.ledger.query import Reader
from hushgate.proxy.replay import PLAYABLE, flows, make_flow, read_player, shape, write_flows
from tests.ledger_cases import TRANSCRIPT_KEY, closed, found, opened, start

TOKEN = "<EMAIL_ADDRESS_k7f2qd3mxa>"
ASKED = {"model": "gpt-x", "messages": [{"role": "user", "content": f"write to {TOKEN}"}]}
SAID = {"choices": [{"index": 0, "message": {"content": f"Dear {TOKEN}"}}]}


def dump(**transcript: object) -> bytes:
    return json.dumps({"mode": "masked", "body": None, "text": None, "frames": None} | transcript).encode()


async def session(folder: Path, *, mode: str = "masked") -> Reader:
    ledger = start(folder, transcripts=mode)
    rows = [
        {"where": "body:/messages/0/content", "role": "user", "kind": "text", "length": 27, "placeholders": [TOKEN]}
    ]
    if mode == "masked":
        asked = dump(direction="request", content_type="application/json", body=ASKED)
        replied = dump(direction="reply", status=200, content_type="application/json", body=SAID)
        frames = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in (TOKEN[:9], TOKEN[9:])]
        frames[1:] = [json.dumps(frames[1])]
        streamed = dump(direction="reply", status=200, content_type="text/event-stream", frames=[*frames, "[DONE]"])
    else:
        asked = dump(direction="request", segments=rows)
        replied = streamed = dump(direction="reply", segments=[])
    await ledger.append("opened", opened("x1", at=10.0), asked)
    await ledger.append("closed", closed("x1", at=11.0, stream=False), replied)
    await ledger.append("opened", opened("x2", at=20.0, path="/v1/other"), asked)
    await ledger.append("closed", closed("x2", at=21.0), streamed)
    reasons = [{"rule": "keys-stay-home", "says": "private keys do not leave"}]
    kept = [found("PRIVATE_KEY", verdict="keep")]
    await ledger.append(
        "opened", opened("x3", at=30.0, gate="block", level="regulated", reasons=reasons, findings=kept)
    )
    await ledger.append("refused", {"exchange": "x3", "status": 400})
    await ledger.append("opened", opened("x4", at=40.0, findings=[], reasons=[], actor="bob", path="~"))
    ledger.close()
    return Reader(folder / "ledger.db")


@pytest.fixture
async def record(tmp_path: Path) -> Any:
    with await session(tmp_path) as reader:
        yield reader


def saved(record: Reader, **more: Any) -> list[HTTPFlow]:
    out = memory.BytesIO()
    count = write_flows("s1", record, TRANSCRIPT_KEY, out, **more)
    out.seek(0)
    read = [one for one in io.FlowReader(out).stream() if isinstance(one, HTTPFlow)]
    assert len(read) == count
    return read


async def test_a_session_survives_the_file(record: Reader) -> None:
    first, second, third, fourth = saved(record)
    assert first.request.pretty_url == "https://api.openai.com/v1/chat/completions"
    assert json.loads(first.request.content or b"") == ASKED
    assert first.response is not None
    assert json.loads(first.response.content or b"") == SAID
    assert first.comment == "allow, confidential; masked EMAIL_ADDRESS; by mask-confidential"
    assert first.marked == ":mask:"
    assert first.metadata["hushgate"] == record.exchange("x1")
    assert first.request.headers["x-hushgate-decision"] == "x1"
    assert first.timestamp_created == 10.0

    assert second.response is not None
    events = (second.response.content or b"").decode().split("\n\n")
    assert events[2:] == ["data: [DONE]", ""]
    assert second.response.headers["content-type"] == "text/event-stream"

    assert third.error is not None
    assert third.error.msg == "block, regulated; found PRIVATE_KEY; by keys-stay-home"
    assert third.marked == ":no_entry_sign:"
    assert third.response is not None
    assert third.response.status_code == 400

    assert fourth.error is not None
    assert fourth.error.msg == "no reply is on record"
    assert fourth.response is None
    assert fourth.marked == ""
    assert fourth.request.path == "/~"


async def test_ids_are_stable_and_fit_for_mitmweb(record: Reader) -> None:
    ids = [one.id for one in saved(record)]
    assert ids == [one.id for one in saved(record)]
    assert len(set(ids)) == 4
    assert all(set(one) <= set("0123456789abcdef-") for one in ids)


async def test_one_actor_of_a_session(record: Reader) -> None:
    assert [one.metadata["hushgate"]["actor"] for one in saved(record, actor="bob")] == ["bob"]


async def test_a_session_that_is_not_on_record(record: Reader) -> None:
    with pytest.raises(StateError, match="no session"):
        write_flows("nope", record, TRANSCRIPT_KEY, memory.BytesIO())


async def test_the_wrong_key_is_an_error_and_not_an_empty_session(record: Reader) -> None:
    with pytest.raises(LedgerError):
        list(flows("s1", record, bytes(32)))


async def test_a_structure_shows_shape_and_placeholders_and_cannot_be_played(tmp_path: Path) -> None:
    with await session(tmp_path, mode="structure") as record:
        first, *_ = saved(record)
        assert json.loads(first.request.content or b"") == {"messages": [{"content": f"27 characters of text {TOKEN}"}]}
        out = memory.BytesIO()
        write_flows("s1", record, TRANSCRIPT_KEY, out)
        out.seek(0)
        with pytest.raises(StateError, match="can be played"):
            read_player(out)


async def test_a_file_of_flows_can_be_played_elsewhere(record: Reader) -> None:
    out = memory.BytesIO()
    write_flows("s1", record, TRANSCRIPT_KEY, out)
    out.seek(0)
    player = read_player(out)
    assert len(player) == 2
    other = TOKEN.replace("k7f2qd3mxa", "zzzzzzzzzz")
    asked = json.dumps(ASKED).replace(TOKEN, other).encode()
    played = player.reply_for(asked, method="POST", path="/v1/chat/completions")
    assert played is not None
    assert json.loads(played.body) == json.loads(json.dumps(SAID).replace(TOKEN, other))
    streamed = player.reply_for(asked, method="POST", path="/v1/other")
    assert streamed is not None
    pieces = [json.loads(line[6:]) for line in streamed.body.decode().split("\n\n")[:2]]
    assert "".join(p["choices"][0]["delta"]["content"] for p in pieces) == other


@pytest.mark.parametrize("content", [b"", b"not a file of flows", b"\x00" * 64])
def test_what_is_no_file_of_flows(content: bytes) -> None:
    with pytest.raises(StateError):
        read_player(memory.BytesIO(content))


def test_a_reply_without_a_transcript_says_so() -> None:
    shown = {
        "id": "x", "gate": "allow", "level": "public", "findings": [], "reasons": [], "at": 1.0, "host": None,
        "path": None, "method": None, "status": None, "outcome": "answered", "forwarded_at": 1.5,
        "reply": {"stream": False, "closed_at": 2.0, "seconds": 0.5},
    }  # fmt: skip
    one = make_flow(shown, None, {"text": "plain", "content_type": "text/plain"})
    assert b"no transcript" in (one.request.content or b"")
    assert one.response is not None
    assert one.response.content == b"plain"
    assert one.response.headers["content-type"] == "text/plain"
    assert one.metadata["hushgate.playable"] is False
    left_out = make_flow(shown, {"body": None, "text": None, "frames": None, "left_out": "it cannot be masked"}, None)
    assert b"it cannot be masked" in (left_out.request.content or b"")


def test_what_was_only_observed_was_forwarded_as_it_was() -> None:
    shown = {
        "id": "x", "gate": "block", "level": "regulated", "enforced": False, "findings": [found()], "reasons": [],
        "at": 1.0, "status": 200, "outcome": "answered",
        "reply": {"stream": False, "closed_at": 2.0, "seconds": 0.5},
    }  # fmt: skip
    one = make_flow(shown, None, None)
    assert one.comment == "block, regulated; found EMAIL_ADDRESS; observed only"
    assert one.error is None
    assert one.response is not None
    assert one.response.status_code == 200


def rows(*places: str) -> Iterator[dict[str, Any]]:
    return ({"where": place, "kind": "text", "length": 3} for place in places)


TEXT = "3 characters of text"


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (("body:/a/0/b", "body:/a/1"), {"a": [{"b": TEXT}, TEXT]}),
        (("body:/a/(json)/to",), {"a": {"(json)": {"to": TEXT}}}),
        (("body:/a", "header:/x"), {"body": {"a": TEXT}, "header": {"x": TEXT}}),
        (("body:/",), TEXT),
        ((), {}),
    ],
)
def test_shapes(places: tuple[str, ...], expected: object) -> None:
    assert shape(rows(*places)) == expected


@pytest.mark.parametrize("places", [("body:/~/b",), ("body:/a#key",), ("body:/a", "body:/a/b"), ("body:/a", "body:/a")])
def test_a_shape_that_is_no_document_stays_a_list(places: tuple[str, ...]) -> None:
    shown = shape(rows(*places))
    assert isinstance(shown, dict)
    assert [row["where"] for row in shown["segments"]] == list(places)


async def test_a_websockets_message_is_shown_and_not_played(tmp_path: Path) -> None:
    ledger = start(tmp_path, transcripts="masked")
    asked = dump(direction="request", content_type="application/json", body=ASKED)
    frames = ['{"type": "response.created"}', '{"type": "response.completed"}']
    replied = dump(direction="reply", status=101, framing="messages", frames=frames)
    await ledger.append("opened", opened("x1", at=10.0, method="MESSAGE"), asked)
    await ledger.append("closed", closed("x1", at=11.0, status=101), replied)
    ledger.close()
    with Reader(tmp_path / "ledger.db") as reader:
        (flow,) = flows("s1", reader, TRANSCRIPT_KEY)
    assert flow.request.method == "MESSAGE"
    assert flow.response is not None
    assert (flow.response.text or "").splitlines() == frames
    assert not flow.metadata[PLAYABLE]
