"""Any bytes are a file of fingerprints, or told to be none; and what was imported is found, whatever it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.prose import Prose
from hushgate.detect.catalog_file import MAGIC
from hushgate.detect.document_prints import AskedOfDocuments, Read, import_documents
from hushgate.detect.known_documents import KnownDocuments
from hushgate.detect.known_import import Asked, Column, import_values
from hushgate.detect.known_plan import common_words, refusal
from hushgate.detect.known_values import KnownValues
from hushgate.errors import ConfigError
from hushgate.values import Level

KEY = b"k" * 32
SAID = Prose(3).text(400)
COLUMNS = (Column("a", "A", Level.INTERNAL, True), Column("b", "B", Level.INTERNAL, True))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    place = tmp_path_factory.mktemp("values") / "a.values"
    import_values([("Medlar Quince", "4711081599")], Asked("a", COLUMNS), KEY, place)
    return place.read_bytes()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "a.values"


def is_refused(place: Path, content: bytes) -> bool:
    place.write_bytes(content)
    try:
        KnownValues([place], KEY, str)
    except ConfigError as error:
        return all(fault.message and fault.hint for fault in error.faults)
    return False


@given(st.data())
def test_any_other_bytes_are_refused(whole: bytes, place: Path, data: st.DataObject) -> None:
    assert not is_refused(place, whole)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    changed = whole[:start] + data.draw(st.binary(max_size=24)) + whole[end:]
    if changed != whole:
        assert is_refused(place, changed)


@given(st.binary(max_size=80), st.integers(0, 200))
def test_what_only_begins_like_one_is_refused(place: Path, content: bytes, size: int) -> None:
    assert is_refused(place, content)
    assert is_refused(place, MAGIC + (1).to_bytes(4, "little") + size.to_bytes(4, "little") + content)


VALUES = st.from_regex(r"[A-Za-z0-9]{1,9}([ .@_-][A-Za-z0-9]{1,9}){0,4}", fullmatch=True)


@given(VALUES, VALUES, st.text(max_size=12))
def test_what_was_imported_is_found(place: Path, one: str, other: str, around: str) -> None:
    import_values([(one, other)], Asked("a", COLUMNS), KEY, place)
    source = KnownValues([place], KEY, str)
    for value in (one, other):
        text = f"{around} {value.upper()} {around}"
        spans = [text[hit.start : hit.end] for hit in source.find([text], None)[0]]
        if not refusal(value, common_words(), alone=True):
            assert value.upper() in spans


@given(st.text(max_size=40), st.text(max_size=80))
def test_any_text_can_be_looked_through(place: Path, value: str, text: str) -> None:
    import_values([(value, None)], Asked("a", COLUMNS), KEY, place)
    for hits, said in zip(KnownValues([place], KEY, str).find([text, value], None), (text, value), strict=True):
        assert all(0 <= hit.start < hit.end <= len(said) for hit in hits)


@given(st.binary(max_size=60), st.integers(0, 1 << 16))
def test_any_other_bytes_are_no_documents_either(place: Path, content: bytes, at: int) -> None:
    import_documents([Read("a", SAID)], AskedOfDocuments(Level.INTERNAL), KEY, place)
    whole = place.read_bytes()
    assert KnownDocuments([place], KEY, str).find([SAID], None)[0]
    changed = whole[: at % len(whole)] + content + whole[at % len(whole) + len(content) :]
    place.write_bytes(changed)
    if changed != whole:
        with pytest.raises(ConfigError):
            KnownDocuments([place], KEY, str)


@given(st.text(min_size=0, max_size=600), st.text(max_size=60))
def test_any_text_can_be_a_document_and_be_looked_through(place: Path, document: str, other: str) -> None:
    import_documents([Read("a", document), Read("", other)], AskedOfDocuments(Level.INTERNAL), KEY, place)
    for text in (document, other * 10, f"{other}\n{SAID}{document}"):
        for hit in KnownDocuments([place], KEY, str).find([text], None)[0]:
            assert 0 <= hit.start < hit.end <= len(text)
