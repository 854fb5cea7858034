"""Values of one record over all texts of a prompt, through an engine: cached, by a worker, in a structural string."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from hushgate.detect.beside import together
from hushgate.detect.engine import INLINE, Engine
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.detect.sighting import NOTHING, Records, Seen, Sighting
from hushgate.detect.sources import Catalog
from hushgate.turns import MANY
from hushgate.values import Direction, Embedded, Fault, Kind, Level, Location, Role, Scan, Segment
from tests.known_cases import KEY, RECORDS, catalog_of, engine_of

NAME, ACCOUNT, BORN = "of Maria van den Berg", "ZK 4711 0815", "17 May 1980"
HIGH, MIDDLE, LOW = Level.REGULATED, Level.CONFIDENTIAL, Level.INTERNAL


def at(n: int, text: str, kind: Kind = Kind.TEXT) -> Segment:
    return Segment(Location(path=("messages", n, "content")), Direction.REQUEST, Role.USER, kind, text)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return catalog_of(tmp_path_factory.mktemp("known"))


@pytest.fixture
def engine(catalog: Catalog) -> Engine:
    return engine_of(catalog)


def scanned(engine: Engine, *segments: Segment) -> Scan:
    return asyncio.run(engine.scan(segments, scope="alice"))


def levels(scan: Scan) -> list[tuple[object, str, Level]]:
    assert scan.faults == ()
    return [(finding.location.path[1], finding.entity, finding.level) for finding in scan.findings]


def test_the_level_of_a_text_depends_on_the_others_and_is_not_cached_with_it(engine: Engine) -> None:
    alone, both = [(0, "PERSON", MIDDLE)], [(0, "PERSON", HIGH), (2, "ACCOUNT", HIGH)]
    for _ in range(2):
        assert levels(scanned(engine, at(0, NAME))) == alone
        assert levels(scanned(engine, at(0, ACCOUNT))) == [(0, "ACCOUNT", LOW)]
        assert levels(scanned(engine, at(0, NAME), at(1, "hello"), at(2, ACCOUNT))) == both
    assert levels(scanned(engine, at(0, NAME), at(1, "ZK-47110816"))) == [(0, "PERSON", MIDDLE), (1, "ACCOUNT", LOW)]


def test_what_counts_in_company_alone_is_found_in_company_alone(engine: Engine) -> None:
    for _ in range(2):
        assert levels(scanned(engine, at(0, BORN), at(1, ACCOUNT))) == [(1, "ACCOUNT", LOW)]
        assert levels(scanned(engine, at(0, BORN), at(1, NAME))) == [(0, "BORN", HIGH), (1, "PERSON", HIGH)]
    (finding, _) = scanned(engine, at(0, f"on {BORN}"), at(1, NAME)).findings
    assert (finding.start, finding.end, finding.rule_id) == (3, 14, "catalog-together")
    assert str(finding.origin) == "customers.csv.born (values), beside name of the same record"


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        ("WksgNDcxMSAwODE1IGlzIGhlciBhY2NvdW50", "base64"),
        ("account%20ZK%2D47110815%20is%20hers", "percent"),
        ("a\\nZK-47110815\\n", "escape"),
    ],
)
def test_a_value_in_an_encoding_is_company(engine: Engine, text: str, layer: str) -> None:
    scan = scanned(engine, at(0, NAME), at(1, text))
    assert levels(scan) == [(0, "PERSON", HIGH), (1, "ACCOUNT", HIGH)]
    assert scan.findings[1].layer in {layer, ""}


def test_a_structural_string_is_company(engine: Engine) -> None:
    ident = at(1, "ZK-47110815", Kind.OPAQUE)
    assert levels(scanned(engine, ident)) == []
    assert levels(scanned(engine, at(0, NAME), ident)) == [(0, "PERSON", HIGH), (1, "ACCOUNT", HIGH)]
    assert levels(scanned(engine, at(0, "of José Núñez"), ident)) == [(0, "PERSON", MIDDLE)]


def test_a_document_is_company(engine: Engine) -> None:
    location = Location(path=("messages", 1, "data", Embedded.DOCUMENT, "page 1"))
    page = Segment(location, Direction.REQUEST, Role.USER, Kind.ATTACHMENT, f"Statement of {ACCOUNT}", file="a.pdf")
    assert levels(scanned(engine, at(0, NAME), page)) == [(0, "PERSON", HIGH), (1, "ACCOUNT", HIGH)]


@pytest.mark.parametrize("first", [True, False])
def test_what_a_worker_has_read_is_company_for_what_is_read_here(catalog: Catalog, *, first: bool) -> None:
    engine = engine_of(catalog, workers=True)
    large, small = at(0, f"{NAME} {'a word ' * (INLINE // 6)}"), at(1, ACCOUNT)
    expected = [(0, "PERSON", HIGH), (1, "ACCOUNT", HIGH)]

    async def work() -> None:
        engine.start()
        try:
            for one in (large, small) if first else (small, large):
                await engine.scan([one], scope="alice")
            assert levels(await engine.scan([large, small], scope="alice")) == expected
            assert levels(await engine.scan([large, at(1, "x"), small], scope="bob")) == [
                (0, "PERSON", HIGH), (1, "ACCOUNT", HIGH)
            ]  # fmt: skip
        finally:
            await engine.close()

    asyncio.run(work())


def test_a_worker_that_has_opened_another_file_is_a_fault(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path)
    engine = engine_of(catalog, workers=True)
    catalog_of(tmp_path, RECORDS[::-1])

    async def work() -> Scan:
        engine.start()
        try:
            return await engine.scan([at(0, f"{NAME} {'a word ' * (INLINE // 6)}")], scope="alice")
        finally:
            await engine.close()

    assert asyncio.run(work()).faults == (Fault("detect:together", "a file of the catalog has changed meanwhile"),)


def test_many_sightings_are_joined_beside_the_loop(engine: Engine) -> None:
    scan = scanned(engine, at(0, f"{NAME}; " * (MANY + 1)), at(1, ACCOUNT))
    assert {(entity, level) for _, entity, level in levels(scan)} == {("PERSON", HIGH), ("ACCOUNT", HIGH)}


def test_a_number_of_few_digits_is_company_too(tmp_path: Path) -> None:
    engine = engine_of(catalog_of(tmp_path, [("Maria van den Berg", "551204", "1980-05-17")]))

    def number(text: str) -> Segment:
        return Segment(Location(path=("arguments", 7)), Direction.REQUEST, Role.USER, Kind.TOOL_ARGS, text, number=True)

    assert levels(scanned(engine, number("551204"), number("551205"), number("4"))) == [(7, "ACCOUNT", LOW)]
    for _ in range(2):
        assert levels(scanned(engine, at(0, NAME), number("551204"))) == [(0, "PERSON", HIGH), (7, "ACCOUNT", HIGH)]
    assert levels(scanned(engine, *map(number, map(str, range(551000, 553000))))) == [(7, "ACCOUNT", LOW)]


class _Broken:
    def look(self, texts: Sequence[str]) -> list[Seen]:
        return []

    def company(self) -> None:
        raise ZeroDivisionError


def test_a_fault_while_joining_is_one() -> None:
    seen = {0: Seen((), (Sighting(0, 1, "", "f", "salt", (0, 1)),))}
    told, faults = asyncio.run(together(cast("Records", _Broken()), seen))
    assert (told, faults) == (seen, (Fault("detect:together", "it failed with ZeroDivisionError"),))


def test_without_sightings_nothing_is_asked() -> None:
    nothing = {0: NOTHING}
    for records in (None, cast("Records", _Broken())):
        assert asyncio.run(together(records, nothing)) == (nothing, ())


def test_a_stream_is_company_for_itself(engine: Engine) -> None:
    opened = engine.streams()
    text, arguments, other = opened(), opened(), engine.streams()()
    told = [(hit.entity, hit.level) for hit in text.feed(f"{NAME} was here. ").hits]
    assert told == [("PERSON", MIDDLE)]
    assert [(hit.entity, hit.level) for hit in arguments.feed("ZK-47110815 is it. ").hits] == [("ACCOUNT", HIGH)]
    assert [(hit.entity, hit.level) for hit in text.feed(f"{NAME} and {BORN} was. ").hits] == [
        ("PERSON", HIGH), ("BORN", HIGH)
    ]  # fmt: skip
    assert [(hit.entity, hit.level) for hit in other.feed("ZK-47110815 is it. ").hits] == [("ACCOUNT", LOW)]


def test_what_goes_on_behind_a_piece_is_not_yet_company(engine: Engine) -> None:
    text = engine.stream()
    assert not text.feed("see ZK-47110815").hits
    assert [(hit.entity, hit.level) for hit in text.feed(f"99 {NAME} ").hits] == [("PERSON", MIDDLE)]


def test_what_is_kept_of_a_text_says_nothing_of_it(engine: Engine) -> None:
    scanned(engine, at(0, NAME))
    (seen,) = engine._cache._entries.values()
    assert "Berg" not in repr(seen) and seen.sightings[0].fingerprint == Fingerprinter(KEY)("Maria van den Berg")
