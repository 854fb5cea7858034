"""What detection finds, what it takes for something, and how fast it is.

Quality is that of `hushgate scan --jsonl-in`, overlaps counted, on a folder of labelled texts where there is one, and
on the examples of the built-in rules always. Speed is that of one thread, on text that no cache has seen.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench import labelled, peers, stock
from bench.counts import Found, entities, told_of
from bench.labelled import Text
from bench.prose import Prose
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.detect.nlp import Names
from hushgate.detect.patterns import Patterns
from hushgate.detect.rules import load_rules
from hushgate.rulebook import BUILTIN, sources

MB: Final = 1 << 20
FOLDERS: Final = (Path("../shared/data"),)
CODE: Final = frozenset({"code_py", "code_c", "code_js", "packages", "logs", "lock", "config", "ids", "docs"})


@dataclass(slots=True)
class Result:
    """All figures; shares from 0 to 1, speeds in MB/s."""

    pii: dict[str, dict[str, Any]] = field(default_factory=dict)
    unit: dict[str, float] = field(default_factory=dict)
    secrets: dict[str, dict[str, float]] = field(default_factory=dict)
    negatives: dict[str, float] = field(default_factory=dict)
    own: dict[str, float] = field(default_factory=dict)
    speed: dict[str, float] = field(default_factory=dict)
    peers: dict[str, dict[str, float]] = field(default_factory=dict)
    stock: dict[str, stock.Figures] = field(default_factory=dict)


def scanned(texts: Sequence[Text], config: Path | None) -> list[list[Found]]:
    """What `hushgate scan --jsonl-in` says of each text."""
    lines = "".join(json.dumps({"id": n, "text": one.text}) + "\n" for n, one in enumerate(texts))
    command = [sys.executable, "-m", "hushgate", "scan", "--jsonl-in", "--level", "public"]
    command += ["--config", str(config)] if config else []
    done = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8")
    if done.returncode not in (0, 1):
        sys.exit(f"error: hushgate scan ended with {done.returncode}\n{done.stderr[-2000:]}")
    rows = [json.loads(line) for line in done.stdout.split("\n") if line]
    return [[Found(f["start"], f["end"], f["entity"], f["rule"]) for f in row["findings"]] for row in rows]


def measure_unit(texts: Sequence[Text], found: Sequence[Sequence[Found]]) -> dict[str, float]:
    """Positives where something was found at each label, negatives where nothing of the entity was."""
    sides: dict[str, list[bool]] = {"positives": [], "negatives": []}
    for one, hits in zip(texts, found, strict=True):
        if one.kind == "negative":
            sides["negatives"].append(not any(hit.entity == one.asked for hit in hits))
        else:
            sides["positives"].append(all(any(s.meets(h.start, h.end) for h in hits) for s in one.spans))
    return {side: share(right) for side, right in sides.items()}


def measure_secrets(texts: Sequence[Text], found: Sequence[Sequence[Found]]) -> dict[str, float]:
    recall = [
        any(one.spans[0].meets(h.start, h.end) for h in hits)
        for one, hits in zip(texts, found, strict=True)
        if one.spans
    ]
    return {"labels": len(recall), "recall": share(recall)}


def measure_negatives(
    texts: Sequence[Text], found: Sequence[Sequence[Found]], secret: frozenset[str]
) -> dict[str, float]:
    """Share of documents with a secret in them, and findings of other entities per 100 KB."""
    rows = list(zip(texts, found, strict=True))
    result = {"documents with a secret": share([any(h.entity in secret for h in hits) for _, hits in rows])}
    size = sum(len(one.text) for one, _ in rows if one.kind in CODE) / (100 * 1024)
    for name in ("PERSON", "PHONE_NUMBER", "CREDIT_CARD", "NATIONAL_ID", "LOCATION", "URL"):
        hits = sum(hit.entity == name for one, all_ in rows for hit in all_ if one.kind in CODE)
        result[f"{name} per 100 KB"] = hits / size if size else 0.0
    return result


def measure_own(texts: Sequence[Text]) -> dict[str, float]:
    """Examples that a rule has to match, and that it must not."""
    patterns = fresh_patterns()
    seen = [{hit.rule_id for hit in verdict.hits} for verdict in patterns.scan([one.text for one in texts])]
    rows = list(zip(texts, seen, strict=True))
    return {
        "examples": len(rows),
        "matched": share([bool(rules) for one, rules in rows if not one.kind]),
        "left alone": share([one.asked not in rules for one, rules in rows if one.kind]),
    }


def fresh_patterns() -> Patterns:
    return Patterns(load_rules(sources([BUILTIN], "detect")), Fingerprinter(os.urandom(32)))


def speeds(repeats: int) -> dict[str, float]:
    """MB of text a second, all rules, one thread, no names."""
    patterns = fresh_patterns()
    made = {"prose": prose, "code": code, "JSON": json_text, "logs": logs}
    result = {}
    for name, make in made.items():
        patterns.scan([make(MB // 8, 99)])  # warm
        best = 0.0
        for seed in range(repeats):
            text = make(MB, seed)
            begun = time.thread_time()
            patterns.scan([text])
            best = max(best, len(text.encode()) / MB / (time.thread_time() - begun))
        result[name] = best
    return result


def names_speed(repeats: int) -> float:
    """MB of prose a second that are read for names."""
    names = Names(Fingerprinter(os.urandom(32)))
    best = 0.0
    for seed in range(repeats + 1):  # the first time warms
        texts = [prose(4096, 1000 * seed + n) for n in range(64)]
        begun = time.thread_time()
        names.find(texts, [None] * len(texts))
        best = max(best, sum(map(len, texts)) / MB / (time.thread_time() - begun))
    return best


def prose(size: int, seed: int) -> str:
    return Prose(seed).text(size)


def code(size: int, seed: int) -> str:
    """Modules of the standard library, in another order with each seed."""
    files = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    random.Random(seed).shuffle(files)
    return _filled((path.read_text("utf-8", "replace") for path in files), size)


def json_text(size: int, seed: int) -> str:
    draw, words = random.Random(seed), Prose(seed)
    rows = (
        json.dumps({"id": draw.getrandbits(40), "sku": f"{draw.getrandbits(32):08x}", "price": draw.random(),
                    "tags": ["a", "b"], "note": words.sentence(), "at": "2026-01-02T03:04:05Z"})
        for _ in range(size)
    )  # fmt: skip
    return _filled((row + ",\n" for row in rows), size)


def logs(size: int, seed: int) -> str:
    draw = random.Random(seed)
    rows = (
        f"{1_690_000_000 + draw.randrange(10**7)} [{draw.randrange(9999)}] INFO worker-{draw.randrange(64)} GET "
        f"/api/v2/items/{draw.randrange(10**8)} 200 {draw.randrange(90_000)}us trace={draw.getrandbits(64):016x}\n"
        for _ in range(size)
    )
    return _filled(rows, size)


def _filled(pieces: Iterable[str], size: int) -> str:
    out, length = [], 0
    for piece in pieces:
        out.append(piece)
        length += len(piece)
        if length >= size:
            break
    return "".join(out)[:size]


def share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 0.0


def run(folder: Path | None, config: Path | None, repeats: int) -> Result:
    result = Result(own=measure_own(labelled.own()), speed={**speeds(repeats), "names in prose": names_speed(repeats)})
    if folder is None:
        return result
    rules = load_rules(sources([BUILTIN], "detect"))
    secret = frozenset(rule.entity for rule in rules if rule.category == "secret")
    for name, texts in labelled.pii(folder).items():
        result.pii[name] = dict(told_of(entities(texts, scanned(texts, config))))
    texts = labelled.unit(folder)
    result.unit = measure_unit(texts, scanned(texts, config))
    for name, texts in labelled.secrets(folder).items():
        result.secrets[name] = measure_secrets(texts, scanned(texts, config))
    texts = labelled.negatives(folder)
    result.negatives = measure_negatives(texts, scanned(texts, config), secret)
    return result


def markdown(result: Result) -> str:
    """Tables of all figures."""
    out = ["| set | entity | labels | precision | recall | F1 |", "| --- | --- | --- | --- | --- | --- |"]
    for name, rows in result.pii.items():
        for entity, row in rows.items():
            cells = [_cell(row[key]) for key in ("precision", "recall", "f1")]
            out.append(f"| {name} | {entity} | {row['labels']} | {' | '.join(cells)} |")
    out += ["", "| secrets | labels | recall |", "| --- | --- | --- |"]
    out += [f"| {name} | {row['labels']} | {row['recall']:.3f} |" for name, row in result.secrets.items()]
    out += peer_table(result) + stock.table(result.stock)
    tables = {
        "own examples": result.own,
        "cases of one entity": result.unit,
        "texts with nothing in them": result.negatives,
        "speed, MB/s": result.speed,
    }
    for title, figures in tables.items():
        if figures:
            out += ["", f"| {title} | |", "| --- | --- |"]
            out += [f"| {name} | {value:.3f} |" for name, value in figures.items()]
    return "\n".join(out)


def peer_table(result: Result) -> list[str]:
    """Other tools on the same secrets, beside hushgate."""
    if not result.peers:
        return []
    names = list(next(iter(result.peers.values())))
    ours = {name: figures["recall"] for name, figures in result.secrets.items()}
    ours["clean texts with a finding"] = result.negatives["documents with a secret"]
    rows = {"hushgate": ours, **result.peers}
    out = ["", f"| tool | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    return out + [f"| {tool} | {' | '.join(_cell(row.get(name)) for name in names)} |" for tool, row in rows.items()]


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def main() -> None:
    """`scripts/bench detect`."""
    parser = argparse.ArgumentParser(prog="scripts/bench detect", description=__doc__)
    there = next((folder for folder in FOLDERS if folder.is_dir()), None)
    parser.add_argument("--data", type=Path, default=there, metavar="DIR", help="labelled texts; see bench/labelled.py")
    parser.add_argument("--config", type=Path, metavar="FILE", help="hushgate.yaml to scan with")
    parser.add_argument("--repeats", type=int, default=3, help="how often each speed is measured; the best counts")
    parser.add_argument("--json", action="store_true", help="figures as JSON on stdout")
    parser.add_argument("--peers", type=Path, metavar="VENV", help="measure the tools in VENV, too; see bench/peers.py")
    parser.add_argument(
        "--sample", type=int, metavar="N", help="let the peers read N texts of each set, drawn by chance"
    )
    given = parser.parse_args()
    result = run(given.data, given.config, given.repeats)
    if given.peers is not None and given.data is not None:
        clean = stock.sample(labelled.negatives(given.data), given.sample)
        drawn = {name: stock.sample(texts, given.sample) for name, texts in labelled.secrets(given.data).items()}
        result.peers = peers.measure(given.peers, drawn, clean)
        drawn = {name: stock.sample(texts, given.sample) for name, texts in labelled.pii(given.data).items()}
        result.stock = stock.measure(given.peers, drawn, clean, lambda texts: scanned(texts, given.config))
    if given.json:
        shown = {
            name: getattr(result, name)
            for name in ("pii", "unit", "secrets", "negatives", "own", "speed", "peers", "stock")
        }
        print(json.dumps(shown, indent=2))
    else:
        print(markdown(result))


if __name__ == "__main__":
    main()
