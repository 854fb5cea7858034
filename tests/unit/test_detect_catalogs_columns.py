"""Files of columns: what is written is read again, and what cannot be read is told in full."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from hushgate.detect.catalogs.columns import Column, read_columns, written
from hushgate.errors import ConfigError
from hushgate.values import Level

FILE = Path("catalog.yaml")
EMAIL = Column("crm.customers", "email", Level.CONFIDENTIAL, "pii", "EMAIL_ADDRESS", "dbt", "crm team")
HEAD = "version: 1\nkind: columns\nclasses: {a: {level: regulated, category: phi}}\n"


@pytest.mark.parametrize(
    "columns",
    [
        [],
        [EMAIL],
        [Column("t", "true", Level.INTERNAL, "business", "BUSINESS_DATA", "csv")],
        [Column("büro: 1", '"x" #\\', Level.REGULATED, "x-y", "ODD_1", "o'dd", "- [a]", ("a: b", "💾"))],
        [EMAIL, Column("crm.customers", "id", Level.REGULATED, "pii", "PERSONAL_DATA", "dbt", "crm team")],
        [EMAIL, Column("crm.customers", "no", Level.REGULATED, "pii", "PERSONAL_DATA", "dbt", "", ("number",))],
    ],
)
def test_what_is_written_is_read_again(columns: list[Column]) -> None:
    assert read_columns(FILE, written(columns)) == columns


def test_a_file_of_ones_own() -> None:
    text = HEAD + "assets: [{asset: wards, columns: {bed: a, ward: {class: a, aliases: [unit]}}}]"
    bed, ward = read_columns(FILE, text)
    assert (bed.level, bed.entity, bed.source, bed.owner) == (Level.REGULATED, "HEALTH_DATA", "catalog", "")
    assert ward.aliases == ("unit",)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("version: 2\nkind: columns\nclasses: {}\nassets: []", ["version must be 1, not 2"]),
        (f"{HEAD}assets: []\nx: 1", ["unknown key 'x' in the file"]),
        (f"{HEAD}assets: [{{asset: t, columns: {{c: b}}}}]", ["there is no class 'b'"]),
        (
            f"{HEAD}assets: [{{asset: t, columns: {{c: a}}}}, {{asset: t, columns: {{d: c}}}}]",
            ["the asset 't' of catalog is given twice", "there is no class 'c'"],
        ),
        ("kind: columns", ["the file lacks the key 'version'"]),
    ],
)
def test_faults_are_told(text: str, messages: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        read_columns(FILE, text)
    assert [fault.message for fault in refused.value.faults][: len(messages)] == messages


def test_large_files_are_read_fast() -> None:
    """50,000 columns; the limit is far above what it takes, for slow machines."""
    many = [Column(f"shop.t{n // 20}", f"c{n}", Level.CONFIDENTIAL, "pii", "XX", "dbt", "crm") for n in range(50_000)]
    text = written(many)
    began = time.monotonic()
    assert len(read_columns(FILE, text)) == len(many)
    assert time.monotonic() - began < 10
