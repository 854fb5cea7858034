"""Apache Atlas' entities."""

from __future__ import annotations

from typing import Any

from hushgate.detect.catalogs.atlas import columns, is_one
from hushgate.detect.catalogs.mapping import Tagged

TABLE: dict[str, Any] = {
    "typeName": "hive_table", "guid": "t1",
    "attributes": {
        "name": "customers", "qualifiedName": "crm.customers@prod", "owner": "ada",
        "columns": [{"guid": "c1", "typeName": "hive_column"}, {"guid": "c2", "typeName": "hive_column"}],
    },
    "classifications": [
        {"typeName": "Confidential", "propagate": True, "entityGuid": "t1"},
        {"typeName": "Audited", "propagate": False, "entityGuid": "t1"},
    ],
    "classificationNames": ["Confidential", "Audited"],
}  # fmt: skip
EMAIL: dict[str, Any] = {
    "typeName": "hive_column", "guid": "c1",
    "attributes": {"name": "email", "qualifiedName": "crm.customers.email@prod"},
    "classifications": [{"typeName": "PII", "attributes": {"type": "email"}}],
    "relationshipAttributes": {"meanings": [{"displayText": "Contact"}]},
}  # fmt: skip
NAME: dict[str, Any] = {
    "typeName": "hive_column", "guid": "c2",
    "attributes": {"name": "name", "qualifiedName": "crm.customers.name@prod", "owner": "bob"},
    "classificationNames": ["PII"],
}  # fmt: skip


def test_a_table_and_its_columns() -> None:
    told = [
        Tagged("crm.customers", "email", ("Confidential", "PII", "Contact"), "ada"),
        Tagged("crm.customers", "name", ("Confidential", "PII"), "bob"),
    ]
    for document in (
        {"entities": [TABLE, EMAIL, NAME]},
        {"entity": TABLE, "referredEntities": {"c1": EMAIL, "c2": NAME}},
        [TABLE, EMAIL, NAME],
    ):
        assert is_one(document)
        assert list(columns(document)) == told


def test_columns_by_themselves() -> None:
    azure = {
        "typeName": "azure_sql_column", "classifications": [{"typeName": "MICROSOFT.PERSONAL.EMAIL"}],
        "attributes": {"name": "mail", "qualifiedName": "mssql://db.example/shop/dbo/people#mail"},
    }  # fmt: skip
    assert list(columns({"entities": [azure]})) == [
        Tagged("mssql://db.example/shop/dbo/people", "mail", ("MICROSOFT.PERSONAL.EMAIL",))
    ]
    assert not is_one({"entities": [{"name": "x"}]}) and not is_one("text")
