"""What an approver may say yes to, and the terms that it makes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from hushgate.approvals.cases import Approval
from hushgate.approvals.grants import Terms
from hushgate.errors import Unfit

LONGEST_GRANT: Final = 90 * 86400
"""Seconds."""
LONGEST_TEXT: Final = 500
"""Characters of what people say for it, or against it."""
MOST_USES: Final = 1_000_000
MOST_ENTITIES: Final = 50
_ENTITY: Final = re.compile(r"[A-Z][A-Z0-9_]{0,63}\Z")
_ENDPOINT: Final = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,63}|\*)\Z")


@dataclass(frozen=True, slots=True)
class Wish:
    """What an approver says yes to, where it is more than this content once with its values masked.

    `raw`: numbers of findings that may go as they are, or all that are held where it is empty.
    """

    raw: tuple[int, ...] | None = None
    any_content: bool = False
    group: str | None = None
    uses: int | None = 1
    seconds: float | None = None


PLAIN: Final = Wish()


def terms_of(wish: Wish, approval: Approval, now: float, usual_seconds: float) -> Terms:
    """The terms of a yes, until `usual_seconds` from `now` where the wish names no span; Unfit for what cannot be."""
    if approval.exchange is None:
        if wish != PLAIN:
            raise Unfit("what was asked beforehand is approved as it was asked", hint="or reject it")
        return replace(approval.terms, until=now + approval.terms.until)
    held = [n for n, found in enumerate(approval.findings) if found.held]
    chosen = held if wish.raw == () else list(wish.raw or ())
    if any(not 0 <= n < len(approval.findings) for n in chosen):
        raise Unfit("there is no such finding", hint=f"hushgate approvals show {approval.id} numbers them")
    if approval.unmaskable and not set(held) <= set(chosen):
        raise Unfit("a value stands where nothing can be masked", hint="approve it with --raw, or reject it")
    seconds = usual_seconds if wish.seconds is None else min(wish.seconds, LONGEST_GRANT)
    check_bounds(wish.uses, seconds)
    released = tuple(sorted({approval.findings[n].fingerprint for n in chosen}))
    raw, digest = bool(chosen), None if wish.any_content else approval.terms.digest
    entities = tuple(sorted({approval.findings[n].entity for n in held})) if wish.any_content else ()
    if wish.any_content and raw and set(chosen) != set(held):
        raise Unfit("any content goes raw for all that it is held for, or for none", hint="--raw without numbers")
    return Terms(
        None if wish.group else approval.actor, wish.group, approval.destination, digest, entities,
        tuple(sorted({rule for rule, _ in approval.reasons})) if wish.any_content else (),
        raw, released if digest else (), wish.uses, now + seconds,
    )  # fmt: skip


def check_wanted(terms: Terms, seconds: float) -> None:
    """Unfit for what nobody can ask for beforehand."""
    if not terms.entities:
        raise Unfit("a request beforehand names what it is about", hint="--entity NAME")
    if len(terms.entities) > MOST_ENTITIES or not all(map(_ENTITY.match, terms.entities)):
        raise Unfit("these are no names of entities", hint="--entity EMAIL_ADDRESS; `hushgate rules list` has them")
    if not _ENDPOINT.match(terms.destination):
        raise Unfit("this is no endpoint's id", hint="--to openai; * is any")
    check_bounds(terms.uses, seconds)


def check_bounds(uses: int | None, seconds: float) -> None:
    """Unfit for a number of uses or a time that is none."""
    if uses is not None and not 1 <= uses <= MOST_USES:
        raise Unfit(f"uses are 1 to {MOST_USES}", hint="--uses 20")
    if not seconds > 0:
        raise Unfit("a yes lasts for some time", hint="--for 30m")
