"""A recorded session as mitmproxy flows: masked, or, where no text was kept, its shape.

Of a transcript (see `hushgate.transcripts`) these are read: `body`, a masked
JSON document; or `text`, a masked body that is not JSON; or `frames`, the
data of a stream's events, each a string, a JSON document, or `{"event": name,
"data": either}`; or `segments`, the rows of a structure. Any may be null.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final, Protocol

from mitmproxy import exceptions, flow, http, io
from mitmproxy.connection import Client, Server

from hushgate.errors import StateError
from hushgate.framing.registry import open_framing
from hushgate.proxy.contentview import RECORD
from hushgate.proxy.player import Player, Recorded
from hushgate.wire.document import dump_json

SWITCHED: Final = 101
PLAYABLE: Final = "hushgate.playable"
"""In a flow's metadata: both bodies are the masked ones, not only their shape."""

_FLOW_IDS: Final = uuid.UUID("6b0a5a0e-8f0c-5d1e-9c53-2f3c1d7a9b10")
_MARKS: Final = {"block": ":no_entry_sign:", "hold": ":raised_hand:"}
_MASKED_MARK: Final = ":mask:"
_EVENT_STREAM: Final = "text/event-stream"


class Record(Protocol):
    """What is read of the ledger."""

    def exchanges(self, session: str | None = None) -> list[dict[str, Any]]: ...

    def exchange(self, exchange: str) -> dict[str, Any] | None: ...

    def transcripts(self, session: str, key: bytes, *, actor: str | None = None) -> Iterator[tuple[str, str, Any]]: ...


def write_flows(session: str, record: Record, key: bytes, out: BinaryIO, *, actor: str | None = None) -> int:
    """Write a session's flows to `out`; how many. StateError for a session that is not on record."""
    writer: Any = io.FlowWriter(out)
    count = 0
    for one in flows(session, record, key, actor=actor):
        writer.add(one)
        count += 1
    if not count:
        raise StateError(f"there is no session {session!r} on record", hint="hushgate sessions")
    return count


def flows(session: str, record: Record, key: bytes, *, actor: str | None = None) -> Iterator[http.HTTPFlow]:
    """A session's exchanges as flows, in order. `key` is the transcripts key."""
    kept: dict[tuple[str, str], dict[str, Any]] = {}
    for exchange, direction, transcript in record.transcripts(session, key, actor=actor):
        if isinstance(transcript, dict):
            kept[exchange, direction] = transcript
    for short in record.exchanges(session):
        shown = record.exchange(short["id"])
        if shown is not None and actor in (None, shown["actor"]):
            yield make_flow(shown, kept.get((shown["id"], "request")), kept.get((shown["id"], "reply")))


def make_flow(
    shown: Mapping[str, Any], request: Mapping[str, Any] | None, reply: Mapping[str, Any] | None
) -> http.HTTPFlow:
    """One exchange, as `hushgate show ID --json` gives it, with what its transcripts hold."""
    host = shown.get("host") or "unknown.invalid"
    at = float(shown["at"])
    one = http.HTTPFlow(
        Client(peername=("127.0.0.1", 0), sockname=("127.0.0.1", 0), timestamp_start=at),
        Server(address=(host, 443)),
    )
    one.id = str(uuid.uuid5(_FLOW_IDS, shown["id"]))
    one.timestamp_created = at
    one.request = _request(shown, host, request)
    one.response = _response(shown, reply)
    one.comment = _comment(shown)
    masked = _enforced(shown) and any(f["verdict"] == "mask" for f in shown["findings"])
    one.marked = _MARKS.get(shown["gate"], "") or (_MASKED_MARK if masked else "")
    if _stopped(shown):
        one.error = flow.Error(one.comment, at)
    elif one.response is None:
        one.error = flow.Error("no reply is on record", at)
    one.metadata[RECORD] = json.loads(json.dumps(shown))
    # A WebSocket's messages are shown one by one, and never played: `--serve` refuses the upgrade.
    one.metadata[PLAYABLE] = bool(_masked(request) and _masked(reply)) and shown.get("status") != SWITCHED
    return one


def read_player(source: BinaryIO) -> Player:
    """A player of the flows in a file; StateError if it is none or holds nothing that can be played."""
    try:
        return Player(recorded(io.FlowReader(source).stream()))
    except exceptions.FlowReadException:
        raise StateError("this is no file of flows", hint="write one with hushgate replay SESSION --out FILE") from None


def recorded(found: Iterable[flow.Flow]) -> Iterator[Recorded]:
    """Those exchanges among the flows that can be played."""
    for one in found:
        if isinstance(one, http.HTTPFlow) and one.metadata.get(PLAYABLE) and one.response is not None:
            yield Recorded(
                one.request.method,
                one.request.path.partition("?")[0],
                one.request.raw_content or b"",
                one.response.status_code,
                one.response.headers.get("content-type", ""),
                one.response.raw_content or b"",
            )


def _request(shown: Mapping[str, Any], host: str, transcript: Mapping[str, Any] | None) -> http.Request:
    path = str(shown.get("path") or "/")
    body, content_type = _body(transcript, "application/json")
    request = http.Request.make(
        shown.get("method") or "POST",
        f"https://{host}/",
        body,
        [(b"content-type", content_type.encode()), (b"x-hushgate-decision", str(shown["id"]).encode())],
    )
    # As recorded: a path that held something to mask is `~`.
    request.path = path if path.startswith("/") else f"/{path}"
    request.timestamp_start = request.timestamp_end = float(shown["at"])
    return request


