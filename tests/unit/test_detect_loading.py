from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect.loading import also_read, load
from hushgate.errors import ConfigError

OWN = "version: 1\nrules:\n  - {id: own, entity: X_ID, level: internal, category: pii, says: Ours, words: [abc]}\n"
GITLEAKS = '[[rules]]\nid = "own"\nregex = "a(b)c"\n'
PRESIDIO = "recognizers:\n  - {name: Own, supported_entity: X_ID, deny_list: [abc]}\n"


def test_files_are_told_apart_by_what_they_are(tmp_path: Path) -> None:
    for name, text in (("a.yaml", OWN), ("b.toml", GITLEAKS), ("c.yaml", PRESIDIO)):
        (tmp_path / name).write_text(text)
    rules = load(sorted(tmp_path.iterdir())).rules
    assert [(rule.id, rule.origin) for rule in rules] == [
        ("own", ""), ("gitleaks-own", "gitleaks"), ("presidio-own", "presidio"),
    ]  # fmt: skip
    assert [(r.level.word, r.category) for r in rules] == [
        ("internal", "pii"), ("confidential", "secret"), ("internal", "pii"),
    ]  # fmt: skip


def test_faults_of_all_formats_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(OWN.replace("internal", "secret"))
    (tmp_path / "b.toml").write_text(GITLEAKS.replace("a(b)c", "("))
    (tmp_path / "c.yaml").write_text(PRESIDIO.replace("deny_list: [abc]", "patterns: []"))
    with pytest.raises(ConfigError) as caught:
        load(sorted(tmp_path.iterdir()))
    assert [Path(fault.file).name for fault in caught.value.faults] == ["a.yaml", "b.toml", "c.yaml"]


def test_other_files_that_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(OWN.replace("words: [abc]", "words_from: lists/names.txt"))
    (tmp_path / "b.toml").write_text('[extend]\npath = "c.toml"\n')
    (tmp_path / "c.toml").write_text("[extend]\n  path = 'd.toml'\n")
    found = also_read([tmp_path / "a.yaml", tmp_path / "b.toml", tmp_path / "none.yaml"])
    assert {path.relative_to(tmp_path).as_posix() for path in found} == {"lists/names.txt", "c.toml", "d.toml"}
    (tmp_path / "b.toml").write_text('[extend]\npath = "b.toml"\n')
    assert len(also_read([tmp_path / "b.toml"])) < 1000
