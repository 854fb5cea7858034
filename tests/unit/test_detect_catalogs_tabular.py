"""Purview's, Collibra's and plain tables."""

from __future__ import annotations

import pytest

from hushgate.detect.catalogs.mapping import Tagged
from hushgate.detect.catalogs.tabular import read
from hushgate.errors import HushgateError

PURVIEW = """\
"Name","Qualified name","Asset type","Classifications","Sensitivity label","Owner"
"customers","mssql://db.example/shop/dbo/customers","Azure SQL Table","","",""
"email","mssql://db.example/shop/dbo/customers#email","Azure SQL Column","Email Address","Confidential","Ada"
"id","mssql://db.example/shop/dbo/customers#id","Azure SQL Column","","",""
"""
COLLIBRA = """\
Full Name;Name;Asset Type;Domain;Status;Tags;Personally Identifiable Information;Data Owner
CRM > PUBLIC > CUSTOMERS > BIRTH;BIRTH;Column;CRM;Accepted;GDPR|Restricted;true;Team CRM
CRM > PUBLIC > CUSTOMERS > NOTE;NOTE;Column;CRM;Accepted;;false;
CRM > PUBLIC > CUSTOMERS;CUSTOMERS;Table;CRM;Accepted;GDPR;;
"""


@pytest.mark.parametrize(
    ("text", "tagged"),
    [
        (
            PURVIEW,
            [
                Tagged("shop.dbo.customers", "email", ("Email Address", "Confidential"), "Ada"),
                Tagged("shop.dbo.customers", "id", ()),
            ],
        ),
        (
            COLLIBRA,
            [
                Tagged(
                    "CRM.PUBLIC.CUSTOMERS",
                    "BIRTH",
                    ("GDPR", "Restricted", "personallyidentifiableinformation"),
                    "Team CRM",
                ),
                Tagged("CRM.PUBLIC.CUSTOMERS", "NOTE", ()),
            ],
        ),
        (
            'schema\ttable\tcolumn\ttags\talias\nhr\tstaff\tpay\t["secret", "ip"]\twage, salary\n',
            [Tagged("hr.staff", "pay", ("secret", "ip"), "", ("wage", "salary"))],
        ),
        ("table,column,pii\nt,a,yes\nt,b,\n", [Tagged("t", "a", ("pii",)), Tagged("t", "b", ())]),
        ("column,tags\na,x\n\n", [Tagged("unnamed", "a", ("x",))]),
        ("table,column,tags\nt\nt,a\n", [Tagged("t", "a", ())]),
    ],
)
def test_tables(text: str, tagged: list[Tagged]) -> None:
    assert list(read(text)) == tagged


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "column,b\n1,2\n", "tags,x\n1,2\n"])
def test_other_tables_are_refused(text: str) -> None:
    with pytest.raises(HushgateError, match="does not say which column"):
        list(read(text))


def test_no_csv() -> None:
    with pytest.raises(HushgateError, match="no CSV"):
        list(read("column,tags\na," + "x" * 200_000))
