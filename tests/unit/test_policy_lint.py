"""What is wrong with a policy that loads."""

from __future__ import annotations

import pytest

from hushgate.policy.lint import lint
from hushgate.policy.reach import Known, Place
from hushgate.values import Level
from tests.unit.test_policy_decide import policy

FOUND = {
    ("EMAIL", "pii", Level.CONFIDENTIAL, "email"), ("KEY", "secret", Level.REGULATED, "key"),
    ("KEY", "secret", Level.CONFIDENTIAL, "key-named"), ("US_SSN", "pii", Level.REGULATED, "ssn"),
    ("DATE_OF_BIRTH", "pii", Level.CONFIDENTIAL, "birth"), ("IP", "network", Level.INTERNAL, "ip"),
    ("BANNER", "label", Level.CONFIDENTIAL, "banner"),
}  # fmt: skip
PLACES = (
    Place("openai", "openai", "api.openai.com", False), Place("own-llama", "acme", "llama.acme.example", True),
    Place("azure", "azure", "*.openai.azure.com", False),
)  # fmt: skip
KNOWN = Known(frozenset(FOUND), PLACES, frozenset({"bob", "ann"}), frozenset({"ci", "staff"}))


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
            [
                ("b", "has a style that is never used: a masks all of it, and gives the style"),
            ],
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


MASKED = "{id: a, when: {level: '>=confidential'}, then: mask}"
BLOCKED = "{id: a, when: {direction: request, entity: KEY}, then: block}"
LIFTS = "exceptions: [{id: x, lifts: a, when: "
UNTIL = "until: 2099-01-01, reason: drill}]"


