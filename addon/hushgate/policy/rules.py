"""Policy files: YAML in, a frozen RuleSet with a revision out.

    version: 1
    levels: {EMPLOYEE_ID: regulated}      # instead of the detection rules' own
    rules:
      - id: mask-confidential
        when: {direction: request, level: ">=confidential"}
        unless: {destination: own-model}
        then: mask                        # allow | mask | warn | hold | block | {route: ENDPOINT, model: NAME}
                                          # or, for a hold, who has to approve: {hold: {groups: [...], approvers: 2}}
        style: placeholder                # or redact, hash, last4, surrogate, shift; or by entity:
                                          # {CREDIT_CARD: last4, "*": placeholder}
        restore: true                     # turned back in the reply; placeholders only. `text`: in what
                                          # is said, not in arguments of tools; `tools: [send_*]`: in what
                                          # is said, and in arguments of these tools alone
        message: "..."                    # said to the client where the rule decides
        enforce: true                     # false: only a warning says what it would have done
    unread: block                         # allow | hold | block; or by kind: {image: allow, other: block};
                                          # or either of these by direction: {request: block, reply: ...}
    attachments: block                    # hold | replace: what becomes of a document that says what is masked
    faults: block                         # nothing else
    combinations: [...]                   # what raises levels, see `combinations`
    max_level: {contractors: internal}    # what a group may be told in a reply, beside what it has sent itself
    exceptions: [...]                     # what lifts a rule that denies, see `exceptions`

`decide` tells what the rules add up to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast

from ..consent import Quorum
from ..errors import ConfigError, ConfigFault
from ..schema_check import check
from ..schema_fit import fits
from ..values import ANY_TOOL, NO_TOOL, Direction, Exchange, Level, Tools
from ..yaml_source import Source, load_yaml
from .combinations import Combination
from .conditions import Conditions, Scope
from .exceptions import RESERVED, TAKEN, Exemption, exemptions
from .schema import SCHEMA
from .unread import Gates, gates
from .windows import Window

_RULE: Final = SCHEMA["properties"]["rules"]["items"]
_EXCEPTION: Final = SCHEMA["properties"]["exceptions"]["items"]
_REMEMBERED: Final = 1024
"""Kinds of exchanges of which it is remembered which rules apply."""


class Action(StrEnum):
    """What a rule asks for."""

    ALLOW = "allow"
    MASK = "mask"
    WARN = "warn"
    HOLD = "hold"
    BLOCK = "block"
    ROUTE = "route"

    @property
    def done(self) -> str:
        """The action as it is told: `is blocked`."""
        return _DONE[self]


_DONE: Final = {
    Action.ALLOW: "is allowed",
    Action.MASK: "is masked",
    Action.WARN: "is worth a warning",
    Action.HOLD: "waits for approval",
    Action.BLOCK: "is blocked",
    Action.ROUTE: "is sent elsewhere",
}


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule. `styles` (patterns of entities, each with a style), `restore` and `tools` speak for `mask` alone.

    `to` and `model` are of `route`: the endpoint that a request goes to instead, and the LLM it asks for there;
    `quorum` of `hold`: who has to approve, empty where the settings say it all.
    """

    id: str
    when: Conditions
    unless: Conditions | None
    then: Action
    styles: tuple[tuple[str, str], ...]
    restore: bool
    tools: Tools
    message: str | None
    enforce: bool
    file: str
    line: int
    to: str | None = None
    model: str | None = None
    quorum: Quorum = Quorum()  # noqa: RUF009 - it is frozen

    @property
    def done(self) -> str:
        """What becomes of what the rule speaks of."""
        return self.then.done if self.to is None else f"is sent to {self.to} instead"

    @property
    def scope(self) -> Scope:
        """What the rule is judged on. To allow or to mask takes a finding."""
        return Scope.FINDING if self.then in (Action.ALLOW, Action.MASK) else self.when.scope

    def style(self, entity: str) -> str:
        """How an entity is masked: as the first pattern that fits says, `*` last; where none does it is redacted."""
        return next((style for pattern, style in self.styles if fnmatchcase(entity, pattern)), "redact")


