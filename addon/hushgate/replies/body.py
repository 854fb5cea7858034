"""The body of a reply that was collected: read once, masked, restored, and written again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hushgate.errors import Malformed
from hushgate.transform.mask import mask
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.restore import Restorer
from hushgate.values import Direction, Kind, Location, Verdict
from hushgate.wire import opaque
from hushgate.wire.base import Dialect, Reading
from hushgate.wire.document import dump_json, parse_json, parse_text
from hushgate.wire.edit import apply, leaf


@dataclass(frozen=True, slots=True)
class ReplyBody:
    """A body as it was parsed, and what it says."""

    spoken: Dialect
    plain: bytes = field(repr=False)
    document: object = field(repr=False)
    reading: Reading

    @classmethod
    def read(cls, spoken: Dialect, plain: bytes, content_type: str | None) -> ReplyBody:
        """Malformed where it has no one reading."""
        if opaque.is_json(content_type, plain):
            document: object = parse_json(plain)
            return cls(spoken, plain, document, spoken.read_reply(document))
        document, reading = opaque.read(plain, content_type, Direction.REPLY)
        return cls(spoken, plain, document, reading)

    def masked(self, verdicts: Sequence[Verdict], placeholders: Placeholders, scope: str) -> dict[Location, str]:
        """The edits that mask; Clash where that cannot be done."""
        return dict(mask(self.reading.segments, verdicts, placeholders=placeholders, scope=scope).edits)

    def restored(self, edits: dict[Location, str], restorer: Restorer) -> dict[Location, str]:
        """These edits, and those that turn placeholders back."""
        for segment in self.reading.segments:
            if segment.kind is Kind.OPAQUE:
                continue
            text = edits.get(segment.location, segment.text)
            into = restorer.into(segment.tool)
            restored = into.whole(text)
            if restored != text:
                # Arguments that are JSON, and were not read inside (a lone string), stay JSON.
                in_json = segment.kind is Kind.TOOL_ARGS and _is_json(text)
                edits[segment.location] = into.whole(text, json_string=True) if in_json else restored
        return edits

    def signed(self, edits: Mapping[Location, str]) -> Iterator[tuple[str, str, str]]:
        """What the provider has signed: each signature, the text it is over, and that text with these edits."""
        if self.reading.signed:
            edited = apply(self.document, edits)
            for text, signature in self.reading.signed:
                yield leaf(self.document, signature), leaf(self.document, text), leaf(edited, text)

    def write(self, edits: Mapping[Location, str]) -> bytes:
        """The body with these edits."""
        if not edits:
            return self.plain
        if isinstance(self.document, opaque.Text):
            return self.document.write(edits)
        return dump_json(self.spoken.drop_echoes(apply(self.document, edits), edits))


def _is_json(text: str) -> bool:
    try:
        parse_text(text)
    except Malformed:
        return False
    return True
