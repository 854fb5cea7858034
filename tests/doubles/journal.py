"""What reached a double: every request, every byte, every socket."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.doubles import canary


@dataclass(frozen=True, slots=True)
class Received:
    """One whole request. `raw` is what stood on the wire: head and body, chunked if it was."""

    number: int
    connection: int
    sni: str | None
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    raw: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Journal:
    """All that reached the provider. `connections` counts accepted sockets, TLS or not; `messages` are WebSockets'."""

    folder: Path | None = None
    keep: bool = True
    connections: int = 0
    handshakes: int = 0
    bytes: int = 0
    count: int = 0
    requests: list[Received] = field(default_factory=list)
    streams: list[bytearray] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)

    def clear(self) -> None:
        """Forget what came, on open sockets too."""
        self.connections = self.handshakes = self.bytes = self.count = 0
        self.requests.clear()
        self.messages.clear()
        for stream in self.streams:
            stream.clear()

    def received(self, request: Received) -> None:
        self.count += 1
        if self.keep:
            self.requests.append(request)
        if self.folder:
            (self.folder / f"{request.number:04d}.raw").write_bytes(request.raw)

    @property
    def last(self) -> Received:
        return self.requests[-1]

    def find(self, value: str) -> str | None:
        """The form in which `value` reached the provider, half-sent requests included; None if it did not."""
        for data in [*self.streams, *(request.body for request in self.requests)]:
            if form := canary.find(bytes(data), value):
                return form
        return None
