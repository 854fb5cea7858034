"""Exchanges that are open: from the record of their decision to that of their end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mitmproxy import http

from hushgate.pipeline import Passage, Pipeline
from hushgate.replies.head import ReplyHead
from hushgate.replies.reply import Reply

REPLY: Final = "hushgate.reply"
PASSAGE: Final = "hushgate.passage"
"""In the metadata of a flow: its way there, and from the reply's head on its way back."""


@dataclass(slots=True)
class UnderWay:
    """The flows of open exchanges, by the exchanges' ids. `over`: the gate stops, and no more begin."""

    pipeline: Pipeline
    over: bool = False
    _flows: dict[str, http.HTTPFlow] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._flows)

    def begin(self, passage: Passage, flow: http.HTTPFlow) -> bool:
        """A request goes on its way, if it still may."""
        self._flows[passage.exchange.id] = flow
        return not self.over

    def end(self, exchange_id: str) -> None:
        """It has ended, or is counted elsewhere."""
        self._flows.pop(exchange_id, None)

    def broken(self, flow: http.HTTPFlow) -> Reply | None:
        """Take from a flow the reply that it will not have, or not all of; None where none was to come."""
        reply: Reply | None = flow.metadata.pop(REPLY, None)
        passage: Passage | None = flow.metadata.pop(PASSAGE, None)
        if reply is None and passage is not None and passage.refusal is None:
            return self.pipeline.screen_reply(passage, ReplyHead(0, None, None))
        return reply

    def cut(self) -> Iterator[Reply]:
        """Every reply that is not whole yet, but for those that are being read or put on record: no more begin."""
        self.over = True
        for flow in list(self._flows.values()):
            if (reply := self.broken(flow)) is not None:
                yield reply
