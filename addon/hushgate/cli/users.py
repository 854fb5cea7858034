"""`hushgate users add|list|revoke`."""

from __future__ import annotations

import argparse

from hushgate.cli import render
from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.users import Users


def _users(args: argparse.Namespace, *, create: bool) -> Users:
    settings = settings_of(args)
    state = state_of(settings, create=create)
    return Users(state.users, keys_of(settings, state, create=create).derive("tokens"))


def add(args: argparse.Namespace) -> int:
    token = _users(args, create=True).add(args.name, args.group)
    say(f"the token of {args.name}, shown this once; its proxy is http://{args.name}:TOKEN@HOST:PORT")
    render.line(token)
    return Exit.FINE


def everyone(args: argparse.Namespace) -> int:
    found = _users(args, create=False).everyone()
    if args.json:
        render.as_json([{"name": u.name, "groups": list(u.groups), "added": u.added} for u in found])
    else:
        render.table(("name", "groups", "added"), [(u.name, u.groups, render.moment(u.added)) for u in found])
    if not found:
        say("there are no users: whoever reaches the port may use the gate\nhint: hushgate users add NAME")
    return Exit.FINE


def revoke(args: argparse.Namespace) -> int:
    _users(args, create=False).revoke(args.name)
    say(f"{args.name} has no access from the next request on")
    return Exit.FINE
