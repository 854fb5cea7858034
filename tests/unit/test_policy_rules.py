from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.consent import Quorum
from hushgate.errors import ConfigError
from hushgate.policy.rules import RESERVED, Action, load_policy
from hushgate.values import (
    ANY_TOOL,
    NO_TOOL,
    Direction,
    Gate,
    Level,
    Tools,
)

FILE = Path("policy.yaml")


def faults_of(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ConfigError) as caught:
        load_policy(FILE, text)
    return [(fault.line, fault.message, fault.hint) for fault in caught.value.faults]


def test_a_whole_policy() -> None:
    ruleset = load_policy(
        FILE,
        """version: 1
levels: {EMPLOYEE_ID: regulated}
rules:
  - id: mask-confidential
    when: {direction: request, level: ">=confidential"}
    unless: {destination: own-model}
    then: mask
  - {id: stop, then: block, message: "No."}
unread: hold
faults: block
""",
    )
    mask, stop = ruleset.rules
    assert (mask.then, mask.style("EMAIL"), mask.restore, mask.enforce, mask.line) == (
        Action.MASK,
        "placeholder",
        True,
        True,
        4,
    )
    assert mask.when.direction is Direction.REQUEST
    assert mask.when.level == {Level.CONFIDENTIAL, Level.REGULATED}
    assert mask.unless is not None
    assert (stop.then, stop.message, stop.unless, stop.line) == (Action.BLOCK, "No.", None, 8)
    assert ruleset.levels == {"EMPLOYEE_ID": Level.REGULATED}
    assert {gate for way in Direction for gate in ruleset.unread[way].values()} == {Gate.HOLD}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("true", (True, ANY_TOOL)),
        ("false", (False, ANY_TOOL)),
        ("text", (True, NO_TOOL)),
        ("{tools: send_mail}", (True, (("send_mail",),))),
        ('{tools: [send_mail, "crm_*"]}', (True, (("send_mail", "crm_*"),))),
    ],
)
def test_where_it_comes_back(written: str, expected: tuple[bool, Tools]) -> None:
    (rule,) = load_policy(FILE, f"version: 1\nrules:\n  - {{id: a, then: mask, restore: {written}}}").rules
    assert (rule.restore, rule.tools) == expected


