"""Values of one record, gathered one after another: complete, or not, whatever the order."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

from hushgate.detect import known_records
from hushgate.detect.catalog_file import open_file
from hushgate.detect.known_import import KIND, Asked, Column, Together, import_values
from hushgate.detect.known_records import Gathered, RecordRows
from hushgate.detect.known_values import KnownValues
from hushgate.detect.sighting import Sighting
from hushgate.errors import Unscannable
from hushgate.values import Level

KEY = b"k" * 32
NAMES = ("name", "login", "account", "mail")
COLUMNS = tuple(Column(name, name.upper(), Level.INTERNAL, True) for name in NAMES)
HIGH, MIDDLE = Level.REGULATED, Level.CONFIDENTIAL
RECORDS = [
    ("Medlar Quince", "medlar quince", "4711-0001", "medlar.quince@mail.example"),
    ("Medlar Quince", "mquince7", "4711-0002", "second.quince@mail.example"),
    ("Hazel Rowan", "hrowan77", "4711-0003", None),
    ("Rowan 4711", None, "4711-0004", None),
]


class Records:
    def __init__(self, place: Path, records: Sequence[Sequence[str | None]], *groups: Together) -> None:
        import_values(records, Asked("a", COLUMNS, groups), KEY, place)
        self.known = KnownValues([place], KEY, str)
        self.rows = RecordRows(open_file(place, KEY, KIND), groups)

    def seen(self, *texts: str) -> list[Sighting]:
        return [one for seen in self.known.look(texts) for one in seen.sightings]

    def raised(self, *texts: str) -> dict[str, tuple[Level, tuple[str, ...]]]:
        """What came of values, by column."""
        gathered = Gathered(self.rows)
        for one in (seen := self.seen(*texts)):
            gathered.add(one.rows, one.inside)
        told = [raised for one in seen for raised in gathered.raised(one.rows)]
        return {NAMES[column]: (level, tuple(NAMES[n] for n in others)) for column, level, others in told}


def test_the_order_says_nothing(tmp_path: Path) -> None:
    known = Records(tmp_path / "a.values", RECORDS, Together((0, 2), MIDDLE), Together((0, 1, 2), HIGH))
    expected = {
        "name": (HIGH, ("login", "account")),
        "login": (HIGH, ("name", "account")),
        "account": (HIGH, ("name", "login")),
    }
    for texts in permutations(["Hazel Rowan", "hrowan77", "4711-0003", "4711-0001"]):
        assert known.raised(*texts) == expected
    assert known.raised("Hazel Rowan", "4711-0003") == {"name": (MIDDLE, ("account",)), "account": (MIDDLE, ("name",))}
    assert known.raised("Hazel Rowan", "hrowan77") == {}


@pytest.mark.parametrize("account", ["4711-0001", "4711-0002"])
def test_a_name_of_two_records_has_the_company_of_either(tmp_path: Path, account: str) -> None:
    known = Records(tmp_path / "a.values", RECORDS, Together((0, 2), HIGH))
    assert set(known.raised("Medlar Quince", account)) == {"name", "account"}
    assert known.raised("Medlar Quince", "4711-0003") == {}
    assert known.raised("Hazel Rowan", account) == {}


def test_one_value_is_no_company_for_itself(tmp_path: Path) -> None:
    known = Records(tmp_path / "a.values", RECORDS, Together((0, 1), HIGH))
    assert known.raised("Medlar Quince") == {}
    assert known.raised("Medlar Quince", "MEDLAR QUINCE") == {}
    assert set(known.raised("Medlar Quince", "mquince7")) == {"name", "login"}


def test_of_three_columns_two_may_have_the_same_value(tmp_path: Path) -> None:
    known = Records(tmp_path / "a.values", RECORDS, Together((0, 1, 2), HIGH))
    assert set(known.raised("Medlar Quince", "4711-0001")) == {"name", "login", "account"}


def test_a_part_of_a_longer_value_counts_where_that_one_does_not(tmp_path: Path) -> None:
    beside_mail = Records(tmp_path / "a.values", RECORDS, Together((0, 3), HIGH))
    mail = "medlar.quince@mail.example"
    assert beside_mail.raised(f"write to {mail}") == {}
    assert beside_mail.raised(mail, f"<{mail}>") == {}
    assert set(beside_mail.raised(mail, "of Medlar Quince")) == {"name", "mail"}
    assert beside_mail.raised("Medlar Quince", "hazel.rowan@mail.example") == {}
    beside_account = Records(tmp_path / "b.values", RECORDS, Together((0, 2), HIGH))
    assert set(beside_account.raised(mail, "4711-0001")) == {"name", "account"}


def test_values_that_many_records_have_take_little_time(tmp_path: Path) -> None:
    words = [f"{a}{b}{c}rowan" for a in "bcdfghklmn" for b in "aeiou" for c in "bdfg"]
    records = [(word, None, f"4711-{n:04d}{i:02d}", None) for n, word in enumerate(words) for i in range(100)]
    known = Records(tmp_path / "a.values", records, Together((0, 2), HIGH))
    seen = known.seen(" and ".join(words))
    assert [one.rows[1] - one.rows[0] for one in seen] == [100] * 200
    gathered, begun = Gathered(known.rows), time.thread_time()
    for one in seen * 50:
        gathered.add(one.rows, one.inside)
    assert not any(gathered.raised(one.rows) for one in seen * 50)
    (account,) = known.seen("4711-000042")
    gathered.add(account.rows, None)
    assert sum(bool(gathered.raised(one.rows)) for one in seen * 50) == 50
    assert time.thread_time() - begun < 1


def test_more_rows_than_can_be_told_apart_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_records, "MOST_ROWS", 3)
    known = Records(tmp_path / "a.values", RECORDS, Together((0, 2), HIGH))
    assert known.raised("Medlar Quince", "MEDLAR QUINCE") == {}
    with pytest.raises(Unscannable, match="more values of records"):
        known.raised("Medlar Quince", "4711-0001")
