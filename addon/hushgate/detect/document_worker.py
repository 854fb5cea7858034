"""A process that reads one file and ends: what a file does to it, it does to no other file.

It takes a line of JSON and the file's bytes on its standard input, and gives
what it read as JSON on its standard output. Its memory and its time are
bounded by the system; it writes no files and leaves no dumps.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from hushgate.detect.reading.files import read_file
from hushgate.files import Contents

MEMORY: Final = 1024 * 1024 * 1024
"""Bytes of address space, the interpreter's included."""


def question(type: str, data: bytes, *, ocr: bool = False) -> bytes:
    """What is sent to a worker; with `ocr` it reads images, too."""
    return json.dumps({"type": type, "ocr": ocr}).encode() + b"\n" + data


def answer(contents: Contents) -> bytes:
    """What it says of it."""
    return json.dumps({"texts": contents.texts, "unread": contents.unread}, separators=(",", ":")).encode()


def contents_of(raw: Mapping[str, Any]) -> Contents:
    """Contents that came from a worker."""
    return Contents(
        tuple((tuple(steps), str(text)) for steps, text in raw["texts"]),
        tuple((tuple(steps), str(reason), int(size)) for steps, reason, size in raw["unread"]),
    )


def bound(seconds: int) -> None:
    """Bound this process: memory, CPU time, no files, no dumps."""
    bounds = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in bounds.items():
        with suppress(ValueError, OSError):  # macOS has no bound of the address space: the time is bounded there, too
            resource.setrlimit(what, (most, most))


def main() -> None:
    """Entry of the process; its argument is how many seconds of CPU time it has."""
    with suppress(OSError, AttributeError):  # Linux alone has it; the end of stdin does the same everywhere
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not reach the pipe
    with suppress(ImportError):  # ready before there is a file
        import hushgate.detect.reading.office
        import hushgate.detect.reading.pdf  # noqa: F401
    bound(int(sys.argv[1]))
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    if head:
        asked = json.loads(head)
        sink.write(answer(read_file(data, asked["type"], ocr=asked["ocr"])))
        sink.flush()


if __name__ == "__main__":
    main()
