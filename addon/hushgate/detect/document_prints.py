"""Documents become a file of fingerprints of their parts (`winnowing`), without those that say nothing of any."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from hushgate.detect.catalog_file import Keying, hashing, write_file
from hushgate.detect.known_forms import folded
from hushgate.detect.numbered import unnumbered
from hushgate.detect.spilling import Spill, Starts
from hushgate.detect.winnowing import Winnowed, telling
from hushgate.values import Level

KIND: Final = "documents"
MOST_DOCUMENTS: Final = 10
"""Documents that a part may stand in: one of more is boilerplate."""
LEAST: Final = 3
"""Fingerprints of a document that can be known."""
_ROW: Final = struct.Struct("<QI")
_FIELDS: Final = np.dtype([("hash", "<u8"), ("document", "<u4")])
_IGNORED: Final = 0xFFFFFFFF
_ALIKE: Final = 0.8
"""Share of a document's fingerprints that stand in too many others, from which on it is told of."""


@dataclass(frozen=True, slots=True)
class AskedOfDocuments:
    """What hits of the documents say, and how many may share a part."""

    level: Level
    entity: str = "DOCUMENT"
    category: str = "ip"
    owner: str = ""
    most: int = MOST_DOCUMENTS


@dataclass(frozen=True, slots=True)
class Read:
    """A piece of a document, by its name. Without a name: of what is to be ignored wherever it stands."""

    name: str
    text: str


@dataclass(slots=True)
class ToldOfDocuments:
    """What came of it: documents, the fingerprints of them, those that were dropped, documents that are too short.

    `alike`: documents of which nearly all stands in too many others, as where a folder holds many versions of one.
    """

    documents: int = 0
    fingerprints: int = 0
    ignored: int = 0
    common: int = 0
    short: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


def import_documents(pieces: Iterable[Read], asked: AskedOfDocuments, key: bytes, out: Path) -> ToldOfDocuments:
    """Write the file. Pieces of a document come one after another. OSError where it cannot be written."""
    keying = Keying.fresh(key)
    hashed, told = hashing(keying.hashes), ToldOfDocuments()
    names: list[str] = []
    with Spill(out.parent, _FIELDS) as rows:
        for piece in pieces:
            if piece.name and (not names or names[-1] != piece.name):
                names.append(piece.name)
            document = len(names) - 1 if piece.name else _IGNORED
            for gram in filter(telling, Winnowed(folded(unnumbered(piece.text))[0].lower()).grams()):
                print_ = hashed(gram)
                rows.add(print_, _ROW.pack(print_, document))
        arrays, counts, common = _settled(rows, len(names), asked.most, told)
        told.documents = len(names)
        told.alike = tuple(names[n] for n in np.flatnonzero(common > _ALIKE * (common + counts)))
        told.short = tuple(names[n] for n in np.flatnonzero(counts < LEAST) if names[n] not in told.alike)
        head = {
            "level": asked.level.word,
            "entity": asked.entity,
            "category": asked.category,
            "owner": asked.owner,
            "names": names,
        }
        write_file(out, keying, KIND, head, arrays)
        return told


def _settled(
    rows: Spill, names: int, most: int, told: ToldOfDocuments
) -> tuple[list[tuple[str, str, IO[bytes]]], Any, Any]:
    """The arrays of the file, how many fingerprints each document has left, and how many of it are in too many."""
    prints, documents = rows.column(), rows.column()
    starts, counts, common = Starts(), np.zeros(names, np.int64), np.zeros(names, np.int64)
    for part in rows.parts():
        kept, shared = _telling(np.unique(part), most, told)
        common += np.bincount(shared["document"], minlength=names)
        prints.write(kept["hash"].tobytes())
        documents.write(kept["document"].tobytes())
        starts.add(kept["hash"] >> np.uint64(48))
        counts += np.bincount(kept["document"], minlength=names)
        told.fingerprints += len(kept)
    listed = [
        ("prints", "Q", prints),
        ("prints_starts", "I", io.BytesIO(starts.written())),
        ("documents", "I", documents),
    ]
    return listed, counts, common


def _telling(rows: Any, most: int, told: ToldOfDocuments) -> tuple[Any, Any]:
    """Of rows in order, each once, those that say something, and those whose fingerprint has too many documents.

    What is to be ignored is neither.
    """
    if not len(rows):
        return rows, rows
    first = np.flatnonzero(np.append(True, rows["hash"][1:] != rows["hash"][:-1]))
    counts = np.diff(np.append(first, len(rows)))
    ignored = rows["document"][first + counts - 1] == _IGNORED  # which comes last
    common = ~ignored & (counts > most)
    told.ignored += int((ignored & (counts > 1)).sum())
    told.common += int(common.sum())
    return rows[np.repeat(~(ignored | common), counts)], rows[np.repeat(common, counts)]
