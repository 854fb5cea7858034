from __future__ import annotations

import asyncio
import io
import random
from collections.abc import Buffer, Iterator
from pathlib import Path

import pytest

from hushgate.detect import known_import, spilling
from hushgate.detect.beside import together
from hushgate.detect.catalog_file import open_file
from hushgate.detect.known_import import KIND, Asked, Column, Together, import_values
from hushgate.detect.known_sieve import Mix
from hushgate.detect.known_tokens import Tokens
from hushgate.detect.known_values import KnownValues
from hushgate.values import Level

KEY = b"k" * 32
NAME, NUMBER = Column("name", "PERSON", Level.INTERNAL, True), Column("number", "NUMBER", Level.INTERNAL, True)


def test_the_file_holds_no_value(tmp_path: Path) -> None:
    place = tmp_path / "a.values"
    import_values([("Quintus Medlar", "479910815")], Asked("a.csv", (NAME, NUMBER)), KEY, place)
    content = place.read_bytes().lower()
    for part in (b"quintus", b"medlar", b"479910815", b"quintusmedlar"):
        assert part not in content
    assert [path.name for path in tmp_path.iterdir()] == ["a.values"]


def test_what_was_made_of_records(tmp_path: Path) -> None:
    records = [("Medlar", "123456"), ("Medlar", None), ("because", " "), ("x", "1"), ("Quince", "654321")]
    told = import_values(records, Asked("a.csv", (NAME, NUMBER)), KEY, tmp_path / "a.values")
    assert (told.records, told.taken, told.fingerprints) == (5, 5, 4)
    assert told.skipped == {("name", "everyday words"): 1, ("name", "too short"): 1, ("number", "too short"): 1}
    assert told.dense() == []
    file = open_file(tmp_path / "a.values", KEY, KIND)
    assert len(file.arrays["values"]) == len(file.arrays["columns"]) == 4
    assert len(file.arrays["records"]) == 0, "which nobody asked for"


def test_a_value_of_too_many_records_tells_nobody_from_others(tmp_path: Path) -> None:
    columns = (Column("phone", "PHONE_NUMBER", Level.INTERNAL, True), NUMBER)
    records = [("+49 30 1234567", "123456")] * 4 + [("+49 30 7654321", f"{n:06d}") for n in range(3)]
    told = import_values(records, Asked("a.csv", columns, most=3), KEY, tmp_path / "a.values")
    assert told.skipped == {("phone", "in too many records"): 4, ("number", "in too many records"): 4}
    assert told.taken == 6
    assert told.fingerprints == 5 + 3


def test_what_says_too_little_alone_counts_beside_others_of_its_record(tmp_path: Path) -> None:
    columns = (NAME, NUMBER, Column("born", "BORN", Level.INTERNAL, True))
    asked = Asked("a.csv", columns, (Together((0, 1), Level.REGULATED), Together((0, 2), Level.REGULATED)), most=3)
    records = [("Li Na", "12345", "1980-05-17"), *[("Medlar Quince", f"77{n:04d}", None) for n in range(4)]]
    records += [("x", "1", None), ("Medlar Quince", None, None)]
    told = import_values(records, asked, KEY, tmp_path / "a.values")
    assert told.beside == {"name": 6, "number": 1, "born": 1}
    assert told.skipped == {("name", "too short"): 1, ("number", "too short"): 1}
    assert told.taken == 12
    known = KnownValues([tmp_path / "a.values"], KEY, str)

    def levels(*texts: str) -> list[str]:
        seen, faults = asyncio.run(together(known, dict(enumerate(known.look(texts)))))
        assert faults == ()
        return [f"{hit.entity} {hit.level.word}" for one in seen.values() for hit in one.hits]

    for alone in ("Li Na", "no. 12345", "17 May 1980", "Medlar Quince", "Li Na and 770001"):
        assert levels(alone) == (["NUMBER internal"] if "77" in alone else [])
    assert levels("Li Na", "no. 12345") == ["PERSON regulated", "NUMBER regulated"]
    assert levels("17 May 1980", "LI NA") == ["BORN regulated", "PERSON regulated"]
    assert levels("Medlar Quince", "770003") == ["PERSON regulated", "NUMBER regulated"]


def test_a_value_of_very_many_records_counts_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_import, "MOST_BESIDE", 5)
    asked = Asked("a.csv", (NAME, NUMBER), (Together((0, 1), Level.REGULATED),), most=3)
    names = ["Medlar Quince"] * 6 + ["Hazel Rowan"] * 5
    told = import_values([(name, f"{n:06d}") for n, name in enumerate(names)], asked, KEY, tmp_path / "a.values")
    assert (told.skipped, told.beside) == ({("name", "in too many records"): 6}, {"name": 5})
    assert told.taken == 16


