"""Files of fingerprints: what was written is read, and nothing else is."""

from __future__ import annotations

import io
import os
from array import array
from pathlib import Path

import pytest

from hushgate.detect.catalog_file import BUCKETS, MAC_SIZE, VERSION, Keying, Prints, hashing, open_file, write_file
from hushgate.errors import ConfigError, Unscannable

KEY = b"k" * 32


def written(place: Path, key: bytes = KEY) -> Keying:
    keying = Keying.fresh(key)
    content = io.BytesIO(array("Q", [1, 2, 1 << 60]).tobytes())
    write_file(place, keying, "words", {"owner": "Ünal"}, [("odd", "B", io.BytesIO(b"abc")), ("rows", "Q", content)])
    return keying


def why(place: Path, key: bytes = KEY, kind: str = "words") -> str:
    with pytest.raises(ConfigError) as refused:
        open_file(place, key, kind)
    (fault,) = refused.value.faults
    assert fault.file == str(place) and fault.hint
    return fault.message


def test_what_was_written_is_read(tmp_path: Path) -> None:
    keying = written(tmp_path / "a.words")
    file = open_file(tmp_path / "a.words", KEY, "words")
    assert file.head["owner"] == "Ünal"
    assert list(file.arrays["odd"]) == [97, 98, 99]
    assert list(file.arrays["rows"]) == [1, 2, 1 << 60]
    assert file.hashed(b"x") == hashing(keying.hashes)(b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["a.words"], "and nothing is left beside it"


def test_no_two_files_hold_the_same_fingerprints(tmp_path: Path) -> None:
    one, other = written(tmp_path / "a.words"), written(tmp_path / "b.words")
    assert hashing(one.hashes)(b"x") != hashing(other.hashes)(b"x")


@pytest.mark.parametrize(
    ("key", "kind", "told"),
    [(b"j" * 32, "words", "was made with another key"), (KEY, "values", "holds words, not values")],
)
def test_another_key_and_another_kind_are_told(tmp_path: Path, key: bytes, kind: str, told: str) -> None:
    written(tmp_path / "a.words")
    assert why(tmp_path / "a.words", key, kind) == told


def test_a_file_of_another_form_is_told_before_anything_in_it_is_read(tmp_path: Path) -> None:
    written(tmp_path / "a.words")
    whole = (tmp_path / "a.words").read_bytes()
    (tmp_path / "a.words").write_bytes(whole.replace(VERSION.to_bytes(4, "little"), b"\1\0\0\0", 1))
    assert why(tmp_path / "a.words") == "is of a form that cannot be read here"


def test_a_kind_that_is_no_word_is_not_repeated(tmp_path: Path) -> None:
    write_file(tmp_path / "a.words", Keying.fresh(KEY), "\x1b[2Jwords", {}, [])
    assert why(tmp_path / "a.words") == "is damaged"


def test_no_byte_can_be_changed_or_cut(tmp_path: Path) -> None:
    place = tmp_path / "a.words"
    written(place)
    whole = place.read_bytes()
    for at in range(len(whole)):
        place.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert why(place)
        if at % 7 == 0:
            place.write_bytes(whole[:at])
            assert why(place)
    place.write_bytes(whole + b"x")
    assert why(place) == "is damaged"
    place.write_bytes(whole[:-MAC_SIZE])
    assert why(place) == "is damaged"


def test_a_writer_that_fails_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    place = tmp_path / "a.words"
    written(place)
    before = place.read_bytes()
    with pytest.raises(TypeError):
        write_file(place, Keying.fresh(KEY), "words", {"owner": object()}, [])
    with pytest.raises(ValueError, match="closed"):
        closed = io.BytesIO()
        closed.close()
        write_file(place, Keying.fresh(KEY), "words", {}, [("rows", "Q", closed)])
    assert place.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_fingerprints_are_found_by_all_of_their_bits() -> None:
    rows = sorted([0x0001_0000_0000_0001, 0x0001_0000_0001_0000, 0x0001_0000_0001_0000, 0xFFFF_0000_0000_0000])
    starts = array("I", [0, *(sum(row >> 48 <= bucket for row in rows) for bucket in range(BUCKETS))])
    prints = Prints(memoryview(starts), memoryview(array("Q", rows)))
    assert prints.at(0x0001_0000_0001_0000) == range(1, 3)
    assert not prints.at(0x0001_0000_0001_0001)
    assert prints.at(0xFFFF_0000_0000_0000) and not prints.at(0xFFFF_0000_0000_0001)
    assert len(prints) == 4


def test_what_is_written_over_is_seen_and_what_takes_its_place_is_not(tmp_path: Path) -> None:
    place = tmp_path / "a.words"
    for over in (lambda: place.write_bytes(place.read_bytes()), lambda: os.truncate(place, 9)):
        written(place)
        os.utime(place, ns=(1, 1))
        kept = open_file(place, KEY, "words").unwritten
        written(tmp_path / "b.words")
        (tmp_path / "a.words").rename(tmp_path / "old.words")
        (tmp_path / "b.words").rename(place)
        kept.check()
        assert kept, "the old one is still what it was, under another name"
        os.utime(place, ns=(1, 1))
        over_written = open_file(place, KEY, "words").unwritten
        over()
        assert kept and not over_written
        with pytest.raises(Unscannable, match="written over"):
            over_written.check()
