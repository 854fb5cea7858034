"""DataHub's proposals, events and entities."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hushgate.detect.catalogs.datahub import columns, is_one
from hushgate.detect.catalogs.mapping import Tagged

URN = "urn:li:dataset:(urn:li:dataPlatform:hive,crm.customers,PROD)"
PII = {"tags": [{"tag": "urn:li:tag:pii"}]}
TERM = {"terms": [{"urn": "urn:li:glossaryTerm:Classification.Confidential"}], "auditStamp": {"time": 0}}
SCHEMA: dict[str, Any] = {
    "schemaName": "customers",
    "fields": [
        {"fieldPath": "[version=2.0].[type=struct].[type=string].email", "globalTags": PII, "nativeDataType": "string"},
        {"fieldPath": "note"},
    ],
}
EDITED = {"editableSchemaFieldInfo": [{"fieldPath": "note", "glossaryTerms": TERM}]}
OWNED = {"owners": [{"owner": "urn:li:corpuser:ada", "type": "DATAOWNER"}]}
PROPOSALS = [
    {"entityType": "dataset", "entityUrn": URN, "changeType": "UPSERT", "aspectName": name, "aspect": aspect}
    for name, aspect in [
        ("schemaMetadata", {"json": SCHEMA}),
        ("editableSchemaMetadata", {"value": json.dumps(EDITED), "contentType": "application/json"}),
        ("ownership", {"json": OWNED}),
        ("globalTags", {"json": {"tags": [{"tag": "urn:li:tag:crm"}]}}),
        ("status", {"json": {"removed": False}}),
    ]
]
EVENT = {
    "proposedSnapshot": {
        "com.linkedin.pegasus2avro.metadata.snapshot.DatasetSnapshot": {
            "urn": URN,
            "aspects": [
                {"com.linkedin.pegasus2avro.schema.SchemaMetadata": SCHEMA},
                {"com.linkedin.pegasus2avro.schema.EditableSchemaMetadata": EDITED},
                {"com.linkedin.pegasus2avro.common.Ownership": OWNED},
                {"com.linkedin.pegasus2avro.common.GlobalTags": {"tags": [{"tag": "urn:li:tag:crm"}]}},
            ],
        }
    }
}
ENTITY = {
    "urn": URN,
    "schemaMetadata": {"value": SCHEMA},
    "editableSchemaMetadata": {"value": EDITED},
    "ownership": {"value": OWNED},
    "globalTags": {"value": {"tags": [{"tag": "urn:li:tag:crm"}]}},
}


@pytest.mark.parametrize("document", [PROPOSALS, [EVENT], EVENT, ENTITY, {"entities": [ENTITY]}])
def test_every_form(document: object) -> None:
    assert is_one(document)
    assert list(columns(document)) == [
        Tagged("crm.customers", "email", ("urn:li:tag:crm", "urn:li:tag:pii"), "ada"),
        Tagged("crm.customers", "note", ("urn:li:tag:crm", "urn:li:glossaryTerm:Classification.Confidential"), "ada"),
    ]


def test_a_field_of_its_own() -> None:
    document = {"entityUrn": f"urn:li:schemaField:({URN},phone)", "aspectName": "globalTags", "aspect": {"json": PII}}
    assert list(columns([document])) == [Tagged("crm.customers", "phone", ("urn:li:tag:pii",))]


def test_other_documents() -> None:
    assert not is_one([]) and not is_one({"urn": "urn:li:dashboard:(x,1)", "globalTags": PII})
    assert list(columns([{"entityUrn": URN, "aspectName": "globalTags", "aspect": {"value": "no json"}}])) == []
