"""Exports of data catalogs: which tool's a file is, told by what it holds, and the columns in it."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

from hushgate.detect.catalogs import atlas, datahub, dbt, openmetadata, tabular
from hushgate.detect.catalogs.columns import MOST
from hushgate.detect.catalogs.mapping import Tagged
from hushgate.detect.catalogs.nested import an_object, objects, texts
from hushgate.errors import ConfigError, HushgateError
from hushgate.yaml_source import load_yaml, read_text

KINDS: Final = ("dbt", "openmetadata", "datahub", "atlas", "purview", "collibra", "csv", "yaml")
"""The tools whose exports are read, and tables and YAML of one's own."""
_READ: Final = (".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".csv", ".tsv", ".txt")
_PURVIEW: Final = {"qualifiedname"}
_COLLIBRA: Final = {"fullname", "assettype"}

type Reading = Callable[[object], Iterator[Tagged]]


def files(source: Path) -> list[Path]:
    """The file, or those of a folder that may be exports; HushgateError where there is none."""
    if not source.is_dir():
        return [source]
    found = sorted(path for path in source.rglob("*") if path.suffix.lower() in _READ and path.is_file())
    if not found:
        raise HushgateError(f"no file of the folder is an export: {source}", f"exports end in {' '.join(_READ)}")
    return found


def read(path: Path, kind: str | None = None) -> tuple[str, list[Tagged]]:
    """Whose export a file is, and its columns. HushgateError where nothing knows it, ConfigError for no text."""
    text = _text(path).removeprefix("\ufeff")
    data = _document(text, path)
    if isinstance(data, str):
        found = kind or _table(text)
        if found not in ("purview", "collibra", "csv"):
            raise HushgateError(f"{path.name} is a table, and no export of {found}", "see `--kind`")
        return found, list(tabular.read(text))
    for name, (is_one, columns) in _DOCUMENTS.items():
        if kind in (None, name) and is_one(data):
            return name, list(columns(data))
    raise HushgateError(
        f"{path.name} is no export of {kind or 'a catalog that is known'}",
        f"known are {', '.join(KINDS)}; a table with the columns `table`, `column` and `tags` does as well",
    )


def _text(path: Path) -> str:
    """What a file says; in UTF-16 as well, in which Excel saves "Unicode text"."""
    try:
        with path.open("rb") as file:
            raw = file.read(2)
            if raw not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                return read_text(path, MOST)
            raw += file.read(MOST)
    except OSError:
        return read_text(path, MOST)  # which says why
    try:
        if len(raw) <= MOST:
            return raw.decode("utf-16")
    except UnicodeError:
        pass
    raise HushgateError(f"{path} is no text in UTF-16, or too large", "save it as UTF-8")


def _document(text: str, path: Path) -> object:
    """What a file of JSON, lines of JSON or YAML holds; of a table its text."""
    try:
        return json.loads(text)
    except RecursionError:
        raise HushgateError(f"{path} is nested too deeply", "export it again") from None
    except ValueError as error:
        fault = error
    if text.lstrip().startswith("{") and "\n" in text.strip():
        found: list[object] = []
        for n, line in enumerate(text.splitlines(), 1):
            try:
                found += [json.loads(line)] if line.strip() else []
            except (ValueError, RecursionError):
                if not found:
                    break  # one object over several lines
                raise HushgateError(f"{path}:{n}: the line is no JSON", "export it again") from None
        else:
            return found
    if path.suffix.lower() in (".yaml", ".yml"):
        return _yaml(text, path)
    if text.lstrip()[:1] in ("{", "["):
        at = fault.lineno if isinstance(fault, json.JSONDecodeError) else 1
        cut = isinstance(fault, json.JSONDecodeError) and fault.pos >= len(text.rstrip()) - 1
        raise HushgateError(f"{path}:{at}: {'the JSON was cut off' if cut else 'this is no JSON'}", "export it again")
    return text


def _yaml(text: str, path: Path) -> object:
    """In our own strict reading, where a column may be called `no`; with anchors all is text."""
    try:
        return load_yaml(path, text, most=MOST).data
    except ConfigError:
        pass
    try:
        return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506  makes text alone
    except yaml.YAMLError as error:
        raise HushgateError(f"{path.name} is no YAML: {type(error).__name__}", "check the file") from None


def _table(text: str) -> str:
    names = set(tabular.heads(text))
    if names >= _COLLIBRA:
        return "collibra"
    return "purview" if names & _PURVIEW else "csv"


def _is_rows(data: object) -> bool:
    if isinstance(data, list):
        return any(re.search("column|field|name", " ".join(one).lower()) for one in objects(data))
    return "kind" not in an_object(data) and any(objects(data))


def _rows(data: object) -> Iterator[Tagged]:
    """Rows as objects, or `table: {column: [tags]}`."""
    if isinstance(data, list):
        names = list(dict.fromkeys(key for one in objects(data) for key in one))
        yield from tabular.tagged(names, (["; ".join(texts(one.get(key))) for key in names] for one in objects(data)))
        return
    for asset, said in an_object(data).items():
        for column, tags in an_object(said).items():
            yield Tagged(str(asset), str(column), tuple(texts(tags)))


_DOCUMENTS: Final[Mapping[str, tuple[Callable[[object], bool], Reading]]] = {
    "datahub": (datahub.is_one, datahub.columns),
    "atlas": (atlas.is_one, atlas.columns),
    "openmetadata": (openmetadata.is_one, openmetadata.columns),
    "dbt": (
        lambda data: dbt.is_manifest(data) or dbt.is_properties(data),
        lambda data: dbt.manifest(data) if dbt.is_manifest(data) else dbt.properties(data),
    ),
    "yaml": (_is_rows, _rows),
}
