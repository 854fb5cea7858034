"""Every branch of the decision: what comes out, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hushgate.policy.decide import decide
from hushgate.policy.routing import rules_that_spoke
from hushgate.policy.rules import RuleSet, load_policy
from hushgate.tools import means
from hushgate.values import (
    Actor,
    Area,
    Decision,
    Direction,
    Embedded,
    Exchange,
    Fault,
    Finding,
    Gate,
    Kind,
    Level,
    Location,
    Origin,
    Reason,
    Role,
    Route,
    Scan,
    Segment,
    Unread,
)

AT = Location(Area.BODY, None, ("messages", 0, "content"))
BASIC = """
  - {id: pass, when: {level: "<=internal"}, then: allow}
  - {id: hide, when: {level: ">=confidential"}, then: mask}
"""


def policy(rules: str, rest: str = "") -> RuleSet:
    return load_policy(Path("policy.yaml"), f"version: 1\n{rest}\nrules:{rules or ' []'}\n")


def found(
    entity: str = "EMAIL", level: Level = Level.CONFIDENTIAL, at: Location = AT, fingerprint: str = "f"
) -> Finding:
    return Finding(at, 0, 5, entity, "pii", level, 0.9, "rule-x", "", fingerprint)


def exchange(
    at: Location = AT, kind: Kind = Kind.TEXT, role: Role = Role.USER, unread: tuple[Unread, ...] = ()
) -> Exchange:
    segment = Segment(at, Direction.REQUEST, role, kind, "x@y.z and more")
    route = Route("openai", "openai", "api.openai.com", "/v1", "openai-chat")
    return Exchange("id", route, Actor("alice", ("staff",)), "s", (segment,), unread)


def why(decision: Decision) -> list[tuple[str, str]]:
    return [(reason.rule, reason.says) for reason in decision.reasons]


@pytest.mark.parametrize(
    ("rules", "entity", "level", "gate", "masked", "reasons"),
    [
        (BASIC, "EMAIL", Level.CONFIDENTIAL, Gate.ALLOW, True, [("hide", "confidential EMAIL is masked")]),
        (BASIC, "IP", Level.INTERNAL, Gate.ALLOW, False, [("pass", "internal IP is allowed")]),
        ("", "IP", Level.INTERNAL, Gate.ALLOW, False,
         [("no-rule", "internal IP is below confidential, and no rule speaks of it")]),
        ("", "EMAIL", Level.CONFIDENTIAL, Gate.BLOCK, False,
         [("no-rule", "no rule says what to do with confidential EMAIL")]),
        ("\n  - {id: w, when: {entity: EMAIL}, then: warn}", "EMAIL", Level.CONFIDENTIAL, Gate.BLOCK, False,
         [("no-rule", "no rule says what to do with confidential EMAIL")]),
        ("\n  - {id: ok, when: {entity: EMAIL}, then: allow}", "EMAIL", Level.REGULATED, Gate.ALLOW, False,
         [("ok", "regulated EMAIL is allowed")]),
        (BASIC + "  - {id: ok, when: {entity: EMAIL}, then: allow}", "EMAIL", Level.CONFIDENTIAL, Gate.ALLOW, True,
         [("hide", "confidential EMAIL is masked"), ("ok", "confidential EMAIL is allowed")]),
        (BASIC + "  - {id: stop, when: {entity: KEY}, then: block}", "KEY", Level.REGULATED, Gate.BLOCK, True,
         [("stop", "regulated KEY is blocked")]),
        (BASIC + "  - {id: ask, when: {entity: KEY}, then: hold}", "KEY", Level.REGULATED, Gate.HOLD, True,
         [("ask", "regulated KEY waits for approval")]),
        ("\n  - {id: ask, when: {entity: KEY}, then: hold}\n  - {id: ok, when: {entity: KEY}, then: allow}",
         "KEY", Level.REGULATED, Gate.HOLD, False, [("ask", "regulated KEY waits for approval")]),
        ("\n  - {id: ask, when: {entity: KEY}, then: hold}\n  - {id: stop, when: {entity: KEY}, then: block}",
         "KEY", Level.REGULATED, Gate.BLOCK, False, [("stop", "regulated KEY is blocked")]),
        (BASIC + "  - {id: stop, when: {destination: openai}, then: block}", "EMAIL", Level.CONFIDENTIAL, Gate.BLOCK,
         True, [("stop", "the request is blocked")]),
        (BASIC + "  - {id: ask, when: {kind: text, role: user}, then: hold}", "EMAIL", Level.CONFIDENTIAL, Gate.HOLD,
         True, [("ask", "text of role user waits for approval")]),
        (BASIC + "  - {id: stop, when: {destination: acme}, then: block}", "EMAIL", Level.CONFIDENTIAL, Gate.ALLOW,
         True, [("hide", "confidential EMAIL is masked")]),
        (BASIC + "  - {id: stop, when: {entity: EMAIL}, unless: {group: staff}, then: block}", "EMAIL",
         Level.CONFIDENTIAL, Gate.ALLOW, True, [("hide", "confidential EMAIL is masked")]),
    ],
)  # fmt: skip
def test_one_finding(
    rules: str, entity: str, level: Level, gate: Gate, masked: bool, reasons: list[tuple[str, str]]
) -> None:
    decision = decide(exchange(), Scan((found(entity, level),)), policy(rules))
    assert decision.gate is gate
    assert [v.mask for v in decision.verdicts] == [masked]
    assert why(decision) == reasons
    assert decision.verdicts[0].reasons
    assert decision.level is level


def test_nothing_found_passes_and_says_so() -> None:
    decision = decide(exchange(), Scan(), policy(BASIC))
    assert (decision.gate, decision.level, decision.verdicts) == (Gate.ALLOW, Level.PUBLIC, ())
    assert why(decision) == [("nothing-found", "nothing was found that a rule speaks of")]


def test_a_fault_blocks_whatever_else_is_said() -> None:
    decision = decide(exchange(), Scan((), (Fault("detect", "took too long"),)), policy(BASIC))
    assert decision.gate is Gate.BLOCK
    assert decision.faults == (Fault("detect", "took too long"),)
    assert why(decision) == [("fault", "detect could not be judged: took too long")]


def test_a_finding_outside_of_what_was_read_is_a_fault() -> None:
    astray = found(at=Location(Area.BODY, None, ("elsewhere",)))
    decision = decide(exchange(), Scan((astray,)), policy(BASIC))
    assert decision.gate is Gate.BLOCK
    assert decision.faults[0].reason == "a finding points outside of what was read"
    assert decision.verdicts[0].reasons[0].rule == "fault"


@pytest.mark.parametrize(("word", "gate"), [("allow", Gate.ALLOW), ("hold", Gate.HOLD), ("block", Gate.BLOCK)])
def test_unread_follows_the_policy(word: str, gate: Gate) -> None:
    unread = tuple(Unread(Location(Area.BODY, None, ("a", n)), "an image", 9) for n in range(3))
    decision = decide(exchange(unread=unread), Scan(), policy(BASIC, f"unread: {word}"))
    assert decision.gate is gate
    assert why(decision) == [("unread", "body:/a/0 and 2 more could not be read: an image")]


IN_A_FILE = Location(Area.BODY, 0, (*AT.path, Embedded.DOCUMENT, 2))
ONLY_IMAGES = "{image: allow}"
EACH = "{image: allow, audio: block, video: block, file: hold, tokens: allow, other: block}"


@pytest.mark.parametrize(
    ("written", "reason", "at", "gate"),
    [
        (EACH, "image", AT, Gate.ALLOW),
        (EACH, "audio", AT, Gate.BLOCK),
        (EACH, "unknown binary", AT, Gate.HOLD),
        (EACH, "it is encrypted", IN_A_FILE, Gate.HOLD),
        (EACH, "image", IN_A_FILE, Gate.ALLOW),
        (EACH, "token ids", AT, Gate.ALLOW),
        (EACH, "binary message", AT, Gate.BLOCK),
        (EACH, "image", Location(Area.HEADER, None, (0, "x-note")), Gate.BLOCK),
        (ONLY_IMAGES, "image", AT, Gate.ALLOW),
        (ONLY_IMAGES, "video", AT, Gate.BLOCK),
        (ONLY_IMAGES, "its content, media type and filename do not say the same", AT, Gate.BLOCK),
        ("{other: allow, audio: hold}", "a reason of tomorrow", AT, Gate.ALLOW),
        ("{other: allow, audio: hold}", "video", AT, Gate.ALLOW),
        ("{other: allow, audio: hold}", "audio", AT, Gate.HOLD),
    ],
)
def test_unread_by_kind(written: str, reason: str, at: Location, gate: Gate) -> None:
    decision = decide(exchange(unread=(Unread(at, reason, 9),)), Scan(), policy(BASIC, f"unread: {written}"))
    assert decision.gate is gate
    assert why(decision) == [("unread", f"{at} could not be read: {reason}")]


def test_what_is_allowed_does_not_hide_what_is_not() -> None:
    unread = (Unread(AT, "image", 9), Unread(AT, "audio", 9), Unread(AT, "image", 9))
    decision = decide(exchange(unread=unread), Scan(), policy(BASIC, f"unread: {ONLY_IMAGES}"))
    assert decision.gate is Gate.BLOCK
    assert why(decision) == [("unread", f"{AT} could not be read: audio")]


@pytest.mark.parametrize(("way", "gate"), [(Direction.REQUEST, Gate.BLOCK), (Direction.REPLY, Gate.ALLOW)])
def test_unread_by_direction(way: Direction, gate: Gate) -> None:
    decision = decide(exchange(unread=(Unread(AT, "image", 9),)), Scan(), policy(BASIC), direction=way)
    assert decision.gate is gate
    assert why(decision) == [("unread", f"{AT} could not be read: image")], "it is told, whatever becomes of it"


def test_unread_blocks_where_the_policy_is_silent() -> None:
    unread = (Unread(AT, "an image", 9),)
    assert decide(exchange(unread=unread), Scan(), policy(BASIC)).gate is Gate.BLOCK


@pytest.mark.parametrize(("area", "kind"), [(Area.BODY, Kind.OPAQUE), (Area.PATH, Kind.TEXT)])
def test_what_cannot_be_masked_blocks_a_request_and_warns_in_a_reply(area: Area, kind: Kind) -> None:
    at = Location(area, None, ("id",))
    scan = Scan((found(at=at),))
    decision = decide(exchange(at, kind), scan, policy(BASIC))
    assert (decision.gate, decision.verdicts[0].mask) == (Gate.BLOCK, False)
    assert why(decision) == [("cannot-mask", "confidential EMAIL cannot be masked where it stands")]

    reply = decide(exchange(at, kind), scan, policy(BASIC), direction=Direction.REPLY)
    says = "confidential EMAIL stands in the provider's own structure, where nothing can be masked"
    assert (reply.gate, reply.verdicts[0].mask) == (Gate.ALLOW, False)
    assert reply.warnings == (f"cannot-mask: {says}",)
    assert ("cannot-mask", says) in why(reply)

    silent = decide(exchange(at, kind), scan, policy(""), direction=Direction.REPLY)
    assert (silent.gate, silent.verdicts[0].mask, len(silent.warnings)) == (Gate.ALLOW, False, 1)


def test_what_the_provider_itself_said_goes_back_to_it() -> None:
    at = Location(path=("messages", 1))
    scan, given = Scan((found(at=at),)), exchange(at, Kind.OPAQUE)
    assert decide(given, scan, policy(BASIC)).gate is Gate.BLOCK
    decision = decide(given, scan, policy(BASIC), own=frozenset({at}))
    assert (decision.gate, decision.verdicts[0].mask) == (Gate.ALLOW, False)
    says = "confidential EMAIL was said and signed by the provider"
    assert decision.verdicts[0].reasons == (Reason("said-by-provider", says),)


def test_replies_mask_for_good_what_the_client_had_not_sent() -> None:
    scan = Scan((found(fingerprint="theirs"), found(fingerprint="own")))
    decision = decide(exchange(), scan, policy(BASIC), direction=Direction.REPLY, known=frozenset({"own"}))
    theirs, own = decision.verdicts
    assert (theirs.mask, theirs.restorable, theirs.reasons[0].rule) == (True, False, "hide")
    assert (own.mask, own.reasons) == (
        False, (Reason("sent-by-client", "confidential EMAIL was sent by the client itself"),)
    )  # fmt: skip


def test_known_values_mean_nothing_in_requests() -> None:
    assert decide(exchange(), Scan((found(),)), policy(BASIC), known=frozenset({"f"})).verdicts[0].mask


def test_a_block_rule_holds_for_what_the_client_sent_itself() -> None:
    rules = BASIC + "  - {id: stop, when: {entity: EMAIL}, then: block}"
    decision = decide(exchange(), Scan((found(),)), policy(rules), direction=Direction.REPLY, known=frozenset({"f"}))
    assert (decision.gate, decision.verdicts[0].mask) == (Gate.BLOCK, False)
    assert why(decision) == [("stop", "confidential EMAIL is blocked")]


def test_a_reply_that_no_rule_speaks_of_is_masked_for_good() -> None:
    decision = decide(exchange(), Scan((found(),)), policy(""), direction=Direction.REPLY)
    verdict = decision.verdicts[0]
    assert (decision.gate, verdict.mask, verdict.style, verdict.restorable) == (Gate.ALLOW, True, "placeholder", False)
    assert why(decision) == [("no-rule", "no rule says what to do with confidential EMAIL in a reply, so it is masked")]


def test_first_mask_rule_gives_the_style_and_all_must_restore() -> None:
    first = "\n  - {id: a, then: mask, style: last4}\n  - {id: b, then: mask}"
    second = "\n  - {id: b, then: mask}\n  - {id: a, then: mask, style: last4}"
    styles = [decide(exchange(), Scan((found(),)), policy(rules)).verdicts[0] for rules in (first, second)]
    assert [(v.style, v.restorable) for v in styles] == [("last4", False), ("placeholder", False)]
    alone = decide(exchange(), Scan((found(),)), policy("\n  - {id: b, then: mask}")).verdicts[0]
    assert alone.restorable
    barred = decide(exchange(), Scan((found(),)), policy("\n  - {id: b, then: mask, restore: false}")).verdicts[0]
    assert not barred.restorable


def test_it_comes_back_in_tools_that_all_rules_name() -> None:
    rules = "\n  - {id: a, then: mask, restore: {tools: [send, find]}}\n  - {id: b, then: mask}"
    verdict = decide(exchange(), Scan((found(),)), policy(rules)).verdicts[0]
    assert (verdict.restorable, verdict.tools) == (True, (("send", "find"),))
    narrower = rules + '\n  - {id: c, then: mask, restore: {tools: ["s*"]}}'
    tools = decide(exchange(), Scan((found(),)), policy(narrower)).verdicts[0].tools
    assert [name for name in ("send", "find", "sell", "") if means(tools, name)] == ["send"]
    none = decide(exchange(), Scan((found(),)), policy(narrower + "\n  - {id: d, then: mask, restore: text}"))
    assert none.verdicts[0].restorable
    assert not means(none.verdicts[0].tools, "send")


def test_the_policys_levels_replace_the_rules_own() -> None:
    raised = decide(exchange(), Scan((found("BADGE", Level.INTERNAL),)), policy(BASIC, "levels: {BADGE: regulated}"))
    assert (raised.level, raised.verdicts[0].mask, raised.verdicts[0].finding.level) == (
        Level.REGULATED, True, Level.REGULATED,
    )  # fmt: skip
    lowered = decide(exchange(), Scan((found("BADGE", Level.REGULATED),)), policy(BASIC, "levels: {BADGE: public}"))
    assert (lowered.level, lowered.verdicts[0].mask) == (Level.PUBLIC, False)


def test_a_rule_that_is_not_enforced_only_warns() -> None:
    rules = (
        BASIC
        + """
  - {id: soon, when: {entity: EMAIL}, then: block, enforce: false}
  - {id: all, when: {destination: openai}, then: hold, enforce: false}
