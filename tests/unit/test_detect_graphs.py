from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from hushgate.detect.graphs import Ports, ports
from tests import made_taggers


def test_ports_are_those_that_onnx_reads(tmp_path: Path) -> None:
    for folder in (made_taggers.classifier(tmp_path / "c"), made_taggers.gliner(tmp_path / "g")):
        graph = onnx.load(folder / "model.onnx").graph
        names = tuple(one.name for one in graph.input), tuple(one.name for one in graph.output)
        assert ports(folder / "model.onnx") == Ports(*names)


def test_weights_that_old_files_list_as_inputs_are_none(tmp_path: Path) -> None:
    table = numpy_helper.from_array(np.zeros((2, 2), np.float32), "table")
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1])
    listed = helper.make_tensor_value_info("table", TensorProto.FLOAT, [2, 2])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)
    node = helper.make_node("Gather", ["table", "input_ids"], ["logits"])
    onnx.save(helper.make_model(helper.make_graph([node], "old", [ids, listed], [logits], [table])), tmp_path / "old")
    assert ports(tmp_path / "old").inputs == ("input_ids",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no graph"),
        (b"\x08\x07", "no graph"),  # a version alone
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "no protobuf|ends too soon"),
        (b"\x3a\x7f\x0a", "ends too soon"),
        (b"\xff" * 40, "no protobuf"),
        (b"PK\x03\x04" + bytes(40), "no protobuf|ends too soon|no graph"),
    ],
)
def test_what_is_no_graph(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "x.onnx").write_bytes(content)
    with pytest.raises(ValueError, match=says):
        ports(tmp_path / "x.onnx")


def test_a_file_whose_graph_is_cut_off_is_an_error(tmp_path: Path) -> None:
    path = made_taggers.classifier(tmp_path) / "model.onnx"
    content = path.read_bytes()
    for size in range(0, len(content) - 8, 7):  # behind the graph stands which operators it uses
        path.write_bytes(content[:size])
        with pytest.raises(ValueError, match="ends too soon|no graph"):
            ports(path)
