from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect import examples
from hushgate.detect.conditions import Exclusion, Hotword, Requirement
from hushgate.detect.loading import load
from hushgate.detect.own_rules import LONG, word_pattern
from hushgate.detect.patterns import Patterns
from hushgate.detect.writing import written
from hushgate.errors import ConfigError
from tests.detect_cases import FINGERPRINT

HEAD = "version: 1\nrules:\n"
COMMON = "entity: PROJECT, level: confidential, category: business, says: Name of a project"
FULL = (
    HEAD
    + f"""\
  - id: ticket
    entity: TICKET
    level: internal
    category: business
    says: Number of a ticket
    pattern: '(?<!#)T-[0-9]+(x)?'
    group: -1
    entropy: 1.5
    path: '\\.txt$'
    exclude:
      - {{patterns: ['^T-0'], target: match, words: [Demo], every: true}}
      - {{values: [T-1234], fingerprints: [{"a" * 32}], paths: [docs/]}}
    hotwords: [{{words: [Sample], score: 0, window: 9}}]
    requires: [{{rule: customer, lines: 2, columns: 80}}]
    match: ["customer T-9183, Ann"]
    no_match: ["T-1234, Ann"]
  - {{id: customer, words: [Ann], reported: false, {COMMON}}}
"""
)


def loaded(tmp_path: Path, text: str):
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return load([file]).rules


def found(rules, text: str) -> list[str]:
    return [text[h.start : h.end] for h in Patterns(rules, FINGERPRINT).scan([text])[0].hits]


def test_everything_that_a_rule_may_ask(tmp_path: Path) -> None:
    rules = loaded(tmp_path, FULL)
    ticket, customer = rules
    assert ticket.backtracking and not customer.backtracking
    assert (ticket.group, ticket.entropy, ticket.path) == (-1, 1.5, "\\.txt$")
    assert ticket.exclude == (
        Exclusion(patterns=("^T-0",), words=("demo",), target="match", every=True),
        Exclusion(values=("T-1234",), fingerprints=("a" * 32,), paths=("docs/",)),
    )
    assert ticket.hotwords == (Hotword(("sample",), 0.0, 9),)
    assert ticket.requires == (Requirement("customer", 2, 80),)
    assert not customer.reported
    assert examples.check(rules) == []
    assert found(rules, "T-9183 of Ann") == ["T-9183"]
    assert found(rules, "T-9183 sample of Ann") == []
    assert found(rules, "T-1234 of Ann") == []
    assert found(rules, "T-9183 of Bob") == []
    assert found(rules, "T-1111 of Ann") == []


def test_words_are_whole_and_in_whatever_case(tmp_path: Path) -> None:
    rules = loaded(tmp_path, f"{HEAD}  - {{id: project, words: [Blue Moon, 'C++', Blue], {COMMON}}}\n")
    assert examples.check(rules) == []
    assert found(rules, "is BLUE MOON late? blue, c++; bluebird moon") == ["BLUE MOON", "blue", "c++"]


def test_words_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("# names\nZephyr\n\nBlue Moon\n", encoding="utf-8")
    rules = loaded(tmp_path, f"{HEAD}  - {{id: project, words_from: names.txt, {COMMON}}}\n")
    assert found(rules, "zephyr and names") == ["zephyr"]
    (tmp_path / "names.txt").write_text("# none\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"names.txt: the word list is empty"):
        loaded(tmp_path, f"{HEAD}  - {{id: project, words_from: names.txt, {COMMON}}}\n")


def test_of_words_that_begin_alike_the_longer_one_counts() -> None:
    assert word_pattern(["a", "ab", "a"]) == "(?i:ab|a)"


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("{id: xx, COMMON}", "lacks the key 'pattern'"),
        ("{id: xx, words: [a], pattern: b, COMMON}", "has pattern and words"),
        ("{id: xx, pattern: b, match: [b], COMMON}", "lacks the key 'no_match'"),
        ("{id: xx, words: [], COMMON}", "must not be empty"),
        ("{id: xx, words: [a], group: 1, COMMON}", "has no group 1"),
        (
            "{id: xx, words: [a], exclude: [{patterns: ['(?=a)']}], COMMON}",
            "of what it excludes does not compile",
        ),
        ("{id: xx, words: [a], path: '(', COMMON}", "the paths it is for does not compile"),
        ("{id: xx, words: [a], exclude: [{}], COMMON}", "must not be empty"),
        ("{id: xx, words: [a], exclude: [{fingerprints: [abc]}], COMMON}", "has the wrong form"),
        ("{id: xx, words: [a], hotwords: [{words: [b]}], COMMON}", "lacks the key 'score'"),
        ("{id: xx, words: [a], requires: [{rule: y}], COMMON}", "requires 'y', and no rule is called so"),
    ],
)
def test_faults(tmp_path: Path, rule: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, f"{HEAD}  - {rule.replace('COMMON', COMMON)}\n")
    (fault,) = caught.value.faults
    assert says in fault.message
    assert fault.line == 3


