from __future__ import annotations

from dataclasses import replace

from hushgate.settings import load_settings
from tests.unit.cli_runner import Runner, run

__all__ = ["run"]


def test_the_starter_can_be_used_and_changes_nothing(run: Runner) -> None:
    run.config.unlink()
    plain = load_settings(None, {}, {})
    done = run("init")
    assert done.code == 0
    assert "hint: hushgate doctor" in done.err
    assert replace(load_settings(run.config, {}, {}), file=None) == plain


def test_it_does_not_overwrite_unless_told(run: Runner) -> None:
    before = run.config.read_text("utf-8")
    assert run("init").code == 3
    assert run.config.read_text("utf-8") == before
    assert run("init", "--force").code == 0
    assert run.config.read_text("utf-8") != before
