"""The files of the shipped tagger: its network in half precision, its word lists, and the card that says what it is."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import srsly

from hushgate.detect.wordclasses import WordClasses

FOLDER: Final = Path(__file__).with_name("names_model")
NETWORK: Final = "network.gz"
WORDS: Final = "words.gz"
CARD: Final = "card.json"
_MODEL: Final = "model"


@dataclass(frozen=True, slots=True)
class Shipped:
    """`network`: what the pipe's `from_bytes` takes. `weights` and `thresholds` by label: see evidence.py."""

    network: bytes
    words: WordClasses
    weights: Mapping[str, Mapping[str, float]]
    thresholds: Mapping[str, float]
    card: Mapping[str, Any]


def read(folder: Path = FOLDER) -> Shipped:
    """What lies in a folder. ValueError where a file is not the one that its card tells of."""
    card = json.loads((folder / CARD).read_text("utf-8"))
    raw = {name: (folder / name).read_bytes() for name in (NETWORK, WORDS)}
    for name, content in raw.items():
        if digest(content) != card["sha256"][name]:
            raise ValueError(f"{name} of the tagger of names is not the file its card tells of")
    words = WordClasses.parsed(raw[WORDS])
    return Shipped(_recast(gzip.decompress(raw[NETWORK]), np.float32), words, card["weights"], card["thresholds"], card)


def write(folder: Path, network: bytes, words: WordClasses, card: Mapping[str, Any]) -> None:
    """Write all three; the card gets the hashes of the others."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {NETWORK: gzip.compress(_recast(network, np.float16), mtime=0), WORDS: words.written()}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    told = {**card, "sha256": {name: digest(content) for name, content in files.items()}}
    (folder / CARD).write_text(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _recast(network: bytes, form: type[np.floating[Any]]) -> bytes:
    """The serialized pipe with all weights in the form."""
    pipe = srsly.msgpack_loads(network)
    model = srsly.msgpack_loads(pipe[_MODEL])
    for params in model["params"]:
        for name, array in params.items():
            if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                params[name] = array.astype(form)
    pipe[_MODEL] = srsly.msgpack_dumps(model)
    packed: bytes = srsly.msgpack_dumps(pipe)
    return packed
