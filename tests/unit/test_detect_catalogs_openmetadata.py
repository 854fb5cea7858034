"""OpenMetadata's tables."""

from __future__ import annotations

from typing import Any

from hushgate.detect.catalogs.mapping import Tagged
from hushgate.detect.catalogs.openmetadata import columns, is_one

TABLE: dict[str, Any] = {
    "id": "0", "name": "customers", "fullyQualifiedName": "mysql.default.crm.customers", "tableType": "Regular",
    "owners": [{"id": "1", "type": "team", "name": "crm", "displayName": "CRM team"}],
    "tags": [{"tagFQN": "Tier.Tier1", "source": "Classification", "labelType": "Manual", "state": "Confirmed"}],
    "columns": [
        {
            "name": "email", "displayName": "Mail address", "dataType": "VARCHAR",
            "tags": [
                {"tagFQN": "PII.Sensitive", "source": "Classification"},
                {"tagFQN": "Business.Contact", "source": "Glossary"},
            ],
        },
        {
            "name": "address", "dataType": "STRUCT", "tags": [{"tagFQN": "PII.NonSensitive"}],
            "children": [{"name": "street", "dataType": "STRING", "tags": []}],
        },
    ],
}  # fmt: skip


def test_a_table() -> None:
    where = "mysql.default.crm.customers"
    told = [
        Tagged(where, "email", ("Tier.Tier1", "PII.Sensitive", "Business.Contact"), "CRM team", ("Mail address",)),
        Tagged(where, "address", ("Tier.Tier1", "PII.NonSensitive"), "CRM team"),
        Tagged(where, "street", ("Tier.Tier1", "PII.NonSensitive"), "CRM team"),
    ]
    for document in (TABLE, [TABLE], {"data": [TABLE], "paging": {"total": 1}}):
        assert is_one(document)
        assert list(columns(document)) == told
    assert not is_one({"columns": []}) and not is_one("text")
