"""What a catalog's columns cost, and how often they are found where no table is.

The names are the words that the standard library's own programs use most, alone and two together: a large catalog of
common words, and the worst there is for code. None of the texts holds values of an organisation, so each finding in
prose, code and logs is counted as one by chance; rows of JSON have fields of such names, and are timed only.
"""

from __future__ import annotations

import re
import sysconfig
import time
from collections import Counter
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Final

from bench.detect import MB, code, fresh_patterns, json_text, logs, prose
from hushgate.detect.catalogs.columns import Column
from hushgate.detect.catalogs.source import Columns
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.values import Level

TEXTS: Final[dict[str, Callable[[int, int], str]]] = {"prose": prose, "code": code, "JSON": json_text, "logs": logs}
PIECE: Final = 64 * 1024
"""Code points of the texts that speed is measured on."""
_WORD: Final = re.compile(r"[a-z]{3,14}")
_ASSETS: Final = 20
"""Columns of one asset."""


def common(count: int) -> list[Column]:
    """So many columns, named by the words that programs use most, and by two of those."""
    words: Counter[str] = Counter()
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        words.update(set(_WORD.findall(path.read_text("utf-8", "replace").lower())))
    first = [word for word, _ in sorted(words.items(), key=lambda item: (-item[1], item[0]))][: count // 10]
    pairs = (f"{one}_{other}" for one, other in product(first, first[:10]) if one != other)
    names = [*first, *pairs][:count]
    return [
        Column(f"shop.table_{n // _ASSETS}", name, Level.CONFIDENTIAL, "business", "BUSINESS_DATA", "bench")
        for n, name in enumerate(names)
    ]


def measure(count: int, repeats: int) -> dict[str, dict[str, float]]:
    """Microseconds of CPU a KB of patterns and of columns beside them, and findings a MB, by kind of text."""
    source = Columns(common(count), Fingerprinter(b"bench" * 8))
    patterns, out = fresh_patterns(), {}
    scans: tuple[Callable[[str], object], ...] = (
        lambda text: patterns.scan([text], None),
        lambda text: source.find([text], None),
    )
    for name, make in TEXTS.items():
        best = [9e9, 9e9]
        found = size = 0
        for seed in range(repeats + 1):  # the first time warms
            whole = make(MB // 2, seed)
            texts = [whole[at : at + PIECE] for at in range(0, len(whole), PIECE)]
            size += len(whole.encode())
            found += sum(len(source.find([text], None)[0]) for text in texts)
            for n, scan in enumerate(scans):
                begun = time.thread_time()
                for text in texts:
                    scan(text)
                spent = (time.thread_time() - begun) * 1e6 / (len(whole.encode()) / 1024)
                best[n] = min(best[n], spent if seed else 9e9)
        out[name] = {"patterns": best[0], "columns": best[1], "found": found * MB / size}
    return out
