"""Stock Presidio on the same labelled personal data: run in a venv of its own, which has to hold it.

    python -m venv PEERS && PEERS/bin/pip install presidio-analyzer en_core_web_lg
    scripts/bench detect --peers PEERS --sample 200

Its analyzer runs as it comes, for English, with the largest spaCy pipeline that is installed there, or without one;
what scores 0.35 or more counts. hushgate runs on the same texts.
"""

from __future__ import annotations

import json
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.counts import Found, Row, entities, told_of
from bench.labelled import FAMILIES, Text
from bench.peers import answers

type Figures = dict[str, dict[str, Row]]
"""Of a set, by tool, by family of entities."""

_PROGRAM: Final = """
import json, logging, sys
logging.disable(logging.ERROR)
import spacy.util, tldextract
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider
tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
sizes = ("sm", "md", "lg", "trf")
known = [name for name in spacy.util.get_installed_models() if name.startswith("en_")]
known.sort(key=lambda name: max([n for n, size in enumerate(sizes) if size in name.split("_")], default=-1))
told = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": (known or [""])[-1]}]}
if not known:
    told = {"nlp_engine_name": "no_op", "models": [{"lang_code": "en", "model_name": "no_op"}]}
engine = AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=told).create_engine())
for row in sys.stdin:
    found = engine.analyze(json.loads(row), "en", score_threshold=0.35)
    print(json.dumps([[one.start, one.end, one.entity_type] for one in found]), flush=True)
"""
_INSTALLED: Final = """
import json, importlib.metadata as m
names = {d.name.lower().replace("_", "-"): d.version for d in m.distributions()}
print(json.dumps({name: version for name, version in names.items() if name.startswith(("presidio-an", "en-core-"))}))
"""


def version(venv: Path) -> str:
    """What is installed there: Presidio and its pipeline; empty where Presidio is not."""
    done = subprocess.run([venv / "bin" / "python", "-c", _INSTALLED], check=True, capture_output=True, text=True)
    known: dict[str, str] = json.loads(done.stdout)
    presidio = known.pop("presidio-analyzer", "")
    if not presidio:
        return ""
    pipelines = ", ".join(f"{name.replace('-', '_')} {number}" for name, number in known.items())
    return f"Presidio {presidio}, {pipelines or 'no pipeline'}"


def found(venv: Path, texts: Sequence[Text]) -> tuple[list[list[Found]], float]:
    """What Presidio finds in each text, and the seconds that takes."""
    told, seconds = answers(venv, "presidio-analyzer", _PROGRAM, [one.text for one in texts])
    return [[Found(*finding) for finding in each] for each in told], seconds


def sample(texts: Sequence[Text], size: int | None) -> list[Text]:
    """So many of the texts, drawn by chance, the same each time; all where there are not more."""
    if size is None or len(texts) <= size:
        return list(texts)
    return random.Random(size).sample(list(texts), size)


def measure(
    venv: Path,
    sets: Mapping[str, Sequence[Text]],
    clean: Sequence[Text],
    ours: Callable[[Sequence[Text]], list[list[Found]]],
) -> dict[str, Figures]:
    """Both tools' figures on each set, by family; of what is clean the findings per 100 KB."""
    if not (tool := version(venv)):
        return {}
    figures: dict[str, Figures] = {}
    for who, reads in ((tool, lambda texts: found(venv, texts)[0]), ("hushgate", ours)):
        for name, texts in sets.items():
            figures.setdefault(name, {})[who] = told_of(entities(texts, reads(texts)))
        size = sum(len(one.text) for one in clean) / (100 * 1024)
        counts = Counter(hit.entity for hits in reads(clean) for hit in hits) if clean else Counter()
        figures.setdefault("", {})[who] = {name: {"per 100 KB": counts[name] / size} for name in FAMILIES if size}
    return figures


def table(figures: Mapping[str, Figures]) -> list[str]:
    """Precision and recall of both for each set and family that has labels in it; then what clean texts have."""
    if not figures:
        return []
    tools = [*next(iter(figures.values()))]
    out = ["", f"| set | entity | labels | {' | '.join(f'{tool}: precision | recall' for tool in tools)} |"]
    out.append(f"| --- | --- | --- |{' --- | --- |' * len(tools)}")
    for name, told in figures.items():
        for entity in FAMILIES:
            each = [told[tool].get(entity, {}) for tool in tools]
            if name and any(row.get("labels") for row in each):
                cells = [_cell(row.get(key)) for row in each for key in ("precision", "recall")]
                out.append(f"| {name} | {entity} | {each[0].get('labels', '')} | {' | '.join(cells)} |")
    out += ["", f"| per 100 KB of clean texts | {' | '.join(tools)} |", f"| --- |{' --- |' * len(tools)}"]
    for entity in FAMILIES:
        cells = [_cell(figures[""][tool].get(entity, {}).get("per 100 KB")) for tool in tools]
        out.append(f"| {entity} | {' | '.join(cells)} |")
    return out


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
