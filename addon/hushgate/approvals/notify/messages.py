"""What is said of an approval, in plain words, before a channel dresses it. Pure: no clock, no value of anyone's.

Only names go in: of people, endpoints, entities and rules. No text of a request, not even a masked one, leaves the
gate this way; who wants to read more follows the link, and logs in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hushgate.approvals.cases import Approval
from hushgate.approvals.notify.channels import ASKS, Step

LONGEST: Final = 200
"""Characters of a name or a list of names."""
LISTED: Final = 20
"""Approvals that a summary names."""

_DONE: Final = {
    Step.APPROVED: "was approved by {by}",
    Step.REJECTED: "was rejected by {by}",
    Step.EXPIRED: "has expired",
}


@dataclass(frozen=True, slots=True)
class Message:
    """`key` is the same for each try and for no other message. `facts` are labels and what stands beside them.

    `approvals` are what it is about; `link` leads to the console, `command` says the same for a terminal.
    """

    key: str
    step: Step
    at: float
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    link: str | None = None
    command: str = ""
    approvals: tuple[Approval, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether somebody is to do something."""
        return self.step in ASKS


def about(approval: Approval, step: Step, at: float, link: str | None = None) -> Message:
    """The message of one step."""
    what = f"{_asked_for(approval)} to {plain(approval.destination)}"
    who = plain(approval.actor)
    if step in ASKS:
        title = f"{who} waits for approval: {what}"
    else:
        title = f"{who}, {what}: {_DONE[step].format(by=plain(approval.decided_by or 'nobody'))}"
    facts = [
        ("Asked by", who),
        ("To", plain(approval.destination)),
        ("Found", _list(entities(approval))),
        ("Level", plain(approval.level)),
        ("Rules", _list(rules(approval))),
        ("Needs", needs(approval) if step in ASKS else ""),
        ("Agreed", _list(approval.yes) if step in ASKS else ""),
        ("Asked at", moment(approval.at)),
        ("Until", moment(approval.expires_at) if step in ASKS else ""),
        ("Approval", plain(approval.id)),
    ]
    named = tuple((label, said) for label, said in facts if said)
    command = f"hushgate approvals show {plain(approval.id)}"
    key = f"{approval.id}.{step}.{len(approval.yes)}"
    return Message(key, step, at, title, named, link, command, (approval,))


def waiting(approvals: Sequence[Approval], at: float, key: str, link: str | None = None) -> Message:
    """One message for many that ask."""
    actors = list(dict.fromkeys(plain(one.actor) for one in approvals))
    soonest = min(one.expires_at for one in approvals)
    facts = [
        ("Asked by", _list(actors)),
        ("To", _list(dict.fromkeys(one.destination for one in approvals))),
        ("Found", _list(dict.fromkeys(entity for one in approvals for entity in entities(one)))),
        ("The first runs out", moment(soonest)),
    ]
    title = f"{len(approvals)} requests wait for approval"
    named = tuple((label, said) for label, said in facts if said)
    return Message(key, Step.WAITING, at, title, named, link, "hushgate approvals list", tuple(approvals))


def trial(at: float, key: str, link: str | None = None) -> Message:
    """A message that says that it is one."""
    facts = (("Sent at", moment(at)), ("To do", "nothing: whoever reads this would be asked to approve"))
    return Message(key, Step.TEST, at, "hushgate tries whether this channel works", facts, link, "")


def entities(approval: Approval) -> tuple[str, ...]:
    """What an approval is about: the entities that it is held for, or that were asked for beforehand."""
    held = [found.entity for found in approval.findings if found.held]
    return tuple(dict.fromkeys(held or approval.terms.entities))


def rules(approval: Approval) -> tuple[str, ...]:
    """The rules that an approval is for."""
    return tuple(dict.fromkeys(rule for rule, _ in approval.reasons))


def needs(approval: Approval) -> str:
    """Who has to agree, where it is more than any one approver."""
    if approval.wanted == 1 and not any(quorum.groups for quorum in approval.quorums):
        return ""
    wanted = (f"{one.approvers} of {_list(one.groups) or 'all approvers'}" for one in approval.quorums)
    return plain(" and ".join(wanted))


def moment(at: float) -> str:
    """A time, as people read it anywhere."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def plain(text: str) -> str:
    """A name on one line, not long: without line ends and what else nobody sees, such as a change of direction."""
    shown = "".join(c if unicodedata.category(c) not in _UNSEEN else "\ufffd" for c in text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "\u2026"


_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def _asked_for(approval: Approval) -> str:
    return _list(entities(approval)) or _list(rules(approval)) or "a request"


def _list(names: Sequence[str] | dict[str, None]) -> str:
    return plain(", ".join(plain(name) for name in names))
