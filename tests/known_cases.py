"""A file of known records, and an engine that knows them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hushgate.detect.engine import Engine
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.detect.known_import import Asked, Column, Together, import_values
from hushgate.detect.pool import Pool
from hushgate.detect.sources import Catalog, open_catalog
from hushgate.values import Level
from tests.detect_cases import RULES

KEY: Final = b"k" * 32
COLUMNS: Final = (
    Column("name", "PERSON", Level.CONFIDENTIAL, True),
    Column("account", "ACCOUNT", Level.INTERNAL, True),
    Column("born", "BORN", Level.INTERNAL, False),
)
RECORDS: Final = [
    ("Maria van den Berg", "ZK-47110815", "1980-05-17"),
    ("José Núñez", "ZK-47110816", "1971-01-02"),
    ("Maria van den Berg", "ZK-47110817", "1971-01-02"),
]
GROUPS: Final = (Together((0, 1), Level.REGULATED), Together((0, 2), Level.REGULATED))


def catalog_of(folder: Path, records: list[tuple[str, str, str]] = RECORDS) -> Catalog:
    """The records in a file of their own."""
    place = folder / "customers.values"
    import_values(records, Asked("customers.csv", COLUMNS, GROUPS), KEY, place)
    return Catalog((place,), KEY)


def engine_of(catalog: Catalog, *, workers: bool = False) -> Engine:
    """An engine without names; with `workers`, large texts go there."""
    pool = Pool(RULES, fingerprint_key=KEY, ner="off", workers=1, catalog=catalog) if workers else None
    return Engine(
        RULES,
        fingerprint_key=KEY,
        cache_key=b"c" * 32,
        ner="off",
        deadline_ms=20_000,
        pool=pool,
        catalog=open_catalog(catalog, Fingerprinter(KEY)),
    )
