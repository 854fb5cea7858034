"""What is wrong with a tagger's folder is said before anything is loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hushgate.detect import taggers
from hushgate.detect.taggers import Classifier, Gliner, Pipeline, Unfit, read
from tests import made_taggers


def changed(folder: Path, **told: Any) -> Path:
    path = next(folder.glob("*config.json"))
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | told), "utf-8")
    return folder


def test_three_kinds(tmp_path: Path) -> None:
    (tmp_path / "config.cfg").touch()
    assert read(tmp_path) == Pipeline(tmp_path)
    found = read(made_taggers.classifier(tmp_path / "c"))
    assert isinstance(found, Classifier)
    assert (found.labels, found.limit) == (made_taggers.LABELS, 32)
    spans, words = read(made_taggers.gliner(tmp_path / "g")), read(made_taggers.gliner(tmp_path / "w", spans=False))
    assert isinstance(spans, Gliner) and isinstance(words, Gliner)
    assert (spans.width, spans.words, spans.limit, words.width) == (made_taggers.WIDTH, 12, 512, 0)


def test_the_graph_may_lie_where_the_hub_has_it(tmp_path: Path) -> None:
    folder = made_taggers.classifier(tmp_path, inputs=["token_type_ids"])
    (folder / "onnx").mkdir()
    (folder / "model.onnx").rename(folder / "onnx" / "model_quantized.onnx")
    found = read(folder)
    assert isinstance(found, Classifier)
    assert found.graph == folder / "onnx" / "model_quantized.onnx"


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="where no tagger is") as unfit:
        read(tmp_path)
    assert "config.cfg" in unfit.value.hint


@pytest.mark.parametrize("made", [made_taggers.classifier, made_taggers.gliner])
def test_a_file_is_missing_or_broken(tmp_path: Path, made: Any) -> None:
    folder = made(tmp_path)
    (folder / "model.onnx").write_bytes(b"\xff")
    with pytest.raises(Unfit, match=r"model.onnx is no ONNX graph") as unfit:
        read(folder)
    (folder / "model.onnx").unlink()
    with pytest.raises(Unfit, match=r"lacks model.onnx") as unfit:
        read(folder)
    assert "export" in unfit.value.hint
    made(tmp_path)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(Unfit, match=r"lacks tokenizer.json") as unfit:
        read(folder)
    assert "save_pretrained" in unfit.value.hint
    next(folder.glob("*config.json")).write_text("[1", "utf-8")
    with pytest.raises(Unfit, match="not read as JSON"):
        read(folder)


def test_what_runs_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made_taggers.gliner(tmp_path)
    monkeypatch.setattr(taggers, "find_spec", lambda name: None if name == "onnxruntime" else object())
    with pytest.raises(Unfit, match="onnxruntime would run: not installed") as unfit:
        read(folder)
    assert unfit.value.hint == "pip install 'hushgate[onnx]'"


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"id2label": None}, "lacks id2label"),
        ({"id2label": {"0": "O", "2": "B-PER"}}, "lacks id2label"),
        ({"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}, "name no persons and no places: LABEL_0, LABEL_1"),
    ],
)
def test_a_transformer_whose_labels_say_nothing(tmp_path: Path, told: dict[str, Any], says: str) -> None:
    folder = changed(made_taggers.classifier(tmp_path), **told)
    with pytest.raises(Unfit, match=says):
        read(folder)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"words_splitter_type": "jieba"}, "splits words by 'jieba'"),
        ({"precomputed_prompts_mode": True}, "labels are fixed"),
        ({"subtoken_pooling": "sum"}, "by 'sum'"),
        ({"max_width": "wide"}, "is no number"),
    ],
)
def test_a_gliner_model_of_another_kind(tmp_path: Path, told: dict[str, Any], says: str) -> None:
    folder = changed(made_taggers.gliner(tmp_path), **told)
    with pytest.raises(Unfit, match=says):
        read(folder)


def test_graphs_with_other_inputs(tmp_path: Path) -> None:
    folder = made_taggers.classifier(tmp_path / "c", inputs=["pixel_values"])
    with pytest.raises(Unfit, match="takes what is not known: pixel_values"):
        read(folder)
    made_taggers.gliner(tmp_path / "g")
    (folder / "model.onnx").rename(tmp_path / "g" / "model.onnx")
    with pytest.raises(Unfit, match="takes what is not known: pixel_values") as unfit:
        read(tmp_path / "g")
    assert "uni-encoder" in unfit.value.hint
    made_taggers.classifier(tmp_path / "c")
    (folder / "model.onnx").rename(tmp_path / "g" / "model.onnx")
    with pytest.raises(Unfit, match="does not take span_idx, span_mask, text_lengths, words_mask"):
        read(tmp_path / "g")