"""
    )
    decision = decide(exchange(), Scan((found(),)), policy(rules))
    assert decision.gate is Gate.ALLOW
    assert set(decision.warnings) == {
        "soon is not enforced; it says: confidential EMAIL is blocked",
        "all is not enforced; it says: the request waits for approval",
    }
    assert {"soon", "all"}.isdisjoint(rules_that_spoke(decision))


def test_a_mask_that_is_not_enforced_counts_for_nothing() -> None:
    decision = decide(exchange(), Scan((found(),)), policy("\n  - {id: soon, then: mask, enforce: false}"))
    assert (decision.gate, why(decision)[0][0]) == (Gate.BLOCK, "no-rule")


def test_warnings_carry_the_authors_words() -> None:
    rules = BASIC + '  - {id: mind, when: {entity: EMAIL}, then: warn, message: "Mind the mail."}'
    decision = decide(exchange(), Scan((found(), found())), policy(rules))
    assert (decision.gate, decision.warnings) == (Gate.ALLOW, ("mind: Mind the mail.",))
    assert [rule for rule, _ in why(decision)] == ["hide", "mind"]


def test_the_message_is_that_of_the_first_rule_that_decided() -> None:
    rules = (
        BASIC
        + """
  - {id: ask, when: {entity: EMAIL}, then: hold, message: "Ask."}
  - {id: stop, when: {entity: EMAIL}, then: block, message: "Stop."}
  - {id: also, when: {entity: EMAIL}, then: block, message: "Also."}
