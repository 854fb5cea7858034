"""A held request, between its decision and what becomes of it.

Approval changes the gate alone: what was to be masked is masked, and so is
what the request is held for, but for findings that the approval releases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Final, Protocol

from hushgate import transcripts
from hushgate.consent import Answer, Asked, Excerpt, Outcome, Presence, Quorum, holding, is_held
from hushgate.files import in_document
from hushgate.policy.rules import Action, RuleSet
from hushgate.records import spoken
from hushgate.requests.content import content
from hushgate.requests.inbound import ReadRequest
from hushgate.transform.mask import Clash, mask
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.styles import PLACEHOLDER
from hushgate.values import (
    PLACEHOLDER_PATTERN,
    Area,
    Decision,
    Gate,
    Kind,
    Location,
    Reason,
    Role,
    Segment,
    Verdict,
)

AROUND: Final = 120
"""Characters on either side of a value that an approver sees."""
MOST_TEXTS: Final = 12
LONGEST: Final = 600

_TOKEN: Final = re.compile(PLACEHOLDER_PATTERN)


class Approvals(Protocol):
    """Who is asked about a held request. LedgerError where a step cannot be put on record."""

    async def ask(self, asked: Asked, presence: Presence | None) -> Answer: ...


def asked(read: ReadRequest, decision: Decision, ruleset: RuleSet, placeholders: Placeholders) -> Asked:
    """What is asked about a held request."""
    rules = holding(decision)
    quorums = {rule.id: rule.quorum for rule in ruleset.rules}
    places = {segment.location: segment for segment in read.exchange.segments}
    fixed = any(_fixed(v, places) for v in decision.verdicts if is_held(v, rules))

    def reveal(n: int) -> str:
        found = decision.verdicts[n].finding
        return places[found.location].text[found.start : found.end]

    return Asked(
        read.exchange, decision, content(read), len(read.inbound.body),
        excerpts(read.exchange.segments, decision.verdicts, placeholders, read.exchange.actor.name), fixed,
        tuple(dict.fromkeys(quorums.get(reason.rule, Quorum()) for reason in decision.reasons)), reveal,
    )  # fmt: skip


def quorums(ruleset: RuleSet, entities: Sequence[str]) -> tuple[Quorum, ...]:
    """All that the rules ask for which may hold a request for one of these entities: for who asks beforehand."""
    holds = [rule for rule in ruleset.rules if rule.then is Action.HOLD and rule.enforce]
    speaking = [rule for rule in holds if any(_speaks_of(rule.when.entity, entity) for entity in entities)]
    return tuple(dict.fromkeys(rule.quorum for rule in speaking))


def _speaks_of(named: tuple[str, ...] | None, entity: str) -> bool:
    return named is None or any(fnmatchcase(entity, pattern) for pattern in named)


def _fixed(verdict: Verdict, places: dict[Location, Segment]) -> bool:
    """Whether nothing can be masked where a finding stands."""
    at = verdict.finding.location
    return places[at].kind is Kind.OPAQUE or at.area is Area.PATH or in_document(at)


def answered(decision: Decision, answer: Answer) -> Decision:
    """The decision once somebody, or nobody, has said something. Only a yes opens the gate."""
    if answer.outcome is Outcome.APPROVED:
        return _approved(decision, answer)
    if answer.outcome is Outcome.NOBODY:
        return _blocked(decision, "no-approver", "nobody is there who may approve it")
    if answer.outcome is Outcome.REJECTED:
        by = f" by {', '.join(answer.by)}" if answer.by else ""
        because = f": {answer.reason}" if answer.reason else ""
        return _blocked(decision, "rejected", f"approval {answer.approval} was rejected{by}{because}")
    return decision


def _blocked(decision: Decision, rule: str, says: str) -> Decision:
    return replace(decision, gate=Gate.BLOCK, reasons=(*decision.reasons, Reason(rule, says)))


def _approved(decision: Decision, answer: Answer) -> Decision:
    said = Reason("approved", f"approved by {', '.join(answer.by)} ({answer.approval})")
    rules = holding(decision)
    verdicts = tuple(_verdict(v, rules, answer.released, said) for v in decision.verdicts)
    return replace(decision, gate=Gate.ALLOW, verdicts=verdicts, reasons=(*decision.reasons, said))


def _verdict(verdict: Verdict, rules: frozenset[str], released: frozenset[str], said: Reason) -> Verdict:
    if verdict.finding.fingerprint in released:
        return replace(verdict, mask=False, style="", restorable=False, reasons=(*verdict.reasons, said))
    if not verdict.mask and is_held(verdict, rules):
        return replace(verdict, mask=True, style=PLACEHOLDER, restorable=True)
    return verdict


def excerpts(
    segments: Sequence[Segment], verdicts: Sequence[Verdict], placeholders: Placeholders, scope: str
) -> tuple[Excerpt, ...]:
    """What an approver reads: the text around each finding, every value a placeholder; none where that cannot be.

    Where nothing was found it is the beginning of what the user said last.
    """
    every = transcripts.everything_masked(verdicts, restorable=False)
    try:
        edits = mask(segments, every, placeholders=placeholders, scope=scope).edits
    except Clash:
        return ()
    found = {verdict.finding.location for verdict in verdicts}
    shown: list[Excerpt] = []
    for segment in segments:
        if segment.location in found and segment.location in edits and len(shown) < MOST_TEXTS:
            text = " ... ".join(_windows(edits[segment.location]))[:LONGEST]
            shown.append(Excerpt(str(segment.location), spoken(segment), text))
    if not found:
        last = [s for s in segments if s.role is Role.USER and s.kind is Kind.TEXT][-1:]
        shown = [Excerpt(str(s.location), spoken(s), s.text[:LONGEST]) for s in last]
    return tuple(shown)


def _windows(text: str) -> Iterator[str]:
    """The pieces around placeholders, overlapping ones joined; none cuts a placeholder in two."""
    start = end = -1
    for token in _TOKEN.finditer(text):
        left, right = max(0, token.start() - AROUND), min(len(text), token.end() + AROUND)
        if start >= 0 and left > end:
            yield text[start:end]
            start = left
        start = left if start < 0 else start
        end = right
    if start >= 0:
        yield text[start:end]
