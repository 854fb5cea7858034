"""Both ways of one WebSocket, message by message.

What a client says is screened as any request is: each of its messages is an
exchange of the connection's session, decided and durable before it leaves. A
message that adds nothing to the record (no text, no finding, unread at most
the next piece of a sound that was let through: audio, and bare commands) is
decided like any, goes with the message before it, and is counted.

What the provider says is one stream for the whole connection, since its
pieces of text do not keep to the client's messages. It goes on record with
the message that came before it. The connection's own exchange is the request
that asked for it; that one's reply is what the provider said first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from hushgate.consent import names_model
from hushgate.errors import Malformed
from hushgate.filetypes import BINARY
from hushgate.framing.messages import Message, unpacked
from hushgate.pipeline import Passage, Pipeline
from hushgate.replies.reply import Reply
from hushgate.replies.socket import SocketReply
from hushgate.requests.inbound import Headers, Inbound
from hushgate.values import Area, Location, Unread
from hushgate.wire import opaque
from hushgate.wire.base import Refusal
from hushgate.wire.document import dump_json
from hushgate.wire.registry import ANSWERED, dialect

METHOD: Final = "MESSAGE"
"""What stands on record where a request's method would: a method is in capitals, and no HTTP request has this one."""
POLICY: Final = 1008
"""Close code (RFC 6455, 7.4.1): a message violates policy."""
FAULT: Final = 1011
"""Close code: something of ours failed."""
LONGEST_REASON: Final = 123
"""Bytes that a close frame has for its reason."""
PIECES: Final = frozenset({"audio", "video", BINARY})
"""What is unread in many small messages: allowed once, it is not recorded piece by piece."""

_BEFORE: Final = b" \t\r\n\xef\xbb\xbf"
"""What a lenient parser skips before JSON: white space, and a byte order mark, which a strict one refuses."""
_JSON: Final[Headers] = (("content-type", "application/json"),)
_TEXT: Final[Headers] = (("content-type", "text/plain; charset=utf-8"),)
_BINARY: Final[Headers] = (("content-type", "application/octet-stream"),)


@dataclass(frozen=True, slots=True)
class Moves:
    """What may go, in this order; with `close` the connection ends behind it: a code, and the client's reason."""

    to_provider: tuple[Message, ...] = ()
    to_client: tuple[Message, ...] = ()
    close: tuple[int, str] | None = None


@dataclass(slots=True)
class Count:
    """What came one way."""

    messages: int = 0
    bytes: int = 0

    def add(self, message: Message) -> None:
        self.messages += 1
        self.bytes += len(message.payload)


