from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest

from hushgate.detect.engine import BATCH, INLINE, Engine, open_engine
from hushgate.detect.hit import Hit
from hushgate.detect.patterns import Patterns, Verdict
from hushgate.detect.pool import Pool
from hushgate.detect.rules import Rule
from hushgate.errors import Unscannable
from hushgate.files import ATTRIBUTES, BESIDE
from hushgate.turns import Turns
from hushgate.values import Direction, Embedded, Fault, Kind, Location, Role, Scan, Segment
from tests.detect_cases import FAKE_KEY, PASSWORD, RULES, rule


def _segment(text: str, key: str = "content", kind: Kind = Kind.TEXT, *, is_key: bool = False) -> Segment:
    return Segment(Location(path=("messages", 0, key), is_key=is_key), Direction.REQUEST, Role.USER, kind, text)


def _engine(*rules: Rule, pool: Pool | None = None, deadline_ms: int = 2000) -> Engine:
    made = rules or RULES
    return Engine(made, fingerprint_key=b"k" * 32, cache_key=b"c" * 32, pool=pool, deadline_ms=deadline_ms)


def _scan(engine: Engine, *segments: Segment, scope: str = "alice") -> Scan:
    return asyncio.run(engine.scan(segments, scope=scope))


def test_findings_stand_in_segment_order_with_their_places() -> None:
    one, two = _segment("a ada@acme.example b bob@acme.example"), _segment(FAKE_KEY)
    scan = _scan(_engine(), two, one)
    assert scan.faults == ()
    assert [(f.location, f.start, f.end, f.rule_id) for f in scan.findings] == [
        (two.location, 0, 25, "acme-key"),
        (one.location, 2, 18, "email"),
        (one.location, 21, 37, "email"),
    ]


def test_a_scan_from_the_cache_is_the_same() -> None:
    engine = _engine()
    segments = [_segment("ada@acme.example"), _segment("ada@acme.example"), _segment(""), _segment("x")]
    first = _scan(engine, *segments)
    assert len(first.findings) == 2
    assert _scan(engine, *segments) == first
    assert len(engine._cache) == 2


def test_a_fault_is_not_cached_and_not_clean() -> None:
    engine = _engine(rule("x", "X", "abc", validate=("ip",)))
    broken = engine._patterns._recognizers._rules[0]
    object.__setattr__(broken, "checks", (lambda value: 1 / 0,))
    for _ in range(2):
        scan = _scan(engine, _segment("abc"))
        assert [(f.where, f.reason) for f in scan.faults] == [("detect:x", "ZeroDivisionError")]
    with pytest.raises(Unscannable, match="detect:x"):
        engine.scan_now("abc")


def test_an_opaque_string_holds_only_what_is_sure() -> None:
    text = f"{FAKE_KEY} ada@acme.example badge AB-123456 password is hunter2hunter2"
    scan = _scan(_engine(), _segment(text, kind=Kind.OPAQUE))
    assert [f.rule_id for f in scan.findings] == ["acme-key", "email"]


def test_the_key_is_context_but_a_key_itself_has_none() -> None:
    assert [f.rule_id for f in _scan(_engine(PASSWORD), _segment("hunter2hunter2", "password")).findings] == [
        "password-said"
    ]
    assert not _scan(_engine(PASSWORD), _segment("hunter2hunter2", "password", is_key=True)).findings


def test_a_large_text_is_scanned_off_the_loop_too() -> None:
    scan = _scan(_engine(), _segment("word " * INLINE + FAKE_KEY))
    assert [f.rule_id for f in scan.findings] == ["acme-key"]


def test_the_revision_follows_rules_and_settings() -> None:
    assert _engine().revision == _engine().revision
    assert _engine().revision != _engine(PASSWORD).revision


def test_fingerprints_are_of_the_normal_form() -> None:
    engine = _engine()
    (finding,) = _scan(engine, _segment("4111 1111 1111 1111")).findings
    assert finding.fingerprint == engine.fingerprint("4111-1111-1111-1111")


