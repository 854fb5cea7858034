"""`hushgate catalog documents`: an organisation's documents as keyed fingerprints of their parts."""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from hushgate.app import reads_images
from hushgate.cli import render
from hushgate.cli.catalog_values import ENTITY
from hushgate.cli.context import Exit, keys_of, say, settings_of, state_of
from hushgate.cli.texts import Sealed, document_texts, file_texts
from hushgate.detect.document_prints import AskedOfDocuments, Read, ToldOfDocuments, import_documents
from hushgate.detect.documents import Documents
from hushgate.errors import StateError
from hushgate.values import Level

SUFFIX: Final = ".documents"
LICENCES: Final = Path("/usr/share/common-licenses")
"""Where Debian and its kin keep the texts of common licences."""
FILLER: Final = """
Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna
aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. Duis
aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur sint
occaecat cupidatat non proident, sunt in culpa qui officia deserunt mollit anim id est laborum.
"""
"""What stands in templates where no text is yet."""
_NOTICE: Final = re.compile(r"(?i)(?:LICEN[CS]E|COPYING|NOTICE)[^/]*")
_MOST_TOLD: Final = 10


def documents(args: argparse.Namespace) -> int:
    """Write the file."""
    place = args.out or Path(args.folder.resolve().name + SUFFIX)
    if place.suffix != SUFFIX:
        say(f"error: {place} is no name for it\nhint: let it end in {SUFFIX}: the gate tells by that what it is")
        return Exit.USAGE
    if not ENTITY.fullmatch(args.entity):
        say(f"error: {args.entity} is no name of an entity\nhint: capitals, digits and _: CONTRACT")
        return Exit.USAGE
    for folder in (args.folder, *args.ignore):
        if not folder.is_dir():
            raise StateError(f"{folder} is no folder", hint="name the folder that the documents are in")
    settings = settings_of(args)
    key = keys_of(settings, state_of(settings, create=True), create=True).derive("catalog")
    asked = AskedOfDocuments(Level.parse(args.level), args.entity, args.category, args.owner, args.most)
    with asyncio.Runner() as runner:
        reading = _Reading(runner, ocr=reads_images(settings))
        try:
            told = import_documents(reading.pieces(args.folder, [*args.ignore, *notices()]), asked, key, place)
        finally:
            runner.run(reading.documents.close())
    _tell(told, reading, place, as_json=args.json)
    return Exit.FAILED if reading.unread else Exit.FINE


def notices() -> list[Path]:
    """Licences that this machine has: of packages that are installed, and of the system."""
    found = sorted(LICENCES.iterdir()) if LICENCES.is_dir() else []
    for package in importlib.metadata.distributions():
        for file in package.files or ():
            if _NOTICE.fullmatch(file.name):
                found.append(Path(str(file.locate())))
    return [path for path in dict.fromkeys(found) if path.is_file()]


class _Reading:
    """Reads documents for the import. `unread`: by name, why one was not read, or not all of it; `binary`: files of
    programs, pictures and the like."""

    def __init__(self, runner: asyncio.Runner, *, ocr: bool) -> None:
        self.documents = Documents(ocr=ocr)
        self.unread: dict[str, str] = {}
        self.binary: list[str] = []
        self._runner = runner
        self._ocr = ocr

    def pieces(self, folder: Path, ignored: Sequence[Path]) -> Iterator[Read]:
        """Everything that is to be known, by its name in the folder, and what is to be ignored."""
        for name, text in self._texts([str(folder)], self.unread, self.binary):
            yield Read(Path(name).relative_to(folder).as_posix(), text)
        yield Read("", FILLER)
        for _, text in self._texts(list(map(str, ignored)), {}, []):
            yield Read("", text)

    def _texts(self, names: Sequence[str], unread: dict[str, str], binary: list[str]) -> Iterator[tuple[str, str]]:
        for item in file_texts(names, ocr=self._ocr, left=binary):
            if isinstance(item, Sealed):
                (contents,) = self._runner.run(self.documents.read([item.document], scope="catalog"))
                pieces = list(document_texts(item.name, contents))
            else:
                pieces = [item]
            for piece in pieces:
                if why := [*piece.faults, *(reason for _, reason, _ in piece.unread)]:
                    unread[str(piece.name)] = why[0]
                if piece.text:
                    yield str(piece.name), piece.text


def _tell(told: ToldOfDocuments, reading: _Reading, place: Path, *, as_json: bool) -> None:
    if as_json:
        said: dict[str, Any] = {
            "file": str(place),
            "documents": told.documents,
            "fingerprints": told.fingerprints,
            "ignored": told.ignored,
            "in_too_many": told.common,
            "too_short": list(told.short),
            "alike": list(told.alike),
            "unread": [{"document": name, "reason": why} for name, why in reading.unread.items()],
            "binary": reading.binary,
        }
        render.as_json(said)
        return
    documents = "1 document" if told.documents == 1 else f"{told.documents} documents"
    say(f"wrote {place}: {documents}, {told.fingerprints} fingerprints")
    if told.ignored or told.common:
        say(f"left out: {told.ignored} of what is to be ignored, {told.common} in too many documents")
    _list("too short to be known", list(told.short))
    _list("not known, since nearly all of it stands in too many documents", list(told.alike))
    if told.alike:
        say("hint: versions of one document count as boilerplate: keep one of each in the folder, or give --most")
    _list("not read, or not all of it", [f"{name} ({why})" for name, why in reading.unread.items()])
    _list("not read, since it is no text", reading.binary)


def _list(what: str, names: Sequence[str]) -> None:
    if names:
        more = f", and {len(names) - _MOST_TOLD} more" if len(names) > _MOST_TOLD else ""
        say(f"{what}: {', '.join(names[:_MOST_TOLD])}{more}")
