"""Count the lower-case words of text on this machine, for the list of everyday words. Run with the project's Python.

python -m scripts.ner.common /usr/share/doc /usr/share/perl ... > scripts/ner/common.txt.gz
python -m scripts.ner.common --words /usr/share/dict/american-english-large > both.gz

The second adds a dictionary's words to what is there.

A word counts once a file, and only where it is written in small letters: names seldom are. Prose alone: text, manuals,
and the comments and strings of source files come with what stands round them.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from scripts.ner.lists import common

SUFFIXES: Final = frozenset({".txt", ".md", ".rst", ".html", ".pod", ".pm", ".py", ".gz", ""})
LARGEST: Final = 2_000_000
LEAST: Final = 3
_WORD: Final = re.compile(r"(?<![\w.@/\\$%<-])[a-zà-öø-ÿ]{2,20}(?![\w@/\\(=_-])")


def counted(folders: list[Path]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink() and path.stat().st_size < LARGEST:
                counts.update(set(_WORD.findall(_text(path))))
    return Counter({word: count for word, count in counts.items() if count >= LEAST})


def dictionary(path: Path) -> set[str]:
    """The words of a list that are written in small letters alone: neither `polish` nor `bill`."""
    words = set(path.read_text("utf-8").split())
    return {word for word in words if re.fullmatch(r"[a-z]{3,20}", word) and word.capitalize() not in words}


def _text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    except (OSError, EOFError, UnicodeDecodeError):
        return ""


def main() -> None:
    """Write the list to stdout."""
    by_count: dict[int, list[str]] = {}
    if sys.argv[1] == "--words":
        counts = common()
        counts |= Counter(dict.fromkeys(dictionary(Path(sys.argv[2])), LEAST))
    else:
        counts = counted([Path(each) for each in sys.argv[1:]])
    for word, count in sorted(counts.items()):
        by_count.setdefault(count, []).append(word)
    lines = "".join(f"{count} {' '.join(words)}\n" for count, words in sorted(by_count.items(), reverse=True))
    sys.stdout.buffer.write(gzip.compress(lines.encode(), mtime=0))


if __name__ == "__main__":
    main()
