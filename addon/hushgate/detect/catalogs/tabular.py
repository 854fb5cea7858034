"""Catalogs as tables: Purview's and Collibra's exports, and plain CSV.

Purview: the CSV of an asset export of the Data Catalog (columns with `Classifications`, `Glossary Terms`, `Sensitivity
label`). Collibra: the CSV or Excel export of a view, one row an asset, with `Full Name`, `Asset Type`, `Tags`. Both let
people choose their columns, so that what a column of the export holds is told by its head.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from hushgate.detect.catalogs.mapping import Tagged
from hushgate.errors import HushgateError

_HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "column": ("column", "columnname", "field", "fieldname", "attribute", "attributename"),
    "name": ("name", "assetname", "displayname"),
    "qualified": (
        "columnfullyqualifiedname",  # OpenMetadata's CSV of a table
        *("qualifiedname", "fullyqualifiedname", "fullname", "fqn", "path", "assetpath"),
    ),
    "asset": ("table", "tablename", "asset", "dataset", "parent", "parentasset", "parentname", "entity", "relation"),
    "schema": ("schema", "schemaname", "database", "databaseschema"),
    "type": ("assettype", "type", "typename", "entitytype", "objecttype"),
    "owner": ("owner", "owners", "steward", "datasteward", "dataowner", "contact", "contacts", "expert", "experts"),
    "aliases": ("alias", "aliases", "synonym", "synonyms"),
}
_SPEAK: Final = re.compile(
    r"(?:column|schema|data|asset|security|manual|system)?"
    r"(?:classifications?|tags?|labels?|terms?|glossaryterms?|businessterms?|sensitivity|sensitivitylabels?"
    r"|sensitivelabels?|informationtypes?|datacategory|datacategories|category|level|securityclassification"
    r"|personallyidentifiableinformation|pii|personaldata|confidentiality)"
)
_LISTED: Final = re.compile(r"[,;|\n]")
_FLAGS: Final = frozenset({"true", "yes", "y", "1"})
_OFF: Final = frozenset({"false", "no", "n", "0", "", "none", "null", "n/a", "-"})
_COLUMNS: Final = re.compile(r"(?i)column|field|attribute")
_KIND: Final = re.compile(r"\s*\((?:column|field)\)\s*$", re.IGNORECASE)
_PARTS: Final = re.compile(r"\s*>\s*|[/#]|(?<=\w)\.(?=\w)")


def heads(text: str) -> list[str]:
    """The heads of a table in their one form: small letters and digits."""
    try:
        first: list[str] = next(_reader(text), [])
    except csv.Error:
        return []
    return [_form(head) for head in first]


def _reader(text: str) -> Iterator[list[str]]:
    head = text.partition("\n")[0]
    sign = max(",;\t|", key=head.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=sign)


def _form(head: str) -> str:
    return re.sub(r"[\W_]+", "", head.lower())


def read(text: str) -> Iterator[Tagged]:
    """The columns of a table. HushgateError where it has no column with their names, or is no CSV."""
    rows = _reader(text)
    try:
        yield from tagged(next(rows, []), rows)
    except csv.Error as error:
        raise HushgateError(f"the table is no CSV: {error}", "export it again as CSV") from None


def tagged(first: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[Tagged]:
    """The columns that rows tell of, below a first line of names. HushgateError where no name says which they are."""
    names = [_form(head) for head in first]
    places = {what: n for what, forms in _HEADS.items() for form in reversed(forms) for n in _at(names, form)}
    speaking = [(n, name) for n, name in enumerate(names) if _SPEAK.fullmatch(name)]
    if not speaking or not places.keys() & {"column", "name", "qualified"}:
        raise HushgateError(
            "the table does not say which column is which, or has no tags",
            "its first line needs the name of the column (`column`), of the table (`asset`) and `tags`",
        )
    for row in rows:
        cells = {what: row[n].strip() for what, n in places.items() if n < len(row)}
        kind = cells.get("type", "")
        if "column" not in cells and kind and not _COLUMNS.search(kind):
            continue  # a table's own row: its tags are told of its columns by the export itself
        asset, column = _named(cells)
        if column:
            tags = tuple(tag for n, name in speaking if n < len(row) for tag in _tags(name, row[n]))
            owner = _LISTED.split(cells.get("owner", ""))[0].strip()
            aliases = tuple(a.strip() for a in _LISTED.split(cells.get("aliases", "")) if a.strip())
            yield Tagged(asset, column, tags, owner, aliases)


def _at(names: list[str], form: str) -> list[int]:
    return [names.index(form)] if form in names else []


def _named(cells: Mapping[str, str]) -> tuple[str, str]:
    """The asset and the column, from columns of their own or from a path: `mssql://host/db/dbo/people#email`."""
    steps = [step for step in _PARTS.split(_KIND.sub("", cells.get("qualified", ""))) if step]
    column = cells.get("column") or _KIND.sub("", cells.get("name", "")) or (steps[-1] if steps else "")
    asset = cells.get("asset", "")
    if not asset and len(steps) > 1:
        above = steps[:-1] if steps[-1].lower() == column.lower() or not cells.get("column") else steps
        asset = ".".join(above[-3:])
    if asset and cells.get("schema") and "." not in asset:
        asset = f"{cells['schema']}.{asset}"
    return asset or "unnamed", column


def _tags(head: str, cell: str) -> Iterator[str]:
    """What a cell says: its list of tags, or whether the head itself is meant."""
    for word in _LISTED.split(cell.strip().strip("[]")):
        tag = word.strip().strip("\"'").strip()
        if tag.lower() in _FLAGS:
            yield head
        elif tag.lower() not in _OFF:
            yield tag
