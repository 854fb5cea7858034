"""Names in clear context by spaCy's matcher, and national identifiers by Presidio's recognizers.

Only worker processes import this. Neither library's own pipeline is used: both
read short windows round a cue word, so cost does not grow with the text around
it. Nothing is downloaded: the spaCy pipeline is a blank tokenizer, and
Presidio's recognizers are called one by one with their checksums.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import presidio_analyzer.pattern_recognizer as presidio
import spacy
import tldextract
from presidio_analyzer import predefined_recognizers as known
from spacy.attrs import NORM
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc
from thinc.api import NumpyOps

from hushgate.detect import shipped
from hushgate.detect.candidates import windows
from hushgate.detect.cues import CUES, FIELD, IDENTIFIERS, named_by, places
from hushgate.detect.evidence import Heard, Proposal, features, proposals, score
from hushgate.detect.hit import Hit
from hushgate.detect.identifiers import OWN
from hushgate.detect.merge import merged
from hushgate.detect.nametokens import NAME, token_patterns
from hushgate.detect.namewords import NOT_NAMES, PARTICLES, TITLES
from hushgate.detect.wordclasses import WordClasses
from hushgate.values import Level

_NEAR: Final = 40
"""Code points behind a cue within which a name begins."""
_REGEX_SECONDS: Final = 1
_WIDTH: Final = 64
_BATCH: Final = 64
_OPS: Final = NumpyOps(use_blis=False)  # numpy's products take a third of the time of blis'
_JOINS_BEFORE: Final = frozenset("_$@#\\")
_JOINS_BEHIND: Final = frozenset("_(")
_LEVELS: Final = {"PERSON": Level.CONFIDENTIAL, "LOCATION": Level.INTERNAL}
_LABELS_OF_OTHERS: Final = {
    "PERSON": "PERSON", "PER": "PERSON",
    "LOCATION": "LOCATION", "LOC": "LOCATION", "GPE": "LOCATION", "FAC": "LOCATION",
}  # fmt: skip
_SURE_OF_OTHERS: Final = 0.85
_ROWS: Final = {"LOWER": 5000, "NORM": 500, "PREFIX": 500, "SUFFIX": 2500, "SHAPE": 1500}

# Presidio skips a pattern that runs too long, with a warning. Here that has to be a fault.
presidio.REGEX_TIMEOUT_SECONDS = _REGEX_SECONDS
tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


class _Raise(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if "timed out" in str(record.msg):
            raise TimeoutError("a pattern ran too long")
        return True


presidio.logger.addFilter(_Raise())

# Recognizers whose checksum carries them once a word beside them says what the number is; all are in 2.2.362.
_IDENTIFIERS: Final = (
    ("AuTfnRecognizer", "AU_TFN"), ("AuAbnRecognizer", "AU_ABN"), ("AuAcnRecognizer", "AU_ACN"),
    ("AuMedicareRecognizer", "AU_MEDICARE"), ("InAadhaarRecognizer", "IN_AADHAAR"),
    ("EsNifRecognizer", "ES_NIF"), ("EsNieRecognizer", "ES_NIE"), ("ItFiscalCodeRecognizer", "IT_FISCAL_CODE"),
    ("ItVatCodeRecognizer", "IT_VAT_CODE"), ("PlPeselRecognizer", "PL_PESEL"),
    ("FiPersonalIdentityCodeRecognizer", "FI_PERSONAL_IDENTITY_CODE"), ("KrRrnRecognizer", "KR_RRN"),
)  # fmt: skip


def tokenizing() -> Language:
    """A pipeline that knows no language and only tokenizes."""
    nlp = spacy.blank("xx")
    # Words keep their dashes and apostrophes: Schmidt-Meyer and O'Neill are one token each.
    tokenizer: Any = nlp.tokenizer
    tokenizer.infix_finditer = re.compile(r"""[:=,;()\[\]{}"<>|/\\]|--+""").finditer
    address = tokenizer.url_match
    tokenizer.url_match = lambda word: None if '"' in word or "<" in word else address(word)
    return nlp


