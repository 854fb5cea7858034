"""The body of a reply that was collected: read once, masked, restored, and written again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hushgate.errors import Malformed
from hushgate.files import Contents, Document, in_document
from hushgate.transform.mask import Clash, mask
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.restore import Restorer
from hushgate.values import Direction, Fault, Kind, Location, Verdict
from hushgate.wire import opaque
from hushgate.wire.attachments import Folded, Opened, fold, gathered, open_files
from hushgate.wire.base import Dialect, Reading
from hushgate.wire.document import dump_json, parse_json, parse_text
from hushgate.wire.edit import apply, leaf
from hushgate.wire.leaving import dumped, notes, stays, without
from hushgate.wire.replacing import replace_file


@dataclass(frozen=True, slots=True)
class ReplyBody:
    """A body as it was parsed, and what it says, its files included; `faults`: what of them could not be judged."""

    spoken: Dialect
    plain: bytes = field(repr=False)
    document: object = field(repr=False)
    reading: Reading
    files: tuple[Opened, ...] = ()
    faults: tuple[Fault, ...] = ()

    @classmethod
    def read(cls, spoken: Dialect, plain: bytes, content_type: str | None, *, ocr: bool = False) -> ReplyBody:
        """Malformed where it has no one reading; with `ocr` images are documents."""
        if opaque.is_json(content_type, plain):
            document: object = parse_json(plain)
            reading = spoken.read_reply(document)
        else:
            document, reading = opaque.read(plain, content_type, Direction.REPLY)
        reading, files = open_files(reading, ocr=ocr, direction=Direction.REPLY)
        return cls(spoken, plain, document, reading, files)

    @property
    def documents(self) -> list[Document]:
        """The files that take a worker to read."""
        return [file.document for file in self.files if file.content is None]

    def with_contents(self, contents: Sequence[Contents]) -> ReplyBody:
        """The same with what was read of its documents, in their order."""
        said = gathered(self.files, contents, Direction.REPLY)
        segments = (*self.reading.segments, *said.segments)
        reading = replace(self.reading, segments=segments, unread=said.left(self.reading.unread))
        return replace(self, reading=reading, faults=said.faults)

    def kept(self, verdicts: Sequence[Verdict], placeholders: Placeholders, scope: str) -> bytes:
        """What a transcript has of it, masked; errors as `masked` and `write`."""
        left = self._without_unread()
        there = {segment.location for segment in left.reading.segments}
        return left.write(left.masked([v for v in verdicts if v.finding.location in there], placeholders, scope))

    def _without_unread(self) -> ReplyBody:
        """The same with notes for what nobody has read, and for documents, in which nothing can be masked."""
        documents = (file.read for file in self.files if file.content is None)
        gone = notes(self.reading.unread, documents)
        if not gone:
            return self
        document = without(self.document, gone)
        left = tuple(segment for segment in self.reading.segments if stays(segment.location, gone))
        files = tuple(file for file in self.files if stays(file.attachment.location, gone))
        reading = replace(self.reading, segments=left, unread=())
        return replace(self, plain=dumped(document), document=document, reading=reading, files=files)

    def masked(
        self, verdicts: Sequence[Verdict], placeholders: Placeholders, scope: str, *, replaced: bool = True
    ) -> dict[Location, str]:
        """The edits that mask; Clash where that cannot be done. `replaced`: a document may become its text."""
        edits = dict(mask(self.reading.segments, verdicts, placeholders=placeholders, scope=scope).edits)
        if not replaced and any(map(in_document, edits)):
            raise Clash("a masked value stands in a document, too, where nothing can be masked")
        return edits

    def restored(self, edits: dict[Location, str], restorer: Restorer) -> dict[Location, str]:
        """These edits, and those that turn placeholders back."""
        for segment in self.reading.segments:
            if segment.kind is Kind.OPAQUE or in_document(segment.location):
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
            edited = apply(self.document, self._folded(edits).edits)
            for text, signature in self.reading.signed:
                yield leaf(self.document, signature), leaf(self.document, text), leaf(edited, text)

    def write(self, edits: Mapping[Location, str]) -> bytes:
        """The body with these edits."""
        if not edits:
            return self.plain
        folded = self._folded(edits)
        if self.document is None or isinstance(self.document, opaque.Text):
            if folded.texts:
                raise Malformed("no text can stand in the place of this file")
            return folded.contents[0] if self.document is None else self.document.write(folded.edits)
        document = self.spoken.drop_echoes(apply(self.document, folded.edits), folded.edits)
        for location, text in folded.texts.items():
            document = replace_file(document, location, text)
        return dump_json(document)

    def _folded(self, edits: Mapping[Location, str]) -> Folded:
        return fold(self.files, self.reading.segments, edits)


def _is_json(text: str) -> bool:
    try:
        parse_text(text)
    except Malformed:
        return False
    return True
