"""`hushgate users add|ticket|exchange|list|revoke`."""

from __future__ import annotations

import argparse
import difflib
import sys
import time
from collections.abc import Iterator
from typing import Any

from hushgate.cli import render
from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.cli.passwords import asked, keep
from hushgate.endpoints import load_endpoints
from hushgate.errors import StateError
from hushgate.identity.asking import ask, proxy_url
from hushgate.identity.form import Asked
from hushgate.identity.jws import LONGEST
from hushgate.identity.scope import ANY, beyond, scope_of, told, written
from hushgate.identity.tickets import Ticket, Tickets
from hushgate.identity.uses import read_uses
from hushgate.rulebook import sources
from hushgate.users import DEVELOPER, PROXY, User, UserBook, Users
from hushgate.values import Scope


def _users(args: argparse.Namespace) -> Users:
    settings = settings_of(args)
    state = state_of(settings)
    return Users(state.users, keys_of(settings, state).derive("tokens"))


def _tickets(args: argparse.Namespace) -> Tickets:
    settings = settings_of(args)
    state = state_of(settings)
    return Tickets(state.tickets, keys_of(settings, state).derive("tokens"))


def _scope(args: argparse.Namespace, *, here: bool = True) -> Scope:
    """What the options limit a token to. `here`: the gate's endpoints are those of this configuration."""
    said = {"endpoints": args.endpoint, "models": args.model, "from": args.sources}
    try:
        scope = scope_of({key: words for key, words in said.items() if words})
    except ValueError as why:
        raise StateError(str(why), hint="docs/identity.md tells what a token can be limited to") from None
    if here and scope.endpoints is not None:
        known = load_endpoints(sources(settings_of(args).endpoints, "endpoints"))
        names = {name for one in known.endpoints for name in (one.id, one.provider)}
        for word in scope.endpoints:
            if word not in names and "." not in word:
                near = difflib.get_close_matches(word, names, 3)
                raise StateError(f"there is no endpoint {word}", hint=f"did you mean {' or '.join(near)}?" * bool(near))
    return scope


def add(args: argparse.Namespace) -> int:
    roles, scope = args.role or (DEVELOPER,), _scope(args)
    settings = settings_of(args)
    state = state_of(settings, create=True)
    key = keys_of(settings, state, create=True).derive("tokens")
    users = Users(state.users, key)
    password = asked(args.name) if args.password else None
    tokens = users.enrol(args.name, args.group, roles, scope, args.expires or 0)
    if password is not None:
        keep(users, UserBook(state.users, key), key, args.name, password)
    for use, token in tokens.items():
        if use == PROXY:
            good = f", good {told([scope])}" if scope != ANY else ""
            say(f"the token of {args.name}{good}, shown this once; its proxy is http://{args.name}:TOKEN@HOST:PORT")
        else:
            say(f"the token that {args.name} decides and reads with, shown this once; for HUSHGATE_TOKEN, no proxy's")
        render.line(token)
    return Exit.FINE


def everyone(args: argparse.Namespace) -> int:
    state = state_of(settings_of(args))
    found, uses = _users(args).everyone(), read_uses(state.uses)
    tickets = _tickets(args).live()
    now = time.time()
    rows = [_user(user, [t for t in tickets if t.name == user.name and not t.job], uses, now) for user in found]
    jobs = dict.fromkeys(t.name for t in tickets if t.job)
    rows += [_job(name, [t for t in tickets if t.name == name and t.job], uses) for name in jobs]
    if args.json:
        render.as_json(rows)
    else:
        render.table(("name", "groups", "roles", "token", "good", "until", "last use"), _cells(rows))
    if not found:
        _say_who_is_let_in(args)
    return Exit.FINE


def _cells(rows: list[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    """A line a token; one for a user without any, too."""
    for row in rows:
        for one in row["tokens"] or [{"id": None, "scopes": [], "expires": None, "last_use": None}]:
            ends = min((at for at in (row["expires"], one["expires"]) if at is not None), default=None)
            good = told(map(scope_of, (row["scope"], *one["scopes"])))
            used = render.moment(one["last_use"])
            yield row["name"], row["groups"], row["roles"], one["id"], good, render.moment(ends), used


def _user(user: User, tickets: list[Ticket], uses: dict[str, int], now: float) -> dict[str, Any]:
    """A user as JSON. What ends is told in Unix seconds, null for never; a use to the hour."""
    own: list[dict[str, Any]] = (
        [{"id": user.id, "expires": None, "scopes": [], "last_use": uses.get(user.id)}] if user.id else []
    )
    return {
        "name": user.name,
        "groups": list(user.groups),
        "roles": list(user.roles),
        "added": user.added,
        "expires": user.expires or None,
        "ended": user.ended(now),
        "job": False,
        "scope": written(user.scope),
        "tokens": own + [_ticket(one, uses) for one in tickets],
    }


def _job(name: str, tickets: list[Ticket], uses: dict[str, int]) -> dict[str, Any]:
    groups = list(dict.fromkeys(group for one in tickets for group in one.groups))
    told = [_ticket(one, uses) for one in tickets]
    return {"name": name, "groups": groups, "roles": [DEVELOPER], "added": None, "expires": None, "ended": False,
            "job": True, "scope": {}, "tokens": told}  # fmt: skip


def _ticket(one: Ticket, uses: dict[str, int]) -> dict[str, Any]:
    scopes = [written(scope) for scope in one.scopes]
    return {"id": one.id, "expires": one.expires, "scopes": scopes, "last_use": uses.get(one.id)}


def ticket(args: argparse.Namespace) -> int:
    user = next((user for user in _users(args).everyone() if user.name == args.name), None)
    if user is None or user.ended(time.time()):
        raise StateError("there is no such user", hint="hushgate users list")
    scope = _scope(args)
    if (more := beyond(user.scope, scope)) is not None:
        raise StateError(f"the scope of {args.name} does not give {more}", hint="a ticket only narrows it")
    seconds = args.expires or args.hours * 3600
    token = _tickets(args).give(args.name, seconds, scope)
    good = f", good {told([scope])}" if scope != ANY else ""
    say(f"a token of {args.name} for {seconds / 3600:g} hours{good}, shown this once")
    render.line(token)
    return Exit.FINE


def exchange(args: argparse.Namespace) -> int:
    proxy = args.proxy
    if proxy is None:
        ready = state_of(settings_of(args)).read_ready()
        if ready is None:
            raise StateError("no gate runs here", hint="hushgate users exchange --proxy http://HOST:PORT")
        proxy = ready.proxy
    given = ask(proxy, Asked(sys.stdin.read(LONGEST + 1).strip(), _scope(args, here=False)))
    url = proxy_url(proxy, given.name, given.token)
    say(f"{given.name} may use the gate for {given.seconds // 60} minutes; shown this once")
    if args.json:
        said = {"name": given.name, "token": given.token, "seconds": given.seconds, "proxy": url, "scope": given.scope}
        render.as_json(said)
    else:
        render.line(url)
    return Exit.FINE


def revoke(args: argparse.Namespace) -> int:
    users, tickets = _users(args), _tickets(args)
    if args.token is not None:
        if not users.revoke_token(args.name, args.token) and not tickets.revoke(args.name, args.token):
            raise StateError(f"{args.name} has no such token", hint="hushgate users list")
        say(f"the token {args.token} of {args.name} is void from the next request on")
        return Exit.FINE
    gone = tickets.revoke(args.name)
    if not gone or args.name in {user.name for user in users.everyone()}:
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
