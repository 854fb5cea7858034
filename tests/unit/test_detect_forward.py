from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from spacy.tokens import Doc

from hushgate.detect import shipped
from hushgate.detect.forward import Forward, use_forward
from hushgate.detect.tagger import add_tagger, tokenizing

type Trained = tuple[Any, Callable[[], list[Doc]]]
TEXTS = ("Ask Ingrid Bergström whether Priya called. Thanks, Bob", "a", "Dear Anna,\n\nthe the the", "Bob")


@pytest.fixture
def trained() -> Trained:
    nlp = tokenizing()
    model = shipped.read()
    pipe = add_tagger(nlp, model.words)
    pipe.from_bytes(model.network, exclude=["vocab"])
    return pipe, lambda: [nlp.make_doc(text) for text in TEXTS]


@pytest.mark.parametrize("some", [slice(0, 4), slice(1, 2), slice(0, 1)])
def test_it_gives_what_the_trained_layers_give(trained: Trained, some: slice) -> None:
    tok2vec, docs = trained[0].model.get_ref("tok2vec").layers[0], trained[1]()[some]
    found, wanted = Forward(tok2vec)(docs), tok2vec.predict(docs)
    assert [each.shape for each in found] == [each.shape for each in wanted]
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5)


def test_a_pipe_with_it_tags_as_before_and_cannot_be_trained(trained: Trained) -> None:
    pipe, docs = trained

    def tagged() -> list[list[str]]:
        return [[ent.text for ent in doc.ents] for doc in pipe.pipe(docs())]

    before = tagged()
    use_forward(pipe)
    assert tagged() == before
    assert "Ingrid Bergström" in before[0]
    with pytest.raises(RuntimeError, match="trained"):
        pipe.model.get_ref("tok2vec").layers[0].begin_update(docs())[1](None)
