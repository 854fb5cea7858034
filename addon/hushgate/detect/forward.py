"""The first part of the tagger's network at work: it gives what spaCy's layers give, MultiHashEmbed and
MaxoutWindowEncoder, without what training needs of them, and embeds each word of a batch once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from thinc.api import Model

type Floats = NDArray[np.float32]

_TINY: Final = np.float32(1e-8)


class _Maxout:
    """A layer of `pieces` linear maps, the largest of which counts, and its normalisation."""

    def __init__(self, model: Any) -> None:
        maxout, norm = (next(m for m in model.walk() if m.name == name) for name in ("maxout", "layernorm"))
        out, self._pieces = maxout.get_dim("nO"), maxout.get_dim("nP")
        # Rows of one piece together: the largest of three blocks is found faster than of three neighbours.
        weights = maxout.get_param("W").reshape(out, self._pieces, -1).transpose(1, 0, 2)
        self._weights = np.ascontiguousarray(weights.reshape(out * self._pieces, -1).T, dtype=np.float32)
        self._bias = np.ascontiguousarray(maxout.get_param("b").reshape(out, self._pieces).T, dtype=np.float32).ravel()
        self._scale, self._shift = (norm.get_param(name).astype(np.float32) for name in ("G", "b"))
        self._out = out

    def __call__(self, rows: Floats) -> Floats:
        all_ = rows @ self._weights
        all_ += self._bias
        best: Floats = all_[:, : self._out]
        for n in range(1, self._pieces):
            best = np.maximum(best, all_[:, n * self._out : (n + 1) * self._out])
        best = best - best.mean(axis=1, keepdims=True)
        best /= np.sqrt(np.einsum("ij,ij->i", best, best)[:, None] / np.float32(self._out) + _TINY)
        best *= self._scale
        best += self._shift
        return best


class Forward:
    """What stands in the place of a trained `tok2vec` of `depth` layers that each see one word to both sides."""

    def __init__(self, tok2vec: Any) -> None:
        embed, encode = tok2vec.get_ref("embed"), tok2vec.get_ref("encode")
        self._columns = embed.layers[0].attrs["columns"]
        self._tables = [
            (table.attrs["seed"], table.get_param("E").astype(np.float32))
            for table in embed.walk()
            if table.name == "hashembed"
        ]
        self._mix = _Maxout(embed.layers[3])
        self._layers = [_Maxout(layer) for layer in encode.layers[0].layers]
        self._ops = tok2vec.ops

    def __call__(self, docs: Sequence[Any]) -> list[Floats]:
        """Vectors of each Doc's tokens."""
        keys = np.concatenate([doc.to_array(["ORTH", *self._columns]) for doc in docs]).astype(np.uint64)
        _, first, back = np.unique(keys[:, 0], return_index=True, return_inverse=True)
        words = np.concatenate([self._embedded(keys[first, n], n - 1) for n in range(1, keys.shape[1])], axis=1)
        mixed = self._mix(words)[back]
        pad = len(self._layers)
        rows = self._ops.flatten(_split(mixed, docs), pad=pad)
        wide = np.empty((len(rows), 3 * rows.shape[1]), dtype=np.float32)
        width = rows.shape[1]
        for layer in self._layers:
            wide[:, width : 2 * width] = rows
            wide[0, :width] = wide[-1, 2 * width :] = 0.0
            wide[1:, :width] = rows[:-1]
            wide[:-1, 2 * width :] = rows[1:]
            rows = rows + layer(wide)
        ended: list[Floats] = self._ops.unflatten(rows, self._ops.asarray1i([len(doc) for doc in docs]), pad)
        return ended

    def _embedded(self, keys: NDArray[np.uint64], table: int) -> Floats:
        seed, vectors = self._tables[table]
        rows = self._ops.hash(np.ascontiguousarray(keys), seed) % vectors.shape[0]
        found: Floats = self._ops.gather_add(vectors, rows)
        return found


def _split(rows: Floats, docs: Sequence[Any]) -> list[Floats]:
    ends = np.cumsum([len(doc) for doc in docs])[:-1]
    return np.split(rows, ends)


def use_forward(pipe: Any) -> None:
    """Put it into a trained pipe. It cannot be trained any more."""
    tok2vec = pipe.model.get_ref("tok2vec").layers[0]
    quick = Forward(tok2vec)
    model: Model[Any, Any] = Model("forward", lambda _, docs, is_train: (quick(docs), _no_way_back))
    pipe.model.replace_node(tok2vec, model)


def _no_way_back(_: Any) -> Any:
    raise RuntimeError("this network is not there to be trained")
