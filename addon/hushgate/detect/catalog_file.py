"""A file of keyed fingerprints: a head in JSON, arrays that are mapped rather than read, and a MAC over all of it.

    "hushgate catalog"  uint32 version  uint32 bytes of the head  head  arrays, each at a multiple of eight  MAC

Integers are little-endian. Everything in it that stands for a value is a keyed BLAKE2b (RFC 7693) under a key that is
drawn from the gate's and the file's own salt, so that two files cannot be compared; what says more of a value lies
under a stream (`covering`). The MAC, BLAKE2b-256, the hashes and the streams have a key each. Whoever opens a file asks
three things: is it one, was it made with this key, is it whole.
"""

from __future__ import annotations

import json
import mmap
import os
import secrets
import sys
import tempfile
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path
from typing import IO, Any, Final

from hushgate.detect.covering import Covered
from hushgate.errors import ConfigError, ConfigFault, Unscannable

MAGIC: Final = b"hushgate catalog"
VERSION: Final = 2
MAC_SIZE: Final = 32
LONGEST_HEAD: Final = 64 << 20
"""Bytes of a head: a folder may hold a million documents."""
BUCKETS: Final = 1 << 16
_STEP: Final = 1 << 20
_AGAIN: Final = "make it anew with the command that made it"

type Rows = memoryview[int]
type Hashing = Callable[[bytes], int]


def hashing(key: bytes) -> Hashing:
    """A keyed hash to 64 bits."""
    begun = blake2b(key=key, digest_size=8)

    def hashed(data: bytes) -> int:
        one = begun.copy()
        one.update(data)
        return int.from_bytes(one.digest(), "little")

    return hashed


@dataclass(frozen=True, slots=True)
class Keying:
    """The keys of one file, drawn from the catalog's key and the file's salt."""

    salt: bytes
    hashes: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    sieve: bytes = field(repr=False)
    check: str = field(repr=False)

    @classmethod
    def of(cls, key: bytes, salt: bytes) -> Keying:
        hashes, mac, sieve, check = (
            blake2b(word, key=key, salt=salt, digest_size=32, person=b"hushgate catalog").digest()
            for word in (b"hashes", b"mac", b"sieve", b"check")
        )
        return cls(salt, hashes, mac, sieve, check.hex())

    @classmethod
    def fresh(cls, key: bytes) -> Keying:
        """Of a file that is about to be written."""
        return cls.of(key, secrets.token_bytes(blake2b.SALT_SIZE))


class Prints:
    """Fingerprints in order, found by their first sixteen bits and then by halving."""

    __slots__ = ("_rows", "_starts")

    def __init__(self, starts: Rows, rows: Rows) -> None:
        self._starts = starts
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def at(self, hashed: int) -> range:
        """The rows that hold it."""
        low, high = self._starts[hashed >> 48], self._starts[(hashed >> 48) + 1]
        at = bisect_left(self._rows, hashed, low, high)
        if at == high or self._rows[at] != hashed:
            return range(0)
        return range(at, bisect_right(self._rows, hashed, at, high))


class Unwritten:
    """Sees that an open file is as it was, by its size and the time it was last written to.

    What is mapped changes with its file: where something is written over that, no known value would be found any more.
    """

    __slots__ = ("_file", "_was")

    def __init__(self, file: int) -> None:
        self._file = os.dup(file)
        self._was = self._now()

    def __del__(self) -> None:
        os.close(self._file)

    def _now(self) -> tuple[int, int]:
        stat = os.fstat(self._file)
        return stat.st_size, stat.st_mtime_ns

    def __bool__(self) -> bool:
        return self._now() == self._was

    def check(self) -> None:
        """Unscannable where it is not. To be asked before what is mapped is read, which may not be there any more, and
        again behind that, since only then it is known that it was still there."""
        if not self:
            raise Unscannable("a file of the catalog was written over: put the whole file in its place")


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """An opened file: its head, its arrays by name, the hash of its fingerprints, the key of its streams."""

    head: Mapping[str, Any]
    arrays: Mapping[str, Rows] = field(repr=False)
    hashed: Hashing = field(repr=False)
    sieve: bytes = field(repr=False)
    unwritten: Unwritten = field(repr=False)

    def prints(self, name: str) -> Prints:
        """The fingerprints of an array; `NAME_starts` says where each bucket begins."""
        return Prints(self.arrays[f"{name}_starts"], self.arrays[name])

    def covered(self, name: str) -> Covered:
        """The numbers of an array that lies under a stream."""
        return Covered(self.arrays[name], self.sieve, name)


