"""The inputs and outputs of an ONNX file, read from its head without loading it: weights are stepped over.

A file is one protobuf message, `ModelProto` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto): field 7 is the
graph, whose fields 5, 11 and 12 are weights, inputs and outputs; field 1 of those is a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_GRAPH: Final = 7
_WEIGHT: Final = 5
_INPUT: Final = 11
_OUTPUT: Final = 12
_LARGEST: Final = 1 << 20
"""Bytes of the description of one input."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Names of what a graph takes and gives, in its order; weights are no inputs."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def ports(path: Path) -> Ports:
    """Read them. ValueError where it is no ONNX file; OSError."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        file.seek(0)
        for field, start, size in _fields(file, end):
            if field == _GRAPH:
                file.seek(start)
                return _ports(file, start + size)
    raise ValueError("it holds no graph")


def _ports(file: BinaryIO, end: int) -> Ports:
    named: dict[int, list[str]] = {_INPUT: [], _OUTPUT: [], _WEIGHT: []}
    for field, start, size in _fields(file, end):
        if field in (_INPUT, _OUTPUT) and size <= _LARGEST:
            file.seek(start)
            named[field].append(_name(file, start + size, 1))
        elif field == _WEIGHT:
            file.seek(start)
            named[field].append(_name(file, start + size, 8))
    weights = set(named[_WEIGHT])
    return Ports(tuple(name for name in named[_INPUT] if name not in weights), tuple(named[_OUTPUT]))


def _name(file: BinaryIO, end: int, at: int) -> str:
    for field, start, size in _fields(file, end):
        if field == at and size <= _LARGEST:
            file.seek(start)
            return file.read(size).decode("utf-8")
    return ""


def _fields(file: BinaryIO, end: int) -> Iterator[tuple[int, int, int]]:
    """Fields that have a length, as number, start and size; what lies in them is stepped over, wherever the file is."""
    at = file.tell()
    while at < end:
        file.seek(at)
        key = _varint(file)
        kind = key & 7
        if kind == 0:
            _varint(file)
            at = file.tell()
        elif kind in (1, 5):
            at = file.tell() + (8 if kind == 1 else 4)
        elif kind == 2:
            size = _varint(file)
            start = file.tell()
            at = start + size
            if at > end:
                raise ValueError("it ends too soon")
            yield key >> 3, start, size
        else:
            raise ValueError("it is no protobuf")


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            raise ValueError("it ends too soon")
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise ValueError("it is no protobuf")
