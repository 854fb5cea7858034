from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

from hushgate.detect.sources import Catalog, open_catalog
from hushgate.detect.worker import LENGTH, hit_of, pack, serve, setup, verdict_of
from tests.detect_cases import FINGERPRINT, RULES, SSN


def _answers(*jobs: dict[str, object], ner: str = "off") -> list[dict[str, object]]:
    sink = io.BytesIO()
    source = io.BytesIO(b"".join(map(pack, [setup((*RULES, replace(SSN, id="ssn2")), b"k" * 32, ner), *jobs])))
    serve(source, sink)
    raw, answers = sink.getvalue(), []
    while raw:
        (size,) = LENGTH.unpack(raw[:4])
        answers.append(json.loads(raw[4 : 4 + size]))
        raw = raw[4 + size :]
    return answers


def test_a_job_is_answered_as_in_process() -> None:
    ready, answer = _answers({"do": "match", "texts": ["ada@acme.example", "ssn 123-45-6788"], "keys": [None, None]})
    assert ready == {"ready": True}
    mail, ssn = [verdict_of(raw) for raw in answer["verdicts"]]  # type: ignore[attr-defined]
    assert [(h.rule_id, h.fingerprint) for h in mail.hits] == [("email", FINGERPRINT("ada@acme.example"))]
    assert [h.entity for h in ssn.hits] == ["US_SSN"]


def test_a_job_that_fails_is_a_fault_without_its_text() -> None:
    _, answer, after = _answers(
        {"do": "match", "texts": 5, "keys": []}, {"do": "match", "texts": ["x"], "keys": [None]}
    )
    assert answer == {"fault": "TypeError"}
    assert "verdicts" in after


def test_the_end_of_the_source_ends_the_worker() -> None:
    sink = io.BytesIO()
    serve(io.BytesIO(b""), sink)
    assert sink.getvalue() == b""


def test_a_hit_survives_the_pipe() -> None:
    _, answer = _answers({"do": "match", "texts": ["ada@acme.example"], "keys": [None]})
    (raw,) = answer["verdicts"][0]["hits"]  # type: ignore[index]
    assert hit_of(raw).start == 0 and hit_of(raw).end == 16


def test_a_catalog_that_is_not_the_gates_is_none(tmp_path: Path) -> None:
    file = tmp_path / "columns.yaml"
    file.write_text(
        "version: 1\nkind: columns\nclasses: {c: {level: confidential, category: pii}}\n"
        "assets: [{asset: a.b, source: dbt, owner: o, columns: {segment_code: c}}]\n"
    )
    catalog = Catalog((file,))
    (source,) = open_catalog(catalog, FINGERPRINT)

    def answer(known: list[str]) -> str:
        sink = io.BytesIO()
        serve(io.BytesIO(pack(setup(tuple(RULES), b"k" * 32, "off", catalog, known=known))), sink)
        return sink.getvalue()[4:].decode()

    assert json.loads(answer([source.revision])) == {"ready": True}
    file.write_text(file.read_text().replace("segment_code", "segment_name"))
    assert "is not the one in force" in answer([source.revision])
    assert str(file) not in answer([source.revision])