def open_file(path: Path, key: bytes, kind: str) -> CatalogFile:
    """Check a file and map it; ConfigError where it cannot be used.

    It has to stay as it is while it is mapped: whoever writes it anew puts another one in its place.
    """
    with path.open("rb") as source:
        return _Opening(path, source, kind).checked(key)


class _Opening:
    def __init__(self, path: Path, source: IO[bytes], kind: str) -> None:
        self._path = path
        self._source = source
        self._kind = kind
        self._unwritten = Unwritten(source.fileno())
        self._size = os.fstat(source.fileno()).st_size

    def _refused(self, message: str, hint: str = _AGAIN) -> ConfigError:
        return ConfigError([ConfigFault(str(self._path), 0, message, hint)])

    def checked(self, key: bytes) -> CatalogFile:
        fixed = self._source.read(len(MAGIC) + 8)
        if len(fixed) < len(MAGIC) + 8 or not fixed.startswith(MAGIC):
            raise self._refused(f"is no file of {self._kind}")
        version, size = (int.from_bytes(fixed[at : at + 4], "little") for at in (len(MAGIC), len(MAGIC) + 4))
        if version != VERSION or sys.byteorder != "little":
            raise self._refused("is of a form that cannot be read here")
        damaged = self._refused("is damaged")
        if size > min(LONGEST_HEAD, self._size):
            raise damaged
        head = _parsed(self._source.read(size))
        if head is None:
            raise damaged
        if head["kind"] != self._kind:
            raise self._refused(f"holds {head['kind']}, not {self._kind}", "let its name end in what it is")
        keying = Keying.of(key, bytes.fromhex(head["salt"]))
        if not compare_digest(keying.check, head["check"]):
            raise self._refused("was made with another key", "make it with the `keys` and the state of this gate")
        if not self._whole(keying.mac):
            raise damaged
        mapped = memoryview(mmap.mmap(self._source.fileno(), 0, access=mmap.ACCESS_READ))
        arrays: dict[str, Rows] = {}
        at = _padded(len(fixed) + size)
        for name, code, count in head["arrays"]:
            end = at + count * array(code).itemsize
            arrays[name] = mapped[at:end].cast(code)
            at = _padded(end)
        return CatalogFile(head, arrays, hashing(keying.hashes), keying.sieve, self._unwritten)

    def _whole(self, key: bytes) -> bool:
        """Whether the MAC fits. The file is read for it, not mapped: what was only checked takes no memory."""
        if self._size < MAC_SIZE:
            return False
        self._source.seek(0)
        mac, left = blake2b(key=key, digest_size=MAC_SIZE), self._size - MAC_SIZE
        while left and (piece := self._source.read(min(left, _STEP))):
            mac.update(piece)
            left -= len(piece)
        return compare_digest(mac.digest(), self._source.read())


def _parsed(raw: bytes) -> dict[str, Any] | None:
    """A head whose own fields have their types; what else it holds is the writer's, and the MAC vouches for it."""
    with suppress(ValueError, KeyError, TypeError, RecursionError):
        head = json.loads(raw)
        texts = all(isinstance(head[name], str) for name in ("kind", "salt", "check")) and head["check"].isascii()
        texts = texts and head["kind"].isidentifier()
        if texts and len(bytes.fromhex(head["salt"])) == blake2b.SALT_SIZE and isinstance(head["arrays"], list):
            return dict(head)
    return None


def _padded(size: int) -> int:
    return size + -size % 8


def write_file(
    path: Path, keying: Keying, kind: str, head: Mapping[str, Any], arrays: Sequence[tuple[str, str, IO[bytes]]]
) -> None:
    """Write a file in the place of whatever was there. `arrays`: name, type (`B`, `I` or `Q`) and content."""
    listed = []
    for name, code, content in arrays:
        listed.append([name, code, content.seek(0, os.SEEK_END) // array(code).itemsize])
    said = {"kind": kind, "salt": keying.salt.hex(), "check": keying.check, "arrays": listed, **head}
    raw = json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()
    mac = blake2b(key=keying.mac, digest_size=MAC_SIZE)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as out:
        try:
            at = 0

            def put(data: bytes) -> None:
                nonlocal at
                mac.update(data)
                out.write(data)
                at += len(data)

            put(MAGIC + VERSION.to_bytes(4, "little") + len(raw).to_bytes(4, "little") + raw)
            for _, _, content in arrays:
                put(bytes(-at % 8))
                content.seek(0)
                while piece := content.read(_STEP):
                    put(piece)
            out.write(mac.digest())
            out.flush()
            os.fsync(out.fileno())
            Path(out.name).replace(path)
        except BaseException:
            Path(out.name).unlink(missing_ok=True)
            raise
