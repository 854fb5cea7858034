"""What other taggers' labels mean here: persons and places. All else they tell of is found by rules, or not wanted."""

from __future__ import annotations

import re
from typing import Final

_PERSONS: Final = (
    "PERSON PER PERS NAME FULLNAME FIRSTNAME MIDDLENAME LASTNAME GIVENNAME SURNAME PERSONNAME PRIVATEPERSON PATIENT"
    " DOCTOR STAFF"
)
_PLACES: Final = "LOCATION LOC GPE FAC CITY TOWN COUNTY STATE COUNTRY"
_ENTITIES: Final = dict.fromkeys(_PERSONS.split(), "PERSON") | dict.fromkeys(_PLACES.split(), "LOCATION")
_SCHEME: Final = re.compile(r"^(?:([BISLEU])[-_])?(.+)$", re.IGNORECASE)


def entity_of(label: str) -> str | None:
    """PERSON, LOCATION, or None: `PER`, `first_name`, `GPE`."""
    return _ENTITIES.get("".join(filter(str.isalpha, label)).upper())


def part_of(label: str) -> tuple[str, str]:
    """A token's label as its part (`B`, `I`, `E`, `S`, `L`, `U`, or "" where there is no scheme) and the name."""
    match = _SCHEME.match(label)
    return ("", label) if match is None else ((match[1] or "").upper(), match[2])
