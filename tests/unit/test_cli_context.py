from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.errors import StateError


def arguments(tmp_path: Path) -> argparse.Namespace:
    config = tmp_path / "x.yaml"
    config.write_text("version: 1\nlisten: 127.0.0.1:1111\n", encoding="utf-8")
    return argparse.Namespace(config=config, state=tmp_path / "state")


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    args = arguments(tmp_path)
    assert settings_of(args).listen == ("127.0.0.1", 1111)
    assert settings_of(args, listen="127.0.0.1:2222").listen == ("127.0.0.1", 2222)
    assert settings_of(args, listen=None).listen == ("127.0.0.1", 1111)
    assert settings_of(args).state == tmp_path / "state"


def test_reading_commands_make_nothing(tmp_path: Path) -> None:
    settings = settings_of(arguments(tmp_path))
    with pytest.raises(StateError):
        state_of(settings)
    assert not settings.state.exists()
    state = state_of(settings, create=True)
    with pytest.raises(StateError):
        keys_of(settings, state)
    assert keys_of(settings, state, create=True).key_id == keys_of(settings, state).key_id


def test_speech_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    say("hello")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "hello\n")


def test_exit_codes_are_the_contracts() -> None:
    assert [code.value for code in Exit] == [0, 1, 2, 3]
