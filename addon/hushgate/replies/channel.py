"""One run of reply text: scanned, masked and restored while it grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from hushgate.framing.json_text import JsonText
from hushgate.transform.restore import Restorer
from hushgate.values import Direction, Kind, Level, Location, Origin, Scan, Segment
from hushgate.wire.base import Delta

KEPT_TEXT: Final = 64 * 1024
"""How much of a run is kept to be read once more at its end, in code points."""


class Hit(Protocol):
    """A finding that has no place yet. Offsets are into the text it was released with."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def entity(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def level(self) -> Level: ...
    @property
    def score(self) -> float: ...
    @property
    def rule_id(self) -> str: ...
    @property
    def layer(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def origin(self) -> Origin | None: ...
    @property
    def least(self) -> Level: ...


class Released(Protocol):
    """Text whose findings no later text can change."""

    @property
    def text(self) -> str: ...
    @property
    def hits(self) -> Sequence[Hit]: ...


class StreamScan(Protocol):
    """An incremental scan: what it releases, joined, is what it was fed."""

    def feed(self, text: str) -> Released: ...

    def flush(self) -> Released: ...


class Streams(Protocol):
    """Opens scans of the runs of one reply, and of structural strings in it (`opaque`)."""

    def __call__(self, *, opaque: bool = False) -> StreamScan: ...


class Detector(Protocol):
    """Finds what is sensitive. `scope` keeps the caches of two actors apart."""

    async def scan(self, segments: Sequence[Segment], *, scope: str) -> Scan: ...

    def stream(self, *, opaque: bool = False) -> StreamScan: ...

    def streams(self) -> Streams:
        """Those of one reply, which are judged together."""
        ...


type Span = tuple[int, int, str]
"""Start, end, and what to put there instead."""

type Judge = Callable[[Delta, Released], list[Span]]


class Channel:
    """Give it text piece by piece; it gives out what the client may see."""

    __slots__ = ("_given", "_heard", "_json", "_judge", "_kept", "_restore", "_room", "_scan", "_spellings", "sample")

    def __init__(self, sample: Delta, scan: StreamScan, restorer: Restorer, judge: Judge) -> None:
        """`restorer`: of what may come back in this run."""
        self.sample = sample
        self._scan = scan
        self._judge = judge
        self._restore = restorer.stream(json_string=sample.json_string)
        self._json = JsonText() if sample.json_string else None
        self._spellings: list[str] = []
        self._kept: list[str] = []
        self._room = KEPT_TEXT
        self._heard: list[str] = []
        self._given: list[str] = []

    def feed(self, text: str) -> str:
        """Take what came, give what can go."""
        if self._json is None:
            given = self._restore.feed(self._masked(self._scan.feed(text)))
        else:
            characters, spellings = self._json.feed(text)
            self._spellings += spellings
            given = self._restore.feed(self._masked(self._scan.feed(characters)))
        if self._room > 0:
            self._heard.append(text)
            self._given.append(given)
        return given

    def flush(self) -> str:
        """Give the rest."""
        rest = self._rest()
        self._given.append(rest)
        return rest

    def said(self) -> tuple[str, str] | None:
        """All that came and all that was given for it, once the run has ended; None for one too long to be kept."""
        return ("".join(self._heard), "".join(self._given)) if self._room > 0 else None

    def _rest(self) -> str:
        text = ""
        if self._json is not None:
            characters, spellings = self._json.flush()
            self._spellings += spellings
            text = self._masked(self._scan.feed(characters))
        text += self._masked(self._scan.flush())
        return self._restore.feed(text) + self._restore.flush()

    def segment(self) -> Segment:
        """The provider's text of this run, as far as it is kept."""
        sample = self.sample
        return Segment(sample.location, Direction.REPLY, sample.role, sample.kind, "".join(self._kept))

    def _masked(self, released: Released) -> str:
        text = released.text
        if not text:
            return ""
        if self._room > 0:
            self._kept.append(text[: self._room])
            self._room -= len(text)
        spans = self._judge(self.sample, released) if released.hits else []
        if self._json is None:
            return _replaced(spans, lambda start, end: text[start:end], len(text)) if spans else text
        spellings, self._spellings = self._spellings[: len(text)], self._spellings[len(text) :]
        return _replaced(spans, lambda start, end: "".join(spellings[start:end]), len(text))


def _replaced(spans: list[Span], between: Callable[[int, int], str], length: int) -> str:
    out: list[str] = []
    at = 0
    for start, end, instead in sorted(spans):
        if start < at:  # Overlaps what is replaced already: the rest of it goes too.
            at = max(at, end)
            continue
        out += (between(at, start), instead)
        at = end
    out.append(between(at, length))
    return "".join(out)


# Reading a whole stream before any of it goes -------------------------------------------------------------------


class _Text:
    __slots__ = ("hits", "text")

    def __init__(self, text: str, hits: Sequence[Hit] = ()) -> None:
        self.text = text
        self.hits = hits


class _Collected:
    """A scan that finds nothing and keeps the text."""

    def __init__(self, opaque: bool) -> None:
        self.opaque = opaque
        self.pieces: list[str] = []

    def feed(self, text: str) -> Released:
        self.pieces.append(text)
        return _Text(text)

    def flush(self) -> Released:
        return _Text("")


class _Planned:
    """A scan whose findings are known: text goes as soon as no finding is cut by it."""

    def __init__(self, hits: Sequence[Hit], moved: Callable[[Hit, int], Hit]) -> None:
        self._hits = sorted(hits, key=lambda hit: hit.start)
        self._moved = moved
        self._held = ""
        self._at = 0

    def feed(self, text: str) -> Released:
        self._held += text
        end = self._at + len(self._held)
        for hit in self._hits:
            if hit.start < end < hit.end:
                end = hit.start
                break
        return self._release(end)

    def flush(self) -> Released:
        return self._release(self._at + len(self._held))

    def _release(self, end: int) -> Released:
        size = max(0, end - self._at)
        text, self._held = self._held[:size], self._held[size:]
        due = [h for h in self._hits if self._at <= h.start < self._at + size]
        hits = [self._moved(h, self._at) for h in due]
        self._hits = [h for h in self._hits if h.start >= self._at + size]
        self._at += size
        return _Text(text, hits)


class Collector:
    """A detector for a first reading: it only collects the texts, in the order they begin."""

    def __init__(self) -> None:
        self._scans: list[_Collected] = []

    def stream(self, *, opaque: bool = False) -> StreamScan:
        scan = _Collected(opaque)
        self._scans.append(scan)
        return scan

    def streams(self) -> Streams:
        return self.stream

    async def scan(self, segments: Sequence[Segment], *, scope: str) -> Scan:
        """Nothing is found in a first reading."""
        return Scan()

    def segments(self, sample: Segment) -> tuple[Segment, ...]:
        """The texts, each at its number in the path."""
        return tuple(
            Segment(
                Location(sample.location.area, path=(number,)),
                Direction.REPLY,
                sample.role,
                Kind.OPAQUE if scan.opaque else sample.kind,
                "".join(scan.pieces),
            )
            for number, scan in enumerate(self._scans)
        )


class Plan:
    """A detector for the second reading: it gives each text the findings of the first."""

    def __init__(self, found: Scan, moved: Callable[[Hit, int], Hit]) -> None:
        self._by_number: dict[object, list[Hit]] = {}
        for finding in found.findings:
            self._by_number.setdefault(finding.location.path[0], []).append(finding)
        self._moved = moved
        self._next = 0

    def stream(self, *, opaque: bool = False) -> StreamScan:
        hits = self._by_number.get(self._next, [])
        self._next += 1
        return _Planned(hits, self._moved)

    def streams(self) -> Streams:
        return self.stream

    async def scan(self, segments: Sequence[Segment], *, scope: str) -> Scan:
        """Not asked in a second reading."""
        raise NotImplementedError
