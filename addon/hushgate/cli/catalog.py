"""`hushgate catalog import`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from hushgate.app import builtin_rules
from hushgate.cli.context import Exit, say
from hushgate.detect.catalogs.columns import MOST, written
from hushgate.detect.catalogs.mapping import Imported, load_mapping, mapped
from hushgate.detect.catalogs.tabular import read
from hushgate.yaml_source import read_text

MAPPING: Final = ("catalog", "mapping.yaml")
"""The mapping that comes with hushgate, below its rules."""


def import_columns(args: argparse.Namespace) -> int:
    """Turn another catalog's export into a file of columns."""
    found = _imported(args.source, args.mapping)
    text = written(found.columns)
    if args.out is None:
        sys.stdout.write(text)
    else:
        args.out.write_text(text, "utf-8")
    say(f"{len(found.columns)} of {found.read} columns carry a level")
    if found.unmapped:
        tags = ", ".join(f"{tag} ({count})" for tag, count in found.unmapped.items())
        say(f"tags that mean nothing here: {tags}\nhint: say what they mean, or ignore them, in a file for --mapping")
    return Exit.FINE


def _imported(source: Path, mapping: Path | None) -> Imported:
    own = [mapping] if mapping else []
    rules = load_mapping(*own, builtin_rules().joinpath(*MAPPING))
    return mapped(read(read_text(source, MOST)), rules, "csv")
