"""OpenAI's tokens: where they stand for a text, and where they spell one a second time.

Log-probabilities spell a text again, token by token.

Where the tokens spell exactly the text they stand beside they are no segments:
a finding in the text is a finding in them, and a dialect's `drop_echoes` takes
them out as soon as that text is changed. In a request they stay: there they
are read, as one string that cannot be changed. Tokens that spell anything else
are read like any other string.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from hushgate.values import Direction, Embedded, Kind, Location, Role
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
        spell = _spell(tokens, text)
        if spell and walk.direction is Direction.REQUEST:
            walk.leaf(path, str(text), role, Kind.OPAQUE)
        table = _SPELLED if spell else _TOKEN
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


def unspelled(doc: object, changed: Iterable[Location], keys: Collection[str] = ("logprobs",)) -> object:
    """`doc` with the lists at `keys` empty beside every text that `changed` touches, JSON in a text included."""
    for at in changed:
        path = at.path[: at.path.index(Embedded.JSON)] if Embedded.JSON in at.path else at.path
        doc = _emptied(doc, path[:-1], keys)
    return doc


def _emptied(value: object, path: Path, keys: Collection[str]) -> object:
    if isinstance(value, dict):
        if not path:
            lists: dict[str, object] = {key: [] for key in keys if isinstance(inner := value.get(key), list) and inner}
            return {**value, **lists} if lists else value
        if isinstance(step := path[0], str) and step in value:
            inner = _emptied(value[step], path[1:], keys)
            return value if inner is value[step] else {**value, step: inner}
    elif isinstance(value, list) and path and isinstance(step := path[0], int) and step < len(value):
        inner = _emptied(value[step], path[1:], keys)
        return value if inner is value[step] else [*value[:step], inner, *value[step + 1 :]]
    return value


def _spell(tokens: list[object], text: object) -> bool:
    if not isinstance(text, str):
        return False
    spelled = [token.get("token") if isinstance(token, dict) else None for token in tokens]
    return all(isinstance(token, str) for token in spelled) and "".join(map(str, spelled)) == text


def _said_already(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A token of a text that is read elsewhere."""


def _other_token(walk: Walk, path: Path, value: object, role: Role) -> None:
    # What an LLM tells as a short alternative is one word of its fixed vocabulary. A client may tell anything.
    if walk.direction is Direction.REQUEST or not (isinstance(value, str) and len(value) <= LONGEST_TOKEN):
        walk.value(path, value, role, Kind.TEXT)


def _alternatives(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.items(path, value, _alternative, role, Kind.TEXT)


def _alternative(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, {"token": _other_token, "logprob": probability}, role, Kind.TEXT)


_TOKEN: Final[Mapping[str, Reader]] = {"logprob": probability, "top_logprobs": _alternatives}
_SPELLED: Final[Mapping[str, Reader]] = {**_TOKEN, "token": _said_already}