@dataclass(slots=True)
class Dialogue:
    """One WebSocket, from the provider's 101 on. `finish` puts the end of an exchange on record.

    `reply` takes what the provider says, for the exchange before it.
    """

    pipeline: Pipeline
    opening: Passage
    reply: SocketReply
    new_id: Callable[[], str]
    finish: Callable[[Reply], None]
    sent: Count = field(default_factory=Count)
    received: Count = field(default_factory=Count)
    _settled: set[str] = field(default_factory=set)
    _known: set[str] = field(default_factory=set, repr=False)
    _model: str | None = field(init=False)

    def __post_init__(self) -> None:
        self._model = _asked_model(self.opening)
        self._learn(self.opening)

    async def said(self, message: Message) -> Moves:
        """What becomes of a message of the client's."""
        self.sent.add(message)
        # Under other rules than the last one on record a message is recorded: what answers it goes by these.
        kit, now = self.reply.kit, self.pipeline.in_force
        settled = self._settled if kit.rules is now.rules and kit.detector is now.detector else ()
        passage = await self.pipeline.screen_request(self._inbound(message), settled=frozenset(settled))
        if passage.refusal is not None:
            return self._refused(passage.refusal)
        if passage.recorded:
            self._learn(passage)
            self._turn_to(passage)
        body = passage.out.body
        return Moves(to_provider=(message if body is None else Message(body, message.binary),))

    def heard(self, message: Message) -> Moves:
        """What the client may have, now that the provider has said this. Never raises."""
        self.received.add(message)
        if message.binary and not _is_text(message.payload):
            unread = Unread(Location(Area.FRAME), "binary message", len(message.payload))
            return self._heard(self.reply.pass_unread(message.packed(), unread))
        return self._heard(self.reply.feed(message.packed()))

    def ended(self, code: int, reason: str) -> Moves:
        """What is left for the client when the provider has closed, and what it may be told of that."""
        said = self._judged(reason) if reason else ""
        moves = self._heard(self.reply.finish())
        return moves if moves.close is not None else replace(moves, close=(code, said))

    def _judged(self, reason: str) -> str:
        """A close's reason as the client may have it: text that nothing of stays in the stream."""
        if opaque.looks_like_json(reason):
            return ""
        said = unpacked(self.reply.feed(Message(reason.encode("utf-8")).packed()))
        return said[0].payload.decode("utf-8") if len(said) == 1 and not self.reply.stopped else ""

    def _heard(self, out: bytes) -> Moves:
        close = None if self.reply.stopped is None else closing(self.reply.stopped)
        try:
            return Moves(to_client=unpacked(out), close=close)
        except Malformed:
            return Moves(close=(FAULT, "hushgate: the reply could not be put together"))

    def _inbound(self, message: Message) -> Inbound:
        headers = _BINARY
        if not message.binary:
            headers = _JSON if message.payload.lstrip(_BEFORE)[:1] in (b"{", b"[") else _TEXT
        exchange = self.opening.exchange
        return Inbound(
            id=self.new_id(),
            route=replace(exchange.route, method=METHOD, model=self._model),
            actor=exchange.actor,
            session=exchange.session,
            target="",
            headers=headers,
            body=message.payload,
            at=self.pipeline.clock(),
            client=exchange.client,
            source=exchange.source,
        )

    def _refused(self, refusal: Refusal) -> Moves:
        """Tell the client why nothing was forwarded: in the protocol's words, or by closing where it has none."""
        format = self.opening.exchange.route.format
        told = dialect(format).refusal_frame(refusal) if format in ANSWERED else None
        if told is None:
            return Moves(close=closing(refusal))
        return Moves(to_client=(Message(dump_json(told)),))

    def _learn(self, passage: Passage) -> None:
        """Note what a message that is on its way has settled, and what may come back from it."""
        self._settled |= PIECES.intersection(unread.reason for unread in passage.exchange.unread)
        self._known |= passage.sent
        self.reply.restorer.learn(passage.restorable)

    def _turn_to(self, passage: Passage) -> None:
        """The provider's next words belong to this message."""
        before = self.reply
        self.reply = self.pipeline.screen_socket(passage, before.head, known=self._known, restorer=before.restorer)
        before.hand_over(self.reply)
        self.finish(before)


def closing(refusal: Refusal) -> tuple[int, str]:
    """Close code and reason for a refusal. A reason is short: where the record is goes first, the rest as it fits."""
    what = refusal.message.partition(": ")[2] or refusal.message
    approval = f" {refusal.approval}" if refusal.approval else ""
    reason = f"hushgate {refusal.code}{approval}, `hushgate show {refusal.decision_id}`: {what}"
    code = FAULT if refusal.status >= 500 else POLICY
    return code, reason.encode("utf-8")[:LONGEST_REASON].decode("utf-8", "ignore")


def _asked_model(opening: Passage) -> str | None:
    """The LLM that the socket's address names, where nothing was found in that name."""
    verdicts = opening.decision.verdicts if opening.decision is not None else ()
    found = any(names_model(verdict.finding.location) for verdict in verdicts)
    return None if found else opening.exchange.route.model


def _is_text(payload: bytes) -> bool:
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
