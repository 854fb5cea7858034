"""Values of records in texts: found however they are written, and told with their column."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from hushgate.detect import known_values
from hushgate.detect.beside import together
from hushgate.detect.hit import Hit
from hushgate.detect.known_import import Asked, Column, Together, import_values
from hushgate.detect.known_values import KnownValues
from hushgate.detect.merge import merged
from hushgate.errors import ConfigError, Unscannable
from hushgate.values import Fault, Level, Origin

KEY = b"k" * 32
HIGH, MIDDLE, LOW = Level.REGULATED, Level.CONFIDENTIAL, Level.INTERNAL
COLUMNS = (
    Column("name", "PERSON", MIDDLE, True),
    Column("account", "ACCOUNT", LOW, True),
    Column("iban", "IBAN_CODE", MIDDLE, True),
    Column("phone", "PHONE_NUMBER", MIDDLE, True),
    Column("street", "ADDRESS", MIDDLE, True),
    Column("born", "BORN", LOW, False),
)
RECORDS = [
    ("Maria van den Berg", "4711 0815 99", "DE89 3704 0044 0532 0130 00", "+49 30 1234567", "Seeweg 12a", "1980-05-07"),
    ("José Núñez", "ACME-12345", "GB29 NWBK 6016 1331 9268 19", "+44 20 7946 0958", "7 Medlar Close", "1971-01-22"),
    ("Йова Стоянова", "7712345678", None, None, None, "1971-01-22"),
    ("Will Young", "will.young7@mail.example", None, None, "12 Long Way", None),
]  # fmt: skip
TOGETHER = (Together((0, 1), HIGH), Together((0, 5), HIGH))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> KnownValues:
    place = tmp_path_factory.mktemp("values") / "customers.values"
    import_values(RECORDS, Asked("customers.csv", COLUMNS, TOGETHER, owner="sales"), KEY, place)
    return KnownValues([place], KEY, lambda value: f"print of {len(value)}")


def found(known: KnownValues, text: str, before: Sequence[str] = ()) -> list[tuple[str, str, Level]]:
    hits = judged(known, *before, text)[-1]
    return sorted((text[hit.start : hit.end], hit.entity, hit.level) for hit in hits)


def judged(known: KnownValues, *texts: str) -> list[tuple[Hit, ...]]:
    """The hits of each of a prompt's texts."""
    told, faults = asyncio.run(together(known, dict(enumerate(known.look(texts)))))
    assert not faults
    return [merged(told[n].hits) for n in range(len(texts))]


@pytest.mark.parametrize(
    "text",
    [
        "maria van den berg",
        "MARIA VAN DEN BERG",
        "Maria  van-den Berg",
        "Maria, van den Berg",
        "maria_van_den_berg",
        "471108 1599",
        "4711-0815-99",
        "4711081599",
        "de89370400440532013000",
        "DE89-3704-0044-0532-0130-00",
        "030 1234567",
        "49 (0) 30 12 34 567",
        "004930/1234567",
        "seeweg 12 A",
        "Seeweg, 12a",
        "jose nunez",
        "JOSÉ NÚÑEZ",
        "Jose\u0301 Nun\u0303ez",
        "acme 12345",
        "acme12345",
        "Núñez, José",
        "NUNEZ JOSE",
        "van den Berg, Maria",
        "Berg, Maria van den",
        "Maria van\nden Berg",
        "Maria van den\r\n> Berg",
        'Maria", "van den Berg',
        "Maria** **van den Berg",
        "СТОЯНОВА, ЙОВА",
        "José P. Núñez",
        "JOSE P NUNEZ",
        "Núñez, P. José",
        "Йова Б. Стоянова",
        "GB29NWBK60161331926819",
        "7 Medlar Close",
        "йова стоянова",
        "ЙОВА СТОЯНОВА",
        "Will Young",
        "WILL YOUNG",
        "Will_Young",
        "will.young7@mail.example",
        "Will.Young7@MAIL.example",
        "12 Long Way",
        "4711\u00a00815\u00a099",
    ],
)
def test_a_value_is_found_however_it_is_written(known: KnownValues, text: str) -> None:
    for around in ("{}", "see {}.", "({})", "é {} ü", "a\n{}\nb", "„{}“ x"):
        whole = around.format(text)
        assert [span for span, _, _ in found(known, whole)] == [text], whole
        assert [span for span, _, _ in found(known, whole, before=["Ünal 1", ""])] == [text], whole


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("SSN4711081599", ["4711081599"]),
        ("7712345678EUR", ["7712345678"]),
        ("jose.nunez@mail.example", ["jose.nunez"]),
        ("\n\nJosé\nNúñez,\nMaria van den\nBerg\n", ["José\nNúñez", "Maria van den\nBerg"]),
    ],
)
def test_where_a_value_stands(known: KnownValues, text: str, spans: list[str]) -> None:
    assert [span for span, _, _ in found(known, text)] == spans


