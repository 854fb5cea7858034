"""The detector: segments in, findings out, or faults where a text could not be judged."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import batched
from typing import Final

from hushgate.detect import phones
from hushgate.detect.beside import together
from hushgate.detect.cache import VerdictCache
from hushgate.detect.catalogs.rows import row_hits
from hushgate.detect.catalogs.source import Columns
from hushgate.detect.cues import passages, worth_reading
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.detect.hit import Hit
from hushgate.detect.languages import LANGUAGES
from hushgate.detect.merge import merged
from hushgate.detect.patterns import Patterns, Verdict
from hushgate.detect.place import counts_in_structure, key_of, said
from hushgate.detect.pool import Pool
from hushgate.detect.rules import Rule
from hushgate.detect.sighting import NOTHING, Records, Seen
from hushgate.detect.sources import Catalog, Mapped, Source, open_catalog
from hushgate.detect.stream import Streams, StreamScanner
from hushgate.errors import Unscannable
from hushgate.turns import MANY, Steps, Turns, apart, aside_if
from hushgate.values import Fault, Finding, Kind, Scan, Segment

VERSION: Final = "9"
"""Goes up with every change of code that changes verdicts."""
INLINE: Final = 16 * 1024
"""Code points of fresh text that are matched on the event loop; more goes to a worker."""
AT_A_TIME: Final = 256 * 1024
"""Code points that are judged within one deadline; a whole book gets longer."""
NAMES_AT_A_TIME: Final = 64 * 1024
"""Code points that are read for names within one deadline."""
BATCH: Final = 2048
"""Texts of an exchange that are looked at before the loop is shared."""

_SAMPLE: Final = (
    "Please write to the customer about order 20260-11 of 3 May, then check https://example.com/a?b=c and the log:\n"
    "2026-01-02T03:04:05Z INFO worker-7 GET /api/v2/items/123 200 4711us id=6f1c2d3e4a5b\n"
    '{"model": "any", "temperature": 0.2, "items": ["one", "two"]}\nexport PATH=/usr/bin; def run(self) -> None: ...\n'
)


class Engine:
    """Rules, cache and workers behind one `scan`.

    Texts seen before cost a hash. Fresh ones, all of an exchange together,
    are matched in one pass; names are looked for in workers, in the texts
    that may hold one. Without a pool there are no names.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        fingerprint_key: bytes,
        cache_key: bytes,
        ner: str = "builtin",
        languages: Sequence[str] = LANGUAGES,
        deadline_ms: int = 2000,
        pool: Pool | None = None,
        catalog: Sequence[Source] = (),
        recognizers: Sequence[str] = (),
    ) -> None:
        self._fingerprinter = Fingerprinter(fingerprint_key)
        self._patterns = Patterns(rules, self._fingerprinter, catalog)
        self._mapped = tuple(source for source in catalog if isinstance(source, Mapped))
        self._columns = tuple(source for source in catalog if isinstance(source, Columns))
        self._records = next((source for source in catalog if isinstance(source, Records)), None)
        self._recognizers = pool is not None and bool(recognizers)
        self._names = pool is not None and (ner != "off" or self._recognizers)
        self._language = ",".join(sorted(languages))
        self._deadline = deadline_ms / 1000
        self._pool = pool
        asked = f"{ner} {' '.join(recognizers)}".rstrip() if self._names else "off"
        shown = f"{VERSION} {self._patterns.revision} {asked} {self._language}"
        self.revision = hashlib.sha256(shown.encode()).hexdigest()[:16]
        self._cache = VerdictCache(cache_key, self.revision)

    @property
    def intact(self) -> bool:
        """Whether its catalog's files are what they were: if not, it finds no text clean, and another one is needed."""
        return all(source.intact for source in self._mapped)

    def start(self) -> None:
        """Take texts from now on; see that patterns can be used at all."""
        if self._pool is not None:
            self._pool.open()
        self.scan_now(_SAMPLE)

    async def probe(self) -> float:
        """Set a worker up; the seconds that took. Broken where none can be."""
        return await self._pool.probe() if self._pool is not None else 0.0

    async def warm(self) -> None:
        """Start a worker, and make what streams and phone numbers need, beside whatever else goes on.

        RE2's automata grow with what they see: to match all rules' examples would save a first prompt 4 to 12 ms, for
        1.4 s of a core and 140 MB.
        """
        if self._pool is not None and self._names:
            self._pool.warm()
        await apart(self._warming())
        if self._pool is not None:
            self._pool.warm()

    def _warming(self) -> Steps[None]:
        yield from self._patterns.making()
        self.stream().feed(f"{_SAMPLE}the")
        for number in phones.examples():
            yield
            self._patterns.scan([f"phone {number}"])

    async def take_over(self) -> None:
        """As `start` and `warm`, beside another engine that is in force until this is done.

        Unscannable where its patterns cannot be used; Broken where names are wanted and no worker can be set up.
        """
        await asyncio.to_thread(self.start)
        await self.warm()
        if self._pool is not None and self._names:
            await self._pool.ready()

    def let_go(self) -> None:
        """Another one is in force: keep no worker, but judge what is left of exchanges under way."""
        if self._pool is not None:
            self._pool.let_go()

    async def close(self) -> None:
        """End the workers."""
        if self._pool is not None:
            await self._pool.close()

    def fingerprint(self, value: str) -> str:
        """HMAC of the value's normal form, 32 hex digits."""
        return self._fingerprinter(value)

    def scan_now(self, text: str, *, key: str | None = None) -> list[Hit]:
        """What patterns say of one text, at once. Unscannable where a rule failed."""
        verdict = self._patterns.scan([text], [key])[0]
        if verdict.faults:
            raise Unscannable(f"{verdict.faults[0].where}: {verdict.faults[0].reason}")
        return list(verdict.hits)

    def streams(self) -> Streams:
        """Opens scanners for the channels of one streamed reply: what stands in one is beside what the others have."""
        company = None if self._records is None else self._records.company()
        return lambda *, opaque=False: StreamScanner(self._patterns, counts_in_structure if opaque else None, company)

    def stream(self, *, opaque: bool = False) -> StreamScanner:
        """A scanner for one channel of a streamed reply, or for a structural string in it."""
        return self.streams()(opaque=opaque)

    async def scan(self, segments: Sequence[Segment], *, scope: str) -> Scan:
        """Findings in segment order, by start; a fault for whatever could not be judged."""
        cache, language = self._cache, self._language
        verdicts: dict[bytes | str, Seen] = {}
        names: list[bytes | str | None] = []
        numbers: dict[str, None] = {}
        fresh: dict[bytes, Segment] = {}
        turns = Turns() if len(segments) > BATCH else None
        for n, segment in enumerate(segments):
            if turns is not None and not n % BATCH:
                await turns.share()
            text = segment.text
            if segment.number and self._records is not None:
                numbers[text] = None
                names.append(text)
                continue
            if not text or segment.number:
                names.append(None)
                continue
            label = key_of(segment) or "" if segment.file is None else f"{key_of(segment) or ''}\0{segment.file}"
            name = cache.name(scope, language, label, segment.kind is Kind.OPAQUE, text)
            names.append(name)
            if name in verdicts or name in fresh:
                continue
            known = cache.get(name)
            if known is None:
                fresh[name] = segment
            else:
                verdicts[name] = known
        faults: tuple[Fault, ...] = ()
        size = sum(len(segment.text) for segment in fresh.values())
        budget = _Budget(self._deadline * max(1.0, size / AT_A_TIME))
        for batch in batched(fresh.items(), BATCH):
            judged, faults = await self._judge([segment for _, segment in batch], budget)
            for (name, _), seen in zip(batch, judged, strict=True):
                verdicts[name] = seen
                if not faults:
                    cache.put(name, seen)
            if faults:
                break
            if turns is not None:
                await turns.share()
        if self._records is not None and numbers:
            # No pattern knows a number of few digits, but a record may have it.
            looking = partial(self._records.look, list(numbers))
            verdicts |= zip(numbers, await aside_if(len(numbers) > MANY, looking), strict=True)
        judged_together, more_faults = await together(self._records, verdicts)
        rows: Mapping[int, list[Hit]] = {}
        if self._columns:
            # Many are looked at beside the loop.
            reading = partial(row_hits, segments, self._columns)
            rows = reading() if turns is None else await asyncio.to_thread(reading)
        findings: list[Finding] = []
        for n, (segment, known_as) in enumerate(zip(segments, names, strict=True)):
            found = judged_together.get(known_as, NOTHING).hits if known_as is not None else ()
            if more := rows.get(n):
                found = merged((*found, *more))
            if found:
                findings += [hit.at(segment.location) for hit in found]
            if turns is not None and not n % BATCH:
                await turns.share()
        return Scan(tuple(findings), (*faults, *more_faults))

    async def _judge(self, segments: Sequence[Segment], budget: _Budget) -> tuple[list[Seen], tuple[Fault, ...]]:
        texts = [segment.text for segment in segments]
        keys = [key_of(segment) for segment in segments]
        wanted: list[int] = []
        if self._names:
            wanted = [i for i, s in enumerate(segments) if said(s) and self._worth(s.text, keys[i])]
        reading = None
        if wanted:
            reading = asyncio.ensure_future(self._read_names([texts[i] for i in wanted], [keys[i] for i in wanted]))
        try:
            if reading is not None:
                await asyncio.sleep(0)  # the worker has the job before this process begins to match
            files = [segment.file for segment in segments]
            verdicts = await self._match(texts, keys, files if any(files) else None, budget)
            hits = [
                tuple(h for h in v.hits if s.kind is not Kind.OPAQUE or counts_in_structure(h))
                for v, s in zip(verdicts, segments, strict=True)
            ]
            faults = tuple(dict.fromkeys(fault for verdict in verdicts for fault in verdict.faults))
            if reading is not None:
                found, more = await reading
                faults += more
                for i, named in zip(wanted, found, strict=False):
                    if named:
                        hits[i] = merged((*hits[i], *named))
        finally:
            if reading is not None and not reading.done():
                reading.cancel()
        return [Seen(each, v.sightings) for each, v in zip(hits, verdicts, strict=True)], faults

    def _worth(self, text: str, key: str | None) -> bool:
        return self._recognizers or worth_reading(text, key)

    async def _match(
        self, texts: list[str], keys: list[str | None], files: list[str | None] | None, budget: _Budget
    ) -> list[Verdict]:
        inline = sum(map(len, texts)) <= INLINE and not self._patterns.backtracking
        began, seconds = time.monotonic(), min(self._deadline, budget.left)
        try:
            if inline:
                return self._patterns.scan(texts, keys, files=files)
            if self._pool is not None:
                return await self._pool.match(texts, keys, seconds, files)
            scan = partial(self._patterns.scan, texts, keys, files=files, seconds=seconds)
            return await asyncio.wait_for(asyncio.to_thread(scan), seconds)
        except TimeoutError:
            reason = "deadline"
        except Unscannable as fault:
            reason = str(fault)
        finally:
            budget.left = max(0.0, budget.left - (time.monotonic() - began))
        return [Verdict((), (Fault("detect:patterns", reason),))] * len(texts)

    def _passages(self, text: str) -> list[tuple[int, int]]:
        return [(0, len(text))] if self._recognizers else passages(text)

    async def _read_names(
        self, texts: list[str], keys: list[str | None]
    ) -> tuple[list[tuple[Hit, ...]], tuple[Fault, ...]]:
        assert self._pool is not None  # noqa: S101  _names implies a pool
        places = [(n, start, end) for n, text in enumerate(texts) for start, end in self._passages(text)]
        if not places:
            return [()] * len(texts), ()
        parts = [texts[n][start:end] for n, start, end in places]
        # The deadline is for what a prompt usually holds; a whole book gets longer.
        seconds = self._deadline * max(1.0, sum(map(len, parts)) / NAMES_AT_A_TIME)
        try:
            named = await self._pool.names(parts, [keys[n] for n, _, _ in places], seconds)
        except Unscannable as fault:
            return [], (Fault("detect:names", str(fault)),)
        hits: list[list[Hit]] = [[] for _ in texts]
        for (n, start, _), found in zip(places, named, strict=True):
            hits[n] += [hit.moved(hit.start + start, hit.end + start) for hit in found]
        return [tuple(each) for each in hits], ()


@dataclass(slots=True)
class _Budget:
    """Seconds that are left for the patterns of one exchange, in all of its batches; each has one deadline at most."""

    left: float


def open_engine(
    rules: Sequence[Rule],
    *,
    fingerprint_key: bytes,
    cache_key: bytes,
    ner: str = "builtin",
    languages: Sequence[str] = LANGUAGES,
    deadline: float = 2.0,
    workers: int | None = None,
    catalog: Catalog | None = None,
    recognizers: Sequence[str] = (),
) -> Engine:
    """An engine with worker processes of its own, started as texts need them; `deadline` in seconds."""
    opened = open_catalog(catalog, Fingerprinter(fingerprint_key))
    return Engine(
        rules,
        fingerprint_key=fingerprint_key,
        cache_key=cache_key,
        ner=ner,
        languages=languages,
        deadline_ms=round(deadline * 1000),
        pool=Pool(
            rules,
            fingerprint_key=fingerprint_key,
            ner=ner,
            workers=workers,
            catalog=catalog,
            recognizers=recognizers,
            languages=languages,
            known=[source.revision for source in opened],
        ),
        catalog=opened,
        recognizers=recognizers,
    )
