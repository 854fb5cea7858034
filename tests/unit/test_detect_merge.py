from __future__ import annotations

from dataclasses import replace

from hushgate.detect.hit import Hit
from hushgate.detect.merge import merged
from hushgate.values import Level, Origin

LOW = Hit(0, 10, "URL", "pii", Level.PUBLIC, 0.9, "url", "", "f")


def _at(start: int, end: int, rule_id: str = "acme-key", **more: object) -> Hit:
    made = {"level": Level.CONFIDENTIAL, "score": 0.8, "entity": "API_KEY", "category": "secret", **more}
    return replace(LOW, start=start, end=end, rule_id=rule_id, **made)  # type: ignore[arg-type]


def test_apart_stays_apart_in_order() -> None:
    a, b = _at(0, 5), _at(5, 9)
    assert merged([b, a]) == (a, b)


def test_the_higher_level_wins_over_the_longer() -> None:
    inner = _at(3, 6)
    assert merged([replace(LOW, end=20), inner]) == (inner,)


def test_the_issuers_rule_wins_over_the_generic_one_and_grows() -> None:
    issuer, generic = _at(5, 15), _at(4, 20, "secret-generic", score=0.99)
    assert merged([generic, issuer]) == (issuer.moved(4, 20),)


def test_the_longer_wins_among_equals() -> None:
    assert merged([_at(0, 5), _at(0, 9, "b")]) == (_at(0, 9, "b"),)


def test_plain_text_wins_over_the_same_hit_in_a_layer() -> None:
    plain = _at(0, 9)
    assert merged([replace(plain, layer="percent"), plain, replace(plain, layer="percent>base64")]) == (plain,)


def test_what_reaches_past_the_winner_stays_covered() -> None:
    winner, other = _at(0, 10), _at(8, 14, "b", level=Level.CONFIDENTIAL)
    (one,) = merged([winner, other])
    assert (one.start, one.end, one.rule_id) == (0, 14, "acme-key")


def test_a_public_hit_that_reaches_past_is_dropped() -> None:
    assert merged([_at(5, 15), replace(LOW, end=8)]) == (_at(5, 15),)


def test_neighbours_of_a_shared_public_hit_both_stay() -> None:
    a, b = _at(2, 5), _at(7, 9)
    assert merged([replace(LOW, end=20), a, b]) == (a, b)


def test_of_hits_that_tie_the_first_one_stays_in_every_process() -> None:
    for first in range(20):
        hits = [_at(0, 5, fingerprint=f"{first}-{n}") for n in range(8)]
        assert merged(hits) == (hits[0],)


def test_what_a_catalog_knows_of_a_span_stays_known_under_the_name_of_a_higher_hit() -> None:
    known = _at(0, 10, "catalog-values", entity="ACCOUNT", origin=Origin("values", "a.csv", "account"))
    iban = _at(0, 12, "iban", entity="IBAN_CODE", level=Level.REGULATED)
    (one,) = merged([known, iban])
    assert (one.entity, one.level, one.least) == ("IBAN_CODE", Level.REGULATED, Level.CONFIDENTIAL)
    (again,) = merged([one, _at(2, 4, "more", level=Level.INTERNAL)])
    assert again.least is Level.CONFIDENTIAL
    (same,) = merged([replace(known, entity="IBAN_CODE"), iban])
    assert same.least is Level.PUBLIC, "of one entity: its level is policy's matter"
    (other,) = merged([replace(known, origin=None), iban])
    assert other.least is Level.PUBLIC, "another pattern's guess is no knowledge"
