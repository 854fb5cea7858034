"""What is wrong with a policy that loads."""

from __future__ import annotations

import pytest

from hushgate.policy.lint import lint
from tests.unit.test_policy_decide import policy

KNOWN = {"entity": {"EMAIL", "KEY", "US_SSN"}, "category": {"pii", "secret"}, "destination": {"openai", "own-llama"}}


@pytest.mark.parametrize(
    ("rules", "rest", "remarks"),
    [
        (
            ("{id: a, when: {entity: EMAIL}, then: mask}",),
            "",
            [],
        ),
        (
            ("{id: a, when: {entity: MAIL}, then: mask}",),
            "",
            [
                ("a", "can never speak: there is no entity MAIL"),
            ],
        ),
        (
            ("{id: a, when: {entity: [MAIL, KEY]}, then: mask}",),
            "",
            [
                ("a", "names MAIL, which is no entity"),
            ],
        ),
        (
            ("{id: a, when: {destination: olama}, then: block}",),
            "",
            [
                ("a", "can never speak: there is no destination olama"),
            ],
        ),
        (
            ("{id: a, when: {together: [EMAIL, 'DE_*']}, then: hold}",),
            "",
            [
                ("a", "can never speak: there is no entity DE_*"),
            ],
        ),
        (
            ("{id: a, when: {entity: EMAIL}, unless: {entity: 'E*'}, then: block}",),
            "",
            [
                ("a", "can never speak: its `unless` holds wherever its `when` does"),
            ],
        ),
        (
            ("{id: a, when: {kind: opaque}, then: mask}",),
            "",
            [
                ("a", "asks to mask what cannot be changed, which blocks"),
            ],
        ),
        (
            ("{id: a, when: {direction: reply}, then: hold}",),
            "",
            [
                ("a", "holds a reply, which nobody can approve: it is blocked"),
            ],
        ),
        (
            (
                "{id: a, when: {category: secret}, then: block}",
                "{id: b, when: {category: secret, entity: KEY}, then: hold}",
            ),
            "",
            [
                ("b", "changes nothing: a blocks whatever it holds"),
            ],
        ),
        (
            (
                "{id: b, when: {category: secret, entity: KEY}, then: hold}",
                "{id: a, when: {category: secret}, then: block}",
            ),
            "",
            [
                ("b", "changes nothing: a blocks whatever it holds"),
            ],
        ),
        (
            ("{id: a, when: {entity: KEY}, then: block}", "{id: b, when: {entity: KEY}, then: allow}"),
            "",
            [
                ("b", "contradicts a, which blocks all that it allows; blocking wins"),
            ],
        ),
        (
            ("{id: a, when: {level: '>=internal'}, then: mask}", "{id: b, when: {level: regulated}, then: allow}"),
            "",
            [
                ("b", "contradicts a, which masks all that it allows; masking wins"),
            ],
        ),
        (
            (
                "{id: a, when: {level: '>=internal'}, then: mask}",
                "{id: b, when: {level: regulated}, then: mask, style: hash}",
            ),
            "",
            [],
        ),
        (
            (
                "{id: a, when: {level: '>=internal'}, then: mask, style: redact}",
                "{id: b, when: {level: regulated}, then: mask, style: hash}",
            ),
            "",
            [
                ("b", "changes nothing: a masks all of it, and gives the style"),
            ],
        ),
        (
            (
                "{id: a, when: {level: '>=internal'}, unless: {actor: bob}, then: block}",
                "{id: b, when: {level: regulated}, then: allow}",
            ),
            "",
            [],
        ),
        (
            (
                "{id: a, when: {level: '>=internal'}, then: block, enforce: false}",
                "{id: b, when: {level: regulated}, then: allow}",
            ),
            "",
            [],
        ),
        (
            ("{id: a, when: {entity: KEY, count: '>=5'}, then: block}", "{id: b, when: {entity: KEY}, then: hold}"),
            "",
            [],
        ),
        (
            ("{id: a, when: {entity: KEY}, then: block}",),
            "levels: {KEYS: regulated}\n"
            "exceptions: [{id: x, lifts: a, when: {actor: bob}, until: 2001-01-01, reason: drill}]",
            [
                ("x", "ended on 2001-01-01 and lifts nothing any more"),
                ("levels", "names KEYS, which nothing finds"),
            ],
        ),
    ],
)
def test_remarks(rules: tuple[str, ...], rest: str, remarks: list[tuple[str, str]]) -> None:
    found = lint(policy("".join(f"\n  - {rule}" for rule in rules), rest), KNOWN, 1_000_000_000.0)
    assert [(remark.rule, remark.says) for remark in found] == remarks
    assert all(remark.hint for remark in found)
