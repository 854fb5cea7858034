"""What a provider's format is to the rest: readings, frames, refusals, and the dialect that makes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Protocol

from hushgate.files import Attachment
from hushgate.values import Kind, Location, Role, Segment, Unread

type Channel = tuple[str | int, ...]
"""One run of text in a streamed reply: `("choice", 0, "content")`, `("choice", 0, "tool", 2)`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one message says. `stream`: the client asked for a streamed reply.

    Each of the `attachments` is among the `unread`, too, until somebody has read it.
    `asked` is the id that a request gives itself, for what answers it to repeat.
    `follows` and `kept` name what the provider keeps of earlier exchanges: a response
    that a request goes on from; a conversation that goes on, or what a reply is kept as.
    `signed` are texts that the provider takes back unchanged alone, each with where the signature over it stands.
    """

    segments: tuple[Segment, ...]
    unread: tuple[Unread, ...] = ()
    model: str | None = None
    stream: bool = False
    attachments: tuple[Attachment, ...] = ()
    asked: str | int | None = field(default=None, repr=False)
    follows: tuple[str, ...] = field(default=(), repr=False)
    kept: tuple[str, ...] = field(default=(), repr=False)
    signed: tuple[tuple[Location, Location], ...] = ()


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a channel's text. With `json_string` the channel's whole text is JSON (tool arguments)."""

    channel: Channel
    location: Location
    text: str = field(repr=False)
    role: Role
    kind: Kind
    json_string: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a streamed reply.

    `ends` holds channel prefixes: `("choice", 0)` ends every channel of that
    choice, after this frame's own deltas. `segments` are the other readable
    leaves, whole in themselves. `tools` are names of tools whose arguments
    come in these channels, as far as the frame tells them. `repeats` tell once
    more, in full, what earlier frames told of a channel in deltas: no segments.
    `kept` is as a reading's.
    `signed` says of channels that end with this frame where the signature over their text stands.
    """

    deltas: tuple[Delta, ...] = ()
    ends: tuple[Channel, ...] = ()
    segments: tuple[Segment, ...] = ()
    unread: tuple[Unread, ...] = ()
    tools: tuple[tuple[Channel, str], ...] = field(default=(), repr=False)
    repeats: tuple[Delta, ...] = ()
    kept: tuple[str, ...] = field(default=(), repr=False)
    signed: tuple[tuple[Channel, Location], ...] = ()

    def closes(self, channel: Channel) -> bool:
        """Whether `channel` ends with this frame."""
        return any(channel[: len(end)] == end for end in self.ends)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal in no format yet. `message` names rule and level, never the value, and ends with a hint."""

    status: int
    type: str
    code: str
    message: str
    decision_id: str
    request_id: str | int | None = None
    approval: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A refusal in a provider's shape: a body and its headers, the content type among them.

    `status` is set where the format tells errors inside of answers, and not by the refusal's own.
    """

    body: bytes
    headers: tuple[tuple[str, str], ...]
    status: int | None = None

    @classmethod
    def json(cls, body: bytes, *headers: tuple[str, str], status: int | None = None) -> Answer:
        """A JSON body's answer."""
        return cls(body, (("content-type", "application/json"), *headers), status)


FRAMINGS: Final = MappingProxyType(
    {
        "text/event-stream": "sse",
        "application/x-ndjson": "ndjson",
        "application/ndjson": "ndjson",
        "application/jsonl": "ndjson",
        "application/vnd.amazon.eventstream": "aws-event-stream",
    }
)
"""How replies of these media types are streamed, whatever they say."""


def usual_framing(media_type: str) -> str | None:
    """The framing that a media type stands for by itself; None for a body that is read whole."""
    return FRAMINGS.get(media_type)


class Dialect(Protocol):
    """One provider format. Reads parsed documents; never changes them."""

    @property
    def name(self) -> str:
        """The format's name in the endpoint rules: `openai-chat`."""
        ...

    @property
    def says(self) -> str:
        """What the format is, in a sentence for the documentation: whose, which calls, what of them is known."""
        ...

    def framing(self, media_type: str) -> str | None:
        """How a reply of this content type (lower case, no parameters) is streamed; None: it is read whole."""
        ...

    @property
    def sentinel(self) -> str | None:
        """The text of a frame that is not JSON and only marks the end: `[DONE]`."""
        ...

    def read_request(self, doc: object) -> Reading: ...

    def read_reply(self, doc: object) -> Reading: ...

    def read_frame(self, doc: object) -> Frame: ...

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        """A new frame with `text` for `channel`, dressed as `template`; ValueError for an unknown channel."""
        ...

    def event_name(self, document: object) -> str | None:
        """What kind of event a frame of the gate's own is, where the format names kinds beside the document."""
        ...

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        """`doc` without what spells the text at `changed` a second time (log-probabilities); not mutated."""
        ...

    def refusal(self, refusal: Refusal) -> Answer:
        """The refusal in the provider's error shape."""
        ...

    def refusal_frame(self, refusal: Refusal) -> object | None:
        """The document of an error frame in mid-stream; None if the format has none."""
        ...
