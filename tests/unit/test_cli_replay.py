from __future__ import annotations

import stat
from pathlib import Path

import pytest
from mitmproxy import http, io

from hushgate.proxy import viewer
from tests.unit.cli_runner import Runner, run
from tests.unit.test_cli_ledger import recorded

__all__ = ["recorded", "run"]


def flows(file: Path) -> list[http.HTTPFlow]:
    with file.open("rb") as source:
        return [one for one in io.FlowReader(source).stream() if isinstance(one, http.HTTPFlow)]


def test_flows_in_a_file(recorded: Runner, tmp_path: Path) -> None:
    out = tmp_path / "one.mitm"
    done = recorded("replay", "one", "--out", str(out))
    assert done.code == 0
    assert f"wrote 2 flows to {out}" in done.err
    assert [f.request.host for f in flows(out)] == ["api.openai.com", "api.openai.com"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_without_a_file_it_is_shown(recorded: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown: list[tuple[Path, int]] = []
    monkeypatch.setattr(viewer, "show", lambda path: shown.append((path, len(flows(path)))))
    assert recorded("replay", "two").code == 0
    assert [count for _, count in shown] == [1]
    assert not shown[0][0].exists()
    recorded("replay", "two", "--out", str(tmp_path / "two.mitm"))
    assert len(shown) == 1
    recorded("replay", "two", "--web", "--out", str(tmp_path / "two.mitm"))
    assert shown[1][0] == tmp_path / "two.mitm"


def test_a_session_that_is_not_there(recorded: Runner, tmp_path: Path) -> None:
    out = tmp_path / "out.mitm"
    out.write_bytes(b"an earlier one")
    done = recorded("replay", "nobody", "--out", str(out))
    assert out.read_bytes() == b"an earlier one"
    assert done.code == 3
    assert "hint: hushgate sessions" in done.err
