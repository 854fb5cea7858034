"""Laws of the decision, for any policy, any findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hushgate.policy.decide import decide
from hushgate.policy.rules import RuleSet, load_policy
from hushgate.values import (
    Actor,
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
    Role,
    Route,
    Scan,
    Segment,
    Unread,
)

ENTITIES = ["EMAIL", "KEY", "IP"]
LEVELS = [level.word for level in Level]
WHEN = st.fixed_dictionaries(
    {},
    optional={
        "direction": st.sampled_from(["request", "reply"]),
        "entity": st.sampled_from(ENTITIES),
        "level": st.sampled_from([*LEVELS, ">=confidential", "<=internal"]),
        "role": st.sampled_from(["user", "tool"]),
        "destination": st.sampled_from(["openai", "acme"]),
        "self_hosted": st.booleans(),
        "session": st.sampled_from(["s", "other-*"]),
        "client": st.sampled_from(["robot/*", "*"]),
        "source": st.sampled_from(["ci", "person"]),
        "region": st.sampled_from(["eu", "us"]),
        "during": st.just({"from": "08:00", "to": "18:00", "days": ["mon", "thu"], "zone": "Europe/Berlin"}),
        "category": st.sampled_from(["pii", "label"]),
        "count": st.sampled_from([">=2", "<2"]),
        "density": st.sampled_from([">50", "<=50"]),
        "together": st.just(["EMAIL", "KEY"]),
    },
).filter(bool)
RULE = st.fixed_dictionaries(
    {"when": WHEN, "then": st.sampled_from(["allow", "mask", "warn", "hold", "block"])},
    optional={"enforce": st.booleans()},
)
SOURCES = st.sampled_from(["ci", "person"])
RULES = st.lists(RULE, max_size=5)
PLACES = [Location(Area.BODY, None, (n,)) for n in range(3)] + [Location(Area.PATH)]


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Exchange, Scan, dict[str, Any]]:
    segments = tuple(
        Segment(
            at, Direction.REQUEST, draw(st.sampled_from([Role.USER, Role.TOOL])),
            draw(st.sampled_from([Kind.TEXT, Kind.OPAQUE])), "0123456789",
        )
        for at in PLACES
    )  # fmt: skip
    findings = tuple(
        Finding(
            draw(st.sampled_from([*PLACES, Location(Area.BODY, None, ("stray",))]) if draw(st.booleans())
                 else st.sampled_from(PLACES)),
            0, 4, draw(st.sampled_from(ENTITIES)), draw(st.sampled_from(["pii", "label"])),
            draw(st.sampled_from(list(Level))), 0.9, "r", "",
            draw(st.sampled_from(["f1", "f2"])),
        )
        for _ in range(draw(st.integers(0, 4)))
    )  # fmt: skip
    faults = (Fault("detect", "late"),) if draw(st.integers(0, 5)) == 0 else ()
    unread = (Unread(PLACES[0], "image", 3),) if draw(st.integers(0, 5)) == 0 else ()
    route = Route("openai", "openai", "api.openai.com", "/", "generic")
    more = {
        "direction": draw(st.sampled_from(list(Direction))),
        "known": frozenset(draw(st.sets(st.sampled_from(["f1", "f2"])))),
    }
    at, client, source = draw(st.tuples(st.sampled_from([0.0, 1e5]), st.sampled_from(["robot/1", ""]), SOURCES))
    asked = Exchange("x", route, Actor("alice"), "s", segments, unread, at=at, client=client, source=source)
    return asked, Scan(findings, faults), more


def ruleset(rules: list[dict[str, Any]], unread: str = "block") -> RuleSet:
    numbered = [{"id": f"r{n}", **rule} for n, rule in enumerate(rules)]
    return load_policy(Path("p"), json.dumps({"version": 1, "unread": unread, "rules": numbered}))


def judged(scene: tuple[Exchange, Scan, dict[str, Any]], rules: list[dict[str, Any]]) -> Decision:
    exchange, scan, more = scene
    return decide(exchange, scan, ruleset(rules), **more)


@given(scenes(), RULES)
def test_every_branch_has_a_reason(scene: tuple[Exchange, Scan, dict[str, Any]], rules: list[dict[str, Any]]) -> None:
    decision = judged(scene, rules)
    assert decision.reasons
    assert all(verdict.reasons for verdict in decision.verdicts)
    assert len(decision.verdicts) == len(scene[1].findings)


@given(scenes(), RULES, WHEN)
def test_a_block_rule_never_lowers_the_gate(
    scene: tuple[Exchange, Scan, dict[str, Any]], rules: list[dict[str, Any]], when: dict[str, Any]
) -> None:
    assert judged(scene, [*rules, {"when": when, "then": "block"}]).gate >= judged(scene, rules).gate


@given(scenes(), RULES, st.randoms())
def test_the_order_of_rules_changes_neither_gate_nor_masks(
    scene: tuple[Exchange, Scan, dict[str, Any]], rules: list[dict[str, Any]], random: Any
) -> None:
    shuffled = random.sample(rules, len(rules))
    one, other = judged(scene, rules), judged(scene, shuffled)
    assert one.gate is other.gate
    assert [(v.mask, v.restorable) for v in one.verdicts] == [(v.mask, v.restorable) for v in other.verdicts]


@given(scenes(), RULES)
def test_an_allow_rule_never_unmasks_nor_opens_a_rules_gate(
    scene: tuple[Exchange, Scan, dict[str, Any]], rules: list[dict[str, Any]]
) -> None:
    before, after = judged(scene, rules), judged(scene, [*rules, {"then": "allow"}])
    for was, now in zip(before.verdicts, after.verdicts, strict=True):
        assert now.mask or not was.mask or was.reasons[0].rule == "no-rule"
    if {r.rule for r in before.reasons} != {"no-rule"}:
        assert after.gate is before.gate


@given(scenes(), RULES, RULE)
def test_a_rule_that_is_not_enforced_changes_only_warnings(
    scene: tuple[Exchange, Scan, dict[str, Any]], rules: list[dict[str, Any]], extra: dict[str, Any]
) -> None:
    before, after = judged(scene, rules), judged(scene, [*rules, {**extra, "enforce": False}])
    assert (before.gate, before.verdicts, before.reasons) == (after.gate, after.verdicts, after.reasons)


@given(scenes(), RULES)
def test_any_doubt_blocks(scene: tuple[Exchange, Scan, dict[str, Any]], rules: list[dict[str, Any]]) -> None:
    exchange, scan, more = scene
    decision = judged(scene, rules)
    read = {segment.location for segment in exchange.segments}
    if scan.faults or exchange.unread or any(f.location not in read for f in scan.findings):
        assert decision.gate is Gate.BLOCK
    assert not any(v.restorable for v in decision.verdicts if more["direction"] is Direction.REPLY)


@given(scenes(), RULES)
def test_nothing_confidential_leaves_unless_a_rule_allows_it(
    scene: tuple[Exchange, Scan, dict[str, Any]], rules: list[dict[str, Any]]
) -> None:
    decision = judged(scene, rules)
    if scene[2]["direction"] is Direction.REPLY or decision.gate is Gate.BLOCK:
        return
    spoke = {f"r{n}" for n, rule in enumerate(rules) if rule["then"] in ("allow", "hold")}
    for verdict in decision.verdicts:
        if verdict.finding.level >= Level.CONFIDENTIAL and not verdict.mask:
            assert spoke & {reason.rule for reason in verdict.reasons}


@given(scenes(), RULES)
def test_masks_stand_only_where_text_can_change(
    scene: tuple[Exchange, Scan, dict[str, Any]], rules: list[dict[str, Any]]
) -> None:
    kinds = {segment.location: segment.kind for segment in scene[0].segments}
    for verdict in judged(scene, rules).verdicts:
        at = verdict.finding.location
        assert not (verdict.mask and (at.area is Area.PATH or kinds.get(at) in (Kind.OPAQUE, None)))


@given(scenes(), RULES, st.sampled_from(["1969-12-31", "2099-01-01"]))
def test_an_exception_lifts_only_until_its_end_and_unmasks_nothing(
    scene: tuple[Exchange, Scan, dict[str, Any]], rules: list[dict[str, Any]], until: str
) -> None:
    exchange, scan, more = scene
    denies = [f"r{n}" for n, rule in enumerate(rules) if rule["then"] in ("hold", "block")]
    lifting = {"id": "drill", "lifts": denies, "when": {"actor": "alice"}, "until": until, "reason": "agreed"}
    numbered = [{"id": f"r{n}", **rule} for n, rule in enumerate(rules)]
    written = {"version": 1, "unread": "block", "rules": numbered, "exceptions": [lifting] if denies else []}
    before, after = judged(scene, rules), decide(exchange, scan, load_policy(Path("p"), json.dumps(written)), **more)
    if until < "1970":
        assert (before.gate, before.verdicts, before.warnings) == (after.gate, after.verdicts, after.warnings)
        return
    assert [v.mask for v in after.verdicts] == [v.mask for v in before.verdicts] or more["direction"] is Direction.REPLY
    assert not {reason.rule for reason in after.reasons} & set(denies)
    if before.gate is not after.gate:
        assert any(warning.startswith("drill lifts ") for warning in after.warnings), "and it is told"


@given(scenes(), RULES, st.sampled_from(LEVELS))
def test_nobody_is_told_more_than_he_may(
    scene: tuple[Exchange, Scan, dict[str, Any]], rules: list[dict[str, Any]], most: str
) -> None:
    exchange, scan, more = scene
    numbered = [{"id": f"r{n}", **rule} for n, rule in enumerate(rules)]
    written = {"version": 1, "rules": numbered, "max_level": {"*": most}}
    decision = decide(
        exchange, scan, load_policy(Path("p"), json.dumps(written)), **more | {"direction": Direction.REPLY}
    )
    for verdict in decision.verdicts if decision.gate is not Gate.BLOCK else ():
        if verdict.finding.level > Level.parse(most) and verdict.finding.fingerprint not in more["known"]:
            assert verdict.mask and not verdict.restorable
