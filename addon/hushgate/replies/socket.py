"""What a provider says over a WebSocket: one stream, told of reply by reply."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from weakref import proxy

from hushgate.replies.reply import Reply
from hushgate.transform.restore import Restorer
from hushgate.values import Unread
from hushgate.wire.base import Refusal

SETTLED: Final = 256
"""How many places where something could not be read are remembered as judged."""


@dataclass(slots=True)
class SocketReply(Reply):
    """The reply to one message of a client's: all that the provider says before the next one. See `dialogue`.

    `stopped`: why nothing more goes. Messages come and go as `framing.messages` packs them. `shared`: what comes back
    on the whole connection, where that is known; it grows with what the client says.
    """

    stopped: Refusal | None = None
    _settled: set[tuple[object, str]] = field(default_factory=set, repr=False)

    @property
    def restorer(self) -> Restorer:
        """What comes back."""
        return self._restorer

    def feed(self, chunk: bytes) -> bytes:
        """Take messages, give what the client may have. Never raises."""
        return self._pass(lambda: self._stream.feed(self._keep(chunk)))

    def finish(self) -> bytes:
        """Give what was held back, at the end of the connection. Never raises."""
        return self._pass(self._stream.flush)

    def pass_unread(self, message: bytes, unread: Unread) -> bytes:
        """A message that cannot be read, if policy lets it through. Never raises."""

        def passed() -> bytes:
            self.unreadable((unread,))
            return message

        return self._pass(passed)

    def stop(self, failure: BaseException) -> bytes:
        """As of any reply; and say why."""
        self.stopped = self._refusal(failure)
        return Reply.stop(self, failure)

    def unreadable(self, unread: tuple[Unread, ...]) -> None:
        """As of any reply, but once for each place and reason: a voice is one thing, however many its pieces."""
        fresh = tuple(one for one in unread if (one.location, one.reason) not in self._settled)
        if fresh:
            Reply.unreadable(self, fresh)
            if len(self._settled) < SETTLED:
                self._settled |= {(one.location, one.reason) for one in fresh}

    def hand_over(self, to: SocketReply) -> None:
        """Let the stream go on in the reply to a later message; what was said so far stays with this one.

        A run of text that has not ended goes with the reply that it ends in, and so does what a transcript is made
        of: half a value would not be found in either.
        """
        stream, self._stream, to._stream = self._stream, to._stream, self._stream
        self._texts, self.read, self.opaque = stream.texts, stream.read, stream.opaque
        if stream.amid:
            to._pieces, self._pieces, to._room = self._pieces, [], self._room
        stream.go_on(proxy(to), to._restorer, to.kit.detector)
