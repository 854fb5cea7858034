"""OpenAI's tokens: where they stand for a text, and where they spell one a second time.

Log-probabilities spell a text again, token by token.

Where the tokens spell exactly the text they stand beside they are no segments:
a finding in the text is a finding in them, and a dialect's `drop_echoes` takes
them out as soon as that text is changed. Tokens that spell anything else are
read like any other string.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Kind, Role
from hushgate.wire.openai_request import part
from hushgate.wire.readers import opaque
from hushgate.wire.walk import Path, Reader, Walk

LONGEST_TOKEN: Final = 32
"""Code points that one token of an LLM's vocabulary has at most."""


def spelling(text: object) -> Reader:
    """A reader of tokens (`[{"token", "logprob", "top_logprobs"}, ...]`) that stand beside `text`."""

    def read(walk: Walk, path: Path, tokens: object, role: Role) -> None:
        if not isinstance(tokens, list):
            walk.value(path, tokens, role, Kind.TEXT)
            return
        table = _SPELLED if _spell(tokens, text) else _TOKEN
        for position, token in enumerate(tokens):
            walk.fields((*path, position), token, table, role, Kind.TEXT)

    return read


def words(text: object) -> Reader:
    """A reader of bare tokens (`["a", "b"]`, as legacy completions have them) that stand beside `text`."""

    def read(walk: Walk, path: Path, tokens: object, role: Role) -> None:
        spell = isinstance(tokens, list) and all(isinstance(token, str) for token in tokens)
        if not (spell and isinstance(tokens, list) and "".join(tokens) == text):
            walk.value(path, tokens, role, Kind.TEXT)

    return read


def probability(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A measure: a fraction, which no value is sent as. Anything else in its place is read."""
    if not isinstance(value, float):
        opaque(walk, path, value, role)


def probabilities(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A list of measures."""
    walk.items(path, value, probability, role, Kind.OPAQUE)


def written(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A prompt or an input: a text, several, parts, or token ids, which no text can be read from."""
    if isinstance(value, list) and value and all(isinstance(one, int) for one in value):
        walk.skip(path, "token ids", " ".join(map(str, value)))
    elif isinstance(value, list):
        walk.items(path, value, written, Role.USER, Kind.TEXT)
    elif isinstance(value, dict):
        part(walk, path, value, Role.USER)
    else:
        walk.value(path, value, Role.USER, Kind.TEXT)


def _spell(tokens: list[object], text: object) -> bool:
    if not isinstance(text, str):
        return False
    spelled = [token.get("token") if isinstance(token, dict) else None for token in tokens]
    return all(isinstance(token, str) for token in spelled) and "".join(map(str, spelled)) == text


def _said_already(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A token of a text that is read elsewhere."""


def _other_token(walk: Walk, path: Path, value: object, role: Role) -> None:
    # A short alternative is one word of the LLM's fixed vocabulary: it cannot hold a value.
    if not (isinstance(value, str) and len(value) <= LONGEST_TOKEN):
        walk.value(path, value, role, Kind.TEXT)


def _alternatives(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.items(path, value, _alternative, role, Kind.TEXT)


def _alternative(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, {"token": _other_token, "logprob": probability}, role, Kind.TEXT)


_TOKEN: Final[Mapping[str, Reader]] = {"logprob": probability, "top_logprobs": _alternatives}
_SPELLED: Final[Mapping[str, Reader]] = {**_TOKEN, "token": _said_already}
