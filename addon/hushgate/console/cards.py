"""Approvals as pages and script show them: texts alone, placeholders told apart from what stands around them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from hushgate.approvals.cases import refusal, tally
from hushgate.consent import Person
from hushgate.console.counter import Pending
from hushgate.console.views import plain, stamp
from hushgate.control import told
from hushgate.values import PLACEHOLDER_PATTERN

EXCERPTS: Final = 3
"""Texts of one approval in the list; its page has all."""
REASONS: Final = 5

_TOKEN: Final = re.compile(PLACEHOLDER_PATTERN)

type Piece = tuple[str, bool]


def pieces(text: str) -> list[Piece]:
    """A text cut at its placeholders: each piece, and whether it is one."""
    found: list[Piece] = []
    at = 0
    for token in _TOKEN.finditer(text):
        if token.start() > at:
            found.append((plain(text[at : token.start()]), False))
        found.append((token[0], True))
        at = token.end()
    if at < len(text):
        found.append((plain(text[at:]), False))
    return found


def card(one: Pending, person: Person, stands_for: Sequence[Person]) -> dict[str, Any]:
    """What a line of the list says of a pending approval, to one person, who may stand for others."""
    approval = one.approval
    return {
        "id": approval.id,
        "actor": plain(approval.actor),
        "destination": plain(approval.destination),
        "model": plain(approval.model) if approval.model else "",
        "level": approval.level,
        "entities": told(approval)["entities"],
        "reasons": [[plain(rule), plain(says)] for rule, says in approval.reasons[:REASONS]],
        "why": plain(approval.why) if approval.why else "",
        "excerpts": [{"who": plain(text.who), "pieces": pieces(text.text)} for text in one.excerpts[:EXCERPTS]],
        "ends": stamp(approval.expires_at),
        "votes": votes(approval.yes, tally(approval)),
        "waiting": one.waiting,
        "refused": refusal(person, approval, stands_for),
        "plain": not approval.yes,
        "unmaskable": approval.unmaskable,
    }


def votes(yes: Iterable[str], tally: Sequence[str]) -> str:
    """How many have said yes, where more than one has to, or one of a group; nothing where anybody is enough."""
    if list(tally) in (["0 of 1"], ["1 of 1"]):
        return ""
    by = f" ({', '.join(yes)})" if yes else ""
    return f"{' and '.join(tally)} have said yes{by}"


def covers(terms: Mapping[str, Any]) -> list[str]:
    """What terms give, in words."""
    who = f"group {terms['group']}" if terms["group"] else str(terms["actor"])
    if terms["digest"] is not None:
        what = "this content"
    else:
        names = ", ".join(terms["entities"]) or "anything"
        what = f"any content held for {names}" + (f" by {', '.join(terms['rules'])}" if terms["rules"] else "")
    uses = terms["uses"]
    times = "any number of times" if uses is None else "once" if uses == 1 else f"{uses} times"
    how = "values go as they are" if terms["raw"] else "values masked"
    return [plain(f"{who} to {terms['destination']}"), plain(what), times, how]


def agreed(approval: Mapping[str, Any]) -> dict[str, str]:
    """The form fields that say yes on the terms that others have said yes on."""
    terms = approval["terms"]
    fields: dict[str, str] = {"uses": "" if terms["uses"] is None else str(terms["uses"])}
    if terms["group"]:
        fields["group"] = terms["group"]
    if terms["digest"] is None:
        fields["any"] = "on"
    if terms["raw"] and terms["digest"] is None:
        fields["raw"] = "all"
    elif terms["raw"]:
        released = set(terms["released"])
        found = enumerate(approval["findings"])
        fields |= {f"raw-{n}": "on" for n, one in found if one["fingerprint"] in released}
    return fields


def wish(form: Mapping[str, str]) -> dict[str, Any]:
    """What a form wishes for, as `control` takes it; ValueError where a number is none.

    `raw-N`: finding N goes as it is; `raw` all that are held; `any`: any content; `group`; `uses`, empty for as many
    as there are; `seconds`.
    """
    numbers = [name.removeprefix("raw-") for name in form if name.startswith("raw-")]
    made: dict[str, Any] = {"any_content": "any" in form, "group": form.get("group") or None}
    if "raw" in form or numbers:
        made["raw"] = [] if "raw" in form else sorted(map(_number, numbers))
    if "uses" in form:
        made["uses"] = _number(form["uses"], 1, 1_000_000) if form["uses"].strip() else None
    if form.get("seconds"):
        made["seconds"] = _number(form["seconds"], 1, 10**8)
    return made


def _number(text: str, least: int = 0, most: int = 9999) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise ValueError
    return int(text)