@pytest.mark.parametrize(
    "text",
    [
        "Maria Berg",
        "Maria den van Berg",
        "Maria van den Bergen",
        "Maria | | | | van den Berg",
        "Maria van\n\nden Berg",
        "Maria van\n ---- den Berg",
        "ACME\n\n12345",
        "Will\nYoung",
        "José 7 Núñez",
        "José P ---- Núñez",
        "José P. T. Núñez",
        "José P. Núñez7",
        "acme p 12345",
        "14711081599",
        "47110815990",
        "x4711081599x",
        "x7712345678é",
        "xacme12345",
        "4711 0815 98",
        "4711\n081599",
        "born 7 May 1980",
        "van den berg",
        "nunez",
        "will young people",
        "Will young",
        "HeWill Young",
        "Will Youngé",
        "13 Long Way",
        "will.young@mail.example",
        "will.young7@ mail.example",
        "",
    ],
)
def test_what_is_only_like_one_is_not(known: KnownValues, text: str) -> None:
    assert found(known, text) == []


def test_a_hit_says_what_it_is_known_from(known: KnownValues) -> None:
    (hit,) = known.find(["ask José Núñez"], None)[0]
    assert hit.origin == Origin("values", "customers.csv", "name", "sales")
    assert (hit.category, hit.score, hit.rule_id, hit.fingerprint) == ("pii", 1.0, "catalog-values", "print of 10")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Maria van den Berg", {"PERSON": MIDDLE}),
        ("acct 4711081599", {"ACCOUNT": LOW}),
        ("4711081599 of Maria van den Berg", {"PERSON": HIGH, "ACCOUNT": HIGH}),
        ("ACME-12345 of Maria van den Berg", {"PERSON": MIDDLE, "ACCOUNT": LOW}),
        ("7.5.1980", {}),
        ("Maria van den Berg, 07/05/1980", {"PERSON": HIGH, "BORN": HIGH}),
        ("Maria van den Berg, May 7, 1980", {"PERSON": HIGH, "BORN": HIGH}),
        ("Maria van den Berg, 22.1.1971", {"PERSON": MIDDLE}),
        ("José Núñez, 22.1.1971", {"PERSON": HIGH, "BORN": HIGH}),
    ],
)
def test_values_of_one_record_say_more_together(known: KnownValues, text: str, told: dict[str, Level]) -> None:
    assert {entity: level for _, entity, level in found(known, text)} == told


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["Maria van den Berg", "4711081599"], [{"PERSON": HIGH}, {"ACCOUNT": HIGH}]),
        (["4711081599", "nothing", "MARIA VAN DEN BERG"], [{"ACCOUNT": HIGH}, {}, {"PERSON": HIGH}]),
        (["Maria van den Berg", "ACME-12345"], [{"PERSON": MIDDLE}, {"ACCOUNT": LOW}]),
        (["Maria van den Berg, José Núñez", "acme 12345"], [{"PERSON": HIGH}, {"ACCOUNT": HIGH}]),
        (["born 7 May 1980", "4711081599"], [{}, {"ACCOUNT": LOW}]),
        (
            ["born 7 May 1980", "4711081599", "Maria van den Berg"],
            [{"BORN": HIGH}, {"ACCOUNT": HIGH}, {"PERSON": HIGH}],
        ),
        (["22.1.1971", "Maria van den Berg"], [{}, {"PERSON": MIDDLE}]),
        (["Maria van den", "Berg 4711081599"], [{}, {"ACCOUNT": LOW}]),
    ],
)
def test_values_of_one_record_say_more_in_several_texts(
    known: KnownValues, texts: list[str], told: list[dict[str, Level]]
) -> None:
    assert [{hit.entity: hit.level for hit in hits} for hits in judged(known, *texts)] == told


def test_a_value_beside_others_says_so(known: KnownValues) -> None:
    (name,), (account,) = judged(known, "ask Maria van den Berg", "4711081599")
    assert (name.rule_id, account.rule_id) == ("catalog-together", "catalog-together")
    assert str(name.origin) == "customers.csv.name (values, sales), beside account of the same record"
    assert (name.start, name.end, name.fingerprint, name.score) == (4, 22, "print of 18", 1.0)
    (alone,) = judged(known, "ask Maria van den Berg")[0]
    assert (alone.rule_id, alone.origin) == ("catalog-values", Origin("values", "customers.csv", "name", "sales"))


def test_what_counts_in_company_alone_is_no_hit_but_a_sighting(known: KnownValues) -> None:
    (seen,) = known.look(["born on 7 May 1980"])
    assert seen.hits == ()
    assert [(one.start, one.end) for one in seen.sightings] == [(8, 18)]
    assert known.find(["born on 7 May 1980"], None) == [()]
    assert known.look(["Seeweg 12a"])[0].sightings == (), "no column of any company"


def test_a_value_in_an_everyday_file_has_no_sightings(tmp_path: Path) -> None:
    import_values(RECORDS, Asked("a", COLUMNS), KEY, tmp_path / "a.values")
    known = KnownValues([tmp_path / "a.values"], KEY, str)
    assert [seen.sightings for seen in known.look(["Maria van den Berg 4711081599"])] == [()]


