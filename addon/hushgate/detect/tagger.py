"""Taggers of names: the small network that comes with hushgate, or another one. For workers alone."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import spacy
from spacy.attrs import IS_SPACE, LOWER, NORM, PREFIX, SHAPE, SUFFIX
from spacy.lang.lex_attrs import word_shape
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps

from hushgate.detect import abroad, shipped
from hushgate.detect.candidates import windows
from hushgate.detect.evidence import Heard, Proposal, features, proposals, score
from hushgate.detect.forward import use_forward
from hushgate.detect.languages import LANGUAGES, Spoken
from hushgate.detect.namelabels import entity_of
from hushgate.detect.tagged import Tagged
from hushgate.detect.taggers import Pipeline, read
from hushgate.detect.tokens import Tokens
from hushgate.detect.wordclasses import WordClasses

_WIDTH: Final = 96
_DEPTH: Final = 3
_HIDDEN: Final = 64
_BATCH: Final = 256
_OPS: Final = NumpyOps(use_blis=False)
_READ: Final = (LOWER, NORM, PREFIX, SUFFIX, SHAPE, IS_SPACE)
"""What is looked at of a word; spaCy works out some twenty more."""
_ROWS: Final = {"LOWER": 8000, "NORM": 1000, "PREFIX": 2500, "SUFFIX": 3000, "SHAPE": 1500}
_SHAPES: Final = str.maketrans(
    string.ascii_uppercase + string.ascii_lowercase + string.digits, "X" * 26 + "x" * 26 + "d" * 10
)
_RUN: Final = re.compile(r"((.)\2{3})\2+", re.DOTALL)
_JOINS_BEFORE: Final = frozenset("_$@#\\")
_JOINS_BEHIND: Final = frozenset("_(")
_SURE_OF_OTHERS: Final = 0.85


def tokenizing() -> Language:
    """A pipeline that knows no language and only tokenizes."""
    nlp = _blank()
    vocab: Any = nlp.vocab
    vocab.lex_attr_getters = {attr: vocab.lex_attr_getters[attr] for attr in _READ}
    vocab.lex_attr_getters |= {PREFIX: _beginning, SHAPE: _shape}
    nlp.tokenizer = Tokens(nlp.vocab)
    return nlp


def _blank() -> Language:
    """It is made without asking every package that offers spaCy a component, as Presidio does: that imports them."""
    offered: Any = spacy.util.registry._entry_point_factories  # noqa: SLF001  nothing else tells it
    asked, offered.entry_points = offered.entry_points, False
    try:
        return spacy.blank("xx")
    finally:
        offered.entry_points = asked


def _beginning(word: str) -> str:
    return word[:3].lower()


def _shape(word: str) -> str:
    """What spaCy's `word_shape` gives, at a third of the time: X, x and d for letters and digits, four in a row."""
    if len(word) >= 100:
        return "LONG"
    if not word.isascii():
        return word_shape(word)
    return _RUN.sub(r"\1", word.translate(_SHAPES))


def add_tagger(nlp: Language, words: WordClasses) -> Any:
    """The shipped tagger's network, yet without weights; it reads each word's class as its norm."""
    vocab: Any = nlp.vocab
    vocab.lex_attr_getters[NORM] = words.norm
    encode = {"width": _WIDTH, "depth": _DEPTH, "window_size": 1, "maxout_pieces": 3}
    embed = {"width": _WIDTH, "attrs": [*_ROWS], "rows": [*_ROWS.values()], "include_static_vectors": False}
    tok2vec = {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {"@architectures": "spacy.MultiHashEmbed.v2", **embed},
        "encode": {"@architectures": "spacy.MaxoutWindowEncoder.v2", **encode},
    }
    parser = {
        "@architectures": "spacy.TransitionBasedParser.v2", "state_type": "ner", "extra_state_tokens": False,
        "hidden_width": _HIDDEN, "maxout_pieces": 2, "use_upper": True, "nO": None, "tok2vec": tok2vec,
    }  # fmt: skip
    pipe: Any = nlp.add_pipe("ner", config={"model": parser})
    use_numpy(pipe)
    return pipe


def use_numpy(pipe: Any) -> None:
    """Numpy's products take half the time of blis', in training and at work."""
    for node in pipe.model.walk():
        node.ops = _OPS


@dataclass(frozen=True, slots=True)
class Named:
    """A group of words that may be a name: code points of its text, what speaks for it; `said`: the tagger's label."""

    start: int
    end: int
    label: str
    features: Sequence[str]
    said: str


