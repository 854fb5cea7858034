"""`hushgate users add|list|revoke`."""

from __future__ import annotations

import argparse

from hushgate.cli import render
from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.users import DEVELOPER, PROXY, Users


def _users(args: argparse.Namespace, *, create: bool) -> Users:
    settings = settings_of(args)
    state = state_of(settings, create=create)
    return Users(state.users, keys_of(settings, state, create=create).derive("tokens"))


def add(args: argparse.Namespace) -> int:
    tokens = _users(args, create=True).enrol(args.name, args.group, args.role or (DEVELOPER,))
    for use, token in tokens.items():
        if use == PROXY:
            say(f"the token of {args.name}, shown this once; its proxy is http://{args.name}:TOKEN@HOST:PORT")
        else:
            say(f"the token that {args.name} decides and reads with, shown this once; for HUSHGATE_TOKEN, no proxy's")
        render.line(token)
    return Exit.FINE


def everyone(args: argparse.Namespace) -> int:
    found = _users(args, create=False).everyone()
    if args.json:
        render.as_json(
            [{"name": u.name, "groups": list(u.groups), "roles": list(u.roles), "added": u.added} for u in found]
        )
    else:
        rows = [(u.name, u.groups, u.roles, render.moment(u.added)) for u in found]
        render.table(("name", "groups", "roles", "added"), rows)
    if not found:
        _say_who_is_let_in(args)
    return Exit.FINE


def revoke(args: argparse.Namespace) -> int:
    users = _users(args, create=False)
    users.revoke(args.name)
    say(f"{args.name} has no access from the next request on")
    if not users.everyone():
        _say_who_is_let_in(args)
    return Exit.FINE


def _say_who_is_let_in(args: argparse.Namespace) -> None:
    """Where there are no users: a gate that never had any lets in everybody, one that lost its last nobody."""
    place = state_of(settings_of(args)).users
    if place.exists():
        say(f"no user is left, and nobody is let in\nhint: hushgate users add NAME; without {place} everybody is")
    else:
        say("there are no users: whoever reaches the port may use the gate\nhint: hushgate users add NAME")
