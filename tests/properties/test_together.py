"""However values of records are spread over the texts of a prompt, and whatever of it was seen before: the same levels
as in one text."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushgate.detect.beside import together
from hushgate.detect.engine import Engine
from hushgate.detect.known_import import Asked, Column, Together, import_values
from hushgate.detect.known_values import KnownValues
from hushgate.detect.sources import Catalog
from hushgate.values import Direction, Kind, Level, Location, Role, Segment
from tests.known_cases import KEY, catalog_of, engine_of

SPELT = [
    "Maria van den Berg", "MARIA VAN-DEN BERG", "José Núñez", "jose nunez", "ZK-47110815", "zk 4711 0815",
    "ZK-47110816", "ZK-47110817", "1980-05-17", "17 May 1980", "2.1.1971", "January 2, 1971", "4711", "5.5.1980",
]  # fmt: skip
AROUND = ["see {}.", "({})", "a\n{}\nb", "{}", '{{"a": "{}"}}', "of {}, it is said, and of nobody else"]
mentions = st.lists(st.tuples(st.sampled_from(SPELT), st.sampled_from(AROUND)), max_size=8)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return catalog_of(tmp_path_factory.mktemp("known"))


def told(engine: Engine, texts: list[str]) -> list[tuple[str, str, Level, str]]:
    segments = [
        Segment(Location(path=("messages", n)), Direction.REQUEST, Role.USER, Kind.TEXT, text)
        for n, text in enumerate(texts)
    ]
    scan = asyncio.run(engine.scan(segments, scope="alice"))
    assert scan.faults == ()
    return sorted(
        (texts[int(str(f.location.path[1]))][f.start : f.end], f.entity, f.level, f.rule_id) for f in scan.findings
    )


@given(mentions, st.data())
def test_however_a_prompt_is_cut_its_values_have_the_levels_of_one_text(
    catalog: Catalog, said: list[tuple[str, str]], data: st.DataObject
) -> None:
    pieces = [around.format(value) for value, around in said]
    whole = told(engine_of(catalog), ["\n\n".join(pieces)])
    ordered = data.draw(st.permutations(pieces))
    ends = sorted(data.draw(st.lists(st.integers(0, len(pieces)), max_size=4)))
    cut = ["\n\n".join(ordered[a:b]) for a, b in zip([0, *ends], [*ends, len(ordered)], strict=True)]
    engine = engine_of(catalog)
    for before in data.draw(st.lists(st.lists(st.sampled_from(cut), max_size=3), max_size=3)):
        told(engine, before)
    assert told(engine, cut) == whole


NAMES = ("zmedlar", "zquince", "zhazel", "zrowan", "zalder")
COLUMNS = tuple(Column(name, name.upper(), Level.INTERNAL, True) for name in ("one", "two", "three"))
GROUPS = [(0, 1), (1, 2), (0, 2), (0, 1, 2)]
records = st.lists(st.tuples(*[st.sampled_from([*NAMES, None])] * 3), min_size=1, max_size=5)


@given(records, st.sets(st.sampled_from(GROUPS), min_size=1), st.lists(st.sampled_from(NAMES), max_size=4))
def test_a_value_is_raised_where_another_one_of_its_record_is_there(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str | None, ...]],
    groups: set[tuple[int, ...]],
    texts: list[str],
) -> None:
    place = tmp_path_factory.getbasetemp() / "any.values"
    asked = Asked("any", COLUMNS, tuple(Together(group, Level.REGULATED) for group in groups))
    import_values(rows, asked, KEY, place)
    known = KnownValues([place], KEY, str)
    seen, faults = asyncio.run(together(known, dict(enumerate(known.look(texts)))))
    assert faults == ()
    told = {(text, hit.entity) for n, text in enumerate(texts) for hit in seen[n].hits if hit.level is Level.REGULATED}
    there = [
        (row, group)
        for row in rows
        for group in groups
        if {row[c] for c in group} <= set(texts) and len({row[c] for c in group}) > 1
    ]
    # Of several columns that have one value in a text, one hit stands for all.
    expected = {(row[c], COLUMNS[c].entity) for row, group in there for c in group}
    assert {text for text, _ in told} == {text for text, _ in expected}
    assert told <= expected
