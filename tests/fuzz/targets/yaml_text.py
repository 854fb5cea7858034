"""yaml_source: any text is read as PyYAML and JSON read it, or is refused with a fault that has a place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import yaml

from hushgate.errors import ConfigError
from hushgate.yaml_source import load_yaml
from tests.fuzz.draw import Draw
from tests.fuzz.spelled import document
from tests.fuzz.target import Target

OTHERWISE: Final = re.compile("[0-9][eE]|[0-9]{300}|[\x85\u2028\u2029]")
"""What YAML has other bounds for than JSON, or takes for the end of a line."""
WORDS_OF_NULL: Final = ("", "~", "null", "Null", "NULL")


def check(data: bytes) -> str:
    draw = Draw(data)
    text = document(draw) if draw.below(3) == 1 else draw.rest().decode("utf-8", "surrogateescape")
    try:
        source = load_yaml(Path("f"), text)
    except ConfigError as refused:
        lines = len(text.splitlines()) + 1
        assert refused.faults and all(0 <= fault.line <= lines for fault in refused.faults), "a fault without a place"
        return "refused"
    assert all(line >= 1 for line in source.lines.values())
    for loader in (getattr(yaml, "CBaseLoader", yaml.BaseLoader), yaml.BaseLoader):
        try:
            bare = yaml.load(text, Loader=loader)  # noqa: S506 - it makes nothing but text
        except yaml.YAMLError:
            assert "\t" in text or loader is yaml.BaseLoader, "PyYAML refuses it"
        else:
            _same(source.data, bare)
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant)
    except (ValueError, RecursionError):
        return "read"
    if not OTHERWISE.search(text):
        assert source.data == value, "JSON means something else"
    return "read"


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), "a key twice"
    return dict(pairs)


def _constant(word: str) -> float:
    raise ValueError(word)


def _same(ours: Any, bare: Any) -> None:
    """Whether a value is the typed form of one whose scalars are all text."""
    if isinstance(ours, dict):
        assert isinstance(bare, dict) and list(ours) == list(bare), "other keys"
        for key, value in ours.items():
            _same(value, bare[key])
    elif isinstance(ours, list):
        assert isinstance(bare, list) and len(ours) == len(bare), "another list"
        for one, other in zip(ours, bare, strict=True):
            _same(one, other)
    elif isinstance(ours, bool):
        assert str(ours).lower() == bare.lower(), "another word"
    elif ours is None:
        assert bare is None or bare in WORDS_OF_NULL, "not null"
    elif isinstance(ours, str):
        assert ours == bare, "another text"
    elif bare[:2] in ("0o", "0x"):
        assert ours == int(bare, 0), "another number"
    else:
        assert float(ours) == float(bare), "another number"


SEEDS: Final = (
    b"\0version: 1\nrules:\n  - id: a-b\n    t: 'x: y'\n    n: [1, 0x1f, 0o17, 1.5, -1, +2, 1e3, .5, ~, yes, True]\n",
    b"\0a: &x 1\nb: *x\n",
    b"\0a: 1\na: 2\n",
    b"\0<<: {a: 1}\n",
    b"\0!!python/object:os.system x\n",
    b"\0--- a\n--- b\n",
    b"\0\xef\xbb\xbfa: 1\n",
    b"\0a: |\n  b\n  c\nd: >-\n  e\n  f\n\"g\": \"\\u00e9\\x41\"\n? h\n: i\n",
    b"\0" + b"[" * 45,
    b"\0%YAML 1.1\n---\na: 2001-01-01\nb: 1_000\nc: 0b1\nd: 1:30\n",
    b"\1\x06\x00\x03\x00\x00a\x01b",
    b"\0{\"a\": [1, true, null, \"x\"], \"b\": {\"c\": -0.5}}",
    b"\0\xff\xfe",
    b"\0",
)  # fmt: skip
WORDS: Final = (b": ", b"- ", b"\n", b"  ", b"\t", b"&a ", b"*a", b"!!", b"!", b"|", b">", b"%", b"---", b"...",
    b"<<", b"~", b"{", b"}",
                b"[", b"]", b"'", b'"', b"#", b"0x", b"0o", b"1e999", b".inf", b"\\u", b"\xc2\x85", b"\xe2\x80\xa8",
                b"? ")  # fmt: skip

TARGET: Final = Target(check, SEEDS, WORDS, short=400)
