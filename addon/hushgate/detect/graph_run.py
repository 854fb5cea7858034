"""Runs an ONNX graph on the processor, and turns texts into its tokens. For workers alone; reads files, no network."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

type Floats = NDArray[np.float32]

_NUMBERS: Final[Mapping[str, Any]] = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(bool)": np.bool_}
_WORKERS: Final = 2
_ERRORS_ALONE: Final = 3


class Graph:
    """A graph that gives logits. Whatever cannot be loaded raises."""

    def __init__(self, path: Path) -> None:
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _ERRORS_ALONE
        options.intra_op_num_threads = max(1, (os.cpu_count() or 1) // _WORKERS)
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._types = {one.name: _NUMBERS[one.type] for one in self._session.get_inputs()}

    def __call__(self, **given: Any) -> Floats:
        """The logits of one text; what the graph does not take is left out. ValueError where they are no numbers."""
        fed = {name: np.asarray(given[name], dtype=kind)[None] for name, kind in self._types.items()}
        (logits,) = self._session.run(["logits"], fed)
        found: Floats = np.asarray(logits, dtype=np.float32)
        if np.isnan(found).any():
            raise ValueError("the tagger gave what is no number")
        return found


class Tokens:
    """A text, or its words, as tokens: never cut short, never filled up."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def __call__(self, text: str | Sequence[str]) -> Encoding:
        """With the marks that the graph expects at both ends."""
        return self._tokenizer.encode(text, is_pretokenized=not isinstance(text, str))

    def knows(self, token: str) -> bool:
        return self._tokenizer.token_to_id(token) is not None
