"""What an organisation's own records and documents cost, and how many of them are found.

Records are made up (`bench.organisation`), and so is the prose that they stand in; every text has a fixed seed. Memory
is that of a process that has looked into all of a file: its own pages, and those that it shares with others.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import IO, Any, Final

from bench import columns, passages
from bench.detect import MB, code, fresh_patterns, json_text, logs, prose
from bench.organisation import COLUMNS, ENTITIES, Organisation, prompts, spoken
from hushgate.detect.beside import together
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.detect.hit import Hit
from hushgate.detect.known_values import TOGETHER, KnownValues
from hushgate.detect.merge import merged
from hushgate.keys import Keys

TEXTS: Final[dict[str, Callable[[int, int], str]]] = {"prose": prose, "code": code, "JSON": json_text, "logs": logs}
PIECES: Final = (8, 64)
"""Texts that speed is measured on, in 1,024 code points."""


def imported(folder: Path, records: int, columns: tuple[str, ...], *groups: str) -> dict[str, Any]:
    """Records through `hushgate catalog values`, from a pipe; what it said, its CPU seconds and peak memory in MB."""
    command = [sys.executable, "-m", "hushgate", "catalog", "values", "-", "--json", "--name", "customers.csv"]
    command += ["--columns", ",".join(columns)]
    command += ["--out", str(folder / "customers.values"), "--state", str(folder / "s")]
    for name, entity in zip(COLUMNS, ENTITIES, strict=True):
        if name in columns or any(name in group.split(",") for group in groups):
            command += ["--entity", f"{name}={entity}"]
    command += [word for group in groups for word in ("--together", group)]
    command += ["--config", str(folder / "hushgate.yaml")]
    (folder / "hushgate.yaml").write_text("version: 1\n")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin is not None and running.stdout is not None
        write(running.stdin, records)
        said = json.loads(running.stdout.read())
        _, _, used = os.wait4(running.pid, 0)
        running.returncode = 0
    return {**said, "seconds": used.ru_utime + used.ru_stime, "MB": used.ru_maxrss / 1024}


def write(out: IO[str], records: int) -> None:
    """The records of one organisation as CSV."""
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    rows.writerows(Organisation(1).records(records))
    out.close()


def known(folder: Path) -> KnownValues:
    """The file that was imported, opened."""
    key = Keys.load_or_create(folder / "s", create=False).derive("catalog")
    return KnownValues([folder / "customers.values"], key, Fingerprinter(os.urandom(32)))


def judged(source: KnownValues, texts: Sequence[str]) -> list[tuple[Hit, ...]]:
    """What stands in each text of one prompt."""
    seen, faults = asyncio.run(together(source, dict(enumerate(source.look(texts)))))
    if faults:
        raise RuntimeError(faults[0].reason)
    return [merged(seen[n].hits) for n in range(len(texts))]


def quality(folder: Path, records: int, texts: int) -> dict[str, dict[str, float]]:
    """Recall by column, and precision: beside texts of its own customers are as many of another organisation's."""
    imported(folder, records, COLUMNS[:-1], "name,born")
    source = known(folder)
    own, other = (list(Organisation(seed).records(records)) for seed in (1, 2))
    seen, there, right, wrong = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    entity = dict(zip(ENTITIES, COLUMNS, strict=True))
    mine = set(own)
    strangers = [row for row in other if row not in mine]
    for people, seed in ((own, 3), (strangers, 4)):
        for said in spoken(people, seed, texts):
            (hits,) = judged(source, [said.text])
            of_own = people is own
            for column, start, end in said.values if of_own else ():
                if column == "born" and "name" not in [name for name, _, _ in said.values]:
                    continue  # a day counts together with its name alone
                there[column] += 1
                seen[column] += any(
                    hit.start < end and start < hit.end and entity[hit.entity] == column for hit in hits
                )
            for hit in hits:
                fits = of_own and any(hit.start < end and start < hit.end for _, start, end in said.values)
                (right if fits else wrong)[entity[hit.entity]] += 1
    return {
        column: {
            "values": there[column],
            "recall": seen[column] / max(1, there[column]),
            "precision": right[column] / max(1, right[column] + wrong[column]),
        }
        for column in COLUMNS
    }


def company(folder: Path, records: int, count: int) -> dict[str, dict[str, float]]:
    """Of values that stand in different messages of a prompt: which of those of one record are known to be, and how
    many of two records are taken for it.
    """
    pairs = [("name", "account"), ("name", "phone"), ("account", "email"), ("name", "born")]
    imported(folder, records, COLUMNS[:-1], *(",".join(pair) for pair in pairs))
    source, people = known(folder), list(Organisation(1).records(records))
    prompted, told, right, wrong = (Counter[str]() for _ in range(4))
    for prompt in prompts(people, pairs, 5, count):
        pair = " and ".join(prompt.columns)
        raised = any(hit.rule_id == TOGETHER for hits in judged(source, prompt.messages) for hit in hits)
        prompted[pair] += prompt.of_one
        told[pair] += raised and prompt.of_one
        (right if prompt.of_one else wrong)[pair] += raised
    return {
        pair: {
            "prompts": prompted[pair],
            "recall": told[pair] / max(1, prompted[pair]),
            "precision": right[pair] / max(1, right[pair] + wrong[pair]),
        }
        for pair in prompted
    }


def _one(scan: Callable[..., object]) -> Callable[[str], object]:
    return lambda text: scan([text], None)