def test_nothing_unread_leaves_where_nothing_is_said() -> None:
    unread = load_policy(FILE, "version: 1\nrules: []").unread
    assert set(unread[Direction.REQUEST].values()) == {Gate.BLOCK}


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("pass", "unread"),
        ("{}", "unread"),
        ("{picture: allow}", "unread"),
        ("{image: mask}", "unread"),
        ("[image]", "unread"),
        ("{request: allow, image: allow}", "unread"),
        ("{reply: {picture: allow}}", "unread"),
        ("{reply: mask}", "unread"),
    ],
)
def test_unread_by_kind_names_kinds_and_gates_alone(written: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        load_policy(FILE, f"version: 1\nrules: []\nunread: {written}")


def test_the_revision_is_of_what_it_says_not_how() -> None:
    one = load_policy(FILE, 'version: 1\nrules:\n  - {id: a, when: {level: ">=internal"}, then: mask}')
    same = load_policy(FILE, '# talk\nrules:\n - then: mask\n   when:\n    level: ">=internal"\n   id: a\nversion: 1')
    other = load_policy(FILE, 'version: 1\nrules:\n  - {id: a, when: {level: ">=public"}, then: mask}')
    assert one.revision == same.revision != other.revision
    assert len(one.revision) == 16


@pytest.mark.parametrize(
    ("rule", "says", "hint"),
    [
        (
            "{id: a, when: {direction: reply}, then: {route: own}}",
            "only requests are sent anywhere",
            "name direction: request",
        ),
        ("{id: a, then: mask, style: last4, restore: true}", "cannot turn 'last4' back", "use style: placeholder"),
        ("{id: a, then: mask, when: {direction: reply}, restore: true}", "cannot restore in a reply", "remove it"),
        ("{id: a, then: mask, when: {direction: reply}, restore: text}", "cannot restore in a reply", "remove it"),
        ("{id: a, then: mask, style: hash, restore: {tools: x}}", "cannot turn 'hash' back", "use style: placeholder"),
        ("{id: a, then: mask, restore: tools}", "restore must be", ""),
        ("{id: a, then: mask, restore: {tools: []}}", "restore.tools must", ""),
        ("{id: a, then: block, style: redact}", "does not mask, so style means nothing", "remove it"),
        ("{id: a, then: allow, restore: true}", "does not mask, so restore means nothing", "remove it"),
        ("{id: fault, then: block}", "takes an id that is hushgate's own", "choose another id"),
        ("{id: a, when: {}, then: block}", "has an empty when", "remove it"),
        ("{id: a, unless: {}, then: mask}", "has an empty unless", "undo the whole rule"),
        ('{id: a, when: {level: "<public"}, then: mask}', "asks in when for a level that does not exist", ""),
        ("{id: a, when: {actor: x}, unless: {actor: x}, then: mask}", "can never apply", ""),
        ("{id: a, unless: {entity: X}, then: block}", "looks in unless at a finding, in when at less", "in when"),
        ("{id: a, then: blok}", "must be 'allow', 'mask', 'warn', 'hold' or 'block'", "did you mean 'block'?"),
        ("{id: a, then: mask, style: starred}", "style must be", "known are"),
        ("{id: a, then: mask, when: {enity: X}}", "unknown key 'enity' in rules[0].when", "did you mean 'entity'?"),
        ("{id: a, then: mask, when: {level: secret}}", "rules[0].when.level must be", "known are"),
        ("{id: a, then: mask, when: {level: [public, secret]}}", "rules[0].when.level[1] must be", ""),
        ('{id: a, then: mask, when: {score: ">=2"}}', "has the wrong form", ""),
        ("{id: a, then: mask, when: {entity: 'A?'}}", "rules[0].when.entity must be an entity's name", ""),
        ("{id: a, then: mask, when: {entity: []}}", "rules[0].when.entity must not be empty", ""),
        ("{id: A b, then: mask}", "rules[0].id has the wrong form", ""),
        ("{then: mask}", "rules[0] lacks the key 'id'", ""),
        ("{id: a}", "rules[0] lacks the key 'then'", ""),
    ],
)
def test_what_is_refused(rule: str, says: str, hint: str) -> None:
    (fault,) = faults_of(f"version: 1\nrules:\n  - {rule}")
    assert fault[0] == 3
    assert says in fault[1]
    assert hint in fault[2]


@pytest.mark.parametrize("faults", ["allow", "hold"])
def test_faults_only_ever_block(faults: str) -> None:
    (fault,) = faults_of(f"version: 1\nrules: []\nfaults: {faults}")
    assert fault[:2] == (3, f"faults must be 'block', not '{faults}'")


def test_ids_are_unique() -> None:
    found = faults_of("version: 1\nrules:\n  - {id: a, then: mask}\n  - {id: a, then: block}")
    assert found == [(4, "the id 'a' is taken in line 3", "choose another id")]


def test_all_faults_at_once_in_order() -> None:
    rules = ["{id: fault, then: mask}", "{id: b, then: block, style: hash}", "{id: b, then: hold}"]
    text = "version: 1\nrules:\n" + "".join(f"  - {rule}\n" for rule in rules)
    assert [line for line, *_ in faults_of(text)] == [3, 4, 5]


def test_every_reserved_id_is_refused() -> None:
    for name in RESERVED:
        assert "hushgate's own" in faults_of(f"version: 1\nrules: [{{id: {name}, then: block}}]")[0][1]


@pytest.mark.parametrize(
    ("then", "quorum"),
    [
        ("hold", Quorum()),
        ("{hold: {groups: security}}", Quorum(("security",))),
        ("{hold: {groups: [security, legal], approvers: 2}}", Quorum(("security", "legal"), 2)),
        ("{hold: {approvers: 3}}", Quorum((), 3)),
    ],
)
def test_who_has_to_approve(then: str, quorum: Quorum) -> None:
    (rule,) = load_policy(FILE, f"version: 1\nrules:\n  - {{id: a, when: {{entity: [X]}}, then: {then}}}\n").rules
    assert (rule.then, rule.to, rule.quorum) == (Action.HOLD, None, quorum)
    assert rule.done == "waits for approval"


@pytest.mark.parametrize("then", ["{hold: {}}", "{hold: {approvers: 0}}", "{hold: {by: x}}", "{hold: x, route: y}"])
def test_who_has_to_approve_is_said_in_full(then: str) -> None:
    assert faults_of(f"version: 1\nrules:\n  - {{id: a, when: {{entity: [X]}}, then: {then}}}\n")
