"""Files of users: detection rules, policies and their tests, endpoints, settings. They load, or every fault has a line.

What has loaded works, too: its rules scan a text, its policy decides, its hosts are found.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from hushgate.detect import rules as detect
from hushgate.detect.examples import check as check_examples
from hushgate.detect.patterns import Patterns
from hushgate.detect.stream import StreamScanner
from hushgate.endpoints import SCHEMA as ENDPOINTS
from hushgate.endpoints import load_endpoints
from hushgate.errors import ConfigError
from hushgate.policy.decide import decide
from hushgate.policy.rules import load_policy
from hushgate.policy.schema import SCHEMA as POLICY
from hushgate.policy.schema import TEST_SCHEMA
from hushgate.policy.testing import load_tests
from hushgate.settings import SCHEMA as SETTINGS
from hushgate.settings import load_settings
from hushgate.values import Actor, Exchange, Finding, Level, Location, Route, Scan
from hushgate.wire.registry import FORMATS
from tests.fuzz.by_schema import made
from tests.fuzz.draw import Draw, choices
from tests.fuzz.target import Target

TEXT: Final = "badge AB-123456 of ada@acme.example,\nsaid twice: 4111 1111 1111 1111; ab  c\td \ue000 é"
WORDS: Final = (
    "acme-badge", "ACME_BADGE", "pii", "Badge number", "badge AB-123456", "AB-[0-9]{6}", "(?P<secret>\\S+) x",
    "(a|b c)+d",
    "(?i)pass(?:word)?\\s*[:=]\\s*(\\S{6,})", "[^a]*", "\\bx\\b|y", "a{1,1000}", "(?:a{1,99}b){1,99}",
    "\\pL+ \\x{e9}", "(?s).+z",
    "luhn", "placeholder", "api.acme.example", "*.acme.example", "*.com", "10.0.0.1", "http://x",
    "API.Acme.Example.", "bücher.example",
    "acme", "/v1/*/chat", "POST", ">=confidential", "<=internal", ">=0.8", "> 1", "alice", "user", "text", "openai",
    "127.0.0.1:0",
    "127.0.0.1:8443", "[::1]:80", "127.0.0.0/8", "10.0.0.0/33", "env:X", "command:true", "~/x", "./*.yaml", "en",
    "block",
)  # fmt: skip


def _detect(file: Path) -> None:
    rules = detect.load_rules([file])
    faults = check_examples(rules)
    if faults:
        raise ConfigError(faults)
    patterns = Patterns(rules, lambda value: value)
    (verdict,) = patterns.scan([TEXT], ["badge"])
    assert not verdict.faults and all(0 <= hit.start < hit.end <= len(TEXT) for hit in verdict.hits)
    stream = StreamScanner(patterns)
    assert "".join([stream.feed(TEXT[:20]).text, stream.feed(TEXT[20:]).text, stream.flush().text]) == TEXT


def _endpoints(file: Path) -> None:
    endpoints = load_endpoints([file])
    for host in endpoints.hosts():
        found = endpoints.find(host.replace("*", "any", 1).upper() + ("" if ":" in host else "."))
        assert found is not None, "a governed host is not found"
        assert found.format_of("POST", "/v1/x/chat?y") in FORMATS


def _policy(file: Path) -> None:
    rules = load_policy(file)
    exchange = Exchange("x", Route("acme", "acme", "h", "/", "generic"), Actor("alice"), "s", ())
    found = Finding(Location(), 0, 4, "ACME_BADGE", "pii", Level.CONFIDENTIAL, 0.9, "r", "", "f")
    decision = decide(exchange, Scan((found,)), rules)
    assert decision.reasons and decision.ruleset_revision == rules.revision


KINDS: Final[tuple[tuple[Any, Callable[[Path], object]], ...]] = (
    (detect.SCHEMA, _detect),
    (ENDPOINTS, _endpoints),
    (POLICY, _policy),
    (TEST_SCHEMA, load_tests),
    (SETTINGS, lambda file: load_settings(file, {}, {})),
)
FOLDER: Final = tempfile.TemporaryDirectory()


def check(data: bytes) -> str:
    """The first byte: which kind of file. The second: whether the rest is its text, or choices that make one."""
    draw = Draw(data)
    schema, load = draw.pick(KINDS)
    raw = draw.rest() if draw.flag() else json.dumps(made(draw, schema, WORDS)).encode("utf-8", "surrogatepass")
    file = Path(FOLDER.name) / "hushgate.yaml"
    file.write_bytes(raw)
    try:
        load(file)
    except ConfigError as refused:
        lines = raw.count(b"\n") + raw.count(b"\r") + 2
        assert refused.faults and all(0 <= fault.line <= lines for fault in refused.faults), "a fault without a place"
        return "refused"
    return "loaded"


RULES: Final = Path(__file__).parents[3] / "rules"
_OWN: Final = b"""\x00\x01version: 1
rules:
- {id: acme-badge, entity: BADGE, level: regulated, category: pii, says: A badge, pattern: 'AB-[0-9]{6}',
   keywords: [badge], context: {words: [badge], required: true, window: 9}, validate: [],
   match: ["badge AB-123456"], no_match: ["AB-12"]}
"""
SEEDS: Final = (
    _OWN,
    b"\1\1" + (RULES / "endpoints" / "builtin.yaml").read_bytes()[:1500],
    b"\1\1version: 1\nendpoints:\n- {id: a, hosts: [A.b, '*.b.c'], routes: [{path: /v1/*, format: generic}]}\n",
    b"\2\1" + (RULES / "policy" / "default.yaml").read_bytes(),
    b"\3\1" + (RULES / "policy" / "default.test.yaml").read_bytes()[:1200],
    b"\4\1version: 1\nlisten: 127.0.0.1:0\negress: {resolve: {a.example: '127.0.0.1:1'}}\n",
    *(bytes([number % 5, 0]) + choices(number, 80) for number in range(20)),
)

TARGET: Final = Target(check, SEEDS, tuple(word.encode() for word in WORDS), short=250)
