"""Passages of known documents, edited, and passages of others: how many are recognised.

The documents are what Python ships: the topics of its `help`, which are prose, and every other module of its library.
Unknown are the modules between them, the descriptions of installed packages, and made-up prose.
"""

from __future__ import annotations

import ast
import importlib.metadata
import os
import random
import re
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from pydoc_data.topics import topics
from typing import Final

from bench.prose import Prose
from hushgate.cli.catalog_documents import notices
from hushgate.detect.document_prints import AskedOfDocuments, Read, import_documents
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.detect.known_documents import KnownDocuments
from hushgate.values import Level

WORDS: Final = "rather mostly therefore several quickly another simply perhaps always instead given such".split()
EDITS: Final = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)
"""Shares of words that are replaced, left out or put in."""
LENGTHS: Final = ((250, 400), (400, 800), (800, 1600))
_NAME: Final = re.compile(r"\b[a-z_]{3,}\b")

type Passage = tuple[str, str]
"""A document's name, and text of it."""


def prose_documents() -> list[Passage]:
    return [(f"help/{name}.txt", text) for name, text in sorted(topics.items()) if len(text) > 1500]


def modules() -> list[Passage]:
    files = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    return [(path.name, path.read_text("utf-8", "replace")) for path in files if path.stat().st_size > 3000]


def unknown_prose() -> list[str]:
    """Descriptions of packages, and word salad."""
    packages = importlib.metadata.distributions()
    described = [(package.read_text("METADATA") or "").partition("\n\n")[2] for package in packages]
    return [*described, *(Prose(seed).text(2000) for seed in range(100))]


def paragraphs(text: str, least: int, most: int, draw: random.Random) -> Iterator[str]:
    """Paragraphs that stand together, of so many characters."""
    parts, at = re.split(r"\n\s*\n", text), 0
    while at < len(parts):
        size = draw.randrange(least, most)
        taken = parts[at]
        at += 1
        while len(taken) < size and at < len(parts):
            taken += "\n\n" + parts[at]
            at += 1
        if len(taken) >= least:
            yield taken[:most]


def functions(source: str) -> Iterator[str]:
    """Functions of ten lines to forty."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and 10 <= (node.end_lineno or 0) - node.lineno <= 40:
            yield "\n".join(source.split("\n")[node.lineno - 1 : node.end_lineno])


def reworded(text: str, share: float, draw: random.Random) -> str:
    """Words replaced, left out or put in, and lines broken elsewhere."""
    out: list[str] = []
    for word in text.split():
        if draw.random() >= share:
            out.append(word)
        elif (way := draw.randrange(3)) == 0:
            out.append(draw.choice(WORDS))
        elif way == 1:
            out += [word, draw.choice(WORDS)]
    return " ".join(out)


def renamed(text: str, share: float, draw: random.Random) -> str:
    """That share of a function's names called otherwise throughout, comments left out, all indented anew."""
    names = sorted(set(_NAME.findall(text)))
    new = {name: f"{name[:2]}{draw.choice(WORDS)}" for name in names if draw.random() < share}
    lines = (_NAME.sub(lambda found: new.get(found[0], found[0]), line.split("  # ")[0]) for line in text.split("\n"))
    return "\n".join(f"    {line}" for line in lines if not line.strip().startswith("#"))


def _share(source: KnownDocuments, passages: Sequence[Passage], edit: Callable[[str], str]) -> float:
    """Of passages, edited, those in which a document is recognised. Many stand in several."""
    said = [f"Could you look at this for me?\n\n{edit(text)}\n\nThank you, and keep it short." for _, text in passages]
    return sum(map(bool, source.find(said, None))) / len(said)


def measure(folder: Path, count: int) -> dict[str, dict[str, float]]:
    """Rows of figures: recall by kind and length at each share of edits, and false matches of what is unknown."""
    draw = random.Random(5)
    known, others = modules()[::2], modules()[1::2]
    documents = [*prose_documents(), *known]
    place, key = folder / "help.documents", os.urandom(32)
    ignored = (Read("", path.read_text("utf-8", "replace")) for path in notices())
    pieces = chain((Read(name, text) for name, text in documents), ignored)
    import_documents(pieces, AskedOfDocuments(Level.CONFIDENTIAL), key, place)
    source = KnownDocuments([place], key, Fingerprinter(os.urandom(32)))
    sets: dict[str, list[Passage]] = {}
    for least, most in LENGTHS:
        made = [(name, part) for name, text in prose_documents() for part in paragraphs(text, least, most, draw)]
        sets[f"prose, {least} to {most} characters"] = draw.sample(made, min(count, len(made)))
    made = [(name, part) for name, text in known for part in functions(text)]
    sets["functions, 10 to 40 lines"] = draw.sample(made, min(count, len(made)))
    rows: dict[str, dict[str, float]] = {}
    for title, passages in sets.items():
        edit = renamed if title.startswith("functions") else reworded
        rows[title] = {"passages": len(passages)}
        for share in EDITS:
            rows[title][f"{share:.0%}"] = _share(source, passages, partial(edit, share=share, draw=draw))
    strangers = {
        "unknown prose": [part for text in unknown_prose() for part in paragraphs(text, 400, 1600, draw)],
        "unknown functions": [part for _, text in others for part in functions(text)],
    }
    for title, texts in strangers.items():
        rows[title] = {"passages": len(texts), "0%": sum(map(bool, source.find(texts, None))) / len(texts)}
    return rows
