"""`hushgate approvals request|list|show|approve|reject|reveal`, `hushgate grants ...`, `hushgate deputies ...`."""

from __future__ import annotations

import argparse
from typing import Any

from hushgate.cli import render
from hushgate.cli.context import Exit, say
from hushgate.cli.control import Control


def _done(args: argparse.Namespace, do: str, **said: object) -> Any:
    with Control(args) as gate:
        return gate(do, **said)


def request(args: argparse.Namespace) -> int:
    asked = _done(
        args, "request", entities=args.entity, destination=args.to, seconds=args.span, reason=args.reason,
        uses=args.uses, raw=args.raw,
    )  # fmt: skip
    if args.json:
        render.as_json(asked)
    else:
        render.line(asked["id"])
        say(f"hint: an approver decides with: hushgate approvals approve {asked['id']}")
    return Exit.FINE


def everything(args: argparse.Namespace) -> int:
    found = _done(args, "list", state=None if args.all else "pending")
    if args.json:
        render.as_json(found)
    else:
        columns = ("id", "at", "actor", "to", "level", "for", "state", "ends")
        render.table(columns, [row(one) for one in found], spare=("at", "level", "state"))
    if not found:
        say("nothing waits for approval" if not args.all else "nothing was asked for")
    return Exit.FINE


def row(one: dict[str, Any]) -> tuple[object, ...]:
    """An approval as a line of a table."""
    left = render.moment(one["expires_at"]) if one["state"] == "pending" else one["decided_by"]
    waits = ", ".join(one["entities"]) or ", ".join(reason["rule"] for reason in one["reasons"])
    return (
        one["id"], render.moment(one["at"]), one["actor"], one["destination"], one["level"], waits, one["state"], left
    )  # fmt: skip


def show(args: argparse.Namespace) -> int:
    found = _done(args, "show", id=args.id)
    if args.json:
        render.as_json(found)
    else:
        draw(found)
    return Exit.FINE


def draw(one: dict[str, Any]) -> None:
    """One approval, as whoever decides reads it."""
    terms = one["terms"]
    uses = "any number" if terms["uses"] is None else terms["uses"]
    render.fields(
        [
            ("approval", one["id"]),
            ("state", one["state"] + (f" by {one['decided_by']}" if one["decided_by"] else "")),
            ("actor", one["actor"] + (f" ({', '.join(one['groups'])})" if one["groups"] else "")),
            ("asked", render.moment(one["at"])),
            ("expires", render.moment(one["expires_at"])),
            ("to", one["destination"] + (f" ({one['model']})" if one["model"] else "")),
            ("level", one["level"]),
            *(("because", reason) for reason in render.reasons(one["reasons"])),
            *([("says", one["why"])] if one["why"] else []),
            ("terms", f"uses: {uses}; {'raw' if terms['raw'] else 'masked'}"),
            *([("content", terms["digest"])] if terms["digest"] else []),
            ("agreed", "; ".join(one["tally"]) + (f" ({', '.join(one['yes'])})" if one["yes"] else "")),
            *([("reason", one["reason"])] if one["reason"] else []),
            *([("to know", "a value stands where nothing can be masked")] if one["unmaskable"] else []),
            ("exchange", one["exchange"]),
            ("waiting", f"{one['waiting']} on their connections"),
            *((text["where"], text["text"]) for text in one["excerpts"]),
            *(
                ("before", f"{past['id']} {past['state']}: {', '.join(past['entities'])} to {past['destination']}")
                for past in one["history"]
            ),
        ]
    )
    if one["findings"]:
        rows = [(n, f["entity"], f["level"], f["where"], f["held"]) for n, f in enumerate(one["findings"])]
        render.table(("n", "entity", "level", "where", "held"), rows)


def approve(args: argparse.Namespace) -> int:
    done = _done(
        args, "approve", id=args.id, raw=args.raw, any_content=args.any_content, group=args.group, uses=args.uses,
        seconds=args.span,
    )  # fmt: skip
    if args.json:
        render.as_json(done)
    elif done["state"] == "approved":
        render.line(f"{args.id} is approved")
    else:
        render.line(f"{args.id} is approved by {', '.join(done['yes'])}, and others have to agree")
    return Exit.FINE


def reject(args: argparse.Namespace) -> int:
    done = _done(args, "reject", id=args.id, reason=args.reason)
    if args.json:
        render.as_json(done)
    else:
        render.line(f"{args.id} is rejected")
    return Exit.FINE


def reveal(args: argparse.Namespace) -> int:
    value = _done(args, "reveal", id=args.id, finding=args.finding)
    if args.json:
        render.as_json({"value": value})
    else:
        render.line(render.plain(value))
    return Exit.FINE


def grants(args: argparse.Namespace) -> int:
    found = _done(args, "grants", all=args.all)
    if args.json:
        render.as_json(found)
    else:
        columns = ("id", "for", "to", "covers", "uses left", "until", "given by", "open")
        rows = [
            (
                g["id"], g["group"] or g["actor"], g["destination"],
                "one content" if g["digest"] else ", ".join(g["entities"] or g["rules"]),
                "any" if g["uses"] is None else g["uses"] - g["used"], render.moment(g["until"]), g["by"], g["open"],
            )
            for g in found
        ]  # fmt: skip
        render.table(columns, rows, spare=("given by", "open"))
    if not found:
        say("no grant is open")
    return Exit.FINE


def revoke(args: argparse.Namespace) -> int:
    done = _done(args, "revoke", id=args.id)
    if args.json:
        render.as_json(done)
    else:
        render.line(f"{args.id} is revoked")
    return Exit.FINE


def deputies(args: argparse.Namespace) -> int:
    found = _done(args, "deputies")
    if args.json:
        render.as_json(found)
    else:
        rows = [(one["user"], one["name"], render.moment(one["at"]), render.moment(one["until"])) for one in found]
        render.table(("for", "deputy", "from", "until"), rows, spare=("from",))
    if not found:
        say("nobody has a deputy")
    return Exit.FINE


def name_deputy(args: argparse.Namespace) -> int:
    done = _done(args, "deputy", deputy=args.deputy, seconds=args.span)
    if args.json:
        render.as_json(done)
    else:
        render.line(f"{done['name']} may decide for {done['user']} until {render.moment(done['until'])}")
    return Exit.FINE


def end_deputy(args: argparse.Namespace) -> int:
    done = _done(args, "deputy", deputy=None, seconds=0)
    if args.json:
        render.as_json(done)
    else:
        render.line(f"{done['name']} does not decide for {done['user']} any more")
    return Exit.FINE
