"""Plays a recorded session in place of a provider.

A request is looked up by what it says, not by its bytes: keys sorted, fields
left out that do not change an answer, and placeholders numbered in the order
they first appear, since another machine has other keys. The reply's
placeholders become those of the asking request. What was not recorded has no
answer, and is never sent anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from hushgate.errors import Malformed, StateError
from hushgate.framing.registry import open_framing
from hushgate.values import PLACEHOLDER_PATTERN
from hushgate.wire.base import Refusal, usual_framing
from hushgate.wire.document import dump_json, parse_json

IGNORED: Final = frozenset({"user", "metadata", "safety_identifier", "prompt_cache_key"})
"""Top-level fields of a request that name who asks, and do not change what is answered."""

_TOKEN: Final = re.compile(PLACEHOLDER_PATTERN)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange, masked both ways. `path` is without the query."""

    method: str
    path: str
    request: bytes = field(repr=False)
    status: int
    content_type: str
    reply: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Played:
    """A reply in the provider's place, its placeholders those of the request."""

    status: int
    content_type: str
    body: bytes = field(repr=False)


class Player:
    """Answers from recorded exchanges. What was asked several times is answered in order, then as at last."""

    def __init__(self, recorded: Iterable[Recorded]) -> None:
        self._known: dict[bytes, list[tuple[Recorded, tuple[str, ...]]]] = {}
        self._played: dict[bytes, int] = {}
        for one in recorded:
            name, suffixes = canonical(one.method, one.path, one.request)
            self._known.setdefault(name, []).append((one, suffixes))
        if not self._known:
            raise StateError(
                "the session holds no exchange that can be played",
                hint="record it with `transcripts: masked`; a structure alone has no text to answer with",
            )

    def __len__(self) -> int:
        return sum(map(len, self._known.values()))

    def reply_for(self, masked_body: bytes, *, method: str, path: str) -> Played | None:
        """The reply to this masked request; None where nobody asked this in the session."""
        name, suffixes = canonical(method, path, masked_body)
        takes = self._known.get(name)
        if takes is None:
            return None
        turn = self._played.get(name, 0)
        self._played[name] = turn + 1
        one, before = takes[min(turn, len(takes) - 1)]
        names = dict(zip(before, suffixes, strict=True))
        return Played(one.status, one.content_type, _renamed(one, names))


def unknown(exchange_id: str) -> Refusal:
    """What the client is told when the session has no such request: 409, since asking again changes nothing."""
    return Refusal(
        409,
        "not_recorded",
        "not_recorded",
        "hushgate replays a session, and this request is not in it; nothing was forwarded. "
        "hint: record the session anew, or see which part of the request changes from run to run",
        exchange_id,
    )


def canonical(method: str, path: str, body: bytes) -> tuple[bytes, tuple[str, ...]]:
    """What a masked request says, as a digest, and its placeholders' keyed parts in the order they are numbered."""
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        family, _, suffix = found[0][1:-1].rpartition("_")
        return f"<{family}_#{numbers.setdefault(suffix, len(numbers))}>"

    try:
        document = parse_json(body)
    except Malformed:
        said = _TOKEN.sub(number, body.decode("utf-8", "surrogateescape"))
    else:
        if isinstance(document, dict):
            document = {k: v for k, v in document.items() if k not in IGNORED}
        said = json.dumps(_numbered(document, number), separators=(",", ":"))
    digest = sha256()
    for part in (method.upper(), path, said):
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8) + raw)
    return digest.digest(), tuple(numbers)


def _numbered(value: object, number: Callable[[re.Match[str]], str]) -> object:
    if isinstance(value, str):
        return _TOKEN.sub(number, value)
    if isinstance(value, list):
        return [_numbered(item, number) for item in value]
    if isinstance(value, dict):
        # Pairs, not an object: two keys may read alike once they are numbered.
        return {
            "object": [[_TOKEN.sub(number, k), _numbered(v, number)] for k, v in sorted(value.items(), key=_by_key)]
        }
    return value


def _by_key(pair: tuple[str, object]) -> str:
    """Keys in an order that no placeholder's keyed part decides."""
    return _TOKEN.sub(lambda found: found[0].rpartition("_")[0], pair[0])


def _renamed(one: Recorded, names: Mapping[str, str]) -> bytes:
    """The reply with its placeholders renamed; equal lengths, so that a stream keeps its cuts."""
    names = {old: new for old, new in names.items() if old != new}
    if not names:
        return one.reply
    if any(len(old) != len(new) for old, new in names.items()):
        raise StateError("the session was recorded with placeholders of another length")
    pattern = re.compile(rf"(?<=_)(?:{'|'.join(map(re.escape, names))})(?![a-z2-7])", re.IGNORECASE)

    def rename(text: str) -> str:
        return pattern.sub(lambda found: names[found[0].lower()], text)

    framing = usual_framing(one.content_type.partition(";")[0].strip().lower())
    if framing is not None:
        return _renamed_stream(one.reply, framing, rename)
    try:
        document = parse_json(one.reply)
    except Malformed:
        return rename(one.reply.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    return dump_json(_rewritten(document, lambda path, text: rename(text), ()))


def _renamed_stream(raw: bytes, framing: str, rename: Callable[[str], str]) -> bytes:
    """A placeholder may be cut over several frames: the texts of one place are renamed as one."""
    frames = open_framing(framing)
    events = [*frames.feed(raw), *frames.flush()]
    documents = [_document(event.data) for event in events]
    runs: dict[tuple[object, ...], list[str]] = {}
    for document in documents:
        for place, text in _leaves(document, ()):
            runs.setdefault(place, []).append(text)
    pieces = {place: _cut(rename("".join(texts)), texts) for place, texts in runs.items()}
    out = []
    for event, document in zip(events, documents, strict=True):
        if document is None:
            out.append(event.raw)
            continue
        fresh = _rewritten(document, lambda place, text: next(pieces[place]), ())
        out.append(event.raw if fresh == document else event.with_data(dump_json(fresh).decode()))
    return b"".join(out)


def _cut(text: str, lengths_of: list[str]) -> Iterator[str]:
    at = 0
    for piece in lengths_of:
        yield text[at : at + len(piece)]
        at += len(piece)


def _document(text: str | None) -> object:
    if text is None or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return parse_json(text.encode("utf-8", "surrogatepass"))
    except Malformed:
        return None


def _label(item: object, n: int) -> object:
    """A list's element goes by its `index` where it has one: streams interleave choices and tool calls so."""
    index = item.get("index") if isinstance(item, dict) else None
    return index if isinstance(index, int) else n


def _leaves(value: object, path: tuple[object, ...]) -> Iterator[tuple[tuple[object, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _leaves(item, (*path, "[]", _label(item, n)))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))


def _rewritten(value: object, text_of: Callable[[tuple[object, ...], str], str], path: tuple[object, ...]) -> object:
    """`value` with every string replaced, in the order of `_leaves`."""
    if isinstance(value, str):
        return text_of(path, value)
    if isinstance(value, list):
        return [_rewritten(item, text_of, (*path, "[]", _label(item, n))) for n, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: _rewritten(item, text_of, (*path, key)) for key, item in value.items()}
    return value