def test_rules_of_other_files_are_adjusted(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(
        f"{HEAD}  - {{id: project, words: [Blue, Red], {COMMON}}}\n  - {{id: off, words: [Zap], {COMMON}}}\n"
    )
    second.write_text(
        "version: 1\nadjust:\n"
        f"  - rule: project\n    exclude: [{{fingerprints: [{FINGERPRINT('Red')}]}}]\n"
        "    hotwords: [{words: [toy], score: 0}]\n"
        "  - {rule: off, enabled: false}\n"
    )
    rules = load([first, second]).rules
    assert [rule.id for rule in rules] == ["project"]
    assert found(rules, "Red, Blue Zap and Green") == ["Blue"]
    assert found(rules, "a toy in Blue") == []
    second.write_text("version: 1\nadjust: [{rule: projekt}]\n")
    with pytest.raises(ConfigError, match=r"b.yaml:2: no rule is called 'projekt'\n.*did you mean 'project'"):
        load([first, second])


def test_a_phrase_may_be_broken_by_a_line_s_end(tmp_path: Path) -> None:
    rules = loaded(tmp_path, f"{HEAD}  - {{id: project, words: [Blue Moon], {COMMON}}}\n")
    assert found(rules, "Blue\n  Moon, blue  moon") == ["Blue\n  Moon", "blue  moon"]


def test_words_of_a_column_with_endings(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text('id;name\n1;Zephyr\n2;"Blue Moon"\n3;\n', encoding="utf-8")
    rule = f"{{id: project, words_from: names.csv, column: name, endings: [s, en], {COMMON}}}"
    assert found(loaded(tmp_path, f"{HEAD}  - {rule}\n"), "Zephyrs, Blue Moon, 2, zephyren, zephyrx") == [
        "Zephyrs", "Blue Moon", "zephyren",
    ]  # fmt: skip
    with pytest.raises(ConfigError, match=r"own.yaml:\d+: names.csv: has no column 'nmae'\n  hint: .*'name'"):
        loaded(tmp_path, f"{HEAD}  - {rule.replace('column: name', 'column: nmae')}\n")


@pytest.mark.parametrize("number", [LONG, LONG + 1])
def test_short_and_long_lists_find_the_same(tmp_path: Path, number: int) -> None:
    words = [f"Word{n} Two" for n in range(number)]
    (tmp_path / "names.txt").write_text("\ufeff" + "\n".join(words), encoding="utf-8")
    rules = loaded(tmp_path, f"{HEAD}  - {{id: project, words_from: names.txt, {COMMON}}}\n")
    assert bool(rules[0].words) == (number > LONG)
    (tmp_path / "again.yaml").write_text(written(rules), encoding="utf-8")
    again = load([tmp_path / "again.yaml"]).rules if number > LONG else rules
    assert [(rule.pattern, rule.words) for rule in again] == [(rule.pattern, rule.words) for rule in rules]
    assert found(rules, "word0 two, WORD999\nTwo and Word5 Twos") == ["word0 two", "WORD999\nTwo"]


def test_exclusions_take_values_of_a_file_and_parts(tmp_path: Path) -> None:
    (tmp_path / "public.txt").write_text("# known\nT-11\nT-22\n", encoding="utf-8")
    more = "exclude: [{values_from: public.txt}, {patterns: ['(?&mark)'], target: match}]"
    text = "version: 1\nparts: {mark: 'T-9'}\nrules:\n" + (
        f"  - {{id: ticket, pattern: 'T-[0-9]{{2}}', {more}, {COMMON}, match: ['T-33'], no_match: ['T-11', 'T-98']}}\n"
    )
    rules = loaded(tmp_path, text)
    assert examples.check(rules) == []
    adjusted = "adjust: [{rule: ticket, exclude: [{values_from: missing.txt}]}]\n"
    with pytest.raises(ConfigError, match=r"own.yaml:5: missing.txt: cannot be read"):
        loaded(tmp_path, text + adjusted)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    example = "match: [x], no_match: [y]"
    with pytest.raises(ConfigError) as refused:
        loaded(
            tmp_path,
            f"{HEAD}  - {{id: one, pattern: x, {COMMON.replace('confidential', 'confidental')}, {example}}}\n"
            f"  - {{id: two, pattern: '(', {COMMON}, {example}}}\n"
            f"  - {{id: three, words_from: missing.txt, {COMMON}}}\n"
            f"  - {{id: four, pattern: z, {COMMON}, {example}}}\n",
        )
    said = [(fault.line, fault.message) for fault in refused.value.faults]
    assert [line for line, _ in said] == [3, 4, 5, 6]
    assert said[-1][1] == "rule four does not find its match example 1"
