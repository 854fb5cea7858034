"""Train the shipped tagger of names, and write it with its word lists and its card."""

from __future__ import annotations

import argparse
import datetime
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import compounding, fix_random_seed, minibatch
from thinc.api import Optimizer

from hushgate.detect import shipped
from hushgate.detect.tagger import Tagger, add_tagger, tokenizing
from hushgate.detect.wordclasses import WordClasses
from scripts.ner import lists, sets, weigh
from scripts.ner.made import Labelled, Maker

LABELS: Final = ("PERSON", "LOCATION", "ORGANIZATION")
HELD_OUT: Final = {"gum": 1800, "broad_twitter": 600, "wnut17_train": 300, "wikigold": 300}
"""Texts that are not trained on: what is found is weighed on them. Most are of kinds that prompts have."""
MADE: Final = 14000
EPOCHS: Final = 2
RATE: Final = 0.001
"""Of learning, in the first epoch; it falls with the square root of what is left."""
THRESHOLDS: Final = {"PERSON": 0.73, "LOCATION": 0.5}
"""Scores from which on a name is told of. ORGANIZATION is learned as a contrast, and not told of."""
MEASURED: Final = "ewt_dev_documents.jsonl.gz"
"""What is measured on where it is there; never trained on."""


@dataclass(frozen=True, slots=True)
class Material:
    """What to train on, what to weigh the findings on, and the classes of words."""

    train: list[Labelled]
    held_out: list[Labelled]
    classes: WordClasses
    maker: Maker


def material(files: Sequence[Path], seed: int) -> Material:
    """All of it, the same for the same files, Faker and seed."""
    draw = random.Random(seed)
    names = lists.read()
    rows = {path.name.partition(".")[0]: sets.read(path) for path in files}
    real: list[Labelled] = []
    held_out: list[Labelled] = []
    for name, texts in rows.items():
        blocks = [texts[n : n + 20] for n in range(0, len(texts), 20)]  # what follows one another stays together
        draw.shuffle(blocks)
        aside = HELD_OUT.get(name, 0) // 20
        held_out += [one for block in blocks[:aside] for one in block]
        real += [one for block in blocks[aside:] for one in block]
    classes = lists.classes(names, lists.common() + sets.everyday(real), sets.seen_as(real))
    maker = Maker(names, seed)
    made = list(maker.texts(MADE + MADE // 20))
    return Material([*real, *made[:MADE]], [*held_out, *made[MADE:]], classes, maker)


def example(nlp: Language, one: Labelled) -> Example:
    """Tokens with labels; a label that cuts a token takes the whole of it."""
    doc = nlp.make_doc(one[0])
    gold = Doc(nlp.vocab, words=[token.text for token in doc], spaces=[bool(token.whitespace_) for token in doc])
    found: list[Span] = []
    for start, end, label in sorted(one[1]):
        span = gold.char_span(start, end, label=label, alignment_mode="expand")
        if span is not None and (not found or span.start >= found[-1].end):
            found.append(span)
    gold.set_ents(found)
    return Example(doc, gold)


def trained(stuff: Material, seed: int, epochs: int) -> tuple[Language, Optimizer]:
    """The pipeline, and what holds the averages of its weights, which are better than the last."""
    fix_random_seed(seed)
    draw = random.Random(seed)
    nlp = tokenizing()
    tagger = add_tagger(nlp, stuff.classes)
    for label in LABELS:
        tagger.add_label(label)
    optimizer = nlp.initialize(lambda: [example(nlp, one) for one in stuff.train[:200]])
    for epoch in range(epochs):
        optimizer.learn_rate = RATE * (1 - epoch / epochs) ** 0.5
        began = time.process_time()
        order = [stuff.train[n : n + 10] for n in range(0, len(stuff.train), 10)]
        draw.shuffle(order)
        texts = sets.joined([one for block in order for one in block], draw)
        texts = [sets.renamed(one, draw, stuff.maker.person) for one in texts]
        texts = [sets.recased(one, draw, stuff.classes) for one in texts]
        draw.shuffle(texts)
        losses: dict[str, float] = {}
        for batch in minibatch(texts, compounding(16.0 if epoch else 8.0, 48.0, 1.002)):
            nlp.update([example(nlp, one) for one in batch], sgd=optimizer, drop=0.25, losses=losses)
        say(f"epoch {epoch + 1} of {epochs}: loss {losses['ner']:.0f}, {time.process_time() - began:.0f} s")
    return nlp, optimizer


def finished(nlp: Language, stuff: Material, told: Mapping[str, Any], folder: Path, measured: Path, seed: int) -> None:
    """Weigh the evidence, measure, and write everything into `folder`."""
    pipe: Any = nlp.get_pipe("ner")
    tagger = Tagger(nlp, pipe, stuff.classes)
    samples = {"held_out": weigh.together(stuff.held_out, 5, random.Random(seed))}
    if measured.is_file():
        samples[measured.name.partition(".")[0]] = sets.read(measured)
    weights: dict[str, Any] = {}
    scores: dict[str, Any] = {name: {} for name in samples}
    for label, least in THRESHOLDS.items():
        weights[label] = weigh.weighed(tagger, samples["held_out"], label)
        for name, texts in samples.items():
            (scores[name][label],) = weigh.agreement(tagger, texts, label, weights[label], [least])
    card = {**told, "weights": weights, "thresholds": THRESHOLDS, "scores": scores}
    shipped.write(folder, pipe.to_bytes(exclude=["vocab"]), stuff.classes, card)
    say(json.dumps(scores, indent=1))


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """`scripts/train_ner`."""
    parser = argparse.ArgumentParser(prog="scripts/train_ner", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with ner/*.jsonl.gz")
    parser.add_argument("--out", type=Path, default=shipped.FOLDER, metavar="DIR", help="where to write; the package")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--weigh", action="store_true", help="keep the network of --out; weigh the evidence anew")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    files = {name: given.data / "ner" / f"{name}.jsonl.gz" for name in sets.TRAIN}
    for path in files.values():
        if not path.is_file():
            sys.exit(f"error: {path} is not there\nhint: docs/detection.md says what lies in the folder of --data")
    stuff = material(list(files.values()), given.seed)
    say(f"{len(stuff.train)} texts to train on, {len(stuff.held_out)} held out")
    told = {
        "made": datetime.datetime.now(datetime.UTC).date().isoformat(), "seed": given.seed,
        "versions": {name: metadata.version(name) for name in ("faker", "names", "numpy", "spacy", "thinc")},
        "data": {name: shipped.digest(path.read_bytes()) for name, path in files.items()},
    }  # fmt: skip
    measured = given.data / "ner" / MEASURED
    if given.weigh:
        old = shipped.read(given.out)
        nlp = tokenizing()
        add_tagger(nlp, stuff.classes).from_bytes(old.network, exclude=["vocab"])
        finished(nlp, stuff, {**old.card, "versions": told["versions"]}, given.out, measured, given.seed)
        return
    nlp, optimizer = trained(stuff, given.seed, given.epochs)
    with nlp.use_params(optimizer.averages):
        finished(nlp, stuff, {**told, "epochs": given.epochs}, given.out, measured, given.seed)


if __name__ == "__main__":
    main()
