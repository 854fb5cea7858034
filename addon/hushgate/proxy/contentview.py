"""How mitmproxy shows a recorded exchange: the decision, why, what was found, what was read, and the masked body.

Also a script of its own: `mitmweb --no-server -s contentview.py -r FILE.mitm`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from mitmproxy import contentviews, http
from mitmproxy.contentviews import Contentview, Metadata, SyntaxHighlight

RECORD: Final = "hushgate"
"""Where a flow's metadata holds the record, in the shape of `hushgate show ID --json`."""


class HushgateContentview(Contentview):
    """Chosen by itself for flows that carry a record."""

    @property
    def name(self) -> str:
        return "hushgate"

    @property
    def syntax_highlight(self) -> SyntaxHighlight:
        return "yaml"

    def render_priority(self, data: bytes, metadata: Metadata) -> float:
        return 100 if _record(metadata) is not None else -1

    def prettify(self, data: bytes, metadata: Metadata) -> str:
        record = _record(metadata)
        if record is None:
            raise ValueError("this flow carries no record of hushgate")
        reply = isinstance(metadata.http_message, http.Response)
        head = "\n".join(_reply_lines(record) if reply else _request_lines(record))
        return f"{head}\n---\n{_body(data)}\n"


def load(_: object) -> None:
    """mitmproxy's hook for scripts: make the view known."""
    contentviews.add(HushgateContentview())


def _record(metadata: Metadata) -> Mapping[str, Any] | None:
    record = metadata.flow.metadata.get(RECORD) if metadata.flow is not None else None
    return record if isinstance(record, Mapping) else None


def _request_lines(record: Mapping[str, Any]) -> Iterator[str]:
    yield f"decision: {record['gate']}"
    yield f"level: {record['level']}"
    yield from _listed("reasons", (f"{r['rule']}: {r['says']}" for r in record["reasons"]))
    yield from _findings(record, "request")
    yield from _coverage(record["coverage"])
    yield from _listed("faults", (f"{f['where']}: {f['reason']}" for f in record.get("faults") or ()), show_none=False)
    yield from _listed("warnings", record.get("warnings") or (), show_none=False)
    yield f"exchange: {record['id']}"
    yield f"session: {record['session']}"
    yield f"actor: {record['actor']}"
    yield f"at: {datetime.fromtimestamp(record['at'], UTC).isoformat(timespec='milliseconds')}"
    yield f"to: {record['route']}" + (f" ({record['model']})" if record.get("model") else "")
    yield f"policy: {record['revision']}" + ("" if record.get("enforced", True) else " (observed only)")


def _reply_lines(record: Mapping[str, Any]) -> Iterator[str]:
    yield f"outcome: {record['outcome'] or 'open'}"
    reply = record.get("reply")
    if reply is None:
        yield f"decision: {record['gate']}"
        yield from _listed("reasons", (f"{r['rule']}: {r['says']}" for r in record["reasons"]))
    else:
        if reply.get("level"):
            yield f"level: {reply['level']}"
        yield from _findings(record, "reply")
        yield from _coverage(reply["coverage"])
        yield f"bytes: {reply['bytes']}"
        yield f"seconds: {reply['seconds']}"
        yield f"stream: {str(reply['stream']).lower()}"
    yield f"exchange: {record['id']}"


def _findings(record: Mapping[str, Any], direction: str) -> Iterator[str]:
    found = [f for f in record["findings"] if f.get("direction", "request") == direction]
    width = max((len(f["entity"]) for f in found), default=0)
    yield from _listed(
        "findings",
        (f"{f['entity']:<{width}}  {f['level']}, {f['verdict']}, by {f['rule']}, at {f['where']}" for f in found),
    )


def _coverage(coverage: Mapping[str, Any]) -> Iterator[str]:
    yield f"coverage: {coverage['scanned'] or 0} texts read, {coverage['opaque'] or 0} structural"
    unread = coverage["unread"] or ()
    yield from _listed("unread", (f"{u['where']}: {u['reason']} ({u['size']} bytes)" for u in unread))


def _listed(name: str, items: Iterable[str], *, show_none: bool = True) -> Iterator[str]:
    lines = list(items)
    if lines:
        yield f"{name}:"
        yield from (f"  - {line}" for line in lines)
    elif show_none:
        yield f"{name}: none"


def _body(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
