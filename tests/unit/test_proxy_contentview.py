from __future__ import annotations

from typing import Any

import pytest
from mitmproxy.contentviews import Metadata, registry

from hushgate.proxy.contentview import HushgateContentview, load
from hushgate.proxy.replay import make_flow

VIEW = HushgateContentview()
RECORD: dict[str, Any] = {
    "id": "x1", "session": "s1", "actor": "alice", "at": 10.0, "route": "openai", "host": "api.openai.com",
    "path": "/v1", "method": "POST", "model": "gpt-x", "gate": "allow", "level": "confidential",
    "reasons": [{"rule": "mask-confidential", "says": "confidential values are masked"}],
    "findings": [
        {"direction": "request", "entity": "EMAIL_ADDRESS", "level": "confidential", "rule": "email",
         "where": "body:/a", "verdict": "mask"},
        {"direction": "reply", "entity": "US_SSN", "level": "regulated", "rule": "ssn", "where": "frame:/b",
         "verdict": "mask"},
    ],
    "coverage": {"scanned": 3, "opaque": 1, "unread": [{"where": "body:/c", "reason": "an image", "size": 9}]},
    "faults": [], "warnings": ["slow"], "enforced": True, "revision": "r1", "outcome": "answered", "status": 200,
    "forwarded_at": 10.1,
    "reply": {"closed_at": 11.0, "seconds": 0.5, "stream": True, "bytes": 80, "level": "regulated",
              "coverage": {"scanned": 1, "opaque": 0, "unread": []}},
}  # fmt: skip


def shown(record: dict[str, Any], *, reply: bool, data: bytes = b'{"a":1}') -> str:
    one = make_flow(record, None, None)
    return VIEW.prettify(data, Metadata(flow=one, http_message=one.response if reply else one.request))


def test_it_is_chosen_for_our_flows_only() -> None:
    ours = make_flow(RECORD, None, None)
    assert VIEW.render_priority(b"{}", Metadata(flow=ours)) > 10
    ours.metadata.clear()
    assert VIEW.render_priority(b"{}", Metadata(flow=ours)) < 0
    assert VIEW.render_priority(b"{}", Metadata()) < 0
    with pytest.raises(ValueError, match="no record"):
        VIEW.prettify(b"{}", Metadata(flow=ours))


def test_the_request_shows_decision_reasons_findings_coverage_and_body() -> None:
    assert shown(RECORD, reply=False) == (
        "decision: allow\n"
        "level: confidential\n"
        "reasons:\n"
        "  - mask-confidential: confidential values are masked\n"
        "findings:\n"
        "  - EMAIL_ADDRESS  confidential, mask, by email, at body:/a\n"
        "coverage: 3 texts read, 1 structural\n"
        "unread:\n"
        "  - body:/c: an image (9 bytes)\n"
        "warnings:\n"
        "  - slow\n"
        "exchange: x1\n"
        "session: s1\n"
        "actor: alice\n"
        "at: 1970-01-01T00:00:10.000+00:00\n"
        "to: openai (gpt-x)\n"
        "policy: r1\n"
        "---\n"
        '{\n  "a": 1\n}\n'
    )


def test_the_reply_shows_its_own() -> None:
    text = shown(RECORD, reply=True, data=b"data: [DONE]\n\n")
    assert text.startswith("outcome: answered\nlevel: regulated\nfindings:\n  - US_SSN  regulated")
    assert "EMAIL_ADDRESS" not in text
    assert "stream: true" in text
    assert text.endswith("---\ndata: [DONE]\n\n\n")


def test_a_refusal_shows_why() -> None:
    text = shown(RECORD | {"gate": "block", "reply": None, "outcome": "refused", "enforced": False}, reply=True)
    assert "outcome: refused\ndecision: block\nreasons:\n  - mask-confidential" in text


def test_observing_only_is_said() -> None:
    assert "(observed only)" in shown(RECORD | {"enforced": False, "findings": []}, reply=False)
    assert "findings: none" in shown(RECORD | {"findings": []}, reply=False)


def test_its_name_and_colours() -> None:
    assert (VIEW.name, VIEW.syntax_highlight) == ("hushgate", "yaml")


def test_as_a_script_it_makes_itself_known() -> None:
    load(None)
    assert isinstance(registry["hushgate"], HushgateContentview)
