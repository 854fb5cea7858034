from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator

import pytest

from hushgate.cli.commands import LEVELS, parser
from hushgate.values import Level


def walk(one: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield one
    for action in one._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from walk(child)


LEAVES = [one for one in walk(parser()) if one.get_default("call")]


def test_every_command_has_a_function() -> None:
    assert len(LEAVES) >= 20
    for leaf in LEAVES:
        file, _, name = str(leaf.get_default("call")).partition(".")
        assert callable(getattr(importlib.import_module(f"hushgate.cli.{file}"), name)), leaf.prog


def test_every_command_takes_config_and_state_and_explains_itself() -> None:
    for leaf in LEAVES:
        options = {option for action in leaf._actions for option in action.option_strings}
        assert {"--config", "--state"} <= options, leaf.prog
        assert leaf.description
        assert leaf.description.endswith(".")
        assert all(a.help for a in leaf._actions), leaf.prog


def test_levels_are_the_levels() -> None:
    assert tuple(level.word for level in Level) == LEVELS


def test_a_command_behind_dashes_keeps_its_own_options() -> None:
    args = parser().parse_args(["run", "--session", "s", "--", "curl", "--proxy", "x", "--", "y"])
    assert args.session == "s"
    assert args.proxy is None
    assert args.command == ["--", "curl", "--proxy", "x", "--", "y"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [([], "hushgate --help"), (["users"], "hushgate users --help"), (["grants"], "hushgate grants list|revoke")],
)
def test_a_missing_command_is_hinted_at(words: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"hint: {hint}\n")