def _response(shown: Mapping[str, Any], transcript: Mapping[str, Any] | None) -> http.Response | None:
    reply = shown.get("reply")
    decision = {"x-hushgate-decision": shown["id"]}
    at = float(shown.get("forwarded_at") or shown["at"])
    if _stopped(shown):
        refused = {"error": {"code": shown["gate"], "message": _comment(shown)}}
        response = http.Response.make(
            int(shown.get("status") or 400), dump_json(refused), decision | {"content-type": "application/json"}
        )
    elif reply is None:
        return None
    else:
        body, content_type = _body(transcript, _EVENT_STREAM if reply["stream"] else "application/json")
        response = http.Response.make(int(shown.get("status") or 502), body, decision | {"content-type": content_type})
        at = float(reply["closed_at"])
    response.timestamp_start = max(float(shown["at"]), at - float((reply or {}).get("seconds") or 0))
    response.timestamp_end = at
    return response


def _enforced(shown: Mapping[str, Any]) -> bool:
    return bool(shown.get("enforced", True))


def _stopped(shown: Mapping[str, Any]) -> bool:
    """Whether nothing was forwarded."""
    return shown.get("outcome") == "refused" or (shown["gate"] != "allow" and _enforced(shown))


def _comment(shown: Mapping[str, Any]) -> str:
    """One line: the gate, the level, what was masked (or found, where nothing left), and the rules that said so."""
    left = shown["gate"] == "allow" and _enforced(shown)
    found: dict[str, int] = {}
    for finding in shown["findings"]:
        if finding["verdict"] == "mask" or not left:
            found[finding["entity"]] = found.get(finding["entity"], 0) + 1
    parts = [f"{shown['gate']}, {shown['level']}"]
    if found:
        named = ", ".join(f"{name} x{n}" if n > 1 else name for name, n in found.items())
        parts.append(f"{'masked' if left else 'found'} {named}")
    if rules := list(dict.fromkeys(reason["rule"] for reason in shown["reasons"])):
        parts.append("by " + ", ".join(rules))
    if not _enforced(shown):
        parts.append("observed only")
    return "; ".join(parts)


def _masked(transcript: Mapping[str, Any] | None) -> bool:
    return transcript is not None and any(transcript.get(part) is not None for part in ("body", "text", "frames"))


def _body(transcript: Mapping[str, Any] | None, usual: str) -> tuple[bytes, str]:
    """A body and its content type."""
    if transcript is None:
        return dump_json({"hushgate": "no transcript was kept"}), "application/json"
    content_type = str(transcript.get("content_type") or usual)
    if (frames := transcript.get("frames")) is not None:
        framing = str(transcript.get("framing") or "sse")
        return _stream(frames, framing), content_type
    if (body := transcript.get("body")) is not None:
        return dump_json(body), content_type
    if (text := transcript.get("text")) is not None:
        return str(text).encode("utf-8", "surrogatepass"), content_type
    if (rows := transcript.get("segments")) is not None:
        return dump_json(shape(rows)), "application/json"
    return dump_json({"hushgate": str(transcript.get("left_out") or "nothing was kept")}), "application/json"


def _stream(frames: Iterable[object], framing: str) -> bytes:
    if framing == "sse":
        return b"".join(map(_event, frames))
    if framing == "messages":
        return b"".join(str(frame).encode("utf-8", "surrogatepass") + b"\n" for frame in frames)
    if framing == "json-array":
        return b"[" + b",\r\n".join(str(frame).encode("utf-8", "surrogatepass") for frame in frames) + b"]"
    out = open_framing(framing)
    return b"".join(out.frame(str(frame)) for frame in frames)


def _event(frame: object) -> bytes:
    head = ""
    if isinstance(frame, dict) and frame.keys() == {"event", "data"}:
        head, frame = f"event: {frame['event']}\n", frame["data"]
    said = frame if isinstance(frame, str) else dump_json(frame).decode()
    return (head + "".join(f"data: {line}\n" for line in said.split("\n")) + "\n").encode("utf-8", "surrogatepass")


# Shapes --------------------------------------------------------------------------------------------------------------


def shape(segments: Iterable[Mapping[str, Any]]) -> object:
    """The document that segments were read from, with what is known of each text in its place."""
    rows = list(segments)
    root: dict[str, Any] = {}
    for row in rows:
        area, _, pointer = str(row["where"]).partition(":")
        steps = [step for step in pointer.split("/")[1:] if step]
        if "~" in pointer or "#" in pointer or not _put(root, [area, *steps], _known(row)):
            return {"hushgate": "structure only", "segments": rows}  # No one document has this shape.
    body = _lists(root)
    return body["body"] if isinstance(body, dict) and body.keys() == {"body"} else body


def _known(row: Mapping[str, Any]) -> str:
    tokens = " ".join(row.get("placeholders") or ())
    entities = ", ".join(row.get("entities") or ())
    found = f" {tokens}" if tokens else f" ({entities})" if entities else ""
    return f"{row['length']} characters of {row['kind']}{found}"


def _put(root: dict[str, Any], steps: list[str], leaf: str) -> bool:
    node: Any = root
    for step in steps[:-1]:
        node = node.setdefault(step, {})
        if not isinstance(node, dict):
            return False
    return node.setdefault(steps[-1], leaf) is leaf


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    fresh = {key: _lists(value) for key, value in node.items()}
    if fresh and all(key.isdigit() for key in fresh):
        return [fresh[key] for key in sorted(fresh, key=int)]
    return fresh
