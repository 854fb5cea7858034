from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.errors import ConfigError
from hushgate.yaml_source import MAX_BYTES, load_yaml

FILE = Path("some.yaml")


def faults_of(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ConfigError) as caught:
        load_yaml(FILE, text)
    return [(fault.line, fault.message) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("off", "off"), ("on", "on"), ("yes", "yes"), ("No", "No"), ("y", "y"),
        ("true", True), ("False", False), ('"true"', "true"),
        ("null", None), ("~", None), ("", None), ('""', ""),
        ("12", 12), ("-3", -3), ("010", 10), ("0o17", 15), ("0x1f", 31), ("1_000", "1_000"), ("12:30:45", "12:30:45"),
        ("1.5", 1.5), ("1e3", 1000.0), (".5", 0.5), (".inf", ".inf"), (".nan", ".nan"), ("1e9999", "1e9999"),
        ("2020-01-01", "2020-01-01"), ("127.0.0.1:8888", "127.0.0.1:8888"), ("=", "="), ("<<", "<<"),
        ("9" * 301, "9" * 301),
        ("|\n  1", "1"), (">\n  true", "true"), ("[a, 1]", ["a", 1]), ("{b: off}", {"b": "off"}),
    ],
)  # fmt: skip
def test_scalars_read_as_yaml_1_2(written: str, read: object) -> None:
    value = load_yaml(FILE, f"a: {written}").data
    assert value == {"a": read}
    assert type(value["a"]) is type(read)  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: 2\na: 3", 3, "the key 'a' is given twice, first in line 1"),
        ("a:\n  - {b: 1, b: 2}", 2, "the key 'b' is given twice, first in line 2"),
        ("a: 1\n2: b", 2, "a key is not text"),
        ("true: b", 1, "a key is not text"),
        ("? [a]\n: b", 1, "a key is not text"),
        ("a: &x 1", 1, "anchors and aliases (& and *) are not allowed"),
        ("? &x a\n: 1", 1, "anchors and aliases (& and *) are not allowed"),
        ("a: *x", 1, "anchors and aliases (& and *) are not allowed"),
        ("a: 1\n<<: {b: 2}", 2, "merge keys (<<) are not allowed"),
        ("a: !!python/object/apply:os.system [x]", 1, "tags (!) are not allowed"),
        ("a: !!str 1", 1, "tags (!) are not allowed"),
        ("\n- ! x", 2, "tags (!) are not allowed"),
        ("a: 1\n---\nb: 1", 3, "a second document starts here"),
        ("\ufeffa: 1", 1, "a byte-order mark stands here"),
        ("a: 1\n\u2028\ufeffb: 2", 2, "a byte-order mark stands here"),
        ("a: \x07", 0, "not YAML: it holds a character that YAML does not allow"),
        ("a: \ud800", 0, "not YAML: it holds a character that YAML does not allow"),
        ("a: [", 2, "not YAML: did not find expected node content"),
        ("a: 1: 2", 1, "not YAML: mapping values are not allowed in this context"),
        ("[" * 41 + "]" * 41, 1, "nested deeper than 40"),
        ("[" * 100_000, 1, "nested deeper than 40"),
        ("x" * (MAX_BYTES + 1), 0, f"the file is larger than {MAX_BYTES} bytes"),
    ],
)
def test_what_is_refused(text: str, line: int, says: str) -> None:
    found = faults_of(text)
    assert len(found) == 1
    assert found[0][1] == says
    assert found[0][0] == line or says.startswith("not YAML: did not find")


def test_all_faults_of_a_file_at_once() -> None:
    assert [line for line, _ in faults_of("a: 1\na: 2\n3: x\nb: {c: 1, c: 2}")] == [2, 3, 4]


def test_lines_of_pointers() -> None:
    source = load_yaml(FILE, "a: 1\nb:\n  - x\n  - {c: 1,\n     d: 2}\n")
    assert [source.line(*p) for p in [(), ("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "d")]] == [1, 1, 2, 3, 4, 5]
    assert source.line("b", 1, "missing") == 4
    assert source.line("nowhere") == 1


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    for raw, says in [
        (b"a: \xff", "the file is not UTF-8"),
        ("a: 1".encode("utf-16"), "the file is not UTF-8"),
        (b"a" * (MAX_BYTES + 1), "larger than"),
    ]:
        path.write_bytes(raw)
        with pytest.raises(ConfigError, match=says):
            load_yaml(path)
    path.write_bytes("a: käse".encode())
    assert load_yaml(path).data == {"a": "käse"}
    with pytest.raises(ConfigError, match="No such file"):
        load_yaml(tmp_path / "missing.yaml")
    with pytest.raises(ConfigError, match="Is a directory"):
        load_yaml(tmp_path)


def test_an_empty_file_is_none() -> None:
    assert load_yaml(FILE, "# nothing\n").data is None


def test_a_reading_does_not_show_what_it_read() -> None:
    assert "hunter2" not in repr(load_yaml(FILE, "a: hunter2"))
