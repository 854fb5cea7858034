"""`hushgate ca path|show|rotate`."""

from __future__ import annotations

import argparse

from hushgate.cli import render
from hushgate.cli.context import Exit, say, settings_of, state_of
from hushgate.proxy import ca
from hushgate.rulebook import permitted


def path(args: argparse.Namespace) -> int:
    authority = _authority(args)
    place = str(authority.roots if args.roots else authority.bundle)
    if args.json:
        render.as_json({"path": place})
    else:
        render.line(place)
    return Exit.FINE


def show(args: argparse.Namespace) -> int:
    authority = _authority(args)
    shown = {
        "root": authority.root_fingerprint,
        "signer": authority.signer_fingerprint,
        "root_ends": authority.root_ends.isoformat(),
        "signer_ends": authority.signer_ends.isoformat(),
        "bundle": str(authority.bundle),
        "roots": str(authority.roots),
        "retired": [{"root": root, "until": until.isoformat()} for root, until in authority.retired],
        "permitted": list(authority.permitted),
    }
    if args.json:
        render.as_json(shown)
    else:
        retired = [f"{root} until {until:%Y-%m-%d}" for root, until in authority.retired]
        render.fields(
            [
                ("root SHA-256", authority.root_fingerprint),
                ("intermediate SHA-256", authority.signer_fingerprint),
                ("root ends", f"{authority.root_ends:%Y-%m-%d}"),
                ("intermediate ends", f"{authority.signer_ends:%Y-%m-%d}"),
                ("bundle for clients", authority.bundle),
                ("root alone", authority.roots),
                *(("former root", r) for r in retired),
                ("may sign for", f"{len(authority.permitted)} names and their subdomains"),
                *(("", name) for name in authority.permitted if not render.on_terminal()),
            ]
        )
        if render.on_terminal():
            say("hint: hushgate ca show | cat lists the names")
    if warning := authority.warning():
        say(f"warning: {warning}")
    return Exit.FINE


def rotate(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    state = state_of(settings, create=True)
    authority = ca.rotate(state.path, permitted(settings))
    say(f"a new root, SHA-256 {authority.root_fingerprint}")
    say("hint: restart the gate; import the new root where the old one was imported by hand")
    render.line(str(authority.bundle))
    return Exit.FINE


def _authority(args: argparse.Namespace) -> ca.Authority:
    settings = settings_of(args)
    return ca.open_authority(state_of(settings, create=True).path, permitted(settings))
