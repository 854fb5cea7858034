"""`hushgate catalog values`: an organisation's records as keyed fingerprints of their values."""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TextIO

from hushgate.cli import render
from hushgate.cli.commands import LEVELS
from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.detect.known_import import Asked, Column, Together, Told, import_values
from hushgate.errors import HushgateError, StateError
from hushgate.values import Level

SUFFIX: Final = ".values"
MOST_COLUMNS: Final = 100
_SIGNS: Final = ",;\t|"
ENTITY: Final = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
_PIPE: Final = "-"


class _Wrong(HushgateError):
    """What was asked for cannot be done."""


def values(args: argparse.Namespace) -> int:
    """Write the file."""
    try:
        place = _place(args)
        columns, together = _asked(args)
    except _Wrong as wrong:
        say(f"error: {wrong}\nhint: {wrong.hint}")
        return Exit.USAGE
    settings = settings_of(args)
    key = keys_of(settings, state_of(settings, create=True), create=True).derive("catalog")
    asked = Asked(
        args.name or (Path(args.file).name if args.file != _PIPE else place.stem),
        columns,
        together,
        args.category,
        args.owner,
        args.most,
    )
    with _opened(args.file) as source:
        told = import_values(_records(source, args.file, [column.name for column in columns]), asked, key, place)
    _tell(told, place, as_json=args.json)
    return Exit.FINE


def _place(args: argparse.Namespace) -> Path:
    if args.out is None and args.file == _PIPE:
        raise _Wrong("records from a pipe need a file to go to", f"--out NAME{SUFFIX}")
    place = args.out or Path(args.file).with_suffix(SUFFIX)
    if place.suffix != SUFFIX:
        raise _Wrong(f"{place} is no name for it", f"let it end in {SUFFIX}: the gate tells by that what it is")
    return Path(place)


def _asked(args: argparse.Namespace) -> tuple[tuple[Column, ...], tuple[Together, ...]]:
    alone = _names(args.columns)
    groups: list[tuple[list[str], Level]] = []
    for written in args.together:
        names, _, level = written.partition(":")
        if level and level not in LEVELS:
            raise _Wrong(f"{level} is no level", f"one of {', '.join(LEVELS)}")
        groups.append((_names(names), Level.parse(level or "regulated")))
        if len(set(groups[-1][0])) < 2:
            raise _Wrong(f"--together {written} names one column", "--together name,account")
    names = list(dict.fromkeys([*alone, *(name for group, _ in groups for name in group)]))
    if not names or len(names) > MOST_COLUMNS:
        raise _Wrong(f"{len(names)} columns are named", f"1 to {MOST_COLUMNS}: --columns name,account")
    entities = _entities(args.entity, names)
    level = Level.parse(args.level)
    columns = tuple(Column(name, entities[name], level, name in alone) for name in names)
    together = tuple(Together(tuple(map(names.index, group)), level) for group, level in groups)
    if (size := len(Asked("", columns, together).stored)) > MOST_COLUMNS:
        raise _Wrong(f"{size} columns are named, those of --columns and --together twice", f"at most {MOST_COLUMNS}")
    return columns, together


def _names(written: str) -> list[str]:
    return [name for part in written.split(",") if (name := part.strip())]


def _entities(written: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """The entity of each column: as it was said of that, or of all, else the column's own name."""
    said: dict[str, str] = {}
    for one in written:
        column, found, entity = one.rpartition("=")
        if found and column not in names:
            raise _Wrong(f"--entity {one} names a column that is not taken", "--columns, --together")
        if not ENTITY.fullmatch(entity):
            raise _Wrong(f"{entity} is no name of an entity", "capitals, digits and _: ACCOUNT_NUMBER")
        said[column] = entity
    return {name: said.get(name) or said.get("") or _own(name) for name in names}


def _own(name: str) -> str:
    entity = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")[:40]
    return entity if ENTITY.fullmatch(entity) else "KNOWN_VALUE"


@contextlib.contextmanager
def _opened(name: str) -> Iterator[TextIO]:
    if name == _PIPE:
        yield io.TextIOWrapper(sys.stdin.buffer, "utf-8-sig", newline="")
        return
    with Path(name).open(encoding="utf-8-sig", newline="") as source:
        yield source


def _records(source: TextIO, name: str, wanted: Sequence[str]) -> Iterator[list[str | None]]:
    """The wanted cells of each row; StateError where there are none, or a row cannot be read."""
    rows = 0
    try:
        first = source.readline()
        sign = max(_SIGNS, key=first.count)
        head = [cell.strip() for cell in next(csv.reader([first], delimiter=sign), [])]
        if missing := [column for column in wanted if column not in head]:
            raise StateError(f"{name} has no column {', '.join(missing)}", hint=_meant(head, missing))
        places = [head.index(column) for column in wanted]
        for rows, row in enumerate(csv.reader(source, delimiter=sign), 1):  # noqa: B007
            yield [row[at] if at < len(row) else None for at in places]
    except UnicodeDecodeError:
        raise StateError(f"{name} is not UTF-8, behind row {rows}", hint="convert it, as with iconv") from None
    except csv.Error as why:
        raise StateError(f"{name} cannot be read behind row {rows} ({why})", hint="write it as CSV") from None


def _meant(head: Sequence[str], missing: Sequence[str]) -> str:
    """What the first row has that is called alike. No more of it: where there is no head it is a record."""
    asked = {re.sub(r"[\W_]", "", name).lower() for name in missing}
    alike = [cell for cell in head if re.sub(r"[\W_]", "", cell).lower() in asked]
    if alike:
        return f"it has: {', '.join(alike)}"
    return f"the first of its rows names the columns; that one has {len(head)} cells"


def _tell(told: Told, place: Path, *, as_json: bool) -> None:
    skipped: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (column, why), count in sorted(told.skipped.items()):
        skipped[column][why] = count
    dense = told.dense()
    if as_json:
        render.as_json(
            {
                "file": str(place),
                "records": told.records,
                "values": told.taken,
                "fingerprints": told.fingerprints,
                "left_out": skipped,
                "beside_others": dict(sorted(told.beside.items())),
                "by_chance": [{"column": c, "digits": n, "share": round(share, 6)} for c, n, share in dense],
            }
        )
        return
    say(f"wrote {place}: {told.records} records, {told.taken} values, {told.fingerprints} fingerprints")
    for column, reasons in skipped.items():
        say(f"left out of {column}: " + ", ".join(f"{count} {why}" for why, count in reasons.items()))
    for column, count in sorted(told.beside.items()):
        say(f"of {column}: {count} that say too little alone count beside others of their record")
    for column, digits, share in dense:
        say(f"of all numbers of {digits} digits {share:.2%} are in {column}: so many others are taken for one of them")
    if dense:
        say("hint: such a column may count together with another alone: --together name,COLUMN")