def speeds(source: KnownValues, repeats: int) -> dict[str, dict[str, float]]:
    """Microseconds of CPU a KB of fresh text: what patterns take, and what known values take beside them."""
    patterns, out = fresh_patterns(), {}
    for (name, make), size in product(TEXTS.items(), PIECES):
        best = [9e9, 9e9]
        for seed in range(repeats + 1):  # the first time warms
            whole = make(MB // 2, seed)
            texts = [whole[at : at + size * 1024] for at in range(0, len(whole), size * 1024)]
            for n, scan in enumerate((_one(patterns.scan), _one(source.find))):
                begun = time.thread_time()
                for text in texts:
                    scan(text)
                spent = (time.thread_time() - begun) * 1e6 / (len(whole.encode()) / 1024)
                best[n] = min(best[n], spent if seed else 9e9)
        out[f"{name}, {size} KB"] = {"patterns": best[0], "known values": best[1]}
    return out


def memory() -> dict[str, int]:
    """MB of this process by now: all, and of it what is its own (Linux)."""
    told = dict(line.split(":", 1) for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    return {
        "all": int(told["Rss"].split()[0]) // 1024,
        "own": (int(told["Private_Dirty"].split()[0])) // 1024,
    }


def scale(folder: Path, values: int, repeats: int) -> dict[str, Any]:
    """A file of so many values: how it is made, what it weighs, what it costs."""
    columns = COLUMNS[:4]
    made = imported(folder, values // len(columns), columns)
    before = memory()
    begun = time.thread_time()
    source = known(folder)
    opened = time.thread_time() - begun
    for text in (make(MB // 2, 99) for make in TEXTS.values()):
        source.find([text], None)
    with (folder / "customers.values").open("rb") as file:  # every page of it
        while file.read(MB):
            pass
    after = memory()
    return {
        "values": made["values"],
        "fingerprints": made["fingerprints"],
        "file, MB": (folder / "customers.values").stat().st_size / MB,
        "import, CPU s": made["seconds"],
        "import, peak MB": made["MB"],
        "open, CPU s": opened,
        "memory, MB": after["all"] - before["all"],
        "memory of its own, MB": after["own"] - before["own"],
        "speed": speeds(source, repeats),
    }


def markdown(figures: dict[str, Any]) -> str:
    """Tables of all figures."""
    out = []
    if rows := figures.get("quality"):
        out += ["| column | values | recall | precision |", "| --- | ---: | ---: | ---: |"]
        out += [f"| {n} | {r['values']} | {r['recall']:.3f} | {r['precision']:.3f} |" for n, r in rows.items()]
    if rows := figures.get("company"):
        out += ["", "| in two messages | prompts | recall | precision |", "| --- | ---: | ---: | ---: |"]
        out += [f"| {n} | {r['prompts']} | {r['recall']:.3f} | {r['precision']:.3f} |" for n, r in rows.items()]
    if scaled := figures.get("scale"):
        out += ["", "| | |", "| --- | ---: |"]
        out += [f"| {name} | {value:,.1f} |" for name, value in scaled.items() if name != "speed"]
        out += ["", "| text | patterns, µs a KB | known values, µs a KB | share |", "| --- | ---: | ---: | ---: |"]
        for name, row in scaled["speed"].items():
            both = row["patterns"], row["known values"]
            out.append(f"| {name} | {both[0]:.0f} | {both[1]:.1f} | {both[1] / both[0]:.0%} |")
    if rows := figures.get("columns"):
        out += [
            "",
            "| text | patterns, µs a KB | columns, µs a KB | found by chance, a MB |",
            "| --- | ---: | ---: | ---: |",
        ]
        for name, row in rows.items():
            out.append(f"| {name} | {row['patterns']:.0f} | {row['columns']:.0f} | {row['found']:.0f} |")
    if rows := figures.get("documents"):
        shares = [f"{share:.0%}" for share in passages.EDITS]
        out += ["", f"| passages | | {' | '.join(shares)} |", f"| --- | ---: |{' ---: |' * len(shares)}"]
        for title, row in rows.items():
            cells = [f"{row[share]:.3f}" if share in row else "" for share in shares]
            out.append(f"| {title} | {row['passages']:.0f} | {' | '.join(cells)} |")
    return "\n".join(out)


def main() -> None:
    """`scripts/bench catalog`."""
    parser = argparse.ArgumentParser(prog="scripts/bench catalog", description=__doc__)
    parser.add_argument("--records", type=int, default=20_000, help="customers whose values are looked for")
    parser.add_argument("--texts", type=int, default=2_000, help="texts in which they are spoken of")
    parser.add_argument("--passages", type=int, default=300, help="passages of documents, of each kind")
    parser.add_argument("--values", type=int, default=0, help="measure memory and speed with a file of so many values")
    parser.add_argument("--columns", type=int, default=0, help="measure speed with so many columns of common words")
    parser.add_argument("--repeats", type=int, default=3, help="how often each speed is measured; the best counts")
    parser.add_argument("--json", action="store_true", help="figures as JSON on stdout")
    given = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        figures["quality"] = quality(Path(name), given.records, given.texts)
        figures["company"] = company(Path(name), given.records, given.texts)
        figures["documents"] = passages.measure(Path(name), given.passages)
        if given.columns:
            figures["columns"] = columns.measure(given.columns, given.repeats)
        if given.values:
            figures["scale"] = scale(Path(name), given.values, given.repeats)
    print(json.dumps(figures, indent=2) if given.json else markdown(figures))


if __name__ == "__main__":
    main()