def add_tagger(nlp: Language, words: WordClasses) -> Any:
    """The shipped tagger's network, yet without weights; it reads each word's class as its norm."""
    vocab: Any = nlp.vocab
    vocab.lex_attr_getters[NORM] = words.norm
    encode = {"width": _WIDTH, "depth": 3, "window_size": 1, "maxout_pieces": 3}
    embed = {"width": _WIDTH, "attrs": [*_ROWS], "rows": [*_ROWS.values()], "include_static_vectors": False}
    tok2vec = {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {"@architectures": "spacy.MultiHashEmbed.v2", **embed},
        "encode": {"@architectures": "spacy.MaxoutWindowEncoder.v2", **encode},
    }
    parser = {
        "@architectures": "spacy.TransitionBasedParser.v2", "state_type": "ner", "extra_state_tokens": False,
        "hidden_width": _WIDTH, "maxout_pieces": 2, "use_upper": True, "nO": None, "tok2vec": tok2vec,
    }  # fmt: skip
    return nlp.add_pipe("ner", config={"model": parser})


@dataclass(frozen=True, slots=True)
class Named:
    """A group of words that may be a name: code points of its text, and what speaks for it."""

    start: int
    end: int
    label: str
    features: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tagged:
    """A name that counts: code points of its text, and the score from 0 to 1."""

    start: int
    end: int
    label: str
    score: float


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
                        yield Named(low, high, label, features(words, one, self._words, heard))


class BuiltIn:
    """The tagger that comes with hushgate, and how sure it is of what it found."""

    def __init__(self, nlp: Language) -> None:
        self._shipped = shipped.read()
        pipe = add_tagger(nlp, self._shipped.words)
        pipe.from_bytes(self._shipped.network, exclude=["vocab"])
        for node in pipe.model.walk():
            node.ops = _OPS
        self._tagger = Tagger(nlp, pipe, self._shipped.words)

    def __call__(self, texts: Sequence[str]) -> Iterator[list[Tagged]]:
        weights, least = self._shipped.weights, self._shipped.thresholds
        for named in self._tagger.read(texts, least):
            judged = ((one, score(one.features, weights[one.label])) for one in named)
            yield [Tagged(one.start, one.end, one.label, sure) for one, sure in judged if sure >= least[one.label]]


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
                    if label := _LABELS_OF_OTHERS.get(ent.label_):
                        found[n].append(Tagged(start + ent.start_char, start + ent.end_char, label, _SURE_OF_OTHERS))
            yield from found