@pytest.mark.parametrize(
    ("rules", "rest", "says"),
    [
        # What is asked for and never there.
        ("{id: a, when: {entity: EMAIL, level: regulated}, then: block}", "", "can never speak: nothing"),
        ("{id: a, when: {entity: EMAIL, level: regulated}, then: block}", "levels: {EMAIL: regulated}", None),
        ("{id: a, when: {entity: EMAIL, level: regulated}, then: block}",
         "combinations: [{entities: [EMAIL, KEY], level: regulated}]", None),
        ("{id: a, when: {entity: EMAIL, category: secret}, then: block}", "", "can never speak: nothing"),
        ("{id: a, when: {entity: [EMAIL, US_SSN], level: regulated}, then: block}", "", "names EMAIL, which never"),
        ("{id: a, when: {together: [EMAIL, KEY], category: pii}, then: block}", "", "can never speak: nothing"),
        ("{id: a, when: {rule: mail}, then: block}", "", "can never speak: there is"),
        ("{id: a, when: {rule: 'name-*'}, then: block}", "", None),
        ("{id: a, when: {entity: EMAIL, count: '<1'}, then: block}", "", "can never speak: no"),
        ("{id: a, when: {score: '>1'}, then: block}", "", "can never speak: no"),
        ("{id: a, when: {destination: openai, self_hosted: true}, then: block}", "", "can never speak: no"),
        ("{id: a, when: {destination: openai, region: 'eu-*'}, then: block}", "", "can never speak: no"),
        ("{id: a, when: {destination: acme.openai.azure.com, region: 'eu-*'}, then: block}", "", None),
        ("{id: a, when: {group: stuff}, then: block}", "", "can never speak: there is"),
        ("{id: a, when: {actor: [bob, eve]}, then: block}", "", "names eve, which is no"),
        ("{id: a, when: {category: label}, then: mask}", "", "can never speak: a label"),
        # What does nothing.
        ("{id: a, when: {category: secret}, unless: {entity: EMAIL}, then: block}", "", "has an `unless` that"),
        ("{id: a, when: {direction: request}, unless: {direction: reply}, then: block}", "", "has an `unless`"),
        ("{id: a, when: {level: regulated}, unless: {entity: MAIL}, then: block}", "", "names MAIL in `unless`,"),
        ("{id: a, when: {entity: KEY}, unless: {category: secret}, then: block}", "", "can never speak: its"),
        ("{id: a, when: {during: {from: '08:00', to: '08:00'}}, then: block}", "", "has a time that ends when"),
        ("{id: a, when: {level: regulated}, then: mask, message: No.}", "", "has a message that nobody"),
        ("{id: a, when: {entity: EMAIL}, then: mask, style: shift}", "", "has the style shift"),
        ("{id: a, when: {entity: US_SSN}, then: mask, style: last4}", "", "has the style last4"),
        ("{id: a, when: {category: pii}, then: mask, style: {DATE_OF_BIRTH: shift, '*': hash}}", "", None),
        ("{id: a, when: {entity: KEY}, then: mask, style: {EMAIL: hash, '*': redact}}", "", "has a style for EMAIL"),
        ("{id: a, when: {level: regulated, self_hosted: false}, then: {route: own-llama}}", "", "sends KEY and 1"),
        ("{id: a, when: {level: regulated}, then: {route: own-llama}}", "", None),
        ("{id: a, when: {level: regulated, self_hosted: false}, then: {route: own-llama}}"
         "\n  - {id: b, when: {level: regulated}, then: allow}",
         "", None),
        # What another rule takes.
        (BLOCKED + "\n  - {id: b, when: {direction: request, category: secret}, then: hold}", "",
         "changes nothing: a blocks"),
        (BLOCKED + "\n  - {id: b, when: {direction: request, category: secret}, then: mask}", "",
         "changes nothing: a blocks"),
        (BLOCKED + "\n  - {id: b, when: {direction: request, category: secret}, then: mask}",
         LIFTS + "{actor: bob}, " + UNTIL, None),
        (BLOCKED.replace("}, then", "}, unless: {self_hosted: true}, then")
         + "\n  - {id: b, when: {direction: request, rule: key, self_hosted: false}, then: allow}",
         "", "contradicts a"),
        (MASKED + "\n  - {id: b, when: {category: label}, then: allow}", "", None),
        (MASKED + "\n  - {id: b, when: {entity: EMAIL}, then: allow}", "", "contradicts a, which"),
        (MASKED + "\n  - {id: b, when: {entity: KEY}, then: mask, style: hash}", "", "has a style that is never"),
        ("{id: a, when: {level: '<=internal'}, then: allow}\n  - {id: b, when: {entity: IP}, then: allow}", "",
         "changes nothing: a allows"),
        ("{id: a, when: {category: pii, score: '>=0.5'}, then: block}\n"
         "  - {id: b, when: {entity: EMAIL, score: '>0.5'}, then: hold}", "", "changes nothing: a blocks"),
        ("{id: a, when: {category: pii, score: '>0.5'}, then: block}\n"
         "  - {id: b, when: {entity: EMAIL, score: '>=0.5'}, then: hold}", "", None),
        # Exceptions and names elsewhere.
        (BLOCKED, LIFTS + "{entity: EMAIL}, " + UNTIL, "can never lift a: the two"),
        (BLOCKED, LIFTS + "{group: stuff}, " + UNTIL, "names stuff, which is no"),
        (BLOCKED, LIFTS + "{group: staff, level: regulated}, " + UNTIL, None),
        (BLOCKED.replace("block", "block, enforce: false"), LIFTS + "{actor: bob}, " + UNTIL,
         "lifts a, which is not"),
        ("{id: a, when: {model: big}, then: block}", LIFTS + "{entity: KEY}, " + UNTIL,
         "can never lift a: it asks"),
        (MASKED, "max_level: {'contract*': internal}", "takes no patterns but"),
        (MASKED, "max_level: {contractors: internal, ci: public, '*': public}", "names contractors, which"),
        (MASKED, "combinations: [{entities: [MAIL, KEY], level: regulated}]", "can never raise anything"),
    ],
)  # fmt: skip
def test_what_is_told(rules: str, rest: str, says: str | None) -> None:
    written = policy(f"\n  - {rules}", rest)
    told = [remark.says for remark in lint(written, KNOWN, 0.0)]
    assert len(told) == (says is not None), told
    assert all(says is not None and says in one for one in told)
    lint(written, Known(), 0.0)  # Where nothing is known, nothing fails.


def test_what_nobody_can_tell_is_not_held_against_a_policy() -> None:
    written = policy(
        "\n  - {id: a, when: {entity: MAIL, group: stuff, destination: olama}, then: block}", "levels: {X: public}"
    )
    assert lint(written, Known(), 0.0) == ()