@dataclass(frozen=True, slots=True)
class Applying:
    """The rules that apply to an exchange, as far as it alone can tell, and those of them by what else they look at."""

    rules: tuple[PolicyRule, ...]
    enforced: tuple[PolicyRule, ...]
    to_exchange: tuple[PolicyRule, ...]
    to_segments: tuple[PolicyRule, ...]

    @classmethod
    def of(cls, rules: tuple[PolicyRule, ...]) -> Applying:
        return cls(
            rules,
            tuple(rule for rule in rules if rule.enforce),
            tuple(rule for rule in rules if rule.scope is Scope.EXCHANGE),
            tuple(rule for rule in rules if rule.scope is Scope.SEGMENT),
        )


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A policy in force. `revision` is 16 hex digits over what it says, not how it is written.

    `unread` has, each way, a gate for every kind of `unread.KINDS`.
    `attachments`: what becomes of a document, in which nothing can be masked, if something in it would have to be.
    """

    rules: tuple[PolicyRule, ...]
    levels: Mapping[str, Level]
    unread: Gates
    attachments: str
    revision: str
    combinations: tuple[Combination, ...] = ()
    max_level: Mapping[str, Level] = field(default_factory=dict)
    exceptions: tuple[Exemption, ...] = ()
    file: str = field(default="", compare=False)
    _applying: dict[object, Applying] = field(default_factory=dict, init=False, repr=False, compare=False)
    _windows: tuple[Window, ...] = field(default=(), init=False, repr=False, compare=False)
    _by_session: bool = field(default=False, init=False, repr=False, compare=False)
    _by_client: bool = field(default=False, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        conditions = [rule.when for rule in self.rules]
        object.__setattr__(self, "_by_session", any(c.session is not None for c in conditions))
        object.__setattr__(self, "_by_client", any(c.client is not None for c in conditions))
        windows = tuple(dict.fromkeys(c.during for c in conditions if c.during is not None))
        object.__setattr__(self, "_windows", windows)

    def applying(self, exchange: Exchange, direction: Direction) -> Applying:
        """The rules whose conditions on the exchange hold; remembered, as exchanges are alike in what these look at."""
        route, actor = exchange.route, exchange.actor
        key = (
            direction.value, actor.name, actor.groups,
            route.endpoint, route.provider, route.host, route.model, route.self_hosted,
            exchange.session if self._by_session else None,
            exchange.client if self._by_client else None,
            exchange.source, exchange.others,
            tuple(window.holds(exchange.at) for window in self._windows),
        )  # fmt: skip
        known = self._applying.get(key)
        if known is None:
            if len(self._applying) >= _REMEMBERED:
                self._applying.clear()
            known = self._applying[key] = Applying.of(
                tuple(rule for rule in self.rules if rule.when.of_exchange(exchange, direction))
            )
        return known

    def clearance(self, groups: Sequence[str]) -> Level:
        """The highest level that somebody of these groups may be told of."""
        known = [level for group, level in self.max_level.items() if group in groups]
        return max(known) if known else self.max_level.get("*", Level.REGULATED)


def load_policy(path: Path, text: str | None = None) -> RuleSet:
    """Read a policy file, or `text` in its place; ConfigError with every fault."""
    source = load_yaml(path, text)
    faults = check(source, SCHEMA)
    shaped = not faults
    root = cast(dict[str, Any], source.data if isinstance(source.data, dict) else {})
    written = root.get("rules")
    rules = tuple(
        _rule(source, index, one, faults)
        for index, one in enumerate(written if isinstance(written, list) else ())
        if shaped or fits(one, _RULE)  # What is wrong with the others is told already.
    )
    faults += _twice(source, rules)
    named = (one.get("id") for one in written if isinstance(one, dict)) if isinstance(written, list) else ()
    denies = {name: True for name in named if isinstance(name, str)}  # What cannot be read may be one that denies.
    denies |= {rule.id: rule.then in (Action.HOLD, Action.BLOCK) for rule in rules}
    lifting = root.get("exceptions")
    fitting = {
        index: one
        for index, one in enumerate(lifting if isinstance(lifting, list) else ())
        if shaped or fits(one, _EXCEPTION)
    }
    exceptions = exemptions(source, fitting, denies, faults)
    if faults:
        raise ConfigError(sorted(faults, key=lambda fault: fault.line))
    return RuleSet(
        rules=rules,
        levels={entity: Level.parse(word) for entity, word in root.get("levels", {}).items()},
        unread=gates(root.get("unread")),
        attachments=root.get("attachments", "block"),
        combinations=tuple(map(Combination.read, root.get("combinations", ()))),
        max_level={group: Level.parse(word) for group, word in root.get("max_level", {}).items()},
        exceptions=exceptions,
        revision=sha256(json.dumps(root, sort_keys=True, ensure_ascii=True).encode()).hexdigest()[:16],
        file=source.file,
    )


def _rule(source: Source, index: int, written: dict[str, Any], faults: list[ConfigFault]) -> PolicyRule:
    def fault(message: str, *at: str, hint: str = "") -> None:
        faults.append(source.fault(f"rules[{index}] ({written['id']}) {message}", "rules", index, *at, hint=hint))

    when, unless = Conditions(), None
    for key in ("when", "unless"):
        try:
            read = Conditions.read(written.get(key, {}))
        except ValueError as why:
            fault(f"asks in {key} for a time, but {why}", key, "during", hint="name one such as Europe/Berlin")
            continue
        if key == "when":
            when = read
        elif key in written:
            unless = read
    then = written["then"]
    way: dict[str, Any] = {} if isinstance(then, str) or "hold" in then else then
    if way and when.direction is None:
        when = replace(when, direction=Direction.REQUEST)  # Nothing else is sent anywhere.
    styles = _styles(written.get("style", "placeholder"))
    back = any(style == "placeholder" for _, style in styles)
    restore = written.get("restore", back)
    rule = PolicyRule(
        id=written["id"],
        when=when,
        unless=unless,
        then=Action.ROUTE if way else Action(then if isinstance(then, str) else "hold"),
        styles=styles,
        restore=restore is not False,
        tools=_tools(restore),
        message=written.get("message"),
        enforce=written.get("enforce", True),
        file=source.file,
        line=source.line("rules", index),
        to=way.get("route"),
        model=way.get("model"),
        quorum=Quorum.read({} if way or isinstance(then, str) else then["hold"]),
    )
    if way and when.direction is Direction.REPLY:
        fault("routes replies, and only requests are sent anywhere", "then", hint="name direction: request")
    if rule.id in RESERVED:
        fault(TAKEN, "id", hint="choose another id")
    for key in ("when", "unless"):
        if key in written and not written[key]:
            fault(f"has an empty {key}", key, hint="remove it" if key == "when" else "it would undo the whole rule")
    for key, conditions in (("when", when), ("unless", unless)):
        if conditions is not None and conditions.level is not None and not conditions.level:
            fault(f"asks in {key} for a level that does not exist", key, "level")
    if written.get("unless") and when == unless:
        fault("can never apply: unless repeats when", "unless")
    if unless is not None and unless.scope > rule.scope:
        hint = "name the same kind of thing in when"
        fault(f"looks in unless at a {unless.scope.name.lower()}, in when at less", "unless", hint=hint)
    if rule.then is not Action.MASK:
        for key in ("style", "restore"):
            if key in written:
                fault(f"does not mask, so {key} means nothing", key, hint="remove it")
    elif rule.restore and not back:
        named = " or ".join(repr(style) for style in dict.fromkeys(style for _, style in styles))
        fault(f"cannot turn {named} back", "restore", hint="use style: placeholder, or restore: false")
    elif written.get("restore") and when.direction is Direction.REPLY:
        fault("cannot restore in a reply what was masked there", "restore", hint="remove it")
    return rule


def _styles(written: object) -> tuple[tuple[str, str], ...]:
    if isinstance(written, str):
        return (("*", written),)
    assert isinstance(written, dict)  # noqa: S101  as the schema says
    return tuple(sorted(written.items(), key=lambda item: ("*" in item[0], item[0] == "*", -len(item[0]))))


def _tools(restore: object) -> Tools:
    if isinstance(restore, dict):
        names = restore["tools"]
        return ((names,) if isinstance(names, str) else tuple(names),)
    return NO_TOOL if restore == "text" else ANY_TOOL


def _twice(source: Source, rules: tuple[PolicyRule, ...]) -> list[ConfigFault]:
    first: dict[str, PolicyRule] = {}
    faults = []
    for rule in rules:
        other = first.setdefault(rule.id, rule)
        if other is not rule:
            message = f"the id {rule.id!r} is taken in line {other.line}"
            faults.append(ConfigFault(source.file, rule.line, message, "choose another id"))
    return faults
