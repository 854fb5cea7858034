"""A worker process: rules and names loaded once, then one job after another over its pipes.

Messages are JSON behind four bytes of length. The first one sets up; every
other is answered. The worker ends when its standard input does.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, astuple
from typing import Any, BinaryIO, Final

from hushgate.detect.backtracking import SECONDS
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.detect.hit import Hit
from hushgate.detect.languages import LANGUAGES
from hushgate.detect.lean import without_commands
from hushgate.detect.merge import merged
from hushgate.detect.patterns import Patterns, Verdict
from hushgate.detect.rules import Rule, rule_of
from hushgate.detect.sighting import sighting_of
from hushgate.detect.sources import Catalog, Source, open_catalog
from hushgate.values import Fault, Level, Origin

LENGTH: Final = struct.Struct("!I")
_LONGEST_FAULT: Final = 300


def pack(message: Mapping[str, Any]) -> bytes:
    """A message as it goes over the pipe."""
    raw = json.dumps(message, separators=(",", ":")).encode()
    return LENGTH.pack(len(raw)) + raw


def setup(
    rules: tuple[Rule, ...],
    fingerprint_key: bytes,
    ner: str,
    catalog: Catalog | None = None,
    recognizers: Sequence[str] = (),
    languages: Sequence[str] = LANGUAGES,
    known: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The first message. `known`: the revisions that the catalog's sources have to have."""
    said: dict[str, Any] = {"rules": [asdict(rule) for rule in rules], "key": fingerprint_key.hex(), "ner": ner}
    said |= {"recognizers": list(recognizers), "languages": list(languages)}
    return said if catalog is None else said | {"catalog": catalog.packed(), "known": known}


def hit_of(raw: list[Any]) -> Hit:
    """A hit that came over the pipe."""
    start, end, entity, category, level, score, rule_id, layer, fingerprint, origin, least = raw
    known = Origin(*origin) if origin else None
    return Hit(start, end, entity, category, Level(level), score, rule_id, layer, fingerprint, known, Level(least))


def verdict_of(raw: Mapping[str, Any]) -> Verdict:
    """A verdict that came over the pipe."""
    faults, sightings = tuple(Fault(*fault) for fault in raw["faults"]), tuple(map(sighting_of, raw["sightings"]))
    return Verdict(tuple(map(hit_of, raw["hits"])), faults, sightings=sightings)


def _die_with_parent() -> None:
    with suppress(OSError, AttributeError):  # Linux alone has it; the end of stdin does the same everywhere
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _read(source: BinaryIO) -> Any:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    raw = source.read(size)
    return json.loads(raw) if len(raw) == size else None


class _Names:
    """What takes libraries that are slow to import: names, and recognizers of the user's."""

    def __init__(self, rules: Sequence[Rule], fingerprint: Fingerprinter, asked: Mapping[str, Any]) -> None:
        self._names = self._own = None
        if asked["ner"] != "off":
            with without_commands():
                from hushgate.detect.nlp import Names

            self._names = Names(fingerprint, asked["ner"], asked["languages"])
        if asked["recognizers"]:
            from hushgate.detect.recognizers import Recognizers

            known = {rule.entity: (rule.level, rule.category) for rule in rules}
            self._own = Recognizers(asked["recognizers"], known, fingerprint)

    def find(self, texts: Sequence[str], keys: Sequence[str | None]) -> list[tuple[Hit, ...]]:
        found: list[tuple[Hit, ...]] = [()] * len(texts) if self._names is None else self._names.find(texts, keys)
        if self._own is None:
            return found
        return [merged((*hits, *self._own.find(text))) for text, hits in zip(texts, found, strict=True)]


def _opened(first: Mapping[str, Any], fingerprint: Fingerprinter) -> tuple[Source, ...]:
    """The sources of the gate's catalog: its findings are remembered under their revisions."""
    if "catalog" not in first:
        return ()
    opened = open_catalog(Catalog.unpacked(first["catalog"]), fingerprint)
    if first["known"] is not None and first["known"] != [source.revision for source in opened]:
        raise ValueError("a file of the catalog is not the one in force: repair it, or put that one back")
    return opened


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer jobs until the source ends."""
    first = _read(source)
    if first is None:
        return
    try:
        fingerprint = Fingerprinter(bytes.fromhex(first["key"]))
        catalog = _opened(first, fingerprint)
        rules = [rule_of(raw) for raw in first["rules"]]
        patterns = Patterns(rules, fingerprint, catalog)
        names = _Names(rules, fingerprint, first) if first["ner"] != "off" or first["recognizers"] else None
    except Exception as fault:  # noqa: BLE001  nothing of any traffic is here yet
        sink.write(pack({"fault": f"{type(fault).__name__}: {fault}"[:_LONGEST_FAULT]}))
        sink.flush()
        return
    sink.write(pack({"ready": True}))
    sink.flush()
    while (job := _read(source)) is not None:
        try:
            if job["do"] == "match":
                answer: dict[str, Any] = {
                    "verdicts": [
                        {
                            "hits": [astuple(hit) for hit in v.hits],
                            "sightings": [astuple(sighting) for sighting in v.sightings],
                            "faults": [astuple(fault) for fault in v.faults],
                        }
                        for v in patterns.scan(
                            job["texts"], job["keys"], files=job.get("files"), seconds=job.get("seconds", SECONDS)
                        )
                    ]
                }
            elif names is not None:
                answer = {"hits": [[astuple(h) for h in hits] for hits in names.find(job["texts"], job["keys"])]}
            else:
                answer = {"fault": "no names here"}
        except Exception as fault:  # noqa: BLE001  the gate hears of it as a fault, without the text
            answer = {"fault": type(fault).__name__}
        sink.write(pack(answer))
        sink.flush()


def main() -> None:
    """Entry of the process."""
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a worker is one core's; numpy is not loaded yet
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not reach the pipe
    serve(sys.stdin.buffer, sink)


if __name__ == "__main__":
    main()
