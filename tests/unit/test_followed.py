from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hushgate.errors import StateError
from hushgate.followed import Followed


class Words:
    """Reads words, and counts how often."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self, path: Path) -> tuple[str, ...]:
        self.read += 1
        if "damaged" in (text := path.read_text()):
            raise StateError("it is damaged")
        return tuple(text.split())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "words"


def test_it_is_read_when_it_changes_and_not_otherwise(path: Path) -> None:
    words = Words()
    file = Followed(path, words, ())
    assert (file.now, file.fault, words.read) == ((), None, 0)
    path.write_text("one two")
    assert [file.now, file.now] == [("one", "two")] * 2
    path.write_text("three")
    assert file.now == ("three",)
    assert words.read == 2
    path.unlink()
    assert (file.now, file.fault) == ((), None)


def test_what_an_earlier_version_said_does_not_live_on(path: Path) -> None:
    words = Words()
    file = Followed(path, words, ())
    path.write_text("one")
    assert file.now == ("one",)
    path.write_text("damaged")
    assert [file.now, file.now] == [(), ()]
    assert (file.fault, words.read) == ("it is damaged", 2), "read once, and no more until it changes"
    path.write_text("two")
    assert (file.now, file.fault) == (("two",), None)


def test_what_cannot_be_looked_at_is_tried_again(path: Path) -> None:
    below = path / "below"
    file = Followed(below, Words(), ())
    path.write_text("a file, no folder")
    assert file.now == () and file.fault is not None
    path.unlink()
    path.mkdir()
    below.write_text("one")
    assert (file.now, file.fault) == (("one",), None)


def test_nobody_finds_it_half_read(path: Path) -> None:
    file = Followed(path, Words(), ())
    path.write_text("one")
    assert file.now == ("one",)

    def look(n: int) -> bool:
        if n % 7 == 0:
            (other := path.with_suffix(f".{n}")).write_text("two")
            other.replace(path)
        return bool(file.now)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(look, range(500)))


def test_its_repr_tells_no_content(path: Path) -> None:
    path.write_text("one")
    file = Followed(path, Words(), ())
    assert file.now and "one" not in repr(file)
