"""The tools that an OpenAI Responses request offers."""

from __future__ import annotations

import pytest

from hushgate.values import Kind
from hushgate.wire.responses_request import read_request
from tests.unit.wire_cases import below, unread

OPAQUE, TEXT, DEF = Kind.OPAQUE, Kind.TEXT, Kind.TOOL_DEF
SCHEMA = {"type": "object", "properties": {"to": {"type": "string", "description": "who"}}, "required": ["to"]}


@pytest.mark.parametrize(
    ("tool", "segments"),
    [
        ({"type": "function", "name": "mail", "description": "d", "parameters": SCHEMA, "strict": True},
         [(("name",), OPAQUE, "mail"), (("description",), DEF, "d"),
          (("parameters", "properties", "to", "#key"), OPAQUE, "to"),
          (("parameters", "properties", "to", "description"), DEF, "who"),
          (("parameters", "required", 0), OPAQUE, "to")]),
        ({"type": "custom", "name": "sql", "format": {"type": "grammar", "syntax": "lark", "definition": "start: x"}},
         [(("name",), OPAQUE, "sql"), (("format", "definition"), DEF, "start: x")]),
        ({"type": "mcp", "server_label": "crm", "server_url": "https://x.example/k", "server_description": "d",
          "authorization": "secret", "headers": {"X-Key": "other"}, "allowed_tools": ["find"],
          "require_approval": {"never": {"tool_names": ["find"]}}},
         [(("server_label",), OPAQUE, "crm"), (("server_url",), TEXT, "https://x.example/k"),
          (("server_description",), DEF, "d"), (("authorization",), OPAQUE, "secret"),
          (("headers", "X-Key", "#key"), OPAQUE, "X-Key"), (("headers", "X-Key"), OPAQUE, "other"),
          (("allowed_tools", 0), OPAQUE, "find"), (("require_approval", "never", "tool_names", 0), OPAQUE, "find")]),
        ({"type": "mcp", "headers": "odd"}, [(("headers",), OPAQUE, "odd")]),
        ({"type": "file_search", "vector_store_ids": ["vs_1"], "filters": {"type": "and", "filters": [
            {"type": "eq", "key": "who", "value": "ann"}]}, "ranking_options": {"score_threshold": 0.123456789}},
         [(("vector_store_ids", 0), OPAQUE, "vs_1"), (("filters", "filters", 0, "key"), OPAQUE, "who"),
          (("filters", "filters", 0, "value"), DEF, "ann")]),
        ({"type": "web_search", "filters": {"allowed_domains": ["x.example"]}, "search_context_size": "low",
          "user_location": {"type": "approximate", "city": "Bern"}},
         [(("filters", "allowed_domains", 0), DEF, "x.example"), (("user_location", "city"), TEXT, "Bern")]),
        ({"type": "code_interpreter", "container": "cntr_1"}, [(("container",), OPAQUE, "cntr_1")]),
        ({"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["f"], "network_policy": {
            "type": "allowlist", "allowed_domains": ["x.example"],
            "domain_secrets": [{"domain": "x.example", "name": "KEY", "value": "secret"}]}}},
         [(("container", "file_ids", 0), OPAQUE, "f"),
          (("container", "network_policy", "allowed_domains", 0), DEF, "x.example"),
          (("container", "network_policy", "domain_secrets", 0, "domain"), DEF, "x.example"),
          (("container", "network_policy", "domain_secrets", 0, "name"), OPAQUE, "KEY"),
          (("container", "network_policy", "domain_secrets", 0, "value"), OPAQUE, "secret")]),
        ({"type": "shell", "environment": {"type": "local", "skills": [
            {"name": "s", "description": "d", "path": "/p"}]}},
         [(("environment", "type"), OPAQUE, "local"), (("environment", "skills", 0, "name"), OPAQUE, "s"),
          (("environment", "skills", 0, "description"), DEF, "d"), (("environment", "skills", 0, "path"), DEF, "/p")]),
        ({"type": "namespace", "name": "crm", "description": "d", "tools": [
            {"type": "function", "name": "find", "description": "e"}]},
         [(("name",), OPAQUE, "crm"), (("description",), DEF, "d"), (("tools", 0, "name"), OPAQUE, "find"),
          (("tools", 0, "description"), DEF, "e")]),
        ({"type": "function", "function": {"name": "mail", "description": "d"}},
         [(("function", "name"), OPAQUE, "mail"), (("function", "description"), DEF, "d")]),
        ({"type": "alien", "alien": "ann"},
         [(("type",), OPAQUE, "alien"), (("alien", "#key"), DEF, "alien"), (("alien",), DEF, "ann")]),
        ("ann", [((), DEF, "ann")]),
    ],
)  # fmt: skip
def test_tools(tool: object, segments: list[tuple[object, ...]]) -> None:
    reading = read_request({"tools": [tool]})
    assert [(path, kind, text) for path, _, kind, text in below(("tools", 0), reading)] == segments
    assert reading.unread == ()


def test_an_inline_skill_is_a_file() -> None:
    source = {"type": "base64", "media_type": "application/zip", "data": "UEsDBA=="}
    skill = {"type": "inline", "name": "s", "description": "d", "source": source}
    reading = read_request({"tools": [{"type": "shell", "environment": {"skills": [skill]}}]})
    assert unread(reading) == [(("tools", 0, "environment", "skills", 0, "source", "data"), "file")]
    assert reading.attachments[0].media_type == "application/zip"
