"""What all commands share: exit codes, how they speak, and the way to settings, state and keys."""

from __future__ import annotations

import argparse
import os
import sys
from enum import IntEnum
from typing import TYPE_CHECKING

from hushgate.keys import MASTER_SIZE, Keys
from hushgate.settings import Settings, load_settings
from hushgate.state import State

if TYPE_CHECKING:
    from hushgate.rulebook import Rules


class Exit(IntEnum):
    """Exit codes. A command that runs another one exits with that one's."""

    FINE = 0
    FOUND = 1
    USAGE = 2
    FAILED = 3


def say(text: str) -> None:
    """Speak to the user, on stderr."""
    print(text, file=sys.stderr, flush=True)


def settings_of(args: argparse.Namespace, **overrides: object) -> Settings:
    """The settings that file, environment and flags give; ConfigError with all faults."""
    flags = {"state": args.state, **overrides}
    return load_settings(args.config, os.environ, {k: v for k, v in flags.items() if v is not None})


def state_of(settings: Settings, *, create: bool = False) -> State:
    """The state folder; StateError where it is missing and not to be made."""
    return State.open(settings.state, create=create)


def keys_of(settings: Settings, state: State, *, create: bool = False) -> Keys:
    """The state folder's keys."""
    return Keys.load_or_create(state.path, settings.keys, create=create, environ=os.environ)


def passing_keys(settings: Settings, rules: Rules) -> Keys:
    """Keys for a command that keeps nothing: any, unless a file of the catalog was made with the gate's own."""
    if rules.catalog.keyed:
        return keys_of(settings, state_of(settings))
    return Keys(os.urandom(MASTER_SIZE))
