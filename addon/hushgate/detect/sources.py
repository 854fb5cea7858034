"""What an organisation knows of its own: its catalog's columns, its records' values, its documents.

Each kind is a `Source` beside the rules: it looks at whole texts, plain and as
decoded from layers, and its hits say what they are known from. A catalog is
files; workers open the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from hushgate.detect.catalogs.source import open_columns
from hushgate.detect.hit import Hit
from hushgate.errors import ConfigError, ConfigFault


class Source(Protocol):
    """Something that knows texts. `revision` changes with whatever changes what it finds."""

    @property
    def revision(self) -> str: ...

    def find(self, texts: Sequence[str], keys: Sequence[str | None] | None) -> Sequence[Sequence[Hit]]:
        """The hits of each text, in any order; `keys` are the texts' nearest object keys."""
        ...


@runtime_checkable
class Mapped(Protocol):
    """A source whose files are read where they lie. `intact`: nothing was written over them."""

    @property
    def intact(self) -> bool: ...


type Fingerprint = Callable[[str], str]
type Opener = Callable[[Sequence[Path], bytes, Fingerprint], Source]
"""Files of one kind, and the key their fingerprints were made with, opened. ConfigError with every fault."""


def _values(files: Sequence[Path], key: bytes, fingerprint: Fingerprint) -> Source:
    from hushgate.detect.known_values import KnownValues

    return KnownValues(files, key, fingerprint)


def _documents(files: Sequence[Path], key: bytes, fingerprint: Fingerprint) -> Source:
    from hushgate.detect.known_documents import KnownDocuments

    return KnownDocuments(files, key, fingerprint)


KINDS: Final[Mapping[str, Opener]] = {".yaml": open_columns, ".values": _values, ".documents": _documents}
"""How the files of a catalog are opened, by the ends of their names."""
KEYED: Final = frozenset({".values", ".documents"})
"""Those that hold fingerprints."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """The files of a catalog, and the key that fingerprints in them were made with.

    `revision` says what the files held when they were named. OSError where one cannot be read.
    """

    files: tuple[Path, ...]
    key: bytes = field(default=b"", repr=False)
    revision: str = field(init=False)

    def __post_init__(self) -> None:
        digest = sha256()
        for file in self.files:
            with file.open("rb") as source:
                digest.update(file.name.encode() + b"\0" + file_digest(source, "sha256").digest())
        object.__setattr__(self, "revision", digest.hexdigest()[:16])

    @property
    def keyed(self) -> bool:
        """Whether a file was made with a key, which has to be this one."""
        return any(file.suffix in KEYED for file in self.files)

    def packed(self) -> dict[str, Any]:
        """JSON-ready, for a worker."""
        return {"files": [str(file) for file in self.files], "key": self.key.hex()}

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> Catalog:
        """What `packed` gave."""
        return cls(tuple(map(Path, packed["files"])), bytes.fromhex(packed["key"]))


def open_catalog(catalog: Catalog | None, fingerprint: Fingerprint) -> tuple[Source, ...]:
    """All sources of a catalog; ConfigError with every fault of its files."""
    if catalog is None:
        return ()
    faults: list[ConfigFault] = []
    opened: list[Source] = []
    faults += [
        ConfigFault(str(file), 0, "is no file of a catalog", f"its name ends in {' or '.join(KINDS)}")
        for file in catalog.files
        if file.suffix not in KINDS
    ]
    for suffix, opener in KINDS.items():
        files = [file for file in catalog.files if file.suffix == suffix]
        if not files:
            continue
        try:
            opened.append(opener(files, catalog.key, fingerprint))
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return tuple(opened)
