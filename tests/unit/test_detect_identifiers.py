"""Identifiers of our own: what a number's digits say about it."""

from __future__ import annotations

import pytest

from hushgate.detect.identifiers import OWN

BY_ENTITY = {own.entity: own for own in OWN}


@pytest.mark.parametrize(
    ("entity", "text", "found"),
    [
        ("CA_SIN", "130 692 544", ["130 692 544"]),
        ("CA_SIN", "130-692-544, 130692544", ["130-692-544", "130692544"]),
        ("CA_SIN", "130 692 545", []),
        ("CA_SIN", "130 692-544", []),
        ("CA_SIN", "046 454 286", []),  # none begins with 0
        ("CA_SIN", "1130692544", []),
        ("DE_TAX_ID", "86095742719", ["86095742719"]),
        ("DE_TAX_ID", "86095742718", []),
        ("DE_TAX_ID", "06095742719", []),
        ("DE_TAX_ID", "11111111118", []),
        (
            "SG_NRIC_FIN",
            "S1234567D, f1234567n, G1234567X M1234567K",
            ["S1234567D", "f1234567n", "G1234567X", "M1234567K"],
        ),
        ("SG_NRIC_FIN", "S1234567E, A1234567D, S12345678D", []),
        ("SE_PERSONNUMMER", "811218-9876", ["811218-9876"]),
        ("SE_PERSONNUMMER", "19811218-9876, 198112189876", ["19811218-9876", "198112189876"]),
        ("SE_PERSONNUMMER", "811278-9873", ["811278-9873"]),  # a coordination number
        ("SE_PERSONNUMMER", "811218-9875", []),
        ("SE_PERSONNUMMER", "811318-9876", []),
        ("SE_PERSONNUMMER", "811200-9878", []),
    ],
)
def test_checksums_and_forms(entity: str, text: str, found: list[str]) -> None:
    assert [text[low:high] for low, high in BY_ENTITY[entity].find(text)] == found
