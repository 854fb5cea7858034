from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect.rules import load_rules
from hushgate.errors import ConfigError
from hushgate.values import Level

BADGE = """\
version: 1
rules:
  - id: acme-badge
    entity: EMPLOYEE_ID
    level: confidential
    category: pii
    says: "Badge number of an Acme employee"
    keywords: [Badge]
    pattern: 'AB-[0-9]{6}'
    boundary: word
    context: {words: [badge, Employee], required: false}
    validate: []
    match: ["badge AB-123456"]
    no_match: ["badge AB-12345"]
"""


@pytest.fixture
def write(tmp_path: Path):
    def written(text: str, name: str = "rules.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def faults_of(*paths: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_rules(paths)
    return [str(fault) for fault in caught.value.faults]


def test_a_rule_is_read_whole(write) -> None:
    (rule,) = load_rules([write(BADGE)])
    assert (rule.id, rule.entity, rule.level, rule.category) == (
        "acme-badge",
        "EMPLOYEE_ID",
        Level.CONFIDENTIAL,
        "pii",
    )
    assert rule.keywords == ("badge",)
    assert rule.context_words == ("badge", "employee")
    assert (rule.context_required, rule.context_window, rule.boundary) == (False, 64, "word")
    assert rule.match == ("badge AB-123456",)
    assert rule.no_match == ("badge AB-12345",)
    assert rule.line == 3
    assert rule.file.endswith("rules.yaml")


def test_the_least_that_a_rule_needs(write) -> None:
    text = "\n".join(
        line for line in BADGE.splitlines() if not line.lstrip().startswith(("keywords", "boundary", "context", "val"))
    )
    (rule,) = load_rules([write(text)])
    assert (rule.keywords, rule.boundary, rule.context_words, rule.validate) == ((), "word", (), ())


def test_no_files_are_no_rules() -> None:
    assert load_rules([]) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("version: 1", "version: 2", 1, "version"),
        ("    level: confidential", "    level: secret", 5, "level"),
        ("    keywords: [Badge]", "    keyword: [Badge]", 8, "keyword"),
        ("    boundary: word", "    boundary: words", 10, "boundary"),
        ("    entity: EMPLOYEE_ID", "    entity: employee", 4, "entity"),
        ("    id: acme-badge", "    id: Acme Badge", 3, "id"),
        ("'AB-[0-9]{6}'", "'AB-[0-9'", 9, "does not compile"),
        ("'AB-[0-9]{6}'", "'(?=AB)[0-9'", 9, "does not compile"),
        ("'AB-[0-9]{6}'", "'(?!AB)|x'", 9, "matches the empty text"),
        ("'AB-[0-9]{6}'", "'[0-9]*'", 9, "matches the empty text"),
        ("    validate: []", "    validate: [luhm]", 12, "no validator is called 'luhm'"),
        ("    validate: []", "    filters: [placeholders]", 12, "no filter is called 'placeholders'"),
        ('    match: ["badge AB-123456"]', "    match: []", 13, "match"),
        ('    no_match: ["badge AB-12345"]\n', "", 3, "no_match"),
        ('    match: ["badge AB-123456"]\n', "", 3, "match"),
        ("required: false", "required: maybe", 11, "required"),
        ("required: false", "window: 0", 11, "window"),
    ],
)
def test_a_fault_names_its_line(write, old: str, new: str, line: int, says: str) -> None:
    text = BADGE.replace("  - id: acme", "  - id: acme") if old != "    id: acme-badge" else BADGE
    changed = text.replace(old.replace("    id:", "  - id:"), new.replace("    id:", "  - id:"))
    assert changed != text
    (fault,) = faults_of(write(changed))
    assert f"rules.yaml:{line}:" in fault
    assert says in fault


def test_hints_name_what_was_meant(write) -> None:
    assert "did you mean 'luhn'" in faults_of(write(BADGE.replace("validate: []", "validate: [luhm]")))[0]
    assert "did you mean 'keywords'" in faults_of(write(BADGE.replace("keywords:", "keyword:")))[0]


def test_all_faults_of_all_files_at_once(write) -> None:
    first = write(BADGE.replace("confidential", "secret").replace("boundary: word", "boundary: x"), "a.yaml")
    second = write("version: 1\nrules: [", "b.yaml")
    third = write(BADGE.replace("'AB-[0-9]{6}'", "'('"), "c.yaml")
    faults = faults_of(first, second, third)
    assert [fault.split("/")[-1].split(":")[0] for fault in faults] == ["a.yaml", "a.yaml", "b.yaml", "c.yaml"]


def test_an_id_is_taken_once(write) -> None:
    (fault,) = faults_of(write(BADGE, "a.yaml"), write(BADGE, "b.yaml"))
    assert "b.yaml:3: the rule id 'acme-badge' is taken" in fault
    assert "a.yaml:3" in fault


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path / "none.yaml")
    assert "none.yaml" in fault


def test_a_part_that_is_missing_is_a_fault(write) -> None:
    text = BADGE.replace("rules:\n", "parts: {number: '[0-9]{6}'}\nrules:\n").replace("AB-[0-9]{6}", "AB-(?&numbr)")
    [fault] = faults_of(write(text))
    assert "no part 'numbr' can be put in here" in fault
    assert "number" in fault.partition("hint:")[2]
