"""The one decision: a pure function from what was read and found to what happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import reduce
from typing import Final

from ..files import in_document
from ..tools import common
from ..values import (
    ANY_TOOL,
    Area,
    Decision,
    Direction,
    Exchange,
    Fault,
    Finding,
    Gate,
    Kind,
    Level,
    Location,
    Reason,
    Scan,
    Segment,
    Tools,
    Unread,
    Verdict,
)
from .combinations import levelled
from .conditions import LABEL, Conditions, Scope
from .rules import Action, PolicyRule, RuleSet
from .unread import told

_GATES: Final = {Action.HOLD: Gate.HOLD, Action.BLOCK: Gate.BLOCK}
_ON_DOCUMENT: Final = {"block": Gate.BLOCK, "hold": Gate.HOLD}
_STRAY: Final = "a finding points outside of what was read"


def decide(
    exchange: Exchange,
    scan: Scan,
    ruleset: RuleSet,
    *,
    direction: Direction = Direction.REQUEST,
    known: Set[str] = frozenset(),
    own: frozenset[Location] = frozenset(),
    enforce: bool = True,
) -> Decision:
    """Judge one side of an exchange; `exchange.segments` are what the scan has read.

    The gate is the highest of these; the order of rules never matters to it:

    1. a fault, or a finding that points at nothing that was read: BLOCK
    2. something unread: what the policy's `unread` says of its kind, in this direction
    3. every `block` and `hold` rule that applies; one that names nothing about
       findings applies to the exchange, or to its segments, as a whole
    4. a finding that a request should have masked, where nothing can be
       changed (a structural string, the URL's path): BLOCK
    5. a finding that should have been masked in a document, of which only the text was
       read: what the policy's `attachments` says, unless that is to replace the document
    6. a finding of confidential or above in a request that no rule speaks of: BLOCK
    7. rules that send it to different endpoints: BLOCK

    `route` is the endpoint that a `route` rule names, where it is not there already.

    A label (a finding of category `label`) says what the whole text is: there is
    nothing in it to mask, so no `mask` rule speaks of one. In a reply it is kept.

    A finding is masked or kept, the first that fits:

    1. in a reply, sent by the client itself (its fingerprint is in `known`): kept;
       so is one in what the provider itself said and signed (at a place in `own`)
    2. a `mask` rule applies: masked. The first such rule of the file gives
       the style; it comes back in the reply only if all of them let it, in
       arguments of a tool only if all of them name that tool or any, and
       never if it was masked in a reply.
    3. any other rule but `warn` applies: kept (`allow`), or subject to the gate
    4. below confidential: kept
    5. otherwise: see 6 above; in a reply masked for good

    Levels are the policy's `levels`, where it names the entity, raised by its
    `combinations`. In a reply, what is above the actor's `max_level` is masked
    for good, whatever rules say, unless 1 holds; where it cannot be: BLOCK. A
    rule that holds or blocks counts for nothing but a warning where one of the
    policy's `exceptions` lifts it.

    In a reply what cannot be changed is kept with a warning: it is the
    provider's own structure. A rule with `enforce: false` counts for nothing
    but a warning. With `enforce` False the whole decision is only recorded.
    `known` fingerprints in requests mean nothing.
    """
    court = _Court(exchange, ruleset, direction, known)
    for fault in scan.faults:
        court.fault(fault)
    court.unread(exchange.unread)
    court.exchange_rules()
    court.segment_rules()
    verdicts = court.findings(scan.findings, own)
    route = court.route()

    gate = max((gate for _, gate in court.says), default=Gate.ALLOW)
    reasons = [reason for reason, effect in court.says if effect is gate]
    if not reasons:
        reasons = [Reason("nothing-found", "nothing was found that a rule speaks of")]
    deciding = {reason.rule for reason in reasons}
    messages = (r.message for r in court.applying.enforced if r.id in deciding and r.message and gate is not Gate.ALLOW)
    return Decision(
        gate=gate,
        verdicts=verdicts,
        reasons=tuple(reasons),
        route=route,
        warnings=tuple(court.warnings),
        level=max((v.finding.level for v in verdicts), default=Level.PUBLIC),
        faults=tuple(court.faults),
        ruleset_revision=ruleset.revision,
        enforced=enforce,
        message=next(messages, None),
    )


type _Outcome = tuple[bool, str, bool, tuple[Reason, ...], Tools]
"""A verdict without its finding."""


class _Court:
    """Gathers reasons, each with the gate it asks for. Dicts stand for ordered sets."""

    __slots__ = (
        "_direction", "_exchange", "_known", "_outcomes", "_ruleset", "_too_few", "_ways", "applying", "faults", "says",
        "warnings",
    )  # fmt: skip

    def __init__(self, exchange: Exchange, ruleset: RuleSet, direction: Direction, known: Set[str]) -> None:
        self._exchange = exchange
        self._ruleset = ruleset
        self._direction = direction
        self._known = known
        self._outcomes: dict[object, _Outcome] = {}
        self._too_few: set[str] = set()
        self._ways: dict[str, None] = {}
        self.applying = ruleset.applying(exchange, direction)
        self.says: dict[tuple[Reason, Gate], None] = {}
        self.warnings: dict[str, None] = {}
        self.faults: list[Fault] = []

    def fault(self, fault: Fault) -> Reason:
        self.faults.append(fault)
        return self._say("fault", f"{fault.where} could not be judged: {fault.reason}", Gate.BLOCK)

    def route(self) -> str | None:
        """Where the exchange goes instead."""
        ways = [way for way in self._ways if way != self._exchange.route.endpoint]
        if len(ways) > 1:
            self._say("route", f"rules send it to {' and to '.join(ways)}", Gate.BLOCK)
        return ways[0] if ways else None

    def unread(self, unread: Iterable[Unread]) -> None:
        """One reason for each kind of thing that could not be read."""
        for says, kind in told(unread).items():
            self._say("unread", says, self._ruleset.unread[self._direction][kind])

    def exchange_rules(self) -> None:
        for rule in self.applying.to_exchange:
            what = f"the {self._direction.value}"
            if not self._excused(rule.unless, None, None) and not self._lifted(rule, what, None, None):
                self._apply(rule, what)

    def segment_rules(self) -> None:
        rules = self.applying.to_segments
        for segment in self._exchange.segments if rules else ():
            for rule in rules:
                what = f"{segment.kind.value} of role {segment.role.value}"
                if (
                    rule.when.of_segment(segment)
                    and not self._excused(rule.unless, segment, None)
                    and not self._lifted(rule, what, segment, None)
                ):
                    self._apply(rule, what)

    def findings(self, found: Sequence[Finding], own: frozenset[Location]) -> tuple[Verdict, ...]:
        """The verdict on each finding, at the level the policy gives its entity."""
        if not found:
            return ()
        places = {segment.location: segment for segment in self._exchange.segments}
        known = self._known if self._direction is Direction.REPLY else frozenset()
        levels = [finding.level for finding in found]
        found = levelled(found, self._ruleset.levels, self._ruleset.combinations)
        self._sum_up(found, places)
        verdicts: list[Verdict] = []
        for finding, level in zip(found, levels, strict=True):
            segment = places.get(finding.location)
            if segment is None:
                stray = self.fault(Fault(str(finding.location), _STRAY))
                verdicts.append(Verdict(finding, *_kept(stray)))
                continue
            if finding.location in own:
                says = f"{finding.level.word} {finding.entity} was said and signed by the provider"
                verdicts.append(Verdict(finding, *_kept(self._say("said-by-provider", says))))
                continue
            echoed = finding.fingerprint in known
            # All that a verdict depends on; `_value_`, since enums hash slowly.
            key = (
                finding.entity, finding.category, finding.rule_id, finding.level + 0, finding.score,
                segment.role._value_, segment.kind._value_, segment.location.area._value_, echoed,
                _read_only(segment), finding.origin,
            )  # fmt: skip
            outcome = self._outcomes.get(key)
            if outcome is None:
                outcome = self._outcomes[key] = self._outcome(finding, segment, echoed=echoed)
            verdicts.append(Verdict(finding, *outcome, None if level is finding.level else level))
        return tuple(verdicts)

    def _sum_up(self, found: Sequence[Finding], places: Mapping[Location, Segment]) -> None:
        """Which of the rules that ask for something of all findings together do not get it."""
        for rule in self.applying.rules:
            if rule.when.sums_up:
                fitting = [
                    (finding, segment)
                    for finding in found
                    if (segment := places.get(finding.location)) is not None
                    and rule.when.of_segment(segment)
                    and rule.when.of_finding(finding)
                    and not self._excused(rule.unless, segment, finding)
                ]
                if not rule.when.of_findings(fitting):
                    self._too_few.add(rule.id)

    def _outcome(self, finding: Finding, segment: Segment, *, echoed: bool) -> _Outcome:
        what = f"{finding.level.word} {finding.entity}"
        if finding.origin is not None:
            what += f" known from {finding.origin}"
        if label := finding.category == LABEL:
            what += f" ({finding.rule_id})"
        reply = self._direction is Direction.REPLY
        fired = self._fired(finding, segment, what)
        spoken = [
            self._apply(rule, what) if rule.scope is Scope.FINDING else self._reason(rule, what)
            for rule in fired
            if not (echoed and rule.then is Action.MASK)
        ]
        masks = [rule for rule in fired if rule.then is Action.MASK]
        if echoed:
            return _kept(self._say("sent-by-client", f"{what} was sent by the client itself"), *spoken)
        if reply and finding.level > (cleared := self._ruleset.clearance(self._exchange.actor.groups)):
            says = f"{what} is above {cleared.word}, the most that this actor may be told"
            if label or self._fixed(segment):
                return _kept(self._say("max-level", says, Gate.BLOCK), *spoken)
            style = masks[0].style(finding.entity) if masks else "placeholder"
            return True, style, False, (self._say("max-level", says), *spoken), ANY_TOOL
        if masks:
            if self._fixed(segment):
                return _kept(self._cannot_mask(what), *spoken)
            if _read_only(segment) and (gate := _ON_DOCUMENT.get(self._ruleset.attachments)) is not None:
                says = f"{what} stands in a document, where nothing can be masked"
                return _kept(self._say("attachment", says, gate), *spoken)
            style = masks[0].style(finding.entity)
            back = not reply and style == "placeholder" and all(rule.restore for rule in masks)
            tools = reduce(common, (rule.tools for rule in masks))
            return True, style, back, tuple(spoken), tools
        if any(rule.then is not Action.WARN for rule in fired):
            return _kept(*spoken)
        if finding.level < Level.CONFIDENTIAL:
            says = f"{what} is below confidential, and no rule speaks of it"
            return _kept(self._say("no-rule", says), *spoken)
        if not reply:
            says = f"no rule says what to do with {what}" + (", and a label cannot be masked" if label else "")
            return _kept(self._say("no-rule", says, Gate.BLOCK), *spoken)
        if label:
            return _kept(self._say("no-rule", f"{what} is kept in a reply: a label cannot be masked"), *spoken)
        if self._fixed(segment):
            return _kept(self._cannot_mask(what), *spoken)
        says = f"no rule says what to do with {what} in a reply, so it is masked"
        return True, "placeholder", False, (self._say("no-rule", says), *spoken), ANY_TOOL

    def _fired(self, finding: Finding, segment: Segment, what: str) -> list[PolicyRule]:
        """The enforced rules that apply to a finding; what the others would have done becomes a warning."""
        fired = [
            rule for rule in self.applying.rules
            if rule.when.of_segment(segment)
            and rule.when.of_finding(finding)
            and (rule.then is not Action.MASK or finding.category != LABEL)
            and rule.id not in self._too_few
            and not self._excused(rule.unless, segment, finding)
            and not self._lifted(rule, what, segment, finding)
        ]  # fmt: skip
        for rule in fired:
            if not rule.enforce and rule.scope is Scope.FINDING:
                self._apply(rule, what)
        return [rule for rule in fired if rule.enforce]

    def _excused(self, unless: Conditions | None, segment: Segment | None, finding: Finding | None) -> bool:
        return (
            unless is not None
            and unless.of_exchange(self._exchange, self._direction, every=True)
            and (segment is None or unless.of_segment(segment))
            and (finding is None or unless.of_finding(finding))
        )

    def _lifted(self, rule: PolicyRule, what: str, segment: Segment | None, finding: Finding | None) -> bool:
        """Whether an exception lifts a rule that denies; which is told."""
        if rule.then not in _GATES:
            return False
        for exemption in self._ruleset.exceptions:
            if exemption.covers(rule.id, self._exchange, self._direction, segment, finding):
                self.warnings[f"{exemption.id} lifts {rule.id} until {exemption.ends}: {what}"] = None
                return True
        return False

    def _apply(self, rule: PolicyRule, what: str) -> Reason:
        reason = self._reason(rule, what)
        if not rule.enforce:
            self.warnings[f"{rule.id} is not enforced; it says: {reason.says}"] = None
            return reason
        if rule.then is Action.WARN:
            self.warnings[f"{rule.id}: {rule.message or reason.says}"] = None
        if rule.to is not None:
            self._ways[rule.to] = None
        self.says[reason, _GATES.get(rule.then, Gate.ALLOW)] = None
        return reason

    def _reason(self, rule: PolicyRule, what: str) -> Reason:
        return Reason(rule.id, f"{what} {rule.done}")

    def _say(self, rule: str, says: str, gate: Gate = Gate.ALLOW) -> Reason:
        reason = Reason(rule, says)
        self.says[reason, gate] = None
        return reason

    def _cannot_mask(self, what: str) -> Reason:
        if self._direction is Direction.REQUEST:
            return self._say("cannot-mask", f"{what} cannot be masked where it stands", Gate.BLOCK)
        says = f"{what} stands in the provider's own structure, where nothing can be masked"
        self.warnings[f"cannot-mask: {says}"] = None
        return self._say("cannot-mask", says)

    @staticmethod
    def _fixed(segment: Segment) -> bool:
        return segment.kind is Kind.OPAQUE or segment.location.area is Area.PATH


def _read_only(segment: Segment) -> bool:
    """Whether a text stands in a document."""
    return segment.kind is Kind.ATTACHMENT and in_document(segment.location)


def _kept(*reasons: Reason) -> _Outcome:
    return False, "", False, reasons, ANY_TOOL
