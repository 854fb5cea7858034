"""`hushgate users password`: a password is typed twice without being shown, or read from stdin; never an argument."""

from __future__ import annotations

import argparse
import sys
from getpass import getpass

from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.errors import StateError
from hushgate.identity.passwords import LONGEST, Passwords, fitting
from hushgate.users import UserBook, Users


def change(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    state = state_of(settings)
    key = keys_of(settings, state).derive("tokens")
    users = Users(state.users, key)
    if args.remove:
        users.keep_password(args.name, "")
        say(f"{args.name} has no password any more, and whoever came in by it is out")
        return Exit.FINE
    if args.name not in {user.name for user in users.everyone()}:
        raise StateError("there is no such user", hint="hushgate users list")
    keep(users, UserBook(state.users, key), key, args.name, asked(args.name))
    return Exit.FINE


def keep(users: Users, book: UserBook, key: bytes, name: str, password: str) -> None:
    """Make it the user's, and say so."""
    Passwords(users, book, key).keep(name, password)
    say(f"{name} may log in at the console with this password; whoever came in by an earlier one is out")


def asked(name: str) -> str:
    """A password that may be the user's, from the terminal or the first line of stdin; StateError otherwise."""
    if sys.stdin.isatty():
        password = getpass(f"password of {name}: ")
        fitting(name, password)
        if getpass("once more: ") != password:
            raise StateError("the two are not the same", hint="nothing was changed; type it again")
    else:
        password = sys.stdin.readline(4 * LONGEST).removesuffix("\n").removesuffix("\r")
    fitting(name, password)
    return password
