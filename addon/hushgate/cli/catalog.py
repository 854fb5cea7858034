"""`hushgate catalog import|list`."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from hushgate.cli import render
from hushgate.cli.context import Exit, say, settings_of
from hushgate.detect.catalogs.changes import Change, changes
from hushgate.detect.catalogs.columns import Column, read_columns, written
from hushgate.detect.catalogs.exports import files, read
from hushgate.detect.catalogs.mapping import Imported, Tagged, load_mapping, mapped
from hushgate.errors import HushgateError
from hushgate.rulebook import builtin_rules, sources

MAPPING: Final = ("catalog", "mapping.yaml")
"""The mapping that comes with hushgate, below its rules."""
_SAID: Final = 20
"""Tags, and changes, that are told one by one."""


def import_columns(args: argparse.Namespace) -> int:
    """Turn another catalog's export into a file of columns."""
    if args.check and args.out is None:
        say("error: --check compares with a file, and none is named\nhint: name it with --out FILE")
        return Exit.USAGE
    found = _imported(args.source, args.kind, args.mapping)
    before = read_columns(args.out) if args.out is not None and args.out.exists() else None
    changed = changes(before or (), found.columns)
    if args.out is not None and not args.check and (before is None or changed):
        _write(args.out, written(found.columns))
    if args.json:
        render.as_json({
            "columns": len(found.columns),
            "read": found.read,
            "unmapped": found.unmapped,
            "changes": [_fields(change) for change in changed] if args.out else [],
        })  # fmt: skip
    elif args.out is None:
        sys.stdout.write(written(found.columns))
    elif before is not None:
        _show(changed)
    say(f"{len(found.columns)} of {found.read} columns carry a level")
    _say_unmapped(found.unmapped)
    return Exit.FOUND if args.check and changed else Exit.FINE


def _imported(source: Path, kind: str | None, mapping: Path | None) -> Imported:
    rules = load_mapping(*([mapping] if mapping else []), builtin_rules().joinpath(*MAPPING))
    tagged: dict[str, list[Tagged]] = {}
    many = files(source)
    for file in many:
        try:
            known, columns = read(file, kind)
        except HushgateError as error:
            if len(many) == 1:
                raise
            say(f"left out: {error}")
            continue
        tagged.setdefault(known, []).extend(columns)
    if not tagged:
        raise HushgateError("no file of the folder is an export that is known", "name one of them to see why")
    made = [mapped(columns, rules, known) for known, columns in tagged.items()]
    unmapped: Counter[str] = Counter()
    for one in made:
        unmapped.update(one.unmapped)
    carrying = tuple(column for one in made for column in one.columns)
    return Imported(carrying, sum(one.read for one in made), dict(unmapped.most_common()))


def _write(path: Path, text: str) -> None:
    """A gate that runs takes the file up: it sees the old one or the new one, never a half."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


def _show(changed: Sequence[Change]) -> None:
    if not changed:
        say("nothing changes")
        return
    rows = [(change.what, f"{change.column.asset}.{change.column.name}", _told(change)) for change in changed]
    render.table(("change", "column", "level"), rows)


def _told(change: Change) -> str:
    told = [f"{one.level.word} {one.category} {one.entity}" for one in (change.before, change.after) if one]
    return " -> ".join(dict.fromkeys(told))


def _fields(change: Change) -> dict[str, object]:
    return {
        "change": change.what,
        "before": None if change.before is None else _column(change.before),
        "after": None if change.after is None else _column(change.after),
    }


def _say_unmapped(unmapped: Mapping[str, int]) -> None:
    if not unmapped:
        return
    tags = ", ".join(f"{tag} ({count})" for tag, count in list(unmapped.items())[:_SAID])
    more = f", and {len(unmapped) - _SAID} more: --json has all" if len(unmapped) > _SAID else ""
    say(f"tags that mean nothing here: {tags}{more}\nhint: say what they mean, or ignore them, in a file for --mapping")


def columns(args: argparse.Namespace) -> int:
    """The columns that the configuration's catalog names."""
    paths = [path for path in sources(settings_of(args).catalog, "catalog") if path.suffix == ".yaml"]
    found = [(path, column) for path in paths for column in read_columns(path)]
    if args.json:
        render.as_json([{**_column(column), "file": str(path)} for path, column in found])
    else:
        rows = [(f"{c.asset}.{c.name}", c.level.word, c.category, c.entity, c.source, c.owner) for _, c in found]
        render.table(("column", "level", "category", "entity", "source", "owner"), rows, spare=("owner", "source"))
    say(f"{len(found)} columns in {len(paths)} files")
    return Exit.FINE


def _column(column: Column) -> dict[str, object]:
    return {
        "asset": column.asset,
        "column": column.name,
        "level": column.level.word,
        "category": column.category,
        "entity": column.entity,
        "source": column.source,
        "owner": column.owner,
        "aliases": list(column.aliases),
    }