class Names:
    """Names and national identifiers in texts. Loads in about a second; not for the event loop.

    `ner`: `builtin`, or the package or folder of another spaCy pipeline. OSError or ValueError where it does not load.
    """

    def __init__(self, fingerprint: Callable[[str], str], ner: str = "builtin") -> None:
        self._fingerprint = fingerprint
        self._nlp = tokenizing()
        self._tag: Callable[[Sequence[str]], Iterator[list[Tagged]]]
        self._tag = BuiltIn(self._nlp) if ner == "builtin" else Foreign(ner)
        self._matcher = Matcher(self._nlp.vocab)
        self._scores: dict[str, float] = {}
        for rule_id, (sure, patterns) in token_patterns().items():
            self._matcher.add(rule_id, patterns, greedy="LONGEST")
            self._scores[rule_id] = sure
        self._name = re.compile(NAME)
        self._identifiers = [(getattr(known, name)(), entity) for name, entity in _IDENTIFIERS]

    def find(self, texts: Sequence[str], keys: Sequence[str | None]) -> list[tuple[Hit, ...]]:
        """The hits of each text; `keys` are the nearest object keys."""
        with self._nlp.memory_zone():
            return [
                merged([*self._in_text(text, key), *(self._named(text, one) for one in tagged)])
                for text, key, tagged in zip(texts, keys, self._tag(texts), strict=True)
            ]

    def _named(self, text: str, one: Tagged) -> Hit:
        rule_id = f"name-{one.label.lower()}"
        return self._hit(text, one.start, one.end, one.label, _LEVELS[one.label], round(one.score, 2), rule_id)

    def _in_text(self, text: str, key: str | None) -> Iterator[Hit]:
        if named_by(key) and self._is_name(text):
            yield self._hit(text, 0, len(text), "PERSON", Level.CONFIDENTIAL, 0.85, "name-key")
            return
        for field in FIELD.finditer(text):
            if named_by(field["key"]) and self._is_name(field["value"]):
                yield self._hit(text, *field.span("value"), "PERSON", Level.CONFIDENTIAL, 0.85, "name-key")
        for start, end in _windows(text, CUES, 32, 128, capital=True):
            doc = self._nlp.make_doc(text[start:end])
            for match, first, last in self._matcher(doc):
                rule_id = self._nlp.vocab.strings[match]
                span = self._span(doc, first, last, rule_id)
                if span is not None:
                    low, high = start + span[0], start + span[1]
                    # A name that touches the window's end may go on behind it: its own cue's window has it whole.
                    yield self._hit(text, low, high, "PERSON", Level.CONFIDENTIAL, self._scores[rule_id], rule_id)
        for start, end in _windows(text, IDENTIFIERS, 160, 160):
            yield from self._identified(text, start, end)

    def _span(self, doc: Doc, first: int, last: int, rule_id: str) -> tuple[int, int] | None:
        """Characters of the name tokens at the end of a match."""
        tokens = [token for token in doc[first:last] if not token.is_space]
        while tokens and not self._name_like(tokens[-1].text):
            tokens.pop()
        begin = len(tokens)
        while begin and (
            self._name_like(tokens[begin - 1].text)
            or tokens[begin - 1].lower_ in PARTICLES
            or _initial(tokens[begin - 1].text)
        ):
            begin -= 1
        tokens = tokens[begin:]
        while tokens and not self._name_like(tokens[0].text):
            tokens.pop(0)
        if not tokens:
            return None
        return tokens[0].idx, tokens[-1].idx + len(tokens[-1])

    def _name_like(self, word: str) -> bool:
        return word.lower() not in NOT_NAMES and word.lower() not in TITLES and self._name.match(word) is not None

    def _is_name(self, text: str) -> bool:
        words = text.split()
        return 0 < len(words) <= 5 and all(
            self._name_like(word.strip(",")) or word.lower() in PARTICLES or _initial(word) for word in words
        )

    def _identified(self, text: str, start: int, end: int) -> Iterator[Hit]:
        window = text[start:end]
        words = window.lower()
        for recognizer, entity in self._identifiers:
            if _any_whole(recognizer.context or (), words):
                for result in recognizer.analyze(window, [entity]):
                    if result.score >= 1.0:
                        yield self._identifier(text, start + result.start, start + result.end, entity)
        for own in OWN:
            if _any_whole(own.context, words):
                for low, high in own.find(window):
                    yield self._identifier(text, start + low, start + high, own.entity)

    def _identifier(self, text: str, start: int, end: int, entity: str) -> Hit:
        rule_id = f"id-{entity.lower().replace('_', '-')}"
        return self._hit(text, start, end, entity, Level.REGULATED, 0.9, rule_id)

    def _hit(self, text: str, start: int, end: int, entity: str, level: Level, score: float, rule_id: str) -> Hit:
        return Hit(start, end, entity, "pii", level, score, rule_id, "", self._fingerprint(text[start:end]))


def _initial(word: str) -> bool:
    return len(word.rstrip(".")) == 1 and word[0].isupper()


def _any_whole(phrases: Iterable[str], text: str) -> bool:
    return any(_whole(phrase.lower(), text) for phrase in phrases)


def _whole(word: str, text: str) -> bool:
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if (at == 0 or not text[at - 1].isalnum()) and (end == len(text) or not text[end].isalnum()):
            return True
        at = text.find(word, at + 1)
    return False


def _windows(text: str, cues: Any, before: int, behind: int, *, capital: bool = False) -> list[tuple[int, int]]:
    """Stretches round the cues (with a capital behind it), cut at white space, joined where they touch."""
    out: list[tuple[int, int]] = []
    for start, end in places(cues, text):
        if capital and (near := text[end : end + _NEAR]) == near.lower():
            continue
        low, high = max(0, start - before), min(len(text), end + behind)
        while low and not text[low - 1].isspace() and start - low < 2 * before:
            low -= 1
        while high < len(text) and not text[high].isspace() and high - end < 2 * behind:
            high += 1
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out
