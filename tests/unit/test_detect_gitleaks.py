"""gitleaks.toml, in a small configuration of our own that uses all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect import gitleaks
from hushgate.detect.loading import load
from hushgate.detect.patterns import Patterns
from hushgate.errors import ConfigError
from hushgate.values import Level
from tests.detect_cases import FINGERPRINT

CONFIG = r"""
title = "ours"
minVersion = "v8.28.0"

[[allowlists]]
description = "for all"
regexes = ['^demo', '''sample$''']
stopwords = ["Example"]
paths = ['''(?:^|/)tests/''']

[[allowlists]]
targetRules = ["acme-token"]
regexTarget = "line"
regexes = ["# fake$"]

[[rules]]
id = "acme-token"
description = "An Acme token."
regex = '''(?i)acme[_-]?(?:key|token)\s*[:=]\s*"?([a-z0-9]{12})(?:[\s";]|\z)'''
keywords = ["ACME"]
entropy = 2.5

[[rules]]
id = "second-group"
regex = '''(user|login)=\w+;pw=(\w{6,})'''
secretGroup = 2
keywords = ["pw="]
  [[rules.allowlists]]
  condition = "AND"
  regexes = ['''^[a-z]+$''']
  stopwords = ["pass"]
  [[rules.allowlists]]
  regexTarget = "match"
  regexes = ['''^login=''']
  [[rules.allowlists]]
  condition = "AND"
  commits = ["abc"]
  regexes = ['''.''']

[[rules]]
id = "first-that-is-there"
regex = '''zz(?:1(\d{4})|2(\d{5}))'''

[[rules]]
id = "generic-thing"
regex = '''thing=(\w{4,})'''

[[rules]]
id = "yaml-only"
regex = '''yamlkey: (\w+)'''
path = '''\.ya?ml$'''

[[rules]]
id = "a-file"
path = '''\.p12$'''

[[rules]]
id = "pair"
regex = '''secret-part=(\w+)'''
[[rules.required]]
id = "id-part"
withinLines = 1
withinColumns = 40

[[rules]]
id = "id-part"
regex = '''id-part=(\w+)'''
skipReport = true

[[rules]]
id = "acme-private-key"
regex = '''PRIVATE-(\w+)'''
severity = "high"
"""


@pytest.fixture
def write(tmp_path: Path):
    def written(text: str, name: str = "gitleaks.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture(scope="module")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> Patterns:
    path = tmp_path_factory.mktemp("gitleaks") / "gitleaks.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return Patterns(load([path]).rules, FINGERPRINT)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('ACME_KEY = "a1b2c3d4e5f6"', ["a1b2c3d4e5f6"]),
        ("acme token: a1b2c3d4e5f6", []),
        ("acmetoken:a1b2c3d4e5f6", ["a1b2c3d4e5f6"]),
        ("acme_key=a1b2c3d4e5f6\nb", ["a1b2c3d4e5f6"]),
        ("acme_key=aaaaaaaaaaab\n", []),  # entropy
        ("acme_key=demo12345678\n", []),  # for all
        ("acme_key=x9example1q2\n", []),  # a stop word
        ('acme_key="a1b2c3d4e5f6" # fake', []),  # the line
        ("user=ann;pw=abcdefg", ["abcdefg"]),  # the second group
        ("user=ann;pw=mypassword", []),  # small letters, and a stop word
        ("user=ann;pw=mypassword1", ["mypassword1"]),  # a stop word alone
        ("login=ann;pw=abcdefg", []),  # the match
        ("user=ann;pw=abcdefg # fake", ["abcdefg"]),  # another rule's line
        ("zz11234 zz254321", ["1234", "54321"]),
        ("thing=abcd thing=abc4", ["abc4"]),  # gitleaks wants a digit of what is generic
        ("yamlkey: abc", ["abc"]),
        ("id-part=abc\nsecret-part=def", ["def"]),
        ("id-part=abc\n\nsecret-part=def", []),
        ("secret-part=def", []),
        ("PRIVATE-abc", ["abc"]),
    ],
)
def test_what_is_found(patterns: Patterns, text: str, values: list[str]) -> None:
    (verdict,) = patterns.scan([text])
    assert not verdict.faults
    assert [text[h.start : h.end] for h in verdict.hits] == values


def test_paths_count_where_a_text_is_of_a_file(patterns: Patterns) -> None:
    texts = ["yamlkey: abc", "yamlkey: abc", "acme_key=a1b2c3d4e5f6", "acme_key=a1b2c3d4e5f6"]
    files = ["a.yaml", "a.py", "src/tests/a.py", "src/a.py"]
    assert [len(v.hits) for v in patterns.scan(texts, files=files)] == [1, 0, 0, 1]


def test_rules_are_of_hushgate_s_make(write) -> None:
    loaded = load([write(CONFIG)])
    rules = {rule.id: rule for rule in loaded.rules}
    token = rules["gitleaks-acme-token"]
    assert (token.entity, token.level, token.category, token.says) == (
        "API_KEY",
        Level.CONFIDENTIAL,
        "secret",
        "An Acme token",
    )
    assert (token.origin, token.line, token.keywords, token.backtracking) == ("gitleaks", 16, ("acme",), False)
    assert (rules["gitleaks-acme-private-key"].entity, rules["gitleaks-acme-private-key"].level) == (
        "PRIVATE_KEY",
        Level.REGULATED,
    )
    assert [str(note).rpartition("/")[2] for note in loaded.left_out] == [
        "gitleaks.toml:70: rule acme-private-key has the key 'severity', which is not known",
        "gitleaks.toml:53: rule a-file looks at the names of files alone: a file that cannot be read is judged as "
        "unread",
    ]


def test_a_config_extends_another(write) -> None:
    write(CONFIG, "base.toml")
    text = """
