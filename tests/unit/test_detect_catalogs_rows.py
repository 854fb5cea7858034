"""Rows that are read leaf by leaf: what stands beside a leaf tells its column."""

from __future__ import annotations

import json

import pytest

from hushgate.detect.catalogs.columns import Column
from hushgate.detect.catalogs.rows import row_hits
from hushgate.detect.catalogs.source import Columns
from hushgate.detect.engine import Engine
from hushgate.values import Level
from hushgate.wire.edit import apply
from hushgate.wire.registry import dialect
from tests.detect_cases import FINGERPRINT, rule

CATALOG = Columns(
    [
        Column("crm.customers", name, Level.CONFIDENTIAL, "pii", "PERSONAL_DATA", "dbt")
        for name in ("name", "segment_code", "role", "content")
    ],
    FINGERPRINT,
)
ROWS = [{"name": "quince tree", "segmentCode": ["x 9", "y"], "town": "Lodi"}, {"name": "medlar", "town": "Lodi"}]
NUMBER = rule("number", "NUMBER", "[0-9]+")
BODY = {
    "model": "x",
    "messages": [
        {"role": "user", "name": "ann", "content": json.dumps(ROWS)},
        {
            "role": "assistant",
            "tool_calls": [
                {
                    "id": "c",
                    "type": "function",
                    "function": {"name": "f", "arguments": json.dumps({"name": "damson", "segment_code": None})},
                }
            ],
        },
    ],
}
SEGMENTS = dialect("openai-chat").read_request(BODY).segments


def test_the_values_of_rows() -> None:
    found = row_hits(SEGMENTS, [CATALOG])
    told = {SEGMENTS[n].text: [hit.origin and hit.origin.column for hit in hits] for n, hits in found.items()}
    assert told == {"quince tree": ["name"], "x 9": ["segment_code"], "y": ["segment_code"], "damson": ["name"]}


@pytest.mark.parametrize(
    "document",
    [
        {"columns": ["town", "segment_code"], "data": [["Lodi", "x 9"], ["Bari", "y"]]},
        [["town", "segment_code"], ["Lodi", "x 9"], ["Bari", "y"]],
        {"cols": [{"name": "town"}, {"name": "segment_code"}], "rows": [["Lodi", "x 9"], ["Bari", "y"]]},
        {
            "fields": [{"name": "town"}, {"name": "segment_code"}],
            "rows": [{"f": [{"v": "Lodi"}, {"v": "x 9"}]}, {"f": [{"v": "Bari"}, {"v": "y"}]}],
        },
    ],
)  # fmt: skip
def test_lists_below_a_list_of_names(document: object) -> None:
    body = {"model": "x", "messages": [{"role": "user", "content": json.dumps(document)}]}
    segments = dialect("openai-chat").read_request(body).segments
    assert [segments[n].text for n in row_hits(segments, [CATALOG])] == ["x 9", "y"]


async def test_whatever_was_known_of_the_text_before() -> None:
    """The verdict on a text is kept by its own key; what stands beside it is looked at each time."""
    engine = Engine([], fingerprint_key=b"f" * 32, cache_key=b"c" * 32, catalog=[CATALOG])
    alone = {"model": "x", "messages": [{"role": "user", "content": json.dumps({"name": "quince tree"})}]}
    scan = await engine.scan(dialect("openai-chat").read_request(alone).segments, scope="ann")
    assert scan.findings == ()
    scan = await engine.scan(SEGMENTS, scope="ann")
    assert len(scan.findings) == 4
    assert {str(finding.location) for finding in scan.findings} >= {"body:/messages/0/content/(json)/0/name"}


def test_nothing_without_a_source() -> None:
    assert row_hits(SEGMENTS, []) == {}


async def test_short_numbers_are_known_by_their_column_alone() -> None:
    """Patterns do not look at them: none is a password, or a year of birth."""
    arguments = {"segment_code": 17171, "limit": 20, "of": [{"segmentCode": 4.5}, {"segmentCode": True}]}
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": json.dumps(arguments)}}
    body = {"model": "x", "messages": [{"role": "assistant", "tool_calls": [call]}], "max_tokens": 17171}
    segments = dialect("openai-chat").read_request(body).segments
    engine = Engine([NUMBER], fingerprint_key=b"f" * 32, cache_key=b"c" * 32, catalog=[CATALOG])
    scan = await engine.scan(segments, scope="ann")
    found = {str(finding.location).partition("(json)")[2] for finding in scan.findings}
    assert found == {"/segment_code", "/of/0/segmentCode"}
    edited = apply(body, {finding.location: "<PERSONAL_DATA_0>" for finding in scan.findings})
    written = json.loads(json.dumps(edited))["messages"][0]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(written) == {
        "segment_code": "<PERSONAL_DATA_0>",
        "limit": 20,
        "of": [{"segmentCode": "<PERSONAL_DATA_0>"}, {"segmentCode": True}],
    }
