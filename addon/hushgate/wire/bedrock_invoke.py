"""InvokeModel (`bedrock-invoke`): whatever an LLM's vendor says, told apart by the document itself.

The path names the LLM, but a name of one's own (a profile, an imported model)
tells nothing of the vendor; a document's keys do. What no vendor is known for
is read leaf by leaf all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Protocol

from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire import bedrock_reply, bedrock_request, bedrock_vendors
from hushgate.wire.anthropic import AnthropicMessages
from hushgate.wire.base import Channel, Frame, Reading
from hushgate.wire.bedrock import Aws
from hushgate.wire.bedrock_words import CONSTANTS, KEYS
from hushgate.wire.cohere import CohereV1
from hushgate.wire.openai import OpenAIChat
from hushgate.wire.walk import Walk


class Vendor(Protocol):
    """What a vendor's format is asked for."""

    def read_request(self, doc: object) -> Reading: ...

    def read_reply(self, doc: object) -> Reading: ...

    def read_frame(self, doc: object) -> Frame: ...

    def delta_frame(self, template: object, channel: Channel, text: str) -> object: ...

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object: ...


class _Flat:
    """Prompts and texts without messages."""

    def read_request(self, doc: object) -> Reading:
        return bedrock_vendors.read_request(doc)

    def read_reply(self, doc: object) -> Reading:
        return bedrock_vendors.read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        return bedrock_vendors.read_frame(doc)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        return bedrock_vendors.delta_frame(channel, text)

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return doc


class _Nova(_Flat):
    """Amazon Nova: as Converse, with each event under its name."""

    def read_request(self, doc: object) -> Reading:
        return bedrock_request.read_converse(doc)

    def read_reply(self, doc: object) -> Reading:
        return bedrock_reply.read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        events = doc if isinstance(doc, dict) else {}
        frames = [bedrock_reply.read_frame(events[name], (name,)) for name in bedrock_reply.EVENTS if name in events]
        beside = Walk(Direction.REPLY, Area.FRAME, vocabulary=KEYS, constants=CONSTANTS, tool="")
        rest = {key: inner for key, inner in events.items() if key not in bedrock_reply.EVENTS} if events else doc
        beside.value((), rest, Role.NONE, Kind.TEXT)
        frames.append(Frame(segments=beside.segments, unread=beside.unread))
        return Frame(
            tuple(delta for frame in frames for delta in frame.deltas),
            tuple(end for frame in frames for end in frame.ends),
            tuple(segment for frame in frames for segment in frame.segments),
            tuple(unread for frame in frames for unread in frame.unread),
            tuple(tool for frame in frames for tool in frame.tools),
        )

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        return {bedrock_reply.DELTA_EVENT: bedrock_reply.delta_frame(channel, text)}


_VENDORS: Final[dict[str, Vendor]] = {
    "anthropic": AnthropicMessages(),
    "openai": OpenAIChat(),
    "cohere": CohereV1(),
    "nova": _Nova(),
    "flat": _Flat(),
}
_ANTHROPIC: Final = frozenset({"anthropic_version", "max_tokens_to_sample", "completion"})
_ANTHROPIC_TYPES: Final = frozenset({"message", "ping", "error", "completion"})
_NOVA: Final = frozenset({"schemaVersion", "inferenceConfig", "output", *bedrock_reply.EVENTS})
_COHERE: Final = frozenset(
    {"chat_history", "preamble", "event_type", "is_finished", "generations", "input_type", "query", "truncate"}
    | {"return_likelihoods", "num_generations", "response_id", "generation_id"}
)


def vendor_of(doc: object) -> str:
    """Whose words a document is in; "flat" for what is in nobody's."""
    if not isinstance(doc, dict):
        return "flat"
    word = doc.get("type")
    if doc.keys() & _ANTHROPIC or (
        isinstance(word, str) and (word in _ANTHROPIC_TYPES or word.startswith(("message_", "content_block_")))
    ):
        return "anthropic"
    if doc.keys() & _NOVA:
        return "nova"
    if doc.keys() & _COHERE:
        return "cohere"
    choices = doc.get("choices")
    if isinstance(choices, list) and not any(isinstance(one, dict) and "stop_reason" in one for one in choices):
        return "openai"
    return "openai" if "messages" in doc else "flat"


class BedrockInvoke(Aws):
    """Dialect of POST /model/{model}/invoke and /model/{model}/invoke-with-response-stream."""

    name = "bedrock-invoke"
    says = "Amazon Bedrock's InvokeModel: bodies and streams of Anthropic, Amazon, Meta, Mistral, Cohere, OpenAI"

    def read_request(self, doc: object) -> Reading:
        return _VENDORS[vendor_of(doc)].read_request(doc)

    def read_reply(self, doc: object) -> Reading:
        return _VENDORS[vendor_of(doc)].read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        """The vendor's frame; each channel says behind which vendor's name it is."""
        name = vendor_of(doc)
        frame = _VENDORS[name].read_frame(doc)
        return replace(
            frame,
            deltas=tuple(replace(delta, channel=(name, *delta.channel)) for delta in frame.deltas),
            ends=tuple((name, *end) for end in frame.ends),
            tools=tuple(((name, *channel), tool) for channel, tool in frame.tools),
            repeats=tuple(replace(repeat, channel=(name, *repeat.channel)) for repeat in frame.repeats),
        )

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        name = channel[0] if channel else ""
        if name not in _VENDORS:
            raise ValueError("no such channel in Bedrock's streams")
        return _VENDORS[str(name)].delta_frame(template, channel[1:], text)

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return _VENDORS[vendor_of(doc)].drop_echoes(doc, changed)
