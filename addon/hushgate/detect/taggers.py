"""What lies in the folder of another tagger of names: a spaCy pipeline, a transformer's or a GLiNER model's ONNX graph.

Read before anything is loaded, so that what is missing or not known is said where the setting stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from hushgate.detect.graphs import ports
from hushgate.detect.namelabels import entity_of, part_of

GRAPHS: Final = ("model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx")
TOKENIZER: Final = "tokenizer.json"
_PIPELINE: Final = "config.cfg"
_CLASSIFIER: Final = "config.json"
_GLINER: Final = "gliner_config.json"
_MOST_TOKENS: Final = 512
_EXTRA: Final = ("onnxruntime", "tokenizers")

_EXPORT: Final = "export it: optimum-cli export onnx --model MODEL --task token-classification FOLDER"
_EXPORT_GLINER: Final = "export it with the package gliner: GLiNER.from_pretrained('MODEL').export_to_onnx('FOLDER')"
_SAVE: Final = "write it with transformers: AutoTokenizer.from_pretrained('MODEL').save_pretrained('FOLDER')"
_CLASSIFIES: Final = frozenset({"input_ids", "attention_mask", "token_type_ids"})
_WORDS: Final = frozenset({"input_ids", "attention_mask", "words_mask", "text_lengths"})
_SPANS: Final = _WORDS | {"span_idx", "span_mask"}
_POOLING: Final = ("first", "last", "mean", "max")


class Unfit(ValueError):
    """A folder that holds no tagger that can be used; `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A spaCy pipeline."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Classifier:
    """A transformer that gives each token one of `labels`; `limit`: how many it takes, its own marks included."""

    graph: Path
    tokenizer: Path
    labels: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Gliner:
    """A GLiNER model. `width`: words of the longest span, 0 where it judges words. `words`: how many it takes."""

    graph: Path
    tokenizer: Path
    width: int
    words: int
    limit: int
    entity_mark: str
    end_mark: str
    pooling: str


def read(folder: Path) -> Pipeline | Classifier | Gliner:
    """What is there. Unfit where it is nothing, not whole, or of a kind that is not known."""
    if (folder / _PIPELINE).is_file():
        return Pipeline(folder)
    for name, made in ((_GLINER, _gliner), (_CLASSIFIER, _classifier)):
        if (folder / name).is_file():
            return made(folder, _settings(folder / name))
    raise Unfit(
        "where no tagger is",
        f"name a folder with {_PIPELINE} (a spaCy pipeline), {_CLASSIFIER} (a transformer) or {_GLINER}",
    )


def _settings(path: Path) -> Mapping[str, Any]:
    try:
        given = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        given = None
    if not isinstance(given, dict):
        raise Unfit(f"whose {path.name} is not read as JSON", "copy the folder anew")
    return given


def _classifier(folder: Path, given: Mapping[str, Any]) -> Classifier:
    graph, tokenizer, takes = _files(folder, _EXPORT)
    if not {"input_ids"} <= takes <= _CLASSIFIES:
        raise _unknown(takes, _CLASSIFIES, _EXPORT)
    named = given.get("id2label")
    labels = [str(named.get(str(n), "")) for n in range(len(named))] if isinstance(named, dict) else []
    if not labels or "" in labels:
        raise Unfit(f"whose {_CLASSIFIER} lacks id2label", "name each label, as {0: O, 1: B-PER, ...}")
    if not any(entity_of(part_of(label)[1]) for label in labels):
        raise Unfit(f"whose labels name no persons and no places: {', '.join(labels)[:80]}", "PER, PERSON, LOC count")
    return Classifier(graph, tokenizer, tuple(labels), _limit(given))


def _gliner(folder: Path, given: Mapping[str, Any]) -> Gliner:
    graph, tokenizer, takes = _files(folder, _EXPORT_GLINER)
    if takes not in (_WORDS, _SPANS):
        raise _unknown(takes, _SPANS, "take a model that reads text and labels together (a uni-encoder)")
    if (splitter := given.get("words_splitter_type", "whitespace")) != "whitespace":
        raise Unfit(f"which splits words by {splitter!r}", "take a model that splits them at whitespace")
    if given.get("precomputed_prompts_mode"):
        raise Unfit("whose labels are fixed", "take a model that is asked for labels")
    if (pooling := given.get("subtoken_pooling", "first")) not in _POOLING:
        raise Unfit(f"which pools parts of words by {pooling!r}", f"these are known: {', '.join(_POOLING)}")
    width, words = given.get("max_width", 12), given.get("max_len", 384)
    if not (isinstance(width, int) and isinstance(words, int) and width > 0 and words > 0):
        raise Unfit(f"whose {_GLINER} has a max_width or max_len that is no number", "copy the folder anew")
    limit = _limit(given.get("encoder_config") or {})
    marks = (str(given.get("ent_token", "<<ENT>>")), str(given.get("sep_token", "<<SEP>>")))
    return Gliner(graph, tokenizer, width if takes == _SPANS else 0, words, limit, *marks, pooling)


def _files(folder: Path, export: str) -> tuple[Path, Path, frozenset[str]]:
    """The graph, the tokenizer, and what the graph takes."""
    graph = next((folder / name for name in GRAPHS if (folder / name).is_file()), None)
    if graph is None:
        raise Unfit(f"which lacks {GRAPHS[0]}", export)
    if not (folder / TOKENIZER).is_file():
        raise Unfit(f"which lacks {TOKENIZER}", _SAVE)
    if missing := [name for name in _EXTRA if find_spec(name) is None]:
        raise Unfit(f"which {' and '.join(missing)} would run: not installed", "pip install 'hushgate[onnx]'")
    try:
        told = ports(graph)
    except (OSError, ValueError) as why:
        raise Unfit(f"whose {graph.name} is no ONNX graph: {why}", export) from None
    if "logits" not in told.outputs:
        raise Unfit(f"whose graph gives {', '.join(told.outputs)[:80] or 'nothing'}, and no logits", export)
    return graph, folder / TOKENIZER, frozenset(told.inputs)


def _unknown(takes: frozenset[str], known: frozenset[str], hint: str) -> Unfit:
    if more := sorted(takes - known):
        return Unfit(f"whose graph takes what is not known: {', '.join(more)[:80]}", hint)
    return Unfit(f"whose graph does not take {', '.join(sorted(known - takes))[:80]}", hint)


def _limit(given: Any) -> int:
    """Tokens; some positions of RoBERTa's are not for tokens."""
    most = given.get("max_position_embeddings") if isinstance(given, dict) else None
    return min(_MOST_TOKENS, most - 2) if isinstance(most, int) and most > 2 else _MOST_TOKENS