class Tagger:
    """The shipped tagger over texts: proposals of names with their features. `pipe` is its network, with weights."""

    def __init__(self, nlp: Language, pipe: Any, words: WordClasses) -> None:
        self._nlp = nlp
        self._pipe = pipe
        self._words = words

    def read(self, texts: Sequence[str], labels: Iterable[str]) -> list[list[Named]]:
        """The proposals of each text."""
        places = [(n, start, end) for n, text in enumerate(texts) for start, end in windows(text, self._words)]
        docs: list[list[tuple[int, Doc]]] = [[] for _ in texts]
        made = (self._nlp.make_doc(texts[n][start:end]) for n, start, end in places)
        for (n, start, _), doc in zip(places, self._pipe.pipe(made, batch_size=_BATCH), strict=True):
            docs[n].append((start, doc))
        return [list(self._named(text, each, labels)) for text, each in zip(texts, docs, strict=True)]

    def _named(self, text: str, docs: Sequence[tuple[int, Doc]], labels: Iterable[str]) -> Iterator[Named]:
        heard = Heard()
        for _, doc in docs:
            for ent in doc.ents:
                heard.add([token.text for token in ent], ent.label_)
        for start, doc in docs:
            words = [token.text for token in doc]
            tagged = [Proposal(ent.start, ent.end, ent.label_) for ent in doc.ents]
            for label in labels:
                for one in proposals(words, tagged, self._words, label):
                    span = doc[one.first : one.last]
                    low, high = start + span.start_char, start + span.end_char
                    if text[low - 1 : low] not in _JOINS_BEFORE and text[high : high + 1] not in _JOINS_BEHIND:
                        yield Named(low, high, label, features(words, one, self._words, heard), one.said)


class BuiltIn:
    """The tagger that comes with hushgate, and how sure it is of what it found; in prose of one of `languages` but
    English, what the word lists say of it."""

    def __init__(self, nlp: Language, languages: Collection[str] = LANGUAGES) -> None:
        self._shipped = shipped.read()
        self._languages = frozenset(languages)
        pipe = add_tagger(nlp, self._shipped.words)
        pipe.from_bytes(self._shipped.network, exclude=["vocab"])
        use_numpy(pipe)  # the parser's upper layer is there since it was read
        use_forward(pipe)
        for word in self._shipped.words.everyday():
            nlp.vocab[word], nlp.vocab[word.capitalize()]  # of all others each text's own are forgotten with it
        self._tagger = Tagger(nlp, pipe, self._shipped.words)

    def __call__(self, texts: Sequence[str]) -> Iterator[list[Tagged]]:
        for text, named in zip(texts, self._tagger.read(texts, self._shipped.thresholds), strict=True):
            spoken = Spoken(text, self._languages)
            yield [name for one in named for name in self._judged(text, one, spoken.at(one.start))]

    def _judged(self, text: str, one: Named, language: str | None) -> Iterator[Tagged]:
        words = self._shipped.words
        if language is not None and one.label == "PERSON":
            for start, end, sure in abroad.persons(text, one.start, one.end, one.said, language, words):
                yield Tagged(start, end, one.label, sure)
        elif language is None or abroad.is_place(text, one.start, one.end, language, words):
            sure = score(one.features, self._shipped.weights[one.label])
            if sure >= self._shipped.thresholds[one.label]:
                yield Tagged(one.start, one.end, one.label, sure)


def other(where: str) -> Callable[[Sequence[str]], Iterator[list[Tagged]]]:
    """Another tagger, by the name of its package or its folder. Raises what loading it raises."""
    found = read(Path(where)) if "/" in where else None
    if found is None or isinstance(found, Pipeline):
        return Foreign(where)
    from hushgate.detect.network_tagger import NetworkTagger  # only who has the extra can import it

    return NetworkTagger(found)


class Foreign:
    """Another spaCy pipeline, by the name of its package or its folder. OSError where there is none."""

    def __init__(self, where: str) -> None:
        self._nlp = spacy.load(where)
        self._words = shipped.read().words

    def __call__(self, texts: Sequence[str]) -> Iterator[list[Tagged]]:
        with self._nlp.memory_zone():
            places = [(n, *span) for n, text in enumerate(texts) for span in windows(text, self._words)]
            found: list[list[Tagged]] = [[] for _ in texts]
            read = self._nlp.pipe((texts[n][start:end] for n, start, end in places), batch_size=_BATCH)
            for (n, start, _), doc in zip(places, read, strict=True):
                for ent in doc.ents:
                    if label := entity_of(ent.label_):
                        found[n].append(Tagged(start + ent.start_char, start + ent.end_char, label, _SURE_OF_OTHERS))
            yield from found