async def test_warming_leaves_nothing_behind() -> None:
    engine = _engine()
    await engine.warm()
    assert len(engine._cache) == 0
    scan = await engine.scan([_segment(FAKE_KEY)], scope="alice")
    assert [f.entity for f in scan.findings] == ["API_KEY"]


async def test_names_and_large_texts_come_from_workers_and_a_stuck_one_is_a_fault() -> None:
    engine = open_engine(RULES, fingerprint_key=b"k" * 32, cache_key=b"c" * 32, deadline=60, workers=1)
    engine.start()
    try:
        named = _segment("Hello, my name is Karen Delgado. Mail ada@acme.example")
        scan = await engine.scan([named, _segment("word " * INLINE + FAKE_KEY)], scope="a")
        assert (scan.faults, [f.entity for f in scan.findings]) == ((), ["PERSON", "EMAIL_ADDRESS", "API_KEY"])
        engine._deadline = 0.3
        assert engine._pool is not None
        (pid,) = engine._pool.pids
        os.kill(pid, signal.SIGSTOP)
        assert await engine.scan([named], scope="a") == Scan(scan.findings[:2])  # known: no worker needed
        scan = await engine.scan([_segment("Dear Mr. Miller, ada@acme.example")], scope="a")
        assert [(f.where, f.reason) for f in scan.faults] == [("detect:names", "deadline")]
    finally:
        await engine.close()


def test_importing_the_engine_loads_neither_spacy_nor_presidio() -> None:
    code = (
        "import sys, hushgate.detect.engine; print(*{'spacy', 'presidio_analyzer', 'phonenumbers'} & set(sys.modules))"
    )
    env = {**os.environ, "PYTHONPATH": "addon"}
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout == "\n"
    )


async def test_many_texts_are_matched_in_batches_and_the_loop_is_shared_between_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = _engine()
    sizes: list[int] = []
    shared: list[int] = []
    whole = engine._patterns.scan

    def scan(texts: Sequence[str], keys: Sequence[str | None] | None = None) -> list[Verdict]:
        sizes.append(len(texts))
        return whole(texts, keys)

    async def share(_: Turns) -> None:
        shared.append(len(sizes))

    monkeypatch.setattr(Patterns, "scan", lambda _, texts, keys=None, **more: scan(texts, keys))
    monkeypatch.setattr(Turns, "share", share)
    segments = [_segment(f"ada{n}@acme.example") for n in range(BATCH * 2 + 1)]
    found = await engine.scan(segments, scope="alice")
    assert [(f.start, f.end) for f in found.findings] == [(0, len(s.text)) for s in segments]
    assert sizes == [BATCH, BATCH, 1]
    assert {1, 2, 3} <= set(shared)


async def test_a_fault_in_one_batch_ends_the_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = _engine()
    calls: list[int] = []

    def scan(texts: Sequence[str], keys: Sequence[str | None] | None = None) -> list[Verdict]:
        calls.append(len(texts))
        return [Verdict((), (Fault("detect:x", "broken"),))] * len(texts)

    monkeypatch.setattr(Patterns, "scan", lambda _, texts, keys=None, **more: scan(texts, keys))
    found = await engine.scan([_segment(f"t{n}") for n in range(BATCH * 3)], scope="alice")
    assert found == Scan((), (Fault("detect:x", "broken"),))
    assert calls == [BATCH]


async def test_a_formats_own_words_are_not_read_for_names(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def names(texts: list[str], keys: list[str | None], seconds: float) -> list[tuple[Hit, ...]]:
        asked.extend(texts)
        return [()] * len(texts)

    pool = Pool(RULES, fingerprint_key=b"k" * 32)
    monkeypatch.setattr(pool, "names", names)
    said = _segment("Light Shading Accent and Mara Lindqvist")
    styles = replace(said, location=Location(path=(0, Embedded.DOCUMENT, 11, ATTRIBUTES, BESIDE)))
    await _engine(pool=pool).scan([styles], scope="alice")
    assert asked == []
    await _engine(pool=pool).scan([said], scope="alice")
    assert asked == [said.text]
