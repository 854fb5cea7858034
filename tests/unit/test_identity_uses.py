"""When tokens were used: to the hour, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.errors import StateError
from hushgate.identity import uses as module
from hushgate.identity.uses import Uses, read_uses


def test_a_use_is_kept_to_the_hour(tmp_path: Path) -> None:
    place, now = tmp_path / "uses.json", [7200.0 + 1234]
    uses = Uses(place, lambda: now[0])
    uses.save()
    assert not place.exists(), "nothing was used"
    for id in ("aa", "aa", "", "bb"):
        uses.note(id)
    uses.save()
    assert read_uses(place) == {"aa": 7200, "bb": 7200}
    before = place.stat().st_ino
    uses.note("aa")
    uses.save()
    assert place.stat().st_ino == before, "the same hour is no news"
    now[0] += 3600
    again = Uses(place, lambda: now[0])
    again.note("bb")
    again.save()
    assert read_uses(place) == {"aa": 7200, "bb": 10800}


@pytest.mark.parametrize("damage", ["", "[]", '{"uses":[]}', '{"uses":{"a":"x"}}', "[" * 100_000])
def test_a_damaged_file_says_nothing(tmp_path: Path, damage: str) -> None:
    place = tmp_path / "uses.json"
    place.write_text(damage)
    place.chmod(0o600)
    assert read_uses(place) == {}


def test_of_many_those_that_were_used_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    now = [0.0]
    uses = Uses(tmp_path / "uses.json", lambda: now[0])
    for id in "abc":
        now[0] += 3600
        uses.note(id)
    uses.save()
    assert sorted(read_uses(tmp_path / "uses.json")) == ["b", "c"]


def test_what_cannot_be_written_is_for_the_next_time(tmp_path: Path) -> None:
    uses = Uses(tmp_path / "missing" / "uses.json", lambda: 0.0)
    uses.note("a")
    with pytest.raises(StateError):
        uses.save()
    (tmp_path / "missing").mkdir()
    uses.save()
    assert read_uses(tmp_path / "missing" / "uses.json") == {"a": 0}
