"""Taggers of names small enough to be made in a test: graphs that look each token up in a table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

SURE: Final = 8.0
LABELS: Final = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG")
MARKS: Final = ("<<ENT>>", "<<SEP>>")
WIDTH: Final = 4

# Each word's label; "##" goes on with a word, and a transformer says of it what it was not trained to say.
TOLD: Final[Mapping[str, str]] = {
    "Zoltar": "B-PER", "Quimby": "I-PER", "Blen": "B-PER", "##kin": "B-LOC", "O": "B-PER", "'": "I-PER",
    "Zarkov": "I-PER", "Quux": "B-LOC", "City": "I-LOC", "Acme": "B-ORG",
}  # fmt: skip
_PLAIN: Final = "then of flew to with and from wrote . , ! a person location organization word".split()


def tokenizer(marks: Sequence[str] = ()) -> Tokenizer:
    """Words as they are, in a vocabulary of their own; [CLS] before and [SEP] behind. It would cut texts off."""
    known = ["[UNK]", "[CLS]", "[SEP]", *TOLD, *_PLAIN]
    made = Tokenizer(models.WordPiece({word: n for n, word in enumerate(known)}, unk_token="[UNK]"))
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 1), ("[SEP]", 2)])
    made.add_special_tokens(list(marks))
    made.enable_truncation(4)
    made.enable_padding(length=4)
    return made


def classifier(
    folder: Path, labels: Sequence[str] = LABELS, *, positions: int = 34, inputs: Sequence[str] = ()
) -> Path:
    """A transformer's folder, as `optimum-cli export onnx` leaves one; `inputs`: what the graph takes, too."""
    words = tokenizer()
    table = np.zeros((words.get_vocab_size(), len(labels)), np.float32)
    table[:, 0] = SURE
    for word, label in TOLD.items():
        if label in labels:
            table[words.token_to_id(word)] = SURE * (np.arange(len(labels)) == labels.index(label))
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["logits"])]
    config = {"id2label": {str(n): label for n, label in enumerate(labels)}, "max_position_embeddings": positions}
    takes = {name: ["b", "t"] for name in ("input_ids", "attention_mask", *inputs)}
    return _written(folder, nodes, {"table": table}, takes, words, {"config.json": config})


def gliner(folder: Path, *, spans: bool = True, told: Mapping[str, Any] | None = None) -> Path:
    """A GLiNER model's folder, as its package exports one; of spans, or of words. A longer span is the surer one."""
    words, labels = tokenizer(MARKS), ("PER", "LOC", "ORG")
    parts = 1 if spans else 3
    table = np.full((words.get_vocab_size(), len(labels), parts), -SURE, np.float32)
    for word, label in TOLD.items():
        row = table[words.token_to_id(word), labels.index(label[2:])]
        begins = label[0] == "B"
        row[:] = SURE if spans else (SURE if begins else -SURE, SURE / 2 if begins else SURE, SURE)
    one = {name: np.array(value, np.int64) for name, value in (("one", 1), ("zero", 0), ("ones", [1]), ("two", [2]))}
    weights = {"table": table.reshape(len(table), -1), **one}
    nodes = [  # (1, words, tokens) of which word each token is, times what the table says of the token
        helper.make_node("Squeeze", ["text_lengths"], ["length"]),
        helper.make_node("Add", ["length", "one"], ["end"]),
        helper.make_node("Range", ["one", "end", "one"], ["numbers"]),
        helper.make_node("Unsqueeze", ["numbers", "ones"], ["column"]),
        helper.make_node("Equal", ["words_mask", "column"], ["chosen"]),
        helper.make_node("Cast", ["chosen"], ["picks"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["table", "input_ids"], ["told"]),
        helper.make_node("Squeeze", ["told", "zeros"], ["rows"]),
        helper.make_node("MatMul", ["picks", "rows"], ["said"]),
    ]
    weights["zeros"] = np.array([0], np.int64)
    takes = {name: ["b", "t"] for name in ("input_ids", "attention_mask", "words_mask")} | {"text_lengths": ["b", 1]}
    if spans:
        takes |= {"span_idx": ["b", "s", 2], "span_mask": ["b", "s"]}
        weights |= {"last": np.array(1, np.int64), "shape": np.array([1, -1, WIDTH, len(labels)], np.int64)}
        nodes += [
            helper.make_node("Squeeze", ["span_idx", "zeros"], ["pairs"]),
            helper.make_node("Gather", ["pairs", "zero"], ["firsts"], axis=1),
            helper.make_node("Gather", ["pairs", "last"], ["lasts"], axis=1),
            helper.make_node("Gather", ["said", "firsts"], ["at_first"]),
            helper.make_node("Gather", ["said", "lasts"], ["at_last"]),
            helper.make_node("Min", ["at_first", "at_last"], ["both"]),
            helper.make_node("Sub", ["lasts", "firsts"], ["sizes"]),
            helper.make_node("Cast", ["sizes"], ["longer"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["longer", "ones"], ["bonus"]),
            helper.make_node("Add", ["both", "bonus"], ["judged"]),
            helper.make_node("Reshape", ["judged", "shape"], ["logits"]),
        ]
    else:
        weights["shape"] = np.array([1, -1, len(labels), parts], np.int64)
        nodes.append(helper.make_node("Reshape", ["said", "shape"], ["logits"]))
    config = {"max_width": WIDTH, "max_len": 12, "words_splitter_type": "whitespace", **(told or {})}
    return _written(folder, nodes, weights, takes, words, {"gliner_config.json": config})


def _written(
    folder: Path,
    nodes: Sequence[Any],
    weights: Mapping[str, Any],
    takes: Mapping[str, Sequence[Any]],
    words: Tokenizer,
    files: Mapping[str, Any],
) -> Path:
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.BOOL if name == "span_mask" else TensorProto.INT64, shape)
        for name, shape in takes.items()
    ]
    graph = helper.make_graph(
        nodes, "small", inputs, [helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )  # fmt: skip
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(made, folder / "model.onnx")
    words.save(str(folder / "tokenizer.json"))
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), "utf-8")
    return folder
