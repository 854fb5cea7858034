#!/usr/bin/env python3
"""Write the JSON schemas of all configuration files to docs/schema/, for editors. Run with the project's Python."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "addon"))

from hushgate import endpoints  # noqa: E402
from hushgate.detect import rules  # noqa: E402
from hushgate.detect.catalogs import columns, mapping  # noqa: E402
from hushgate.identity import single, workloads  # noqa: E402
from hushgate.policy import schema as policy  # noqa: E402
from hushgate.settings import schema as settings  # noqa: E402

FOLDER = ROOT / "docs" / "schema"
SCHEMAS: dict[str, Any] = {
    "hushgate.json": settings.SCHEMA,
    "endpoints.json": endpoints.SCHEMA,
    "rules.json": rules.SCHEMA,
    "policy.json": policy.SCHEMA,
    "catalog-columns.json": columns.SCHEMA,
    "catalog-mapping.json": mapping.SCHEMA,
    "workloads.json": workloads.SCHEMA,
    "login.json": single.SCHEMA,
    "policy-test.json": policy.TEST_SCHEMA,
}


def text(schema: Any) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, schema in SCHEMAS.items():
        (FOLDER / name).write_text(text(schema), "utf-8")


if __name__ == "__main__":
    main()
