"""`hushgate users add|ticket|exchange|list|revoke`."""

from __future__ import annotations

import argparse
import sys

from hushgate.cli import render
from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.errors import StateError
from hushgate.identity.asking import ask, proxy_url
from hushgate.identity.jws import LONGEST
from hushgate.identity.tickets import Tickets
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


def ticket(args: argparse.Namespace) -> int:
    if args.name not in {user.name for user in _users(args, create=False).everyone()}:
        raise StateError("there is no such user", hint="hushgate users list")
    token = _tickets(args).give(args.name, args.hours * 3600)
    say(f"a token of {args.name} for {args.hours:g} hours, shown this once")
    render.line(token)
    return Exit.FINE


def exchange(args: argparse.Namespace) -> int:
    proxy = args.proxy
    if proxy is None:
        ready = state_of(settings_of(args)).read_ready()
        if ready is None:
            raise StateError("no gate runs here", hint="hushgate users exchange --proxy http://HOST:PORT")
        proxy = ready.proxy
    given = ask(proxy, sys.stdin.read(LONGEST + 1).strip())
    url = proxy_url(proxy, given.name, given.token)
    say(f"{given.name} may use the gate for {given.seconds // 60} minutes; shown this once")
    if args.json:
        render.as_json({"name": given.name, "token": given.token, "seconds": given.seconds, "proxy": url})
    else:
        render.line(url)
    return Exit.FINE


def _tickets(args: argparse.Namespace) -> Tickets:
    settings = settings_of(args)
    state = state_of(settings)
    return Tickets(state.tickets, keys_of(settings, state).derive("tokens"))


def revoke(args: argparse.Namespace) -> int:
    users = _users(args, create=False)
    tickets = _tickets(args).revoke(args.name)
    if not tickets or args.name in {user.name for user in users.everyone()}:
        users.revoke(args.name)
    say(f"{args.name} has no access from the next request on")
    if not users.everyone() and settings_of(args).workloads is None:
        _say_who_is_let_in(args)
    return Exit.FINE


def _say_who_is_let_in(args: argparse.Namespace) -> None:
    """Where there are no users: a gate that never had any lets in everybody, one that lost its last nobody."""
    place = state_of(settings_of(args)).users
    if place.exists():
        say(f"no user is left, and nobody is let in\nhint: hushgate users add NAME; without {place} everybody is")
    else:
        say("there are no users: whoever reaches the port may use the gate\nhint: hushgate users add NAME")
