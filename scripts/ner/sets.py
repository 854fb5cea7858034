"""Labelled texts to train on, as one reads and writes them: joined, in other letter cases."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from scripts.ner.lists import WORD
from scripts.ner.made import Labelled

TRAIN: Final = ("crossner", "wikigold", "broad_twitter", "wnut17_train", "wnut17_dev", "gum")
"""Files in DATA/ner; docs/detection.md has their origins and licences."""
_NAMED: Final = re.compile(r"^[^\W\d_a-z][^\W\d_]*[a-z][^\W\d_]*$")


def read(path: Path) -> list[Labelled]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["text"], [(s["start"], s["end"], s["label"]) for s in row["spans"]]) for row in rows]


def everyday(texts: Iterable[Labelled], least: int = 5) -> Counter[str]:
    """In how many texts each word stands in small letters outside of names."""
    counts: Counter[str] = Counter()
    for text, spans in texts:
        rest = list(text)
        for start, end, _ in spans:
            rest[start:end] = " " * (end - start)
        counts.update({word for word in WORD.findall("".join(rest)) if word == word.lower()})
    return Counter({word: count for word, count in counts.items() if count >= least})


def seen_as(texts: Iterable[Labelled], least: int = 2, share: float = 0.75) -> dict[str, str]:
    """What words with capitals are in most of the texts that hold them: a label, or `nothing`."""
    counts: dict[str, Counter[str]] = {}
    for text, spans in texts:
        found = {
            (match[0].lower(), next((name for start, end, name in spans if start <= match.start() < end), "nothing"))
            for match in WORD.finditer(text)
            if match[0][0].isupper()
        }
        for word, label in found:
            counts.setdefault(word, Counter())[label] += 1
    best = {word: (*each.most_common(1)[0], each.total()) for word, each in counts.items()}
    return {word: label for word, (label, n, total) in best.items() if total >= least and n >= share * total}


def joined(texts: Sequence[Labelled], draw: random.Random) -> list[Labelled]:
    """The texts, some of them two or three together, as sentences of one text stand."""
    out: list[Labelled] = []
    again = False
    for text, spans in texts:
        if again and len(out[-1][0]) < 400:
            before, old = out[-1]
            before += draw.choice((" ", " ", " ", "\n", "\n\n"))
            at = len(before)
            out[-1] = (before + text, [*old, *((start + at, end + at, label) for start, end, label in spans)])
        else:
            out.append((text, list(spans)))
        again = draw.random() < 0.4
    return out


def renamed(one: Labelled, draw: random.Random, person: Callable[[int], Sequence[str]]) -> Labelled:
    """Sometimes with other persons in the same places: the same word gives way to the same other one."""
    text, spans = one
    if draw.random() > 0.3 or not any(label == "PERSON" for _, _, label in spans):
        return one
    others: dict[str, str] = {}
    out, at, moved = "", 0, []
    for start, end, label in sorted(spans):
        if start < at:
            return one
        name = text[start:end]
        words = name.split()
        if label == "PERSON" and len(words) < 4 and all(map(_NAMED.match, words)):
            if len(words) > 1 or words[0] not in others:
                for word, other in zip(words, person(len(words)), strict=True):
                    others.setdefault(word, other)
            name = " ".join(others[word] for word in words)
        out += text[at:start]
        moved.append((len(out), len(out) + len(name), label))
        out, at = out + name, end
    return out + text[at:], moved


def recased(one: Labelled, draw: random.Random, classes: Callable[[str], str]) -> Labelled:
    """Sometimes in small letters, where a name stays one only if the lists know it; sometimes in capitals."""
    text, spans = one
    chance = draw.random()
    if chance < 0.08 and len(text.lower()) == len(text):
        return text.lower(), [span for span in spans if known(text[span[0] : span[1]], span[2], classes)]
    if chance < 0.11 and len(text.upper()) == len(text):
        return text.upper(), spans
    return one


def known(name: str, label: str, classes: Callable[[str], str]) -> bool:
    """Would one know the name without its capitals? Each word is a name's, and none an everyday word."""
    found = [classes(word) for word in WORD.findall(name)]
    if label == "PERSON":
        return bool(found) and all(max(each[:2]) > "0" and each[3] < "2" for each in found)
    return label == "LOCATION" and bool(found) and all(each[2] > "0" and each[3] < "2" for each in found)
