"""A request as the proxy hands it over, how it is read, and how edits are put back.

Reading and writing are two ends of one thing: what `Reader.read` gave out as
segments is what `Reader.write` edits, by location, in the document that was
parsed. A body that needs no edit leaves as the bytes that were parsed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final

from hushgate.errors import Malformed
from hushgate.files import Contents, Document
from hushgate.requests.llms import check_llms, named
from hushgate.requests.signed import SignedTexts, put_back, signers_of
from hushgate.values import Actor, Area, Exchange, Fault, Location, Role, Route, Segment
from hushgate.wire import multipart, opaque, related, target
from hushgate.wire.attachments import Opened, fold, gathered, open_files
from hushgate.wire.base import Dialect, Reading
from hushgate.wire.document import dump_json, parse_json
from hushgate.wire.edit import apply
from hushgate.wire.encoding import decode_body
from hushgate.wire.multipart import Multipart
from hushgate.wire.registry import dialect
from hushgate.wire.replacing import replace_file

SEGMENTS: Final = 200_000
"""Texts that one request may hold unless it is said otherwise."""

LONGEST_CLIENT: Final = 200
"""Characters of a client's own name that policy looks at."""

type Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Inbound:
    """One request. `target` is path and query as sent; `body` is raw, still content-encoded.

    `at` is when it began (seconds since the epoch), `source` what kind of client sent it,
    `client` how it names itself where no header says so.
    """

    id: str
    route: Route
    actor: Actor
    session: str | None
    target: str = field(repr=False)
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    at: float = 0.0
    client: str | None = field(default=None, repr=False)
    source: str = ""

    def header(self, name: str) -> str | None:
        """The value of a header, several joined by commas; None where there is none."""
        found = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(found) if found else None

    def unread_exchange(self) -> Exchange:
        """The exchange of a request that could not be read at all."""
        route = replace(self.route, model=None)  # Nobody has scanned it.
        return Exchange(self.id, route, self.actor, self.session or self.actor.name, ())


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A request that was read. `document` is the parsed body: JSON, a `Text`, a `Multipart`, or None.

    `plain_body` is set where the body leaves in another form: decoded, or with `own`. `files` are
    those that can be read; of documents among them, `faults` says which could not be judged.
    At `own` stand the provider's own words, which it signed: they go back as it said them.
    `follows` and `kept` are as a reading's.
    """

    inbound: Inbound
    exchange: Exchange
    dialect: Dialect
    document: object = field(repr=False)
    plain_body: bytes | None = field(repr=False)
    files: tuple[Opened, ...] = ()
    own: frozenset[Location] = frozenset()
    faults: tuple[Fault, ...] = ()
    follows: tuple[str, ...] = field(default=(), repr=False)
    kept: tuple[str, ...] = field(default=(), repr=False)

    @property
    def documents(self) -> list[Document]:
        """Those of the files that take a worker to read."""
        return [file.document for file in self.files if file.content is None]


@dataclass(frozen=True, slots=True)
class Written:
    """What goes out in place of what came in; None where it leaves as it came."""

    body: bytes | None = field(default=None, repr=False)
    target: str | None = field(default=None, repr=False)
    headers: Headers | None = field(default=None, repr=False)


AsItCame: Final = Written()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads requests into exchanges; with `ocr` images are documents.

    `conversation_key` keys the name of a session that nobody named.
    """

    conversation_key: bytes = field(repr=False)
    decoded_limit: int
    segments_limit: int = SEGMENTS
    ocr: bool = False
    signed: SignedTexts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "signed", SignedTexts(self.conversation_key))

    def read(self, inbound: Inbound) -> ReadRequest:
        """Read all of a request; Malformed where it has no one reading."""
        encoding = inbound.header("content-encoding")
        encoded = bool(encoding and inbound.body)
        plain = decode_body(inbound.body, encoding, self.decoded_limit) if encoded else inbound.body
        if len({value for name, value in inbound.headers if name.lower() == "content-type"}) > 1:
            raise Malformed("the request says in two ways what its body is (Content-Type)")
        spoken = dialect(inbound.route.format)
        came, body = _read_body(spoken, plain, inbound.header("content-type"))
        document, body, own = put_back(self.signed, signers_of(inbound.actor, inbound.route), came, body)
        body, files = open_files(body, ocr=self.ocr)
        outside = target.read_target(inbound.target, inbound.headers)

        llms = named(inbound, document, body.model)
        check_llms(inbound, llms)
        route = _asking(inbound.route, llms[0] if llms else None)
        over = body.model if inbound.target else None  # An address goes before the body; a message has none of its own.
        others = tuple(llm for llm in llms if llm not in (route.model, over))
        segments = (*outside.segments, *body.segments)
        self._bound(segments)
        session = inbound.session or self._conversation(inbound.actor, body.segments)
        unread = (*outside.unread, *body.unread)
        texts = tuple(file.read for file in files if file.content is not None)
        client = inbound.client if inbound.client is not None else inbound.header("user-agent") or ""
        exchange = Exchange(
            inbound.id, route, inbound.actor, session, segments, unread, texts, body.asked,
            inbound.at, client[:LONGEST_CLIENT], inbound.source, others,
        )  # fmt: skip
        if own and document != came:
            plain, encoded = dump_json(document), True
        return ReadRequest(
            inbound, exchange, spoken, document, plain if encoded else None, files, own,
            follows=(*outside.follows, *body.follows), kept=(*outside.kept, *body.kept),
        )  # fmt: skip

    def with_contents(self, read: ReadRequest, contents: Sequence[Contents]) -> ReadRequest:
        """The request with what was read of its documents, in their order; Malformed where that is too much."""
        said = gathered(read.files, contents)
        segments = (*read.exchange.segments, *said.segments)
        self._bound(segments)
        left, files = said.left(read.exchange.unread), (*read.exchange.files, *said.files)
        exchange = replace(read.exchange, segments=segments, unread=left, files=files)
        return replace(read, exchange=exchange, faults=said.faults)

    def write(self, read: ReadRequest, edits: Mapping[Location, str]) -> Written:
        """Put edits back where their segments were read; Malformed where two edits clash, or no place is for one."""
        inside = {at: text for at, text in edits.items() if at.area is Area.BODY}
        outside = {at: text for at, text in edits.items() if at.area is not Area.BODY}
        sent, headers = read.inbound.target, read.inbound.headers
        if outside:
            sent, headers = target.write_target(sent, headers, outside)
        body = read.plain_body
        if isinstance(read.document, Multipart):
            body, content_type = _write_parts(read, read.document, inside)
            headers = tuple((n, content_type if n.lower() == "content-type" else value) for n, value in headers)
        elif inside:
            body = _write_body(read, inside)
        return Written(
            body,
            sent if outside else None,
            headers if headers is not read.inbound.headers else None,
        )

    def _bound(self, segments: Sequence[Segment]) -> None:
        if len(segments) > self.segments_limit:
            raise Malformed(
                f"it holds {len(segments)} texts, and limits.segments lets {self.segments_limit} through",
                hint="send it in several requests, or raise limits.segments in hushgate.yaml",
            )

    def _conversation(self, actor: Actor, segments: tuple[Segment, ...]) -> str:
        """Name a conversation by what stays the same in it: its system text and first user text."""
        system = "".join(s.text for s in segments if s.role in {Role.SYSTEM, Role.DEVELOPER})
        first = next((s.text for s in segments if s.role is Role.USER), "")
        digest = blake2b(key=self.conversation_key, digest_size=6)
        for part in (actor.name, system, first):
            raw = part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(8, "big") + raw)
        return f"{actor.name}-{digest.hexdigest()}"


