"""Amazon Bedrock: `bedrock-converse`, and `bedrock` for its other APIs and for Amazon Q Developer.

All refuse as AWS words its errors, so that its SDKs show them and do not ask
again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire import bedrock_reply, bedrock_request
from hushgate.wire.base import Answer, Channel, Delta, Frame, Reading, Refusal, usual_framing
from hushgate.wire.bedrock_words import CONSTANTS, KEYS
from hushgate.wire.document import dump_json
from hushgate.wire.readers import opaque
from hushgate.wire.walk import Walk


class Aws:
    """What every format of AWS's has."""

    sentinel = None

    def framing(self, media_type: str) -> str | None:
        return usual_framing(media_type)

    def event_name(self, document: object) -> str | None:
        return None

    def drop_echoes(self, doc: object, changed: Iterable[Location]) -> object:
        return doc

    def refusal(self, refusal: Refusal) -> Answer:
        """The SDKs take the error's name from a header (AWS restJson1: operation error serialization)."""
        name = "ServiceUnavailableException" if refusal.status >= 500 else "ValidationException"
        return Answer.json(dump_json(self.refusal_frame(refusal)), ("x-amzn-errortype", name))

    def refusal_frame(self, refusal: Refusal) -> object:
        return {"message": refusal.message}


class BedrockConverse(Aws):
    """Dialect of POST /model/{model}/converse and /model/{model}/converse-stream."""

    name = "bedrock-converse"
    says = "Amazon Bedrock's Converse and ConverseStream: roles, tools, documents and streams are known"

    def read_request(self, doc: object) -> Reading:
        return bedrock_request.read_converse(doc)

    def read_reply(self, doc: object) -> Reading:
        return bedrock_reply.read_reply(doc)

    def read_frame(self, doc: object) -> Frame:
        return bedrock_reply.read_frame(doc)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        return bedrock_reply.delta_frame(channel, text)

    def event_name(self, document: object) -> str | None:
        return bedrock_reply.DELTA_EVENT if isinstance(document, dict) and "delta" in document else None


class BedrockOther(Aws):
    """Dialect of everything else: guardrails, token counts, asynchronous invocations, agents, knowledge bases.

    Amazon Q Developer (and Kiro, which is made of it) speaks alike; its client for Rust is published with its CLI.
    """

    name = "bedrock"
    says = (
        "Amazon Bedrock's other APIs (guardrails, token counts, agents, knowledge bases, AgentCore) and Amazon Q "
        "Developer: leaf by leaf"
    )

    def read_request(self, doc: object) -> Reading:
        return bedrock_request.read_request(doc)

    def read_reply(self, doc: object) -> Reading:
        walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS, tool="")
        walk.fields((), doc, {"usage": opaque}, Role.NONE, Kind.TEXT)
        return walk.reading()

    def read_frame(self, doc: object) -> Frame:
        """Agents say text in `bytes`, knowledge bases in `text`, Q in `content`, and its tools' arguments in `input`;
        anything else is whole in itself.
        """
        walk = Walk(Direction.REPLY, Area.FRAME, vocabulary=KEYS, constants=CONSTANTS, tool="")
        said = doc if isinstance(doc, dict) else {}
        deltas = tuple(
            Delta((name,), Location(Area.FRAME, None, (name,)), text, Role.ASSISTANT, Kind.TEXT)
            for name in _SAID
            if isinstance(text := said.get(name), str) and text
        )
        spoken = {delta.channel[0] for delta in deltas}
        tool = _tool(said)
        if tool is not None:
            deltas, spoken = (*deltas, tool), {*spoken, "input"}
        ended = said.get("toolUseId") if said.get("stop") is True else None
        ends: tuple[Channel, ...] = (("tool", ended),) if isinstance(ended, str) else ()
        rest = {key: inner for key, inner in said.items() if key not in spoken} if said else doc
        walk.fields((), rest, {"p": bedrock_reply.padding}, Role.NONE, Kind.TEXT)
        tools = () if tool is None or not tool.channel[2] else ((tool.channel, str(tool.channel[2])),)
        return Frame(deltas, ends, walk.segments, walk.unread, tools)

    def delta_frame(self, template: object, channel: Channel, text: str) -> object:
        match channel:
            case ("tool", str(id), str(name)):
                return {"toolUseId": id, **({"name": name} if name else {}), "input": text}
            case (str(name),) if name in _SAID:
                return {name: text}
            case _:
                raise ValueError("no such channel in Bedrock's streams")

    def event_name(self, document: object) -> str | None:
        keys = document.keys() if isinstance(document, dict) else ()
        return next((event for key, event in _EVENTS.items() if key in keys), None)


def _tool(said: dict[str, object]) -> Delta | None:
    """A piece of a tool's arguments."""
    id, name, text = said.get("toolUseId"), said.get("name"), said.get("input")
    if not isinstance(id, str) or not isinstance(text, str):
        return None
    channel = ("tool", id, name if isinstance(name, str) else "")
    return Delta(channel, Location(Area.FRAME, None, ("input",)), text, Role.ASSISTANT, Kind.TOOL_ARGS, True)


_SAID: Final = ("bytes", "text", "content")
_EVENTS: Final = {"toolUseId": "toolUseEvent", "content": "assistantResponseEvent", "text": "output"}
"""Names of the events that have such keys."""