"""
    )
    assert decide(exchange(), Scan((found(),)), policy(rules)).message == "Stop."
    assert decide(exchange(), Scan(), policy(rules)).message is None
    mask = '\n  - {id: m, then: mask, message: "Masked."}'
    assert decide(exchange(), Scan((found(),)), policy(mask)).message is None


def test_without_enforcement_the_decision_is_the_same_and_says_so() -> None:
    rules = policy(BASIC + "  - {id: stop, when: {entity: EMAIL}, then: block}")
    scan = Scan((found(),))
    observed = decide(exchange(), scan, rules, enforce=False)
    assert observed == replace(decide(exchange(), scan, rules), enforced=False)
    assert (observed.gate, observed.enforced) == (Gate.BLOCK, False)


def test_verdicts_stand_in_the_order_of_the_findings() -> None:
    findings = tuple(found(f"E{n}", Level(n % 4)) for n in range(12))
    decision = decide(exchange(), Scan(findings), policy(BASIC))
    assert tuple(v.finding for v in decision.verdicts) == findings
    assert decision.route is None
    assert decision.ruleset_revision == policy(BASIC).revision


def test_reasons_tell_no_value() -> None:
    decision = decide(exchange(), Scan((found(),)), policy(BASIC))
    assert "x@y.z" not in repr(decision)


@pytest.mark.parametrize(
    ("says", "gate", "masked"),
    [
        ("", Gate.BLOCK, False),
        ("attachments: block", Gate.BLOCK, False),
        ("attachments: hold", Gate.HOLD, False),
        ("attachments: replace", Gate.ALLOW, True),
    ],
)
def test_a_document_in_which_something_would_be_masked(says: str, gate: Gate, masked: bool) -> None:
    at = Location(Area.BODY, 0, ("data", Embedded.DOCUMENT, "page", 1))
    decision = decide(exchange(at, Kind.ATTACHMENT), Scan((found(at=at),)), policy(BASIC, says))
    assert (decision.gate, [v.mask for v in decision.verdicts]) == (gate, [masked])
    stands = "confidential EMAIL stands in a document, where nothing can be masked"
    assert why(decision) == [("hide", "confidential EMAIL is masked")] if masked else [("attachment", stands)]
    kept = decide(exchange(at, Kind.ATTACHMENT), Scan((found("IP", Level.INTERNAL, at),)), policy(BASIC, says))
    assert kept.gate is Gate.ALLOW


def test_text_in_a_file_is_masked_like_any_text() -> None:
    at = Location(Area.BODY, 0, ("data", Embedded.TEXT))
    decision = decide(exchange(at, Kind.ATTACHMENT), Scan((found(at=at),)), policy(BASIC))
    assert (decision.gate, decision.verdicts[0].mask) == (Gate.ALLOW, True)


def test_one_value_in_a_document_and_in_a_text_file_are_judged_apart() -> None:
    text, document = (Location(path=("data", step)) for step in (Embedded.TEXT, Embedded.DOCUMENT))
    segments = tuple(exchange(at, Kind.ATTACHMENT).segments[0] for at in (text, document))
    decision = decide(replace(exchange(), segments=segments), Scan((found(at=text), found(at=document))), policy(BASIC))
    assert [v.mask for v in decision.verdicts] == [True, False]
    assert decision.gate is Gate.BLOCK


OTHER = Location(Area.BODY, None, ("messages", 1, "content"))
HIDE = '\n  - {id: hide, when: {level: ">=confidential"}, then: mask}'


def two(*texts: tuple[Location, str]) -> Exchange:
    segments = tuple(Segment(at, Direction.REQUEST, Role.USER, Kind.TEXT, text) for at, text in texts)
    return replace(exchange(), segments=segments)


@pytest.mark.parametrize(
    ("when", "values", "gate", "reason"),
    [
        ('{entity: EMAIL, count: ">=3"}', "abc", Gate.HOLD, "confidential EMAIL waits for approval"),
        ('{entity: EMAIL, count: ">=3"}', "ab", Gate.ALLOW, ""),
        ('{entity: EMAIL, count: ">=3"}', "aabb", Gate.ALLOW, ""),
        ('{entity: IP, count: ">=1"}', "abc", Gate.ALLOW, ""),
        ('{entity: EMAIL, count: "<2"}', "a", Gate.HOLD, "confidential EMAIL waits for approval"),
        ('{entity: EMAIL, density: ">=100"}', "ab", Gate.HOLD, "confidential EMAIL waits for approval"),
        ('{entity: EMAIL, density: ">=500"}', "ab", Gate.ALLOW, ""),
    ],
)
def test_how_many_there_are(when: str, values: str, gate: Gate, reason: str) -> None:
    scan = Scan(tuple(found(fingerprint=value) for value in values))
    decision = decide(exchange(), scan, policy(f"{HIDE}\n  - {{id: bulk, when: {when}, then: hold}}"))
    assert decision.gate is gate
    assert all(v.mask for v in decision.verdicts)
    if reason:
        assert why(decision) == [("bulk", reason)]


def test_what_stands_together() -> None:
    rules = policy(f"{HIDE}\n  - {{id: both, when: {{together: [PERSON, 'US_*']}}, then: block}}")
    given = two((AT, "Mara here"), (OTHER, "078-05-1120"))
    name, number, mail = found("PERSON"), found("US_SSN", at=OTHER), found("EMAIL")
    assert decide(given, Scan((name, mail)), rules).gate is Gate.ALLOW
    decision = decide(given, Scan((name, number, mail)), rules)
    assert why(decision) == [
        ("both", "confidential PERSON is blocked"),
        ("both", "confidential US_SSN is blocked"),
    ], "and EMAIL is none of these"


def test_a_combination_raises_levels() -> None:
    rest = "combinations: [{entities: [PERSON, IBAN], level: regulated}]"
    rules = policy(f"{HIDE}\n  - {{id: stop, when: {{level: regulated}}, then: block}}", rest)
    given = two((AT, "Mara here"), (OTHER, "DE89 3704"))
    assert decide(given, Scan((found("PERSON"),)), rules).gate is Gate.ALLOW
    decision = decide(given, Scan((found("PERSON"), found("IBAN", at=OTHER))), rules)
    assert (decision.gate, decision.level) == (Gate.BLOCK, Level.REGULATED)


@pytest.mark.parametrize(
    ("groups", "level", "known", "masked", "reason"),
    [
        (("contractors",), Level.CONFIDENTIAL, False, True, "max-level"),
        (("contractors",), Level.CONFIDENTIAL, True, False, "sent-by-client"),
        (("contractors",), Level.INTERNAL, False, False, "ok"),
        (("contractors", "staff"), Level.CONFIDENTIAL, False, False, "ok"),
        (("guests",), Level.INTERNAL, False, True, "max-level"),
    ],
)
def test_nobody_is_told_more_than_their_group_may_be(
    groups: tuple[str, ...], level: Level, known: bool, masked: bool, reason: str
) -> None:
    rest = 'max_level: {contractors: internal, staff: regulated, "*": public}'
    rules = policy("\n  - {id: ok, when: {level: '<=regulated'}, then: allow}", rest)
    given = replace(exchange(), actor=Actor("alice", groups))
    fingerprints = frozenset("f" if known else "")
    decision = decide(given, Scan((found(level=level),)), rules, direction=Direction.REPLY, known=fingerprints)
    assert decision.verdicts[0].mask is masked
    assert not decision.verdicts[0].restorable
    assert reason in [r.rule for r in decision.verdicts[0].reasons]
    assert decide(given, Scan((found(level=level),)), rules).gate is Gate.ALLOW, "it speaks of replies alone"


def test_what_is_above_and_cannot_be_masked_does_not_come_back() -> None:
    rules = policy("\n  - {id: ok, when: {level: '<=regulated'}, then: allow}", 'max_level: {"*": public}')
    decision = decide(exchange(kind=Kind.OPAQUE), Scan((found(),)), rules, direction=Direction.REPLY)
    assert decision.gate is Gate.BLOCK
    assert why(decision) == [("max-level", "confidential EMAIL is above public, the most that this actor may be told")]


def test_a_style_by_entity() -> None:
    rules = policy(
        '\n  - {id: hide, when: {level: ">=confidential"}, then: mask,'
        ' style: {"*": redact, CARD: last4, MAIL: placeholder}}'
    )
    scan = Scan(tuple(found(entity) for entity in ("CARD", "MAIL", "KEY")))
    verdicts = decide(exchange(), scan, rules).verdicts
    assert [(v.style, v.restorable) for v in verdicts] == [("last4", False), ("placeholder", True), ("redact", False)]


@pytest.mark.parametrize(
    ("when", "change", "applies"),
    [
        ("{session: 'night*'}", {"session": "nightly"}, True),
        ("{session: 'night*'}", {"session": "daily"}, False),
        ("{client: 'codex*'}", {"client": "codex_cli_rs/0.9"}, True),
        ("{client: 'codex*'}", {"client": "OpenAI/Python"}, False),
        ("{source: ci}", {"source": "ci"}, True),
        ("{source: ci}", {"source": "person"}, False),
        ("{during: {days: [sat, sun]}}", {"at": 1_795_910_400.0}, True),
        ("{during: {days: [sat, sun]}}", {"at": 1_795_737_600.0}, False),
        ("{region: 'eu-*'}", {"host": "bedrock-runtime.eu-west-1.amazonaws.com"}, True),
        ("{region: 'eu-*'}", {"host": "bedrock-runtime.us-east-1.amazonaws.com"}, False),
    ],
)  # fmt: skip
def test_conditions_on_the_exchange(when: str, change: dict[str, object], applies: bool) -> None:
    rules = policy(f"\n  - {{id: stop, when: {when}, then: block}}")
    for _ in range(2):  # what applies is remembered
        given = exchange()
        if "host" in change:
            given = replace(given, route=replace(given.route, host=str(change["host"])))
        else:
            given = replace(given, **change)  # type: ignore[arg-type]
        assert (decide(given, Scan(), rules).gate is Gate.BLOCK) is applies


def test_what_a_finding_is_known_from_is_told() -> None:
    known = replace(found(), origin=Origin("dbt", "shop.customers", "note", "data team"))
    decision = decide(exchange(), Scan((known,)), policy(BASIC))
    says = "confidential EMAIL known from shop.customers.note (dbt, data team) is masked"
    assert why(decision) == [("hide", says)]


LABEL_RULES = "\n  - {id: tell, when: {category: label}, then: %s}"


@pytest.mark.parametrize(
    ("rules", "direction", "level", "gate", "reasons"),
    [
        (BASIC, Direction.REQUEST, Level.CONFIDENTIAL, Gate.BLOCK,
         [("no-rule", "no rule says what to do with confidential BANNER (rule-x), and a label cannot be masked")]),
        (BASIC, Direction.REQUEST, Level.INTERNAL, Gate.ALLOW, [("pass", "internal BANNER (rule-x) is allowed")]),
        (BASIC + LABEL_RULES % "allow", Direction.REQUEST, Level.REGULATED, Gate.ALLOW,
         [("tell", "regulated BANNER (rule-x) is allowed")]),
        (BASIC + LABEL_RULES % "hold", Direction.REQUEST, Level.REGULATED, Gate.HOLD,
         [("tell", "regulated BANNER (rule-x) waits for approval")]),
        (BASIC + LABEL_RULES % "block", Direction.REQUEST, Level.CONFIDENTIAL, Gate.BLOCK,
         [("tell", "confidential BANNER (rule-x) is blocked")]),
        (BASIC, Direction.REPLY, Level.CONFIDENTIAL, Gate.ALLOW,
         [("no-rule", "confidential BANNER (rule-x) is kept in a reply: a label cannot be masked")]),
    ],
)  # fmt: skip
def test_a_label_is_never_masked(
    rules: str, direction: Direction, level: Level, gate: Gate, reasons: list[tuple[str, str]]
) -> None:
    label = replace(found("BANNER", level), category="label")
    decision = decide(exchange(), Scan((label,)), policy(rules), direction=direction)
    assert (decision.gate, decision.level, why(decision)) == (gate, level, reasons)
    assert [verdict.mask for verdict in decision.verdicts] == [False]


def test_a_label_above_what_somebody_may_be_told_stops_the_reply() -> None:
    label = replace(found("BANNER", Level.REGULATED), category="label")
    rules = policy(BASIC + LABEL_RULES % "allow", 'max_level: {"*": internal}')
    decision = decide(exchange(), Scan((label,)), rules, direction=Direction.REPLY)
    assert decision.gate is Gate.BLOCK
    assert {reason.rule for reason in decision.reasons} == {"max-level"}
