"""A catalog's files, and what knows texts beside the rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from hushgate.detect import sources
from hushgate.detect.engine import Engine
from hushgate.detect.hit import Hit
from hushgate.detect.sources import Catalog, Fingerprint, open_catalog
from hushgate.detect.worker import setup
from hushgate.errors import ConfigError, ConfigFault
from hushgate.values import Direction, Kind, Level, Location, Origin, Role, Segment

TABLE = Origin("dbt", "shop.orders", "note", "data team")


class Words:
    """Knows the words of its files."""

    def __init__(self, files: Sequence[Path], key: bytes, fingerprint: Fingerprint) -> None:
        self.revision = key.hex()
        self._words = [word for file in files for word in file.read_text("utf-8").split()]
        self._fingerprint = fingerprint

    def find(self, texts: Sequence[str], keys: Sequence[str | None] | None) -> Sequence[Sequence[Hit]]:
        return [
            [
                Hit(
                    at,
                    at + len(word),
                    "NOTE",
                    "pii",
                    Level.REGULATED,
                    1.0,
                    "catalog",
                    "",
                    self._fingerprint(word),
                    TABLE,
                )
                for word in self._words
                if (at := text.find(word)) >= 0
            ]
            for text in texts
        ]


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    monkeypatch.setattr(sources, "KINDS", {".words": Words})
    (tmp_path / "a.words").write_text("quince medlar", encoding="utf-8")
    return Catalog((tmp_path / "a.words",), b"k" * 32)


def said(text: str) -> Segment:
    return Segment(Location(path=("a",)), Direction.REQUEST, Role.USER, Kind.TEXT, text)


async def test_findings_say_what_they_are_known_from(words: Catalog) -> None:
    engine = Engine((), fingerprint_key=b"f" * 32, cache_key=b"c" * 32, catalog=open_catalog(words, lambda v: v))
    scan = await engine.scan([said("a ripe medlar"), said("bWVkbGFyIGFuZCBxdWluY2U=")], scope="alice")
    assert [(f.start, f.origin, f.layer) for f in scan.findings] == [(7, TABLE, ""), (0, TABLE, "base64")]
    assert str(TABLE) == "shop.orders.note (dbt, data team)"


def test_a_worker_opens_the_same_files(words: Catalog) -> None:
    packed = setup((), b"f" * 32, "off", words)["catalog"]
    assert Catalog.unpacked(packed) == words
    assert "k" * 32 not in repr(words)


def test_a_revision_says_what_the_files_held(words: Catalog) -> None:
    words.files[0].write_text("quince", encoding="utf-8")
    assert Catalog(words.files, words.key).revision != words.revision


def test_all_faults_are_told(words: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(files: Sequence[Path], key: bytes, fingerprint: Fingerprint) -> Words:
        raise ConfigError([ConfigFault(str(files[0]), 3, "is damaged", "write it anew")])

    monkeypatch.setattr(sources, "KINDS", {".words": refuse})
    stray = words.files[0].with_suffix(".txt")
    stray.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        open_catalog(Catalog((*words.files, stray)), str)
    assert [(fault.message, fault.hint) for fault in error.value.faults] == [
        ("is no file of a catalog", "its name ends in .words"),
        ("is damaged", "write it anew"),
    ]