[extend]
path = "base.toml"
useDefault = true
disabledRules = ["generic-thing"]
[allowlist]
stopwords = ["zzz"]
[[rules]]
id = "acme-token"
description = "Ours"
keywords = ["emca"]
[[rules.allowlists]]
regexes = ["^a1"]
[[rules]]
id = "new"
regex = "new-(\\\\w+)"
[[rules]]
id = "nothing"
"""
    loaded = load([write(text)])
    rules = {rule.id: rule for rule in loaded.rules}
    assert "gitleaks-generic-thing" not in rules
    assert rules["gitleaks-acme-token"].says == "Ours"
    assert rules["gitleaks-acme-token"].entropy == 2.5
    assert set(rules["gitleaks-acme-token"].keywords) == {"acme", "emca"}
    patterns = Patterns(loaded.rules, FINGERPRINT)

    def found(text: str) -> list[str]:
        return [text[h.start : h.end] for h in patterns.scan([text])[0].hits]

    assert found("acme_key=a1b2c3d4e5f6") == []
    assert found("acme_key=b1b2c3d4e5f6") == ["b1b2c3d4e5f6"]
    assert found("new-abc new-zzz new-demo1") == ["abc"]
    notes = " ".join(note.message for note in loaded.left_out)
    assert "extend.useDefault" in notes
    assert "rule nothing has no regex" in notes


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[[rules]\n", 1, "not TOML"),
        ('[[rules]]\nid = "a"\nregex = "("\n', 1, "does not compile"),
        ('\n[[rules]]\nregex = "a"\n', 2, "lacks the key 'id'"),
        ('[[rules]]\nid = "a"\nregex = "a"\n[[rules]]\nid = "a"\n', 4, "is taken in this file"),
        ('[[rules]]\nid = "a"\nregex = "a"\nentropy = "high"\n', 1, "must be a number"),
        ('[[rules]]\nid = "a"\nregex = "a(b)"\nsecretGroup = 2\n', 1, "has no group 2"),
        ('[[rules]]\nid = "a"\nregex = "a"\n[[rules.required]]\nid = "b"\n', 1, "requires 'gitleaks-b'"),
        (
            '[[rules]]\nid = "a"\nregex = "a"\n[rules.allowlist]\nregexes = ["("]\n',
            1,
            "of what it excludes does not compile",
        ),
        ('[extend]\npath = "gitleaks.toml"\n', 1, "goes too deep"),
        ('[extend]\npath = "none.toml"\n', 0, "cannot be read"),
    ],
)
def test_faults(write, text: str, line: int, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load([write(text)])
    assert says in caught.value.faults[0].message
    assert caught.value.faults[0].line == line


def test_ids_of_all_kinds() -> None:
    assert gitleaks.rule_id("AWS Access_Key (v2)") == "gitleaks-aws-access-key-v2"
