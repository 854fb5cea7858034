"""`hushgate catalog values`, and what reads its file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hushgate.detect.catalog_file import open_file
from hushgate.detect.known_import import KIND
from hushgate.keys import Keys
from tests.unit.cli_runner import Runner, run

__all__ = ["run"]

CSV = """name;account;city
Maria van den Berg;4711081599;Ulm
José Núñez;4711081600;Ulm
Al;12;
"""


EVERY = ",".join(f"c{n}" for n in range(51))


@pytest.fixture
def customers(tmp_path: Path) -> str:
    (tmp_path / "customers.csv").write_text(CSV, encoding="utf-8-sig")
    return "customers.csv"


def test_records_become_a_file_that_the_gate_can_open(run: Runner, customers: str, tmp_path: Path) -> None:
    words = (
        "--columns",
        "name,account",
        "--entity",
        "account=ACCOUNT_NUMBER",
        "--level",
        "internal",
        "--owner",
        "sales",
    )
    done = run(
        "catalog", "values", customers, *words, "--together", "name,city:confidential", "--together", "name,account"
    )
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines() == [
        "wrote customers.values: 3 records, 6 values, 9 fingerprints",
        "left out of account: 1 too short",
        "left out of name: 1 too short",
    ]
    key = Keys.load_or_create(run.state, create=False).derive("catalog")
    head = open_file(tmp_path / "customers.values", key, KIND).head
    assert head["columns"] == [
        ["name", "NAME", "internal", True], ["account", "ACCOUNT_NUMBER", "internal", True],
        ["city", "CITY", "internal", False], ["name", "NAME", "internal", False],
        ["account", "ACCOUNT_NUMBER", "internal", False],
    ]  # fmt: skip
    assert head["together"] == [[[0, 2], "confidential"], [[0, 1], "regulated"]]
    assert (head["asset"], head["owner"], head["category"]) == ("customers.csv", "sales", "pii")


def test_what_came_of_it_as_json(run: Runner, customers: str) -> None:
    told = json.loads(run("catalog", "values", customers, "--columns", "name", "--json").out)
    assert told == {
        "file": "customers.values", "records": 3, "values": 2, "fingerprints": 5,
        "left_out": {"name": {"too short": 1}}, "beside_others": {}, "by_chance": [],
    }  # fmt: skip


def test_records_from_a_pipe(run: Runner, tmp_path: Path) -> None:
    rows = "".join(f"{n:06d}\n" for n in range(1001))
    done = run("catalog", "values", "-", "--columns", "number", "--out", "a.values", stdin=b"number\n" + rows.encode())
    assert "of all numbers of 6 digits 0.10% are in number" in done.err
    assert done.err.splitlines()[-1].startswith("hint: ")
    assert (tmp_path / "a.values").is_file()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "0 columns are named"),
        (["--columns", EVERY, "--together", EVERY], "102 columns are named, those of --columns and --together twice"),
        (["--columns", "name", "--out", "a.txt"], "a.txt is no name for it"),
        (["--columns", "name", "--together", "name,city:high"], "high is no level"),
        (["--columns", "name", "--together", "name,name"], "--together name,name names one column"),
        (["--columns", "name", "--entity", "town=CITY"], "--entity town=CITY names a column that is not taken"),
        (["--columns", "name", "--entity", "a name"], "a name is no name of an entity"),
    ],
)
def test_what_cannot_be_asked_for(run: Runner, customers: str, words: list[str], told: str) -> None:
    done = run("catalog", "values", customers, *words)
    assert done.code == 2
    assert f"error: {told}" in done.err and "\nhint: " in done.err


def test_a_pipe_needs_a_name(run: Runner) -> None:
    assert run("catalog", "values", "-", "--columns", "name").code == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "has no column name"),
        (b"a,b\n1,2\n", "has no column name"),
        (b"name\n\xe9t\xe9\n", "is not UTF-8"),
        (b'name\n"' + b"x" * 200_000 + b'"\n', "cannot be read behind row 0"),
    ],
)
def test_records_that_cannot_be_read(run: Runner, tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    done = run("catalog", "values", "bad.csv", "--columns", "name")
    assert done.code == 3
    assert told in done.err and "hint: " in done.err
    assert not list(tmp_path.glob("*.values"))


@pytest.mark.parametrize(
    ("first", "hint"),
    [
        ("Maria van den Berg,4711081599", "hint: the first of its rows names the columns; that one has 2 cells"),
        ("Full Name,id", "hint: it has: Full Name"),
    ],
)
def test_a_first_row_that_may_be_a_record_is_not_repeated(run: Runner, tmp_path: Path, first: str, hint: str) -> None:
    (tmp_path / "bad.csv").write_text(f"{first}\nJosé Núñez,4711081600\n")
    done = run("catalog", "values", "bad.csv", "--columns", "full_name")
    assert done.code == 3 and done.err.splitlines()[-1] == hint
    assert "Maria" not in done.err and "4711" not in done.err


def test_what_finds_values_needs_the_key_they_were_made_with(run: Runner, customers: str, tmp_path: Path) -> None:
    run("catalog", "values", customers, "--columns", "name,account")
    run.config.write_text(run.config.read_text() + "catalog: ['*.values']\n")
    (tmp_path / "prompt.txt").write_text("ask maria VAN DEN berg about 4711 0816 00")
    found = json.loads(run("scan", "--json", "prompt.txt").out)[0]["findings"]
    assert [finding["entity"] for finding in found] == ["NAME", "ACCOUNT"]
    assert "known from customers.csv.name (values)" in run("policy", "explain", "prompt.txt").out

    (run.state / "keys" / "master.key").write_bytes(b"j" * 32)
    refused = run("scan", "prompt.txt")
    assert refused.code == 2
    assert "customers.values: was made with another key" in refused.err
