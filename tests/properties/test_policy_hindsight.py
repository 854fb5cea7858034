"""What a policy makes of the record is what it would have made of the exchange, wherever `blind` names no rule."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hushgate import records
from hushgate.ledger.migrations import migrate
from hushgate.ledger.projections import statements
from hushgate.policy.decide import decide
from hushgate.policy.hindsight import blind, recorded
from hushgate.policy.routing import settle
from hushgate.policy.rules import RuleSet, load_policy
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
    Role,
    Route,
    Scan,
    Segment,
    Unread,
)
from tests.properties.test_policy_decide import WHEN

ENTITIES = ("EMAIL", "KEY", "IP")
HERE = Route("openai", "openai", "eu.api.openai.com", "/v1/chat/completions", "openai-chat", "POST", "gpt-5")
THERE = replace(HERE, endpoint="own", provider="acme", host="llama.acme.example", self_hosted=True)
PLACES = (
    Location(Area.BODY, None, ("messages", 0, "content")),
    Location(Area.BODY, None, ("messages", 1, Embedded.JSON, "a")), Location(Area.QUERY, None, ("q",)),
    Location(Area.BODY, 2, ("file", Embedded.DOCUMENT)),
    Location(Area.HEADER, None, ("x-note",)), Location(Area.BODY, None, ("meta", "k"), is_key=True),
)  # fmt: skip
MORE = {
    "group": st.sampled_from(["staff", "intern*"]), "actor": st.sampled_from(["alice", "bob"]),
    "model": st.sampled_from(["gpt-*", "llama"]), "kind": st.sampled_from(["tool_args", "attachment", "opaque"]),
    "rule": st.sampled_from(["email-*", "key"]), "score": st.sampled_from([">=0.5", "<0.5"]),
}  # fmt: skip
ASKS = st.tuples(WHEN, st.fixed_dictionaries({}, optional=MORE)).map(lambda both: both[0] | both[1])
THEN = st.sampled_from(["allow", "mask", "warn", "hold", "block", {"route": "own"}, {"route": "own", "model": "llama"}])
RULE = st.fixed_dictionaries({"when": ASKS, "then": THEN}, optional={"enforce": st.booleans()})
POLICY = st.fixed_dictionaries(
    {"version": st.just(1), "rules": st.lists(RULE, max_size=5)},
    optional={
        "levels": st.dictionaries(st.sampled_from(ENTITIES), st.sampled_from(["public", "confidential", "regulated"])),
        "combinations": st.sampled_from([
            [{"entities": ["EMAIL", "KEY"], "level": "regulated"}],
            [{"entities": ["EMAIL", "IP"], "level": "confidential", "within": "segment"}],
        ]),
        "unread": st.sampled_from(["allow", "hold", {"image": "allow", "other": "block"}]),
        "attachments": st.sampled_from(["hold", "replace"]),
        "max_level": st.sampled_from([{"staff": "internal"}, {"*": "confidential", "staff": "regulated"}]),
    },
)  # fmt: skip


def policy(written: dict[str, Any]) -> RuleSet:
    """A policy without the rules that look at what no record holds."""
    rules = [
        {"id": f"r{n}", **rule}
        for n, rule in enumerate(written["rules"])
        if not (isinstance(rule["then"], dict) and rule["when"].get("direction") == "reply")
    ]
    loaded = load_policy(Path("p"), json.dumps(written | {"rules": rules}))
    unseen = blind(loaded)
    return replace(loaded, rules=tuple(rule for rule in loaded.rules if rule.id not in unseen))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Exchange, Scan]:
    drawn = draw(st.lists(st.sampled_from(PLACES), min_size=1, unique=True))
    roles, kinds = st.sampled_from([Role.USER, Role.TOOL, Role.SYSTEM]), st.sampled_from(list(Kind))
    segments = tuple(Segment(at, Direction.REQUEST, draw(roles), draw(kinds), "0123456789") for at in drawn)
    findings = tuple(
        Finding(
            draw(st.sampled_from(drawn)), 0, 4, draw(st.sampled_from(ENTITIES)),
            draw(st.sampled_from(["pii", "label", "secret"])), draw(st.sampled_from(list(Level))),
            draw(st.sampled_from([0.25, 0.9])), draw(st.sampled_from(["email-address", "key"])), "",
            draw(st.sampled_from(["f1", "f2", "f3"])),
        )
        for _ in range(draw(st.integers(0, 5)))
    )  # fmt: skip
    unread = tuple(draw(st.lists(st.sampled_from([
        Unread(PLACES[0], "image", 3), Unread(Location(Area.HEADER, None, ("h",)), "image", 9),
        Unread(PLACES[2], "encrypted", 4), Unread(Location(), "application/x-thing", 5),
    ]), max_size=1)))  # fmt: skip
    faults = (Fault("detect", "late"),) if draw(st.integers(0, 7)) == 0 else ()
    groups = draw(st.sampled_from([(), ("staff",), ("interns", "staff")]))
    exchange = Exchange(
        "x1", HERE, Actor(draw(st.sampled_from(["alice", "carol"])), groups), "s", segments, unread,
        at=draw(st.sampled_from([0.0, 1e5, 1.8e9])), source=draw(st.sampled_from(["ci", "person"])),
    )  # fmt: skip
    return exchange, Scan(findings, faults)


def on_record(*events: tuple[str, dict[str, object]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The row of the one exchange, and its findings', as the ledger's own statements write them."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        migrate(conn)
        conn.row_factory = sqlite3.Row
        for kind, payload in events:
            for sql, rows in statements("chain", 0.0, kind, json.loads(json.dumps(payload))):
                conn.executemany(sql, rows)
        (row,) = conn.execute("SELECT * FROM exchanges")
        findings = conn.execute("SELECT * FROM findings ORDER BY direction = 'reply', n")
        return dict(row), [dict(one) for one in findings]


def told(decision: Decision) -> tuple[Any, ...]:
    verdicts = [(v.mask, v.style, v.restorable, v.finding.level, v.reasons) for v in decision.verdicts]
    return decision.gate, decision.reasons, decision.level, decision.route, set(decision.warnings), verdicts


@given(scenes(), POLICY, POLICY, st.frozensets(st.sampled_from(["f1", "f2"])))
def test_the_record_is_decided_as_the_exchange_was(
    scene: tuple[Exchange, Scan], then: dict[str, Any], now: dict[str, Any], sent: frozenset[str]
) -> None:
    old, new = policy(then), policy(now)
    given, scan = scene
    decision, moved = settle(given, scan, old, lambda _: THERE)
    opened = records.opened(moved, decision, at=given.at, size=1)
    if moved is not given:
        opened["routed_from"] = given.route.endpoint
    words = tuple(replace(s, direction=Direction.REPLY, role=Role.ASSISTANT, kind=Kind.TEXT) for s in given.segments)
    back = replace(moved, segments=words, unread=())
    answer = decide(back, Scan(scan.findings), old, direction=Direction.REPLY, known=sent)
    coverage = records.counted(1, 0, ())
    closed = records.closed(back, answer.verdicts, gate=Gate.ALLOW, outcome="done", coverage=coverage)

    first = {"openai": HERE}.get
    request, reply = recorded(*on_record(("opened", opened), ("closed", closed)), {}, first)
    if moved.route.model == given.route.model:  # Else the LLM that was asked for is not on record.
        assert told(request.decide(new, lambda _: THERE)) == told(settle(given, scan, new, lambda _: THERE)[0])
    again = decide(back, Scan(scan.findings), new, direction=Direction.REPLY, known=sent)
    assert told(reply.decide(new, lambda _: THERE)) == told(again)


def test_what_was_sent_elsewhere_is_judged_as_it_was_asked() -> None:
    """Few of the made-up policies send anything anywhere."""
    home = {"id": "home", "when": {"level": "regulated", "self_hosted": False}, "then": {"route": "own"}}
    hide = {"id": "hide", "when": {"level": ">=confidential"}, "then": "mask"}
    stay = {"id": "stay", "when": {"level": "regulated", "destination": "openai"}, "then": "block"}
    seen = Segment(PLACES[0], Direction.REQUEST, Role.USER, Kind.TEXT, "0123456789")
    found = Finding(PLACES[0], 0, 4, "KEY", "secret", Level.REGULATED, 0.9, "key", "", "f1")
    given, scan = Exchange("x1", HERE, Actor("alice"), "s", (seen,)), Scan((found,))
    for old, new in (([home, hide], [hide]), ([hide], [home, hide]), ([home, hide], [hide, stay])):
        then, now = (load_policy(Path("p"), json.dumps({"version": 1, "rules": rules})) for rules in (old, new))
        decision, moved = settle(given, scan, then, lambda _: THERE)
        opened = records.opened(moved, decision, at=0.0, size=1)
        if moved is not given:
            opened["routed_from"] = "openai"
        (request,) = recorded(*on_record(("opened", opened)), {}, {"openai": HERE}.get)
        assert told(request.decide(now, lambda _: THERE)) == told(settle(given, scan, now, lambda _: THERE)[0])
