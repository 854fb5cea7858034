"""dbt's manifest and its YAML."""

from __future__ import annotations

from typing import Any

from hushgate.detect.catalogs.dbt import is_manifest, is_properties, manifest, properties
from hushgate.detect.catalogs.mapping import Tagged

MANIFEST: dict[str, Any] = {
    "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"},
    "nodes": {
        "model.shop.customers": {
            "resource_type": "model", "database": "prod", "schema": "crm", "name": "customers",
            "alias": "dim_customers", "tags": ["nightly"], "meta": {}, "group": "crm",
            "config": {"meta": {"classification": "confidential"}},
            "columns": {
                "email": {"name": "email", "meta": {"pii": True, "owner": "mail team"}, "tags": []},
                "tax": {"name": "tax", "meta": {}, "tags": [], "config": {"tags": ["PII"], "meta": {"level": "high"}}},
            },
        },
        "test.shop.unique": {"resource_type": "test", "name": "unique", "columns": {"x": {"name": "x"}}},
    },
    "sources": {
        "source.shop.raw.users": {
            "resource_type": "source", "database": "raw", "schema": "app", "name": "users", "identifier": "users_v2",
            "tags": [], "meta": {"owner": "app"}, "columns": {"ssn": {"name": "ssn", "tags": ["pii.sensitive"]}},
        }
    },
    "groups": {"group.shop.crm": {"name": "crm", "owner": {"email": "crm@acme.example", "name": "CRM"}}},
}  # fmt: skip
PROPERTIES: dict[str, Any] = {
    "version": 2,
    "models": [
        {"name": "orders", "config": {"tags": ["finance"]},
         "columns": [{"name": "card", "tags": "pci"}, {"name": "id"}]},
    ],
    "sources": [
        {
            "name": "app", "database": "raw", "meta": {"contains_pii": True, "owner": "app"},
            "tables": [{"name": "users", "columns": [{"name": "ssn", "meta": {"masking": {"level": "full"}}}]}],
        }
    ],
}  # fmt: skip


def test_a_manifest() -> None:
    assert is_manifest(MANIFEST) and not is_manifest(PROPERTIES)
    assert list(manifest(MANIFEST)) == [
        Tagged("prod.crm.dim_customers", "email", ("nightly", "classification=confidential", "pii"), "mail team"),
        Tagged("prod.crm.dim_customers", "tax", ("nightly", "classification=confidential", "PII", "level=high"), "CRM"),
        Tagged("raw.app.users_v2", "ssn", ("pii.sensitive",), "app"),
    ]


def test_properties() -> None:
    assert is_properties(PROPERTIES)
    assert list(properties(PROPERTIES)) == [
        Tagged("orders", "card", ("finance", "pci")),
        Tagged("orders", "id", ("finance",)),
        Tagged("raw.app.users", "ssn", ("contains_pii", "masking.level=full"), "app"),
    ]
