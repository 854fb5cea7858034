"""What tags mean: the mapping that comes along, and mappings of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect.catalogs.mapping import Tagged, TagMapping, load_mapping, mapped, normal
from hushgate.errors import ConfigError
from hushgate.rulebook import builtin_rules
from hushgate.values import Level

SHIPPED = builtin_rules() / "catalog" / "mapping.yaml"


@pytest.fixture(scope="module")
def shipped() -> TagMapping:
    return load_mapping(SHIPPED)


@pytest.mark.parametrize(
    ("tag", "level", "category"),
    [
        ("PII", Level.CONFIDENTIAL, "pii"),
        ("PII.Sensitive", Level.REGULATED, "pii"),
        ("PII.NonSensitive", Level.PUBLIC, "none"),
        ("PII.None", Level.PUBLIC, "none"),
        ("contains_pii", Level.CONFIDENTIAL, "pii"),
        ("urn:li:tag:pii", Level.CONFIDENTIAL, "pii"),
        ("urn:li:glossaryTerm:Classification.Confidential", Level.CONFIDENTIAL, "business"),
        ("urn:li:glossaryTerm:Classification.Sensitive", Level.CONFIDENTIAL, "business"),
        ("PHI", Level.REGULATED, "phi"),
        ("PCI-DSS", Level.REGULATED, "pci"),
        ("gdpr-special", Level.REGULATED, "gdpr-special"),
        ("Tier.Tier1", Level.INTERNAL, "business"),
        ("Highly Confidential", Level.REGULATED, "business"),
        ("data_classification=restricted", Level.REGULATED, "business"),
        ("MICROSOFT.PERSONAL.EMAIL", Level.CONFIDENTIAL, "pii"),
        ("MICROSOFT.FINANCIAL.CREDIT_CARD_NUMBER", Level.REGULATED, "pci"),
        ("MICROSOFT.GOVERNMENT.US.SOCIAL_SECURITY_NUMBER", Level.REGULATED, "pii"),
        ("secret", Level.REGULATED, "secret"),
        ("ip", Level.CONFIDENTIAL, "ip"),
    ],
)
def test_the_mapping_that_comes_along(shipped: TagMapping, tag: str, level: Level, category: str) -> None:
    meaning = shipped.meaning(tag)
    assert meaning and (meaning.level, meaning.category) == (level, category)


@pytest.mark.parametrize("tag", ["zip", "shipping", "marketing", "recipient", "", "=", "*", "publicity"])
def test_other_tags_are_unknown(shipped: TagMapping, tag: str) -> None:
    with pytest.raises(KeyError):
        shipped.meaning(tag)


def test_the_highest_level_wins_and_nothing_is_dropped_in_silence(shipped: TagMapping) -> None:
    tagged = [
        Tagged("t", "mail", ("PII", "Confidential", "Email Address", "legacy")),
        Tagged("t", "plain", ("public",)),
        Tagged("t", "bare", ()),
        Tagged("t", "odd", ("legacy", "seldom")),
        Tagged("t", "mail", ("PHI",)),
    ]
    made = mapped(tagged, shipped, "csv")
    assert [(c.name, c.level, c.entity) for c in made.columns] == [("mail", Level.REGULATED, "HEALTH_DATA")]
    assert made.read == 4
    assert made.unmapped == {"legacy": 2, "seldom": 1}


def test_names_are_made_fit_to_be_written(shipped: TagMapping) -> None:
    (column,) = mapped([Tagged("a\nb\x85", " c\x00d ", ("pii",), "x" * 999)], shipped, "csv").columns
    assert (column.asset, column.name, len(column.owner)) == ("a b", "c d", 400)


def test_a_mapping_of_ones_own_speaks_first(tmp_path: Path) -> None:
    own = tmp_path / "mapping.yaml"
    own.write_text(
        "version: 1\ntags: [{match: [pii, acme.*], level: internal, category: pii, entity: STAFF}]\nignore: [colour]\n"
    )
    mapping = load_mapping(own, SHIPPED)
    told = [mapping.meaning(tag) for tag in ("PII", "Acme.Red", "PHI")]
    assert [meaning and meaning.level for meaning in told] == [Level.INTERNAL, Level.INTERNAL, Level.REGULATED]
    assert told[0] and told[0].entity == "STAFF"
    assert mapping.meaning("colour") is None


def test_a_wrong_mapping_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "mapping.yaml"
    own.write_text("version: 1\ntags: [{match: [], level: high, category: pii}]\nextra: 1\n")
    with pytest.raises(ConfigError) as refused:
        load_mapping(own)
    assert len(refused.value.faults) == 3


def test_one_form() -> None:
    assert normal("urn:li:tag:Is_PII") == normal("is-pii") == normal("Is PII") == "ispii"