def test_sightings_of_another_file_are_a_fault(known: KnownValues, tmp_path: Path) -> None:
    import_values(RECORDS, Asked("customers.csv", COLUMNS, TOGETHER), KEY, tmp_path / "a.values")
    other = KnownValues([tmp_path / "a.values"], KEY, str)
    seen = dict(enumerate(other.look(["Maria van den Berg"])))
    told, faults = asyncio.run(together(known, seen))
    assert told == seen
    assert faults == (Fault("detect:together", "a file of the catalog has changed meanwhile"),)


def test_records_of_two_files_are_not_one(tmp_path: Path) -> None:
    columns, name, account = COLUMNS[:2], [("Medlar Quince", "4711081599")], [("Medlar Quince", "4711081600")]
    for place, records in (("a", name), ("b", account)):
        import_values(records, Asked(place, columns, (Together((0, 1), HIGH),)), KEY, tmp_path / f"{place}.values")
    known = KnownValues([tmp_path / "a.values", tmp_path / "b.values"], KEY, str)
    for texts, of in ((["medlar quince", "4711081599"], "a"), (["4711081600", "medlar quince"], "b")):
        origins = {str(hit.origin).split(" ")[0] for hits in judged(known, *texts) for hit in hits}
        assert origins == {f"{of}.name", f"{of}.account"}
    assert {hit.level for hit in judged(known, "medlar quince")[0]} == {MIDDLE}


def test_a_value_is_found_at_any_place_of_a_long_text(known: KnownValues, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_values, "_BLOCK", 256)
    for at in range(180, 340, 3):
        for text in ("a1 " * 300, "x" * 900, "\n" * 900):
            whole = f"{text[:at]} Maria van den Berg {text[at:]}"
            assert [span for span, _, _ in found(known, whole)] == ["Maria van den Berg"]


def test_each_of_many_values_stands_where_it_is(known: KnownValues, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_values, "_BLOCK", 512)
    rows = [f"{n}\tJosé\nNúñez\t4711081599\r\n\nMaria van den Berg\n" for n in range(60)]
    told = found(known, "".join(rows))
    assert len(told) == 180 and {text for text, _, _ in told} == {"José\nNúñez", "4711081599", "Maria van den Berg"}
    starts = [hit.start for hit in judged(known, "".join(rows))[0]]
    assert starts == sorted(starts) and len(set(starts)) == 180


def test_a_part_of_a_long_word_is_none(known: KnownValues, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_values, "_BLOCK", 256)
    for size in range(370, 400):
        assert found(known, "x" * size + "7712345678x") == []
        assert found(known, "7712345678" + "0" * size) == []


def test_a_word_that_is_unknown_stays_so_when_asked_again(known: KnownValues) -> None:
    text = "nothing of quince and medlar is known here, nor of berg or jose"
    assert found(known, text) == found(known, text) == []
    assert found(known, text + " jose nunez") == [("jose nunez", "PERSON", MIDDLE)]


def test_all_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    place = tmp_path / "a.values"
    import_values([("Medlar",)], Asked("a", COLUMNS[:1]), KEY, place)
    with pytest.raises(ConfigError) as refused:
        KnownValues([place, place], b"j" * 32, str)
    assert [fault.message for fault in refused.value.faults] == ["was made with another key"] * 2


def test_a_value_of_two_files_is_told_of_both(tmp_path: Path) -> None:
    places = [tmp_path / f"{name}.values" for name in "ab"]
    for place in places:
        import_values([("Medlar",)], Asked(place.stem, COLUMNS[:1]), KEY, place)
    hits = KnownValues(places, KEY, str).find(["medlar"], None)[0]
    assert [str(hit.origin) for hit in hits] == ["a.name (values)", "b.name (values)"]


def test_signs_in_a_row_cost_little(known: KnownValues) -> None:
    text = "a@" * 8000 + " will.young7@mail.example " + "a@" * 100
    begun = time.thread_time()
    assert [span for span, _, _ in found(known, text)] == ["will.young7@mail.example"]
    assert time.thread_time() - begun < 1


def test_where_its_file_is_written_over_nothing_is_found_clean(tmp_path: Path) -> None:
    place = tmp_path / "customers.values"
    import_values(RECORDS, Asked("customers.csv", COLUMNS, TOGETHER), KEY, place)
    os.utime(place, ns=(1, 1))
    known = KnownValues([place], KEY, str)
    seen = dict(enumerate(known.look(["Maria van den Berg", "4711 0815 99"])))
    assert known.intact
    with place.open("r+b") as file:
        file.seek(4000)
        file.write(bytes(place.stat().st_size - 4000))
    assert not known.intact
    with pytest.raises(Unscannable, match="written over"):
        known.look(["nobody"])
    _, (fault,) = asyncio.run(together(known, seen))
    assert "written over" in fault.reason, "nor do values that were seen before come together"
