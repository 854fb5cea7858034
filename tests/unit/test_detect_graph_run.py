from __future__ import annotations

from pathlib import Path

import onnx
import pytest
from onnx import helper

from hushgate.detect.graph_run import Graph, Tokens
from tests import made_taggers


def test_what_a_graph_does_not_take_is_left_out(tmp_path: Path) -> None:
    graph = Graph(made_taggers.classifier(tmp_path) / "model.onnx")
    logits = graph(input_ids=[1, 3], attention_mask=[1, 1], token_type_ids=[0, 0])
    assert logits.shape == (1, 2, len(made_taggers.LABELS))
    assert logits.argmax(-1).tolist() == [[0, 1]]


def test_no_number_is_no_verdict(tmp_path: Path) -> None:
    path = made_taggers.classifier(tmp_path) / "model.onnx"
    made = onnx.load(path)
    made.graph.node[0].output[0] = "looked_up"
    made.graph.node.extend([helper.make_node("Sub", ["looked_up", "looked_up"], ["nought"])])
    made.graph.node.extend([helper.make_node("Div", ["nought", "nought"], ["logits"])])
    onnx.save(made, path)
    with pytest.raises(ValueError, match="no number"):
        Graph(path)(input_ids=[1], attention_mask=[1])


def test_tokens_are_never_cut_short_nor_filled_up(tmp_path: Path) -> None:
    tokens = Tokens(made_taggers.classifier(tmp_path) / "tokenizer.json")
    assert len(tokens("word " * 50).ids) == 52
    assert tokens("to").offsets == [(0, 0), (0, 2), (0, 0)]
    assert tokens(["Blenkin", "to"]).word_ids == [None, 0, 0, 1, None]
    assert tokens.knows("[CLS]") and not tokens.knows("<<ENT>>")