def test_numbers_that_any_number_may_be_by_chance_are_told(tmp_path: Path) -> None:
    records = [("", f"{n:06d}") for n in range(2000)]
    told = import_values(records, Asked("a.csv", (NAME, NUMBER)), KEY, tmp_path / "a.values")
    assert told.dense() == [("number", 6, 0.002)]


def test_records_are_told_apart_where_that_was_asked(tmp_path: Path) -> None:
    asked = Asked("a.csv", (NAME, NUMBER), (Together((0, 1), Level.REGULATED),))
    import_values([("Medlar", "123456"), ("Medlar", "123456"), ("Medlar", "654321")], asked, KEY, tmp_path / "a.values")
    file = open_file(tmp_path / "a.values", KEY, KIND)
    assert sorted(zip(file.covered("columns"), file.covered("records"), strict=True)) == [
        (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2),
    ]  # fmt: skip


def test_all_fingerprints_are_in_order(tmp_path: Path) -> None:
    draw = random.Random(1)
    numbers = [f"{draw.randrange(10**11, 10**12)}" for _ in range(5000)]
    import_values([("", number) for number in numbers], Asked("a.csv", (NAME, NUMBER)), KEY, tmp_path / "a.values")
    file = open_file(tmp_path / "a.values", KEY, KIND)
    rows = list(file.arrays["values"])
    assert rows == sorted(set(rows)) and len(rows) == 5000
    prints = file.prints("values")
    assert all(file.hashed(number.encode()) in rows for number in numbers)
    assert all(len(prints.at(file.hashed(number.encode()))) == 1 for number in numbers)
    assert not any(prints.at(file.hashed(b"x" + number.encode())) for number in numbers)


def test_who_holds_the_file_does_not_see_which_values_are_of_one_record(tmp_path: Path) -> None:
    asked = Asked("a.csv", (NAME, NUMBER), (Together((0, 1), Level.REGULATED),))
    import_values([(f"Medlar {n:04d}x", f"{n:06d}") for n in range(2000)], asked, KEY, tmp_path / "a.values")
    file = open_file(tmp_path / "a.values", KEY, KIND)
    columns, records = list(file.arrays["columns"]), list(file.arrays["records"])
    assert len(set(columns)) > 200 and min(map(columns.count, set(columns))) < 40
    assert len(set(records)) > 3990 and max(records) > 1 << 31
    shown = list(zip(file.covered("columns"), file.covered("records"), strict=True))
    assert sorted(shown) == [(column, record) for column in (0, 1) for record in range(2000)]


def test_nothing_that_values_could_be_told_from_is_written_meanwhile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written: list[bytes] = []

    class Kept(io.BytesIO):
        def write(self, data: Buffer, /) -> int:
            written.append(bytes(data))
            return super().write(data)

    monkeypatch.setattr(spilling.tempfile, "TemporaryFile", lambda **_: Kept())
    names = [f"{first}quin" for first in ("aster", "bryon", "cedar", "dahli")]
    import_values([(name,) for name in names * 3], Asked("a.csv", (NAME,)), KEY, tmp_path / "a.values")
    file = open_file(tmp_path / "a.values", KEY, KIND)
    tokens = Tokens(" ".join(names).encode())
    mix = Mix(file.sieve)
    for hashing in (mix.words, mix.wholes):
        for hashed in hashing(tokens, tokens.upto, tokens.sizes).tolist():
            assert not any(hashed.to_bytes(8, "little") in content for content in written)
    assert len(written) > 12 and sum(map(len, written)) > 200


def test_records_that_cannot_be_read_leave_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[str]]:
        yield ("Medlar",)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        import_values(broken(), Asked("a.csv", (NAME,)), KEY, tmp_path / "a.values")
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_anchors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(known_import, "_REMEMBERED", 8)
    words = ["".join(pair) for pair in zip("abcdefghijklmnopqrstuvwxyz" * 2, "xyzwv" * 12, strict=False)]
    names = [f"{word}quin medlaro" for word in words]
    import_values([(name,) for name in names * 2], Asked("a.csv", (NAME,)), KEY, tmp_path / "a.values")
    source = KnownValues([tmp_path / "a.values"], KEY, str)
    assert all(source.find([name], None)[0] for name in names)