def _asking(route: Route, model: str | None) -> Route:
    """The route of a request that names its LLM; made by hand, since `replace` costs ten times that."""
    return Route(
        route.endpoint, route.provider, route.host, route.path, route.format, route.method, model, route.self_hosted
    )


def _read_body(spoken: Dialect, plain: bytes, content_type: str | None) -> tuple[object, Reading]:
    if not plain:
        return None, Reading((), (), None, False)
    if opaque.is_json(content_type, plain):
        opaque.refuse_other_charset(content_type, plain)
        document = parse_json(plain)
        return document, spoken.read_request(document)
    if multipart.is_multipart(content_type):
        parts = multipart.parse(plain, content_type or "")
        return parts, parts.reading()
    if related.is_related(content_type):
        parts = related.parse(plain, content_type or "")
        return parts, parts.reading()
    return opaque.read(plain, content_type)


def _write_body(read: ReadRequest, edits: Mapping[Location, str]) -> bytes:
    folded = fold(read.files, read.exchange.segments, edits)
    if read.document is None or isinstance(read.document, opaque.Text):
        if folded.texts:
            raise Malformed("no text can stand in the place of this file", hint="send its text instead")
        return folded.contents[0] if read.document is None else read.document.write(folded.edits)
    document = apply(read.document, folded.edits)
    for location, text in folded.texts.items():
        document = replace_file(document, location, text)
    return dump_json(document)


def _write_parts(read: ReadRequest, parts: Multipart, edits: Mapping[Location, str]) -> tuple[bytes, str]:
    folded = fold(read.files, read.exchange.segments, edits)
    if folded.texts and parts.kind != multipart.FORM:
        raise Malformed("another part says what type this file has", hint="send its text instead")
    texts: dict[int, str] = {}
    for location, text in folded.texts.items():
        if location.part is None or len(location.path) != 1:
            raise Malformed("no text can stand in the place of a file inside of a field", hint="send its text instead")
        texts[location.part] = text
    return parts.write(folded.edits, folded.contents, texts)
