from __future__ import annotations

import io
import json
import re
import sys

import pytest

from hushgate.cli import render


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Not a fixture: between fixtures and test pytest puts its own stdout back."""
    made = Terminal()
    monkeypatch.setattr(sys, "stdout", made)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return made


def test_tables_are_lines_of_cells_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    render.table(("a", "b"), [(1, None), ("x\ty\x1b[31m", ["p", "q"])])
    assert capsys.readouterr().out == "a\tb\n1\t-\nx\ufffdy\ufffd[31m\tp, q\n"


def test_tables_are_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    render.table(("gate", "name"), [("block", "[red]not markup[/red]\x1b]0;x\x07")], title="t")
    drawn = terminal.getvalue()
    assert "\x1b[31mblock" in drawn
    assert "[red]not markup[/red]" in drawn
    assert "\x1b]0;" not in drawn


def test_a_table_that_does_not_fit_is_shown_by_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    ids = ["x" + letter * 20 for letter in "abc"]
    render.table(("one", "two", "three", "says"), [(*ids, "some words")])
    lines = terminal.getvalue().splitlines()
    assert [line.split()[-1] for line in lines if "xa" in line or "xc" in line] == [ids[0], ids[2]]
    assert "says" in lines[3]


def test_a_narrow_terminal_goes_without_what_can_be_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    row = ("x" + "a" * 20, "2026-11-26 19:28:01", "local", "regulated")
    render.table(("id", "at", "actor", "level"), [row], spare=("actor", "level", "at"))
    drawn = terminal.getvalue()
    assert row[0] in drawn
    assert row[1] in drawn, "a time stays in one line"
    assert "left out for want of room: actor" in drawn
    assert "local" not in drawn
    assert "regulated" in drawn


def test_a_table_of_nothing_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    render.table(("id", "at"), [])
    assert terminal.getvalue() == ""


def test_a_grid_below_its_title(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    render.grid([("1:17", "EMAIL_ADDRESS", ""), ("12:1", "IBAN_CODE", "base64")], title="a\x1b]0;x\x07.txt")
    lines = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()]
    assert lines == ["a\ufffd]0;x\ufffd.txt", "  1:17  EMAIL_ADDRESS", "  12:1  IBAN_CODE      base64"]


def test_what_may_be_cut_is_cut_before_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    render.table(("id", "says"), [("x" + "a" * 40, "some words that go on and on")])
    drawn = terminal.getvalue()
    assert "x" + "a" * 40 in drawn
    assert len(drawn.splitlines()) > 4


def test_fields(capsys: pytest.CaptureFixture[str]) -> None:
    render.fields([("one", True), ("two", "")])
    assert capsys.readouterr().out == "one\tyes\ntwo\t-\n"


def test_fields_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    render.fields([("level", "regulated")])
    assert "regulated" in terminal.getvalue()
    assert "\t" not in terminal.getvalue()


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"name": "\u00e9\x9b31m\ud800"}
    render.as_json(value)
    render.json_line(value)
    out = capsys.readouterr().out
    assert out.isascii()
    assert "\x9b" not in out
    assert json.loads(out.splitlines()[-1]) == value


def test_json_has_no_nan() -> None:
    with pytest.raises(ValueError):
        render.as_json(float("nan"))


def test_moments() -> None:
    assert render.moment(None) == "-"
    assert len(render.moment(0.0)) == 19


def test_lines_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    render.line("x")
    assert capsys.readouterr().out == "x\n"
    assert render.reasons([{"rule": "r", "says": "s"}]) == ["r: s"]
