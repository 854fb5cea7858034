"""Weigh what speaks for a name: logistic regression over the features of proposals in texts not trained on."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from hushgate.detect.evidence import score
from hushgate.detect.tagger import Named, Tagger
from scripts.ner.made import Labelled

LEAST: Final = 4
"""Proposals that a feature must occur in."""
_RIDGE: Final = 1.0
_ROUNDS: Final = 60


def together(texts: Sequence[Labelled], size: int, draw: random.Random) -> list[Labelled]:
    """Each `size` texts that follow one another as one text: names come back in it."""
    out: list[Labelled] = []
    for n in range(0, len(texts), size):
        whole, spans = "", []
        for text, labels in texts[n : n + size]:
            spans += [(start + len(whole), end + len(whole), label) for start, end, label in labels]
            whole += text + draw.choice(("\n", " ", "\n\n"))
        out.append((whole, spans))
    return out


def weighed(tagger: Tagger, texts: Sequence[Labelled], label: str) -> dict[str, float]:
    """Feature: weight; "" is what always counts."""
    rows: list[tuple[Sequence[str], bool]] = []
    for (_, spans), named in zip(texts, tagger.read([text for text, _ in texts], [label]), strict=True):
        rows += [(one.features, is_right(one, spans)) for one in named]
    counts = Counter(feature for found, _ in rows for feature in set(found))
    names = ["", *sorted(feature for feature, count in counts.items() if count >= LEAST)]
    index = {name: n for n, name in enumerate(names)}
    x = np.zeros((len(rows), len(names)))
    x[:, 0] = 1.0
    for n, (found, _) in enumerate(rows):
        for feature in found:
            if feature in index:
                x[n, index[feature]] = 1.0
    weights = _fitted(x, np.array([float(right) for _, right in rows]))
    return {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}


def is_right(one: Named, spans: Sequence[tuple[int, int, str]]) -> bool:
    """Does it overlap a label of its kind?"""
    return any(one.start < end and start < one.end and label == one.label for start, end, label in spans)


def _fitted(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Newton's method with a ridge, which the first weight is free of."""
    ridge = np.full(x.shape[1], _RIDGE)
    ridge[0] = 1e-6
    weights = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        share = 1.0 / (1.0 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (share - y) + ridge * weights
        bend = (x * (share * (1 - share))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def agreement(
    tagger: Tagger, texts: Sequence[Labelled], label: str, weights: Mapping[str, float], thresholds: Sequence[float]
) -> list[dict[str, float]]:
    """Precision, recall and F1 at each threshold, overlaps counted."""
    rows = list(zip(texts, tagger.read([text for text, _ in texts], [label]), strict=True))
    found = []
    for least in thresholds:
        right = wrong = hit = missed = 0
        for (_, spans), named in rows:
            said = [one for one in named if score(one.features, weights) >= least]
            gold = [(start, end) for start, end, name in spans if name == label]
            good = sum(is_right(one, spans) for one in said)
            seen = sum(any(one.start < end and start < one.end for one in said) for start, end in gold)
            right, wrong, hit, missed = right + good, wrong + len(said) - good, hit + seen, missed + len(gold) - seen
        precision, recall = right / max(1, right + wrong), hit / max(1, hit + missed)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        found.append({"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)})
    return found
